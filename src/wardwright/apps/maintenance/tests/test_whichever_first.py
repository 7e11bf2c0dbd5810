"""Calendar or hours of use, whichever comes first, in one plan."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from tests import factories
from tests.factories import make_asset, make_plan, make_schedule, make_type, writes

from wardwright.apps.assets.models import Asset
from wardwright.apps.maintenance.models import Plan, Schedule, WorkOrder
from wardwright.apps.maintenance.operations import cancel_work, create_plan, generate_due_work
from wardwright.apps.maintenance.operations.settling import settle
from wardwright.apps.maintenance.queries import explain_schedule, why_words
from wardwright.apps.maintenance.tables import interval_words
from wardwright.platform.core.errors import Invalid

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()
MONTHS_12 = timedelta(days=365)


def both(hours: int = 1000, **given) -> Plan:
    """Every 12 months or after so many hours."""
    values = {"applies_to": "type", "interval": 12, "meter_interval": hours, "basis": "floating", **given}
    return make_plan(**{"device_type": make_type(), **values})


def schedule_of(plan: Plan, usage_hours: str | None, done_days_ago: int = 100, per_day: int = 10) -> Schedule:
    """A device done 100 days ago at 0 hours, in use since as long as its hours say at ``per_day``."""
    hours = None if usage_hours is None else Decimal(usage_hours)
    since = TODAY - timedelta(days=int(hours / per_day) if hours else 500)
    asset = make_asset(usage_hours=hours, accepted_on=since)
    done_on = TODAY - timedelta(days=done_days_ago)
    return make_schedule(plan=plan, asset=asset, anchor_on=since, last_done_on=done_on, meter_from=Decimal(0))


@writes
def read_meter(schedule: Schedule, hours: str) -> None:
    Asset.objects.filter(pk=schedule.asset_id).update(usage_hours=Decimal(hours))


def generate(system, days: int = 400):
    return generate_due_work(by=system, until=TODAY + timedelta(days=days), today=TODAY)


@pytest.mark.parametrize(
    ("usage", "due_in_days", "words"),
    [
        ("900", 10, "The meter comes before the calendar."),
        ("100", 90, "The meter comes before the calendar."),
        ("1200", -20, "The meter comes before the calendar."),
    ],
)
def test_the_meter_decides_where_it_comes_first(system, usage, due_in_days, words):
    schedule = schedule_of(both(), usage)
    generate(system)
    order = WorkOrder.objects.get()
    assert order.due_on == TODAY + timedelta(days=due_in_days)
    assert (words in why_words(order), words in explain_schedule(schedule, TODAY)) == (True, True)


def test_the_calendar_decides_where_it_comes_first(system):
    schedule_of(both(hours=100_000), "900", done_days_ago=300)
    generate(system)
    order = WorkOrder.objects.get()
    words = " ".join(why_words(order))
    assert (order.due_on > TODAY, order.due_on <= TODAY + timedelta(days=66)) == (True, True)
    assert ("The calendar comes before the meter." in words, "Due 12 months after" in words) == (True, True)


def test_without_a_reading_the_calendar_holds_and_says_what_is_missing(system):
    schedule_of(both(), None, done_days_ago=300)
    assert generate(system).created == 1
    assert "The meter has never been read" in " ".join(why_words(WorkOrder.objects.get()))


def test_a_waiting_order_is_brought_forward_when_the_meter_runs_faster(system):
    schedule = schedule_of(both(), "100", done_days_ago=10)
    generate(system)
    order = WorkOrder.objects.get()
    assert (order.due_on, generate(system).brought_forward) == (TODAY + timedelta(days=90), 0)
    read_meter(schedule=schedule, hours="1100")
    done = generate(system)
    assert (done.created, done.existing, done.brought_forward) == (0, 1, 1)
    order.refresh_from_db()
    assert order.due_on < TODAY
    assert "past the due point of 1000 h" in " ".join(why_words(order))
    assert generate(system).brought_forward == 0


def test_work_that_was_begun_or_rescheduled_keeps_its_date(system):
    for state in ("in_progress", "on_hold"):
        schedule = schedule_of(both(), "100", done_days_ago=10)
        factories.make_work_order(
            asset=schedule.asset, schedule=schedule, plan=schedule.plan, due_on=TODAY + timedelta(days=90), state=state
        )
        read_meter(schedule=schedule, hours="1100")
    assert generate(system).brought_forward == 0


def test_doing_it_restarts_both_counts_also_when_the_meter_was_far_ahead(system):
    schedule = schedule_of(both(), "100", done_days_ago=10)
    order = factories.make_work_order(
        asset=schedule.asset, schedule=schedule, plan=schedule.plan, due_on=TODAY + timedelta(days=355)
    )
    read_meter(schedule=schedule, hours="1000")
    writes(lambda: settle(order, TODAY))()
    close(order=order)
    schedule = Schedule.objects.select_related("asset", "plan").get(pk=schedule.pk)
    assert (schedule.last_done_on, schedule.meter_from) == (TODAY, Decimal(1000))
    assert "when it was due and not done" not in " ".join(explain_schedule(schedule, TODAY))
    generate(system)
    following = WorkOrder.objects.get(state="open")
    assert TODAY < following.due_on <= TODAY + MONTHS_12


@writes
def close(order: WorkOrder) -> None:
    WorkOrder.objects.filter(pk=order.pk).update(state="closed", verdict="pass")


def test_a_meter_date_that_was_given_up_counts_anew_from_the_meter_now(system):
    for plan in (both(), make_plan(applies_to="type", device_type=make_type(), interval_kind="meter", interval=1000)):
        schedule = schedule_of(plan, "1200")
        generate(system)
        first = WorkOrder.objects.get(schedule=schedule)
        cancel_work(by=system, work_order_id=first.pk, reason="Device away for a study")
        schedule.refresh_from_db()
        assert schedule.meter_from == Decimal(1200)
        generate(system)
        assert WorkOrder.objects.filter(schedule=schedule, state="open", due_on__gt=TODAY).count() == 1, plan


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"basis": "fixed"}, "basis"),
        ({"interval_kind": "meter"}, "meter_interval"),
        ({"interval_kind": "seasonal", "season_months": [5], "basis": "fixed"}, "meter_interval"),
        ({"meter_interval": 0}, "interval"),
    ],
)
def test_contradictions_are_refused_where_they_are(system, values, field):
    given = {
        "name": "Pump", "applies_to": "type", "device_type_id": make_type().pk, "interval": 6, "meter_interval": 500,
        "basis": "floating", **values,
    }  # fmt: skip
    with pytest.raises(Invalid) as refused:
        create_plan(by=system, **given)
    assert (list(refused.value.fields), Plan.objects.count()) == ([field], 0)


def test_the_words_name_both():
    assert interval_words(Plan(interval=6, meter_interval=2000)) == (
        "every 6 months or 2,000 hours of use, whichever comes first"
    )


def test_the_form_takes_both_and_shows_them_again():
    client = Client()
    user = factories.make_user(permissions=["maintenance.view", "maintenance.plan", "assets.view"])
    client.force_login(user, backend="wardwright.platform.access.login.PasswordBackend")
    kind = make_type(name="Ventilator")
    sent = {
        "name": "Ventilator", "applies_to": "type", "device_type": "Ventilator", "strategy": "maker",
        "interval_kind": "months", "interval": 6, "meter_interval": 5000, "season_day": 1, "basis": "floating",
        "window_before_days": 0, "window_after_days": 0, "grace_days": 0, "minutes": 30, "priority": 3,
    }  # fmt: skip
    answer = client.post(reverse("new-plan"), sent)
    plan = Plan.objects.get()
    assert answer["Location"] == reverse("plan", args=[plan.pk])
    assert (plan.device_type, plan.interval, plan.meter_interval) == (kind, 6, 5000)
    assert 'value="5000"' in client.get(reverse("edit-plan", args=[plan.pk])).content.decode()
    assert "whichever comes first" in client.get(reverse("plan", args=[plan.pk])).content.decode()


def test_a_date_in_a_year_is_never_later_than_the_calendar(system):
    schedule = schedule_of(both(), "1", done_days_ago=0, per_day=1)
    generate(system)
    assert WorkOrder.objects.get(schedule=schedule).due_on <= date(TODAY.year + 1, TODAY.month, min(TODAY.day, 28)) + (
        timedelta(days=4)
    )
