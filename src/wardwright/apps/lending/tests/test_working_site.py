"""The site switch on the pages of the library: they begin with the site, their address says so, and it can go."""

from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from tests import factories

from wardwright.apps.lending import operations as ops
from wardwright.apps.lending.models import Kit, Loan
from wardwright.platform.audit.operation import open_change
from wardwright.platform.core.change import System

pytestmark = pytest.mark.django_db
BACKEND = "wardwright.platform.access.login.PasswordBackend"
LIBRARY = System("lending")
LISTS = ["loan-requests", "loans", "rentals", "patient-devices", "pools"]
PAGES = ["library", "library-round", "kits", "library-use", "ward-equipment"]


def make_library(name: str):
    """At a site of its own: a pump that is out too long, one to be cleaned, one wanted, a rented one, a kit."""
    site = factories.make_site(name=name)
    ward = factories.make_department(site=site, name=f"Ward {name}")
    pool = factories.make_pool(site=site, name=f"Pumps {name}")
    pumps = [factories.make_asset(site=site, tag=f"{name}-{n}") for n in range(3)]
    for pump in pumps:
        ops.add_devices(by=LIBRARY, pool_id=pool.pk, asset_ids=[pump.pk])
    given = {"by": LIBRARY, "pool_id": pool.pk, "department_id": ward.pk}
    for pump in pumps[:2]:
        ops.issue_batch(**given, device_type_id=pump.device_type_id, quantity=1, asset_ids=[pump.pk],
                        until_at=timezone.now() + timedelta(hours=1))  # fmt: skip
    with open_change("test", LIBRARY):
        Loan.objects.update(due_at=timezone.now() - timedelta(days=1))
    ops.collect_devices(by=LIBRARY, asset_ids=[pumps[1].pk])
    ops.ask_for_equipment(**given, device_type_id=pumps[2].device_type_id, quantity=1)
    ops.rent_device(by=LIBRARY, asset_id=pumps[2].pk, company_id=factories.make_company().pk,
                    from_on=timezone.localdate(), until_on=timezone.localdate())  # fmt: skip
    ops.keep_kit(by=LIBRARY, pool_id=pool.pk, name=f"Kit {name}")
    ops.receive_patient_device(by=LIBRARY, department_id=ward.pk, description="CPAP", reference=f"{name}1")
    return site


@pytest.fixture
def sites(db):
    return [make_library(name) for name in ("North", "South")]


def client_of(user, site=None) -> Client:
    client = Client()
    client.force_login(user, backend=BACKEND)
    if site:
        client.post(reverse("work-at"), {"site": site.pk, "next": "/"})
    return client


@pytest.fixture
def at_north(sites) -> Client:
    """Somebody who works at North and reaches both sites."""
    return client_of(factories.make_user(permissions=["*"]), sites[0])


@pytest.mark.parametrize("name", [*PAGES, *LISTS])
def test_it_begins_with_the_site_and_says_so_in_its_address(sites, at_north, name):
    address = reverse(name)
    assert at_north.get(address)["Location"] == f"?site={sites[0].pk}"
    for said in (f"?site={sites[0].pk}", f"?site={sites[1].pk}", "?site=", "?site=x", f"?site={'9' * 30}"):
        assert at_north.get(address + said).status_code == 200
    assert client_of(factories.make_user(permissions=["*"])).get(address).status_code == 200


def found(page, name: str) -> list[str]:
    """What a page shows, by a word that tells the sites apart."""
    context = page.context
    if name == "library":
        return [line.pool.name for line in context["lines"]]
    if name == "library-round":
        wards = [group["ward"] for group in context["collect"]] + [row.department.name for row in context["deliver"]]
        return wards + [row.asset.tag for row in context["unclean"]]
    if name == "kits":
        return [one.kit.name for one in context["kits"]]
    return [line.pool for line in context["lines"]]


@pytest.mark.parametrize("name", ["library", "library-round", "kits", "library-use"])
def test_it_shows_what_its_address_says(sites, at_north, name):
    north, south, both = (
        found(at_north.get(f"{reverse(name)}?site={said}"), name) for said in (sites[0].pk, sites[1].pk, "")
    )
    assert [all("North" in one for one in north), all("South" in one for one in south)] == [True, True]
    assert (len(north) > 0, len(north) == len(south), sorted(both)) == (True, True, sorted(north + south))


def test_what_waits_is_counted_at_the_site_and_every_line_opens_its_list(sites, at_north):
    for said, times in ((sites[0].pk, 1), ("", 2)):
        todo = at_north.get(f"{reverse('library')}?site={said}").context["todo"]
        assert len(todo) == 4
        for one in todo:
            page = at_north.get(one["url"])
            rows = page.context["table"].ids if "table" in page.context else page.context["unclean"]
            assert (one["n"], len(rows)) == (times, times), one["url"]


def test_every_site_stays_every_site_from_tab_to_tab(sites, at_north):
    for name in (*PAGES, *LISTS):
        for said in ("", str(sites[1].pk)):
            tabs = at_north.get(f"{reverse(name)}?site={said}").context["tabs"]
            told = [parse_qs(urlsplit(tab["url"]).query, keep_blank_values=True)["site"] for tab in tabs]
            assert (len(told), told) == (10, [[said]] * 10)


def test_my_ward_is_the_first_at_the_site_until_another_is_chosen(sites, at_north):
    south = at_north.get(f"{reverse('ward-equipment')}?site={sites[1].pk}").context
    other = at_north.get(f"{reverse('ward-equipment')}?department={south['ward'].pk}").context
    assert (south["ward"].site, other["ward"], other["wards"]) == (sites[1], south["ward"], south["wards"])


def test_a_ward_that_gives_back_is_not_sent_on(sites, at_north):
    answer = at_north.post(reverse("ward-equipment"), {"step": "ready"})
    assert answer.status_code == 422


def test_the_site_shows_nothing_that_is_out_of_reach(sites):
    reader = client_of(factories.make_user(permissions=["*"], scope=("site", sites[0].pk)))
    for name in ("library", "library-round", "kits", "library-use"):
        page = reader.get(f"{reverse(name)}?site={sites[1].pk}")
        assert ([one for one in found(page, name) if "South" in one], page.context["sites"]) == ([], [])
    assert Kit.objects.count() == 2


@pytest.mark.parametrize("name", PAGES)
def test_more_sites_and_rows_ask_no_more_queries(sites, at_north, name):
    asked = []
    for more in ("East", "West"):
        with CaptureQueriesContext(connection) as queries:
            at_north.get(f"{reverse(name)}?site=")
        asked.append(len(queries))
        make_library(more)
    assert asked[0] == asked[1]
