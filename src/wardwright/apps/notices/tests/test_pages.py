"""What the pages and papers of a case say, and to whom: those who see one site are told of that site only."""

import pytest
from django.urls import reverse
from tests.factories import make_asset, make_notice, make_source, make_supply, make_user, writes

from wardwright.apps.assets.operations import change_status
from wardwright.apps.notices import operations as notices
from wardwright.apps.notices.api import CaseOut, SearchOut
from wardwright.apps.notices.models import Case, CaseNote, Exposure, Notice, Search
from wardwright.apps.notices.papers import response_form
from wardwright.apps.notices.states import Decision

from .conftest import exposures

pytestmark = pytest.mark.django_db
BACKEND = "wardwright.platform.access.login.PasswordBackend"


def words(answer) -> str:
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


@pytest.fixture
def page(client):
    """The words of a page as somebody sees it."""

    def shown(user, name, *args, **query):
        client.force_login(user, backend=BACKEND)
        return words(client.get(reverse(name, args=args), query, follow=True))

    return shown


@pytest.fixture
def elsewhere():
    """Somebody who may do everything at a site with none of the devices."""
    return make_user(permissions=["*"], scope=("site", make_asset().site_id))


def test_what_was_recorded_is_taken_back_on_the_page_of_the_device(opened, coordinator, client, page):
    row = exposures(opened)["1001"]
    url = reverse("take-back-exposure", args=[row.pk])
    assert url not in page(coordinator, "exposure", row.pk)
    notices.settle_exposures(by=coordinator, exposure_ids=[row.pk], outcome="corrected", evidence="New motor")
    assert url in page(coordinator, "exposure", row.pk)
    once = client.get(url).context["form"]["once"].value()
    assert client.post(url, {"once": once})["Location"] == reverse("exposure", args=[row.pk])
    row = Exposure.objects.get(pk=row.pk)
    assert (row.outcome, row.evidence, row.done_at) == ("", "", None)


def test_a_device_that_left_is_not_counted_among_those_to_be_quarantined(opened, coordinator, system, page):
    assert "Quarantine 3 devices?" in page(coordinator, "quarantine-case", opened.pk)
    asset_id = exposures(opened)["1001"].asset_id
    change_status(by=system, asset_id=asset_id, status="out_of_service", reason="x", out_reason="beyond_repair")
    change_status(by=system, asset_id=asset_id, status="retired", reason="Sold")
    assert "Quarantine 2 devices?" in page(coordinator, "quarantine-case", opened.pk)


def test_a_search_names_every_kind_of_thing_that_differs_to_those_who_may_see_it(coordinator, elsewhere, ward, page):
    make_supply(site=ward.site, name="Infusion set", maker="Draeger Medical", catalogue_no="IS-4711", lot="L77")
    search = Search.objects.get(notice=make_notice(maker="Draeger Medical", text="REF IS-4711: lot L77"))
    assert [kind for kind, *_rest in search.changes] == ["supply"]
    shown = [page(user, "notice-search", search.pk) for user in (coordinator, elsewhere)]
    assert ["Infusion set · L77" in one for one in shown] == [True, False]
    assert ["Different from the search before" in one for one in shown] == [True, False]


def test_the_diary_of_all_sites_says_how_many_were_quarantined_and_not_which(opened, coordinator):
    notices.quarantine_exposed(by=coordinator, case_id=opened.pk)
    assert CaseNote.objects.filter(case=opened).latest("pk").text == "3 devices quarantined."


def test_the_api_gives_no_figures_of_other_sites():
    assert {"counts", "closing", "changes"} & {*CaseOut.model_fields, *SearchOut.model_fields} == set()


def test_who_sees_other_sites_only_is_not_told_that_we_own_none(opened, coordinator, elsewhere, page):
    assert "2 devices are affected, 1 to be looked at" in page(coordinator, "notice-case", opened.pk)
    shown = page(elsewhere, "notice-case", opened.pk)
    told = ["Nothing of it is at the sites that you see" in shown, "We own none of it" in shown]
    assert told == [True, False]
    for name, query in (("notices", {"state": "open"}), ("notice-board", {})):
        shown = page(elsewhere, name, **query)
        assert ["none at the sites that you see" in shown, "none found" in shown] == [True, False]


def test_the_list_counts_what_its_reader_sees(opened, coordinator, alaris, system, page):
    far = make_asset(device_model=alaris, serial="1010")
    notices.search_devices(by=system, asset_ids=[far.pk])
    readers = (coordinator, make_user(permissions=["notices.view"], scope=("site", far.site_id)))
    shown = [page(user, "notices", state="open") for user in readers]
    assert ["3 affected, 1 to look at" in one for one in shown] == [True, False]
    assert ["1 affected" in one for one in shown] == [False, True]


def statement(by, case):
    return response_form(by, Case.objects.get(pk=case.pk), "")["statement"]


@writes
def not_searched(*, notice):
    Notice.objects.filter(pk=notice.pk).update(searched_at=None)


def test_the_list_says_none_only_of_what_was_searched_for(client, coordinator):
    client.force_login(coordinator, backend="wardwright.platform.access.login.PasswordBackend")
    notice = make_notice(maker="Draeger Medical", text="Model Evita V500: the blue ones that hum")
    address = reverse("notices") + "?state=new"
    assert "none found" in client.get(address).content.decode()
    not_searched(notice=notice)
    shown = client.get(address).content.decode()
    assert "not searched for yet" in shown and "none found" not in shown


def test_the_makers_form_says_none_only_when_all_was_searched_read_and_decided(opened, coordinator):
    searched = "We have received this notice and have searched our whole inventory for it."
    none = "We have received this notice, have searched our whole inventory for it, and own none of it."
    undecided = "This is not finished: 1 device is still to be looked at."
    assert statement(coordinator, opened) == f"{searched} {undecided}"
    ids = [row.pk for row in exposures(opened).values()]
    notices.decide_exposures(by=coordinator, exposure_ids=ids, decision=Decision.CLEARED, reason="Plates read 900")
    assert statement(coordinator, opened) == none
    unread = make_notice(maker="Draeger Medical", text="Model Evita V500: the blue ones that hum")
    assert statement(coordinator, unread.case) == (
        f"{searched} This is not finished: a part of the notice is still to be read."
    )
    not_searched(notice=unread)
    assert statement(coordinator, unread.case) == (
        "We have received this notice. Our inventory was not searched for it yet."
    )


def test_the_makers_form_counts_all_sites_also_what_is_not_listed(opened, elsewhere):
    paper = response_form(elsewhere, Case.objects.get(pk=opened.pk), "")
    assert ([words for _name, words in paper["facts"]][3:], paper["rows"]) == (["2", "0"], [])
    assert paper["statement"].endswith("0 of the affected devices are listed here.")


def test_the_makers_form_is_for_those_who_answer_at_all_sites(opened, coordinator, ward, client, page):
    url = reverse("case-response", args=[opened.pk])
    local = make_user(permissions=["*"], scope=("site", ward.site_id))
    assert [url in page(user, "notice-case", opened.pk) for user in (coordinator, local)] == [True, False]
    assert client.get(url).status_code == 403
    client.force_login(coordinator, backend=BACKEND)
    assert client.get(url)["Content-Type"] == "application/pdf"


def test_the_form_of_a_joined_case_is_that_of_the_other(opened, coordinator, client):
    other = make_notice(maker="Draeger Medical", text="Model Evita V500: all serial numbers").case
    notices.merge_cases(by=coordinator, case_id=other.pk, into_id=opened.pk)
    client.force_login(coordinator, backend=BACKEND)
    answer = client.get(reverse("case-response", args=[other.pk]))
    assert answer["Location"] == reverse("case-response", args=[opened.pk])


def test_each_of_several_notices_of_a_case_shows_what_the_case_means(pumps, coordinator, page):
    source = make_source()
    both = [make_notice(source=source, event="77001") for _each in range(2)]
    assert len({notice.case_id for notice in both}) == 1
    for notice in both:
        assert "Of ours, of the whole case: 2 affected, 1 to look at" in page(coordinator, "notice", notice.pk)
