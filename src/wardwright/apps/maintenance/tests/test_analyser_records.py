"""What an analyser's record means for work: steps answered, planned work closed and moved on, a repair opened once."""

from datetime import timedelta

import pytest
from django.utils import timezone
from tests.analyser_files import HEADINGS, STEPS, line, make_analyser, make_class_one, send, table
from tests.factories import make_plan, make_procedure, make_schedule, make_site, make_user, make_work_order
from tests.jobs import run_all

from wardwright.apps.maintenance.models import Schedule, StepResult, WorkOrder
from wardwright.apps.maintenance.operations import close_work, report_problem, settle_record
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
