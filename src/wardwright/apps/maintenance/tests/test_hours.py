"""Promises in service hours: whose hours hold, holidays, waits, and what the order says about it."""

from datetime import UTC, date, datetime, timedelta

import pytest
from tests.factories import make_asset, make_department, make_site, make_user, make_work_order, writes

from wardwright.apps.maintenance import operations as work
from wardwright.apps.maintenance.models import Holiday, ServiceHours, ServiceLevel
from wardwright.apps.maintenance.operations.common import run_clock, set_clocks
from wardwright.apps.maintenance.queries import hours_at, promise, why_words
from wardwright.platform.core.errors import Denied, Invalid, StaleEdit

pytestmark = pytest.mark.django_db
WORKDAYS = ["07:00-17:00"] * 5 + ["", ""]
FRIDAY = datetime(2026, 11, 20, 16, tzinfo=UTC)


@pytest.fixture
def level():
    return writes(
        lambda: ServiceLevel.objects.create(
            kind="corrective", priority=2, respond_hours=8, finish_hours=20, respond_in_hours=True, finish_in_hours=True
        )
    )()


def respond_by(site, department=None, at=FRIDAY):
    found = promise("corrective", 2, site.pk, department.pk if department else None, at)
    return found.respond_by_at


def test_without_hours_a_promise_counts_round_the_clock(level):
    site = make_site()
    assert respond_by(site) == FRIDAY + timedelta(hours=8)
    assert promise("corrective", 4, site.pk, None, FRIDAY).respond_by_at is None


def test_the_nearest_hours_hold(system, level):
    site = make_site()
    clinic = make_department(site=site)
    ward, other = make_department(site=site, parent=clinic), make_department(site=site)
    work.set_service_hours(by=system, week=["08:00-16:00"] * 7)
    assert respond_by(site) == datetime(2026, 11, 21, 16, tzinfo=UTC)
    work.set_service_hours(by=system, week=WORKDAYS, site_id=site.pk)
    assert respond_by(site) == datetime(2026, 11, 23, 14, tzinfo=UTC)
    work.set_service_hours(by=system, week=["24h"] * 7, department_id=clinic.pk, open_on_holidays=True)
    assert [respond_by(site, place).day for place in (clinic, ward, other)] == [21, 21, 23]
    assert hours_at(make_site().pk, None).name == "the whole house"


def test_holidays_are_those_of_the_site_and_of_the_house(system, level):
    site, far = make_site(), make_site()
    work.set_service_hours(by=system, week=WORKDAYS)
    work.add_holiday(by=system, on=date(2026, 11, 23), name="Founders' day", site_id=site.pk)
    assert (respond_by(site).day, respond_by(far).day) == (24, 23)
    work.add_holiday(by=system, on=date(2026, 11, 24), name="Feast")
    assert respond_by(site).day == 25
    with pytest.raises(Invalid, match="already"):
        work.add_holiday(by=system, on=date(2026, 11, 24), name="Again")
    work.remove_holiday(by=system, holiday_id=Holiday.objects.get(name="Feast").pk)
    assert respond_by(site).day == 24


def test_an_order_says_how_its_time_was_counted(system, level):
    site = make_site(name="North")
    work.set_service_hours(by=system, week=WORKDAYS, site_id=site.pk)
    order = work.report_problem(by=system, asset_id=make_asset(site=site).pk, title="Beeps", priority=2)
    assert [reason["code"] for reason in order.why] == ["reported", "respond_in_hours", "finish_in_hours"]
    assert "To be answered within 8 service hours (North: Mon–Fri 07:00–17:00)." in why_words(order)


def test_what_was_left_before_a_wait_is_left_after_it(system, level):
    site = make_site()
    work.set_service_hours(by=system, week=WORKDAYS, site_id=site.pk)
    order = make_work_order(asset=make_asset(site=site), kind="corrective", priority=2)
    set_clocks(order, datetime(2026, 11, 16, 8, tzinfo=UTC))
    assert order.finish_by_at == datetime(2026, 11, 18, 8, tzinfo=UTC)
    order.held_since_at = datetime(2026, 11, 17, 9, tzinfo=UTC)  # 9 of the 20 hours are left
    run_clock(order, datetime(2026, 11, 20, 12, tzinfo=UTC))
    assert order.finish_by_at == datetime(2026, 11, 23, 11, tzinfo=UTC)
    overdue = order.finish_by_at
    order.held_since_at = overdue + timedelta(hours=1)
    run_clock(order, overdue + timedelta(hours=5))
    assert order.finish_by_at == overdue


def test_a_week_that_cannot_be_read_is_refused_by_day(system):
    with pytest.raises(Invalid) as refused:
        work.set_service_hours(by=system, week=["early", *WORKDAYS[1:]])
    assert list(refused.value.fields) == ["monday"]
    for week in ([""] * 7, WORKDAYS[:3]):
        with pytest.raises(Invalid):
            work.set_service_hours(by=system, week=week)
    assert not ServiceHours.objects.exists()


def test_hours_of_a_site_are_for_whoever_plans_there(level):
    site, far = make_site(), make_site()
    planner = make_user(permissions=["maintenance.plan", "maintenance.view", "directory.view"], scope=("site", site.pk))
    row = work.set_service_hours(by=planner, week=WORKDAYS, site_id=site.pk)
    with pytest.raises(StaleEdit):
        work.set_service_hours(by=planner, week=["24h"] * 7, site_id=site.pk, expected_version=7)
    for more in ({}, {"site_id": far.pk}):
        with pytest.raises((Denied, Invalid)):
            work.set_service_hours(by=planner, week=WORKDAYS, **more)
    with pytest.raises(Denied):
        work.change_level(by=planner, service_level_id=level.pk, respond_hours=1)
    assert list(ServiceHours.objects.visible_to(planner)) == [row]


def test_a_promise_is_changed_for_what_comes(system, level):
    work.change_level(by=system, service_level_id=level.pk, respond_hours=4, respond_in_hours=False, expected_version=1)
    assert respond_by(make_site()) == FRIDAY + timedelta(hours=4)
    with pytest.raises(Invalid):
        work.change_level(by=system, service_level_id=level.pk, finish_hours=0)
