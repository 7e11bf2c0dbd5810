"""A service provider's log-in sees its own work and nothing beyond: every page, route, search and report."""

import json
import re

import pytest
from django.test import Client

from tests import factories
from wardwright.apps.assets.models import Asset
from wardwright.apps.directory.models import Building, Department, Person, Room, Site
from wardwright.apps.maintenance.models import WorkOrder
from wardwright.apps.testing.models import Instrument
from wardwright.config.setup import ROLES
from wardwright.platform.audit.models import AuditChange

from .addresses import addresses, of_a_site
from .test_api import ROUTES

pytestmark = pytest.mark.django_db
BACKEND = "wardwright.platform.access.login.PasswordBackend"
MAY = next(role["permissions"] for role in json.loads(ROLES.read_text()) if role["code"] == "vendor")
PAGES = [a for a in addresses() if a.page is not None]
LISTS = [a for a in PAGES if not a.parameters]


@pytest.fixture
def vendor(built):
    """Somebody of the company that services the devices here."""
    client = Client()
    user = factories.make_user(permissions=MAY, scope=("vendor", built.here.vendor_id), name="Vic Vendor")
    client.force_login(user, backend=BACKEND)
    return client


@pytest.fixture
def hidden(built):
    """What names the other hospital's things and people."""
    there = built.there.values
    rows = (
        (Asset, "asset_id", "tag"), (Asset, "asset_id", "serial"), (WorkOrder, "work_order_id", "number"),
        (Person, "person_id", "name"), (Instrument, "instrument_id", "name"), (Department, "department_id", "name"),
        (Room, "room_id", "name"), (Site, "site_id", "name"), (Site, "site_id", "code"),
    )  # fmt: skip
    words = [getattr(model._base_manager.get(pk=there[key]), name) for model, key, name in rows]
    assert len(set(words)) == len(words) and Building.objects.exists()
    return [word for word in words if word]


def shown(answer) -> str:
    data = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return data.decode(errors="replace")  # a picture is none of our words


def found_in(text: str, words: list[str]) -> list[str]:
    """Whole words only: “Site 1” is not in “Site 12”."""
    return [word for word in words if re.search(rf"(?<!\w){re.escape(word)}(?!\w)", text)]


@pytest.mark.parametrize("address", LISTS, ids=lambda a: a.name)
def test_no_page_names_anything_of_others(vendor, hidden, address):
    for query in ("", "?format=csv", "?q=a"):
        answer = vendor.get("/" + address.route + query, follow=True)
        assert answer.status_code in {200, 403, 404, 405}
        assert found_in(shown(answer), hidden) == []


@pytest.mark.parametrize("address", [a for a in PAGES if a.parameters], ids=lambda a: a.name)
def test_no_page_of_others_opens(built, vendor, address):
    if not of_a_site(address, built):
        return
    changes = AuditChange.objects.count()
    url = address.url({**built.there.values, "table": "assets_asset", "row_id": 1, "change_id": 1})
    assert vendor.get(url).status_code in {403, 404, 405}
    assert vendor.post(url).status_code in {403, 404, 405}
    assert AuditChange.objects.count() == changes


@pytest.mark.parametrize("route", ROUTES, ids=lambda r: r.name)
def test_no_route_answers_or_changes_anything_of_others(built, vendor, hidden, route):
    changes = AuditChange.objects.count()
    if not set(route.parameters) & built.of_a_site and route.method != "get":
        return
    answer = route.call(vendor, built.there.values)
    if set(route.parameters) & built.of_a_site:
        assert answer.status_code in {403, 404}
    assert found_in(shown(answer), hidden) == []
    assert AuditChange.objects.count() == changes


def test_no_search_finds_anything_of_others(vendor, hidden):
    for word in hidden:
        for url in ("/search/", "/scan/", "/devices/", "/work/orders/"):
            answer = vendor.get(url, {"q": word}, follow=True)
            text = shown(answer).replace(f'value="{word}"', "")
            assert [w for w in found_in(text, hidden) if w != word] == []
        box = vendor.get("/search/", {"q": word}, headers={"HX-Request": "true", "HX-Target": "found"})
        assert found_in(shown(box), hidden) == []


def test_their_own_work_is_there(built, vendor):
    order = WorkOrder._base_manager.get(pk=built.here.values["work_order_id"])
    asset = Asset._base_manager.get(pk=built.here.values["asset_id"])
    assert asset.tag in shown(vendor.get("/devices/"))
    for name in ("work-order", "asset"):
        address = next(a for a in PAGES if a.name == name)
        assert vendor.get(address.url(built.here.values)).status_code == 200
    assert order.number in shown(vendor.get("/work/?state=all", follow=True)) + shown(
        vendor.get(f"/search/?q={order.number}", follow=True)
    )
