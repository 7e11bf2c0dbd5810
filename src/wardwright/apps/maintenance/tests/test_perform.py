"""The perform page: three taps, answers saved as given, nothing of anybody lost, refusals in words."""

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from tests import factories

from wardwright.apps.maintenance.models import Attempt, StepResult, WorkOrder
from wardwright.apps.testing.models import Instrument
from wardwright.apps.testing.operations import set_functions
from wardwright.platform.audit.models import AuditChange
from wardwright.platform.core.change import System

pytestmark = pytest.mark.django_db
BACKEND = "wardwright.platform.access.login.PasswordBackend"
TECHNICIAN = [
    "directory.view", "assets.view", "testing.view", "maintenance.view", "maintenance.report", "maintenance.perform",
    "maintenance.close",
]  # fmt: skip
PICTURE = b"\x89PNG\r\n\x1a\n" + b"a picture"
CHECKS = [
    {"key": "case", "section": "visual", "text": "Case is whole"},
    {"key": "cable", "section": "visual", "text": "Cable is whole"},
]
READING = {"key": "leak", "section": "safety", "kind": "reading", "text": "Leakage", "unit": "µA", "high": 500}


def client_of(user) -> Client:
    client = Client()
    client.force_login(user, backend=BACKEND)
    return client


@pytest.fixture
def user():
    return factories.make_user(permissions=TECHNICIAN, name="Ana Reis")


@pytest.fixture
def client(user):
    return client_of(user)


def order_with(*steps, **given) -> WorkOrder:
    version = factories.make_procedure(steps=list(steps))
    given = {"due_on": timezone.localdate(), **given}
    return factories.make_work_order(procedure_version=version, state="open", **given)


def answers(order: WorkOrder) -> dict[str, str]:
    return dict(StepResult.objects.filter(work_order=order).values_list("key", "outcome"))


def url(name: str, order: WorkOrder) -> str:
    return reverse(name, args=[order.pk])


def test_a_clean_job_is_three_taps(client, user):
    """Open it from My day, all pass, close: one page, one form, one operation."""
    order = order_with(*CHECKS, assigned_to=factories.make_person(user=user))
    assert url("perform", order) in client.get(reverse("home")).content.decode()
    page = client.get(url("perform", order)).content.decode()
    assert 'data-pass-all="visual"' in page
    before = AuditChange.objects.count()
    sent = {"w-case": "||||", "a-case": "pass", "w-cable": "||||", "a-cable": "pass", "verdict": "pass", "close": "1"}
    answer = client.post(url("perform", order), sent)
    assert (answer.status_code, answer["Location"]) == (302, f"/?closed={order.pk}")
    order.refresh_from_db()
    assert (order.state, order.verdict, answers(order)) == ("closed", "pass", {"case": "pass", "cable": "pass"})
    assert AuditChange.objects.count() == before + 1
    assert f"{order.number} of {order.asset.tag} is done" in client.get(answer["Location"]).content.decode()


def test_answers_are_saved_as_they_are_given(client):
    order = order_with(*CHECKS, READING)
    answer = client.post(url("save-results", order), {"w-case": "||||", "a-case": "pass"}).json()
    assert (answer["saved"], answer["wrong"], answer["conflict"]) == ({"case": "pass||||"}, {}, {})
    order.refresh_from_db()
    assert (answers(order), order.state) == ({"case": "pass"}, "in_progress")


def test_a_comma_is_a_decimal_sign_and_the_limit_judges(client):
    order = order_with({**READING, "unit": "mA", "high": "0.5"})
    client.post(url("save-results", order), {"w-leak": "||||", "a-leak": "0,62"})
    result = StepResult.objects.get(work_order=order)
    assert (str(result.value.normalize()), result.outcome) == ("0.62", "fail")


def test_an_unreadable_number_is_told_and_the_rest_is_saved(client):
    order = order_with(CHECKS[0], READING)
    sent = {"w-case": "||||", "a-case": "pass", "w-leak": "||||", "a-leak": "eighty"}
    answer = client.post(url("save-results", order), sent).json()
    assert (list(answer["saved"]), list(answer["wrong"])) == (["case"], ["leak"])
    assert answers(order) == {"case": "pass"}


def test_what_somebody_else_answered_meanwhile_is_not_overwritten(client):
    order = order_with(READING)
    other = client_of(factories.make_user(permissions=TECHNICIAN, name="Ben Adeyemi"))
    other.post(url("save-results", order), {"w-leak": "||||", "a-leak": "82"})
    answer = client.post(url("save-results", order), {"w-leak": "||||", "a-leak": "95"}).json()
    assert answer["saved"] == {}
    assert answer["conflict"]["leak"].startswith("Ben Adeyemi has answered this meanwhile: 82 µA, pass.")
    refused = client.post(
        url("perform", order),
        {"w-leak": "||||", "a-leak": "95", "verdict": "pass", "close": "1", "work_done": "Cleaned"},
    )
    page = refused.content.decode()
    assert refused.status_code == 409
    assert 'value="95"' in page and "Cleaned" in page
    assert StepResult.objects.get(work_order=order).value == 82


def test_other_peoples_answers_to_other_steps_do_not_disturb(client):
    order = order_with(*CHECKS)
    other = client_of(factories.make_user(permissions=TECHNICIAN))
    client.get(url("perform", order))
    other.post(url("save-results", order), {"w-cable": "||||", "a-cable": "pass"})
    client.post(url("save-results", order), {"w-case": "||||", "a-case": "pass"})
    assert answers(order) == {"case": "pass", "cable": "pass"}


def test_the_same_answer_twice_is_no_conflict_and_no_change(client):
    order = order_with(CHECKS[0])
    sent = {"w-case": "||||", "a-case": "pass"}
    client.post(url("save-results", order), sent)
    before = AuditChange.objects.count()
    answer = client.post(url("save-results", order), sent).json()
    assert (answer["saved"], answer["conflict"], AuditChange.objects.count()) == ({"case": "pass||||"}, {}, before)


def test_closing_without_a_required_step_is_refused_with_everything_still_there(client):
    order = order_with(*CHECKS)
    answer = client.post(
        url("perform", order),
        {
            "w-case": "||||",
            "a-case": "pass",
            "w-cable": "||||",
            "verdict": "pass",
            "work_done": "Cleaned it",
            "close": "1",
        },
    )
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "Required steps have no answer: Cable is whole." in page
    assert "Cleaned it" in page and 'name="a-case" value="pass" checked' in page
    order.refresh_from_db()
    assert (order.state, answers(order)) == ("open", {})


def test_a_signature_step_asks_for_the_password(client):
    order = order_with({"key": "sign", "section": "finish", "kind": "signature", "text": "Released"})
    assert 'type="password"' in client.get(url("perform", order)).content.decode()
    wrong = client.post(url("perform", order), {"verdict": "pass", "password": "wrong", "close": "1"})
    assert (wrong.status_code, "The password is not right" in wrong.content.decode()) == (422, True)
    right = client.post(url("perform", order), {"verdict": "pass", "password": factories.PASSWORD, "close": "1"})
    assert right.status_code == 302
    assert "performed" in client.get(url("work-order", order)).content.decode()


def test_an_instrument_past_its_calibration_cannot_be_chosen_nor_sent(client):
    order = order_with({**READING, "needs_instrument": True})
    late = factories.make_instrument(
        site=order.site, calibration_due_on=timezone.localdate() - timezone.timedelta(days=1)
    )
    page = client.get(url("perform", order)).content.decode()
    assert f'<option value="{late.pk}" disabled>' in page
    answer = client.post(url("save-results", order), {"w-leak": "||||", "a-leak": "82", "instrument": str(late.pk)})
    assert (answer.status_code, "must not be used" in answer.json()["words"]) == (409, True)
    assert answers(order) == {}


def test_another_instrument_for_the_same_reading_is_recorded(client):
    order = order_with({**READING, "needs_instrument": True})
    until = timezone.localdate() + timezone.timedelta(days=90)
    first, second = (factories.make_instrument(site=order.site, calibration_due_on=until) for _ in range(2))
    client.post(url("save-results", order), {"w-leak": "||||", "a-leak": "82", "instrument": str(first.pk)})
    client.post(url("save-results", order), {"w-leak": "pass|82|||", "a-leak": "82", "instrument": str(second.pk)})
    assert StepResult.objects.get(work_order=order).instrument == Instrument.objects.get(pk=second.pk)


def test_of_several_instruments_each_reading_is_put_down_to_the_one_that_measures_it(client):
    """A safety analyser and a flow analyser are both in the case."""
    flow = {"key": "flow", "kind": "reading", "text": "Flow", "unit": "ml/h", "high": 105, "needs_instrument": True}
    order = order_with({**READING, "needs_instrument": True}, flow)
    until = timezone.localdate() + timezone.timedelta(days=90)
    safety, pump = (factories.make_instrument(site=order.site, calibration_due_on=until) for _ in range(2))
    for row, unit in ((safety, "µA"), (pump, "mL/h")):
        set_functions(by=System("test"), instrument_id=row.pk, functions=[{"quantity": "any", "unit": unit}])
    sent = {
        "w-leak": "||||",
        "a-leak": "82",
        "w-flow": "||||",
        "a-flow": "100",
        "instrument": safety.pk,
        "also": pump.pk,
    }
    answer = client.post(url("save-results", order), sent)
    assert answer.json()["wrong"] == {}, answer.content
    taken = dict(StepResult.objects.filter(work_order=order).values_list("key", "instrument"))
    assert taken == {"leak": safety.pk, "flow": pump.pk}
    page = client.get(url("perform", order)).content.decode()
    assert f'<option value="{safety.pk}" selected>' in page
    assert f'name="also" value="{pump.pk}" checked' in page


def test_the_instrument_that_measures_most_of_the_steps_is_offered_first(client):
    earth = {"key": "earth", "kind": "reading", "text": "Earth", "unit": "Ω", "high": 1, "needs_instrument": True}
    order = order_with({**READING, "needs_instrument": True}, earth)
    until = timezone.localdate() + timezone.timedelta(days=90)
    names = {"Anemometer": ("m/s",), "Bench meter": ("Ω",), "Safety analyser": ("Ω", "µA"), "Ohmmeter of no record": ()}
    for name, units in names.items():
        row = factories.make_instrument(site=order.site, name=name, serial="1", calibration_due_on=until)
        functions = [{"quantity": f"in {unit}", "unit": unit} for unit in units]
        set_functions(by=System("test"), instrument_id=row.pk, functions=functions)
    shown = [one["name"] for one in client.get(url("perform", order)).context["instruments"]]
    assert shown == ["Safety analyser 1", "Bench meter 1", "Anemometer 1", "Ohmmeter of no record 1"]


def test_a_photo_is_kept_and_shown(client):
    from django.core.files.uploadedfile import SimpleUploadedFile

    order = order_with({"key": "photo", "section": "finish", "kind": "photo", "text": "Sticker"})
    kept = client.post(url("add-work-photo", order), {"photo": SimpleUploadedFile("../x.png", PICTURE)}).json()
    client.post(url("save-results", order), {"w-photo": "||||", "p-photo": str(kept["id"])})
    assert StepResult.objects.get(work_order=order).attachment_id == kept["id"]
    shown = client.get(kept["url"])
    assert (b"".join(shown.streaming_content), shown["Content-Type"]) == (PICTURE, "image/png")
    stranger = client_of(factories.make_user(permissions=TECHNICIAN, scope=("site", factories.make_site().pk)))
    assert stranger.get(kept["url"]).status_code == 404


def test_a_photo_that_comes_with_the_form_is_kept_too(client):
    """Without scripts, or when sending it at once failed, the form itself brings the photo."""
    from django.core.files.uploadedfile import SimpleUploadedFile

    order = order_with({"key": "photo", "section": "finish", "kind": "photo", "text": "Sticker"})
    sent = {"w-photo": "||||", "p-photo": "", "later": "1"}
    wrong = client.post(url("perform", order), {**sent, "f-photo": SimpleUploadedFile("x.png", b"no picture")})
    assert (wrong.status_code, "“x.png” is not a picture." in wrong.content.decode()) == (422, True)
    client.post(url("perform", order), {**sent, "f-photo": SimpleUploadedFile("x.png", PICTURE)})
    assert StepResult.objects.get(work_order=order).attachment_id is not None


def test_a_file_that_is_no_picture_is_refused_in_words(client):
    from django.core.files.uploadedfile import SimpleUploadedFile

    order = order_with(*CHECKS)
    answer = client.post(url("add-work-photo", order), {"photo": SimpleUploadedFile("x.png", b"<svg onload=1>")})
    assert (answer.status_code, answer.json()["words"][:25]) == (422, "“x.png” is not a picture.")


def test_a_failed_device_opens_one_linked_repair(client):
    order = order_with(*CHECKS)
    sent = {"w-case": "||||", "a-case": "fail", "n-case": "Cracked", "w-cable": "||||", "a-cable": "pass"}
    refused = client.post(url("perform", order), {**sent, "verdict": "pass", "close": "1"})
    assert (refused.status_code, answers(order)) == (409, {})
    closed = client.post(url("perform", order), {**sent, "verdict": "fail_unsafe", "close": "1"})
    repair = WorkOrder.objects.get(parent=order)
    assert repair.number in client.get(closed["Location"]).content.decode()
    again = client.post(url("perform", order), {**sent, "verdict": "fail_unsafe", "close": "1"})
    assert (again["Location"], WorkOrder.objects.filter(parent=order).count()) == (url("work-order", order), 1)


@pytest.mark.parametrize(("kind", "days"), [("in_use", 1), ("not_located", 5)])
def test_in_use_and_not_located_are_two_taps(client, kind, days):
    order = order_with(*CHECKS)
    page = client.get(f"{url('record-attempt', order)}?kind={kind}")
    form = page.context["form"]
    answer = client.post(url("record-attempt", order), {name: form[name].value() or "" for name in form.fields})
    assert answer.status_code == 302
    attempt = Attempt.objects.get(work_order=order)
    assert (attempt.kind, (attempt.next_try_on - timezone.localdate()).days) == (kind, days)


def test_the_last_results_of_a_step_come_from_this_device(client):
    asset = factories.make_asset()
    first, second = order_with(READING, asset=asset), order_with(READING, asset=asset)
    client.post(url("save-results", first), {"w-leak": "||||", "a-leak": "81"})
    client.post(url("save-results", order_with(READING)), {"w-leak": "||||", "a-leak": "444"})
    page = client.get(reverse("last-results", args=[second.pk, "leak"])).content.decode()
    assert ("81 µA" in page, "444" in page) == (True, False)


def test_a_repair_is_done_then_verified_by_somebody_who_may(client):
    order = order_with(kind="corrective", due_on=None, needs_verification=True)
    done = client.post(url("perform", order), {"verdict": "repaired", "work_done": "Fuse replaced", "close": "1"})
    order.refresh_from_db()
    assert (done.status_code, order.state) == (302, "to_verify")
    assert client.get(url("verify-repair", order)).status_code == 403
    senior = client_of(factories.make_user(permissions=[*TECHNICIAN, "maintenance.verify"]))
    empty = senior.post(url("verify-repair", order), {"passed": "no"})
    assert (empty.status_code, "Say what still fails." in empty.content.decode()) == (422, True)
    senior.post(url("verify-repair", order), {"passed": "yes", "note": "Ran an hour"})
    order.refresh_from_db()
    assert (order.state, order.verification_note) == ("closed", "Ran an hour")
