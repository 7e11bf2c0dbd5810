"""ID tokens as no honest provider writes them: each is refused, and nobody comes in."""

import base64
import hashlib
import hmac
import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client
from django.urls import reverse
from joserfc import jwt
from joserfc.jwk import RSAKey

from tests import factories
from wardwright.apps.directory.operations import create_provider
from wardwright.platform.access.models import User
from wardwright.platform.signon import oidc
from wardwright.platform.signon.models import AccessEvent, OpenSession, Provider

pytestmark = pytest.mark.django_db
KEY, OTHER = RSAKey.generate_key(2048, {"kid": "k"}), RSAKey.generate_key(2048, {"kid": "k"})
ACCESS = "access-token"


class Hostile(BaseHTTPRequestHandler):
    """Answers what the test has put into ``server.answers``."""

    def do_GET(self):
        self._answer()

    def do_POST(self):
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self._answer()

    def _answer(self):
        body = json.dumps(self.server.answers.get(self.path, {})).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        pass


@pytest.fixture(scope="module")
def server():
    with ThreadingHTTPServer(("127.0.0.1", 0), Hostile) as running:
        thread = threading.Thread(target=running.serve_forever, daemon=True)
        thread.start()
        yield running
        running.shutdown()
        thread.join()


@pytest.fixture
def issuer(server, settings):
    at = f"http://127.0.0.1:{server.server_port}"
    server.answers = {
        "/.well-known/openid-configuration": {
            "issuer": at, "authorization_endpoint": f"{at}/auth", "token_endpoint": f"{at}/token",
            "jwks_uri": f"{at}/keys", "userinfo_endpoint": f"{at}/who",
        },
        "/keys": {"keys": [KEY.as_dict(private=False)]},
        "/who": {"sub": "7"},
    }  # fmt: skip
    oidc.forget_known()
    settings.BASE_URL = "http://127.0.0.1:8000"
    values = {"name": "Hostile", "issuer": at, "client_id": "wardwright", "provisions": True}
    create_provider(by=factories.make_user(), code="hostile", values=values)
    return at


def half(text, algorithm=hashlib.sha256):
    digest = algorithm(text.encode()).digest()
    return base64.urlsafe_b64encode(digest[: len(digest) // 2]).rstrip(b"=").decode()


def plain(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def signed(claims, *, key=KEY, header=None):
    header = header or {"alg": "RS256", "kid": "k"}
    if header["alg"] in ("none", "HS256"):  # by hand: the library refuses to help
        text = f"{plain(json.dumps(header).encode())}.{plain(json.dumps(claims).encode())}"
        return f"{text}." + ("" if key is KEY else plain(hmac.digest(key, text.encode(), "sha256")))
    return jwt.encode(header, claims, key, algorithms=[header["alg"]])


def attempt(server, issuer, change=None, **how):
    """The whole way with an ID token whose claims are changed; (status, whether somebody came in)."""
    client = Client()
    there = client.get(reverse("oidc-start", args=["hostile"]), {"next": "/account/"})
    asked = {name: values[0] for name, values in parse_qs(urlsplit(there["Location"]).query).items()}
    now = int(time.time())
    claims = {
        "iss": issuer, "sub": "7", "aud": "wardwright", "exp": now + 300, "iat": now, "nonce": asked["nonce"],
        "at_hash": half(ACCESS), "preferred_username": "mallory",
    }  # fmt: skip
    claims = {k: v for k, v in {**claims, **(change or {})}.items() if v is not None}
    server.answers["/token"] = {"access_token": ACCESS, "token_type": "Bearer", "id_token": signed(claims, **how)}
    answer = client.get(reverse("oidc-return", args=["hostile"]), {"code": "c", "state": asked["state"]})
    return answer.status_code, client.get("/account/").status_code == 200


def test_an_honest_token_opens(server, issuer):
    assert attempt(server, issuer) == (302, True)


LATE, SOON = int(time.time()) - 3600, int(time.time()) + 36000
LIES = {
    "another nonce": {"nonce": "n" * 43},
    "no nonce": {"nonce": None},
    "for somebody else": {"aud": "other"},
    "for several, authorised for another": {"aud": ["wardwright", "other"], "azp": "other"},
    "no audience": {"aud": None},
    "another issuer": {"iss": "https://evil.example"},
    "over": {"exp": LATE, "iat": LATE - 300},
    "without an end": {"exp": None},
    "from the future": {"iat": SOON, "exp": SOON + 300},
    "not yet": {"nbf": SOON},
    "of another access token": {"at_hash": "x" * 22},
    "of nobody": {"sub": None},
    "of an empty subject": {"sub": ""},
    "of a number": {"sub": 7},
    "of far too long a subject": {"sub": "s" * 300},
}


@pytest.mark.parametrize("lie", LIES)
def test_a_token_that_lies_is_refused(server, issuer, lie):
    assert attempt(server, issuer, LIES[lie]) == (403, False)
    assert not User.objects.filter(username="mallory").exists()
    assert AccessEvent.objects.filter(kind="refused").count() == 1


FORGED = {
    "unsigned": {"header": {"alg": "none"}},
    "signed with another key": {"key": OTHER},
    "signed with our public key as a secret": {
        "key": KEY.as_pem(private=False), "header": {"alg": "HS256", "kid": "k"},
    },
    "signed with the client's secret": {"key": b"the client's secret", "header": {"alg": "HS256", "kid": "k"}},
    "naming a key of its own": {
        "key": OTHER, "header": {"alg": "RS256", "kid": "k", "jwk": OTHER.as_dict(private=False)},
    },
    "naming a key that is not there": {"key": OTHER, "header": {"alg": "RS256", "kid": "other"}},
}  # fmt: skip


@pytest.mark.parametrize("forged", FORGED)
def test_a_forged_token_is_refused(server, issuer, forged):
    assert attempt(server, issuer, **FORGED[forged]) == (403, False)
    assert not User.objects.filter(username="mallory").exists()


def test_user_info_about_somebody_else_is_refused(server, issuer):
    server.answers["/who"] = {"sub": "8", "groups": ["Administrators"]}
    assert attempt(server, issuer) == (403, False)


@pytest.mark.parametrize("token", [{}, {"id_token": 7}, {"id_token": "a.b"}, {"id_token": "a.b.c"}, []])
def test_nonsense_instead_of_a_token_is_refused(server, issuer, token):
    client = Client()
    asked = parse_qs(urlsplit(client.get(reverse("oidc-start", args=["hostile"]))["Location"]).query)
    server.answers["/token"] = token
    answer = client.get(reverse("oidc-return", args=["hostile"]), {"code": "c", "state": asked["state"][0]})
    assert answer.status_code == 403


@pytest.mark.parametrize(
    "change", [{"issuer": "https://evil.example"}, {"token_endpoint": "http://evil.example/t"}, {"jwks_uri": None}]
)
def test_a_description_that_does_not_fit_is_refused(server, issuer, change):
    server.answers["/.well-known/openid-configuration"] |= change
    oidc.forget_known()
    assert Client().get(reverse("oidc-start", args=["hostile"])).status_code == 409


def test_a_new_key_of_the_provider_is_fetched(server, issuer):
    assert attempt(server, issuer)[1]
    newer = RSAKey.generate_key(2048, {"kid": "newer"})
    server.answers["/keys"] = {"keys": [newer.as_dict(private=False)]}
    oidc._known[issuer].at -= 120
    assert attempt(server, issuer, key=newer, header={"alg": "RS256", "kid": "newer"}) == (302, True)


# Back-channel log-out -------------------------------------------------------------------------------------------


def logout_token(issuer, **change):
    claims = {
        "iss": issuer, "aud": "wardwright", "iat": int(time.time()), "jti": "1", "sub": "7",
        "events": {oidc.BACK_CHANNEL: {}},
    }  # fmt: skip
    return signed({k: v for k, v in {**claims, **change}.items() if v is not None})


def test_signed_out_there_is_signed_out_here(server, issuer):
    assert attempt(server, issuer) == (302, True)
    ended = Client(enforce_csrf_checks=True).post(
        reverse("oidc-ended", args=["hostile"]), {"logout_token": logout_token(issuer)}
    )
    assert ended.status_code == 200
    assert OpenSession.objects.filter(provider_id=Provider.objects.get().pk, ended_at=None).count() == 0


@pytest.mark.parametrize(
    "change",
    [{"events": {}}, {"nonce": "n"}, {"aud": "other"}, {"iss": "x"}, {"sub": None}, {"iat": LATE}, {"jti": None}],
)
def test_a_log_out_that_is_none_ends_nothing(server, issuer, change):
    attempt(server, issuer)
    answer = Client().post(reverse("oidc-ended", args=["hostile"]), {"logout_token": logout_token(issuer, **change)})
    assert (answer.status_code, OpenSession.objects.filter(ended_at=None).count()) == (400, 1)
