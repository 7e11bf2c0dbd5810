"""My day of who runs the equipment library: what is to be picked, delivered, collected and cleaned."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from tests import factories

pytestmark = pytest.mark.django_db
BACKEND = "wardwright.platform.access.login.PasswordBackend"
ASSISTANT = ["directory.view", "assets.view", "maintenance.report", "lending.view", "lending.ask", "lending.handle"]


def client_of(user) -> Client:
    client = Client()
    client.force_login(user, backend=BACKEND)
    return client


def busy_library(site):
    """Something of each kind, and beside each what it must not count."""
    now, pool = timezone.now(), factories.make_pool(site=site)
    ask = factories.make_loan_request
    ask(pool=pool)
    ask(pool=pool, from_at=now + timedelta(days=3))
    ask(pool=pool, issued=1)
    ask(pool=pool, state="cancelled")

    def lend(custody="out", **given):
        factories.make_loan(holding=factories.make_holding(pool=pool, custody=custody), **given)

    lend("picked", delivered_at=None)
    lend("waiting", ready_at=now)
    lend(due_at=now - timedelta(days=1))
    lend(due_at=now + timedelta(days=1))
    for custody in ("dirty", "cleaning", "ready", "waiting"):
        factories.make_holding(pool=pool, custody=custody)


def test_each_line_opens_exactly_what_it_counts():
    site = factories.make_site()
    client = client_of(factories.make_user(permissions=ASSISTANT))
    assert "Nothing is to be done" in client.get(reverse("home")).content.decode()
    busy_library(site)
    page = client.get(reverse("home"))
    lines = {line["key"]: line for part in page.context["parts"] for line in part["lines"]}
    counts = {key: line["count"] for key, line in lines.items()}
    assert counts == {"library-pick": 1, "library-deliver": 1, "library-collect": 2, "library-clean": 2}
    assert "6 things are to be done" in page.content.decode()
    assert reverse("report-problem") in page.content.decode()
    for key in ("library-pick", "library-deliver", "library-collect"):
        assert len(client.get(lines[key]["url"]).context["table"].ids) == counts[key]
    assert len(client.get(lines["library-clean"]["url"]).context["unclean"]) == 2


def test_it_is_of_the_site_and_within_reach():
    here, there = factories.make_site(), factories.make_site()
    busy_library(there)

    def counted(client, address: str) -> int:
        return sum(line["count"] for part in client.get(address).context["parts"] for line in part["lines"])

    everywhere = client_of(factories.make_user(permissions=ASSISTANT))
    assert [counted(everywhere, f"/?site={site.pk}") for site in (here, there)] == [0, 6]
    assert counted(client_of(factories.make_user(permissions=ASSISTANT, scope=("site", here.pk))), "/") == 0


def test_more_rows_ask_no_more_queries():
    site, client, asked = factories.make_site(), client_of(factories.make_user(permissions=ASSISTANT)), []
    for _time in range(2):
        busy_library(site)
        with CaptureQueriesContext(connection) as found:
            client.get(reverse("home"))
        asked.append(len(found))
    assert asked[0] == asked[1]


def test_a_nurse_is_asked_which_device_needs_help():
    client = client_of(factories.make_user(permissions=["assets.view", "maintenance.report", "lending.ask"]))
    assert "Which device needs help?" in client.get(reverse("home")).content.decode()
