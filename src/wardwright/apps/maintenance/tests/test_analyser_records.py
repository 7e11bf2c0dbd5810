"""What an analyser's record means for work: steps answered, planned work closed and moved on, a repair opened once."""

import json
from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone
from tests.analyser_files import ANALYSER, HEADINGS, STEPS, line, make_analyser, make_class_one, send, table
from tests.factories import make_plan, make_procedure, make_schedule, make_site, make_user, make_work_order
from tests.jobs import run_all

from wardwright.apps.maintenance.models import Schedule, StepResult, WorkOrder
from wardwright.apps.maintenance.operations import close_work, record_results, report_problem, settle_record
from wardwright.apps.maintenance.queries import why_words
from wardwright.apps.testing.models import Measurement, TestRecord
from wardwright.apps.testing.operations import map_result_file, take_in_records
from wardwright.platform.core.change import System
from wardwright.platform.core.errors import NotNow

pytestmark = pytest.mark.django_db
BY = System("test")
TODAY = timezone.localdate()
YESTERDAY = TODAY - timedelta(days=1)
DUE = TODAY + timedelta(days=5)
MORE = [*STEPS, {"key": "weight", "section": "function", "kind": "reading", "text": "Weight", "unit": "kg"}]


class Round:
    """A device of class I with a yearly plan and its open order, and an analyser in calibration."""

    def __init__(self, steps=STEPS, opened=True):
        self.site = make_site()
        make_analyser(self.site, TODAY)
        self.asset = make_class_one(self.site)
        self.version = make_procedure(steps=steps)
        self.plan = make_plan(applies_to="asset", asset=self.asset, procedure=self.version.procedure)
        self.schedule = make_schedule(asset=self.asset, plan=self.plan, anchor_on=DUE - timedelta(days=365))
        self.order = self.open() if opened else None

    def open(self):
        return make_work_order(
            asset=self.asset, kind="planned", schedule=self.schedule, plan=self.plan, due_on=DUE,
            procedure_version=self.version, window_opens_on=DUE - timedelta(days=30),
        )  # fmt: skip

    def take(self, name="round.csv", **given):
        file = send(BY, self.site, table([line(self.asset, YESTERDAY, **given)], HEADINGS), name)
        if file.state == "mapping":
            file = map_result_file(by=BY, result_file_id=file.pk, mapping=file.mapping)
        take_in_records(by=BY, result_file_id=file.pk)
        run_all()
        return TestRecord.objects.get(file=file)

    def told(self, readings=(), checks=(), name="told.json", **given):
        """A record in the open form."""
        record = {
            "device": {"asset_tag": self.asset.tag, "serial": self.asset.serial}, "tested_at": f"{YESTERDAY}T10:30",
            "analyser": {"serial": ANALYSER}, "readings": list(readings), "checks": list(checks), **given,
        }  # fmt: skip
        data = json.dumps({"schema": "wardwright-results", "version": 1, "records": [record]}).encode()
        file = send(BY, self.site, data, name)
        take_in_records(by=BY, result_file_id=file.pk)
        run_all()
        return TestRecord.objects.get(file=file)

    def refresh(self):
        self.order.refresh_from_db()
        self.schedule.refresh_from_db()
        return self.order


def repairs():
    return list(WorkOrder.objects.filter(kind="corrective").order_by("pk"))


def test_a_clean_pass_closes_the_planned_work_and_rolls_the_due_date():
    work = Round()
    record = work.take()
    order = work.refresh()
    assert (order.state, order.verdict, timezone.localdate(order.done_at)) == ("closed", "pass", YESTERDAY)
    assert (work.schedule.last_due_on, work.schedule.last_done_on) == (DUE, YESTERDAY)
    results = {one.key: one for one in StepResult.objects.filter(work_order=order)}
    assert {key: one.outcome for key, one in results.items()} == {"visual": "pass", "earth": "pass", "leakage": "pass"}
    assert results["earth"].measurement.source == "file"
    assert results["earth"].recorded_by_name == "T. Lang"
    assert Measurement.objects.count() == 3
    assert (order.safety, repairs(), record.file.name in order.work_done) == ("pass", [], True)


def test_a_fail_closes_it_as_failed_and_opens_the_repair_once():
    work = Round()
    record = work.take(leakage="640")
    assert (work.refresh().state, work.order.verdict) == ("closed", "fail_safe")
    (repair,) = repairs()
    assert (repair.parent_id, repair.asset_id) == (work.order.pk, work.asset.pk)
    settle_record(by=BY, test_record_id=record.pk)
    assert len(repairs()) == 1


def test_the_same_failure_in_a_later_file_opens_no_second_repair():
    work = Round(opened=False)
    work.plan_off = Schedule.objects.filter(pk=work.schedule.pk)
    work.take(leakage="640")
    work.take("again.csv", leakage="650", date=f"{YESTERDAY} 15:00")
    assert len(repairs()) == 1
    work.take("other.csv", earth="0.9", date=f"{YESTERDAY} 16:00")
    assert len(repairs()) == 2


def test_a_failure_that_a_person_found_is_not_repaired_twice():
    work = Round()
    close_work(by=BY, work_order_id=work.order.pk, verdict="fail_safe", results=[
        {"key": "visual", "outcome": "pass"}, {"key": "earth", "value": "0.1", "outcome": "pass"},
        {"key": "leakage", "value": "700"}], override_reason="no instrument")  # fmt: skip
    work.take(leakage="640")
    assert len(repairs()) == 1


def test_another_repair_does_not_hide_the_failure():
    work = Round(opened=False)
    report_problem(by=BY, asset_id=work.asset.pk, title="Wheel is loose")
    work.take(leakage="640")
    assert [one.title for one in repairs()] == ["Wheel is loose", "Failed: Equipment leakage"]


def test_what_it_does_not_cover_stays_open():
    work = Round(steps=MORE)
    work.take()
    order = work.refresh()
    assert (order.state, work.schedule.last_done_on) == ("in_progress", None)
    assert StepResult.objects.filter(work_order=order).count() == 3
    close_work(by=BY, work_order_id=order.pk, verdict="pass", results=[{"key": "weight", "value": "7"}])


def test_a_failure_in_a_part_opens_the_repair_and_closing_makes_no_second():
    work = Round(steps=MORE)
    work.take(leakage="640")
    (repair,) = repairs()
    assert (work.refresh().state, repair.parent_id) == ("in_progress", work.order.pk)
    assert "round.csv" in why_words(repair)[0]
    close_work(by=BY, work_order_id=work.order.pk, verdict="fail_safe", results=[{"key": "weight", "value": "7"}])
    assert len(repairs()) == 1


def test_without_an_open_order_the_due_one_of_a_covered_plan_is_made_and_closed():
    work = Round(opened=False)
    work.take()
    order = WorkOrder.objects.get(schedule=work.schedule)
    assert (order.state, order.verdict, order.due_on) == ("closed", "pass", DUE)


def test_with_no_plan_that_it_covers_the_measurements_stand():
    work = Round(steps=MORE, opened=False)
    work.take()
    assert (WorkOrder.objects.count(), Measurement.objects.filter(asset=work.asset).count()) == (0, 3)


def test_a_test_of_before_the_window_closes_nothing():
    work = Round()
    work.take(date=f"{DUE - timedelta(days=60)} 10:00")
    assert (work.refresh().state, StepResult.objects.count()) == ("open", 0)


def test_a_method_that_the_file_does_not_say_answers_no_step_that_asks_for_one():
    work = Round()
    headings = (*HEADINGS[:-1], "Equipment leakage (µA)")
    file = send(BY, work.site, table([line(work.asset, YESTERDAY)], headings))
    file = map_result_file(by=BY, result_file_id=file.pk, mapping=file.mapping)
    take_in_records(by=BY, result_file_id=file.pk)
    run_all()
    assert work.refresh().state == "in_progress"
    assert sorted(StepResult.objects.values_list("key", flat=True)) == ["earth", "visual"]


def test_a_record_that_is_not_taken_in_settles_nothing():
    work = Round()
    file = send(BY, work.site, table([line(work.asset, YESTERDAY)]))
    map_result_file(by=BY, result_file_id=file.pk, mapping=file.mapping)
    with pytest.raises(NotNow, match="not taken in"):
        settle_record(by=make_user(), test_record_id=TestRecord.objects.get().pk)


VISUAL = {"name": "Case, cable and plug are whole", "kind": "visual", "verdict": "pass"}
EARTH = {"name": "Earth", "test": "protective_earth", "value": 0.12, "unit": "Ω"}
LEAKAGE = {"name": "Leakage", "test": "equipment_leakage", "method": "direct", "value": 80, "unit": "µA"}


def test_a_reading_that_failed_without_a_number_is_a_failure():
    work = Round()
    record = work.told([{"name": "Insulation", "test": "insulation", "text": "---", "verdict": "fail"}, EARTH, LEAKAGE],
                       [VISUAL], verdict="fail")  # fmt: skip
    assert (record.verdict, work.refresh().state, work.order.verdict) == ("fail", "closed", "fail_safe")
    assert [one.parent_id for one in repairs()] == [work.order.pk]


def test_a_cell_that_says_fail_instead_of_a_value_is_a_failure():
    work = Round()
    assert work.take(insulation="FAIL").verdict == "fail"
    assert len(repairs()) == 1


def test_a_failed_check_of_no_step_closes_the_order_as_failed():
    work = Round()
    work.told([EARTH, LEAKAGE], [VISUAL, {"name": "Alarm", "kind": "functional", "verdict": "fail"}])
    assert (work.refresh().state, work.order.verdict) == ("closed", "fail_safe")
    assert len(repairs()) == 1


def test_what_passes_by_the_limit_of_the_order_is_no_failure_though_the_table_is_stricter():
    step = {"key": "earth", "section": "safety", "kind": "reading", "text": "Earth", "unit": "Ω", "high": "0.5",
            "quantity": "protective_earth"}  # fmt: skip
    work = Round(steps=[step])
    record = work.told([{**EARTH, "value": 0.4}])
    assert (record.verdict, work.refresh().verdict, repairs()) == ("pass", "pass", [])


def test_of_several_readings_the_worst_by_the_limit_of_the_step_answers_it():
    step = {"key": "weight", "section": "function", "kind": "reading", "text": "Weight", "unit": "kg", "low": "2",
            "quantity": "weight"}  # fmt: skip
    work = Round(steps=[step])
    readings = [{"name": "Weight", "quantity": "weight", "value": value, "unit": unit}
                for value, unit in ((500, "g"), (100, "kg"))]  # fmt: skip
    work.told(readings)
    answer = StepResult.objects.get(key="weight")
    assert (answer.outcome, answer.value, work.refresh().verdict) == ("fail", Decimal("0.5"), "fail_safe")


def test_a_record_of_checks_alone_is_settled_once_only():
    steps = [{"key": "visual", "section": "visual", "kind": "check", "text": "Look at it"}]
    work = Round(steps=steps)
    record = work.told(checks=[{**VISUAL, "name": "Look at it"}])
    other = make_work_order(asset=work.asset, kind="planned", procedure_version=work.version, due_on=TODAY)
    assert settle_record(by=BY, test_record_id=record.pk).order is None
    other.refresh_from_db()
    assert (work.refresh().state, other.state) == ("closed", "open")


def test_an_answer_of_a_file_is_taken_back_or_overtyped_and_the_file_keeps_what_it_said():
    work = Round(steps=MORE)
    work.take()
    kept = {one.quantity: one.pk for one in Measurement.objects.all()}
    instrument = Measurement.objects.first().instrument_id
    record_results(by=BY, work_order_id=work.order.pk, results=[
        {"key": "earth", "value": "0.2", "instrument_id": instrument}, {"key": "leakage"}])  # fmt: skip
    typed = StepResult.objects.get(key="earth").measurement
    assert (typed.source, typed.value, typed.pk in kept.values()) == ("step", Decimal("0.2"), False)
    assert not StepResult.objects.filter(key="leakage").exists()
    assert {one.quantity: one.pk for one in Measurement.objects.filter(source="file")} == kept


def test_an_order_that_must_not_be_closed_stays_open_and_the_failure_is_repaired_all_the_same():
    work = Round(steps=MORE)
    record_results(by=BY, work_order_id=work.order.pk, results=[{"key": "weight", "value": "7"}])
    sign = {"key": "sign", "section": "finish", "kind": "signature", "text": "Released"}
    other = Round(steps=[*STEPS, sign])
    other.told([{**LEAKAGE, "value": 900}, EARTH], [VISUAL])
    assert other.refresh().state == "in_progress"
    assert len(repairs()) == 1
