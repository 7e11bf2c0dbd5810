"""Passkeys with Chromium's virtual authenticator: added, alone, as second step, instead of a password, removed."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from tests.served import free_port
from wardwright.demo import PASSWORD

from .conftest import DESK, House, _cli, _environment, _served
from .person import Person, log_in

pytestmark = pytest.mark.e2e


@pytest.fixture(scope="module")
def key_house(chromium: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A small house that knows its address: a passkey belongs to it."""
    port = free_port()
    environment = _environment(tmp_path_factory.mktemp("key-house"), "keys")
    environment |= {"WARDWRIGHT_URL": f"http://localhost:{port}", "WARDWRIGHT_ADMIN_PASSWORD": PASSWORD}
    _cli(environment, "init")
    yield from _served(environment, port)


@pytest.fixture
def admin(browser, key_house):
    context = browser.new_context(locale="en-GB", **DESK)
    context.set_default_timeout(20_000)
    page = context.new_page()
    person = Person(page, key_house.url.replace("127.0.0.1", "localhost"))
    yield person
    context.close()
    assert person.troubles == []


def with_authenticator(person: Person) -> tuple:
    """A phone that knows its owner's finger."""
    session = person.page.context.new_cdp_session(person.page)
    session.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2", "ctap2Version": "ctap2_1", "transport": "internal", "hasResidentKey": True,
        "hasUserVerification": True, "isUserVerified": True, "automaticPresenceSimulation": True,
    }  # fmt: skip
    return session, session.send("WebAuthn.addVirtualAuthenticator", {"options": options})["authenticatorId"]


def sign_out(person: Person) -> None:
    person.page.locator(".user-menu summary").click()
    with person.page.expect_navigation():
        person.page.get_by_role("button", name="Sign out").click()


def test_a_passkey_from_the_first_day_to_the_last(admin):
    page = admin.page
    log_in(admin, "admin", PASSWORD)
    session, phone = with_authenticator(admin)

    # Added, named, with recovery codes.
    admin.open("/account/second-factor/passkeys/new/")
    page.get_by_label("What you call it").fill("My phone")
    page.get_by_label("Your password").fill(PASSWORD)
    page.get_by_role("button", name="Make the passkey").click()
    expect(page.locator(".recovery-codes li")).to_have_count(10)
    admin.open("/account/second-factor/")
    expect(page.get_by_role("cell", name="My phone")).to_be_visible()

    # Alone: no user name, no password.
    sign_out(admin)
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page.locator("body:not(.bare)")).to_be_visible()
    admin.open("/account/")
    expect(page.locator("#sessions").locator("xpath=ancestor::section").get_by_text("passkey").first).to_be_visible()

    # As the second step after the password.
    sign_out(admin)
    page.get_by_label("User name").fill("admin")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.get_by_role("button", name="Use your passkey").click()
    expect(page.locator("body:not(.bare)")).to_be_visible()

    # Instead of the password, for one step.
    admin.open("/account/second-factor/codes/")
    page.get_by_role("button", name="Use my passkey instead").click()
    expect(page.locator("[name=password]")).to_have_value(re.compile("^passkey:"))
    page.get_by_role("button", name="Show them").click()
    expect(page.locator(".recovery-codes li")).to_have_count(10)

    # A phone that does not know whose finger it is opens nothing.
    sign_out(admin)
    session.send("WebAuthn.setUserVerified", {"authenticatorId": phone, "isUserVerified": False})
    page.get_by_role("button", name="Sign in with a passkey").click()
    page.wait_for_timeout(500)
    expect(page.locator("body.bare")).to_be_visible()
    session.send("WebAuthn.setUserVerified", {"authenticatorId": phone, "isUserVerified": True})

    # A copy whose counter went back opens nothing either.
    credential = session.send("WebAuthn.getCredentials", {"authenticatorId": phone})["credentials"][0]
    session.send("WebAuthn.removeCredential", {"authenticatorId": phone, "credentialId": credential["credentialId"]})
    session.send("WebAuthn.addCredential", {"authenticatorId": phone, "credential": {**credential, "signCount": 0}})
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page.get_by_text("This passkey was not accepted.")).to_be_visible()

    # Removed: it is known no more.
    session.send("WebAuthn.removeCredential", {"authenticatorId": phone, "credentialId": credential["credentialId"]})
    back = {**credential, "signCount": 50}
    session.send("WebAuthn.addCredential", {"authenticatorId": phone, "credential": back})
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page.locator("body:not(.bare)")).to_be_visible()
    admin.open("/account/second-factor/")
    admin.follow("Remove")
    page.get_by_label("Your password").fill(PASSWORD)
    page.get_by_role("button", name="Remove it").click()
    expect(page.get_by_text("Your password alone opens your log-in")).to_be_visible()
    sign_out(admin)
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page.get_by_text("This passkey was not accepted.")).to_be_visible()
