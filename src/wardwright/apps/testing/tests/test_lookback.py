"""An instrument found wrong: every reading in doubt is found, ranked by risk, decided and signed."""

from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from django.utils import timezone
from tests.factories import (
    PASSWORD,
    make_asset,
    make_instrument,
    make_measurement,
    make_model,
    make_site,
    make_type,
    make_user,
)

from wardwright.apps.testing.models import Calibration, Lookback, LookbackItem, Measurement
from wardwright.apps.testing.operations import conclude_lookback, decide_items, look_back, record_calibration
from wardwright.platform.core.errors import Denied, Invalid, NotNow
from wardwright.platform.signatures.signing import signatures_of

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()
D = Decimal


@pytest.fixture
def keeper():
    return make_user(permissions=["testing.view", "testing.instruments", "testing.conclude"])


def point(reference, found, left=None, *, quantity="leakage", unit="µA", give="5", **given):
    low, high = D(reference) - D(give), D(reference) + D(give)
    return {"quantity": quantity, "unit": unit, "reference": reference, "found": found, "left": left or reference,
            "low": str(low), "high": str(high), **given}  # fmt: skip


def calibrate(by, row, days_ago, points=(), **given):
    on = TODAY - timedelta(days=days_ago)
    record_calibration(by=by, instrument_id=row.pk, calibrated_on=on, due_on=on + timedelta(days=365), adjusted=True,
                       points=list(points), **given)  # fmt: skip
    return Calibration.objects.filter(instrument=row).latest("pk")


def read(row, days_ago, value, *, high=500, **given):
    at = timezone.make_aware(datetime.combine(TODAY - timedelta(days=days_ago), datetime.min.time())) + timedelta(
        hours=9
    )
    given.setdefault("quantity", "equipment_leakage")
    limits = {"high": high} | ({"low": given.pop("low")} if "low" in given else {})
    return make_measurement(instrument=row, value=D(value), taken_at=at, **limits, **given)


GOOD, READS_LOW = point("400", "400"), point("400", "380")  # found 20 µA too low: what read 490 was 510


@pytest.fixture
def wrong(keeper):
    """An instrument last known to be right 300 days ago and found wrong 10 days ago."""
    row = make_instrument()
    calibrate(keeper, row, 300, [GOOD])
    return row


def found(lookback):
    return [(i.measurement_id, i.change, i.error, i.corrected) for i in LookbackItem.objects.filter(lookback=lookback)]


def test_readings_since_it_was_last_right_are_judged_again(keeper, wrong):
    read(wrong, 301, "490")  # before it was last known to be right
    missed = read(wrong, 200, "490")
    read(wrong, 200, "100")
    read(wrong, 9, "490")  # after it was found out
    read(wrong, 100, "490", high=None)
    read(make_instrument(), 200, "490")
    lookback = look_back(by=keeper, calibration_id=calibrate(keeper, wrong, 10, [READS_LOW]).pk)
    assert found(lookback) == [(missed.pk, "missed_fault", D(-20), D(510))]
    assert lookback.counts == {
        "readings": 3, "judged": 2, "missed_fault": 1, "unchanged": 1, "no_limit": 1}  # fmt: skip
    assert (lookback.since_on, lookback.found_on) == (TODAY - timedelta(days=300), TODAY - timedelta(days=10))
    assert look_back(by=keeper, calibration_id=lookback.calibration_id).pk == lookback.pk


def test_an_instrument_that_reads_high_gave_false_alarms(keeper, wrong):
    alarm = read(wrong, 50, "510", verdict="fail")
    read(wrong, 50, "700", verdict="fail")
    lookback = look_back(by=keeper, calibration_id=calibrate(keeper, wrong, 10, [point("400", "420")]).pk)
    assert found(lookback) == [(alarm.pk, "false_alarm", D(20), D(490))]


def test_the_error_between_two_points_is_on_the_line_between_them_and_units_are_converted(keeper, wrong):
    made = calibrate(keeper, wrong, 10, [
        point("0.1", "0.1", unit="mA", give="0.001"), point("0.5", "0.46", unit="mA", give="0.001")])  # fmt: skip
    low, just = read(wrong, 50, "280", high=299), read(wrong, 50, "280", high=301)
    lookback = look_back(by=keeper, calibration_id=made.pk)
    assert found(lookback) == [(low.pk, "missed_fault", D("-20"), D("300"))]
    assert just.pk not in LookbackItem.objects.values_list("measurement_id", flat=True)


def test_only_what_was_found_wrong_is_in_doubt(keeper, wrong):
    made = calibrate(keeper, wrong, 10, [READS_LOW, point("0.2", "0.2", quantity="protective_earth", unit="Ω",
                                                          give="0.01")])  # fmt: skip
    read(wrong, 50, "0.2999", high="0.3", unit="Ω", quantity="protective_earth")
    lookback = look_back(by=keeper, calibration_id=made.pk)
    assert (found(lookback), lookback.counts) == ([], {"readings": 1, "other_quantity": 1})


def test_never_known_to_be_right_means_from_the_beginning(keeper):
    row = make_instrument()
    old = read(row, 3000, "490")
    lookback = look_back(by=keeper, calibration_id=calibrate(keeper, row, 10, [READS_LOW]).pk)
    assert (lookback.since_on, [item[0] for item in found(lookback)]) == (None, [old.pk])


def test_without_points_everything_is_in_doubt_and_the_newest_reading_stands_for_the_others(keeper, wrong):
    asset = make_asset()
    read(wrong, 60, "10", asset=asset)
    newest = read(wrong, 50, "10", asset=asset)
    made = calibrate(keeper, wrong, 10, as_found="out", as_left="in_tolerance")
    lookback = look_back(by=keeper, calibration_id=made.pk)
    assert found(lookback) == [(newest.pk, "doubtful", None, None)]
    assert lookback.counts == {"readings": 2, "judged": 2, "no_limit": 0, "doubtful": 2}


def test_what_was_calibrated_with_it_is_in_doubt_too_until_calibrated_with_something_sound(keeper, wrong):
    child, grandchild, sound = make_instrument(), make_instrument(), make_instrument()
    calibrate(keeper, child, 200, [GOOD], standard_ids=[wrong.pk])
    calibrate(keeper, grandchild, 150, [GOOD], standard_ids=[child.pk])
    calibrate(keeper, child, 100, [GOOD], standard_ids=[sound.pk])
    before, during, after = (read(child, days, "490") for days in (210, 180, 90))
    far = read(grandchild, 50, "490")
    lookback = look_back(by=keeper, calibration_id=calibrate(keeper, wrong, 10, [READS_LOW]).pk)
    assert {item[0] for item in found(lookback)} == {during.pk, far.pk}
    chains = {span["instrument"]: [link[0] for link in span["chain"]] for span in lookback.spans}
    way = [wrong.pk, child.pk, grandchild.pk]
    assert chains == {wrong.pk: way[:1], child.pk: way[:2], grandchild.pk: way}
    assert before.pk != after.pk


def test_ranked_by_what_changed_then_by_clinical_risk_and_those_tested_since_come_later(keeper, wrong):
    vital = make_asset(device_model=make_model(device_type=make_type(life_support=True)))
    plain, tested = make_asset(), make_asset(risk_score=20)
    rows = {
        "tested": read(wrong, 50, "490", asset=tested),
        "plain": read(wrong, 50, "490", asset=plain),
        "vital": read(wrong, 50, "490", asset=vital),
        "unsure": read(wrong, 50, "470", asset=vital),
    }
    read(make_instrument(), 20, "300", asset=tested)
    made = calibrate(keeper, wrong, 10, [READS_LOW | {"uncertainty": "15"}])
    lookback = look_back(by=keeper, calibration_id=made.pk)
    names = {row.pk: name for name, row in rows.items()}
    items = LookbackItem.objects.filter(lookback=lookback).order_by("rank")
    assert [(names[i.measurement_id], i.change, i.retested) for i in items] == [
        ("vital", "missed_fault", False), ("plain", "missed_fault", False), ("tested", "missed_fault", True),
        ("unsure", "doubtful", False)]  # fmt: skip


def test_each_reading_is_decided_before_the_statement_is_signed(keeper, wrong):
    first, second = read(wrong, 50, "490"), read(wrong, 40, "491")
    lookback = look_back(by=keeper, calibration_id=calibrate(keeper, wrong, 10, [READS_LOW]).pk)
    with pytest.raises(NotNow, match="not decided"):
        conclude_lookback(by=keeper, lookback_id=lookback.pk, conclusion="Fine", password=PASSWORD)
    with pytest.raises(Invalid, match="Say why"):
        decide_items(by=keeper, lookback_id=lookback.pk, decision="accept")
    item = LookbackItem.objects.get(measurement=first)
    decide_items(by=keeper, lookback_id=lookback.pk, decision="accept", reason="Retired", item_ids=[item.pk])
    decide_items(by=keeper, lookback_id=lookback.pk, decision="verify", order_numbers={second.asset_id: "WO-7"})
    assert list(LookbackItem.objects.order_by("pk").values_list("decision", "reason", "order_number")) == [
        ("accept", "Retired", ""), ("verify", "", "WO-7")]  # fmt: skip
    row = conclude_lookback(by=keeper, lookback_id=lookback.pk, conclusion="Two devices", password=PASSWORD)
    (standing,) = signatures_of(row)
    assert (row.state, standing.superseded, standing.signature.meaning) == ("concluded", False, "approved")
    with pytest.raises(NotNow, match="concluded and signed"):
        decide_items(by=keeper, lookback_id=lookback.pk, decision="open")


def test_a_calibration_that_found_nothing_wrong_has_nothing_to_look_back_for(keeper, wrong):
    with pytest.raises(NotNow, match="in tolerance"):
        look_back(by=keeper, calibration_id=calibrate(keeper, wrong, 10, [GOOD]).pk)
    made = calibrate(keeper, wrong, 5, [READS_LOW])
    elsewhere = make_user(permissions=["testing.view", "testing.instruments"], scope=("site", make_site().pk))
    with pytest.raises(Denied):
        look_back(by=elsewhere, calibration_id=made.pk)
    assert not Lookback.objects.exists() and not Measurement.objects.exists()
