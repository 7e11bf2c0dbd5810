"""My day for each role, the work list, plans, reports: what they say and what they refuse."""

from datetime import date, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from tests import factories

from wardwright.apps.assets.models import Asset
from wardwright.apps.maintenance.models import Attempt, Plan, Schedule, WorkOrder
from wardwright.apps.maintenance.tables import work_rows
from wardwright.apps.maintenance.views.day import grouped, this_week

pytestmark = pytest.mark.django_db
BACKEND = "wardwright.platform.access.login.PasswordBackend"
HEAD = [
    "directory.view", "assets.view", "testing.view", "maintenance.view", "maintenance.report", "maintenance.perform",
    "maintenance.dispatch", "maintenance.plan", "maintenance.generate", "maintenance.cancel", "maintenance.reports",
]  # fmt: skip


def client_of(user) -> Client:
    client = Client()
    client.force_login(user, backend=BACKEND)
    return client


@pytest.fixture
def head():
    return client_of(factories.make_user(permissions=HEAD))


@pytest.fixture
def today():
    return timezone.localdate()


def text(answer) -> str:
    assert answer.status_code == 200, answer.content.decode()[:2000]
    return " ".join(answer.content.decode().split())


def test_the_head_sees_overdue_life_support_first_and_each_line_opens_its_list(head, today):
    ventilator = factories.make_asset(device_type=factories.make_type(life_support=True))
    factories.make_work_order(asset=ventilator, due_on=today - timedelta(days=3))
    factories.make_work_order(due_on=today - timedelta(days=1))
    answer = head.get(reverse("home"))
    assert "1 life-support device is past its date" in text(answer)
    for line in answer.context["lines"]:
        opened = head.get(line["url"])
        shown = len(opened.context["table"].ids)
        assert (line["words"], shown) == (line["words"], line["count"])


@pytest.mark.parametrize("name", ["site", "person", "type"])
def test_an_address_that_names_no_row_finds_nothing_and_does_not_fall(head, name):
    factories.make_work_order()
    for value in ("\u00b2", "9" * 30, "nobody-here"):
        assert head.get(reverse("work"), {name: value}).context["table"].ids == []


@pytest.mark.parametrize("query", ["EQ-000434", "eq-0004", "434 eq", "sn/77", "pump B. Braun", "valve stuck", "WO-77"])
def test_the_work_list_is_searched_by_device_title_and_number(head, query):
    device = factories.make_asset(tag="EQ-000434", serial="SN/77", search_text="eq 000434 434 sn 77 pump b braun")
    repair = factories.make_work_order(asset=device, kind="corrective", number="WO-77", title="Valve is stuck")
    factories.make_work_order(kind="corrective", title="Something else")
    factories.make_work_order(asset=device, kind="planned", number="WO-77-1", title="Valve stuck")
    assert head.get(reverse("work"), {"q": query, "kind": "corrective"}).context["table"].ids == [repair.pk]


def test_late_work_counts_what_the_list_shows(head, today):
    user = factories.make_user(permissions=HEAD)
    factories.make_work_order(due_on=today - timedelta(days=1))
    factories.make_work_order(due_on=today - timedelta(days=1), state="closed")
    factories.make_work_order(due_on=today)
    assert work_rows(user, due="late").count() == 1
    assert "1 work order late" in text(head.get(reverse("work"), {"due": "late"}))


def test_the_technician_sees_the_week_grouped_by_ward_with_the_best_time(today):
    user = factories.make_user(permissions=["maintenance.view", "maintenance.perform", "directory.view", "assets.view"])
    person = factories.make_person(user=user)
    ward = factories.make_department(use_window="13–15 h", name="Surgery 2A")
    asset = factories.make_asset(site=ward.site, department=ward)
    mine = factories.make_work_order(asset=asset, due_on=today - timedelta(days=2), assigned_to=person)
    factories.make_work_order(
        due_on=today - timedelta(days=2), title="Work of somebody else", assigned_to=factories.make_person()
    )
    page = text(client_of(user).get(reverse("home")))
    assert ("1 is late" in page, "Surgery 2A" in page, "13–15 h" in page) == (True, True, True)
    assert (reverse("perform", args=[mine.pk]) in page, "Work of somebody else" in page) == (True, False)


def test_my_day_stands_in_the_order_of_the_plan():
    monday = date(2026, 11, 16)
    first, second = (factories.make_department(name=name, site=factories.make_site(name=name)) for name in ("A", "B"))
    wards = [factories.make_asset(site=ward.site, department=ward) for ward in (first, second)]

    def order(ward: int, due: int, planned: int | None = None):
        day = None if planned is None else monday + timedelta(planned)
        return factories.make_work_order(asset=wards[ward], due_on=monday + timedelta(due), planned_on=day).pk

    thursday, tuesday = order(0, due=5, planned=3), order(1, due=6, planned=1)
    later_due, sooner_due = order(0, due=5, planned=1), order(0, due=1)
    brought_forward, today_again = order(1, due=30, planned=0), order(1, due=4, planned=-1)
    put_off, late_on_friday, late = order(0, due=3, planned=9), order(0, due=-2, planned=4), order(1, due=-1)
    orders = list(this_week(factories.make_user(), monday))
    groups = {group["key"]: group["stops"] for group in grouped(orders, monday)}
    shown = {key: [[job["order"].pk for job in stop.jobs] for stop in stops] for key, stops in groups.items()}
    assert shown == {
        "late": [[late], [late_on_friday]],
        "today": [[today_again, brought_forward]],
        "week": [[sooner_due, later_due], [tuesday], [thursday]],
    }
    assert put_off not in [order.pk for order in orders]
    assert [stop.planned_on for stop in groups["late"]] == [None, date(2026, 11, 20)]


def test_a_device_in_use_moves_to_the_group_to_try_again(today):
    user = factories.make_user(permissions=["maintenance.view", "maintenance.perform", "assets.view", "directory.view"])
    order = factories.make_work_order(due_on=today, assigned_to=factories.make_person(user=user), state="assigned")
    client = client_of(user)
    tomorrow = (today + timedelta(days=1)).isoformat()
    client.post(reverse("record-attempt", args=[order.pk]), {"kind": "in_use", "next_try_on": tomorrow})
    groups = client.get(reverse("home")).context["groups"]
    assert [(group["key"], group["count"]) for group in groups] == [("later", 1)]


def test_on_a_sunday_what_was_put_off_until_monday_is_still_there():
    user = factories.make_user(permissions=["maintenance.view", "assets.view"])
    sunday, monday = date(2026, 11, 22), date(2026, 11, 23)
    put_off = factories.make_work_order(state="on_hold", hold_reason="in_use", due_on=monday, planned_on=monday)
    factories.make_work_order(due_on=monday, planned_on=monday)
    assert [order.pk for order in this_week(user, sunday)] == [put_off.pk]


@pytest.mark.parametrize(("days", "words"), [(-30, "was to be tried again 30 days ago"), (0, "try again today")])
def test_my_day_says_when_a_device_in_use_is_or_was_to_be_tried_again(today, days, words):
    user = factories.make_user(permissions=["maintenance.view", "maintenance.perform", "assets.view", "directory.view"])
    waits = {"state": "on_hold", "hold_reason": "in_use", "due_on": today}
    order = factories.make_work_order(assigned_to=factories.make_person(user=user), **waits)
    tried = {"kind": "in_use", "at": timezone.now(), "next_try_on": today + timedelta(days)}
    factories.writes(Attempt.objects.create)(work_order=order, asset=order.asset, **tried)
    assert words in client_of(user).get(reverse("home")).content.decode()


def test_a_nurse_reports_without_seeing_work_orders():
    client = client_of(factories.make_user(permissions=["assets.view", "maintenance.report"]))
    asset = factories.make_asset(tag="BME-1")
    assert "Which device needs help?" in text(client.get(reverse("home")))
    found = client.get(reverse("report-problem"), {"q": "bme-1"})
    assert found["Location"] == reverse("report-asset-problem", args=[asset.pk])
    sent = {"title": "Smells burnt", "priority": "1", "unsafe": "on", "once": "abc"}
    answers = [client.post(found["Location"], sent) for _ in range(2)]
    assert [a["Location"] for a in answers] == [reverse("problem-reported", args=[asset.pk])] * 2
    assert WorkOrder.objects.filter(asset=asset).count() == 1
    assert Asset.objects.get(pk=asset.pk).status == "out_of_service"


def test_assigning_from_a_stale_page_is_refused_and_the_choice_stays(head):
    order = factories.make_work_order()
    first, second = factories.make_person(), factories.make_person()
    url = reverse("assign-work", args=[order.pk])
    head.post(url, {"person": first.pk, "expected_version": order.version})
    stale = head.post(url, {"person": second.pk, "expected_version": order.version})
    assert (stale.status_code, "changed meanwhile by" in stale.content.decode()) == (409, True)
    assert f'<option value="{second.pk}" selected>' in stale.content.decode()
    order.refresh_from_db()
    assert order.assigned_to_id == first.pk


def test_many_are_assigned_at_once_and_the_refused_are_named(head):
    open_order, done = factories.make_work_order(), factories.make_work_order(state="closed")
    person = factories.make_person()
    sent = {"selected": [open_order.pk, done.pk], "go": "1", "person": person.pk}
    answer = head.post(reverse("assign-many"), sent)
    page = answer.content.decode()
    assert (answer.status_code, done.number in page, open_order.number in page) == (409, True, False)
    open_order.refresh_from_db()
    assert open_order.assigned_to_id == person.pk


def test_rescheduling_many_needs_a_reason(head, today):
    order = factories.make_work_order(due_on=today)
    sent = {"selected": [order.pk], "go": "1", "due_on": (today + timedelta(days=9)).isoformat()}
    assert head.post(reverse("reschedule-many"), sent).status_code == 422
    assert head.post(reverse("reschedule-many"), {**sent, "reason": "Ward closed"}).status_code == 302
    order.refresh_from_db()
    assert (order.due_on, order.moved_from_on) == (today + timedelta(days=9), today)


def test_an_order_page_says_why_and_keeps_money_to_the_cent(head):
    order = factories.make_work_order(
        due_on=timezone.localdate(), why=[{"code": "plan", "name": "Pumps", "strategy": "maker"}]
    )
    head.post(reverse("add-part", args=[order.pk]), {"name": "Battery", "quantity": "3", "unit_cost_cents": "12,35"})
    page = text(head.get(reverse("work-order", args=[order.pk])))
    assert ("The plan “Pumps” asks for it" in page, "EUR 37.05" in page) == (True, True)


def test_a_plan_is_written_put_in_force_and_makes_work(head, today):
    device_type = factories.make_type()
    asset = factories.make_asset(device_type=device_type, accepted_on=today - timedelta(days=100))
    page = head.get(reverse("new-plan"))
    values = {name: value for name, value in page.context["form"].initial.items() if value not in (None, [])}
    made = head.post(
        reverse("new-plan"),
        {**values, "name": "Pumps", "applies_to": "type", "device_type": device_type.name, "interval": "6"},
    )
    plan = Plan.objects.get(name="Pumps")
    assert made["Location"] == reverse("plan", args=[plan.pk])
    head.post(reverse("activate-plan", args=[plan.pk]))
    assert list(Schedule.objects.values_list("plan_id", "asset_id")) == [(plan.pk, asset.pk)]
    shown = text(head.post(reverse("generate-work"), {"until": (today + timedelta(days=365)).isoformat()}))
    assert "2 work orders were made" in shown
    again = text(head.post(reverse("generate-work"), {"until": (today + timedelta(days=365)).isoformat()}))
    assert "0 work orders were made" in again


def test_a_plan_without_its_device_is_told_beside_the_field(head):
    page = head.get(reverse("new-plan"))
    values = {name: value for name, value in page.context["form"].initial.items() if value not in (None, [])}
    answer = head.post(reverse("new-plan"), {**values, "name": "X", "applies_to": "model", "model": "No such model"})
    assert (answer.status_code, dict(answer.context["form"].errors)["model"]) == (
        422, ["No model is called “No such model”. Choose one of the list."],
    )  # fmt: skip


@pytest.mark.parametrize(
    ("verdict", "meaning"),
    [("pass", "ok"), ("fail_safe", "due"), ("fail_unsafe", "late"), ("not_repaired", "late"), ("not_done", "out")],
)
def test_only_a_good_ending_is_green(today, verdict, meaning):
    assert WorkOrder(state="closed", verdict=verdict).meaning_on(today) == meaning


def test_a_device_page_begins_with_what_is_due_and_offers_a_report(head, today):
    schedule = factories.make_schedule(
        plan=factories.make_plan(name="Yearly check"), anchor_on=today - timedelta(days=300)
    )
    answer = head.get(reverse("asset", args=[schedule.asset_id]))
    page = text(answer)
    assert reverse("report-asset-problem", args=[schedule.asset_id]) in page
    assert 0 < page.index("Yearly check") < page.index('id="identity"')


# Compliance -----------------------------------------------------------------------------------------------------


def planned(asset, due_on, **given) -> WorkOrder:
    return factories.make_work_order(
        asset=asset, due_on=due_on, window_opens_on=due_on - timedelta(days=30), window_end_on=due_on,
        out_of_compliance_on=due_on + timedelta(days=30), **given,
    )  # fmt: skip


@factories.writes
def make_attempt(order: WorkOrder) -> Attempt:
    return Attempt.objects.create(work_order=order, asset_id=order.asset_id, kind="not_located", at=timezone.now())


def test_both_numbers_and_the_never_seen_list(head, today):
    """Four jobs: in time, late, not located (closed as not done), missed. The last two devices were never seen."""
    site = factories.make_site()
    assets = [factories.make_asset(site=site) for _ in range(4)]
    for asset in assets:
        factories.make_schedule(asset=asset)
    due_on, done_at = today - timedelta(days=40), timezone.now() - timedelta(days=45)
    planned(assets[0], due_on, state="closed", verdict="pass", done_at=done_at)
    planned(assets[1], due_on, state="closed", verdict="pass", done_at=timezone.now() - timedelta(days=20))
    lost = planned(assets[2], due_on, state="closed", verdict="not_done", done_at=done_at)
    make_attempt(order=lost)
    planned(assets[3], due_on)
    answer = head.get(reverse("compliance"), {"from": due_on.isoformat(), "to": today.isoformat()})
    assert "33.3 % of jobs on schedule, 50 % of devices actually inspected" in text(answer)
    assert {row.tag for row in answer.context["unseen"]} == {assets[2].tag, assets[3].tag}
    assert [(str(label), n) for label, n in answer.context["attempts"]] == [("not located", 1)]
    assert {one["key"]: one["count"] for one in answer.context["jobs"]} == {
        "on_schedule": 1,
        "off_schedule": 2,
        "not_done": 1,
    }
    for one in [*answer.context["jobs"], *answer.context["devices"]]:
        opened = head.get(one["url"]).context
        assert (one["key"], len(opened["orders"]) + len(opened["assets"])) == (one["key"], one["count"])


@pytest.mark.parametrize("group", ["site", "department", "type", "plan"])
def test_each_group_opens_its_own_rows_and_the_csv_says_the_same(head, today, group):
    asset = factories.make_asset()
    schedule = factories.make_schedule(asset=asset)
    planned(asset, today - timedelta(days=5), schedule=schedule, plan=schedule.plan)
    address = {"from": (today - timedelta(days=30)).isoformat(), "to": today.isoformat(), "by": group}
    line = head.get(reverse("compliance"), address).context["lines"][0]
    assert (line["part"].scheduled, len(head.get(line["url"]).context["orders"])) == (1, 1)
    csv_text = head.get(reverse("compliance"), {**address, "format": "csv"}).content.decode()
    assert csv_text.splitlines()[1].split(",")[1:5] == ["1", "0", "1", "0"]


def test_a_figure_that_does_not_exist_is_said_so(head):
    assert head.get(reverse("compliance-rows"), {"what": "profit"}).status_code == 404
    assert head.get(reverse("compliance-rows"), {"what": "on_schedule", "of": "999"}).status_code == 404


def test_a_period_nobody_can_read_and_an_empty_one_do_no_harm(head):
    assert "Nothing was due" in text(
        head.get(reverse("compliance"), {"from": "2026-13-45", "to": "yesterday", "site": "x"})
    )
    assert "Nothing was due" in text(head.get(reverse("compliance"), {"from": "1999-01-01", "to": "1999-12-31"}))


def test_the_figures_leave_other_sites_out(today):
    here, there = factories.make_asset(), factories.make_asset()
    planned(here, today - timedelta(days=5))
    planned(there, today - timedelta(days=5))
    reader = client_of(
        factories.make_user(permissions=["maintenance.reports", "maintenance.view"], scope=("site", here.site_id))
    )
    address = {"from": (today - timedelta(days=30)).isoformat(), "to": today.isoformat()}
    assert reader.get(reverse("compliance"), address).context["whole"].scheduled == 1
