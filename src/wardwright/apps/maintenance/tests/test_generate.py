"""Due work from plans: once, in bulk, with reasons, and only for devices in the programme."""

from datetime import date
from decimal import Decimal

import pytest
from tests.factories import (
    make_asset,
    make_model,
    make_plan,
    make_procedure,
    make_schedule,
    make_site,
    make_type,
    make_user,
    make_work_order,
)

from wardwright.apps.assets.events import DeviceTypesMerged
from wardwright.apps.maintenance.models import Schedule, WorkOrder
from wardwright.apps.maintenance.operations import (
    activate_plan,
    cancel_work,
    change_plan,
    create_plan,
    generate_due_work,
    match_schedules,
    pause_plan,
    propose_plans,
    reschedule_work,
    retire_plan,
)
from wardwright.apps.maintenance.queries import explain_schedule, why_words
from wardwright.platform.audit.models import AuditChange, AuditRecord
from wardwright.platform.audit.operation import open_change
from wardwright.platform.core.errors import Denied, Guarded, Invalid, NotNow
from wardwright.platform.events.registry import publish
from wardwright.platform.jobs.worker import work as run_jobs

pytestmark = pytest.mark.django_db
TODAY = date(2026, 1, 15)
YEAR_END = date(2026, 12, 31)


def generate(by, until=YEAR_END, today=TODAY, **more):
    return generate_due_work(by=by, until=until, today=today, **more)


def dates(schedule):
    return list(WorkOrder.objects.filter(schedule=schedule).order_by("due_on").values_list("due_on", flat=True))


def test_a_year_of_work_is_made_once(system):
    version = make_procedure()
    plan = make_plan(applies_to="type", device_type=make_type(), procedure=version.procedure, interval=6)
    schedule = make_schedule(plan=plan, anchor_on=date(2025, 12, 1))
    first = generate(system)
    assert (first.created, first.existing, dict(first.by_plan)) == (2, 0, {plan.pk: 2})
    assert dates(schedule) == [date(2026, 6, 1), date(2026, 12, 1)]
    second = generate(system)
    assert (second.created, second.existing) == (0, 2)


def test_an_order_has_its_dates_version_number_and_reasons(system):
    version = make_procedure()
    device_type = make_type(name="Infusion pump X")
    plan = make_plan(name="Yearly", applies_to="type", device_type=device_type, procedure=version.procedure,
                     window_before_days=10, window_after_days=5, grace_days=20, minutes=45)  # fmt: skip
    generate(system, today=make_schedule(plan=plan, anchor_on=date(2025, 3, 1)).anchor_on)
    order = WorkOrder.objects.get(due_on=date(2026, 3, 1))
    assert (order.window_opens_on, order.window_end_on, order.out_of_compliance_on) == (
        date(2026, 2, 19), date(2026, 3, 6), date(2026, 3, 27))  # fmt: skip
    assert (order.procedure_version_id, order.minutes_planned, order.state, order.kind) == (
        version.pk,
        45,
        "open",
        "planned",
    )
    assert order.number == "WO-2025-000001"
    assert why_words(order) == [
        "The plan “Yearly” asks for it (as the maker recommends).",
        "The plan applies to the device type Infusion pump X.",
        "Due every 12 months, counted from 1 Mar 2025; no due date has been settled yet.",
    ]


def test_every_order_is_in_the_trail_under_one_change_and_one_event(system):
    plan = make_plan(applies_to="type", device_type=make_type())
    for _ in range(3):
        make_schedule(plan=plan, anchor_on=date(2025, 6, 1))
    generate(system)
    change = AuditChange.objects.get(operation="maintenance.make_due_orders")
    assert change.records == 3
    assert AuditRecord.objects.filter(change_id=change.id, table_name="maintenance_work_order", kind="I").count() == 3


def test_devices_out_of_the_programme_are_passed_over_and_counted(system):
    plan = make_plan(applies_to="type", device_type=make_type())
    for status in ("retired", "disposed", "received", "out_of_service"):
        make_schedule(plan=plan, asset=make_asset(status=status), anchor_on=date(2025, 6, 1))
    done = generate(system)
    assert dict(done.skipped_by_status) == {"retired": 1, "disposed": 1, "received": 1}
    order = WorkOrder.objects.get()
    assert why_words(order)[-1] == "The device was not in service when the order was made: out of service."


def test_missed_dates_collapse_into_one_order(system):
    schedule = make_schedule(
        plan=make_plan(applies_to="type", device_type=make_type(), interval=1), anchor_on=date(2025, 9, 10)
    )
    generate(system, until=date(2026, 2, 28))
    assert dates(schedule) == [date(2025, 10, 10), date(2026, 2, 10)]
    words = why_words(WorkOrder.objects.get(due_on=date(2025, 10, 10)))
    assert words[-1] == "Further due dates passed up to 15 Jan 2026: 3. This one job stands for them all."


def test_floating_plans_get_only_the_next_order(system):
    plan = make_plan(applies_to="type", device_type=make_type(), interval=3, basis="floating")
    schedule = make_schedule(plan=plan, anchor_on=date(2025, 12, 1), last_done_on=date(2026, 1, 10))
    assert generate(system).created == 1
    assert dates(schedule) == [date(2026, 4, 10)]
    assert generate(system, until=date(2028, 1, 1)).created == 0


def test_a_floating_date_that_was_given_up_starts_the_count_anew(system):
    plan = make_plan(applies_to="type", device_type=make_type(), interval=6, basis="floating")
    schedule = make_schedule(plan=plan, anchor_on=date(2025, 6, 1), last_done_on=date(2025, 6, 1))
    generate(system)
    cancel_work(by=system, work_order_id=WorkOrder.objects.get().pk, reason="Device away for a study")
    generate(system)
    assert dates(schedule) == [date(2025, 12, 1), date(2026, 6, 1)]
    schedule.refresh_from_db()
    assert explain_schedule(schedule, TODAY)[0] == "Due 6 months after 1 Dec 2025, when it was due and not done."


def test_meter_plans_wait_for_a_reading_and_then_project(system):
    plan = make_plan(applies_to="type", device_type=make_type(), interval_kind="meter", interval=1000)
    make_schedule(plan=plan, asset=make_asset(), anchor_on=date(2025, 1, 1))
    metered = make_asset(usage_hours=Decimal("1000"), accepted_on=date(2025, 12, 16))
    make_schedule(plan=plan, asset=metered, anchor_on=date(2025, 12, 16))
    done = generate(system)
    assert (done.created, done.without_date) == (1, 1)
    assert WorkOrder.objects.get().due_on == TODAY


def test_seasonal_plans_come_every_year_in_their_month(system):
    plan = make_plan(
        applies_to="type", device_type=make_type(), interval_kind="seasonal", season_months=[5, 11], season_day=31
    )
    schedule = make_schedule(plan=plan, anchor_on=TODAY)
    generate(system)
    assert dates(schedule) == [date(2026, 5, 31), date(2026, 11, 30)]


def test_a_rescheduled_order_is_not_made_again(system):
    schedule = make_schedule(plan=make_plan(applies_to="type", device_type=make_type()), anchor_on=date(2025, 6, 1))
    generate(system)
    order = WorkOrder.objects.get()
    reschedule_work(by=system, work_order_id=order.pk, due_on=date(2026, 6, 20), reason="Ward closed")
    assert generate(system).created == 0
    assert dates(schedule) == [date(2026, 6, 20)]
    order.refresh_from_db()
    assert (order.moved_from_on, order.window_end_on) == (date(2026, 6, 1), date(2026, 6, 1))


def test_only_the_site_asked_for_and_only_within_reach(system):
    here, there = make_site(), make_site()
    plan = make_plan(applies_to="type", device_type=make_type())
    for site in (here, there):
        make_schedule(plan=plan, asset=make_asset(site=site), anchor_on=date(2025, 6, 1))
    planner = make_user(permissions=["maintenance.generate"], scope=("site", here.pk))
    assert generate(planner).created == 1
    assert generate(system, site_id=there.pk).created == 1
    with pytest.raises(Denied):
        generate(make_user(permissions=["maintenance.view"]))


def test_progress_counts_schedules(system):
    seen = []
    make_schedule(plan=make_plan(applies_to="type", device_type=make_type()))
    generate_due_work(by=system, until=YEAR_END, today=TODAY, progress=lambda done, total: seen.append((done, total)))
    assert seen == [(1, 1)]


# Matching -------------------------------------------------------------------------------------------------------


def active(asset):
    return sorted(Schedule.objects.filter(asset=asset, is_active=True).values_list("plan__name", flat=True))


def test_matching_makes_and_stops_schedules_and_the_more_specific_plan_wins(system):
    model = make_model()
    asset, other = make_asset(device_model=model), make_asset(device_type=model.device_type)
    make_plan(name="type", applies_to="type", device_type=model.device_type)
    assert match_schedules(by=system, today=TODAY) == 2
    by_model = make_plan(name="model", applies_to="model", device_model=model)
    assert match_schedules(by=system, today=TODAY) == 2
    assert (active(asset), active(other)) == (["model"], ["type"])
    assert match_schedules(by=system, today=TODAY) == 0
    retire_plan(by=system, plan_id=by_model.pk, reason="Replaced")
    assert active(asset) == ["type"]


def test_plans_with_different_procedures_and_those_of_the_law_run_side_by_side(system):
    asset = make_asset()
    make_plan(name="a", applies_to="type", device_type=asset.device_type, procedure=make_procedure().procedure)
    make_plan(name="b", applies_to="asset", asset=asset, procedure=make_procedure().procedure)
    make_plan(name="law", applies_to="type", device_type=asset.device_type, strategy="law")
    make_plan(name="own", applies_to="asset", asset=asset)
    match_schedules(by=system, today=TODAY)
    assert active(asset) == ["a", "b", "law", "own"]


def test_run_to_failure_stops_the_plans_below_it_but_not_the_law(system):
    asset = make_asset()
    make_plan(name="type", applies_to="type", device_type=asset.device_type)
    make_plan(name="law", applies_to="type", device_type=asset.device_type, strategy="law")
    make_plan(name="none", applies_to="model", device_model=asset.device_model, strategy="none")
    match_schedules(by=system, today=TODAY)
    assert active(asset) == ["law"]


def test_a_filter_plan_reaches_exactly_its_devices(system):
    kept, left = make_asset(ownership="leased"), make_asset()
    make_plan(name="leased", applies_to="filter", filter={"ownership": ["leased", "rented"]})
    match_schedules(by=system, today=TODAY)
    assert (active(kept), active(left)) == (["leased"], [])


def test_schedules_from_a_register_stay_as_they_are(system):
    asset, stranger = make_asset(), make_asset()
    plan = make_plan(name="listed", applies_to="filter", filter={"listed": True})
    make_schedule(plan=plan, asset=asset, label="Q1")
    make_schedule(plan=plan, asset=asset, label="Q2", is_active=False)
    assert match_schedules(by=system, today=TODAY) == 0
    assert (active(asset), active(stranger)) == (["listed"], [])


def test_devices_without_a_date_are_spread_over_the_interval(system):
    device_type = make_type()
    for _ in range(24):
        make_asset(device_type=device_type)
    make_plan(applies_to="type", device_type=device_type, interval=12)
    match_schedules(by=system, today=TODAY)
    generate(system, until=date(2027, 1, 15))
    months = [(on.year, on.month) for on in WorkOrder.objects.values_list("due_on", flat=True)]
    assert len(months) == 24
    assert max(months.count(month) for month in set(months)) <= 4
    assert "spread" in why_words(WorkOrder.objects.first())[-1]


@pytest.mark.parametrize(
    ("given", "anchor"),
    [
        ({"accepted_on": date(2025, 10, 1), "installed_on": date(2025, 9, 1)}, (date(2025, 10, 1), "accepted")),
        ({"installed_on": date(2025, 9, 1)}, (date(2025, 9, 1), "installed")),
        ({"purchased_on": date(2025, 8, 1)}, (date(2025, 8, 1), "purchased")),
    ],
)
def test_a_recent_date_of_the_device_starts_the_series(system, given, anchor):
    asset = make_asset(**given)
    make_plan(applies_to="asset", asset=asset)
    match_schedules(by=system, today=TODAY)
    assert Schedule.objects.values_list("anchor_on", "anchor_from").get() == anchor


def test_the_last_maintenance_on_record_starts_the_series(system):
    from datetime import UTC, datetime

    asset = make_asset(accepted_on=date(2025, 12, 1))
    old = make_plan(applies_to="asset", asset=asset, state="retired")
    make_work_order(asset=asset, plan=old, state="closed", verdict="pass", done_at=datetime(2025, 5, 3, 9, tzinfo=UTC))
    make_plan(applies_to="asset", asset=asset)
    match_schedules(by=system, today=TODAY)
    found = Schedule.objects.values_list("anchor_on", "anchor_from", "last_done_on").get()
    assert found == (date(2025, 5, 3), "last_done", date(2025, 5, 3))


# Plans ----------------------------------------------------------------------------------------------------------


def test_a_plan_is_written_put_in_force_changed_and_paused(system):
    asset = make_asset()
    plan = create_plan(by=system, name="Yearly", applies_to="type", device_type=asset.device_type, interval=12)
    assert (plan.state, Schedule.objects.count()) == ("proposed", 0)
    activate_plan(by=system, plan_id=plan.pk)
    assert active(asset) == ["Yearly"]
    changed = change_plan(by=system, plan_id=plan.pk, applies_to="asset", asset_id=make_asset().pk)
    assert (changed.applies_to, active(asset)) == ("asset", [])
    pause_plan(by=system, plan_id=plan.pk)
    assert not Schedule.objects.filter(is_active=True).exists()
    with pytest.raises(NotNow):
        pause_plan(by=system, plan_id=plan.pk)


def test_a_planner_of_one_site_touches_no_plan_for_every_site(system):
    site, asset = make_site(), make_asset()
    planner = make_user(permissions=["maintenance.plan", "maintenance.view"], scope=("site", site.pk))
    wide = make_plan(device_type=asset.device_type)
    own = create_plan(by=planner, name="Ours", applies_to="type", device_type=asset.device_type, site=site)
    for attempt in (
        lambda: create_plan(by=planner, name="Theirs", applies_to="type", device_type=asset.device_type),
        lambda: change_plan(by=planner, plan_id=own.pk, site_id=None),
        lambda: change_plan(by=planner, plan_id=wide.pk, site_id=site.pk),
        lambda: retire_plan(by=planner, plan_id=wide.pk, reason="I say so"),
        lambda: propose_plans(by=planner),
        lambda: match_schedules(by=planner, today=TODAY),
    ):
        with pytest.raises(Denied):
            attempt()
    wide.refresh_from_db()
    own.refresh_from_db()
    assert (wide.state, wide.site_id, own.site_id) == ("active", None, site.pk)


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"applies_to": "type"}, "device_type"),
        ({"applies_to": "filter"}, "filter"),
        ({"applies_to": "filter", "filter": {"password": 1}}, "filter"),
        ({"applies_to": "filter", "filter": {"site_id": "here"}}, "filter"),
        ({"interval": 0}, "interval"),
        ({"interval_kind": "seasonal", "season_months": []}, "season_months"),
        ({"interval_kind": "seasonal", "season_months": [5], "basis": "floating"}, "basis"),
        ({"name": ""}, "name"),
        ({"interval_kind": "years"}, "interval_kind"),
    ],
)
def test_a_plan_that_makes_no_sense_is_refused_by_the_entry(system, values, field):
    good = {"name": "P", "applies_to": "asset", "asset_id": make_asset().pk}
    with pytest.raises(Invalid) as refused:
        create_plan(by=system, **{**good, **values})
    assert list(refused.value.fields) == [field]


@pytest.mark.parametrize("flag", ["imaging", "laser", "law_mandated"])
def test_what_must_keep_the_makers_maintenance_gets_no_alternate_programme(flag):
    asset = make_asset(device_type=make_type(**{flag: True}))
    planner = make_user(permissions=["maintenance.plan"])
    for strategy in ("aem", "none"):
        with pytest.raises(Guarded) as refused:
            create_plan(by=planner, name="P", applies_to="type", device_type_id=asset.device_type_id, strategy=strategy)
        assert refused.value.rule == "maintenance.aem-forbidden"


def test_new_devices_without_history_get_no_alternate_programme_unless_overridden_with_a_reason():
    asset = make_asset()
    values = {"name": "P", "applies_to": "type", "device_type_id": asset.device_type_id, "strategy": "aem"}
    with pytest.raises(Guarded):
        create_plan(by=make_user(permissions=["maintenance.plan"]), **values)
    head = make_user(permissions=["maintenance.plan", "guardrails.override"])
    assert create_plan(by=head, override_reason="Same model for 9 years at the old site", **values).strategy == "aem"
    assert "Same model for 9 years" in AuditChange.objects.get(operation="maintenance.create_plan").notes


def test_proposals_score_each_type_once_and_say_why(system):
    ventilator = make_type(name="Ventilator", fs_function=10, fs_risk=5, fs_maintenance=5)
    centrifuge = make_type(name="Centrifuge", fs_function=4, fs_risk=2, fs_maintenance=3)
    xray = make_type(name="X-ray", fs_function=4, fs_risk=2, fs_maintenance=3, imaging=True)
    unknown = make_type(name="Something")
    for device_type in (ventilator, centrifuge, xray, unknown):
        make_asset(device_type=device_type)
    make_type(name="No devices")
    found = {plan.device_type.name: plan for plan in propose_plans(by=system)}
    figures = {name: (plan.risk_score, plan.strategy, plan.interval, plan.state) for name, plan in found.items()}
    assert figures == {
        "Ventilator": (20, "maker", 6, "proposed"),
        "Centrifuge": (9, "none", 12, "proposed"),
        "X-ray": (9, "maker", 12, "proposed"),
        "Something": (None, "maker", 12, "proposed"),
    }
    assert (
        "Preset A, version 1 (function + physical_risk + maintenance) gives 20; included from 12."
        in found["Ventilator"].why
    )
    assert propose_plans(by=system) == []


def test_plans_and_procedures_follow_a_merged_type(system):
    lost, kept = make_type(), make_type()
    asset, version = make_asset(device_type=kept), make_procedure(device_type=lost)
    plan = make_plan(name="kept", applies_to="type", device_type=lost, procedure=version.procedure)
    with open_change("test.merge", system):
        publish(DeviceTypesMerged(kept_id=kept.pk, lost_id=lost.pk))
    run_jobs(stop=lambda: False, once=True)
    plan.refresh_from_db()
    version.procedure.refresh_from_db()
    assert (plan.device_type_id, version.procedure.device_type_id, active(asset)) == (kept.pk, kept.pk, ["kept"])
