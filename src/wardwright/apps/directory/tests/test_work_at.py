"""The site switch: what lists begin with, for this person, within reach."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from tests.factories import make_asset, make_site, make_user

from wardwright.apps.directory.models import Site

pytestmark = pytest.mark.django_db
BACKEND = "wardwright.platform.access.login.PasswordBackend"


def client_of(user) -> Client:
    client = Client()
    client.force_login(user, backend=BACKEND)
    return client


@pytest.fixture
def sites() -> list[Site]:
    return [make_asset(site=make_site(name=name)).site for name in ("North", "South")]


def choose(client: Client, site: object, back: str = "/devices/?status=retired"):
    return client.post(reverse("work-at"), {"site": site, "next": back})


def rows(client: Client, address: str) -> list[int]:
    return [row.site_id for row in client.get(address, follow=True).context["table"]._rows]


def test_lists_begin_with_the_site_and_every_page_names_it(sites):
    north, south = sites
    client = client_of(make_user())
    assert sorted(rows(client, "/devices/")) == sorted([north.pk, south.pk])
    assert choose(client, north.pk)["Location"] == "/devices/"
    assert client.get("/devices/")["Location"] == f"?site={north.pk}"
    assert rows(client, "/devices/") == [north.pk]
    assert "North" in client.get(reverse("my-account")).content.decode()


def test_what_an_address_says_is_shown_as_it_is(sites):
    north, south = sites
    client = client_of(make_user())
    choose(client, north.pk)
    assert rows(client, f"/devices/?site={south.pk}") == [south.pk]
    cleared = client.get("/devices/", follow=True).context["table"].clear_url
    assert (cleared, len(rows(client, cleared))) == ("/devices/?site=", 2)
    assert client.get("/work/")["Location"] == f"?state=unfinished&site={north.pk}"


def test_all_sites_again(sites):
    client = client_of(make_user())
    choose(client, sites[0].pk)
    choose(client, "all")
    assert client.get("/devices/").status_code == 200


def test_only_sites_within_reach_are_offered_and_taken(sites):
    north, south = sites
    client = client_of(make_user(scope=("site", north.pk)))
    assert "South" not in client.get(reverse("work-at")).content.decode()
    assert choose(client, south.pk).status_code == 422
    assert client.get("/devices/").status_code == 200


def test_the_choice_is_of_one_person_and_cannot_be_made_up(sites):
    client = client_of(make_user())
    choose(client, sites[0].pk)
    (name,) = [name for name in client.cookies if name.startswith("site-")]
    other_user = make_user()
    other = client_of(other_user)
    # as if somebody copied it
    other.cookies[f"site-{other_user.pk}"] = client.cookies[name].value
    assert other.get("/devices/").status_code == 200


def test_it_leads_nowhere_else(sites):
    client = client_of(make_user())
    assert choose(client, "all", back="https://evil.example/")["Location"] == reverse("home")


def test_it_costs_no_query(sites):
    client, address = client_of(make_user()), reverse("my-account")
    client.get(address)
    with CaptureQueriesContext(connection) as before:
        client.get(address)
    choose(client, sites[0].pk)
    with CaptureQueriesContext(connection) as after:
        client.get(address)
    assert len(after) == len(before)
