"""The pages of sources: how each is, adding and changing one, switching, and files sent by a browser."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from tests.factories import make_user
from tests.jobs import run_all
from tests.spec.test_bulletins import RECALL, answer

from wardwright.apps.notices import operations
from wardwright.apps.notices.models import Notice, Run, Source
from wardwright.platform.core.change import System

pytestmark = pytest.mark.django_db
BY = System("test")
NEW = {
    "name": "Office", "kind": "listed", "url": "https://example.org/list.csv", "every_hours": "12", "per_minute": "20",
    "only": "", "mapping": "ref = Nummer\ndescription = Was",
}  # fmt: skip


@pytest.fixture
def keeper(client):
    user = make_user(permissions=["notices.view", "notices.sources"])
    client.force_login(user, backend="wardwright.platform.access.login.PasswordBackend")
    return client


def words(response) -> str:
    return " ".join(response.content.decode().split())


def test_a_source_is_added_on_its_page_and_is_off(keeper):
    assert keeper.get(reverse("new-notice-source")).status_code == 200
    response = keeper.post(reverse("new-notice-source"), NEW)
    row = Source.objects.get()
    assert (response.status_code, response["Location"]) == (302, reverse("notice-source", args=[row.pk]))
    assert (row.name, row.is_on, row.mapping["columns"]) == (
        "Office",
        False,
        {"ref": ["Nummer"], "description": ["Was"]},
    )
    assert "ref = Nummer" in words(keeper.get(reverse("edit-notice-source", args=[row.pk])))
    changed = {**NEW, "every_hours": "48", "expected_version": row.version, "mapping": ""}
    assert keeper.post(reverse("edit-notice-source", args=[row.pk]), changed).status_code == 302
    row.refresh_from_db()
    assert (row.every_hours, row.mapping) == (48, {})


@pytest.mark.parametrize(
    ("entry", "value", "told"),
    [
        ("url", "http://example.org/", "Give an address that begins with https://."),
        ("mapping", "what", "Line 1 of the mapping is none such as “ref = Reference number”."),
        ("mapping", "title = Title", "The mapping does not say which column holds the number of a notice"),
        ("per_minute", "1000", "From 1 to 240 requests a minute."),
    ],
)
def test_what_is_wrong_is_said_beside_the_field(keeper, entry, value, told):
    response = keeper.post(reverse("new-notice-source"), {**NEW, entry: value})
    assert response.status_code == 422
    assert told in words(response)
    assert Source.objects.count() == 0


def test_switching_on_and_off(keeper):
    row = operations.add_source(by=BY, name="Office", kind="listed", url="https://example.org/list.csv")
    page = reverse("notice-source", args=[row.pk])
    assert "Switch on" in words(keeper.get(page))
    assert keeper.post(reverse("notice-source-on", args=[row.pk])).status_code == 302
    assert "Switch off" in words(keeper.get(page))
    assert keeper.post(reverse("notice-source-off", args=[row.pk])).status_code == 302
    assert Source.objects.get().is_on is False


def test_fetching_now_opens_a_run(keeper):
    row = operations.add_source(by=BY, name="Office", kind="listed", url="https://example.org/list.csv")
    assert keeper.post(reverse("notice-source-fetch", args=[row.pk])).status_code == 302
    run = Run.objects.get(source=row)
    assert "being read now" in words(keeper.get(reverse("notice-run", args=[run.pk])))
    keeper.post(reverse("notice-source-fetch", args=[row.pk]))
    assert Run.objects.count() == 1


def test_a_source_that_fails_says_so_everywhere(keeper):
    row = operations.add_source(by=BY, name="Office", kind="listed", url="https://example.org/list.csv")
    run = operations.ask_source(by=BY, source_id=row.pk)
    operations.close_run(by=BY, run_id=run.pk, failed="The source has a fault (500).", soon=True)
    assert "Failed once" in words(keeper.get(reverse("notice-sources")))
    shown = words(keeper.get(reverse("notice-source", args=[row.pk])))
    assert "The source has a fault (500)." in shown and "What it brought until then still stands." in shown
    assert "could not be read to its end" in words(keeper.get(reverse("notice-run", args=[run.pk])))


def test_files_are_sent_and_read(keeper):
    files = [
        SimpleUploadedFile("recall.json", answer(RECALL, {"event_id": "1", "report_date": "", "more_code_info": ""})),
        SimpleUploadedFile("page.html.json", b"<html><title>Sorry</title></html>"),
    ]
    response = keeper.post(reverse("bring-notices"), {"files": files, "source": ""})
    run = Run.objects.get()
    assert (response.status_code, response["Location"]) == (302, reverse("notice-run", args=[run.pk]))
    run_all()
    shown = words(keeper.get(reverse("notice-run", args=[run.pk])))
    assert Notice.objects.get().ref == "Z-1234-2020"
    assert "brought 1 new or changed notice" in shown
    assert "The record has no recall number" in shown and "A web page came (“Sorry”)" in shown
    assert "recall.json, page.html.json" in shown


def test_files_of_several_sources_show_where_each_went(keeper):
    operations.load_sources(by=BY)
    keeper.post(reverse("bring-notices"), {"files": [SimpleUploadedFile("recall.json", answer(RECALL))], "source": ""})
    run_all()
    run, part = Run.objects.order_by("pk")
    shown = words(keeper.get(reverse("notice-run", args=[run.pk])))
    assert "Files brought 1 new or changed notice" in shown
    assert f'href="{reverse("notice-run", args=[part.pk])}">openFDA device recalls</a>' in shown
    shown = words(keeper.get(reverse("notice-run", args=[part.pk])))
    assert f'href="{reverse("notice-run", args=[run.pk])}"' in shown and str(run.asked_by_name) in shown


def test_a_run_of_which_all_was_refused(keeper):
    keeper.post(reverse("bring-notices"), {"files": [SimpleUploadedFile("a.json", b"{}")], "source": ""})
    run_all()
    run = Run.objects.get()
    assert "Files: 1 record was refused" in words(keeper.get(reverse("notice-run", args=[run.pk])))
    assert "1 refused" in words(keeper.get(reverse("notice-source", args=[run.source_id])))


def test_only_one_page_of_the_rail_is_marked(keeper):
    shown = words(keeper.get(reverse("notice-sources")))
    rail = shown[: shown.index("</nav>")]
    assert rail.count('aria-current="page"') == 1


def test_nothing_sent(keeper):
    response = keeper.post(reverse("bring-notices"), {"source": ""})
    assert (response.status_code, Run.objects.count()) == (422, 0)


def test_whoever_may_only_look_sees_no_buttons(client):
    user = make_user(permissions=["notices.view"])
    client.force_login(user, backend="wardwright.platform.access.login.PasswordBackend")
    row = operations.add_source(by=BY, name="Office", kind="listed", url="https://example.org/list.csv")
    shown = words(client.get(reverse("notice-source", args=[row.pk])))
    assert "Fetch now" not in shown and "Switch on" not in shown
    assert client.post(reverse("notice-source-on", args=[row.pk])).status_code == 403
    assert client.get(reverse("new-notice-source")).status_code == 403
