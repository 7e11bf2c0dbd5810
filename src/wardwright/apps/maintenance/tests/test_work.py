"""A work order from its opening to the device's return, and every guardrail on the way."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.utils import timezone
from tests.factories import (
    PASSWORD,
    make_asset,
    make_instrument,
    make_person,
    make_plan,
    make_procedure,
    make_schedule,
    make_site,
    make_type,
    make_user,
    make_work_order,
)

from wardwright.apps.assets.models import StatusPeriod
from wardwright.apps.assets.operations import change_status, register_asset
from wardwright.apps.maintenance import operations as work
from wardwright.apps.maintenance.models import Attempt, FailureCode, Rule, Schedule, ServiceLevel, StepResult, WorkOrder
from wardwright.apps.maintenance.queries import due_work, failure_codes, last_results, my_work, why_words
from wardwright.platform.audit.models import AuditChange
from wardwright.platform.core.errors import Denied, Guarded, Invalid, NotNow, StaleEdit
from wardwright.platform.events.registry import SUBSCRIBERS
from wardwright.platform.jobs.models import Job
from wardwright.platform.jobs.worker import work as run_jobs
from wardwright.platform.signatures.signing import signatures_of

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()
PASSES = [{"key": "visual", "outcome": "pass"}, {"key": "leakage", "value": "120"}]
FAILS = [{"key": "visual", "outcome": "pass"}, {"key": "leakage", "value": "900"}]


@pytest.fixture
def tech():
    user = make_user(permissions=["maintenance.view", "maintenance.perform", "maintenance.close", "maintenance.report"])
    make_person(user=user, hourly_rate_cents=4217)
    return user


@pytest.fixture
def head():
    return make_user()


def planned(asset=None, steps=None, **plan):
    """A planned order of a yearly plan, due in ten days."""
    version = make_procedure(steps=steps)
    asset = asset or make_asset()
    plan = make_plan(applies_to="type", device_type=asset.device_type, procedure=version.procedure, **plan)
    due_on = TODAY + timedelta(days=10)
    schedule = make_schedule(plan=plan, asset=asset, anchor_on=due_on - timedelta(days=365))
    return make_work_order(asset=asset, schedule=schedule, plan=plan, procedure_version=version, due_on=due_on,
                           window_opens_on=TODAY, window_end_on=due_on, out_of_compliance_on=due_on)  # fmt: skip


def close(by, order, verdict="pass", **more):
    return work.close_work(by=by, work_order_id=order.pk, verdict=verdict, **more)


# A clean job ----------------------------------------------------------------------------------------------------


def test_one_call_closes_a_clean_job(tech):
    order = planned()
    closed = close(tech, order, results=PASSES, minutes=25, work_done="As planned")
    assert (closed.state, closed.verdict, closed.labour_minutes, closed.labour_cost_cents) == (
        "closed",
        "pass",
        25,
        1757,
    )
    assert closed.done_by.user_id == tech.pk and closed.assigned_to_id == closed.done_by_id
    assert [step["key"] for step in closed.steps] == ["visual", "leakage"]
    assert list(StepResult.objects.values_list("key", "outcome", "value", "high").order_by("position")) == [
        ("visual", "pass", None, None), ("leakage", "pass", Decimal(120), Decimal(500))]  # fmt: skip
    schedule = Schedule.objects.get()
    assert (schedule.last_due_on, schedule.last_done_on) == (order.due_on, TODAY)
    assert AuditChange.objects.filter(operation="maintenance.close_work").count() == 1


def test_steps_are_frozen_when_work_begins(tech, system):
    order = planned()
    started = work.start_work(by=tech, work_order_id=order.pk)
    assert (started.state, len(started.steps), started.version) == ("in_progress", 2, 2)
    assert work.start_work(by=tech, work_order_id=order.pk).version == 2


def test_a_signature_step_needs_the_password_and_signs_exactly_this(tech):
    steps = [{"key": "visual", "text": "Whole"}, {"key": "signed", "kind": "signature", "text": "Signed"}]
    order = planned(steps=steps)
    done = [{"key": "visual", "outcome": "pass"}]
    for password in (None, "wrong"):
        with pytest.raises(Invalid) as refused:
            close(tech, order, results=done, password=password)
        assert list(refused.value.fields) == ["password"]
    order.refresh_from_db()
    assert (order.state, StepResult.objects.count()) == ("open", 0)
    closed = close(tech, order, results=done, password=PASSWORD)
    (standing,) = signatures_of(closed)
    assert (standing.signature.meaning, standing.superseded) == ("performed", False)
    assert StepResult.objects.get(key="signed").outcome == "pass"


def test_a_stale_form_and_a_second_close_change_nothing(tech):
    order = planned()
    with pytest.raises(StaleEdit):
        close(tech, order, results=PASSES, expected_version=7)
    close(tech, order, results=PASSES, expected_version=1)
    with pytest.raises(NotNow):
        close(tech, order)


# Results --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "outcome", "stored", "text"),
    [
        ("500", "pass", "500", ""),
        ("500.01", "fail", "500.01", ""),
        ("0,4 mA", "pass", "400", ""),
        ("< 10", "pass", "10", "< 10 µA"),
        (Decimal("501"), "fail", "501", ""),
    ],
)
def test_readings_are_judged_whatever_the_sender_says(tech, value, outcome, stored, text):
    order = planned()
    (result,) = work.record_results(
        by=tech, work_order_id=order.pk, results=[{"key": "leakage", "value": value, "outcome": "pass"}]
    )
    assert (result.outcome, result.value, result.text, result.unit) == (outcome, Decimal(stored), text, "µA")


def test_an_answer_is_replaced_and_taken_back(tech):
    order = planned()
    work.record_results(by=tech, work_order_id=order.pk, results=FAILS)
    work.record_results(by=tech, work_order_id=order.pk, results=[{"key": "leakage", "value": "90"}])
    assert StepResult.objects.get(key="leakage").outcome == "pass"
    work.record_results(by=tech, work_order_id=order.pk, results=[{"key": "leakage", "value": ""}])
    assert list(StepResult.objects.values_list("key", flat=True)) == ["visual"]


@pytest.mark.parametrize(
    ("result", "key"),
    [
        ({"key": "nothing", "outcome": "pass"}, "nothing"),
        ({"key": "leakage", "value": "a lot"}, "leakage"),
        ({"key": "leakage", "value": "1,234"}, "leakage"),
        ({"key": "leakage", "value": "5 V"}, "leakage"),
        ({"key": "leakage", "outcome": "pass"}, "leakage"),
        ({"key": "leakage", "value": "> 400"}, "leakage"),
        ({"key": "visual", "outcome": "perhaps"}, "visual"),
        ({"key": "battery", "text": "blue"}, "battery"),
        ({"key": "photo", "outcome": "pass"}, "photo"),
        ({"key": "visual", "outcome": "pass", "attachment_id": 99}, "visual"),
        ({"key": "leakage", "value": "1", "instrument_id": 99}, "leakage"),
    ],
)
def test_an_answer_that_cannot_be_is_named_and_nothing_is_kept(tech, result, key):
    steps = [
        {"key": "visual", "text": "Whole"},
        {"key": "leakage", "kind": "reading", "text": "Leakage", "unit": "µA", "high": 500},
        {"key": "battery", "kind": "choice", "text": "Battery", "choices": ["good", "!bad"]},
        {"key": "photo", "kind": "photo", "text": "Photo"},
    ]
    order = planned(steps=steps)
    with pytest.raises(Invalid) as refused:
        work.record_results(by=tech, work_order_id=order.pk, results=[{"key": "battery", "text": "good"}, result])
    assert list(refused.value.fields) == [key]
    order.refresh_from_db()
    assert (order.state, StepResult.objects.count()) == ("open", 0)


def test_a_choice_that_starts_with_an_exclamation_mark_fails(tech):
    order = planned(steps=[{"key": "b", "kind": "choice", "text": "Battery", "choices": ["good", "!bad"]}])
    (result,) = work.record_results(by=tech, work_order_id=order.pk, results=[{"key": "b", "text": "bad"}])
    assert result.outcome == "fail"


def test_the_last_results_of_a_step_come_newest_first(tech):
    asset = make_asset()
    for value in ("100", "110", "120", "130"):
        close(tech, planned(asset), results=[PASSES[0], {"key": "leakage", "value": value}])
    assert [result.value for result in last_results(asset.pk, "leakage")] == [130, 120, 110]


# Guardrails -----------------------------------------------------------------------------------------------------


def refused_by(rule, run):
    with pytest.raises(Guarded) as refused:
        run()
    assert refused.value.rule == f"maintenance.{rule}"


def test_required_steps_are_answered_before_closing(tech, head):
    order = planned()
    refused_by("readings-required", lambda: close(tech, order, results=PASSES[:1]))
    refused_by("readings-required", lambda: close(tech, order, results=PASSES[:1], override_reason="In a hurry"))
    closed = close(head, order, results=PASSES[:1], override_reason="Analyser away, agreed with the ward")
    assert closed.state == "closed"
    assert "agreed with the ward" in AuditChange.objects.get(operation="maintenance.close_work").notes


def test_a_required_step_is_skipped_only_with_a_reason(tech):
    order = planned()
    skipped = {"key": "leakage", "outcome": "skipped"}
    refused_by("skip-needs-reason", lambda: close(tech, order, results=[PASSES[0], skipped]))
    assert close(tech, order, results=[PASSES[0], {**skipped, "reason": "Class II, no earth"}]).state == "closed"


def test_readings_need_an_instrument_in_calibration(tech):
    step = {"key": "leakage", "kind": "reading", "text": "Leakage", "unit": "µA", "high": 500, "needs_instrument": True}
    order = planned(steps=[step])
    late = make_instrument(calibration_due_on=TODAY - timedelta(days=1))
    unknown, gone = make_instrument(), make_instrument(calibration_due_on=date(2100, 1, 1), is_active=False)
    for instrument in (late, unknown, gone):
        answer = {"key": "leakage", "value": "1", "instrument_id": instrument.pk}
        refused_by("instrument-in-date", lambda answer=answer: close(tech, order, results=[answer]))
    refused_by("instrument-in-date", lambda: close(tech, order, results=[{"key": "leakage", "value": "1"}]))
    good = make_instrument(calibration_due_on=TODAY)
    answer = {"key": "leakage", "value": "1", "instrument_id": good.pk}
    assert close(tech, order, results=[answer]).state == "closed"
    assert StepResult.objects.get().instrument_id == good.pk


def test_a_pass_with_a_failed_step_is_refused(tech):
    order = planned()
    refused_by("failed-test-return", lambda: close(tech, order, results=FAILS))


def test_work_below_the_required_tier_is_noted(tech):
    order = make_work_order(required_tier="senior")
    work.start_work(by=tech, work_order_id=order.pk)
    assert "maintenance.tier-required" in AuditChange.objects.get(operation="maintenance.start_work").notes


# Failing, repairing, returning ----------------------------------------------------------------------------------


def test_an_unsafe_device_goes_out_of_service_with_one_repair_order(tech, head):
    order = planned()
    closed = close(tech, order, "fail_unsafe", results=FAILS, work_done="Leaks")
    repair = WorkOrder.objects.get(parent=closed)
    assert (repair.kind, repair.priority, repair.title, repair.state) == (
        "corrective",
        2,
        "Failed: Equipment leakage",
        "open",
    )
    asset = closed.asset
    asset.refresh_from_db()
    assert (asset.status, asset.out_reason) == ("out_of_service", "failed_test")
    assert why_words(repair)[0].startswith(f"A step failed in {order.number} on ")
    refused_by("failed-test-return", lambda: back_to_service(asset))
    fixed = close(tech, repair, "repaired", work_done="New cable")
    assert fixed.state == "to_verify"
    refused_by("verify-repair", lambda: back_to_service(asset))
    failed = work.verify_repair(by=head, work_order_id=repair.pk, passed=False, note="Still 600 µA")
    assert (failed.state, failed.verdict, failed.verification_note) == ("in_progress", "", "Still 600 µA")
    close(tech, repair, "repaired", work_done="New cable and filter")
    done = work.verify_repair(by=head, work_order_id=repair.pk, passed=True, password=PASSWORD)
    asset.refresh_from_db()
    assert (done.state, asset.status, done.returned_to_service_at is not None) == ("closed", "in_service", True)
    assert done.down_until_at >= done.down_from_at
    assert list(StatusPeriod.objects.filter(asset=asset).order_by("id").values_list("status", flat=True))[-2:] == [
        "out_of_service", "in_service"]  # fmt: skip


def back_to_service(asset):
    lead = make_user(permissions=["assets.change_status"])
    change_status(by=lead, asset_id=asset.pk, status="in_service")


def test_a_safe_failure_leaves_the_device_in_service_and_still_counts_as_inspected(tech):
    order = planned()
    closed = close(tech, order, "fail_safe", results=FAILS)
    repair = WorkOrder.objects.get(parent=closed)
    closed.asset.refresh_from_db()
    assert (repair.priority, closed.asset.status, Schedule.objects.get().last_done_on) == (3, "in_service", TODAY)


def test_the_trail_of_a_failure_is_one_change(tech):
    order = planned()
    close(tech, order, "fail_unsafe", results=FAILS)
    assert AuditChange.objects.filter(actor_id=tech.pk).count() == 1


def test_quarantine_is_not_lifted_by_an_unsafe_report(tech):
    asset = make_asset(status="quarantined")
    work.report_problem(by=tech, asset_id=asset.pk, title="Smoke", unsafe=True)
    asset.refresh_from_db()
    assert asset.status == "quarantined"


def test_a_verdict_fits_the_kind_of_work(tech):
    with pytest.raises(Invalid) as refused:
        close(tech, planned(), "repaired")
    assert list(refused.value.fields) == ["verdict"]
    with pytest.raises(Invalid) as refused:
        close(tech, planned(), "not_done")
    assert list(refused.value.fields) == ["work_done"]


# The gate -------------------------------------------------------------------------------------------------------


def registered(by):
    model = make_asset().device_model
    return register_asset(by=by, device_model_id=model.pk, site_id=make_site().pk, values={"tag": "NEW-1"})


def test_a_received_device_waits_for_its_inspection_and_passing_it_opens_the_gate(head, tech, system):
    asset = registered(head)
    run_jobs(stop=lambda: False, once=True)
    order = WorkOrder.objects.get(kind="incoming")
    assert (order.asset_id, order.due_on, why_words(order)) == (
        asset.pk, TODAY, ["A new device is inspected before its first use."])  # fmt: skip
    refused_by("accept-first", lambda: back_to_service(asset))
    change_status(by=system, asset_id=asset.pk, status="in_store", reason="Waits in the store")
    refused_by("accept-first", lambda: back_to_service(asset))
    change_status(by=system, asset_id=asset.pk, status="out_of_service", reason="Back")
    close(tech, order)
    asset.refresh_from_db()
    assert (asset.status, asset.accepted_on) == ("in_service", TODAY)


def test_a_failed_incoming_inspection_keeps_the_gate_shut(head, tech):
    asset = registered(head)
    order = work.order_inspection(by=head, asset_id=asset.pk, kind="incoming", due_on=TODAY)
    assert work.order_inspection(by=head, asset_id=asset.pk, kind="incoming", due_on=TODAY).pk == order.pk
    close(tech, order, "fail_unsafe", work_done="Wrong voltage")
    asset.refresh_from_db()
    assert asset.status == "out_of_service"
    repair = WorkOrder.objects.get(parent=order)
    close(tech, repair, "repaired", work_done="Exchanged")
    assert work.verify_repair(by=head, work_order_id=repair.pk, passed=True).state == "closed"
    asset.refresh_from_db()
    assert asset.status == "out_of_service"
    refused_by("accept-first", lambda: back_to_service(asset))
    again = work.order_inspection(by=head, asset_id=asset.pk, kind="incoming", due_on=TODAY)
    close(tech, again)
    asset.refresh_from_db()
    assert asset.status == "in_service"


def test_events_become_one_job_each_and_run_twice_with_one_effect(head):
    registered(head)
    asked = Job.objects.filter(args__0="assets.AssetRegistered").values_list("args__1", flat=True)
    assert sorted(asked) == sorted(SUBSCRIBERS["assets.AssetRegistered"])
    run_jobs(stop=lambda: False, once=True)
    Job.objects.filter(args__0="assets.AssetRegistered").update(state="ready")
    run_jobs(stop=lambda: False, once=True)
    assert WorkOrder.objects.filter(kind="incoming").count() == 1


# Reporting, clocks, waiting -------------------------------------------------------------------------------------


def test_a_problem_report_starts_the_clocks_and_may_stop_the_device(system):
    work.load_reference(by=system)
    nurse = make_user(permissions=["maintenance.report"])
    asset = make_asset()
    code = failure_codes("problem").get(code="NOPOWER")
    order = work.report_problem(
        by=nurse, asset_id=asset.pk, title=" No power ", priority=1, problem_id=code.pk, unsafe=True
    )
    assert (order.kind, order.title, order.number) == ("corrective", "No power", f"WO-{TODAY.year}-000001")
    assert order.finish_by_at - order.reported_at == timedelta(days=2)
    assert order.respond_by_at - order.reported_at == timedelta(hours=1)
    asset.refresh_from_db()
    assert (asset.status, asset.out_reason, order.down_from_at) == ("out_of_service", "under_repair", order.reported_at)


@pytest.mark.parametrize(
    ("given", "field"), [({"title": " "}, "title"), ({"priority": 9}, "priority"), ({"problem_id": 1}, "problem_id")]
)
def test_a_report_that_says_nothing_is_refused(tech, given, field):
    with pytest.raises(Invalid) as refused:
        work.report_problem(by=tech, **{"asset_id": make_asset().pk, "title": "Broken", **given})
    assert list(refused.value.fields) == [field]
    assert not WorkOrder.objects.exists()


def test_reporting_needs_the_permission_there_and_a_device_that_is_there(tech):
    stranger = make_user(permissions=["maintenance.report"], scope=("site", make_site().pk))
    with pytest.raises(Denied):
        work.report_problem(by=stranger, asset_id=make_asset().pk, title="Broken")
    with pytest.raises(NotNow):
        work.report_problem(by=tech, asset_id=make_asset(status="retired").pk, title="Broken")


def test_clocks_stand_still_while_work_waits(tech, system):
    work.load_reference(by=system)
    order = work.report_problem(by=tech, asset_id=make_asset().pk, title="Broken")
    promised = order.finish_by_at
    held = work.hold_work(by=tech, work_order_id=order.pk, hold_reason="parts", note="Board ordered")
    assert (held.state, held.hold_reason, held.responded_at is not None) == ("on_hold", "parts", True)
    assert held.description.endswith("waiting for parts: Board ordered")
    back(held, days=3)
    resumed = work.resume_work(by=tech, work_order_id=order.pk)
    assert (resumed.state, resumed.hold_reason, resumed.held_since_at) == ("open", "", None)
    assert timedelta(days=3) <= resumed.finish_by_at - promised < timedelta(days=3, minutes=1)
    assert resumed.held_seconds >= 3 * 86400


def back(order, days):
    """As if the order had waited since then."""
    from wardwright.platform.audit.operation import open_change
    from wardwright.platform.core.change import System

    with open_change("test.back", System("test")):
        WorkOrder.objects.filter(pk=order.pk).update(held_since_at=order.held_since_at - timedelta(days=days))


def test_search_protocol_of_a_device_that_is_not_found(tech):
    order = planned()
    days = []
    for _ in range(4):
        attempt = work.record_attempt(by=tech, work_order_id=order.pk, kind="not_located")
        days.append((attempt.next_try_on - TODAY).days)
    assert days == [5, 14, 30, 30]
    order.refresh_from_db()
    assert (order.state, order.hold_reason, Attempt.objects.count()) == ("on_hold", "not_located", 4)
    assert close(tech, order, results=PASSES).state == "closed"


def test_a_device_in_use_is_tried_again_tomorrow_or_when_said(tech):
    order = planned()
    assert work.record_attempt(by=tech, work_order_id=order.pk, kind="in_use").next_try_on == TODAY + timedelta(days=1)
    later = TODAY + timedelta(days=3)
    assert work.record_attempt(by=tech, work_order_id=order.pk, kind="in_use", next_try_on=later).next_try_on == later
    for wrong in ({"kind": "bored"}, {"kind": "in_use", "next_try_on": TODAY - timedelta(days=1)}):
        with pytest.raises(Invalid):
            work.record_attempt(by=tech, work_order_id=order.pk, **wrong)


def test_assigning_and_taking_back(head):
    order, person = planned(), make_person()
    given = work.assign_work(by=head, work_order_id=order.pk, person_id=person.pk)
    assert (given.state, given.assigned_to_id, given.responded_at is not None) == ("assigned", person.pk, True)
    assert work.assign_work(by=head, work_order_id=order.pk, person_id=None).state == "open"
    with pytest.raises(Invalid):
        work.assign_work(by=head, work_order_id=order.pk, person_id=make_person(tier="none").pk)


def test_only_people_and_instruments_of_the_site_or_within_reach_are_named_on_an_order():
    order, elsewhere = planned(), make_site()
    rights = ["maintenance.view", "maintenance.dispatch", "maintenance.perform"]
    local = make_user(permissions=rights, scope=("site", order.site_id))
    near, far = make_person(site=order.site), make_person(site=elsewhere, hourly_rate_cents=9900)
    in_date = {"calibrated_on": TODAY, "calibration_due_on": TODAY + timedelta(days=90)}
    here, there = make_instrument(site=order.site, **in_date), make_instrument(site=elsewhere, **in_date)
    assert work.assign_work(by=local, work_order_id=order.pk, person_id=near.pk).assigned_to_id == near.pk
    with pytest.raises(Invalid):
        work.assign_work(by=local, work_order_id=order.pk, person_id=far.pk)
    with pytest.raises(Invalid):
        work.add_labour(by=local, work_order_id=order.pk, minutes=10, person_id=far.pk)
    answer = {"key": "leakage", "value": "120"}
    with pytest.raises(Invalid):
        work.record_results(by=local, work_order_id=order.pk, results=[{**answer, "instrument_id": there.pk}])
    kept = work.record_results(by=local, work_order_id=order.pk, results=[{**answer, "instrument_id": here.pk}])
    assert [result.instrument_id for result in kept] == [here.pk]
    order.refresh_from_db()
    assert (order.assigned_to_id, order.labour_cost_cents) == (near.pk, 0)


# Costs ----------------------------------------------------------------------------------------------------------


def test_costs_add_up_to_the_cent(tech):
    order = planned()
    labour = work.add_labour(by=tech, work_order_id=order.pk, minutes=10)
    assert (labour.rate_cents, labour.cost_cents) == (4217, 703)
    work.add_labour(by=tech, work_order_id=order.pk, minutes=20)
    part = work.add_part(
        by=tech, work_order_id=order.pk, name="Battery", quantity=3, unit_cost_cents=1999, part_no="B-1"
    )
    assert part.cost_cents == 5997
    work.add_part(by=tech, work_order_id=order.pk, name="Fuse", quantity=1, unit_cost_cents=1, used_again=True)
    order.refresh_from_db()
    assert (order.labour_minutes, order.labour_cost_cents, order.parts_cost_cents, order.cost_cents) == (
        30,
        2109,
        5998,
        8107,
    )


@pytest.mark.parametrize("minutes", [0, -5, 1441])
def test_impossible_times_are_refused(tech, minutes):
    with pytest.raises(Invalid):
        work.add_labour(by=tech, work_order_id=planned().pk, minutes=minutes)


def test_impossible_parts_are_named_all_at_once(tech):
    with pytest.raises(Invalid) as refused:
        work.add_part(by=tech, work_order_id=planned().pk, name="", quantity=0, unit_cost_cents=-1)
    assert list(refused.value.fields) == ["name", "quantity", "unit_cost_cents"]


# The schedule ---------------------------------------------------------------------------------------------------


def test_fixed_counts_from_the_due_date_and_floating_from_the_work(tech, system):
    fixed, floating = planned(), planned(basis="floating")
    for order in (fixed, floating):
        close(tech, order, results=PASSES)
    work.generate_due_work(by=system, until=TODAY + timedelta(days=400), today=TODAY)
    following = dict(WorkOrder.objects.filter(state="open").values_list("schedule_id", "due_on"))
    year = lambda day: day.replace(year=day.year + 1)
    assert following[floating.schedule_id] == year(TODAY)
    anchor = fixed.schedule.anchor_on
    assert following[fixed.schedule_id] == year(year(anchor))


def test_one_visit_settles_the_dates_that_were_missed(tech, system):
    plan = make_plan(applies_to="type", device_type=make_type(), interval=1)
    schedule = make_schedule(plan=plan, anchor_on=TODAY - timedelta(days=70))
    work.generate_due_work(by=system, until=TODAY, today=TODAY - timedelta(days=69))
    late, missed = WorkOrder.objects.filter(schedule=schedule).order_by("due_on")
    close(tech, late)
    missed.refresh_from_db()
    schedule.refresh_from_db()
    assert (missed.state, missed.parent_id, schedule.last_due_on) == ("cancelled", late.pk, missed.due_on)
    assert why_words(missed)[-1] == f"Done with {late.number}: one visit settled both dates."
    assert work.generate_due_work(by=system, until=TODAY, today=TODAY).created == 0


def test_cancelling_keeps_the_reason_and_the_series(head, system):
    order = planned()
    with pytest.raises(Invalid):
        work.cancel_work(by=head, work_order_id=order.pk, reason=" ")
    cancelled = work.cancel_work(by=head, work_order_id=order.pk, reason="Device on loan")
    schedule = Schedule.objects.get()
    assert (cancelled.state, cancelled.work_done) == ("cancelled", "Device on loan")
    assert (schedule.last_due_on, schedule.last_done_on) == (order.due_on, None)
    with pytest.raises(NotNow):
        work.start_work(by=head, work_order_id=order.pk)


def test_retiring_a_device_cancels_its_open_work_and_stops_its_schedules(head):
    order = planned()
    change_status(by=head, asset_id=order.asset_id, status="retired", reason="Beyond repair")
    run_jobs(stop=lambda: False, once=True)
    order.refresh_from_db()
    assert (order.state, Schedule.objects.get().is_active) == ("cancelled", False)


# Reads ----------------------------------------------------------------------------------------------------------


def test_due_and_mine(tech, head):
    person = make_person()
    late = make_work_order(due_on=TODAY - timedelta(days=1), priority=3)
    repair = make_work_order(kind="corrective", priority=1)
    make_work_order(due_on=TODAY + timedelta(days=30), window_opens_on=TODAY + timedelta(days=5), assigned_to=person)
    mine = make_work_order(due_on=TODAY + timedelta(days=2), window_opens_on=TODAY, assigned_to=person)
    assert list(due_work(head, TODAY)) == [repair, late]
    assert list(my_work(head, person, TODAY)) == [mine]
    assert list(due_work(make_user(permissions=[]), TODAY)) == []


def test_reference_data_loads_once_and_keeps_what_was_changed(system):
    first = work.load_reference(by=system)
    assert first == FailureCode.objects.count() + ServiceLevel.objects.count() + Rule.objects.count()
    assert work.load_reference(by=system) == 0
    assert not FailureCode.objects.filter(verified=True).exists()
    finish = dict(ServiceLevel.objects.filter(kind="corrective").values_list("priority", "finish_hours"))
    assert finish == {1: 48, 2: 168, 3: 720, 4: 2160}
