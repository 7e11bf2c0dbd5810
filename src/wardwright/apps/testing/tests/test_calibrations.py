"""Calibrations decide how an instrument was found and left, and readings rest on the one that was in force."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from tests.factories import make_instrument, make_site, make_user

from wardwright.apps.testing.models import Calibration, CalibrationPoint, CalibrationStandard, InstrumentFunction
from wardwright.apps.testing.operations import (
    Gear,
    keep_instrument,
    note_calibrations,
    record_calibration,
    set_functions,
)
from wardwright.apps.testing.queries import instrument_of_each, unfit, usable_instruments
from wardwright.platform.core.change import System
from wardwright.platform.core.errors import Invalid, StaleEdit
from wardwright.platform.jobs.models import Job

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()
D = Decimal


@pytest.fixture
def keeper():
    return make_user(permissions=["testing.view", "testing.instruments"])


def point(reference="100", found="100", **given):
    low, high = str(D(reference) - 1), str(D(reference) + 1)
    return {"quantity": "leakage", "unit": "µA", "reference": reference, "found": found, "low": low, "high": high,
            **given}  # fmt: skip


def calibrate(by, row, on=TODAY, **given):
    due_on = given.pop("due_on", on + timedelta(days=365))
    return record_calibration(by=by, instrument_id=row.pk, calibrated_on=on, due_on=due_on, **given)


def test_points_say_how_the_instrument_was_found_and_left(keeper):
    row = calibrate(keeper, make_instrument(), adjusted=True, points=[
        point("100", "104", left="100.2"), point("500", "500.5", left="500.1", uncertainty="0.2")])  # fmt: skip
    made = Calibration.objects.get()
    assert (made.as_found, made.as_left, made.adjusted, row.out_of_tolerance) == ("out", "in_tolerance", True, False)
    assert list(CalibrationPoint.objects.values_list("position", "found_verdict", "left_verdict")) == [
        (1, "fail", "pass"), (2, "pass", "pass")]  # fmt: skip
    assert Job.objects.filter(args__icontains="InstrumentFoundOut").count() == 0  # nobody subscribes yet


def test_without_adjustment_it_is_left_as_it_was_found_and_must_not_be_used(keeper):
    row = calibrate(keeper, make_instrument(), points=[point("100", "104")])
    assert (Calibration.objects.get().as_left, row.out_of_tolerance) == ("out", True)
    assert unfit(row, TODAY) == "its last calibration left it out of tolerance"
    assert list(usable_instruments(keeper, TODAY)) == []
    row = calibrate(keeper, row, adjusted=True, points=[point("100", "104", left="100")])
    assert (unfit(row, TODAY), list(usable_instruments(keeper, TODAY))) == ("", [row])


def test_a_calibration_entered_later_for_an_earlier_day_leaves_the_dates(keeper):
    row = calibrate(keeper, make_instrument())
    calibrate(keeper, row, on=TODAY - timedelta(days=400), as_left="out")
    row.refresh_from_db()
    assert (row.calibrated_on, row.out_of_tolerance, Calibration.objects.count()) == (TODAY, False, 2)


def test_dates_entered_by_hand_are_a_calibration_too(keeper):
    row = keep_instrument(by=keeper, name="DMM", site_id=make_site().pk, calibrated_on=date(2026, 3, 1),
                          calibration_due_on=date(2027, 3, 1))  # fmt: skip
    keep_instrument(by=keeper, instrument_id=row.pk, name="Multimeter")
    made = Calibration.objects.get()
    assert (made.calibrated_on, made.due_on, made.as_found) == (date(2026, 3, 1), date(2027, 3, 1), "unknown")


def test_wrong_points_are_told_together_and_nothing_is_kept(keeper):
    row = make_instrument()
    with pytest.raises(Invalid) as caught:
        calibrate(keeper, row, points=[
            point() | {"reference": "abc"}, point(unit=""), point(low="200"), point(found=None), point(bogus=1)]
        )  # fmt: skip
    assert sorted(caught.value.fields) == [
        "points.1.reference", "points.2.unit", "points.3.low", "points.4.found", "points.5.bogus"]  # fmt: skip
    assert not Calibration.objects.exists()


def test_standards_are_other_instruments(keeper):
    row, standard = make_instrument(), make_instrument()
    calibrate(keeper, row, standard_ids=[standard.pk])
    assert CalibrationStandard.objects.values_list("instrument_id", flat=True).get() == standard.pk
    with pytest.raises(Invalid, match="itself"):
        calibrate(keeper, row, standard_ids=[row.pk])


def test_functions_are_replaced_as_a_whole(keeper):
    row = make_instrument()
    functions = [{"quantity": "leakage", "unit": "µA", "low": "0", "high": "10000", "resolution": "0.1"}]
    row = set_functions(by=keeper, instrument_id=row.pk, functions=functions, expected_version=1)
    set_functions(by=keeper, instrument_id=row.pk, functions=functions)
    assert (row.version, InstrumentFunction.objects.count()) == (2, 1)
    row.refresh_from_db()
    assert row.version == 2
    with pytest.raises(StaleEdit):
        set_functions(by=keeper, instrument_id=row.pk, functions=[], expected_version=1)
    with pytest.raises(Invalid) as caught:
        set_functions(by=keeper, instrument_id=row.pk, functions=[
            {"quantity": "", "unit": "Ω"}, {"quantity": "r", "unit": "Ω", "low": 5, "high": 1},
            {"quantity": "v", "unit": "V", "low": 1}, {"quantity": "v", "unit": "V", "low": "1.0"}])  # fmt: skip
    assert sorted(caught.value.fields) == ["functions.1.quantity", "functions.2.high", "functions.4.low"]


def test_a_reading_beyond_the_range_or_of_another_kind_is_told(keeper):
    row = make_instrument(name="Analyser", serial="7")
    set_functions(by=keeper, instrument_id=row.pk, functions=[
        {"quantity": "protective_earth", "unit": "Ω", "low": 0, "high": 20},
        {"quantity": "insulation", "unit": "MΩ", "low": "0.5", "high": 200}])  # fmt: skip
    gear = Gear({row.pk: row}, TODAY)
    assert gear.function(row.pk, "insulation", D(2000), "kΩ").quantity == "insulation"
    assert gear.function(row.pk, "", D("0.2"), "Ω").quantity == "protective_earth"
    with pytest.raises(ValueError, match="Analyser 7 measures 0 to 20 Ω: 25 Ω lies beyond"):
        gear.function(row.pk, "protective_earth", D(25), "Ω")
    with pytest.raises(ValueError, match="does not measure in µA"):
        gear.function(row.pk, "leakage", D(25), "µA")
    other = make_instrument()
    assert Gear({other.pk: other}, TODAY).function(other.pk, "leakage", D(25), "µA") is None


def test_a_rule_with_a_guard_band_gives_four_answers(keeper):
    row = make_instrument()
    points = [point("100", found, uncertainty="0.2") for found in ("100", "100.9", "101.1", "103")]
    calibrate(keeper, row, points=points, decision_rule="ILAC-G8")
    made = Calibration.objects.get()
    assert list(CalibrationPoint.objects.values_list("found_verdict", flat=True)) == [
        "pass", "cond_pass", "cond_fail", "fail"]  # fmt: skip
    assert (made.decision_rule, made.as_found) == ("u", "out")
    calibrate(keeper, row, points=points[:2], decision_rule="u")
    assert Calibration.objects.latest("pk").as_found == "in_tolerance"
    for given, name in (({"points": [point()]}, "points.1.uncertainty"), ({}, "decision_rule"),
                        ({"points": [point(uncertainty="3")]}, "points.1.uncertainty")):  # fmt: skip
        with pytest.raises(Invalid) as caught:
            calibrate(keeper, row, decision_rule="u" if given else "mine", **given)
        assert list(caught.value.fields) == [name]
    assert Calibration.objects.count() == 2


def test_instruments_from_before_calibrations_get_theirs_once(keeper):
    old = make_instrument(calibrated_on=date(2026, 3, 1), calibration_due_on=date(2027, 3, 1))
    make_instrument(), calibrate(keeper, make_instrument())
    assert [note_calibrations(by=System("testing")) for _n in range(2)] == [1, 0]
    made = Calibration.objects.get(instrument=old)
    assert (made.calibrated_on, made.due_on, made.as_found) == (date(2026, 3, 1), date(2027, 3, 1), "unknown")
    old.refresh_from_db()
    assert old.certificate_missing is False


def test_each_step_is_taken_with_the_chosen_instrument_that_measures_it(keeper):
    safety, flow, bare = (make_instrument() for _ in range(3))
    for row, functions in (
        (safety, [{"quantity": "leakage", "unit": "µA"}, {"quantity": "voltage", "unit": "V"}]),
        (flow, [{"quantity": "flow", "unit": "mL/h"}, {"quantity": "leakage", "unit": "mA"}]),
    ):
        set_functions(by=keeper, instrument_id=row.pk, functions=functions)
    steps = [
        {"key": "leak", "unit": "µA", "needs_instrument": True, "quantity": "leakage"},
        {"key": "rate", "unit": "ml/h", "needs_instrument": True, "quantity": "infusion.flow_25"},
        {"key": "mass", "unit": "kg", "needs_instrument": True},
        {"key": "look", "needs_instrument": False},
    ]
    both = [safety.pk, flow.pk]
    with CaptureQueriesContext(connection) as asked:
        assert instrument_of_each(steps, both) == {"leak": safety.pk, "rate": flow.pk, "mass": safety.pk}
    assert len(asked) == 1
    assert instrument_of_each(steps, [flow.pk, safety.pk, bare.pk]) == {
        "leak": flow.pk, "rate": flow.pk, "mass": bare.pk}  # fmt: skip
    assert instrument_of_each(steps, []) == {}
