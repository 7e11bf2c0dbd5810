"""Four weeks of work against the hours there are, and evening them out."""

from datetime import date, datetime, time, timedelta
from importlib import import_module
from time import monotonic

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from tests import factories
from tests.factories import writes

from wardwright.apps.maintenance import queries
from wardwright.apps.maintenance.models import Holiday, WorkOrder
from wardwright.apps.maintenance.queries.forecast import Week, forget_usual_times
from wardwright.platform.audit.models import AuditChange

forecasting = import_module(Week.__module__)  # the package has a function of its name
pytestmark = pytest.mark.django_db
BACKEND = "wardwright.platform.access.login.PasswordBackend"


@pytest.fixture
def today():
    return timezone.localdate()


@pytest.fixture
def monday(today):
    """The Monday of next week."""
    return queries.monday_of(today) + timedelta(7)


@pytest.fixture
def user():
    return factories.make_user(permissions=["*"])


@pytest.fixture
def client(user):
    client = Client()
    client.force_login(user, backend=BACKEND)
    return client


@writes
def holiday(on, site=None):
    return Holiday.objects.create(on=on, name="Holiday", site=site)


def amounts(load):
    return load.jobs, load.minutes, load.capacity_minutes


def test_work_counts_in_the_week_it_is_planned_for_against_the_hours_of_that_week(user, today, monday):
    ana = factories.make_person(hours_per_week=40)
    factories.make_person(hours_per_week=30, employer=factories.make_company())
    factories.make_person(hours_per_week=10, tier="none")
    factories.make_absence(person=ana, first_on=monday, last_on=monday + timedelta(1))
    factories.make_absence(person=ana, first_on=monday + timedelta(2), state="asked")
    holiday(on=monday + timedelta(3))
    factories.make_work_order(due_on=monday, minutes_planned=90)
    factories.make_work_order(due_on=monday, planned_on=monday + timedelta(8), minutes_planned=60)
    factories.make_work_order(due_on=monday, provider=factories.make_company())
    factories.make_work_order(due_on=today - timedelta(1), minutes_planned=45)
    factories.make_work_order(due_on=None, kind="corrective", minutes_planned=20)
    found = queries.forecast(user, today)
    assert [amounts(week) for week in found.weeks[1:]] == [(1, 90, 2 * 480), (1, 60, 2400), (0, 0, 2400)]
    assert [(one.jobs, one.minutes) for one in (found.before, found.no_day, found.companies)] == [
        (1, 45), (1, 20), (1, 30),
    ]  # fmt: skip
    assert (found.people, found.people_without_hours, found.estimated) == (1, 0, 4)


def test_of_this_week_only_the_days_that_are_left_count(user, today):
    factories.make_person(hours_per_week=40)
    week = queries.forecast(user, today).weeks[0]
    assert (week.first_on, week.capacity_minutes) == (today, 480 * max(0, 5 - today.weekday()))


@writes
def done_before(asset, minutes, n, **given):
    at = timezone.now() - timedelta(days=30)
    for _n in range(n):
        order = factories.make_work_order(asset=asset, **given)
        WorkOrder.objects.filter(pk=order.pk).update(state="closed", closed_at=at, labour_minutes=minutes)


@pytest.mark.parametrize(("begins", "capacity", "is_over"), [(6, 0, False), (4, 0, False), (4, 30, True), (1, 0, True)])
def test_a_week_whose_hours_are_spent_is_not_too_full(begins, capacity, is_over):
    """But one that is still to come and has no hours at all, is."""
    first = date(2026, 11, 16) + timedelta(days=begins - 1)
    week = Week(jobs=1, minutes=60, capacity_minutes=capacity, first_on=first, last_on=date(2026, 11, 22))
    assert week.is_over == is_over


def test_the_time_of_a_job_is_that_of_like_jobs_else_the_plans(user, today, monday):
    known, new = factories.make_asset(), factories.make_asset()
    done_before(asset=known, minutes=100, n=5)
    done_before(asset=new, minutes=100, n=4)
    for asset in (known, new):
        factories.make_work_order(asset=asset, due_on=monday, minutes_planned=30)
    found = queries.forecast(user, today)
    assert (found.weeks[1].minutes, found.estimated) == (100 + 30, 1)


def test_a_year_of_work_is_counted_anew_after_ten_minutes(user, today, monday, monkeypatch):
    asset = factories.make_asset()
    factories.make_work_order(asset=asset, due_on=monday, minutes_planned=30)
    assert queries.forecast(user, today).weeks[1].minutes == 30
    done_before(asset=asset, minutes=100, n=5)
    assert queries.forecast(user, today).weeks[1].minutes == 30
    later = monotonic() + 601
    monkeypatch.setattr(forecasting, "monotonic", lambda: later)
    assert queries.forecast(user, today).weeks[1].minutes == 100


@writes
def repairs_a_week(today, weeks, n, site):
    """``n`` repairs reported on the Wednesday of each of the weeks before this one."""
    for week in range(1, weeks + 1):
        day = queries.monday_of(today) - timedelta(7 * week) + timedelta(2)
        at = timezone.make_aware(datetime.combine(day, time(12)))
        for _n in range(n):
            order = factories.make_work_order(asset=factories.make_asset(site=site), kind="corrective", due_on=None)
            WorkOrder.objects.filter(pk=order.pk).update(
                reported_at=at, state="closed", closed_at=at, labour_minutes=120
            )


def test_repairs_are_expected_from_the_weeks_on_record(user, today):
    repairs_a_week(today=today, weeks=10, n=2, site=factories.make_site())
    found = queries.forecast(user, today)
    assert (found.repair_weeks, found.repairs_known) == (10, True)
    week = found.weeks[1]
    assert (week.repairs.mean, week.repair_minutes_each) == (20.5 / 10, 120)
    assert week.all_minutes == round(2.05 * 120)
    assert (week.low_hours, week.high_hours) == (2 * week.repairs.low, 2 * week.repairs.high)
    assert found.weeks[0].repairs.mean == pytest.approx(2.05 * max(0, 5 - today.weekday()) / 5)


def test_too_short_a_history_expects_nothing_and_says_so(client, user, today):
    repairs_a_week(today=today, weeks=5, n=2, site=factories.make_site())
    found = queries.forecast(user, today)
    assert [week.repairs for week in found.weeks] == [None] * 4
    assert "Repairs are not in it yet" in client.get(reverse("work-forecast")).content.decode()


def test_other_sites_are_left_out(today, monday):
    site, other = factories.make_site(), factories.make_site()
    for place in (site, other):
        factories.make_person(site=place, hours_per_week=40)
        factories.make_work_order(asset=factories.make_asset(site=place), due_on=monday, minutes_planned=60)
    near = factories.make_user(permissions=["*"], scope=("site", site.pk))
    assert amounts(queries.forecast(near, today).weeks[1]) == (1, 60, 2400)
    everybody = factories.make_user(permissions=["*"])
    assert amounts(queries.forecast(everybody, today, site_id=other.pk).weeks[1]) == (1, 60, 2400)


@pytest.mark.parametrize("divided", ["person", "site", "tier"])
def test_every_number_opens_its_list(client, today, monday, divided):
    site = factories.make_site()
    lead = factories.make_person(site=site, tier="lead", hours_per_week=40)
    for n, tier in enumerate(("", "engineer", "lead")):
        for ahead in range(n + 1):
            factories.make_work_order(
                asset=factories.make_asset(site=site), due_on=monday + timedelta(7 * ahead), required_tier=tier,
                assigned_to=lead if n else None,
            )  # fmt: skip
    factories.make_work_order(due_on=today - timedelta(2))
    factories.make_work_order(due_on=None, kind="corrective")
    answer = client.get(reverse("work-forecast"), {"by": divided})
    shown = answer.context["weeks"] + [week for group in answer.context["groups"] for *week, _n in group["weeks"]]
    shown += [answer.context["before"], answer.context["no_day"]]
    assert sum(load.jobs for load, _url in shown) > 6
    for load, url in shown:
        assert len(client.get(url).context["table"].ids) == load.jobs


def test_harder_work_counts_against_those_who_may_do_it(user, today, monday):
    factories.make_person(tier="junior", hours_per_week=40)
    factories.make_person(tier="senior", hours_per_week=20)
    factories.make_work_order(due_on=monday, required_tier="engineer", minutes_planned=60)
    groups = {group.value: amounts(group.weeks[1]) for group in queries.forecast(user, today, divided="tier").groups}
    assert groups == {"junior": (1, 60, 3600), "engineer": (1, 60, 1200), "senior": (0, 0, 1200), "lead": (0, 0, 0)}


def test_more_rows_ask_no_more_queries(client, today, monday):
    counts = []
    for _time in range(2):
        for n in range(3):
            person = factories.make_person(hours_per_week=40, site=factories.make_site())
            factories.make_work_order(due_on=monday + timedelta(n), assigned_to=person)
        forget_usual_times()
        with CaptureQueriesContext(connection) as asked:
            client.get(reverse("work-forecast"))
        counts.append(len(asked))
    assert counts[0] == counts[1] <= 25


# Evening out ----------------------------------------------------------------------------------------------------


def crowded(monday, n=10, minutes=120, **given):
    """Orders that all stand on one day, each free to be done in three weeks."""
    window = {
        "window_opens_on": monday - timedelta(7),
        "window_end_on": monday + timedelta(17),
        "out_of_compliance_on": monday + timedelta(30),
        **given,
    }
    return [factories.make_work_order(due_on=monday, minutes_planned=minutes, **window) for _n in range(n)]


def test_the_weeks_become_more_even_and_everything_stays_in_its_window(user, today, monday):
    factories.make_person(hours_per_week=20)
    crowded(monday)
    found = queries.levelling(user, today)
    assert found.weeks[1].percent_before == 100
    assert max(week.percent_after for week in found.weeks if week.capacity_minutes) < 100
    assert sum(week.minutes for week in found.weeks) == sum(week.minutes_after for week in found.weeks) == 1200
    for move in found.moves:
        assert max(today, move.order.window_opens_on) <= move.to_on <= move.order.window_end_on


def test_what_has_begun_what_companies_do_repairs_and_life_support_past_its_date_stay(user, today, monday):
    factories.make_person(hours_per_week=20)
    ventilator = factories.make_asset(device_type=factories.make_type(life_support=True))
    late_only = {"window_opens_on": monday, "asset": ventilator}
    crowded(monday, n=3, **late_only)
    crowded(monday, n=3, state="in_progress")
    crowded(monday, n=3, kind="corrective")
    crowded(monday, n=3, provider=factories.make_company())
    found = queries.levelling(user, today)
    assert [(move.order.asset_id, move.to_on <= move.order.due_on) for move in found.moves] == [
        (ventilator.pk, True) for _move in found.moves
    ]


def test_the_page_shows_the_moves_and_one_change_makes_those_that_were_left(client, today, monday):
    factories.make_person(hours_per_week=20)
    crowded(monday)
    answer = client.get(reverse("level-work"))
    offered = [value for _move, value in answer.context["moves"]]
    assert len(offered) >= 2
    assert client.post(reverse("level-work"), {"move": offered[1:]}).status_code == 302
    assert WorkOrder.objects.exclude(planned_on=None).count() == len(offered) - 1
    assert AuditChange.objects.filter(operation="maintenance.level_work").count() == 1
    assert client.post(reverse("level-work"), {"move": [offered[1]]}).status_code == 409


@pytest.mark.parametrize("move", ["", "x", "1:soon:1", "1:2026-01-01"])
def test_a_move_that_cannot_be_read_is_refused(client, move):
    assert client.post(reverse("level-work"), {"move": [move]}).status_code == 422


def test_levelling_asks_no_more_queries_for_more_rows(client, monday):
    factories.make_person(hours_per_week=20)
    counts = []
    for _time in range(2):
        crowded(monday, n=6)
        forget_usual_times()
        with CaptureQueriesContext(connection) as asked:
            client.get(reverse("level-work"))
        counts.append(len(asked))
    assert counts[0] == counts[1] <= 25
