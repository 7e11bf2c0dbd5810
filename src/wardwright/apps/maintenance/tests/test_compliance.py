"""Both numbers, and nothing that was scheduled is dropped in silence."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from tests.factories import (
    make_asset,
    make_company,
    make_department,
    make_plan,
    make_schedule,
    make_site,
    make_type,
    make_user,
    make_work_order,
    writes,
)

from wardwright.apps.maintenance.models import Attempt
from wardwright.apps.maintenance.queries import OUR_OWN, Narrow, compliance
from wardwright.platform.audit.operation import open_change
from wardwright.platform.core.change import System

pytestmark = pytest.mark.django_db
FIRST, LAST, TODAY = date(2026, 1, 1), date(2026, 6, 30), date(2026, 6, 30)


@pytest.fixture
def site():
    return make_site()


@pytest.fixture
def plan():
    return make_plan(applies_to="type", device_type=make_type(), interval=12)


def at(day):
    return datetime(day.year, day.month, day.day, 10, tzinfo=UTC)


def device(site, plan, **given):
    asset = make_asset(site=site, **given.pop("asset", {}))
    return make_schedule(plan=plan, asset=asset, anchor_on=date(2024, 1, 1), **given)


def job(schedule, due_on, done_on=None, state=None, **given):
    state = state or ("closed" if done_on else "open")
    values = {"due_on": due_on, "window_opens_on": due_on - timedelta(days=30),
              "window_end_on": due_on + timedelta(days=10),
              "out_of_compliance_on": due_on + timedelta(days=41), "state": state, "plan": schedule.plan,
              "verdict": "pass" if done_on else "", "done_at": at(done_on) if done_on else None}  # fmt: skip
    return make_work_order(asset=schedule.asset, schedule=schedule, **{**values, **given})


def report(by=None, **more):
    return compliance(by or System("test"), FIRST, LAST, today=TODAY, **more)


def test_every_job_is_counted_or_listed_as_left_out(site, plan):
    due = date(2026, 3, 1)
    on_time = job(device(site, plan), due, date(2026, 2, 20))
    in_window = job(device(site, plan), due, date(2026, 3, 9))
    late = job(device(site, plan), due, date(2026, 3, 20))
    missed = job(device(site, plan), due)
    cancelled = job(device(site, plan), due, state="cancelled")
    not_done = job(device(site, plan), due, date(2026, 3, 2), verdict="not_done")
    still_open = job(device(site, plan), date(2026, 6, 25))
    job(device(site, plan), date(2026, 7, 25))
    found = report().whole
    figure = found.on_schedule
    assert (figure.rows, figure.missing) == ([on_time.pk, in_window.pk], [late.pk, missed.pk])
    assert dict(figure.excluded) == {
        "cancelled": [cancelled.pk],
        "not_done": [not_done.pk],
        "window_open": [still_open.pk],
    }
    assert (found.scheduled, figure.percent) == (7, 50.0)
    assert figure.of + sum(map(len, figure.excluded.values())) == found.scheduled


def test_a_rescheduled_job_counts_by_its_own_date_and_a_covered_one_by_the_visit(site, plan):
    schedule = device(site, plan)
    window = {"window_end_on": date(2026, 6, 11), "out_of_compliance_on": date(2026, 7, 12)}
    moved = job(schedule, date(2026, 8, 1), date(2026, 7, 20), moved_from_on=date(2026, 6, 1), **window)
    visit = job(device(site, plan), date(2026, 2, 1), date(2026, 3, 5))
    covered = job(visit.schedule, date(2026, 3, 1), state="cancelled", parent=visit)
    figure = report().whole.on_schedule
    assert (figure.rows, figure.missing) == ([covered.pk], [moved.pk, visit.pk])


def test_a_full_first_number_does_not_hide_devices_that_nobody_saw(site, plan):
    seen = device(site, plan)
    job(seen, date(2026, 3, 1), date(2026, 3, 1))
    forgotten = device(site, plan, last_done_on=date(2024, 1, 1))
    never = device(site, plan)
    new = device(site, plan, asset={"accepted_on": date(2026, 5, 1)})
    device(site, plan, asset={"status": "retired"})
    found = report().whole
    assert found.on_schedule.percent == 100.0
    assert (found.inspected.rows, found.inspected.missing) == ([seen.asset_id], [forgotten.asset_id, never.asset_id])
    assert dict(found.inspected.excluded) == {"accepted_lately": [new.asset_id]}
    assert (found.never_seen, found.inspected.percent) == ([never.asset_id], 33.3)


def test_work_that_was_not_done_is_no_inspection_and_a_register_date_is_one(site, plan):
    given_up = device(site, plan)
    job(given_up, date(2026, 3, 1), date(2026, 3, 1), verdict="not_done")
    from_register = device(site, plan, last_done_on=date(2025, 12, 1))
    found = report().whole
    assert (found.inspected.rows, found.never_seen) == ([from_register.asset_id], [given_up.asset_id])


def test_the_shortest_interval_of_a_device_decides_and_it_counts_once(site, plan):
    schedule = device(site, plan, last_done_on=date(2025, 9, 1))
    quarterly = make_plan(applies_to="type", device_type=make_type(), interval=3)
    make_schedule(plan=quarterly, asset=schedule.asset)
    found = report(group="plan")
    assert found.whole.inspected.missing == [schedule.asset_id]
    assert {key: part.inspected.count for key, part in found.groups.items()} == {plan.pk: 1, quarterly.pk: 0}


def test_groups_sites_and_the_readers_reach(site, plan):
    other = make_site()
    job(device(site, plan), date(2026, 3, 1), date(2026, 3, 1))
    job(device(other, plan), date(2026, 3, 1))
    found = report()
    assert {key: part.on_schedule.percent for key, part in found.groups.items()} == {site.pk: 100.0, other.pk: 0.0}
    assert report(narrow=Narrow(site_id=other.pk)).whole.scheduled == 1
    reader = make_user(permissions=["maintenance.view"], scope=("site", site.pk))
    assert list(report(reader).groups) == [site.pk]
    with pytest.raises(ValueError, match="no grouping by 'colour'"):
        report(group="colour")


def test_attempts_are_counted_whatever_became_of_the_order(site, plan):
    order = job(device(site, plan), date(2026, 3, 1), state="cancelled")
    with open_change("test.attempt", System("test")):
        for kind, day in (
            ("not_located", FIRST),
            ("not_located", LAST),
            ("in_use", LAST),
            ("in_use", date(2025, 12, 31)),
        ):
            Attempt.objects.create(work_order=order, asset_id=order.asset_id, kind=kind, at=at(day))
    assert dict(report().attempts) == {"not_located": 2, "in_use": 1}


def test_the_formula_is_told_with_the_figure(site, plan):
    found = report().whole
    assert found.on_schedule.formula.startswith("Planned jobs due in the period")
    assert (found.on_schedule.percent, found.inspected.percent) == (None, None)


def test_the_report_needs_the_same_queries_for_one_device_and_for_many(site, plan, django_assert_num_queries):
    for _ in range(3):
        job(device(site, plan), date(2026, 3, 1), date(2026, 3, 1))
    with django_assert_num_queries(5):
        report()


def test_it_is_narrowed_by_department_type_and_who_does_it(site):
    ward, vendor, kind = make_department(site=site), make_company(is_provider=True), make_type()
    plan = make_plan(applies_to="type", device_type=kind, interval=12)
    ours = job(device(site, plan, asset={"device_type": kind, "department": ward}), date(2026, 3, 1))
    theirs = job(device(site, plan, asset={"device_type": kind, "provider": vendor}), date(2026, 3, 1), provider=vendor)
    other = job(device(site, make_plan(applies_to="type", device_type=make_type())), date(2026, 3, 1))
    visit_in_vain(order=theirs)
    for narrow, jobs, visits in (
        (Narrow(department_id=ward.pk), {ours.pk}, 0),
        (Narrow(type_id=kind.pk), {ours.pk, theirs.pk}, 1),
        (Narrow(provider_id=vendor.pk), {theirs.pk}, 1),
        (Narrow(provider_id=OUR_OWN), {ours.pk, other.pk}, 0),
        (Narrow(type_id=kind.pk, provider_id=OUR_OWN), {ours.pk}, 0),
    ):
        found = report(narrow=narrow)
        assert set(found.whole.on_schedule.missing) == jobs, narrow
        assert (found.whole.inspected.of, found.attempts.total()) == (len(jobs), visits), narrow
    groups = report(group="provider").groups
    assert {key: part.scheduled for key, part in groups.items()} == {None: 2, vendor.pk: 1}


@writes
def visit_in_vain(order):
    Attempt.objects.create(work_order=order, asset=order.asset, kind="in_use", at=at(date(2026, 3, 2)))


@pytest.mark.parametrize(
    ("asked", "first", "last"),
    [
        ({"month": "2026-02"}, date(2026, 2, 1), date(2026, 2, 28)),
        ({"month": "2026-02", "was": "2026-02", "from": "2026-02-10", "to": "2026-02-20"},
         date(2026, 2, 10), date(2026, 2, 20)),
        ({"month": "2026-03", "was": "2026-02", "from": "2026-02-01", "to": "2026-02-28"},
         date(2026, 3, 1), date(2026, 3, 31)),
        ({"month": "nonsense", "from": "2026-02-10", "to": "2026-02-20"}, date(2026, 2, 10), date(2026, 2, 20)),
    ],
)  # fmt: skip
def test_a_month_is_chosen_before_two_days(asked, first, last):
    client = Client()
    client.force_login(
        make_user(permissions=["maintenance.view", "maintenance.reports"]),
        backend="wardwright.platform.access.login.PasswordBackend",
    )
    period = client.get(reverse("compliance"), asked).context["period"]
    assert (period.first, period.last) == (first, last)
