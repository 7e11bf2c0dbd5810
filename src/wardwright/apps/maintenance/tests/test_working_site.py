"""The site switch on the pages that are no lists: they begin with the site, their address says so, and it can go."""

from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from tests import factories

pytestmark = pytest.mark.django_db
BACKEND = "wardwright.platform.access.login.PasswordBackend"


@pytest.fixture
def today():
    return timezone.localdate()


@pytest.fixture
def sites():
    return [factories.make_site(name=name) for name in ("North", "South")]


@pytest.fixture
def late(sites, today):
    """A late order at each site."""
    assets = [factories.make_asset(site=site) for site in sites]
    return [factories.make_work_order(asset=asset, due_on=today - timedelta(1)) for asset in assets]


def at_north(sites, *permissions: str) -> Client:
    """Somebody who works at North and reaches both sites."""
    client = Client()
    client.force_login(factories.make_user(permissions=permissions or ["*"]), backend=BACKEND)
    client.post(reverse("work-at"), {"site": sites[0].pk, "next": "/"})
    return client


@pytest.mark.parametrize(
    ("name", "arguments"),
    [("work-board", []), ("work-calendar", []), ("work-forecast", []), ("compliance", []), ("home", []),
     ("report", ["inventory"])],
)  # fmt: skip
def test_it_begins_with_the_site_and_says_so_in_its_address(sites, name, arguments):
    address, client = reverse(name, args=arguments), at_north(sites)
    assert client.get(address)["Location"] == f"?site={sites[0].pk}"
    for said in (f"?site={sites[0].pk}", f"?site={sites[1].pk}", "?site="):
        assert client.get(address + said).status_code == 200


def test_a_report_that_knows_no_sites_stays_as_it_is(sites):
    from wardwright.platform.reports.declaration import REPORTS

    plain = [key for key, one in REPORTS.items() if all(parameter.key != "site" for parameter in one.parameters)]
    assert plain
    client = at_north(sites)
    assert {client.get(reverse("report", args=[key])).status_code for key in plain} == {200}


@pytest.mark.parametrize("name", ["work-board", "work-calendar"])
def test_board_and_calendar_show_what_their_address_says(sites, late, name):
    client, address = at_north(sites), reverse(name)

    def found(query: str) -> list[bool]:
        page = client.get(address + query).content.decode()
        return [f">{order.asset.tag}<" in page for order in late]

    assert client.get(f"{address}?site={sites[0].pk}").context["table"].clear_url == f"{address}?site="
    assert [found(f"?site={sites[0].pk}"), found("?site=")] == [[True, False], [True, True]]


@pytest.mark.parametrize("name", ["work-board", "work-calendar", "work-forecast"])
def test_every_site_stays_every_site_from_link_to_link(sites, late, name):
    context = at_north(sites).get(f"{reverse(name)}?site=").context
    links = [one["url"] for one in context.get("lane_links") or context["links"]]
    said = [parse_qs(urlsplit(url).query, keep_blank_values=True).get("site") for url in links]
    assert (len(said) >= 3, said) == (True, [[""]] * len(said))


def test_the_monday_page_counts_one_site_and_every_line_opens_its_list(sites, late, today):
    factories.make_instrument(site=sites[1], calibration_due_on=today - timedelta(1))
    certificates = {"state": "closed", "certificate": "missing", "closed_at": timezone.now(), "due_on": None}
    factories.make_work_order(asset=late[1].asset, **certificates)
    client = at_north(sites)

    def counts(query: str) -> dict[str, int]:
        found = client.get(reverse("home") + query).context["lines"]
        for line in found:
            if line["key"] not in ("similar-names", "library-clean"):
                assert (line["key"], len(client.get(line["url"]).context["table"].ids)) == (line["key"], line["count"])
        return {line["key"]: line["count"] for line in found if line["count"]}

    assert counts(f"?site={sites[0].pk}") == {"late": 1}
    assert counts("?site=") == {"late": 2, "calibration-ended": 1, "certificates": 1}
    context = client.get(f"{reverse('home')}?site={sites[0].pk}").context
    work, url = context["before"]
    assert (work.jobs, len(client.get(url).context["table"].ids)) == (1, 1)


def test_my_own_day_is_of_the_site_until_it_is_taken_away(sites, late, today):
    client = at_north(sites, "maintenance.view", "maintenance.perform", "assets.view", "directory.view")

    def orders(answer) -> list[int]:
        groups = answer.context["groups"]
        return [job["order"].pk for group in groups for stop in group["stops"] for job in stop.jobs]

    first = client.get(f"{reverse('home')}?closed=0", follow=True)
    assert first.redirect_chain == [(f"?closed=0&site={sites[0].pk}", 302)]
    assert (orders(first), "North" in first.content.decode()) == ([late[0].pk], True)
    everywhere = client.get(first.context["every_site_url"])
    assert sorted(orders(everywhere)) == sorted(order.pk for order in late)
    assert orders(client.get(everywhere.context["own_site_url"])) == [late[0].pk]


def test_a_saved_view_of_every_site_is_opened_as_such(sites):
    from wardwright.platform.reports.sources import source_for

    client = at_north(sites)
    for key in ("list:devices", "list:work", "report:inventory"):
        address = source_for(key).address("")
        assert (address.partition("?")[2], client.get(address).status_code) == ("site=", 200)
