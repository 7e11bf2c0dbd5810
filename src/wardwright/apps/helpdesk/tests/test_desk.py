"""The desk: what it shows, what it does with a request, and whom it suggests."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from tests.factories import (
    make_asset,
    make_department,
    make_person,
    make_site,
    make_type,
    make_user,
    make_work_order,
    writes,
)

from wardwright.apps.assets.models import AssetCode
from wardwright.apps.helpdesk import operations, queries
from wardwright.apps.helpdesk.models import Request, RequestNote, Rota, Shift
from wardwright.apps.helpdesk.subscribers import put_on_the_desk
from wardwright.apps.helpdesk.tables import clock_of
from wardwright.apps.maintenance.events import WorkOrderOpened
from wardwright.apps.maintenance.models import ServiceHours, ServiceLevel, WorkOrder
from wardwright.apps.maintenance.operations import cancel_work, hold_work, report_problem, start_work
from wardwright.platform.audit.models import AuditChange
from wardwright.platform.core.errors import Denied, Invalid, NotNow, StaleEdit

from .conftest import make_symptom

pytestmark = pytest.mark.django_db
BACKEND = "wardwright.platform.access.login.PasswordBackend"
DISPATCHER = [
    "helpdesk.view", "helpdesk.desk", "maintenance.dispatch", "maintenance.view", "maintenance.report",
    "directory.view", "assets.view",
]  # fmt: skip


@pytest.fixture
def desk(pump):
    return make_user(permissions=DISPATCHER, scope=("site", pump.site_id))


@pytest.fixture
def tom(pump):
    user = make_user(permissions=["helpdesk.view", "maintenance.perform", "maintenance.view", "assets.view"],
                     scope=("site", pump.site_id))  # fmt: skip
    return make_person(name="Tom", user=user, site=pump.site)


@pytest.fixture
def request_(system, pump, alarm):
    return operations.receive_request(by=system, asset_id=pump.pk, symptom_id=alarm.pk, callback="4711")


def client_of(user) -> Client:
    client = Client()
    client.force_login(user, backend=BACKEND)
    return client


def test_one_tap_orders_the_work_and_gives_it(desk, tom, request_):
    client = client_of(desk)
    page = client.get("/requests/").content.decode()
    assert ["Give to Tom" in page, request_.ticket in page, "1 request is waiting, none is late" in page] == [True] * 3
    assert client.post(f"/requests/{request_.pk}/take/", {"person_id": tom.pk})["Location"] == "/requests/"
    request_.refresh_from_db()
    order = WorkOrder.objects.get()
    assert (request_.state, request_.work_order_id, request_.answered_at is None) == ("ordered", order.pk, False)
    assert (order.state, order.assigned_to_id, order.title, order.reported_at) == (
        "assigned", tom.pk, "Alarm", request_.received_at,
    )  # fmt: skip
    assert "4711" in order.description
    change = AuditChange.objects.get(operation="helpdesk.take_request")
    assert change.actor_name == str(desk)
    assert "Nobody is waiting" in client.get("/requests/").content.decode()


def test_a_technician_takes_a_request_and_gives_it_to_nobody_else(tom, request_):
    other = make_person(site=tom.site)
    with pytest.raises(Denied):
        operations.take_request(by=tom.user, request_id=request_.pk, person_id=other.pk)
    taken = operations.take_request(by=tom.user, request_id=request_.pk)
    assert taken.work_order.assigned_to_id == tom.pk
    assert operations.take_request(by=tom.user, request_id=request_.pk).work_order_id == taken.work_order_id


def test_of_two_that_take_it_the_second_is_told(system, tom, request_):
    operations.take_request(by=tom.user, request_id=request_.pk)
    other = make_person(site=tom.site)
    with pytest.raises(NotNow, match="Tom has taken it"):
        operations.take_request(by=system, request_id=request_.pk, person_id=other.pk)
    with pytest.raises(StaleEdit):
        operations.take_request(by=tom.user, request_id=request_.pk, expected_version=1)
    assert WorkOrder.objects.count() == 1


def test_nothing_changed_is_nothing_sent(desk, system, pump, request_):
    client = client_of(desk)
    headers = {"HX-Request": "true", "HX-Target": "desk"}
    seen = client.get("/requests/", headers=headers).context["seen"]
    assert client.get(f"/requests/?seen={seen}", headers=headers).status_code == 204
    operations.receive_request(by=system, asset_id=pump.pk, title="Another")
    answer = client.get(f"/requests/?seen={seen}", headers=headers)
    assert (answer.status_code, b"Another" in answer.content, b"<html" in answer.content) == (200, True, False)


def test_asking_back_and_the_answer(system, desk, request_):
    operations.ask_requester(by=desk, request_id=request_.pk, text="Which one?")
    request_.refresh_from_db()
    assert (request_.state, queries.stage_of(request_), queries.open_question(request_)) == (
        "asked",
        "asked",
        "Which one?",
    )
    operations.reply_request(by=system, request_id=request_.pk, text="The left")
    assert list(RequestNote.objects.values_list("kind", "text")) == [("question", "Which one?"), ("reply", "The left")]
    with pytest.raises(NotNow):
        operations.reply_request(by=system, request_id=request_.pk, text="again")


def test_merging_keeps_the_more_urgent_and_both_tickets(system, desk, pump, request_):
    later = operations.receive_request(by=system, asset_id=pump.pk, title="Beeps", priority=1)
    operations.merge_request(by=desk, request_id=later.pk, into_id=request_.pk)
    later.refresh_from_db()
    request_.refresh_from_db()
    assert (later.state, later.merged_into_id, request_.priority, request_.echoes) == ("merged", request_.pk, 1, 1)
    operations.order_request(by=desk, request_id=request_.pk)
    assert queries.stage_of(later) == "received"
    assert queries.settled_request(later) == request_


def test_what_cannot_be_merged(system, desk, pump, request_):
    other = operations.receive_request(by=system, asset_id=make_asset(site=pump.site).pk, title="Other")
    before = AuditChange.objects.count()
    for into in (request_.pk, other.pk):
        with pytest.raises(Invalid):
            operations.merge_request(by=desk, request_id=request_.pk, into_id=into)
    assert AuditChange.objects.count() == before


def test_attaching_to_work_that_is_there(desk, pump, request_):
    order = make_work_order(asset=pump, kind="corrective")
    with pytest.raises(Invalid):
        operations.attach_request(by=desk, request_id=request_.pk, work_order_id=make_work_order().pk)
    done = operations.attach_request(by=desk, request_id=request_.pk, work_order_id=order.pk)
    assert (done.state, done.work_order_id, WorkOrder.objects.filter(asset=pump).count()) == ("ordered", order.pk, 1)


def test_closing_says_why_and_can_be_taken_back(desk, request_):
    with pytest.raises(Invalid):
        operations.close_request(by=desk, request_id=request_.pk, reason=" ")
    operations.close_request(by=desk, request_id=request_.pk, reason="Works as it should")
    request_.refresh_from_db()
    assert (request_.state, queries.stage_of(request_)) == ("closed", "closed")
    assert "Works as it should" in Client().get(f"/t/{request_.code}").content.decode()
    assert operations.reopen_request(by=desk, request_id=request_.pk).state == "new"


def test_a_mail_without_a_device_is_matched_later(system, desk, pump):
    request = operations.receive_request(by=system, title="Help", source="mail", site_id=pump.site_id)
    with pytest.raises(NotNow, match="names no device"):
        operations.order_request(by=desk, request_id=request.pk)
    matched = operations.match_request(by=desk, request_id=request.pk, asset_id=pump.pk)
    assert (matched.asset_id, matched.department_id) == (pump.pk, pump.department_id)
    with pytest.raises(Invalid):
        operations.match_request(by=desk, request_id=request.pk, asset_id=make_asset().pk)


def test_a_repair_reported_after_logging_in_stands_on_the_desk_once(system, desk, pump):
    order = report_problem(by=desk, asset_id=pump.pk, title="Beeps")
    for _n in range(2):
        put_on_the_desk(WorkOrderOpened(work_order_id=order.pk, asset_id=pump.pk, kind="corrective"))
    request = Request.objects.get()
    assert (request.source, request.state, request.work_order_id, request.title) == (
        "page",
        "ordered",
        order.pk,
        "Beeps",
    )
    assert request in Request.objects.visible_to(desk).waiting()


def test_what_a_step_found_does_not_stand_on_the_desk(pump):
    order = make_work_order(asset=pump, kind="corrective", why=[{"code": "failed", "order": "WO-1"}])
    put_on_the_desk(WorkOrderOpened(work_order_id=order.pk, asset_id=pump.pk, kind="corrective"))
    assert not Request.objects.exists()


def test_its_sender_reads_how_far_it_is(system, tom, request_):
    def stage():
        request_.refresh_from_db()
        return str(queries.stage_of(Request.objects.select_related("work_order").get(pk=request_.pk)))

    stages = [stage()]
    order = operations.take_request(by=tom.user, request_id=request_.pk).work_order
    stages.append(stage())
    start_work(by=system, work_order_id=order.pk)
    hold_work(by=system, work_order_id=order.pk, hold_reason="parts")
    stages.append(stage())
    cancel_work(by=system, work_order_id=order.pk, reason="Replaced")
    stages.append(stage())
    assert stages == ["received", "taken", "parts", "closed"]
    shown = Client().get(f"/t/{request_.code}").content.decode()
    assert [words in shown for words in ("Tom", order.number, "Replaced")] == [False] * 3


def test_the_clock_of_a_request_is_in_service_hours_and_the_order_takes_it_over(system, desk, pump, alarm):
    writes(lambda: ServiceHours.objects.create(site=pump.site, week=["08:00-16:00"] * 5 + ["", ""]))()
    writes(lambda: ServiceLevel.objects.create(kind="corrective", priority=2, respond_hours=8, finish_hours=48,
                                               respond_in_hours=True))()  # fmt: skip
    request = operations.receive_request(by=system, asset_id=pump.pk, symptom_id=alarm.pk)
    assert request.respond_by_at.hour == 16 or request.respond_by_at - request.received_at > timedelta(hours=8)
    assert request.finish_by_at == request.received_at + timedelta(hours=48)
    order = operations.order_request(by=desk, request_id=request.pk).work_order
    assert (order.respond_by_at, order.finish_by_at) == (request.respond_by_at, request.finish_by_at)
    assert [reason["code"] for reason in order.why] == ["reported", "respond_in_hours"]


@pytest.mark.parametrize(("minutes", "meaning"), [(300, "info"), (20, "due"), (-5, "late")])
def test_a_clock_turns_amber_and_red(request_, minutes, meaning):
    now = timezone.now()
    request_.received_at = now - timedelta(minutes=60)
    request_.respond_by_at = now + timedelta(minutes=minutes)
    assert clock_of(request_, now)["meaning"] == meaning


# Whom to send -----------------------------------------------------------------------------------------------------


def test_who_is_on_call_goes_first_when_the_service_is_closed(desk, system, tom, pump, request_):
    near = make_person(name="Ann", site=pump.site)
    now = timezone.now()
    rota = writes(lambda: Rota.objects.create(name="Nights", site=pump.site))()
    writes(lambda: Shift.objects.create(rota=rota, person=tom, from_at=now - timedelta(hours=1),
                                        until_at=now + timedelta(hours=9)))()  # fmt: skip
    closed = [""] * 7
    closed[(now.weekday() + 3) % 7] = "08:00-09:00"
    writes(lambda: ServiceHours.objects.create(site=pump.site, week=closed))()
    names = [(choice.person.name, choice.why) for choice in queries.choices_for(desk, [request_], now)[request_.pk]]
    assert names == [("Tom", "on call now; has nothing else open"), (near.name, "has nothing else open")]


def test_experience_nearness_and_load_are_told(desk, pump, request_):
    ann, ben = make_person(name="Ann", site=pump.site), make_person(name="Ben", site=pump.site)
    make_work_order(asset=pump, kind="corrective", state="closed", done_by=ann, closed_at=timezone.now())
    for _n in range(3):
        make_work_order(asset=pump, state="assigned", assigned_to=ben)
    first, second = queries.choices_for(desk, [request_], timezone.now())[request_.pk]
    assert (first.person.name, first.why) == ("Ann", "has repaired this type once this year; has nothing else open")
    assert (second.person.name, second.why, first.points > second.points) == ("Ben", "3 open jobs", True)


def test_nobody_from_elsewhere_or_who_has_left_is_suggested(desk, pump, request_):
    make_person(site=make_site())
    make_person(site=pump.site, is_active=False)
    make_person(site=pump.site, tier="none")
    assert queries.suggestions(desk, [request_], timezone.now()) == {}


def test_suggestions_cost_the_same_for_one_and_for_many(desk, system, tom, pump, django_assert_num_queries):
    def look(count: int) -> int:
        from django.db import connection
        from django.test.utils import CaptureQueriesContext

        rows = list(Request.objects.visible_to(desk).waiting().with_names()[:count])
        with CaptureQueriesContext(connection) as captured:
            queries.suggestions(desk, rows, timezone.now())
        return len(captured)

    for n in range(4):
        place = make_department(site=pump.site)
        asset = make_asset(site=pump.site, department=place, device_type=make_type())
        operations.receive_request(by=system, asset_id=asset.pk, title=f"Request {n}")
    look(1)
    assert look(1) == look(4)


def test_the_portal_of_a_replaced_label_leads_nowhere(pump):
    writes(lambda: AssetCode.objects.update(is_active=False))()
    assert Client().get(f"/r/{pump.code}").status_code == 404


def test_symptoms_are_written_only_by_whoever_may_do_so_everywhere(pump):
    here = make_user(permissions=["helpdesk.tiles", "helpdesk.view"], scope=("site", pump.site_id))
    with pytest.raises(Denied):
        operations.add_symptom(by=here, label="Beeps")
    everywhere = make_user(permissions=["helpdesk.tiles", "helpdesk.view"])
    with pytest.raises(Invalid):
        operations.add_symptom(by=everywhere, label="Beeps", icon="no-such-icon")
    row = operations.add_symptom(by=everywhere, label="Beeps", device_type_id=pump.device_type_id, icon="bell")
    operations.change_symptom(by=everywhere, symptom_id=row.pk, label="Beeps twice", expected_version=1)
    make_symptom()
    assert [tile.label for tile in queries.symptoms_for(pump.device_type_id)] == ["Beeps twice"]
    operations.retire_symptom(by=everywhere, symptom_id=row.pk)
    assert [tile.label for tile in queries.symptoms_for(pump.device_type_id)] == ["Alarm"]


def test_the_lines_on_the_monday_page_open_the_requests_they_count(system, pump, alarm):
    head = make_user(permissions=["*"])
    for harm in ("yes", "unsure", "no"):
        operations.receive_request(by=system, asset_id=pump.pk, symptom_id=alarm.pk, harm=harm)
    taken = operations.receive_request(by=system, asset_id=make_asset(site=pump.site).pk, symptom_id=alarm.pk)
    operations.take_request(by=system, request_id=taken.pk, person_id=make_person(site=pump.site).pk)
    client = client_of(head)
    lines = {line["key"]: line for line in client.get("/").context["lines"]}
    assert (lines["weekend-harm"]["count"], lines["requests-waiting"]["count"]) == (2, 3)
    for key in ("weekend-harm", "requests-waiting"):
        assert len(client.get(lines[key]["url"]).context["table"].ids) == lines[key]["count"]
