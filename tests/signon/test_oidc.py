"""Single sign-on against a real provider in its own process, and what is done with its answers here."""

import subprocess
import sys
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from django.test import Client
from django.urls import reverse

from tests import factories
from wardwright.apps.directory.operations import add_group_role, change_provider, create_provider
from wardwright.platform.access.models import Grant, User
from wardwright.platform.core.errors import Denied, Invalid
from wardwright.platform.signon import oidc
from wardwright.platform.signon.models import AccessEvent, Identity, OpenSession, Provider

from .provider import CLIENT, SECRET

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools"))
from postgres import free_port  # noqa: E402

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def hospital():
    """The address of the provider."""
    port = free_port()
    command = [sys.executable, "-W", "ignore", "-m", "tests.signon.provider", str(port)]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    try:
        assert process.stdout.readline() == "ready\n"
        yield f"http://127.0.0.1:{port}"
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


@pytest.fixture
def boss():
    return factories.make_user(name="IT")


@pytest.fixture
def provider(hospital, boss, settings):
    settings.OIDC_SECRETS = {"HOSPITAL": SECRET}
    settings.BASE_URL = "http://127.0.0.1:8000"
    oidc.forget_known()
    httpx.get(f"{hospital}/be/ana/")
    values = {"name": "Hospital", "issuer": f"{hospital}/o", "client_id": CLIENT, "provisions": True}
    return create_provider(by=boss, code="hospital", values=values)


def leave(client, target="/account/"):
    """To the provider and back to our door, with what it said in the address."""
    there = client.get(reverse("oidc-start", args=["hospital"]), {"next": target})
    assert there.status_code == 302, there.content.decode()
    back = httpx.get(there["Location"])
    assert back.status_code == 302, back.text
    return back.headers["Location"]


def come(client, target="/account/"):
    back = urlsplit(leave(client, target))
    return client.get(f"{back.path}?{back.query}")


def logged_in(client):
    return client.get("/account/").status_code == 200


def set_provider(provider, boss, **values):
    change_provider(by=boss, provider_id=provider.pk, values=values)


def test_somebody_comes_for_the_first_time_and_again(provider):
    client = Client()
    answer = come(client, "/account/second-factor/")
    assert (answer.status_code, answer["Location"]) == (302, "/account/second-factor/")
    user = User.objects.get(username="ana")
    assert (user.name, user.email, user.has_usable_password()) == ("Ana Reis", "ana@hospital.example", False)
    assert not Grant.objects.filter(user=user).exists()
    session = OpenSession.objects.get(user=user)
    assert (session.method, session.provider_session) == ("oidc:hospital", "sid-ana")
    assert come(Client()).status_code == 302
    assert User.objects.filter(username__startswith="ana").count() == 1
    assert list(AccessEvent.objects.filter(user=user).order_by("id").values_list("kind", flat=True)) == [
        "linked", "in", "in",
    ]  # fmt: skip


def test_pkce_state_and_nonce_go_along(provider):
    asked = parse_qs(urlsplit(Client().get(reverse("oidc-start", args=["hospital"]))["Location"]).query)
    assert asked["code_challenge_method"] == ["S256"]
    assert asked["redirect_uri"] == ["http://127.0.0.1:8000/login/with/hospital/back/"]
    assert min(len(asked[name][0]) for name in ("state", "nonce", "code_challenge")) >= 43


def test_whoever_is_unknown_is_refused_unless_log_ins_are_made(provider, boss):
    set_provider(provider, boss, provisions=False)
    client = Client()
    answer = come(client)
    assert (answer.status_code, logged_in(client)) == (403, False)
    assert not User.objects.filter(username="ana").exists()
    assert AccessEvent.objects.filter(kind="refused", method="oidc:hospital").count() == 1


@pytest.mark.parametrize(("allowed", "verified", "connected"), [(True, 1, True), (True, 0, False), (False, 1, False)])
def test_an_address_connects_only_if_verified_and_allowed(provider, boss, hospital, allowed, verified, connected):
    set_provider(provider, boss, provisions=False, links_by_email=allowed)
    httpx.get(f"{hospital}/be/ana/?verified={verified}")
    factories.make_user(username="a.reis", email="Ana@hospital.example")
    client = Client()
    assert come(client).status_code == (302 if connected else 403)
    assert Identity.objects.filter(user__username="a.reis").exists() is connected


def test_the_same_user_name_is_not_the_same_person(provider):
    local = factories.make_user(username="ana")
    client = Client()
    come(client)
    assert client.get("/account/").context["user"].username == "ana-2"
    assert not Identity.objects.filter(user=local).exists()


def test_a_closed_log_in_stays_closed(provider):
    come(Client())
    close(user=User.objects.get(username="ana"))
    client = Client()
    assert (come(client).status_code, logged_in(client)) == (403, False)


@factories.writes
def close(*, user):
    type(user).objects.filter(pk=user.pk).update(is_active=False)


def test_roles_come_and_go_with_groups(provider, boss, hospital):
    role = Grant.objects.get(user=factories.make_user(permissions=["assets.view"])).role
    site = factories.make_site()
    add_group_role(by=boss, group="CE technicians", role_id=role.pk, scope_kind="site", scope_id=site.pk)
    httpx.get(f"{hospital}/be/ana/?groups=CE technicians,Everybody")
    come(Client())
    given = Grant.objects.get(user__username="ana")
    assert (given.role_id, given.scope_kind, given.scope_id, given.source) == (role.pk, "site", site.pk, "groups")
    httpx.get(f"{hospital}/be/ana/?groups=Everybody")
    come(Client())
    assert not Grant.objects.filter(user__username="ana").exists()


def test_a_local_second_factor_is_asked_for_unless_the_provider_does(provider, boss):
    come(Client())
    user = User.objects.get(username="ana")
    from wardwright.platform.signon import operations, totp

    secret = totp.new_secret()
    import pyotp

    operations.add_totp(by=user, secret=secret, code=pyotp.TOTP(secret).now(), password="")
    assert come(Client())["Location"] == "/account/"
    set_provider(provider, boss, checks_second_factor=False)
    client = Client()
    assert (come(client)["Location"], logged_in(client)) == ("/login/second/", False)


def test_signing_out_offers_the_providers_own_door(provider):
    client = Client()
    come(client)
    page = client.post("/logout/").content.decode()
    assert f"{provider.issuer}/logout/?id_token_hint=" in page.replace("&amp;", "&")
    assert not logged_in(client)


def test_somebody_connects_their_account_and_disconnects_it(provider, boss):
    set_provider(provider, boss, provisions=False)
    user = factories.make_user(username="local")
    client = Client()
    client.post("/login/", {"username": "local", "password": factories.PASSWORD})
    there = client.get(reverse("oidc-start", args=["hospital"]), {"connect": "1"})
    back = urlsplit(httpx.get(there["Location"]).headers["Location"])
    assert client.get(f"{back.path}?{back.query}")["Location"] == "/account/"
    other = Client()
    come(other)
    assert other.get("/account/").context["user"] == user
    identity = Identity.objects.get(user=user)
    client.post(reverse("disconnect", args=[identity.pk]), {"once": "x"})
    assert come(Client()).status_code == 403


# Attacks --------------------------------------------------------------------------------------------------------


def test_an_answer_begun_in_another_browser_is_refused(provider):
    back = urlsplit(leave(Client()))
    victim = Client()
    assert victim.get(f"{back.path}?{back.query}").status_code == 403
    victim.get(reverse("oidc-start", args=["hospital"]))
    assert victim.get(f"{back.path}?{back.query}").status_code == 403
    assert not logged_in(victim)


def test_an_answer_is_good_once(provider):
    client = Client()
    back = urlsplit(leave(client))
    assert client.get(f"{back.path}?{back.query}").status_code == 302
    client.post("/logout/")
    assert client.get(f"{back.path}?{back.query}").status_code == 403


def test_an_answer_with_another_issuer_is_refused(provider):
    client = Client()
    back = urlsplit(leave(client))
    assert client.get(f"{back.path}?{back.query}&iss=https://evil.example").status_code == 403


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:1"])
def test_nobody_is_sent_elsewhere_afterwards(provider, target):
    assert come(Client(), target)["Location"] == "/"


def test_the_host_of_a_request_changes_no_return_address(provider, settings):
    settings.ALLOWED_HOSTS = ["*"]
    there = Client().get(reverse("oidc-start", args=["hospital"]), headers={"Host": "evil.example"})
    assert "evil" not in there["Location"]


def test_the_session_gets_a_new_id(provider):
    client = Client()
    back = urlsplit(leave(client))
    before = client.session.session_key
    client.get(f"{back.path}?{back.query}")
    assert client.session.session_key != before
    stolen = Client()
    stolen.cookies["sessionid"] = before
    assert not logged_in(stolen)


def test_a_provider_that_does_not_answer_is_said_so(boss):
    values = {"name": "Gone", "issuer": f"http://127.0.0.1:{free_port()}", "client_id": "x"}
    create_provider(by=boss, code="hospital", values=values)
    answer = Client().get(reverse("oidc-start", args=["hospital"]))
    assert (answer.status_code, "does not answer" in answer.content.decode()) == (409, True)


@pytest.mark.parametrize("issuer", ["http://login.example", "ftp://x", "", "javascript:1"])
def test_a_provider_without_https_is_refused(boss, issuer):
    with pytest.raises(Invalid):
        create_provider(by=boss, code="x", values={"name": "X", "issuer": issuer, "client_id": "x"})
    assert not Provider.objects.exists()


def test_only_whoever_manages_access_everywhere_says_what_groups_get(boss):
    site = factories.make_site()
    limited = factories.make_user(permissions=["access.manage", "assets.view"], scope=("site", site.pk))
    role = Grant.objects.get(user=boss).role
    with pytest.raises(Denied):
        add_group_role(by=limited, group="CE", role_id=role.pk, scope_kind="site", scope_id=site.pk)
    with pytest.raises(Denied):
        create_provider(by=limited, code="x", values={"name": "X", "issuer": "https://x.example", "client_id": "x"})
