"""Every page × everybody who must not see it: anonymous, without permission, from another site, a vendor of others.

The list of pages comes from the resolver (``addresses.py``), the rows from ``tests/world.py``.
"""

import re
from collections import Counter
from dataclasses import dataclass

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests import factories, world
from wardwright.platform.access.models import User
from wardwright.platform.access.permissions import PERMISSIONS
from wardwright.platform.audit.models import AuditChange
from wardwright.platform.signon.models import Passkey
from wardwright.web.tables import PAGE_SIZE, _Shown

from .addresses import Address, addresses, of_a_site

pytestmark = pytest.mark.django_db

PUBLIC = {
    "log-in-second",
    "log-in-passkey",
    "log-in-passkey-options",
    "shown",
    "oidc-start",
    "oidc-return",
    "oidc-ended",
} | {"login", "logout", "portal", "portal-picture", "help", "ticket", "set-language", "alive"}
PUBLIC |= {"health", "ready", "metrics"}
# Pages that every log-in may open; what they show is scoped row by row.
EVERYBODY = {"home", "work-at", "my-account", "change-password", "new-token", "revoke-token", "search", "scan"}
EVERYBODY |= {
    "second-factor",
    "add-authenticator",
    "remove-authenticator",
    "recovery-codes",
    "add-passkey",
    "passkey-options",
    "confirm-with-passkey",
    "rename-passkey",
    "remove-passkey",
    "end-session",
    "end-sessions",
    "disconnect",
}
# Pages whose answer to a plain GET of an administrator is neither the page nor "POST only": name → statuses, and why.
OTHER_ANSWERS: dict[str, tuple[set[int], str]] = {
    "work": ({302}, "goes to the list filtered to what is not finished"),
    "notices": ({302}, "goes to the list filtered to what is to be decided"),
    "notice-case": ({302}, "goes to its devices that are or may be affected"),
    "jobs": ({302}, "goes to the list filtered to what is not done"),
    "labels-file": ({404}, "nothing was chosen in this session"),
    "import-errors": ({404}, "there is no file of refused rows before the check"),
}
WIZARD = "the import wizard goes to the step that is open"
WHOLE_HOUSE = {"change_id", "row_id"}
# Rows that belong to somebody: without these permissions, other people's do not exist.
PERSONAL = {
    "import_session_id": "exchange.see_all",
    "token_id": "access.manage",
    "view_id": "access.manage",
    "mail_schedule_id": "access.manage",
}
PERSONAL |= {"session_id": "access.manage", "identity_id": "access.manage", "passkey_id": "access.manage"}
PERSONAL |= {"link_id": "access.manage"}
OWN = {"passkey_id"}  # nobody but their owner, whatever they may do
PAGES = [address for address in addresses() if address.name not in PUBLIC]
BACKEND = "wardwright.platform.access.login.PasswordBackend"
VALUE = re.compile(r"'[^']*'|\b\d+\b")


def named(address: Address) -> str:
    return address.name


@pytest.fixture
def places(built):
    """The world, and the values of every parameter here and there."""
    trail = world.whole_house(built)
    return built, {**built.here.values, **trail}, {**built.there.values, **trail}


def client_of(user) -> Client:
    client = Client()
    client.force_login(user, backend=BACKEND)
    return client


def opened(client: Client, url: str):
    return client.get(url), client.post(url)


def statuses(client: Client, url: str) -> list[int]:
    return [answer.status_code for answer in opened(client, url)]


def test_every_view_is_a_page_or_public():
    assert [a.route for a in addresses() if a.name not in PUBLIC and a.page is None] == []


def test_every_name_is_used_once():
    names = [a.name for a in addresses()]
    assert sorted({name for name in names if names.count(name) > 1}) == []


def test_only_the_pages_named_here_need_no_permission():
    assert {a.name for a in PAGES if a.page is not None and a.page.permission is None} <= EVERYBODY


@pytest.mark.parametrize("address", PAGES, ids=named)
def test_anonymous_is_sent_to_the_login(places, address):
    _, here, _ = places
    url = address.url(here)
    for answer in opened(Client(), url):
        assert (answer.status_code, answer.get("Location", "")[:7]) in {(302, "/login/"), (405, "")}
    assert Client().post(url).status_code == 302


@pytest.mark.parametrize("address", [a for a in PAGES if a.name not in EVERYBODY], ids=named)
def test_without_any_permission_nothing_opens(places, address):
    _, here, _ = places
    changes = AuditChange.objects.count()
    client = client_of(factories.make_user(permissions=[]))
    get, post = statuses(client, address.url(here))
    assert (get in {403, 405}, post) == (True, 403)
    assert AuditChange.objects.count() == changes + 1  # the user of this test


@pytest.mark.parametrize("who", ["site", "vendor", "department"])
@pytest.mark.parametrize("address", PAGES, ids=named)
def test_rows_of_another_site_do_not_exist(places, address, who):
    built, _, there = places
    if not of_a_site(address, built) and not WHOLE_HOUSE & set(address.parameters):
        return
    scope_id = {"site": built.here.site_id, "vendor": built.here.vendor_id, "department": built.here.department_id}[who]
    client = client_of(factories.make_user(permissions=["*"], scope=(who, scope_id)))
    changes = AuditChange.objects.count()
    get, post = statuses(client, address.url(there))
    assert (get in {404, 405}, post) == (True, 404)
    assert AuditChange.objects.count() == changes


@pytest.mark.parametrize("address", [a for a in PAGES if PERSONAL.keys() & set(a.parameters)], ids=named)
def test_rows_of_somebody_else_do_not_exist(places, address):
    _, here, _ = places
    client = client_of(factories.make_user(permissions=sorted(PERMISSIONS.keys() - set(PERSONAL.values()))))
    changes = AuditChange.objects.count()
    get, post = statuses(client, address.url(here))
    assert (get in {404, 405}, post) == (True, 404)
    assert AuditChange.objects.count() == changes


@pytest.mark.parametrize("address", PAGES, ids=named)
def test_whoever_may_do_everything_sees_the_page(places, address):
    _, here, _ = places
    owner = Passkey.objects.get(pk=here["passkey_id"]).user if OWN & set(address.parameters) else None
    client = client_of(owner or world.administrator())
    client.raise_request_exception = True
    answer = client.get(address.url(here))
    usual = ({200, 302, 405}, WIZARD) if "import_session_id" in address.parameters else ({200, 405}, "")
    expected, _why = OTHER_ANSWERS.get(address.name, usual)
    assert answer.status_code in expected


@dataclass
class Cost:
    """What a page asked of the database, without its values, and how many rows its list has, if it is one."""

    rows: int | None
    queries: list[str]


def cost_of(address: Address, user: User) -> Cost | None:
    """None for an address that only takes what is sent to it."""
    with transaction.atomic():
        client, url = client_of(user), address.url({})
        if client.get(url, follow=True).status_code == 405:  # caches of the process are warm afterwards
            return None
        with CaptureQueriesContext(connection) as queries:
            answer = client.get(url, follow=True)
        shown = answer.context.get("table") if answer.context else None
        transaction.set_rollback(True)
    return Cost(len(shown.ids) if isinstance(shown, _Shown) else None, [VALUE.sub("?", q["sql"]) for q in queries])


@pytest.fixture(scope="module")
def costs(built, request):
    """Every page that this run asks about, before and after the further rows, which are made once for all."""
    items = (item for item in request.session.items if item.path == request.path and hasattr(item, "callspec"))
    asked = [item.callspec.params["address"] for item in items if item.originalname == THREE_ROWS]
    with transaction.atomic():
        user = world.administrator()
        few = {address.name: cost_of(address, user) for address in asked}
        world.more()
        many = {address.name: cost_of(address, user) for address in asked}
        transaction.set_rollback(True)
    return few, many


@pytest.mark.parametrize("address", [a for a in PAGES if not a.parameters], ids=named)
def test_three_rows_cost_no_more_queries_than_one(costs, address):
    few, many = (found[address.name] for found in costs)
    if few is None:
        return
    assert len(many.queries) == len(few.queries), "\n".join((Counter(many.queries) - Counter(few.queries)).elements())
    if few.rows is not None:
        # A page that was full before shows no more rows; one query a row would be fifty of them.
        grown = many.rows > few.rows if few.rows < PAGE_SIZE else len(many.queries) < PAGE_SIZE
        assert grown, "tests/world.py makes no rows for this list"


THREE_ROWS = test_three_rows_cost_no_more_queries_than_one.__name__
