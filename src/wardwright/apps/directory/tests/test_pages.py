"""The pages of the directory and of access."""

import pytest
from django.test import Client
from django.urls import reverse
from tests.factories import PASSWORD, make_company, make_department, make_person, make_room, make_site, make_user

from wardwright.apps.directory import operations as ops
from wardwright.apps.directory.models import Company, Department, Person, Room
from wardwright.platform.access.models import ApiToken, Grant, Role, User
from wardwright.platform.access.permissions import PERMISSIONS

pytestmark = pytest.mark.django_db
BACKEND = "wardwright.platform.access.login.PasswordBackend"


def client_of(user):
    client = Client()
    client.force_login(user, backend=BACKEND)
    return client


@pytest.fixture
def lead():
    return make_user(name="Lea Lead")


@pytest.fixture
def page(lead):
    return client_of(lead)


def rows(client, url_name, **query):
    return [row.pk for row in client.get(reverse(url_name), query).context["table"]._rows]


# Places ---------------------------------------------------------------------------------------------------------


def test_a_site_shows_its_tree_and_rooms_without_a_floor(page, lead):
    site = make_site()
    building = ops.create_building(by=lead, site_id=site.pk, name="Main")
    floor = ops.create_floor(by=lead, building_id=building.pk, name="1st")
    room = ops.create_room(by=lead, site_id=site.pk, floor_id=floor.pk, name="1.01")
    loose = make_room(site=site)
    context = page.get(reverse("site", args=[site.pk])).context
    (main,) = context["buildings"]
    assert [(b.row, [r.row for r in b.children]) for b in main.children] == [(floor, [room])]
    assert context["loose"] == [loose]


@pytest.mark.parametrize("name", ["site", "edit-site", "new-building", "new-room", "new-department"])
def test_another_site_is_not_there(name):
    client = client_of(make_user(scope=("site", make_site().pk)))
    assert client.get(reverse(name, args=[make_site().pk])).status_code == 404


def test_departments_stand_under_what_they_are_part_of(page):
    site = make_site(name="North")
    whole = make_department(site=site, name="Medicine")
    part = make_department(site=site, name="Cardiology", parent=whole)
    (north,) = page.get(reverse("departments")).context["tree"]
    assert [(b.row, [c.row for c in b.children]) for b in north.children] == [(whole, [part])]


def test_each_site_takes_a_new_department_and_one_that_has_none_says_so(page):
    ward, bare = make_department(), make_site(name="Zollernhof")
    shown = page.get(reverse("departments"))
    assert [b.row for b in shown.context["tree"]] == [ward.site, bare]
    assert shown.context["may_add"] == {ward.site_id, bare.pk}
    assert "No department yet" in shown.content.decode()


def test_a_reader_sees_the_sites_with_departments_and_adds_none():
    ward = make_department()
    make_site()
    shown = client_of(make_user(permissions=["directory.view"])).get(reverse("departments"))
    assert ([b.row for b in shown.context["tree"]], shown.context["may_add"]) == ([ward.site], set())


def test_a_room_is_made_and_renamed_by_its_forms(page):
    site = make_site()
    made = page.post(reverse("new-room", args=[site.pk]), {"once": "a", "name": "2.14", "is_store": "on", "floor": ""})
    room = Room.objects.get()
    assert made["Location"] == f"/sites/{site.pk}/#room-{room.pk}"
    url = reverse("edit-room", args=[room.pk])
    page.post(url, {"once": "b", "name": "2.15", "floor": "", "expected_version": 1})
    stale = page.post(url, {"once": "c", "name": "2.16", "floor": "", "expected_version": 1})
    room.refresh_from_db()
    assert (room.name, room.is_store, stale.status_code) == ("2.15", False, 409)
    assert [(saved, typed) for _, saved, typed in stale.context["form"].differences] == [("2.15", "2.16")]


def test_the_tree_costs_the_same_however_big_it_is(page, django_assert_num_queries):
    site = make_site()
    page.get(reverse("departments"))
    make_department(site=site)

    def count():
        from django.db import connection
        from django.test.utils import CaptureQueriesContext

        with CaptureQueriesContext(connection) as queries:
            page.get(reverse("departments"))
            page.get(reverse("site", args=[site.pk]))
        return len(queries)

    before = count()
    for _ in range(3):
        make_department(site=site)
        make_room(site=site)
    assert count() == before


# Companies and people -------------------------------------------------------------------------------------------


def test_a_company_shows_its_names_and_relations(page, lead):
    maquet, getinge = make_company(name="Maquet"), make_company(name="Getinge")
    ops.add_company_alias(by=lead, company_id=maquet.pk, spelling="MAQUET Critical")
    url = reverse("add-company-relation", args=[maquet.pk])
    page.post(url, {"once": "a", "other": getinge.pk, "kind": "brand_of", "note": ""})
    mine = page.get(reverse("company", args=[maquet.pk])).context
    theirs = page.get(reverse("company", args=[getinge.pk])).context
    assert ([s.spelling for s in mine["spellings"]], [r.other for r in mine["relations"]]) == (
        ["MAQUET Critical"],
        [getinge],
    )
    assert [(r.other, r.outgoing) for r in theirs["relations"]] == [(maquet, False)]
    page.post(reverse("remove-company-relation", args=[getinge.pk, maquet.pk]), {"once": "b"})
    assert page.get(reverse("company", args=[maquet.pk])).context["relations"] == []


def test_a_taken_name_is_refused_beside_its_field(page):
    make_company(name="Acme")
    answer = page.post(reverse("new-company"), {"once": "a", "name": "ACME", "is_maker": "on"})
    assert (answer.status_code, Company.objects.count(), "name" in answer.context["form"].errors) == (422, 1, True)


def test_people_are_listed_within_reach_and_edited(page):
    here, there = make_site(), make_site()
    ada, bob = make_person(name="Ada", site=here), make_person(name="Bob", site=there, tier="senior")
    assert rows(page, "people") == [ada.pk, bob.pk]
    assert rows(page, "people", tier="senior") == [bob.pk]
    assert rows(client_of(make_user(scope=("site", here.pk))), "people") == [ada.pk]
    form = page.get(reverse("edit-person", args=[ada.pk])).context["form"]
    entries = {name: form[name].value() for name in form.fields}
    sent = {name: "" if v is None else v for name, v in entries.items()} | {"hourly_rate": "65.50", "tier": "lead"}
    assert page.post(reverse("edit-person", args=[ada.pk]), sent).status_code == 302
    assert Person.objects.values_list("tier", "hourly_rate_cents").get(pk=ada.pk) == ("lead", 6550)


# Access ---------------------------------------------------------------------------------------------------------


def test_a_log_in_is_made_given_a_role_and_closed(page):
    site = make_site()
    role = Role.objects.get()
    made = page.post(
        reverse("new-user"), {"once": "a", "username": "ada", "name": "Ada", "password": "four odd words here"}
    )
    ada = User.objects.get(username="ada")
    assert made["Location"] == reverse("grant-role", args=[ada.pk])
    given = page.post(made["Location"], {"once": "b", "role": role.pk, "where": f"site:{site.pk}", "expires_on": ""})
    assert given["Location"] == reverse("user", args=[ada.pk])
    assert list(Grant.objects.filter(user=ada).values_list("scope_kind", "scope_id")) == [("site", site.pk)]
    page.post(reverse("user-active", args=[ada.pk]), {"once": "c", "reason": "left"})
    assert (User.objects.get(pk=ada.pk).is_active, Client().login(username="ada", password="four odd words here")) == (
        False,
        False,
    )


def test_access_is_for_those_who_manage_it():
    user = make_user(permissions=["directory.view"])
    client = client_of(user)
    for name in ("users", "roles", "new-user", "new-role"):
        assert client.get(reverse(name)).status_code == 403
    grant = Grant.objects.get(user=make_user())
    assert client.get(reverse("revoke-grant", args=[grant.pk])).status_code == 403


def test_a_role_is_changed_by_its_page(page):
    role = ops.create_role(by=make_user(), name="Viewer", permissions=["assets.view"])
    url = reverse("edit-role", args=[role.pk])
    form = page.get(url).context["form"]
    assert form["permissions"].value() == ["assets.view"]
    sent = {
        "once": "a",
        "name": "Viewer",
        "description": "",
        "second_factor": "off",
        "permissions": ["assets.view", "assets.move"],
        "expected_version": 1,
    }
    assert page.post(url, sent).status_code == 302
    assert Role.objects.get(pk=role.pk).permissions == ["assets.move", "assets.view"]


def test_ones_own_password_keeps_this_session(page, lead):
    sent = {"once": "a", "current": PASSWORD, "password": "four odd words here", "again": "four odd words here"}
    assert page.post(reverse("change-password"), {**sent, "again": "other"}).status_code == 422
    assert page.post(reverse("change-password"), sent).status_code == 302
    assert page.get(reverse("my-account")).status_code == 200
    assert Client().login(username=lead.username, password="four odd words here")


def test_a_token_is_shown_in_one_answer_only(page):
    url = reverse("new-token")
    answer = page.post(url, {"once": "a", "label": "Printer", "days": "30"})
    secret = answer.context["issued"].secret
    assert (answer.status_code, secret in answer.content.decode()) == (200, True)
    again = page.post(url, {"once": "a", "label": "Printer", "days": "30"})
    assert (again.status_code, ApiToken.objects.count(), secret in again.content.decode()) == (422, 1, False)
    assert secret not in page.get(reverse("my-account")).content.decode()
    page.post(reverse("revoke-token", args=[ApiToken.objects.get().pk]), {"once": "b"})
    assert ApiToken.objects.get().revoked_at is not None


def test_somebody_elses_token_is_not_there():
    issued = ops.create_api_token(by=make_user(permissions=[]), label="Theirs")
    client = client_of(make_user(permissions=["assets.view"]))
    assert client.get(reverse("revoke-token", args=[issued.token.pk])).status_code == 404


def test_a_department_reader_sees_their_department_only():
    ward = make_department()
    make_department(site=ward.site)
    client = client_of(make_user(scope=("department", ward.pk)))
    (site,) = client.get(reverse("departments")).context["tree"]
    assert ([b.row for b in site.children], Department.objects.count()) == ([ward], 2)


def test_what_a_role_may_do_is_asked_app_by_app(page):
    """Each permission once, under the name that its app has in the rail; a group that is complete says so."""
    devices = sorted(code for code in PERMISSIONS if code.startswith("assets."))
    role = ops.create_role(by=make_user(), name="Keeper", permissions=[*devices, "helpdesk.view"])
    shown = page.get(reverse("edit-role", args=[role.pk]))
    groups = dict(shown.context["form"].fields["permissions"].choices)
    assert sorted(code for found in groups.values() for code, _label in found) == sorted(PERMISSIONS)
    assert sorted(code for code, _label in groups["Devices"]) == devices
    assert [code for code, _label in groups["Access"]] == ["access.manage", "guardrails.override"]
    html = " ".join(shown.content.decode().split())
    assert '<input type="checkbox" data-all checked><span>Devices</span>' in html
    assert '<input type="checkbox" data-all><span>Help desk</span>' in html
