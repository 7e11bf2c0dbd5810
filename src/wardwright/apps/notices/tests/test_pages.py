"""What the pages and papers of a case say, and to whom: those who see one site are told of that site only."""

import pytest
from django.urls import reverse
from tests.factories import make_asset, make_notice, make_supply, make_user

from wardwright.apps.assets.operations import change_status
from wardwright.apps.notices import operations as notices
from wardwright.apps.notices.api import CaseOut, SearchOut
from wardwright.apps.notices.models import CaseNote, Exposure, Search

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
