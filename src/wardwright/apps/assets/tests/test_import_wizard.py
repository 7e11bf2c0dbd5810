"""The wizard from the file to the result, as somebody clicks through it."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from tests.factories import make_site, make_user

from wardwright.apps.assets.models import Asset
from wardwright.apps.directory.operations import set_user_active
from wardwright.platform.access.models import Grant, User
from wardwright.platform.audit.models import AuditChange, AuditRecord
from wardwright.platform.audit.operation import open_change
from wardwright.platform.core.change import System
from wardwright.platform.exchange.background import ask_check
from wardwright.platform.exchange.jobs import check_import, run_import
from wardwright.platform.exchange.models import ImportSession, SavedMapping, SessionState
from wardwright.platform.exchange.operations import discard_session, set_mapping, start_session
from wardwright.platform.jobs.models import Job
from wardwright.platform.jobs.worker import begin, work

pytestmark = pytest.mark.django_db

REGISTER = (
    "Asset no;Equipment;Make;Model;Serial;Dept;Last service;Notes\n"
    "A-1;Infusion pump;B. Braun;Infusomat Space;11223344;ICU;13/01/2025;InvID: X100\n"
    "A-2;Ventilator;DRAGER;Evita 4;99887766;ICU;02/03/2025;InvID: X101\n"
    "A-3;;;;;ICU;n/a;InvID: X102\n"
    "A-2;Ventilator;DRAGER;Evita 4;99887766;ICU;02/03/2025;InvID: X101\n"
)


@pytest.fixture
def client() -> Client:
    make_site(name="Main")
    client = Client()
    client.force_login(
        make_user(permissions=["assets.import", "assets.view"]),
        backend="wardwright.platform.access.login.PasswordBackend",
    )
    return client


def upload(client: Client, text: str | bytes = REGISTER, name: str = "register.csv", key: str = "u1"):
    data = text if isinstance(text, bytes) else text.encode()
    return client.post(reverse("new-import"), {"file": SimpleUploadedFile(name, data), "once": key})


def columns_form(client: Client, session: ImportSession, **changes: str) -> dict[str, str]:
    """What the columns page would send when nothing is touched, with changes."""
    form = client.get(reverse("import-columns", args=[session.pk])).context["form"]
    sent = {}
    for name in form.fields:
        value = form[name].value()
        if value is True:
            sent[name] = "on"
        elif value not in (None, False, ""):
            sent[name] = str(value)
    return {**sent, "once": "c1", **changes}


def checked(client: Client, **changes: str) -> ImportSession:
    upload(client)
    session = ImportSession.objects.get()
    response = client.post(reverse("import-columns", args=[session.pk]), columns_form(client, session, **changes))
    assert response.url == reverse("import-check", args=[session.pk])
    session.refresh_from_db()
    return session


def test_a_file_goes_to_its_columns(client: Client) -> None:
    response = upload(client)
    session = ImportSession.objects.get()
    assert response.url == reverse("import-columns", args=[session.pk])
    page = client.get(response.url)
    assert page.status_code == 200
    assert session.mapping == {
        "0": "tag",
        "1": "type",
        "2": "maker",
        "3": "model",
        "4": "serial",
        "5": "department",
        "6": "last_service_on",
        "7": "notes",
    }
    assert session.decisions["dates"]["6"]["evidence"] == "13/01/2025 in row 2 proves day first."


def test_the_check_says_what_would_happen_and_writes_nothing(client: Client) -> None:
    session = checked(client)
    assert (session.state, Asset.objects.count()) == (SessionState.CHECKED, 0)
    counts = session.counts
    assert [counts[name] for name in ("rows", "imported", "updated", "unchanged", "skipped", "refused")] == [
        4,
        2,
        0,
        0,
        1,
        1,
    ]
    page = client.get(reverse("import-check", args=[session.pk])).content.decode()
    assert "The import would bring: 2 new, 0 changed, 1 refused" in page
    assert "The row says neither what kind of device it is nor which model." in page


def test_the_import_runs_as_a_job_and_the_result_adds_up(client: Client) -> None:
    session = checked(client)
    response = client.post(reverse("start-import", args=[session.pk]), {"once": "s1"})
    assert response.url == reverse("import-progress", args=[session.pk])
    assert client.get(response.url).status_code == 200
    work(stop=lambda: False, once=True)
    session.refresh_from_db()
    assert session.state == SessionState.DONE
    assert sorted(Asset.objects.values_list("tag", flat=True)) == ["A-1", "A-2"]
    assert client.get(response.url).url == reverse("import-result", args=[session.pk])
    assert "3 of 4" not in client.get(reverse("import-result", args=[session.pk])).content.decode()
    assert "2 of 4 rows are in the register" in client.get(reverse("import-result", args=[session.pk])).content.decode()


def test_starting_twice_imports_once(client: Client) -> None:
    session = checked(client)
    for key in ("s1", "s1", "s2"):
        client.post(reverse("start-import", args=[session.pk]), {"once": key})
    work(stop=lambda: False, once=True)
    assert Asset.objects.count() == 2


def test_an_import_that_was_given_up_is_not_brought_in_by_a_late_attempt(client: Client) -> None:
    session = checked(client)
    discard_session(by=User.objects.get(pk=session.owner_id), session_id=session.pk)
    assert "Not imported" in run_import.func(session.pk, session.owner_id)["error"]
    assert "Not checked" in check_import.func(session.pk, session.owner_id)["error"]
    assert (Asset.objects.count(), ImportSession.objects.get().state) == (0, SessionState.FAILED)


def user_of(client: Client) -> User:
    return User.objects.get(pk=client.session["_auth_user_id"])


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="wardwright.platform.access.login.PasswordBackend")
    return client


def take_away_everything(user: User) -> None:
    with open_change("test.grants", System("test")):
        Grant.objects.filter(user=user).delete()


def test_whoever_starts_an_import_is_who_writes_it(client: Client) -> None:
    session = checked(client)
    chief = make_user(name="Chief")
    client_of(chief).post(reverse("start-import", args=[session.pk]), {"once": "s1"})
    work(stop=lambda: False, once=True)
    assert ImportSession.objects.get().state == SessionState.DONE
    records = AuditRecord.objects.filter(table_name="assets_asset").values("change_id")
    assert list(AuditChange.objects.filter(pk__in=records).values_list("actor_name", flat=True)) == ["Chief"]


def test_the_rights_of_whoever_started_are_asked_for_again_when_it_runs(client: Client) -> None:
    session = checked(client)
    chief = make_user(name="Chief")
    client_of(chief).post(reverse("start-import", args=[session.pk]), {"once": "s1"})
    take_away_everything(chief)
    work(stop=lambda: False, once=True)
    session.refresh_from_db()
    assert (session.state, Asset.objects.count()) == (SessionState.FAILED, 0)
    assert "may not" in session.error


def test_a_closed_log_in_imports_nothing(client: Client) -> None:
    session = checked(client)
    client.post(reverse("start-import", args=[session.pk]), {"once": "s1"})
    set_user_active(by=make_user(), user_id=session.owner_id, is_active=False)
    work(stop=lambda: False, once=True)
    session.refresh_from_db()
    assert (session.state, Asset.objects.count()) == (SessionState.FAILED, 0)


@pytest.mark.parametrize("step", ["import", "check"])
def test_an_import_whose_worker_died_each_time_has_failed_and_can_be_taken_up_again(client: Client, step: str) -> None:
    session = checked(client)
    if step == "check":
        ask_check(by=user_of(client), session_id=session.pk)
    else:
        client.post(reverse("start-import", args=[session.pk]), {"once": "s1"})
    for _ in range(5):
        assert begin(Job.objects.get(), "a worker that is killed")
    assert not begin(Job.objects.get(), "another worker")
    session.refresh_from_db()
    assert (session.state, Job.objects.get().state) == (SessionState.FAILED, "failed")
    assert "The worker died each time" in session.error
    page = client.get(reverse("import", args=[session.pk]), follow=True)
    assert session.error in page.content.decode()
    again = (
        ("import-columns", columns_form(client, session, once="s2"))
        if step == "check"
        else ("start-import", {"once": "s2"})
    )
    assert client.post(reverse(again[0], args=[session.pk]), again[1]).status_code == 302
    client.post(reverse("start-import", args=[session.pk]), {"once": "s3"})
    work(stop=lambda: False, once=True)
    session.refresh_from_db()
    assert (session.state, session.error, Asset.objects.count()) == (SessionState.DONE, "", 2)


def test_what_failed_before_its_first_check_is_checked_first(client: Client) -> None:
    upload(client)
    session = ImportSession.objects.get()
    discard_session(by=user_of(client), session_id=session.pk)
    assert 'action="' + reverse("start-import", args=[session.pk]) not in (
        client.get(reverse("import-result", args=[session.pk])).content.decode()
    )
    answer = client.post(reverse("start-import", args=[session.pk]), {"once": "s1"})
    assert (answer.status_code, ImportSession.objects.get().state) == (409, SessionState.FAILED)


def test_columns_that_changed_after_the_check_are_checked_again(client: Client) -> None:
    session = checked(client)
    set_mapping(by=user_of(client), session_id=session.pk, columns={"0": "serial"})
    discard_session(by=user_of(client), session_id=session.pk)
    assert client.post(reverse("start-import", args=[session.pk]), {"once": "s1"}).status_code == 409


def test_a_mapping_is_changed_by_its_owner_or_whoever_imports_for_all_sites(client: Client) -> None:
    site = make_site()
    owner = user_of(client)
    checked(client, column_7="description")
    local = client_of(make_user(permissions=["assets.import", "assets.view"], scope=("site", site.pk)))
    upload(local, key="u2")
    theirs = ImportSession.objects.order_by("-id").first()
    assert theirs.decisions["saved_name"] == f"register.csv ({owner.name})"
    local.post(reverse("import-columns", args=[theirs.pk]), columns_form(local, theirs, column_7="notes"))
    theirs.refresh_from_db()
    saved = SavedMapping.objects.get()
    assert (theirs.mapping["7"], saved.mapping["7"], saved.owner_id) == ("notes", "description", owner.pk)
    chief = client_of(make_user())
    upload(chief, key="u3")
    third = ImportSession.objects.order_by("-id").first()
    chief.post(reverse("import-columns", args=[third.pk]), columns_form(chief, third, column_7="notes"))
    saved.refresh_from_db()
    assert (saved.mapping["7"], saved.owner_id) == ("notes", owner.pk)


def test_mappings_are_for_those_who_import(client: Client) -> None:
    checked(client)
    who = [make_user(permissions=["assets.import"]), make_user(permissions=["exchange.see_all", "assets.view"])]
    assert [SavedMapping.objects.visible_to(user).count() for user in who] == [1, 0]


def test_a_corrected_column_is_remembered_for_the_next_file(client: Client) -> None:
    session = checked(client, column_7="description")
    assert SavedMapping.objects.get().mapping["7"] == "description"
    upload(client, REGISTER.replace("A-1", "B-1"), key="u2")
    second = ImportSession.objects.exclude(pk=session.pk).get()
    assert (second.mapping["7"], second.decisions["saved_name"]) == ("description", "register.csv")


def test_two_columns_cannot_be_the_same_field(client: Client) -> None:
    upload(client)
    session = ImportSession.objects.get()
    response = client.post(reverse("import-columns", args=[session.pk]), columns_form(client, session, column_7="tag"))
    assert response.status_code == 422
    assert "cannot both be" in response.content.decode()


def test_a_file_that_is_no_table_is_refused_with_words(client: Client) -> None:
    response = upload(client, b"%PDF-1.7 not a register", "register.csv")
    assert response.status_code == 422
    assert "This is a PDF document, not a table." in response.content.decode()
    assert ImportSession.objects.count() == 0


def test_the_file_of_refused_rows_runs_no_formula(client: Client) -> None:
    upload(client, REGISTER.replace("n/a", "=cmd|'/c calc'!A1"))
    session = ImportSession.objects.get()
    client.post(reverse("import-columns", args=[session.pk]), columns_form(client, session))
    text = client.get(reverse("import-errors", args=[session.pk])).content.decode("utf-8-sig")
    assert ",=cmd" not in text
    assert "'=cmd|" in text


def test_a_path_in_the_file_name_is_not_kept(client: Client) -> None:
    upload(client, name="../../etc/passwd.csv")
    assert ImportSession.objects.get().file_name == "passwd.csv"


def test_somebody_else_does_not_see_the_import(client: Client) -> None:
    upload(client)
    other = Client()
    other.force_login(
        make_user(permissions=["assets.import"]), backend="wardwright.platform.access.login.PasswordBackend"
    )
    session = ImportSession.objects.get()
    for name in ("import", "import-columns", "import-check", "import-result", "import-errors", "import-progress"):
        assert other.get(reverse(name, args=[session.pk])).status_code == 404, name


def test_seeing_everybodys_imports_is_a_right_for_the_whole_house() -> None:
    owner, chief = make_user(permissions=["assets.import"]), make_user()
    of_a_site = make_user(permissions=["assets.import", "exchange.see_all"], scope=("site", make_site().pk))
    session = start_session(by=owner, target="assets", file_name="a.csv", data=b"Asset number;Model\nA1;One\n")
    seen = [ImportSession.objects.visible_to(user).filter(pk=session.pk).count() for user in (owner, chief, of_a_site)]
    assert seen == [1, 1, 0]


def test_every_page_of_the_wizard_needs_the_permission() -> None:
    client = Client()
    client.force_login(
        make_user(permissions=["assets.view"]), backend="wardwright.platform.access.login.PasswordBackend"
    )
    assert [client.get(reverse(name)).status_code for name in ("imports", "new-import")] == [403, 403]
