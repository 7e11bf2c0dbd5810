"""The portal as a phone meets it: the questions, the ticket, the limits, and what somebody hostile sends."""

import gzip
import html
import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.signing import TimestampSigner
from django.test import Client
from django.utils import timezone
from tests.factories import (
    make_asset,
    make_department,
    make_floor,
    make_pool,
    make_room,
    make_site,
    make_user,
    make_work_order,
    writes,
)

from wardwright.apps.assets.models import Asset
from wardwright.apps.assets.operations import move_assets
from wardwright.apps.helpdesk import operations
from wardwright.apps.helpdesk.models import Request, RequestNote
from wardwright.apps.helpdesk.operations.receiving import MAX_PHOTO_BYTES
from wardwright.apps.helpdesk.queries import spares_near
from wardwright.apps.helpdesk.views import gate, portal
from wardwright.apps.maintenance.models import WorkOrder
from wardwright.apps.maintenance.operations import close_work
from wardwright.platform.access import limits
from wardwright.platform.access.models import Bucket
from wardwright.platform.attachments.models import Attachment
from wardwright.platform.audit.models import AuditChange
from wardwright.platform.jobs.models import Job

from .conftest import make_symptom

pytestmark = pytest.mark.django_db
PNG = b"\x89PNG\r\n\x1a\n" + b"a picture"
LINK = re.compile(r'<a class="tile[^"]*" href="([^"]+)"')
STATIC = Path(__file__).resolve().parents[3]


@pytest.fixture(autouse=True)
def unhurried(settings, monkeypatch):
    """Tests tap faster than people; the check itself is tested where it is switched on again."""
    monkeypatch.setattr("wardwright.apps.helpdesk.views.gate.QUICK", timedelta(seconds=-1))


@pytest.fixture
def phone() -> Client:
    return Client()


def hidden(page) -> dict[str, str]:
    text = page.content.decode()
    return dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', text))


def tap(phone: Client, page, words: str):
    """Follow the tile with these words."""
    found = re.search(r'<a class="tile[^"]*" href="([^"]+)">(?:(?!</a>).)*' + re.escape(words), page.content.decode())
    assert found, page.content.decode()[-1500:]
    base = page.request["PATH_INFO"]
    return phone.get(base + found[1].replace("&amp;", "&"))


def walk(phone: Client, asset, *taps: str):
    page = phone.get(f"/r/{asset.code}")
    for words in taps:
        page = tap(phone, page, words)
    return page


def send(phone: Client, page, **more):
    return phone.post(page.request["PATH_INFO"], {**hidden(page), **more})


def ticket_in(answer) -> str:
    assert answer.status_code == 303, answer.content.decode()[-800:]
    return answer["Location"].split("?")[0]


def test_three_taps_and_send_make_a_ticket(phone, pump, alarm):
    first = phone.get(f"/r/{pump.code}")
    assert [words in first.content.decode() for words in ("Infusion pump", pump.tag, "Intensive care")] == [True] * 3
    last = walk(phone, pump, "Alarm", "No", "Yes, wiped down")
    address = ticket_in(send(phone, last))
    request = Request.objects.get()
    assert (request.asset_id, request.title, request.harm, request.wiped, request.state, request.source) == (
        pump.pk, "Alarm", "no", "yes", "new", "portal",
    )  # fmt: skip
    assert (request.priority, request.site_id, request.department_id) == (2, pump.site_id, pump.department_id)
    assert address == f"/t/{request.code}"
    shown = phone.get(address).content.decode()
    assert [words in shown for words in (request.ticket, "Received")] == [True, True]
    change = AuditChange.objects.get(operation="helpdesk.send_request")
    assert (change.actor_name, WorkOrder.objects.exists()) == ("portal", False)


def test_looking_writes_nothing(phone, pump, alarm):
    before = AuditChange.objects.count()
    walk(phone, pump, "Alarm", "No", "Yes, wiped down")
    assert (AuditChange.objects.count(), Request.objects.count(), Bucket.objects.count()) == (before, 0, 0)


def test_a_lost_answer_does_not_make_two_tickets(phone, pump, alarm):
    last = walk(phone, pump, "Alarm", "No", "No, or not sure")
    assert ticket_in(send(phone, last)) == ticket_in(send(phone, last)) == f"/t/{Request.objects.get().code}"


def test_harm_keeps_the_device_as_it_is_and_orders_work_at_once(phone, pump, alarm):
    page = walk(phone, pump, "Alarm", "Yes")
    assert "do not clean it" in page.content.decode()
    send(phone, page)
    request, order = Request.objects.get(), WorkOrder.objects.get()
    pump.refresh_from_db()
    assert (request.harm, request.state, request.priority, request.work_order_id) == ("yes", "ordered", 1, order.pk)
    assert (order.priority, order.title, pump.status) == (1, "Patient involved: Alarm", "quarantined")
    assert (order.reported_at, order.respond_by_at) == (request.received_at, request.respond_by_at)
    assert "do not clean it" in phone.get(f"/t/{request.code}").content.decode()


def test_harm_is_an_event_for_the_apps_above(system, pump, alarm):
    from wardwright.platform.events import registry

    heard = []
    registry.SUBSCRIBERS.setdefault("helpdesk.HarmReported", []).append("test.hear")
    registry._handlers["test.hear"] = heard.append
    try:
        operations.receive_request(by=system, asset_id=pump.pk, symptom_id=alarm.pk, harm="yes")
        assert "helpdesk.HarmReported" in str([job.args for job in Job.objects.all()])
    finally:
        registry.SUBSCRIBERS["helpdesk.HarmReported"].remove("test.hear")


def test_not_sure_about_harm_is_urgent_and_leaves_the_device(phone, pump):
    make_symptom(label="Screen", priority=4)
    send(phone, walk(phone, pump, "Screen", "Not sure"))
    request = Request.objects.get()
    pump.refresh_from_db()
    assert (request.harm, request.priority, request.state, pump.status) == ("unsure", 2, "new", "in_service")


def test_an_unsafe_symptom_takes_the_device_out_of_service(phone, pump):
    make_symptom(label="Smoke", unsafe=True, priority=1)
    send(phone, walk(phone, pump, "Smoke", "No", "Yes, wiped down"))
    pump.refresh_from_db()
    assert (pump.status, Request.objects.get().state) == ("out_of_service", "ordered")


def test_symptoms_of_the_type_go_before_the_general_ones(phone, pump, alarm):
    make_symptom(label="Occlusion alarm", device_type=pump.device_type)
    make_symptom(label="Retired", device_type=pump.device_type, is_active=False)
    page = phone.get(f"/r/{pump.code}").content.decode()
    assert ("Occlusion alarm" in page, ">Alarm<" in page, "Retired" in page) == (True, False, False)


def test_what_is_known_is_not_reported_twice(phone, pump, alarm):
    first = Request.objects.get(code=ticket_in(send(phone, walk(phone, pump, "Alarm", "No", "Yes, wiped down")))[3:])
    page = phone.get(f"/r/{pump.code}")
    assert ["Already reported" in page.content.decode(), "Still broken" in page.content.decode()] == [True, True]
    echo = Request.objects.get(code=ticket_in(send(phone, page))[3:])
    first.refresh_from_db()
    assert (echo.state, echo.merged_into_id, first.echoes) == ("merged", first.pk, 1)
    assert echo.code != first.code
    again = tap(phone, page, "Something else is wrong")
    assert "Already reported" not in again.content.decode()


def test_a_repair_that_staff_began_is_known_too(phone, pump, alarm):
    order = make_work_order(asset=pump, kind="corrective", title="Failed: leakage 900, Mr Smith")
    page = phone.get(f"/r/{pump.code}")
    text = page.content.decode()
    assert ("Already reported" in text, "Smith" in text) == (True, False)
    send(phone, page)
    assert (Request.objects.get().work_order_id, Request.objects.get().state) == (order.pk, "ordered")


def test_nothing_of_one_ticket_is_seen_by_another(phone, pump, alarm):
    send(phone, walk(phone, pump, "Alarm", "No", "Yes, wiped down"), words="Dr Secret", callback="4711", name="Nora")
    page = phone.get(f"/r/{pump.code}")
    other = ticket_in(send(phone, page))
    seen = page.content.decode() + phone.get(other).content.decode()
    assert [word in seen for word in ("Secret", "4711", "Nora", Request.objects.order_by("pk")[0].code)] == [False] * 4


def test_a_spare_of_the_same_type_is_offered_the_same_building_first(phone, pump, alarm):
    store = make_room(site=pump.site, name="Store 2", is_store=True)
    make_asset(site=pump.site, device_type=pump.device_type, device_model=pump.device_model, room=store,
               status="in_store")  # fmt: skip
    make_asset(device_type=pump.device_type, device_model=pump.device_model, status="in_store",
               room=make_room(name="Elsewhere"))  # fmt: skip
    address = ticket_in(send(phone, walk(phone, pump, "Alarm", "No", "Yes, wiped down")))
    text = phone.get(address).content.decode()
    assert ("Store 2" in text, "Elsewhere" in text) == (True, False)


def test_the_equipment_library_offers_what_stands_ready_the_nearest_first(phone, system, pump, alarm):
    from wardwright.apps.lending import operations as lending

    here = make_floor(site=pump.site, name="2nd floor", level=2)
    same_house = make_floor(building=here.building, name="Basement", level=-1)
    move_assets(by=system, asset_ids=[pump.pk], site_id=pump.site_id,
                room_id=make_room(site=pump.site, floor=here).pk)  # fmt: skip
    pump.refresh_from_db()
    shelf = make_room(site=pump.site, floor=same_house, name="Shelf", is_store=True)
    phoned = make_department(site=pump.site, phone="4420")
    pool = make_pool(site=pump.site, name="Pump library", room=shelf, department=phoned)

    def another(room, **given):
        given = {"site": pump.site, "device_type": pump.device_type, "device_model": pump.device_model} | given
        return make_asset(room=room, **given)

    another(make_room(site=pump.site, name="Far store", is_store=True), tag="FAR")
    ready, dirty, reserved = (another(shelf, tag=tag) for tag in ("READY", "DIRTY", "RESERVED"))
    near = another(make_room(site=pump.site, floor=here, name="Near shelf"), tag="NEAR")
    away = another(make_room(is_store=True), tag="AWAY", site=make_site())
    ids = [one.pk for one in (ready, dirty, reserved, near)]
    lending.add_devices(by=system, pool_id=pool.pk, asset_ids=ids)
    lending.add_devices(by=system, pool_id=make_pool(site=away.site).pk, asset_ids=[away.pk])
    lent = {"by": system, "pool_id": pool.pk, "device_type_id": pump.device_type_id, "department_id": phoned.pk}
    lending.issue_batch(**lent, quantity=1, asset_ids=[dirty.pk])
    lending.collect_devices(by=system, asset_ids=[dirty.pk])
    lending.reserve_equipment(
        by=system, pool_id=pool.pk, department_id=phoned.pk, asset_id=reserved.pk, from_at=timezone.now()
    )
    assert [(one.asset.tag, one.library) for one in spares_near(pump)] == [
        ("NEAR", pool), ("READY", pool), ("FAR", None),
    ]  # fmt: skip
    address = ticket_in(send(phone, walk(phone, pump, "Alarm", "No", "Yes, wiped down")))
    assert "Ask Pump library for it: 4420" in phone.get(address).content.decode()


def test_a_photo_is_kept_with_the_request_and_goes_to_the_work(phone, system, pump, alarm):
    from django.core.files.uploadedfile import SimpleUploadedFile

    page = walk(phone, pump, "Alarm", "No", "Yes, wiped down")
    send(phone, page, photo=SimpleUploadedFile("../x/plate.png", PNG))
    request = Request.objects.get()
    photo = Attachment.objects.get()
    assert (photo.owner_table, photo.owner_id, photo.name, photo.media_type) == (
        "helpdesk_request", request.pk, "plate.png", "image/png",
    )  # fmt: skip
    operations.order_request(by=system, request_id=request.pk)
    assert Attachment.objects.filter(owner_table="maintenance_work_order", sha256=photo.sha256).count() == 1


@pytest.mark.parametrize("content", [b"<script>alert(1)</script>", b"%PDF-1.4", b"GIF8 no"])
def test_a_file_that_is_no_photo_sends_nothing_and_keeps_what_was_typed(phone, pump, alarm, content):
    from django.core.files.uploadedfile import SimpleUploadedFile

    page = walk(phone, pump, "Alarm", "No", "Yes, wiped down")
    answer = send(phone, page, photo=SimpleUploadedFile("x.png", content), callback="4711")
    assert (answer.status_code, "not a picture" in answer.content.decode(), "4711" in answer.content.decode()) == (
        422, True, True,
    )  # fmt: skip
    assert (Request.objects.count(), Attachment.objects.count()) == (0, 0)


def test_a_body_that_is_too_large_is_not_read(phone, pump, alarm):
    answer = phone.post(f"/r/{pump.code}", {"words": "x" * (MAX_PHOTO_BYTES + 1_500_000)})
    assert (answer.status_code, Request.objects.count()) == (413, 0)


def test_scripts_are_words_and_huge_entries_are_cut(phone, pump, alarm):
    page = walk(phone, pump, "Alarm", "No", "Yes, wiped down")
    address = ticket_in(send(phone, page, words="<script>x</script>" * 9000, name="a\x00b" * 500, callback="1" * 900))
    request = Request.objects.get()
    assert (len(request.words) <= 2000, len(request.reporter_name) <= 120, len(request.callback)) == (True, True, 40)
    assert "<script>x" not in phone.get(address).content.decode()


@pytest.mark.parametrize("given", [{"s": "999999"}, {"s": "x"}, {"h": "maybe"}, {"s": "1' OR 1=1"}, {"s": "9" * 400}])
def test_entries_nobody_can_tap_send_nothing(phone, pump, alarm, given):
    page = walk(phone, pump, "Alarm", "No", "Yes, wiped down")
    answer = send(phone, page, **given)
    assert (answer.status_code, Request.objects.count()) == (422, 0)


def test_programs_are_told_apart(phone, pump, alarm, monkeypatch):
    page = walk(phone, pump, "Alarm", "No", "Yes, wiped down")
    assert send(phone, page, website="http://spam").status_code == 422
    assert send(phone, page, k="made-up").status_code == 422
    other = make_asset()
    assert send(phone, page, k=TimestampSigner(salt=f"portal:{other.pk}").sign("x")).status_code == 422
    monkeypatch.setattr("wardwright.apps.helpdesk.views.gate.QUICK", timedelta(minutes=5))
    answer = send(phone, page)
    assert (answer.status_code, "too quick" in answer.content.decode(), Request.objects.count()) == (422, True, 0)


# Refused, and sent once more -----------------------------------------------------------------------------------------


def form_of(page) -> dict[str, str]:
    """What the form of a page would send as it stands, the first of its buttons with a value pressed."""
    text = page.content.decode()
    found = re.findall(r'<input(?: type="hidden"| [^>]*?)? name="(\w+)"[^>]*? value="([^"]*)"', text)
    found += re.findall(r'<textarea name="(\w+)"[^>]*>([^<]*)</textarea>', text)
    found += re.findall(r'<button [^>]*name="(\w+)" value="([^"]*)"', text)[:1]
    return {name: html.unescape(value) for name, value in found}


TYPED = {"words": 'Beeps "E 12" & stops', "name": "Nora", "callback": "4711"}
REFUSALS = {"too old": {"k": "of another day"}, "by a program": {"website": "x"}, "too quick": {}}


@pytest.fixture(params=list(REFUSALS))
def refused_once(request, phone, monkeypatch):
    """Sends a form so that it is refused, then what the answer's form holds; gives both answers."""

    def send_twice(page, **typed):
        address = page.request["PATH_INFO"]
        with monkeypatch.context() as patched:
            if request.param == "too quick":
                patched.setattr("wardwright.apps.helpdesk.views.gate.QUICK", timedelta(minutes=5))
            refused = phone.post(address, {**form_of(page), **typed, **REFUSALS[request.param]})
        assert (refused.status_code, "send it once more" in refused.content.decode()) == (422, True)
        return refused, phone.post(address, form_of(refused))

    return send_twice


def test_a_request_is_refused_with_all_that_was_typed(phone, pump, alarm, refused_once):
    refused_once(walk(phone, pump, "Alarm", "No", "Yes, wiped down"), **TYPED)
    request = Request.objects.get()
    assert (request.words, request.reporter_name, request.callback) == tuple(TYPED.values())
    assert (request.title, request.harm, request.wiped) == ("Alarm", "no", "yes")


def test_a_photo_that_was_not_kept_is_asked_for_again(phone, pump, alarm):
    from django.core.files.uploadedfile import SimpleUploadedFile

    page = walk(phone, pump, "Alarm", "No", "Yes, wiped down")
    photo = SimpleUploadedFile("plate.png", PNG)
    answers = [send(phone, page, k="of another day", **more) for more in ({"photo": photo}, {})]
    assert ["choose it once more" in answer.content.decode() for answer in answers] == [True, False]


def test_still_broken_is_refused_with_its_button(phone, pump, alarm, refused_once):
    first = Request.objects.get(code=ticket_in(send(phone, walk(phone, pump, "Alarm", "No", "Yes, wiped down")))[3:])
    refused_once(phone.get(f"/r/{pump.code}"))
    first.refresh_from_db()
    assert (first.echoes, Request.objects.count()) == (1, 2)


def test_still_broken_of_what_is_settled_asks_what_is_wrong_now(phone, system, pump, alarm):
    send(phone, walk(phone, pump, "Alarm", "No", "Yes, wiped down"))
    page = phone.get(f"/r/{pump.code}")
    operations.close_request(by=system, request_id=Request.objects.get().pk, reason="A duplicate")
    answer = send(phone, page)
    assert (answer.status_code, "is settled" in answer.content.decode()) == (409, True)
    answer.request["QUERY_STRING"] = ""
    assert tap(phone, answer, "Alarm").status_code == 200


def test_a_symptom_that_is_gone_by_now_costs_nothing_that_was_typed(phone, pump, alarm):
    make_symptom(label="Screen")
    page = walk(phone, pump, "Alarm", "No", "Yes, wiped down")
    writes(lambda: type(alarm).objects.filter(pk=alarm.pk).update(is_active=False))()
    refused = send(phone, page, **TYPED)
    assert (refused.status_code, Request.objects.exists()) == (422, False)
    ticket_in(phone.post(page.request["PATH_INFO"], form_of(refused)))
    request = Request.objects.get()
    assert (request.title, request.harm, request.wiped, request.words) == ("Screen", "no", "yes", TYPED["words"])


@pytest.mark.parametrize("form", ["answer", "feedback"])
def test_the_forms_of_a_ticket_hold_what_was_typed(phone, system, pump, alarm, form):
    request = operations.receive_request(by=system, asset_id=pump.pk, symptom_id=alarm.pk)
    address, name = f"/t/{request.code}", {"answer": "text", "feedback": "words"}[form]
    if form == "answer":
        operations.ask_requester(by=system, request_id=request.pk, text="Which alarm number?")
    else:
        finished(system, request)
    page = phone.get(address)
    refused = phone.post(address, {**form_of(page), name: TYPED["words"], "website": "x"})
    assert "send it once more" in refused.content.decode()
    again = form_of(refused)
    assert again[name] == TYPED["words"]
    assert [phone.post(address, again)["Location"] for _n in range(2)] == [address] * 2
    request.refresh_from_db()
    said = request.feedback if form == "feedback" else RequestNote.objects.get(request=request, kind="reply").text
    assert said == TYPED["words"]


def test_an_answer_to_a_question_that_is_settled_stays_readable(phone, system, pump, alarm):
    request = operations.receive_request(by=system, asset_id=pump.pk, symptom_id=alarm.pk)
    operations.ask_requester(by=system, request_id=request.pk, text="Which alarm number?")
    page = form_of(phone.get(f"/t/{request.code}"))
    operations.order_request(by=system, request_id=request.pk)
    answer = phone.post(f"/t/{request.code}", {**page, "text": "E 12 & E 13"})
    assert (answer.status_code, "E 12 &amp; E 13" in answer.content.decode()) == (409, True)


# Codes --------------------------------------------------------------------------------------------------------------


def test_every_wrong_code_is_answered_alike(phone, pump, alarm):
    request = Request.objects.get(code=ticket_in(send(phone, walk(phone, pump, "Alarm", "No", "Yes, wiped down")))[3:])
    operations_code = pump.code
    replaced = operations_code[:-1] + ("2" if operations_code[-1] != "2" else "3")
    addresses = [f"/r/{replaced}", "/r/x", f"/r/{'9' * 300}", "/t/abcdefgh", f"/t/{request.code[:-1]}", "/r/%00"]
    answers = [phone.get(address) for address in addresses]
    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.content for answer in answers}) == 1


def test_guessing_codes_closes_the_place_for_a_while(phone, pump, monkeypatch):
    monkeypatch.setattr(limits.time, "time", lambda: 1_800_000_000.0)
    statuses = [phone.get(f"/r/wrong{n}").status_code for n in range(gate.WRONG_CODE.most + 2)]
    assert (statuses[0], statuses[-1], phone.get(f"/r/{pump.code}").status_code) == (404, 429, 429)
    assert phone.get("/t/abcdefgh")["Retry-After"] == "15"
    assert phone.get(f"/r/{pump.code}", REMOTE_ADDR="10.1.2.3").status_code == 200
    monkeypatch.setattr(limits.time, "time", lambda: 1_800_000_015.0)
    assert [phone.get(f"/r/{code}").status_code for code in (pump.code, "wrong", pump.code)] == [200, 404, 429]


def test_one_address_cannot_flood_the_desk(phone, pump, alarm, monkeypatch):
    monkeypatch.setattr("wardwright.apps.helpdesk.views.portal.SEND_ADDRESS", limits.Limit(2, 600))
    pages = [walk(phone, pump, "Alarm", "No", "Yes, wiped down")]
    first = send(phone, pages[0])
    again = tap(phone, phone.get(f"/r/{pump.code}?new=1"), "Alarm")
    more = tap(phone, tap(phone, again, "No"), "Yes, wiped down")
    answers = [first.status_code, send(phone, more).status_code, send(phone, more).status_code]
    assert (answers, Request.objects.count()) == ([303, 303, 429], 2)


def test_harm_is_heard_however_often_the_device_was_reported(phone, pump, alarm):
    for _n in range(portal.SEND_DEVICE.most):
        limits.spend(f"portal device {pump.pk}", portal.SEND_DEVICE)
    assert send(phone, walk(phone, pump, "Alarm", "No", "Yes, wiped down")).status_code == 429
    assert send(phone, walk(phone, pump, "Alarm", "Yes")).status_code == 303


# Without a label ----------------------------------------------------------------------------------------------------


def test_the_number_or_a_scanned_address_leads_to_the_same_questions(phone, pump, alarm):
    assert phone.get("/help").status_code == 200
    assert phone.get(f"/help?tag=https://x.example/r/{pump.code}")["Location"] == f"/r/{pump.code}"
    page = phone.get(f"/help?tag={pump.tag.lower()}")
    last = tap(phone, tap(phone, tap(phone, page, "Alarm"), "No"), "Yes, wiped down")
    ticket_in(phone.post(f"/help?{last.request['QUERY_STRING']}", hidden(last)))
    assert Request.objects.get().asset_id == pump.pk
    assert phone.get("/help?tag=NOTHING").status_code == 404


def test_walking_the_numbers_is_stopped(phone, pump):
    statuses = [phone.get(f"/help?tag=T{n}").status_code for n in range(gate.SEARCH.most + 1)]
    assert (statuses[0], statuses[-1]) == (404, 429)


@pytest.mark.parametrize(("mode", "found"), [("on", (200, 200)), ("codes", (200, 404)), ("off", (404, 404))])
def test_a_house_switches_it_off(phone, pump, settings, mode, found):
    settings.HELP_PORTAL = mode
    assert (phone.get(f"/r/{pump.code}").status_code, phone.get("/help").status_code) == found


def test_a_device_that_is_gone_is_not_reported(phone, pump, alarm):
    writes(lambda: Asset.objects.filter(pk=pump.pk).update(status="retired"))()
    assert "not in use" in phone.get(f"/r/{pump.code}").content.decode()


# The ticket ---------------------------------------------------------------------------------------------------------


def finished(system, request) -> WorkOrder:
    order = operations.order_request(by=system, request_id=request.pk).work_order
    return close_work(by=system, work_order_id=order.pk, verdict="not_done", work_done="Nothing found")


def test_a_question_is_answered_on_the_page_of_the_ticket(phone, system, pump, alarm):
    request = operations.receive_request(by=system, asset_id=pump.pk, symptom_id=alarm.pk)
    operations.ask_requester(by=system, request_id=request.pk, text="Which alarm number?")
    page = phone.get(f"/t/{request.code}")
    assert "Which alarm number?" in page.content.decode()
    assert phone.post(f"/t/{request.code}", {"text": "  "}).status_code == 409
    assert phone.post(f"/t/{request.code}", {"text": "E 12"}).status_code == 302
    request.refresh_from_db()
    assert request.state == "new"


def test_feedback_is_given_once_and_only_after_the_end(phone, system, pump, alarm):
    request = operations.receive_request(by=system, asset_id=pump.pk, symptom_id=alarm.pk)
    address = f"/t/{request.code}"
    assert phone.post(address, {"solved": "yes"}).status_code == 409
    finished(system, request)
    assert "Is it solved?" in phone.get(address).content.decode()
    assert phone.post(address, {"solved": "yes", "words": "Quick, thanks"}).status_code == 302
    request.refresh_from_db()
    assert (request.solved, request.feedback) == (True, "Quick, thanks")
    assert phone.post(address, {"solved": "no"}).status_code == 409


def test_still_broken_makes_a_new_request_that_follows(phone, system, pump, alarm):
    request = operations.receive_request(by=system, asset_id=pump.pk, symptom_id=alarm.pk)
    finished(system, request)
    key = hidden(phone.get(f"/t/{request.code}"))["k"]
    answers = [phone.post(f"/t/{request.code}", {"solved": "no", "words": "again", "k": key}) for _n in range(2)]
    again = Request.objects.get(follows=request)
    assert [answer["Location"] for answer in answers] == [f"/t/{again.code}"] * 2
    assert (again.title, again.words, again.state) == ("Still broken: Alarm", "again", "new")


# Weight -------------------------------------------------------------------------------------------------------------


def test_every_page_with_all_it_loads_is_under_60_kb(phone, pump, system):
    operations.load_reference(by=system)
    pages = [walk(phone, pump), walk(phone, pump, "Battery", "No"), walk(phone, pump, "Battery", "Yes")]
    pages.append(send(phone, pages[-1], k="of another day", words="x" * 1000))
    pages.append(phone.get(ticket_in(send(phone, pages[2]))))
    for page in pages:
        text = page.content.decode()
        loaded = re.findall(r'(?:src|href)="/static/([^"]+)"', text)
        assert sorted(loaded) == ["helpdesk/portal.css", "wardwright/mark.svg"]
        assert "<script" not in text
        files = [next(STATIC.glob(f"**/static/{name}")) for name in loaded]
        weight = len(page.content) + sum(file.stat().st_size for file in files)
        assert weight < 60_000
        assert len(gzip.compress(page.content)) + sum(len(gzip.compress(f.read_bytes())) for f in files) < 12_000


def test_it_sets_no_cookie_and_needs_none(pump, alarm):
    strict = Client(enforce_csrf_checks=True)
    page = walk(strict, pump, "Alarm", "No", "Yes, wiped down")
    answer = send(strict, page)
    assert (answer.status_code, dict(strict.cookies)) == (303, {})


def test_who_is_logged_in_is_not_who_acts(pump, alarm):
    client = Client()
    client.force_login(make_user(), backend="wardwright.platform.access.login.PasswordBackend")
    send(client, walk(client, pump, "Alarm", "No", "Yes, wiped down"))
    assert AuditChange.objects.get(operation="helpdesk.send_request").actor_name == "portal"
