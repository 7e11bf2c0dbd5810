"""Webhooks: what is told, signed, tried again, given up; and never to a machine inside. A real receiver on loopback."""

import hashlib
import hmac
import json
import threading
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from ipaddress import ip_address

import pytest

from tests.factories import make_asset, make_notice, make_person, make_site, make_user
from tests.jobs import make_due, run_all
from wardwright.apps.assets.operations import move_asset
from wardwright.apps.notices.operations import open_case
from wardwright.platform.audit.models import AuditRecord
from wardwright.platform.core.change import System
from wardwright.platform.core.errors import Denied, Invalid, NotNow
from wardwright.platform.core.outside import is_outside
from wardwright.platform.events.registry import EVENTS
from wardwright.platform.notify.webhooks.feeding import sayable
from wardwright.platform.notify.webhooks.jobs import PAUSES, deliver
from wardwright.platform.notify.webhooks.models import Delivery, DeliveryState, Webhook
from wardwright.platform.notify.webhooks.operations import (
    change_webhook,
    create_webhook,
    renew_webhook_secret,
    send_again,
    try_webhook,
)
from wardwright.platform.notify.webhooks.outside import Failed, Refused, addresses_of, parse, post
from wardwright.platform.notify.webhooks.signing import secret_of
from wardwright.platform.notify.webhooks.watching import stop_silent_webhooks

pytestmark = pytest.mark.django_db
BY = System("test")


class Receiver(HTTPServer):
    """Keeps what it got; answers ``status`` (and where to go, when that is a redirect)."""

    def __init__(self):
        super().__init__(("127.0.0.1", 0), _Handler)
        self.got, self.status, self.words = [], 200, "thanks"
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_address[1]}/hook?a=1"


class _Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.got.append((self.path, dict(self.headers), body))
        self.send_response(self.server.status)
        if self.server.status == 302:
            self.send_header("Location", self.server.url)
        self.end_headers()
        self.wfile.write(self.server.words.encode())

    def log_message(self, *args):
        pass


@pytest.fixture
def receiver(settings):
    settings.WEBHOOK_HOSTS = ["127.0.0.1"]
    server = Receiver()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def hook(receiver):
    return create_webhook(by=BY, name="Tracker", address=receiver.url, events=["assets.AssetMoved"])


def move(asset=None):
    asset = asset or make_asset()
    move_asset(by=BY, asset_id=asset.pk, site_id=make_site().pk, note="secret note")
    return asset


class TestDelivery:
    def test_an_event_arrives_signed_with_ids_only(self, hook, receiver):
        asset = move()
        run_all()
        ((path, headers, body),) = receiver.got
        message = json.loads(body)
        assert (path, headers["Content-Type"]) == ("/hook?a=1", "application/json")
        assert headers["Wardwright-Event"] == message["event"] == "assets.AssetMoved"
        asset.refresh_from_db()
        assert message["data"] == {
            "asset_id": asset.pk,
            "site_id": asset.site_id,
            "department_id": None,
            "room_id": None,
        }
        at, made = (part.partition("=")[2] for part in headers["Wardwright-Signature"].split(","))
        secret = secret_of(hook.pk, hook.salt)
        assert made == hmac.new(secret.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()
        row = Delivery.objects.get()
        assert (row.state, row.status, row.answer, row.attempts) == ("delivered", 200, "thanks", 1)

    def test_only_chosen_events_are_told_and_nothing_that_rolled_back(self, hook, receiver):
        make_asset()
        asset = make_asset()
        with pytest.raises(Invalid):
            move_asset(by=BY, asset_id=asset.pk, site_id=10**6)
        assert Delivery.objects.count() == 0
        change_webhook(by=BY, webhook_id=hook.pk, events=["*"])
        move(asset)
        assert [row.event for row in Delivery.objects.all()] == ["assets.AssetMoved"]

    def test_a_refusal_is_tried_again_with_growing_pauses_and_given_up_after_a_day(self, hook, receiver):
        receiver.status, receiver.words = 500, "b\x00roken\n" * 100
        move()
        run_all()
        row = Delivery.objects.get()
        assert (row.state, row.status, row.attempts, len(row.answer)) == ("waiting", 500, 1, 300)
        for _ in PAUSES:
            make_due()
            run_all()
        row.refresh_from_db()
        assert (row.state, row.attempts, row.next_at) == ("failed", len(PAUSES) + 1, None)
        assert timedelta(hours=22) < sum(PAUSES, timedelta()) < timedelta(hours=25)
        assert len(receiver.got) == len(PAUSES) + 1
        assert len({json.loads(body)["id"] for _, _, body in receiver.got}) == 1

    def test_what_nobody_takes_is_stopped_and_says_so(self, hook, receiver):
        receiver.status = 503
        move()
        for _ in range(len(PAUSES) + 1):
            make_due()
            run_all()
        assert stop_silent_webhooks.func() == {"stopped": 1}
        hook.refresh_from_db()
        assert (hook.is_active, hook.stopped_why) == (False, "thanks")
        move()
        assert Delivery.objects.count() == 1
        change_webhook(by=BY, webhook_id=hook.pk, values={"is_active": True})
        assert stop_silent_webhooks.func() == {"stopped": 0}
        hook.refresh_from_db()
        assert (hook.is_active, hook.stopped_at) == (True, None)

    def test_a_redirect_is_not_followed(self, hook, receiver):
        receiver.status = 302
        move()
        run_all()
        assert (len(receiver.got), Delivery.objects.get().status) == (1, 302)

    def test_a_second_run_of_the_same_job_sends_nothing(self, hook, receiver):
        move()
        run_all()
        assert deliver.func(Delivery.objects.get().pk) == "nothing to send"
        assert len(receiver.got) == 1

    def test_a_message_is_sent_again_with_its_key_and_a_trial_can_be_sent(self, hook, receiver):
        move()
        run_all()
        row = Delivery.objects.get()
        send_again(by=BY, delivery_id=row.pk)
        with pytest.raises(NotNow):
            send_again(by=BY, delivery_id=row.pk)
        try_webhook(by=BY, webhook_id=hook.pk)
        run_all()
        first, second, third = (json.loads(body) for _, _, body in receiver.got)
        assert first["id"] == second["id"] != third["id"]
        assert third["event"] == "webhooks.WebhookTried"

    def test_a_new_secret_signs_and_the_trail_holds_none(self, hook, receiver):
        before = secret_of(hook.pk, hook.salt)
        hook = renew_webhook_secret(by=BY, webhook_id=hook.pk)
        after = secret_of(hook.pk, hook.salt)
        assert before != after
        kept = "".join(f"{r.before}{r.after}" for r in AuditRecord.objects.filter(table_name="notify_webhook"))
        assert before not in kept
        assert after not in kept

    def test_an_unreachable_receiver_is_words_in_the_log(self, hook, receiver):
        receiver.shutdown()
        receiver.server_close()
        move()
        run_all()
        assert (Delivery.objects.get().state, Delivery.objects.get().status) == ("waiting", None)
        assert "refused" in Delivery.objects.get().answer.lower()


class TestInside:
    @pytest.mark.parametrize(
        "address",
        [
            "127.0.0.1", "127.8.9.1", "0.0.0.0", "10.1.2.3", "172.16.0.9", "192.168.1.1", "169.254.169.254",
            "100.64.0.1", "192.0.0.8", "198.18.0.1", "224.0.0.1", "240.0.0.1", "255.255.255.255",
            "::1", "::", "fe80::1", "fc00::1", "fd12::1", "ff02::1", "::ffff:10.0.0.1", "::ffff:127.0.0.1",
            "64:ff9b::a00:1", "2002:0a00:0001::1", "2001:0:53aa:64c::1", "2001:db8::1",
        ],
    )  # fmt: skip
    def test_addresses_inside_are_known(self, address):
        assert not is_outside(ip_address(address))

    @pytest.mark.parametrize("address", ["8.8.8.8", "193.0.6.139", "2a00:1450:4001::1", "64:ff9b::808:808"])
    def test_addresses_outside_are_known(self, address):
        assert is_outside(ip_address(address))

    @pytest.mark.parametrize(
        "address",
        [
            "https://127.0.0.1/", "https://localhost/", "https://0x7f000001/", "https://2130706433/", "https://[::1]/",
            "https://10.0.0.1:443/x", "https://[::ffff:127.0.0.1]/", "http://example.org/", "ftp://example.org/",
            "file:///etc/passwd", "https://user:pw@example.org/", "https://example.org/#x", "https://", "nothing",
            "https://example.org:0/", "https://example.org:99999/", "https://exam ple.org/", "https://ex\nample.org/",
            "https://пример.рф/",
        ],
    )  # fmt: skip
    def test_an_address_inside_or_none_at_all_is_refused_when_it_is_typed(self, address):
        with pytest.raises(Invalid) as refused:
            create_webhook(by=BY, name="x", address=address, events=["*"])
        assert set(refused.value.fields) <= {"address"}
        assert Webhook.objects.count() == 0

    def test_and_when_the_name_leads_inside_later(self, hook, receiver, settings):
        settings.WEBHOOK_HOSTS = []
        move()
        run_all()
        row = Delivery.objects.get()
        assert (row.state, len(receiver.got)) == (DeliveryState.FAILED, 0)

    def test_the_connection_goes_to_the_address_that_was_checked(self, receiver, monkeypatch):
        """A name that means another machine at the second look: there is no second look."""
        looks = []

        def look(host, port, *rest, **kind):
            if host == "192.0.2.1":
                return [(2, 1, 6, "", (host, port))]
            looks.append(host)
            return [(2, 1, 6, "", ("127.0.0.1" if len(looks) > 1 else "192.0.2.1", port))]

        monkeypatch.setattr("wardwright.platform.notify.webhooks.outside.socket.getaddrinfo", look)
        monkeypatch.setattr("wardwright.platform.notify.webhooks.outside.is_outside", lambda address: True)
        monkeypatch.setattr("wardwright.platform.notify.webhooks.outside.TIMEOUT_SECONDS", 0.05)
        with pytest.raises(Failed):
            post(f"https://rebind.example:{receiver.server_address[1]}/", b"{}", {})
        assert (looks, len(receiver.got)) == (["rebind.example"], 0)

    def test_one_bad_address_among_several_is_enough(self, monkeypatch):
        found = [(2, 1, 6, "", ("8.8.8.8", 443)), (2, 1, 6, "", ("10.0.0.1", 443))]
        monkeypatch.setattr("wardwright.platform.notify.webhooks.outside.socket.getaddrinfo", lambda *a, **k: found)
        with pytest.raises(Refused):
            addresses_of(parse("https://two.example/"))


class TestWhatIsSaid:
    def test_texts_that_may_name_a_person_stay_here(self):
        payload = {"asset_id": 1, "by_name": "Ana", "note": "x", "status": "ok", "due_on": "2026-01-01", "ids": [1, 2]}
        assert sayable(payload) == {"asset_id": 1, "status": "ok", "due_on": "2026-01-01", "ids": [1, 2]}

    def test_notices_are_told_as_they_come_are_taken_and_closed(self, receiver):
        chosen = ("NoticesTakenIn", "NoticeMatched", "CaseOpened", "CaseEscalated", "CaseClosed", "ExposureDecided",
                  "ExposureSettled", "SourceFailed")  # fmt: skip
        create_webhook(by=BY, name="Desk", address=receiver.url, events=[f"notices.{name}" for name in chosen])
        case = make_notice().case
        open_case(by=BY, case_id=case.pk, owner_id=make_person().pk)
        run_all()
        got = {message["event"]: message["data"] for message in (json.loads(body) for _, _, body in receiver.got)}
        assert sorted(got) == [
            "notices.CaseClosed", "notices.CaseOpened", "notices.NoticeMatched", "notices.NoticesTakenIn"
        ]  # fmt: skip
        assert got["notices.CaseClosed"] == {"case_id": case.pk, "state": "none_owned"}
        assert got["notices.CaseOpened"] == {"case_id": case.pk, "severity": "II"}

    def test_what_notices_say_goes_out_whole(self):
        """Their texts are codes: class, clock, state, decision, outcome."""
        for name, cls in EVENTS.items():
            payload = dict.fromkeys(cls.__dataclass_fields__, "x")
            if name.startswith("notices."):
                codes = {key for key, kind in cls.__annotations__.items() if kind == "str"}
                assert set(sayable({key: payload[key] for key in codes})) == codes, name

    def test_every_event_says_something(self):
        silent = [
            name
            for name, cls in EVENTS.items()
            if cls.__module__.startswith("wardwright.") and not sayable(dict.fromkeys(cls.__dataclass_fields__, 1))
        ]
        assert silent == []


class TestWhoMay:
    def test_it_takes_the_right_at_every_site(self, receiver):
        here = make_user(permissions=["notify.webhooks"], scope=("site", make_site().pk))
        with pytest.raises(Denied):
            create_webhook(by=here, name="x", address=receiver.url, events=["*"])
        assert not Webhook.objects.visible_to(here).exists()

    def test_unknown_events_and_none_are_refused(self, receiver):
        for events in ([], ["assets.Exploded"]):
            with pytest.raises(Invalid):
                create_webhook(by=BY, name="x", address=receiver.url, events=events)
