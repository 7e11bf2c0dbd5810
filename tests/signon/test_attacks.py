"""Attacks on every form and door: CSRF, the host header, addresses elsewhere, who exists."""

import json
import re

import pytest
from django.test import Client
from django.urls import reverse

from tests import factories, world
from tests.contracts.addresses import addresses
from wardwright.platform.audit.models import AuditChange
from wardwright.platform.signon import operations, totp

pytestmark = pytest.mark.django_db
BACKEND = "wardwright.platform.access.login.PasswordBackend"
# Signed by the provider itself; and the portal, which is open to everybody and asks for no session. Everything else
# that takes a POST takes it from our own pages only.
WITHOUT_CSRF = {"oidc-ended", "portal", "help", "ticket"}
POSTS = [a for a in addresses() if a.name not in WITHOUT_CSRF]


@pytest.fixture(scope="module")
def built(django_db_setup, django_db_blocker):
    from django.db import transaction

    with django_db_blocker.unblock(), transaction.atomic():
        found = world.build()
        yield {**found.here.values, **world.whole_house(found)}
        transaction.set_rollback(True)


@pytest.mark.parametrize("address", POSTS, ids=lambda a: a.name)
def test_no_form_of_another_site_is_taken(built, address):
    """Every address of the house, also those that take no POST: none may change anything without the token."""
    client = Client(enforce_csrf_checks=True)
    client.force_login(world.administrator(), backend=BACKEND)
    changes = AuditChange.objects.count()
    answer = client.post(address.url(built), {"once": "x"}, headers={"Origin": "https://evil.example"})
    assert answer.status_code == 403, answer.content[:200]
    assert AuditChange.objects.count() == changes


def test_the_api_takes_no_session_without_the_token():
    client = Client(enforce_csrf_checks=True)
    client.force_login(factories.make_user(), backend=BACKEND)
    changes = AuditChange.objects.count()
    assert client.post("/api/v1/sites", "{}", content_type="application/json").status_code == 403
    assert AuditChange.objects.count() == changes


@pytest.mark.parametrize("path", ["/login/", "/", "/api/v1/assets", "/scim/v2/Users", "/shown/x/"])
@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "evil.example:80", "a b", "[::2]"])
def test_another_host_is_not_answered(path, host, settings):
    settings.ALLOWED_HOSTS = ["127.0.0.1", "testserver"]
    answer = Client(raise_request_exception=False).get(path, headers={"Host": host})
    assert answer.status_code == 400
    assert "evil" not in answer.get("Location", "")


def test_a_forwarded_host_is_ignored():
    answer = Client().get("/audit/", headers={"X-Forwarded-Host": "evil.example"})
    assert answer["Location"] == "/login/?next=%2Faudit%2F"


ELSEWHERE = [
    "https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)", "https:evil.example",
    "\t//evil.example",
]  # fmt: skip


@pytest.mark.parametrize("target", ELSEWHERE)
def test_the_second_step_sends_nobody_elsewhere(target):
    import pyotp

    user, secret = factories.make_user(username="ana"), totp.new_secret()
    codes = operations.add_totp(by=user, secret=secret, code=pyotp.TOTP(secret).now(), password=factories.PASSWORD)
    client = Client()
    client.post("/login/", {"username": "ana", "password": factories.PASSWORD, "next": target})
    assert client.post("/login/second/", {"code": codes[0]})["Location"] == "/"


def test_a_passkey_answers_alike_whoever_exists(settings):
    factories.make_user(username="ana")
    settings.BASE_URL = "https://devices.example"
    client = Client()
    answers = []
    for raw in ("AAAA", "BBBB"):
        client.post("/login/passkey/options/", "{}", content_type="application/json")
        sent = json.dumps({"response": {"id": raw, "rawId": raw, "type": "public-key", "response": {}}})
        answers.append(client.post("/login/passkey/", sent, content_type="application/json"))
    assert len({(a.status_code, a.content) for a in answers}) == 1
    assert answers[0].status_code == 422


@pytest.mark.parametrize(
    "body", ["", "[]", "{", '{"response": 7}', '{"response": {}}', "x" * 30_000, '{"second": true}']
)
def test_nonsense_at_the_passkeys_door_is_refused_in_words(body, settings):
    settings.BASE_URL = "https://devices.example"
    client = Client()
    client.post("/login/passkey/options/", "{}", content_type="application/json")
    answer = client.post("/login/passkey/", body, content_type="application/json")
    assert (answer.status_code, bool(answer.json()["message"])) == (422, True)


def test_a_challenge_is_good_for_one_answer(settings):
    settings.BASE_URL = "https://devices.example"
    client = Client()
    client.post("/login/passkey/options/", "{}", content_type="application/json")
    client.post("/login/passkey/", '{"response": {}}', content_type="application/json")
    again = client.post("/login/passkey/", '{"response": {}}', content_type="application/json")
    assert "took too long" in again.json()["message"]


def test_knocking_at_the_passkeys_door_is_limited(settings):
    settings.BASE_URL = "https://devices.example"
    client = Client()
    statuses = {
        client.post("/login/passkey/options/", "{}", content_type="application/json").status_code for _ in range(70)
    }
    assert statuses == {200, 429}


def test_links_are_not_guessed_at_leisure():
    client = Client()
    statuses = [client.get(reverse("shown", args=[f"guess{n}"])).status_code for n in range(40)]
    assert (statuses[0], statuses[-1]) == (403, 429)


def test_who_exists_is_not_said_by_words():
    factories.make_user(username="ana")
    factories.make_user(username="gone", is_active=False)
    pages = set()
    for name in ("ana", "bob", "gone"):
        answer = Client().post("/login/", {"username": name, "password": "wrong"})
        words = re.sub(r'value="[^"]*"|nonce-[\w-]+', "", answer.content.decode())
        pages.add((answer.status_code, words))
    assert len(pages) == 1


@pytest.mark.parametrize("address", ["/login/", "/", "/help", "/api/v1/assets"])
def test_trace_is_no_method_here(address):
    answer = Client().generic("TRACE", address, HTTP_COOKIE="sessionid=secret")
    assert (answer.status_code, b"secret" in answer.content) == (405, False)
