"""Lines of the log: one request one id, everything found by it, no secret in any of them, none that is forged."""

import io
import json
import logging
import re

import pytest
from django.test import Client, RequestFactory
from django.urls import resolve

from tests import factories, world
from tests.jobs import run_all
from wardwright.platform.audit.models import AuditChange
from wardwright.platform.core import tracing
from wardwright.platform.core.logs import JsonFormatter, LineFormatter, without_secrets
from wardwright.platform.jobs.models import Job, JobState

BACKEND = "wardwright.platform.access.login.PasswordBackend"
SECRET = "hunter2-correct-horse"
FORGED = "x\n2026-01-01T00:00:00.000Z INFO wardwright.access sign-in who=1\r\x1b[2K\u2028end"


@pytest.fixture
def logged():
    """Everything any logger writes while the test runs, as ``(lines(), objects())``."""
    streams = {kind: io.StringIO() for kind in (LineFormatter, JsonFormatter)}
    handlers = [logging.StreamHandler(stream) for stream in streams.values()]
    root, ours = logging.getLogger(), logging.getLogger("wardwright.request")
    level, ours_level = root.level, ours.level
    for handler, kind in zip(handlers, streams, strict=True):
        handler.setFormatter(kind())
        root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    ours.setLevel(logging.INFO)

    class Logged:
        @property
        def text(self):
            return streams[LineFormatter].getvalue() + streams[JsonFormatter].getvalue()

        @property
        def lines(self):
            return streams[LineFormatter].getvalue().split("\n")[:-1]

        @property
        def objects(self):
            return [json.loads(line) for line in streams[JsonFormatter].getvalue().split("\n")[:-1]]

        def answered(self):
            return [fact for fact in self.objects if fact["from"] == "wardwright.request"]

    yield Logged()
    for handler in handlers:
        root.removeHandler(handler)
    root.setLevel(level)
    ours.setLevel(ours_level)


def client_of(user) -> Client:
    client = Client()
    client.force_login(user, backend=BACKEND)
    return client


def test_every_answer_has_an_id_of_its_own():
    ids = {Client().get("/health")["X-Request-ID"] for _ in range(3)}
    assert len(ids) == 3
    assert all(re.fullmatch("[0-9a-f]{16}", trace) for trace in ids)


@pytest.mark.parametrize(
    ("tls", "given", "taken"),
    [
        (True, "abcdef12-proxy_1", "abcdef12-proxy_1"),
        (True, "0b5f0a52-5a3c-4f0e-9d4f-0123456789ab", "0b5f0a525a3c4f0e9d4f0123456789ab"),
        (False, "abcdef12-proxy_1", None),
        (True, "short", None),
        (True, "a" * 33, None),
        (True, "abcdefgh\nSet-Cookie: x=1", None),
        (True, "abcdefgh ü", None),
    ],
)
def test_the_id_of_a_proxy_is_taken_when_it_is_well_formed(settings, tls, given, taken):
    settings.BEHIND_TLS = tls
    answered = Client().get("/health", HTTP_X_REQUEST_ID=given)["X-Request-ID"]
    assert answered == taken if taken else re.fullmatch("[0-9a-f]{16}", answered)


@pytest.mark.django_db
def test_one_id_leads_from_the_answer_to_trail_job_and_log(logged):
    user = factories.make_user(permissions=["audit.view"])
    answer = client_of(user).post("/audit/verification/", {"once": "k"})
    trace = answer["X-Request-ID"]
    job = Job.objects.get(asked_in=trace)
    assert job.state == JobState.READY
    Job.objects.filter(pk=job.pk).update(task="tests.ops.tasks.breaks")
    run_all()
    told = next(fact for fact in logged.objects if fact["from"] == "wardwright.jobs")
    assert (told["request"], told["job"], told["task"]) == (trace, job.pk, "tests.ops.tasks.breaks")
    assert tracing.current_trace() == ""
    line = logged.answered()[0]
    assert (line["request"], line["who"], line["view"], line["method"], line["status"]) == (
        trace, user.pk, "audit-verification", "POST", answer.status_code,
    )  # fmt: skip


@pytest.mark.django_db
def test_the_trail_says_in_which_request():
    user = factories.make_user(permissions=[])
    answer = Client().post("/login/", {"username": user.username, "password": "wrong"})
    change = AuditChange.objects.order_by("-id").first()
    assert (answer.status_code, change.source) == (422, f"page {answer['X-Request-ID']}")


@pytest.mark.django_db
def test_no_secret_is_in_any_line(logged, settings):
    """Sends one word wherever a secret, or something personal, can be; then it must not be anywhere in the log."""
    user = factories.make_user(permissions=["*"])
    quiet = {"raise_request_exception": False}
    client = Client(**quiet)
    client.post("/login/", {"username": user.username, "password": SECRET})
    client.post("/login/", {"username": SECRET, "password": SECRET})
    client.post("/login/second/", {"code": SECRET})
    client.get("/devices/", {"q": SECRET, "next": SECRET})
    client.get("/login/", {"next": f"/{SECRET}"})
    client.get(f"/shown/{SECRET}/")
    client.post(f"/shown/{SECRET}/")
    client.get(f"/help/{SECRET}/")
    client.get(f"/{SECRET}", HTTP_REFERER=f"http://testserver/?q={SECRET}", HTTP_USER_AGENT=SECRET)
    client.cookies[settings.SESSION_COOKIE_NAME] = SECRET
    client.get("/")
    for path in ("assets", "users", f"no/{SECRET}"):
        client.get(f"/api/v1/{path}?q={SECRET}", HTTP_AUTHORIZATION=f"Bearer {SECRET}")
        client.get(f"/api/v1/{path}", HTTP_AUTHORIZATION=f"Basic {SECRET}", HTTP_X_API_KEY=SECRET)
    client.get("/metrics", HTTP_AUTHORIZATION=f"Bearer {SECRET}", REMOTE_ADDR="192.0.2.1")
    Client(enforce_csrf_checks=True, **quiet).post(f"/login/?q={SECRET}", {"password": SECRET})
    inside = client_of(user)
    inside.post("/account/password/", {"current": SECRET, "new": SECRET, "again": SECRET})
    inside.get("/search/", {"q": SECRET})
    inside.post("/devices/new/", {"serial_number": SECRET})
    assert len(logged.answered()) >= 20
    assert SECRET not in logged.text


def test_a_fault_tells_where_and_hides_what(logged):
    """What Django writes of a page that broke: the route is told, the path and the secrets are not."""
    log = logging.getLogger("django.request")
    try:
        broken()
    except RuntimeError:
        log.exception("Internal Server Error: %s", f"/shown/{SECRET}/", extra={"request": _request()})
    assert "Internal Server Error: shown/<str:secret>/" in logged.text
    assert SECRET not in logged.text


def broken():
    raise RuntimeError(f"password={SECRET} at postgresql://wardwright:{SECRET}@db/x?sslmode={SECRET}")


def _request():
    request = RequestFactory().get(f"/shown/{SECRET}/")
    request.resolver_match = resolve(request.path)
    return request


@pytest.mark.parametrize(
    "text",
    [
        f"password={SECRET}", f"new_password: '{SECRET}'", f'{{"token": "{SECRET}"}}', f"Bearer {SECRET}",
        f"Authorization: Bearer {SECRET}", f"api_key={SECRET}",
        f"Cookie: sessionid={SECRET}; csrftoken={SECRET}", f"smtp://me:{SECRET}@host:587",
        f"ww_{SECRET}", f"GET /devices/?q={SECRET}", f"client_secret={SECRET}&x=1", f"/shown/{SECRET}/",
    ],
)  # fmt: skip
def test_what_looks_like_a_secret_is_hidden(text):
    assert SECRET not in without_secrets(f"before {text} after")


def test_what_is_none_stays():
    words = "Job 7 (wardwright.apps.x) failed: asset 12 at 14:05, 3 tokens; path /devices/12/"
    assert without_secrets(words) == words


def test_no_line_is_forged(logged):
    log = logging.getLogger("wardwright.test")
    log.warning("mail from %r became no request: %s", "x@example.org", FORGED)
    try:
        raise ValueError(FORGED)
    except ValueError:
        log.exception("broke")
    assert [line[:4] for line in logged.lines if not line.startswith("  | ")] == [line[:4] for line in logged.lines[:2]]
    heads = [line for line in logged.lines if re.match(r"\d{4}-", line)]
    assert [head.split(" ")[2] for head in heads] == ["wardwright.test", "wardwright.test"]
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028]", logged.text)
    assert [fact["words"].split(" ")[0] for fact in logged.objects] == ["mail", "broke"]


@pytest.mark.django_db
def test_a_line_names_rows_by_number_and_nobody_by_name(logged):
    admin, asset = world.administrator(), factories.make_asset()
    client_of(admin).get(f"/devices/{asset.pk}/")
    line = logged.answered()[0]
    assert (line["status"], line["rows"], line["who"]) == (200, {"asset_id": asset.pk}, admin.pk)
    assert admin.username not in logged.text
