"""Planning work for a day: what is refused, what is told first, the calendar, and the trail."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from tests import factories

from wardwright.apps.maintenance import operations
from wardwright.apps.maintenance.models import WorkOrder
from wardwright.platform.audit.models import AuditChange, AuditRecord
from wardwright.platform.core.errors import Denied, Invalid, NotFound, NotNow, StaleEdit

pytestmark = pytest.mark.django_db
BACKEND = "wardwright.platform.access.login.PasswordBackend"


@pytest.fixture
def today():
    return timezone.localdate()


@pytest.fixture
def monday(today):
    """The Monday of next week: every day of that week lies ahead."""
    return today - timedelta(days=today.weekday()) + timedelta(7)


@pytest.fixture
def user():
    return factories.make_user(permissions=["*"])


@pytest.fixture
def client(user):
    client = Client()
    client.force_login(user, backend=BACKEND)
    return client


def windowed(due_on, **given):
    """An order that may be done from ten days before its due date to two days after it, with five days of grace."""
    window = {
        "window_opens_on": due_on - timedelta(10),
        "window_end_on": due_on + timedelta(2),
        "out_of_compliance_on": due_on + timedelta(7),
    }
    return factories.make_work_order(due_on=due_on, **{**window, **given})


def test_an_order_is_planned_and_its_due_date_and_window_stay(user, monday):
    order = windowed(monday + timedelta(4))
    (planned,) = operations.plan_work(by=user, work_order_ids=[order.pk], planned_on=monday, expected_version=1)
    assert (planned.planned_on, planned.due_on, planned.moved_from_on, planned.version) == (
        monday, order.due_on, None, 2,
    )  # fmt: skip
    change = AuditChange.objects.order_by("-id").first()
    assert change.operation == "maintenance.plan_work"
    assert AuditRecord.objects.filter(change_id=change.pk).count() == 1


def test_outside_the_window_it_needs_a_reason_which_is_kept(user, monday):
    order = windowed(monday)
    for day in (monday + timedelta(3), monday + timedelta(7)):
        with pytest.raises(Invalid) as refused:
            operations.plan_work(by=user, work_order_ids=[order.pk], planned_on=day)
        assert list(refused.value.fields) == ["reason"]
    order.refresh_from_db()
    assert (order.planned_on, order.version) == (None, 1)
    (order,) = operations.plan_work(
        by=user, work_order_ids=[order.pk], planned_on=monday + timedelta(3), reason="The theatre is closed"
    )
    assert [reason["reason"] for reason in order.why] == ["The theatre is closed"]


def test_before_the_window_opens_it_needs_one_too(user, today):
    order = windowed(today + timedelta(30))
    with pytest.raises(Invalid):
        operations.plan_work(by=user, work_order_ids=[order.pk], planned_on=today)


def test_what_may_not_be(user, today, monday):
    done, checked, open_one = (factories.make_work_order(state=state) for state in ("closed", "to_verify", "open"))
    for order in (done, checked):
        with pytest.raises(NotNow):
            operations.plan_work(by=user, work_order_ids=[open_one.pk, order.pk], planned_on=monday)
    with pytest.raises(Invalid):
        operations.plan_work(by=user, work_order_ids=[open_one.pk], planned_on=today - timedelta(1))
    with pytest.raises(StaleEdit):
        operations.plan_work(by=user, work_order_ids=[open_one.pk], planned_on=monday, expected_version=7)
    for ids in ([], [10**9], [2**70]):
        with pytest.raises(NotFound):
            operations.plan_work(by=user, work_order_ids=ids, planned_on=monday)
    looks = factories.make_user(permissions=["maintenance.view"])
    with pytest.raises(Denied):
        operations.plan_work(by=looks, work_order_ids=[open_one.pk], planned_on=monday)
    elsewhere = factories.make_user(permissions=["*"], scope=("site", factories.make_site().pk))
    with pytest.raises(NotFound):
        operations.plan_work(by=elsewhere, work_order_ids=[open_one.pk], planned_on=monday)
    assert set(WorkOrder.objects.values_list("planned_on", flat=True)) == {None}


def test_several_go_to_a_day_and_a_person_at_once_and_back(user, monday):
    orders = [factories.make_work_order() for _n in range(3)]
    ana = factories.make_person(site=orders[0].site)
    ids = [order.pk for order in orders]
    found = operations.plan_work(by=user, work_order_ids=ids, planned_on=monday, person_id=ana.pk)
    assert {(one.planned_on, one.assigned_to_id, one.state) for one in found} == {(monday, ana.pk, "assigned")}
    assert AuditChange.objects.filter(operation="maintenance.plan_work").count() == 1
    found = operations.plan_work(by=user, work_order_ids=ids, planned_on=None, person_id=None)
    assert {(one.planned_on, one.assigned_to_id, one.state) for one in found} == {(None, None, "open")}


def test_planning_many_asks_no_more_queries(user, monday):
    counts = []
    operations.plan_work(by=user, work_order_ids=[factories.make_work_order().pk], planned_on=monday)  # reads the roles
    for n in (2, 8):
        ids = [factories.make_work_order().pk for _n in range(n)]
        with CaptureQueriesContext(connection) as asked:
            operations.plan_work(by=user, work_order_ids=ids, planned_on=monday)
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_each_order_goes_to_its_own_day_or_none_does(user, monday):
    first, second = windowed(monday + timedelta(2)), windowed(monday + timedelta(2))
    moves = [
        {"work_order_id": first.pk, "planned_on": monday.isoformat(), "version": 1},
        {"work_order_id": second.pk, "planned_on": monday + timedelta(1), "version": 1},
    ]
    with pytest.raises(StaleEdit):
        operations.level_work(by=user, moves=[moves[0], {**moves[1], "version": 5}])
    first.refresh_from_db()
    assert first.planned_on is None
    found = operations.level_work(by=user, moves=moves)
    assert [one.planned_on for one in found] == [monday, monday + timedelta(1)]
    assert AuditChange.objects.order_by("-id").first().operation == "maintenance.level_work"


@pytest.mark.parametrize(
    "move", [{}, {"work_order_id": "x", "planned_on": "2026-01-01"}, {"work_order_id": 1, "planned_on": "soon"}, "x"]
)
def test_a_move_that_cannot_be_read(user, move):
    with pytest.raises(Invalid):
        operations.level_work(by=user, moves=[move])


def test_a_visit_in_vain_is_planned_for_its_next_try(user, today):
    order = windowed(today)
    attempt = operations.record_attempt(by=user, work_order_id=order.pk, kind="in_use")
    order.refresh_from_db()
    assert (order.planned_on, order.due_on) == (attempt.next_try_on, today)


# The calendar ---------------------------------------------------------------------------------------------------


def shown(client, **query):
    answer = client.get(reverse("work-calendar"), query)
    assert answer.status_code == 200
    return answer


def numbers(answer):
    """Lane → day of the month → the numbers on its cards."""
    return {
        str(lane["words"]): {
            one["cell"].day.day: [card["order"].number for card in one["cards"]]
            for one in lane["cells"]
            if one["cards"]
        }
        for lane in answer.context["lanes"]
        if any(one["cards"] for one in lane["cells"])
    }


def test_work_stands_on_the_day_it_is_planned_for_else_due(client, monday):
    ana = factories.make_person(name="Ana", hours_per_week=40)
    due = factories.make_work_order(due_on=monday, assigned_to=ana)
    planned = factories.make_work_order(due_on=monday + timedelta(60), planned_on=monday + timedelta(1))
    factories.make_work_order(due_on=monday, planned_on=monday + timedelta(14))
    factories.make_work_order(due_on=monday, state="closed")
    answer = shown(client, on=monday.isoformat())
    assert numbers(answer) == {
        "Ana": {monday.day: [due.number]},
        "nobody": {(monday + timedelta(1)).day: [planned.number]},
    }


def test_each_day_opens_its_list(client, monday):
    ana = factories.make_person(hours_per_week=40)
    for _n in range(7):
        factories.make_work_order(due_on=monday, assigned_to=ana)
    for query in ({}, {"lanes": "site"}, {"lanes": "none"}, {"view": "month"}):
        answer = shown(client, on=monday.isoformat(), **query)
        cells = [one for lane in answer.context["lanes"] for one in lane["cells"] if one["cell"].jobs]
        assert sum(one["cell"].jobs for one in cells) == 7
        for one in cells:
            assert len(client.get(one["url"]).context["table"].ids) == one["cell"].jobs


def test_hours_and_days_away_stand_beside_the_work_without_why(client, monday):
    ana = factories.make_person(hours_per_week=40, name="Ana")
    factories.make_absence(person=ana, first_on=monday, last_on=monday, kind="sick", note="Flu")
    factories.make_work_order(due_on=monday + timedelta(1), assigned_to=ana, minutes_planned=500)
    answer = shown(client, on=monday.isoformat())
    (lane,) = [lane for lane in answer.context["lanes"] if str(lane["words"]) == "Ana"]
    first, second = (one["cell"] for one in lane["cells"][:2])
    assert (first.is_away, first.capacity_minutes, second.capacity_minutes, second.is_over) == (True, 0, 480, True)
    assert "Flu" not in answer.content.decode()


def test_what_stands_on_no_day_to_come_has_its_own_place(client, today):
    factories.make_work_order(due_on=today - timedelta(3))
    factories.make_work_order(due_on=None, kind="corrective")
    for tray in shown(client).context["to_plan"]:
        assert (tray["count"], len(tray["cards"])) == (1, 1)
        assert len(client.get(tray["url"]).context["table"].ids) == 1


def test_more_rows_ask_no_more_queries(client, monday):
    counts = []
    for _time in range(2):
        for n in range(3):
            order = factories.make_work_order(due_on=monday + timedelta(n), assigned_to=factories.make_person())
            factories.make_absence(person=order.assigned_to, first_on=monday)
            factories.make_work_order(due_on=monday - timedelta(30))
        with CaptureQueriesContext(connection) as asked:
            shown(client, on=monday.isoformat())
        counts.append(len(asked))
    assert counts[0] == counts[1] <= 30


@pytest.mark.parametrize("query", [{"on": "2026-06-31"}, {"on": "9999-12-31"}, {"view": "year"}, {"lanes": "moon"}])
def test_an_address_that_means_nothing_shows_this_week(client, query, today):
    assert shown(client, **query).context["lanes"] is not None


def drop(client, order, day, **given):
    url = f"{reverse('plan-work')}?selected={order.pk}&expected_version={order.version}"
    return client.post(url, {"planned_on": day.isoformat(), "calendar": "view=month", **given})


def test_a_drop_inside_the_window_is_done_at_once(client, monday):
    order = windowed(monday + timedelta(2))
    answer = drop(client, order, monday)
    order.refresh_from_db()
    assert (answer.status_code, answer["Location"], order.planned_on) == (
        302, f"{reverse('work-calendar')}?view=month", monday,
    )  # fmt: skip


def test_a_drop_outside_is_told_first_then_needs_its_reason(client, monday):
    order = windowed(monday)
    day = monday + timedelta(8)
    answer = drop(client, order, day)
    assert (answer.status_code, [one.pk for one, _words in answer.context["told"]]) == (200, [order.pk])
    assert "out of compliance" in answer.context["told"][0][1]
    seen = answer.context["form"]["seen"].value()
    assert drop(client, order, day, seen=seen).status_code == 422
    order.refresh_from_db()
    assert order.planned_on is None
    drop(client, order, day, seen=seen, reason="Agreed with the ward")
    order.refresh_from_db()
    assert order.planned_on == day


def test_a_day_on_which_the_person_is_away_is_told_and_can_be_chosen(client, monday):
    ana = factories.make_person(hours_per_week=40)
    factories.make_absence(person=ana, first_on=monday)
    order = windowed(monday + timedelta(1), site=ana.site) if ana.site_id else windowed(monday + timedelta(1))
    answer = drop(client, order, monday, person=str(ana.pk))
    assert [words for _order, words in answer.context["told"]] != []
    answer = drop(client, order, monday, person=str(ana.pk), seen=answer.context["form"]["seen"].value())
    order.refresh_from_db()
    assert (answer.status_code, order.planned_on, order.assigned_to) == (302, monday, ana)


def test_another_choice_than_the_one_that_was_told_is_told_again(client, monday):
    order = windowed(monday)
    answer = drop(client, order, monday + timedelta(8), seen=f"{monday + timedelta(3)}:", reason="Because")
    order.refresh_from_db()
    assert (answer.status_code, order.planned_on) == (200, None)


def test_an_order_that_moved_on_meanwhile_is_refused_in_words(client, user, monday):
    order = windowed(monday)
    operations.plan_work(by=user, work_order_ids=[order.pk], planned_on=monday - timedelta(1) + timedelta(2))
    answer = drop(client, order, monday)
    assert answer.status_code == 422
    assert "changed meanwhile" in answer.content.decode()


def test_nothing_selected_says_so(client):
    assert "Nothing was selected" in client.post(reverse("plan-work"), {"planned_on": ""}).content.decode()


def test_the_api_lists_the_days_of_the_calendar(client, monday):
    site = factories.make_site()
    person, asset = factories.make_person(), factories.make_asset(site=site)

    def order(due: int, planned: int | None = None, **given):
        day = None if planned is None else monday + timedelta(planned)
        given = {"asset": asset, "assigned_to": person} | given
        return factories.make_work_order(due_on=monday + timedelta(due), planned_on=day, **given).pk

    first, last, brought_in = order(0), order(6), order(30, planned=3)
    order(7), order(-1), order(3, planned=8), order(3, assigned_to=None), order(3, asset=factories.make_asset())
    asked = {"planned_from": monday, "planned_to": monday + timedelta(6), "assigned_to_id": person.pk}
    found = client.get("/api/v1/work-orders", asked | {"site_id": site.pk}).json()
    assert [row["id"] for row in found["items"]] == [first, last, brought_in]
    assert client.get("/api/v1/work-orders", {"planned_from": "soon"}).status_code == 422
