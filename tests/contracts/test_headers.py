"""The headers of every page, of files, of the API and of refusals: equal to what is written here, none missing."""

import pytest
from django.test import Client
from django.urls import reverse

from tests import world
from wardwright.platform.signon.models import Passkey

from .addresses import addresses

pytestmark = pytest.mark.django_db
BACKEND = "wardwright.platform.access.login.PasswordBackend"
POLICY = {
    "default-src": {"'none'"},
    "script-src": {"'self'"},
    "style-src": {"'self'"},
    "img-src": {"'self'", "data:", "blob:"},
    "font-src": {"'self'"},
    "connect-src": {"'self'"},
    "manifest-src": {"'self'"},
    "object-src": {"'none'"},
    "form-action": {"'self'"},
    "base-uri": {"'none'"},
    "frame-ancestors": {"'none'"},
}
WITH_SCANNER = {**POLICY, "script-src": {"'self'", "'wasm-unsafe-eval'"}}
#: Pages that read bar codes with WebAssembly.
SCANNING = {"scan", "count", "library-scan", "library-round", "loan-request"}
SANDBOX = {name: {"'none'"} for name in ("default-src", "base-uri", "form-action", "frame-ancestors")} | {
    "sandbox": set()
}
ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
ALLOWED = {
    "camera": "(self)",
    "publickey-credentials-get": "(self)",
    "publickey-credentials-create": "(self)",
}


def policy_of(answer):
    parts = [part.split() for part in answer.headers.get("Content-Security-Policy", "").split(";") if part.strip()]
    return {name: set(values) for name, *values in parts}


def is_file(answer):
    """Something that somebody once sent: it opens in a sandbox."""
    return answer.streaming and "sandbox" in policy_of(answer)


def wrong_with(answer, policy=None):
    """Words on every header that is not as it should be."""
    found = [f"{name}: {answer.get(name)}" for name, value in ALWAYS.items() if answer.get(name) != value]
    permissions = dict(part.strip().split("=", 1) for part in answer.get("Permissions-Policy", "x=y").split(","))
    if {name: value for name, value in permissions.items() if value != "()"} != ALLOWED:
        found.append(f"Permissions-Policy: {permissions}")
    if len(answer.get("X-Request-ID", "")) != 16:
        found.append("no id")
    if answer.get("Server") != "wardwright" or "X-Powered-By" in answer:
        found.append("a banner")
    if policy is not None and policy_of(answer) != policy:
        found.append(f"policy: {policy_of(answer)}")
    return found


def test_every_page(built):
    """Each page as an administrator sees it and as a stranger does; one test, for the sum of them is quick."""
    values = {**built.here.values, **world.whole_house(built)}
    admin, stranger = Client(), Client()
    admin.force_login(world.administrator(), backend=BACKEND)
    owner = Client()
    owner.force_login(Passkey.objects.get(pk=values["passkey_id"]).user, backend=BACKEND)
    wrong = {}
    for address in addresses():
        client = owner if "passkey_id" in address.parameters else admin
        if address.name == "logout":
            continue
        url = address.url({**dict.fromkeys(address.parameters, "nothing-known"), **values})
        answer, refused = client.get(url), stranger.get(url)
        usual = WITH_SCANNER if address.name in SCANNING else POLICY
        told = wrong_with(answer, SANDBOX if is_file(answer) else usual)
        told += [f"stranger: {words}" for words in wrong_with(refused, SANDBOX if is_file(refused) else usual)]
        if told:
            wrong[address.name] = told
    assert wrong == {}, "\n".join(f"{name}: {words}" for name, words in wrong.items())


@pytest.mark.parametrize("path", ["/no-such-page", "/api/v1/assets", "/api/v1/none", "/api/v1/openapi.json", "/health"])
def test_answers_that_are_no_page(path):
    assert wrong_with(Client().get(path), POLICY) == []


def test_hsts_only_with_tls(settings):
    assert "Strict-Transport-Security" not in Client().get(reverse("login"))
    settings.SECURE_HSTS_SECONDS = 31536000  # what WARDWRIGHT_TLS=1 sets
    answer = Client().get(reverse("login"), secure=True)
    assert answer["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains"


def test_private_pages_are_not_kept():
    client = Client()
    client.force_login(world.administrator(), backend=BACKEND)
    assert client.get(reverse("home"))["Cache-Control"] == "no-store, private"
