"""Every list with a page of its own: whatever its address says, it answers, and shows no button that cannot be used."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import NoReverseMatch, get_resolver, resolve, reverse

from tests import factories
from wardwright.web.tables import TABLES, Table

pytestmark = pytest.mark.django_db
BACKEND = "wardwright.platform.access.login.PasswordBackend"
ODD = ("x", "-1", str(2**70), "²", "%", "1e400", "\x00", "yes")


def _address(table: Table) -> str:
    try:
        return reverse(table.url_name)
    except NoReverseMatch:  # the list of one record, such as what a count found
        return ""


get_resolver().url_patterns  # noqa: B018 - a list is known once its page is imported
LISTS = {key: address for key, table in TABLES.items() if (address := _address(table))}


def client_of(*permissions: str) -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(factories.make_user(permissions=permissions), backend=BACKEND)
    return client


@pytest.mark.parametrize("key", sorted(LISTS))
def test_no_entry_of_the_address_breaks_it(key):
    client = client_of("*")
    tried = {(item.key, odd): client.get(LISTS[key], {item.key: odd}) for item in TABLES[key].filters for odd in ODD}
    broken = {entry: answer.status_code for entry, answer in tried.items() if answer.status_code != 200}
    assert broken == {}


@pytest.mark.parametrize("key", sorted(LISTS))
def test_its_buttons_are_for_those_who_may_press_them(key):
    permission = resolve(LISTS[key]).func.permission
    reader = client_of(*([permission.code] if permission else []))
    table = reader.get(LISTS[key], follow=True).context["table"]
    shown = [action.url for action in [*table.actions, *table.found_actions]]
    refused = [url for url in shown if reader.get(url).status_code in (403, 404)]
    bulk = [str(action.label) for action in table.bulk_actions if action.permission not in (None, permission)]
    assert (refused, bulk) == ([], [])
