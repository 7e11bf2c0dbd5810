"""Readings normalised to nominal mains voltage, decided with their uncertainty, and compared with earlier ones."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone
from tests.factories import (
    make_asset,
    make_instrument,
    make_measurement,
    make_model,
    make_procedure,
    make_user,
    make_work_order,
)

from wardwright.apps.maintenance.models import StepResult, WorkOrder
from wardwright.apps.maintenance.operations import close_work, record_results, start_work
from wardwright.apps.testing.models import Measurement
from wardwright.apps.testing.operations import record_calibration, set_functions
from wardwright.platform.core.change import System
from wardwright.platform.core.errors import Invalid

pytestmark = pytest.mark.django_db
BY = System("test")
TODAY = timezone.localdate()
LEAK = {"standard": "IEC 62353", "test": "equipment_leakage", "method": "direct"}
VISUAL = {"key": "case", "section": "visual", "kind": "check", "text": "Case is whole"}
WORKS = {"key": "works", "section": "function", "kind": "check", "text": "It works"}


def leakage(**given):
    return {"key": "leakage", "section": "safety", "kind": "reading", "text": "Equipment leakage", "unit": "µA",
            "limit": LEAK, "needs_instrument": True, **given}  # fmt: skip


@pytest.fixture
def bench():
    """An order for a class I device, and an analyser of ±(1 % rdg + 1 µA)."""

    def make(steps, electrical_class="I"):
        model = make_model(electrical_class=electrical_class, applied_parts="ECG CF")
        order = make_work_order(asset=make_asset(device_model=model), procedure_version=make_procedure(steps=steps))
        analyser = make_instrument(site=order.site)
        day = timedelta(days=9)
        record_calibration(by=BY, instrument_id=analyser.pk, calibrated_on=TODAY - day, due_on=TODAY + day)
        set_functions(by=BY, instrument_id=analyser.pk, functions=[
            {"quantity": "equipment_leakage", "unit": "µA", "low": 0, "high": 10000, "accuracy": "±(1 % rdg + 1 µA)"}
        ])  # fmt: skip
        return start_work(by=BY, work_order_id=order.pk), analyser

    return make


def record(order, analyser, value, **given):
    results = [{"key": "leakage", "value": value, "instrument_id": analyser and analyser.pk, **given}]
    (result,) = record_results(by=BY, work_order_id=order.pk, results=results)
    return result.outcome, Measurement.objects.get(pk=result.measurement_id)


def test_leakage_is_normalised_and_both_values_are_kept(bench):
    order, _ = bench([leakage(needs_instrument=False)])
    outcome, kept = record(order, None, "515", mains_volts="242")
    assert (outcome, kept.as_read, kept.mains_volts) == ("pass", Decimal(515), Decimal(242))
    assert kept.value == Decimal("489.4628")  # 515 * 230 / 242
    outcome, kept = record(order, None, "515", mains_volts="230")
    assert (outcome, kept.value, kept.mains_volts) == ("fail", Decimal(515), Decimal(230))


def test_a_voltage_of_another_mains_is_refused(bench):
    order, _ = bench([leakage(needs_instrument=False)])
    with pytest.raises(Invalid, match="Some answers cannot be recorded") as caught:
        record(order, None, "100", mains_volts="110")
    assert "not measured on mains of 230 V" in caught.value.fields["leakage"]
    assert Measurement.objects.count() == 0


# U of 495 µA: (4.95 + 1) / √3 · 2 = 6.87 µA; 0.83 U = 5.70 µA.
@pytest.mark.parametrize(("value", "grade", "outcome"), [
    ("490", "pass", "pass"), ("495", "cond_pass", "pass"), ("504", "cond_fail", "fail"), ("510", "fail", "fail"),
])  # fmt: skip
def test_a_guard_band_makes_four_answers_of_two(bench, value, grade, outcome):
    order, analyser = bench([leakage(rule="iso14253")])
    found, kept = record(order, analyser, value)
    assert (found, kept.verdict, kept.rule) == (outcome, grade, "iso14253")
    by_hand = 2 * (float(value) / 100 + 1) / 3**0.5
    assert abs(float(kept.uncertainty) - by_hand) < 1e-6


def test_the_uncertainty_of_the_calibration_counts_too(bench):
    order, analyser = bench([leakage(rule="u")])
    point = {"quantity": "equipment_leakage", "unit": "mA", "reference": "0.5", "found": "0.5", "left": "0.5",
             "low": "0.49", "high": "0.51", "uncertainty": "0.004"}  # fmt: skip
    record_calibration(
        by=BY, instrument_id=analyser.pk, calibrated_on=TODAY, due_on=TODAY + timedelta(days=9), points=[point]
    )
    _outcome, kept = record(order, analyser, "400")
    by_hand = 2 * ((5 / 3**0.5) ** 2 + (4 / 2) ** 2) ** 0.5
    assert abs(float(kept.uncertainty) - by_hand) < 1e-6


def test_without_a_known_uncertainty_it_is_simple_acceptance_and_says_so(bench, client):
    order, _ = bench([leakage(rule="iso14253", needs_instrument=False)])
    outcome, kept = record(order, None, "499")
    assert (outcome, kept.verdict, kept.rule, kept.uncertainty) == ("pass", "pass", "simple", None)
    client.force_login(make_user(permissions=["maintenance.view", "testing.view"]))
    page = client.get(reverse("work-order", args=[order.pk])).content.decode()
    assert "simple acceptance, because the uncertainty is not known" in page


# The whole test -------------------------------------------------------------------------------------------------


def before(order, *values):
    for years, value in enumerate(reversed(values), 1):
        make_measurement(asset=order.asset, quantity="equipment_leakage", value=value, unit="µA",
                         taken_at=timezone.now() - timedelta(days=365 * years))  # fmt: skip


def close(order, value, **given):
    answers = [{"key": "case", "outcome": "pass"}, {"key": "works", "outcome": "pass"}]
    results = [*answers, *([{"key": "leakage", "value": value}] if value else [])]
    close_work(by=BY, work_order_id=order.pk, **{"verdict": "pass", "results": results, **given})
    return WorkOrder.objects.get(pk=order.pk)


STEPS = [VISUAL, leakage(needs_instrument=False), WORKS]


def test_a_safety_test_that_passes_all_over(bench):
    order, _ = bench(STEPS)
    before(order, 300, 310)
    closed = close(order, "320")
    assert (closed.safety, closed.safety_reasons) == ("pass", [])
    assert closed.signed_content()["safety"] == "pass"


def test_near_the_limit_and_rising_is_an_observation(bench, client):
    order, _ = bench(STEPS)
    before(order, 300, 400)
    closed = close(order, "470")
    assert closed.safety == "pass_with_observation"
    client.force_login(make_user(permissions=["maintenance.view", "testing.view"]))
    page = client.get(reverse("work-order", args=[order.pk])).content.decode()
    assert "470 µA uses 94.0 % of the limit of 500 µA and gets worse" in page
    assert "Passed with observation" in page


def test_what_is_still_missing_leaves_it_incomplete(bench):
    order, _ = bench(STEPS, electrical_class="")
    closed = close(order, "320")
    assert closed.safety == "incomplete"


def test_a_failed_reading_fails_it(bench):
    order, _ = bench(STEPS)
    assert close(order, "600", verdict="fail_safe").safety == "fail"


def test_work_without_safety_steps_has_no_verdict_of_one_and_signs_as_before(bench):
    order, _ = bench([VISUAL, WORKS])
    closed = close(order, "")
    assert closed.safety == ""
    assert not {"safety", "safety_reasons"} & set(closed.signed_content())


# On the page ----------------------------------------------------------------------------------------------------


@pytest.fixture
def performer(client):
    client.force_login(make_user(permissions=["maintenance.view", "maintenance.perform", "testing.view"]))
    return client


def test_the_page_shows_reference_and_last_reading_and_answers_with_notes(bench, performer):
    order, _ = bench(STEPS)
    before(order, 300, 400)
    page = performer.get(reverse("perform", args=[order.pk])).content.decode()
    assert "Reference 300 µA" in page
    assert "last 400 µA" in page
    answer = performer.post(reverse("save-results", args=[order.pk]), {
        "mains_volts": "230", "mains_seen": "", "w-leakage": "||||", "a-leakage": "470"}).json()  # fmt: skip
    assert [words.split(" uses ")[0] for words in answer["notes"]["leakage"]] == ["470 µA"]
    assert performer.session["mains_volts"] == "230"


def test_opening_and_sending_again_changes_nothing(bench, performer):
    order, _ = bench(STEPS)
    record(order, None, "515", mains_volts="242")
    page = performer.get(reverse("perform", args=[order.pk])).content.decode()
    assert 'name="mains_seen" value="242"' in page
    assert 'value="515"' in page
    row = StepResult.objects.get()
    performer.post(
        reverse("perform", args=[order.pk]),
        {
            "later": "1",
            "mains_volts": "242",
            "mains_seen": "242",
            "w-leakage": "pass|489.4628||||242 V",
            "a-leakage": "515",
        },
    )
    again = StepResult.objects.get()
    assert (again.value, again.recorded_at) == (row.value, row.recorded_at)
