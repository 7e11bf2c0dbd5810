"""Visitors by a link: what they see, that they change nothing whatever it is, and that all of it is noted."""

import re
from datetime import timedelta
from inspect import Parameter, signature

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tests import factories, world
from tests.contracts.addresses import addresses
from wardwright.apps.assets.operations import make_link
from wardwright.platform.access.models import Role
from wardwright.platform.audit.models import AuditChange
from wardwright.platform.audit.operation import OPERATIONS
from wardwright.platform.core.errors import Denied, Invalid
from wardwright.platform.links.models import Link, LinkVisit
from wardwright.platform.links.operations import revoke_link
from wardwright.platform.links.visiting import visitor

pytestmark = pytest.mark.django_db
READ = ["directory.view", "assets.view", "testing.view", "maintenance.view", "audit.view", "reports.view"]
PAGES = [a for a in addresses() if a.page is not None]
SPECIAL = {"table", "change_id", "row_id"}


@pytest.fixture(scope="module")
def built(django_db_setup, django_db_blocker):
    from django.db import transaction

    with django_db_blocker.unblock(), transaction.atomic():
        surveyor_role()
        yield world.build()
        transaction.set_rollback(True)


@factories.writes
def surveyor_role():
    Role.objects.filter(code="surveyor").delete()
    return Role.objects.create(code="surveyor", name="Surveyor", permissions=READ)


@pytest.fixture
def maker():
    surveyor_role()
    return factories.make_user(name="Hanna Head")


def made(maker, **given):
    return make_link(by=maker, **{"visitor": "A. Keller", "purpose": "Survey", "days": 3, **given})


def come(secret, pin=None) -> Client:
    client = Client()
    answer = client.post(reverse("shown", args=[secret]), {"pin": pin} if pin else {})
    assert answer.status_code == 302, answer.content.decode()
    return client


def test_a_link_opens_the_house_to_read_and_notes_each_page(maker):
    asset = factories.make_asset(tag="VENT-1")
    link = made(maker)
    client = come(link.secret)
    page = client.get(reverse("asset", args=[asset.pk]))
    assert (page.status_code, "VENT-1" in page.content.decode()) == (200, True)
    paths = list(LinkVisit.objects.order_by("id").values_list("path", flat=True))
    assert paths == ["(opened)", f"/devices/{asset.pk}/"]
    assert AuditChange.objects.order_by("-id").values_list("operation", "actor_name")[0] == (
        "links.note_visit",
        "visitors",
    )


def test_following_the_link_alone_opens_nothing(maker):
    link = made(maker)
    client = Client()
    page = client.get(reverse("shown", args=[link.secret]))
    assert (page.status_code, "A. Keller" in page.content.decode()) == (200, True)
    assert (client.get("/devices/").status_code, LinkVisit.objects.count()) == (302, 0)


def test_the_secret_is_kept_as_a_hash_and_shown_once(maker):
    client = Client()
    client.force_login(maker, backend="wardwright.platform.access.login.PasswordBackend")
    sent = {"once": "a", "visitor": "A. Keller", "purpose": "Survey", "where": "all", "days": "2", "pin": ""}
    page = client.post(reverse("new-visitor-link"), sent).content.decode()
    secret = re.search(r"/shown/([\w-]+)/", page)[1]
    assert Link.objects.get().digest != secret
    assert secret not in client.get(reverse("visitor-link", args=[Link.objects.get().pk])).content.decode()
    assert come(secret).get("/devices/").status_code == 200


def test_one_site_is_all_there_is(maker):
    here, there = factories.make_asset(), factories.make_asset()
    client = come(made(maker, site_id=here.site_id).secret)
    listed = client.get("/devices/").content.decode()
    assert (here.tag in listed, there.tag in listed) == (True, False)
    assert client.get(reverse("asset", args=[there.pk])).status_code == 404
    assert client.get(reverse("audit")).status_code in (200, 403)
    assert not AuditChange.objects.visible_to(visitor(Link.objects.get())).exists()


def test_one_device_is_all_there_is(maker):
    site = factories.make_site()
    one, other = factories.make_asset(site=site), factories.make_asset(site=site)
    order, hidden = factories.make_work_order(asset=one), factories.make_work_order(asset=other)
    link = made(maker, asset_id=one.pk)
    client = come(link.secret)
    assert link.link.start == reverse("asset", args=[one.pk])
    assert client.get(link.link.start).status_code == 200
    listed = client.get("/devices/").content.decode()
    assert (one.tag in listed, other.tag in listed) == (True, False)
    assert client.get(reverse("asset", args=[other.pk])).status_code == 404
    assert client.get(reverse("work-order", args=[order.pk])).status_code == 200
    assert client.get(reverse("work-order", args=[hidden.pk])).status_code == 404


def test_a_visitor_sees_no_more_than_whoever_asked_them_in(maker):
    site = factories.make_site()
    limited = factories.make_user(permissions=["links.make", "assets.view", "directory.view"], scope=("site", site.pk))
    link = make_link(by=limited, visitor="K", purpose="Survey", days=1, site_id=site.pk)
    assert set(visitor(link.link)._reaches) == {"assets.view", "directory.view"}
    for elsewhere in ({}, {"site_id": factories.make_site().pk}, {"asset_id": factories.make_asset().pk}):
        with pytest.raises((Denied, Invalid)):
            make_link(by=limited, visitor="K", purpose="Survey", days=1, **elsewhere)


@pytest.mark.parametrize("given", [{"days": 31}, {"days": 0}, {"pin": "12"}, {"pin": "abcd"}, {"visitor": ""}])
def test_a_link_that_is_too_long_or_too_weak_is_refused(maker, given):
    with pytest.raises(Invalid):
        made(maker, **given)
    assert Link.objects.count() == 0


@pytest.mark.parametrize("how", ["revoked", "over", "maker gone"])
def test_when_it_has_ended_the_next_page_is_closed(maker, how):
    link = made(maker)
    client = come(link.secret)
    assert client.get("/devices/").status_code == 200
    if how == "revoked":
        revoke_link(by=maker, link_id=link.link.pk)
    elif how == "over":
        change(rows=Link.objects.filter(pk=link.link.pk), expires_at=timezone.now() - timedelta(seconds=1))
    else:
        change(rows=type(maker).objects.filter(pk=maker.pk), is_active=False)
    assert client.get("/devices/").status_code == 302
    assert Client().post(reverse("shown", args=[link.secret])).status_code == 403


@factories.writes
def change(*, rows, **values):
    rows.update(**values)


def test_a_pin_is_asked_for_and_six_wrong_ones_close_it(maker):
    link = made(maker, pin="4711")
    at = reverse("shown", args=[link.secret])
    client = Client()
    assert client.post(at, {}).status_code == 422
    assert [client.post(at, {"pin": "1234"}).status_code for _ in range(7)] == [422] * 6 + [429]
    assert client.post(at, {"pin": "4711"}).status_code == 429
    assert (client.get("/devices/").status_code, LinkVisit.objects.count()) == (302, 0)


def test_an_unknown_link_is_answered_like_one_that_has_ended(maker):
    link = made(maker)
    revoke_link(by=maker, link_id=link.link.pk)
    answers = [Client().get(reverse("shown", args=[s])) for s in ("nonsense", link.secret)]
    assert [a.status_code for a in answers] == [403, 403]
    assert len({re.sub(r"nonce-\w+|/shown/[\w-]+/", "", a.content.decode()) for a in answers}) == 1


@pytest.mark.parametrize("name", sorted(n for n, run in OPERATIONS.items() if run.__module__.startswith("wardwright.")))
def test_no_operation_is_open_to_a_visitor(built, name):
    link = Link.objects.first()
    run, by = OPERATIONS[name], visitor(link)
    required = [p for p in signature(run).parameters.values() if p.default is Parameter.empty and p.name != "by"]
    given = {p.name: None for p in required if p.kind is Parameter.KEYWORD_ONLY}
    changes = AuditChange.objects.count()
    with pytest.raises(Denied):
        run(**{**given, "by": by, "reason": "because"})
    assert AuditChange.objects.count() == changes


@pytest.mark.parametrize("address", PAGES, ids=lambda a: a.name)
def test_every_page_answers_a_visitor_in_order_and_takes_nothing(built, address):
    here = {**built.here.values, **world.whole_house(built)}
    client = come(made(world.administrator()).secret)
    client.raise_request_exception = True
    before = AuditChange.objects.exclude(operation="links.note_visit").count()
    get, post = client.get(address.url(here)).status_code, client.post(address.url(here)).status_code
    read = address.page.permission is not None and str(address.page.permission) in READ
    assert get in ({200, 302, 403, 404, 405} if read or address.page.permission is None else {403, 405})
    assert post in {403, 405}
    assert AuditChange.objects.exclude(operation="links.note_visit").count() == before


@pytest.mark.parametrize(
    "path", ["/api/v1/assets", "/api/v1/openapi.json", "/scim/v2/Users", "/account/", "/visitors/new/"]
)
def test_no_api_no_account_no_further_links(maker, path):
    client = come(made(maker).secret)
    assert client.get(path).status_code in {401, 403, 404}


def test_looking_ends_by_signing_out(maker):
    client = come(made(maker).secret)
    assert client.post("/logout/").status_code == 302
    assert client.get("/devices/").status_code == 302
