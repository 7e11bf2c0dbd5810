"""A calibration entered by mistake is withdrawn: it stays readable, and nothing rests on it any more."""

from datetime import datetime, timedelta
from decimal import Decimal
from io import BytesIO

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pypdf import PdfReader
from tests.factories import PASSWORD, make_asset, make_instrument, make_measurement, make_user

from wardwright.apps.testing.models import Calibration, Instrument, LookbackItem, Measurement
from wardwright.apps.testing.operations import (
    Gear,
    look_back,
    note_calibrations,
    record_calibration,
    sign_calibration,
    withdraw_calibration,
)
from wardwright.apps.testing.queries import proposed_points, unfit
from wardwright.apps.testing.queries.comparing import found_errors
from wardwright.platform.audit.models import AuditChange, AuditRecord
from wardwright.platform.core.change import System
from wardwright.platform.core.errors import Denied, Invalid, NotNow

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()
D = Decimal
WHY = "typed for the wrong instrument"


@pytest.fixture
def keeper():
    return make_user(permissions=["testing.view", "testing.instruments", "directory.view", "assets.view"])


@pytest.fixture
def client(keeper):
    client = Client()
    client.force_login(keeper, backend="wardwright.platform.access.login.PasswordBackend")
    return client


@pytest.fixture
def row():
    return make_instrument(asset=make_asset())


def calibrate(by, row, days_ago, found="400", **given):
    on = TODAY - timedelta(days=days_ago)
    points = [{"quantity": "leakage", "unit": "µA", "reference": "400", "found": found, "low": "395", "high": "405"}]
    record_calibration(
        by=by, instrument_id=row.pk, calibrated_on=on, due_on=on + timedelta(days=365), points=points, **given
    )
    return Calibration.objects.filter(instrument=row).latest("pk")


def read(row, days_ago, calibration):
    at = timezone.make_aware(datetime.combine(TODAY - timedelta(days=days_ago), datetime.min.time()))
    return make_measurement(
        instrument=row, value=D(490), high=500, taken_at=at + timedelta(hours=9), calibration=calibration
    )


def withdraw(by, made, reason=WHY):
    return withdraw_calibration(by=by, calibration_id=made.pk, reason=reason)


def test_the_instrument_stands_by_the_one_before(keeper, row):
    before = calibrate(keeper, row, 100)
    wrong = calibrate(keeper, row, 10, found="450")
    assert unfit(Instrument.objects.get(pk=row.pk), TODAY) == "its last calibration left it out of tolerance"
    withdraw(keeper, wrong)
    row, wrong = Instrument.objects.get(pk=row.pk), Calibration.objects.get(pk=wrong.pk)
    assert (row.calibrated_on, row.calibration_due_on, unfit(row, TODAY)) == (before.calibrated_on, before.due_on, "")
    assert (wrong.withdrawn_reason, wrong.withdrawn_by_name, wrong.withdrawn_at is None) == (WHY, str(keeper), False)


def test_without_another_it_was_never_calibrated_and_its_dates_do_not_come_back(keeper, row):
    withdraw(keeper, calibrate(keeper, row, 10))
    note_calibrations(by=System("test"))
    row = Instrument.objects.get(pk=row.pk)
    assert (row.calibrated_on, row.calibration_due_on, row.certificate_missing) == (None, None, False)
    assert (unfit(row, TODAY), Calibration.objects.count()) == ("no calibration is on record", 1)


def test_readings_rest_on_the_one_in_force_on_their_day_or_on_none(keeper, row):
    wrong = calibrate(keeper, row, 300)
    first, second = calibrate(keeper, row, 200), calibrate(keeper, row, 100)
    taken = {days: read(row, days, wrong) for days in (250, 200, 150, 101, 100, 50)}
    other = read(row, 50, second)
    withdraw(keeper, wrong)
    held = {days: Measurement.objects.get(pk=one.pk).calibration_id for days, one in taken.items()}
    assert held == {250: None, 200: first.pk, 150: first.pk, 101: first.pk, 100: second.pk, 50: second.pk}
    change = AuditChange.objects.latest("pk")
    written = AuditRecord.objects.filter(change_id=change.pk, table_name="testing_measurement")
    assert (change.operation, change.reason) == ("testing.withdraw_calibration", WHY)
    assert set(written.values_list("row_id", flat=True)) == {one.pk for one in taken.values()}
    assert other.pk not in written.values_list("row_id", flat=True)


def test_new_readings_points_errors_and_searches_leave_it_out(keeper, row):
    good = calibrate(keeper, row, 300)
    wrong = calibrate(keeper, row, 20, found="399")
    withdraw(keeper, wrong)
    assert Gear({row.pk: row}, TODAY).calibration_id(row.pk) == good.pk
    assert [one.calibration_id for one in found_errors(keeper, row.pk)] == [good.pk]
    withdraw(keeper, good)
    assert (found_errors(keeper, row.pk), proposed_points(row)) == ([], [])
    old = read(row, 1000, None)
    found_out = calibrate(keeper, row, 5, found="380")
    lookback = look_back(by=keeper, calibration_id=found_out.pk)
    assert lookback.since_on is None  # neither of the withdrawn ones says that it was right then
    assert list(LookbackItem.objects.values_list("measurement_id", flat=True)) == [old.pk]


def test_a_search_that_began_with_it_says_so_and_none_begins(keeper, client, row):
    wrong, another = calibrate(keeper, row, 20, found="380"), calibrate(keeper, row, 10, found="380")
    lookback = look_back(by=keeper, calibration_id=wrong.pk)
    for made in (wrong, another):
        withdraw(keeper, made)
    with pytest.raises(NotNow, match="was withdrawn"):
        look_back(by=keeper, calibration_id=another.pk)
    page = client.get(reverse("lookback", args=[lookback.pk])).content.decode()
    assert "what it found does not follow any more" in page and WHY in page
    paper = PdfReader(BytesIO(client.get(reverse("impact-statement", args=[lookback.pk])).content))
    assert "does not follow any more" in paper.pages[0].extract_text().replace("\n", " ")
    assert "calibration withdrawn" in client.get(reverse("lookbacks")).content.decode().lower()
    box = client.get(reverse("instrument-lookbacks", args=[row.pk])).content.decode().lower()
    assert "calibration withdrawn" in box and "what it measured before is in doubt" not in box


def test_the_history_of_the_device_shows_it_even_where_no_date_changes(keeper, row):
    older = calibrate(keeper, row, 100)
    calibrate(keeper, row, 10)
    withdraw(keeper, older)
    change = AuditChange.objects.latest("pk")
    shown = AuditRecord.objects.filter(subject_id=row.asset_id, change_id=change.pk)
    assert list(shown.values_list("table_name", flat=True)) == ["testing_instrument"]


def test_it_needs_a_reason_the_permission_of_recording_and_happens_once(keeper, row):
    made = calibrate(keeper, row, 10)
    reader = make_user(permissions=["testing.view"])
    with pytest.raises(Denied):
        withdraw(reader, made)
    with pytest.raises(Invalid) as caught:
        withdraw(keeper, made, "  ")
    assert list(caught.value.fields) == ["reason"]
    assert Calibration.objects.standing().get() == made
    withdraw(keeper, made)
    with pytest.raises(NotNow, match="withdrawn already"):
        withdraw(keeper, made)
    with pytest.raises(NotNow, match="was withdrawn"):
        sign_calibration(by=keeper, calibration_id=made.pk, password=PASSWORD)


def test_the_pages_say_what_follows_then_strike_it_through_and_the_paper_says_withdrawn(keeper, client, row):
    before = calibrate(keeper, row, 100)
    wrong = calibrate(keeper, row, 10, found="450")
    read(row, 5, wrong)
    url = reverse("withdraw-calibration", args=[wrong.pk])
    assert url in client.get(reverse("calibration", args=[wrong.pk])).content.decode()
    asked = client.get(url).content.decode()
    assert "is in force again" in asked and "1 reading that rests on it" in asked
    assert client.post(url, {"reason": ""}).status_code == 422
    assert client.post(url, {"reason": WHY})["Location"] == reverse("calibration", args=[wrong.pk])
    page = client.get(reverse("calibration", args=[wrong.pk])).content.decode()
    assert f"Withdrawn by {keeper}" in page and WHY in page and url not in page
    assert reverse("sign-calibration", args=[wrong.pk]) not in page
    assert client.get(url)["Location"] == reverse("calibration", args=[wrong.pk])
    assert client.get(reverse("calibration-label", args=[wrong.pk])).status_code == 409
    instrument = client.get(reverse("instrument", args=[row.pk])).content.decode()
    assert f'<s><a href="{reverse("calibration", args=[wrong.pk])}">' in instrument
    listed = client.get(reverse("calibrations")).content.decode()
    assert "none found an instrument out of tolerance" in listed and "Withdrawn" in listed
    only = client.get(reverse("calibrations") + "?result=withdrawn").content.decode()
    assert [reverse("calibration", args=[one.pk]) in only for one in (before, wrong)] == [False, True]
    paper = PdfReader(BytesIO(client.get(reverse("calibration-certificate", args=[wrong.pk])).content))
    words = " ".join(page.extract_text() for page in paper.pages)
    assert "WITHDRAWN" in words and WHY in words
