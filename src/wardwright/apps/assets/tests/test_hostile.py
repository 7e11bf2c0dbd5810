"""Entries that no person types: too large, with control characters, of the wrong kind. Never a fault of the server."""

import pytest
from django.test import Client
from django.urls import reverse
from tests.factories import make_asset, make_site, make_user

pytestmark = pytest.mark.django_db
BIG = "9" * 25


@pytest.fixture
def page():
    client = Client()
    client.force_login(make_user(), backend="wardwright.platform.access.login.PasswordBackend")
    return client


@pytest.mark.parametrize(
    "address",
    [
        f"/devices/?site={BIG}",
        f"/devices/?type={BIG}&maker={BIG}&department={BIG}&condition={BIG}",
        "/devices/?q=%00&status=%00&flag=%00&warranty=%00&missing=%00",
        "/devices/?site=%D9%A3",
        f"/devices/?q={'x' * 3000}",
        f"/search/?q={'x' * 5000}",
        "/search/?q=%00",
        "/search/?q=a%00b",
        "/search/?q=%22%27%3B--%25_",
        "/search/?q=(01)12",
        f"/merge-queue/?skip={BIG}&kind=%00",
        f"/device-types/?q=%00&flag={BIG}",
        f"/models/?q=%00&maker={BIG}&type={BIG}",
        f"/people/?q=%00&site={BIG}&tier=%00",
        "/companies/?q=%00",
        "/access/log-ins/?q=%00",
        "/devices/register/?udi=%00&tag=%00",
        "/devices/model-options/?maker=%00",
    ],
)
def test_an_odd_address_is_answered(page, address):
    make_asset()
    assert page.get(address).status_code == 200


@pytest.mark.parametrize("address", ["/devices/?after=zzz", f"/devices/{BIG}/", f"/devices/{BIG}/history/"])
def test_an_address_of_nothing_says_so(page, address):
    assert page.get(address).status_code in (404, 422)


def test_odd_entries_come_back_as_words(page):
    asset, site = make_asset(), make_site()
    register = {"site": site.pk, "status": "received", "maker": "m\x00", "model": "\x00", "device_type": "t"}
    edit = {"tag": asset.tag, "ownership": "owned", "condition": "1", "expected_version": "1"}
    for url, sent in (
        (reverse("move-asset", args=[asset.pk]), {"room": BIG}),
        (reverse("move-asset", args=[asset.pk]), {"room": "\x00", "note": "a\x00"}),
        (reverse("register-asset"), register),
        (reverse("edit-asset", args=[asset.pk]), {**edit, "manufactured_year": "99999999", "purchase_cost": BIG}),
        (reverse("edit-asset", args=[asset.pk]), {**edit, "usage_hours": "1e400"}),
        (reverse("change-status", args=[asset.pk]), {"status": "\x00"}),
    ):
        assert page.post(url, {"once": "", **sent}).status_code == 422, (url, sent)
    assert page.post(reverse("move-assets"), {"selected": [BIG, "1;2", "x"]}).status_code == 302
