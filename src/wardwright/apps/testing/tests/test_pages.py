"""Procedures and instruments: the step editor without scripts, approval by signature, calibration in words."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from tests import factories

from wardwright.apps.testing.models import Instrument, Procedure, ProcedureVersion, Step

pytestmark = pytest.mark.django_db
BACKEND = "wardwright.platform.access.login.PasswordBackend"


@pytest.fixture
def client():
    user = factories.make_user(
        permissions=["testing.view", "testing.write", "testing.approve", "testing.instruments", "directory.view"]
    )
    client = Client()
    client.force_login(user, backend=BACKEND)
    return client


def row(n: int, **given) -> dict[str, str]:
    values = {"text": f"Step {n}", "section": "visual", "kind": "check", "required": "on", **given}
    return {f"s{n}-{name}": value for name, value in values.items()}


@pytest.fixture
def draft(client) -> ProcedureVersion:
    made = client.post(reverse("new-procedure"), {"code": "PM-1", "title": "Bed, yearly"})
    version = ProcedureVersion.objects.get(procedure=Procedure.objects.get(code="PM-1"))
    assert made["Location"] == reverse("edit-version", args=[version.pk])
    return version


def edit(client, version, rows, **more):
    sent = {"minutes": "20", "expected_version": version.version, "row": [n for n, _ in rows], **more}
    for n, values in rows:
        sent |= row(n, **values)
    return client.post(reverse("edit-version", args=[version.pk]), sent)


def test_rows_are_added_moved_and_removed_without_saving(client, draft):
    rows = [(1, {"text": "Case"}), (2, {"text": "Brake"})]
    moved = edit(client, draft, rows, press="up-2").context["rows"]
    assert [step["text"].value() for _n, step in moved] == ["Brake", "Case"]
    added = edit(client, draft, rows, press="add").context["rows"]
    assert [n for n, _step in added] == [1, 2, 3]
    removed = edit(client, draft, rows, press="remove-1").context["rows"]
    assert [step["text"].value() for _n, step in removed] == ["Brake"]
    assert Step.objects.filter(procedure_version=draft).count() == 0


def test_a_draft_is_saved_in_the_order_of_its_rows(client, draft):
    reading = {"text": "Leakage", "kind": "reading", "unit": "mA", "high": "0,5", "section": "safety"}
    answer = edit(client, draft, [(2, {"text": "Case"}), (1, reading)])
    assert answer["Location"] == reverse("procedure-version", args=[draft.pk])
    steps = [(s["key"], s["kind"], s["unit"], s["high"]) for s in draft.frozen_steps()]
    assert steps == [("case", "check", "", None), ("leakage", "reading", "mA", "0.5")]


def test_a_wrong_step_is_told_and_everything_typed_stays(client, draft):
    answer = edit(client, draft, [(1, {"text": "Leakage", "kind": "reading", "unit": "", "high": "0,5"})])
    page = answer.content.decode()
    assert (answer.status_code, "Enter the unit of the reading" in page, 'value="0,5"' in page) == (422, True, True)
    assert Step.objects.filter(procedure_version=draft).count() == 0


def test_a_stale_draft_is_refused_and_everything_typed_stays(client, draft):
    edit(client, draft, [(1, {"text": "Case"})])
    stale = edit(client, draft, [(1, {"text": "Case and cable"})])
    assert (stale.status_code, "Case and cable" in stale.content.decode()) == (409, True)
    assert [s["text"] for s in draft.frozen_steps()] == ["Case"]


def test_approving_needs_the_password_and_ends_editing(client, draft):
    edit(client, draft, [(1, {"text": "Case"})])
    url = reverse("approve-version", args=[draft.pk])
    assert client.post(url, {"password": "wrong"}).status_code == 422
    assert client.post(url, {"password": factories.PASSWORD}).status_code == 302
    draft.refresh_from_db()
    assert draft.state == "approved"
    assert client.get(reverse("edit-version", args=[draft.pk])).status_code == 409
    page = client.get(reverse("procedure", args=[draft.procedure_id])).content.decode()
    assert "superseded" not in page and "approved" in page


def test_two_versions_are_compared_by_key(client, draft):
    edit(client, draft, [(1, {"text": "Case"}), (2, {"text": "Brake"})])
    client.post(reverse("approve-version", args=[draft.pk]), {"password": factories.PASSWORD})
    client.post(reverse("draft-version", args=[draft.procedure_id]))
    second = ProcedureVersion.objects.get(procedure_id=draft.procedure_id, number=2)
    edit(client, second, [(1, {"key": "case", "text": "Case and rails"}), (2, {"text": "Wheels"})])
    lines = client.get(reverse("compare-versions", args=[second.pk])).context["lines"]
    assert [(line["step"], str(line["what"])) for line in lines] == [
        ("Brake", "removed"), ("Case and rails", "text"), ("Wheels", "added"),
    ]  # fmt: skip
    second.refresh_from_db()
    edit(
        client, second, [(1, {"key": "case", "text": "Case"}), (2, {"text": "Brake"})], minutes="35", source="Manual 7"
    )
    lines = client.get(reverse("compare-versions", args=[second.pk])).context["lines"]
    assert [(str(line["what"]), line["old"], line["new"]) for line in lines] == [
        ("usual time (minutes)", "20", "35"), ("source", "–", "Manual 7"),
    ]  # fmt: skip


def test_calibration_is_recorded_and_told(client):
    today = timezone.localdate()
    instrument = factories.make_instrument(calibration_due_on=today - timedelta(days=1))
    assert "1 must not be used" in client.get(reverse("instruments")).content.decode()
    url = reverse("record-calibration", args=[instrument.pk])
    assert client.post(url, {"calibrated_on": today, "due_on": today}).status_code == 422
    assert client.post(url, {"calibrated_on": today, "due_on": today + timedelta(days=365)}).status_code == 302
    assert Instrument.objects.get(pk=instrument.pk).calibration_due_on == today + timedelta(days=365)
    assert "none past its calibration" in client.get(reverse("instruments")).content.decode()


def test_an_instrument_is_added_and_changed(client):
    site = factories.make_site()
    made = client.post(reverse("new-instrument"), {"name": "ESA-620", "site": site.pk, "is_active": "on"})
    instrument = Instrument.objects.get(name="ESA-620")
    assert made["Location"] == reverse("instrument", args=[instrument.pk])
    sent = {"name": "ESA-620 mk 2", "site": site.pk, "expected_version": instrument.version}
    client.post(reverse("edit-instrument", args=[instrument.pk]), sent)
    stale = client.post(reverse("edit-instrument", args=[instrument.pk]), {**sent, "name": "Another"})
    assert (stale.status_code, "Another" in stale.content.decode()) == (409, True)
    instrument.refresh_from_db()
    assert (instrument.name, instrument.is_active) == ("ESA-620 mk 2", False)
