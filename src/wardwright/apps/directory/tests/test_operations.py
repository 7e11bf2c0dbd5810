"""Writes of the directory: the new state, the trail, and refusals that change nothing."""

from datetime import timedelta

import pytest
from django.db import IntegrityError
from django.utils import timezone
from tests.factories import PASSWORD, make_company, make_department, make_person, make_room, make_site, make_user

from wardwright.apps.directory import operations as ops
from wardwright.apps.directory.models import Building, Company, CompanyAlias, Department, Floor, Person, Room, Site
from wardwright.platform.access.models import ApiToken, Grant, User
from wardwright.platform.access.scope import allowed
from wardwright.platform.audit.models import AuditChange, AuditRecord
from wardwright.platform.audit.operation import open_change
from wardwright.platform.core.change import System
from wardwright.platform.core.errors import Denied, Invalid, NotFound, NotNow, StaleEdit, TooOften

pytestmark = pytest.mark.django_db


@pytest.fixture
def lead():
    return make_user(name="Lea Lead")


def last_change():
    return AuditChange.objects.order_by("-id").first()


def test_a_place_is_made_from_site_to_room(lead):
    site = ops.create_site(by=lead, code="N", name="North", currency="eur", country="de")
    building = ops.create_building(by=lead, site_id=site.pk, name="Main")
    floor = ops.create_floor(by=lead, building_id=building.pk, name="2nd", level=2)
    room = ops.create_room(by=lead, site_id=site.pk, floor_id=floor.pk, name="2.14")
    assert (site.currency, site.country, floor.site_id, room.floor_id) == ("EUR", "DE", site.pk, floor.pk)
    assert last_change().operation == "directory.create_room"
    assert list(AuditRecord.objects.order_by("id").values_list("table_name", "kind"))[-4:] == [
        ("directory_site", "I"),
        ("directory_building", "I"),
        ("directory_floor", "I"),
        ("directory_room", "I"),
    ]


def test_the_same_name_twice_is_refused_beside_its_field(lead):
    site = make_site(code="N")
    with pytest.raises(Invalid) as refused:
        ops.create_site(by=lead, code="N", name="Other")
    assert list(refused.value.fields) == ["code"]
    ops.create_building(by=lead, site_id=site.pk, name="Main")
    with pytest.raises(Invalid):
        ops.create_building(by=lead, site_id=site.pk, name="Main")
    assert (Site.objects.count(), Building.objects.count()) == (1, 1)


def test_the_same_room_twice_is_refused_also_without_a_floor(lead):
    site = make_site()
    first = ops.create_room(by=lead, site_id=site.pk, name="1")
    with pytest.raises(Invalid) as refused:
        ops.create_room(by=lead, site_id=site.pk, name="1")
    assert refused.value.fields == {"__all__": "A room of this name is there already."}
    ops.create_room(by=lead, site_id=site.pk, name="2")
    with pytest.raises(Invalid):
        ops.change_room(by=lead, room_id=first.pk, values={"name": "2"})
    assert list(Room.objects.order_by("pk").values_list("name", flat=True)) == ["1", "2"]


def test_the_database_itself_refuses_the_same_room_twice(lead):
    site = make_site()
    make_room(site=site, name="1")
    with pytest.raises(IntegrityError), open_change("test.room", System("test")):
        Room.objects.bulk_create([Room(site=site, name="1")])
    assert Room.objects.count() == 1


def test_a_site_manager_changes_their_site_and_no_other():
    mine, other = make_site(), make_site()
    manager = make_user(permissions=["directory.view", "directory.change"], scope=("site", mine.pk))
    ops.change_site(by=manager, site_id=mine.pk, values={"name": "Renamed"}, expected_version=1)
    with pytest.raises(Denied):
        ops.change_site(by=manager, site_id=other.pk, values={"name": "Taken"})
    with pytest.raises(Denied):
        ops.create_site(by=manager, code="X", name="X")
    with pytest.raises(Denied):
        ops.create_building(by=manager, site_id=other.pk, name="X")
    assert set(Site.objects.values_list("name", flat=True)) == {"Renamed", other.name}


def test_a_room_takes_only_a_floor_of_its_own_site(lead):
    site, other = make_site(), make_site()
    floor = ops.create_floor(by=lead, building_id=ops.create_building(by=lead, site_id=other.pk, name="B").pk, name="1")
    with pytest.raises(Invalid) as refused:
        ops.create_room(by=lead, site_id=site.pk, name="1", floor_id=floor.pk)
    assert list(refused.value.fields) == ["floor_id"]
    assert (Room.objects.count(), Floor.objects.count()) == (0, 1)


def test_a_stale_edit_says_who_was_faster(lead):
    room = make_room(name="1")
    ops.change_room(by=lead, room_id=room.pk, values={"name": "2"}, expected_version=1)
    with pytest.raises(StaleEdit) as refused:
        ops.change_room(by=make_user(), room_id=room.pk, values={"name": "3"}, expected_version=1)
    assert "Lea Lead" in str(refused.value.message)
    assert Room.objects.get().name == "2"


def test_a_department_cannot_become_part_of_itself(lead):
    site = make_site()
    whole = make_department(site=site, name="Medicine")
    part = ops.create_department(by=lead, site_id=site.pk, name="Cardiology", parent_id=whole.pk)
    with pytest.raises(Invalid) as refused:
        ops.change_department(by=lead, department_id=whole.pk, values={"parent_id": part.pk})
    assert list(refused.value.fields) == ["parent_id"]
    assert Department.objects.get(pk=whole.pk).parent_id is None


def test_unknown_rows_and_fields_are_refused_in_words(lead):
    with pytest.raises(NotFound):
        ops.change_room(by=lead, room_id=4711, values={"name": "x"})
    room = make_room(name="1")
    with pytest.raises(Invalid) as refused:
        ops.change_room(by=lead, room_id=room.pk, values={"site_id": 1, "name": ""})
    assert sorted(refused.value.fields) == ["name", "site_id"]


def test_a_company_keeps_its_former_name_as_a_spelling(lead):
    company = ops.create_company(by=lead, name="Draeger", values={"is_maker": True})
    ops.change_company(by=lead, company_id=company.pk, values={"name": "Dräger Medical"}, expected_version=1)
    assert list(CompanyAlias.objects.values_list("spelling", "company_id")) == [("Draeger", company.pk)]
    with pytest.raises(Invalid):
        ops.create_company(by=lead, name="DRAEGER")
    assert Company.objects.count() == 1


def test_related_companies_stay_two(lead):
    maquet, getinge = make_company(name="Maquet"), make_company(name="Getinge")
    ops.relate_companies(by=lead, company_id=maquet.pk, other_id=getinge.pk, kind="brand_of")
    relation = ops.relate_companies(by=lead, company_id=maquet.pk, other_id=getinge.pk, kind="owned_by")
    assert (relation.kind, Company.objects.filter(merged_into=None).count()) == ("owned_by", 2)
    with pytest.raises(Invalid):
        ops.relate_companies(by=lead, company_id=maquet.pk, other_id=maquet.pk)
    ops.unrelate_companies(by=lead, company_id=getinge.pk, other_id=maquet.pk)
    assert type(relation).objects.count() == 0


def test_companies_are_shared_by_all_sites_and_changed_for_all_of_them():
    local = make_user(scope=("site", make_site().pk))
    one, other = make_company(name="Maquet"), make_company(name="Getinge")
    for attempt in (
        lambda: ops.change_company(by=local, company_id=one.pk, values={"name": "Mine"}),
        lambda: ops.add_company_alias(by=local, company_id=one.pk, spelling="Mine"),
        lambda: ops.relate_companies(by=local, company_id=one.pk, other_id=other.pk),
        lambda: ops.unrelate_companies(by=local, company_id=one.pk, other_id=other.pk),
    ):
        with pytest.raises(Denied, match="all sites"):
            attempt()
    assert ops.create_company(by=local, name="A new one").name == "A new one"
    assert Company.objects.get(pk=one.pk).name == "Maquet"


def test_moving_a_person_needs_the_permission_at_both_ends():
    mine, other = make_site(), make_site()
    manager = make_user(permissions=["directory.view", "directory.change"], scope=("site", mine.pk))
    person = ops.create_person(by=manager, name="Ada", values={"site_id": mine.pk, "tier": "senior"})
    with pytest.raises(Invalid):
        ops.change_person(by=manager, person_id=person.pk, values={"site_id": other.pk})
    with pytest.raises(Denied):
        ops.change_person(by=manager, person_id=make_person(site=other).pk, values={"name": "Mine now"})
    assert Person.objects.get(pk=person.pk).site_id == mine.pk


# Access ---------------------------------------------------------------------------------------------------------


def test_a_new_log_in_and_its_password_leave_no_trace_of_the_password(lead):
    user = ops.create_user(by=lead, username="ada", name="Ada", password="a long enough phrase")
    assert User.objects.get(pk=user.pk).check_password("a long enough phrase")
    assert "argon" not in "".join(AuditRecord.objects.values_list("after", flat=True)).lower()
    assert "phrase" not in "".join(AuditRecord.objects.values_list("after", flat=True))
    with pytest.raises(Invalid) as refused:
        ops.create_user(by=lead, username="ADA", name="Other", password="a long enough phrase")
    assert list(refused.value.fields) == ["username"]
    with pytest.raises(Invalid) as refused:
        ops.create_user(by=lead, username="bob", name="Bob", password="short")
    assert list(refused.value.fields) == ["password"]


def test_ones_own_password_needs_the_one_before():
    user = make_user(permissions=[])
    with pytest.raises(Invalid) as refused:
        ops.change_own_password(by=user, current="wrong", password="another long phrase")
    assert list(refused.value.fields) == ["current"]
    ops.change_own_password(by=user, current=PASSWORD, password="another long phrase")
    assert User.objects.get(pk=user.pk).check_password("another long phrase")


def test_a_new_password_ends_the_api_tokens_made_under_the_old_one(lead):
    user = make_user(permissions=["assets.view"])
    ops.create_api_token(by=user, label="Script")
    ops.set_password(by=lead, user_id=user.pk, password="a long enough phrase")
    assert ApiToken.objects.get(user=user).revoked_at is not None
    ops.create_api_token(by=user, label="Script again")
    ops.change_own_password(by=user, current="a long enough phrase", password="another long phrase")
    assert ApiToken.objects.filter(user=user, revoked_at=None).count() == 0


def test_a_refused_new_password_ends_nothing(lead):
    user = make_user(permissions=["assets.view"])
    ops.create_api_token(by=user, label="Script")
    with pytest.raises(Invalid):
        ops.change_own_password(by=user, current="wrong", password="another long phrase")
    with pytest.raises(Invalid):
        ops.set_password(by=lead, user_id=user.pk, password="short")
    assert ApiToken.objects.get(user=user).revoked_at is None


def test_the_present_password_can_be_guessed_six_times_and_no_more(lead):
    user = make_user(permissions=[])
    for _ in range(6):
        with pytest.raises(Invalid):
            ops.change_own_password(by=user, current="wrong", password="another long phrase")
    with pytest.raises(TooOften):
        ops.change_own_password(by=user, current=PASSWORD, password="another long phrase")
    assert User.objects.get(pk=user.pk).check_password(PASSWORD)
    ops.set_password(by=lead, user_id=user.pk, password="a long enough phrase")
    ops.change_own_password(by=user, current="a long enough phrase", password="another long phrase")


def test_wrong_passwords_are_forgotten_after_a_right_one():
    user = make_user(permissions=[])
    for current in ("wrong",) * 5 + (PASSWORD,) + ("wrong",) * 5:
        try:
            ops.change_own_password(by=user, current=current, password=PASSWORD)
        except Invalid as refused:
            assert list(refused.fields) == ["current"]
    ops.change_own_password(by=user, current=PASSWORD, password="another long phrase")


def test_a_site_manager_grants_what_they_have_within_their_site():
    mine, other = make_site(), make_site()
    manager = make_user(permissions=["access.manage", "directory.view", "assets.view"], scope=("site", mine.pk))
    user = make_user(permissions=[], scope=("site", mine.pk))
    viewer = ops.create_role(by=make_user(), name="Viewer", permissions=["assets.view"])
    ops.grant_role(by=manager, user_id=user.pk, role_id=viewer.pk, scope_kind="site", scope_id=mine.pk)
    with pytest.raises(Invalid):
        ops.grant_role(by=manager, user_id=user.pk, role_id=viewer.pk, scope_kind="site", scope_id=mine.pk)
    fresh = User.objects.get(pk=user.pk)
    assert (allowed(fresh, "assets.view", mine), allowed(fresh, "assets.view", other)) == (True, False)
    with pytest.raises(Denied):
        ops.grant_role(by=manager, user_id=user.pk, role_id=viewer.pk, scope_kind="site", scope_id=other.pk)
    with pytest.raises(Denied):
        ops.grant_role(by=manager, user_id=user.pk, role_id=viewer.pk)
    mighty = ops.create_role(by=make_user(), name="Mighty", permissions=["*"])
    with pytest.raises(Denied):
        ops.grant_role(by=manager, user_id=manager.pk, role_id=mighty.pk, scope_kind="site", scope_id=mine.pk)
    assert Grant.objects.filter(role=mighty).count() == 0


def test_a_site_manager_cannot_take_over_a_wider_log_in():
    mine = make_site()
    manager = make_user(permissions=["access.manage"], scope=("site", mine.pk))
    chief = make_user()
    with pytest.raises(Denied):
        ops.set_password(by=manager, user_id=chief.pk, password="a long enough phrase")
    with pytest.raises(Denied):
        ops.set_user_active(by=manager, user_id=chief.pk, is_active=False)
    assert User.objects.get(pk=chief.pk).check_password(PASSWORD)


def test_a_site_manager_cannot_take_over_a_mightier_log_in_of_their_own_site():
    mine = make_site()
    manager = make_user(permissions=["access.manage", "assets.view"], scope=("site", mine.pk))
    viewer = make_user(permissions=["assets.view"], scope=("site", mine.pk))
    engineer = make_user(permissions=["assets.view", "assets.retire"], scope=("site", mine.pk))
    ops.set_password(by=manager, user_id=viewer.pk, password="a long enough phrase")
    assert User.objects.get(pk=viewer.pk).check_password("a long enough phrase")
    with pytest.raises(Denied):
        ops.set_password(by=manager, user_id=engineer.pk, password="a long enough phrase")
    with pytest.raises(Denied):
        ops.change_user(by=manager, user_id=engineer.pk, values={"username": "mine-now"})
    fresh = User.objects.get(pk=engineer.pk)
    assert (fresh.check_password(PASSWORD), fresh.username) == (True, engineer.username)


def limited(user, days=30):
    """The user whose grants end after ``days``."""
    with open_change("test.limit", System("test")):
        Grant.objects.filter(user=user).update(expires_at=timezone.now() + timedelta(days=days))
    return User.objects.get(pk=user.pk)


@pytest.mark.parametrize("scope", ["all", "site"])
def test_nobody_gives_a_role_for_longer_than_they_have_it(lead, scope):
    site_id = make_site().pk if scope == "site" else None
    locum = limited(make_user(permissions=["access.manage", "directory.view", "assets.view"], scope=(scope, site_id)))
    user = make_user(permissions=[])
    viewer = ops.create_role(by=lead, name="Viewer", permissions=["assets.view"])
    where = {"user_id": user.pk, "role_id": viewer.pk, "scope_kind": scope, "scope_id": site_id}
    for until in (None, timezone.now() + timedelta(days=31)):
        with pytest.raises(Denied):
            ops.grant_role(by=locum, **where, expires_at=until)
    assert Grant.objects.filter(role=viewer).count() == 0
    assert ops.grant_role(by=locum, **where, expires_at=timezone.now() + timedelta(days=29)).user_id == user.pk


def test_the_longest_of_several_grants_counts(lead):
    manager = limited(make_user(permissions=["access.manage"]))
    longer = ops.create_role(by=lead, name="Manager", permissions=["access.manage"])
    ops.grant_role(by=lead, user_id=manager.pk, role_id=longer.pk)
    viewer = ops.create_role(by=lead, name="Viewer", permissions=["assets.view"])
    ops.grant_role(by=User.objects.get(pk=manager.pk), user_id=make_user(permissions=[]).pk, role_id=viewer.pk)
    assert Grant.objects.filter(role=viewer, expires_at=None).count() == 1


def test_whoever_manages_access_for_a_time_does_not_change_what_outlasts_them(lead):
    locum = limited(make_user(permissions=["access.manage"]))
    viewer = ops.create_role(by=lead, name="Viewer", permissions=["assets.view"])
    with pytest.raises(Denied):
        ops.change_role(by=locum, role_id=viewer.pk, values={}, permissions=["*"])
    with pytest.raises(Denied):
        ops.set_password(by=locum, user_id=lead.pk, password="a long enough phrase")
    with pytest.raises(Denied):
        ops.revoke_grant(by=locum, grant_id=Grant.objects.get(user=lead).pk)
    viewing = make_user(permissions=["assets.view"])
    ops.set_password(by=locum, user_id=viewing.pk, password="a long enough phrase")
    assert User.objects.get(pk=viewing.pk).check_password("a long enough phrase")
    assert User.objects.get(pk=lead.pk).check_password(PASSWORD)


def test_nobody_changes_their_own_grants(lead):
    role = ops.create_role(by=make_user(), name="Viewer", permissions=["assets.view"])
    with pytest.raises(Denied):
        ops.grant_role(by=lead, user_id=lead.pk, role_id=role.pk)
    make_user()  # somebody else who manages access
    with pytest.raises(Denied):
        ops.revoke_grant(by=lead, grant_id=Grant.objects.get(user=lead).pk)
    it = make_user(permissions=["access.manage"])
    with pytest.raises(Denied):
        ops.change_role(by=it, role_id=Grant.objects.get(user=it).role_id, values={}, permissions=["*"])
    assert (Grant.objects.filter(user=lead).count(), allowed(User.objects.get(pk=it.pk), "assets.view")) == (1, False)


def test_somebody_always_manages_access():
    chief = make_user()
    grant = Grant.objects.get(user=chief)
    with pytest.raises(NotNow):
        ops.revoke_grant(by=System("command line"), grant_id=grant.pk)
    with pytest.raises(NotNow):
        ops.change_role(by=chief, role_id=grant.role_id, values={}, permissions=["assets.view"])
    with pytest.raises(NotNow):
        ops.set_user_active(by=chief, user_id=chief.pk, is_active=False)
    second = make_user()
    ops.revoke_grant(by=second, grant_id=grant.pk)
    assert Grant.objects.filter(user=chief).count() == 0


def test_a_role_takes_known_permissions_only(lead):
    role = ops.create_role(by=lead, name="Store keeper", permissions=["assets.view", "assets.move"])
    assert (role.code, role.permissions) == ("store-keeper", ["assets.move", "assets.view"])
    with pytest.raises(Invalid):
        ops.change_role(by=lead, role_id=role.pk, values={}, permissions=["assets.fly"])
    assert ops.create_role(by=lead, name="Store keeper").code == "store-keeper-2"


def test_a_token_is_shown_once_and_kept_as_a_hash():
    user = make_user(permissions=["assets.view"])
    issued = ops.create_api_token(by=user, label="Label printer", days=30)
    kept = ApiToken.objects.get()
    assert (kept.digest, len(kept.digest)) == (ops.access.token_digest(issued.secret), 64)
    assert issued.secret not in "".join(AuditRecord.objects.values_list("after", flat=True))
    with pytest.raises(Denied):
        ops.create_api_token(by=make_user(), label="Somebody else's", user_id=user.pk)
    ops.revoke_api_token(by=user, token_id=kept.pk)
    assert ApiToken.objects.get().revoked_at is not None
