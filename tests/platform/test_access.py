"""Who reaches what: roles within scopes, the two doors, and what a refusal leaves behind."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import IntegrityError
from django.utils import timezone

from tests import factories
from wardwright.apps.assets.models import Asset
from wardwright.platform.access.models import Grant, Role, User
from wardwright.platform.access.permissions import PERMISSIONS, permission
from wardwright.platform.access.scope import Scope, allowed, authorize, reach, scope_q
from wardwright.platform.audit.models import AuditChange
from wardwright.platform.audit.operation import open_change, operation
from wardwright.platform.core.change import System
from wardwright.platform.core.errors import Denied

pytestmark = pytest.mark.django_db
VIEW = "assets.view"
TRY = permission("access-test.write", "Write in a test")


def fresh(user: User) -> User:
    """The user as a new request loads them: nothing remembered."""
    return User.objects.get(pk=user.pk)


def grant(user: User, codes: list[str], kind: str = "all", scope_id: int | None = None, **given) -> None:
    with open_change("test.grant", System()):
        role = Role.objects.create(code=f"more-{Role.objects.count()}", name="More", permissions=codes)
        Grant.objects.create(user=user, role=role, scope_kind=kind, scope_id=scope_id, **given)


@operation()
def rename_user(*, by, user_id, name, where=None):
    authorize(by, TRY, where)
    User.objects.filter(pk=user_id).update(name=name)


class TestReach:
    def test_a_site_role_reaches_its_site_only(self):
        user = factories.make_user(permissions=[VIEW], scope=("site", 7))
        assert allowed(user, VIEW, Scope(site_id=7))
        assert not allowed(user, VIEW, Scope(site_id=8))
        assert not allowed(user, VIEW, Scope())

    @pytest.mark.parametrize(("kind", "inside"), [("department", Scope(1, 7, 3)), ("vendor", Scope(1, 2, 7))])
    def test_department_and_vendor_roles_reach_across_sites(self, kind, inside):
        user = factories.make_user(permissions=[VIEW], scope=(kind, 7))
        assert allowed(user, VIEW, inside)
        assert not allowed(user, VIEW, Scope(7, 1, 1))

    def test_having_a_permission_somewhere_is_enough_to_open_a_page(self):
        user = factories.make_user(permissions=[VIEW], scope=("site", 7))
        assert allowed(user, VIEW)
        assert not allowed(user, "assets.change")

    def test_an_expired_grant_gives_nothing(self):
        user = factories.make_user(permissions=[])
        grant(user, [VIEW], expires_at=timezone.now() - timedelta(seconds=1))
        assert reach(fresh(user), VIEW) is None
        grant(user, [VIEW], expires_at=timezone.now() + timedelta(hours=1))
        assert allowed(fresh(user), VIEW, Scope())

    def test_an_inactive_user_reaches_nothing(self):
        user = factories.make_user(is_active=False)
        assert not allowed(user, VIEW)
        assert list(Asset.objects.visible_to(user)) == []

    def test_nobody_reaches_nothing(self):
        assert not allowed(AnonymousUser(), VIEW)
        assert not allowed(None, VIEW)

    def test_the_star_means_every_declared_permission(self):
        user = factories.make_user(permissions=["*"])
        assert [code for code in PERMISSIONS if not allowed(user, code, Scope())] == []
        assert not allowed(user, "no.such-permission")

    def test_the_star_within_a_site_stays_within_it(self):
        user = factories.make_user(permissions=["*"], scope=("site", 7))
        assert not allowed(user, VIEW, Scope(site_id=8))

    def test_reaches_are_read_once_for_each_loaded_user(self, django_assert_num_queries):
        user = fresh(factories.make_user(permissions=[VIEW]))
        with django_assert_num_queries(1):
            assert (allowed(user, VIEW), allowed(user, "jobs.view")) == (True, False)
            assert reach(user, VIEW).everything is True


class TestGrants:
    def test_the_database_itself_refuses_the_same_grant_twice(self):
        user = factories.make_user(permissions=[VIEW])
        role = Role.objects.get(pk=Grant.objects.get(user=user).role_id)
        with pytest.raises(IntegrityError), open_change("test.grant", System()):
            Grant.objects.bulk_create([Grant(user=user, role=role, scope_kind="all", scope_id=None)])
        assert Grant.objects.filter(user=user).count() == 1


class TestScopeQ:
    def test_the_scopes_of_several_grants_are_united(self):
        here, there, elsewhere = (factories.make_site() for _ in range(3))
        ward = factories.make_department(site=there)
        firm = factories.make_company()
        seen = [
            factories.make_asset(site=here),
            factories.make_asset(site=there, department=ward),
            factories.make_asset(site=elsewhere, provider=firm),
        ]
        factories.make_asset(site=there)
        factories.make_asset(site=elsewhere)
        user = factories.make_user(permissions=[VIEW], scope=("site", here.pk))
        grant(user, [VIEW], "department", ward.pk)
        grant(user, [VIEW], "vendor", firm.pk)
        grant(user, ["jobs.view"], "site", elsewhere.pk)
        assert set(Asset.objects.visible_to(user)) == set(seen)

    def test_without_the_permission_no_row_is_left(self):
        factories.make_asset()
        user = factories.make_user(permissions=["jobs.view"])
        assert Asset.objects.filter(scope_q(user, VIEW, site="site_id")).count() == 0

    def test_a_scope_that_the_table_does_not_have_shows_nothing(self):
        asset = factories.make_asset()
        user = factories.make_user(permissions=[VIEW], scope=("department", 1))
        assert Asset.objects.filter(scope_q(user, VIEW, site="site_id")).count() == 0
        assert asset.pk is not None


class TestAuthorize:
    def test_it_marks_the_open_change(self):
        with open_change("test.mark", System()) as change:
            assert change.authorized is False
            authorize(System(), TRY)
            assert change.authorized is True

    def test_a_refusal_names_the_permission_and_writes_nothing(self):
        user = factories.make_user(permissions=[VIEW], name="Before")
        changes = AuditChange.objects.count()
        with pytest.raises(Denied, match="Write in a test"):
            rename_user(by=user, user_id=user.pk, name="After")
        assert (User.objects.get(pk=user.pk).name, AuditChange.objects.count()) == ("Before", changes)

    def test_a_refusal_outside_the_scope_writes_nothing(self):
        user = factories.make_user(permissions=[TRY.code], scope=("site", 1), name="Before")
        with pytest.raises(Denied):
            rename_user(by=user, user_id=user.pk, name="After", where=Scope(site_id=2))
        rename_user(by=user, user_id=user.pk, name="After", where=Scope(site_id=1))
        assert User.objects.get(pk=user.pk).name == "After"

    def test_a_permission_is_declared_once(self):
        with pytest.raises(ValueError, match="declared twice"):
            permission("access-test.write", "Again")


class TestUsers:
    def test_the_password_is_never_recorded(self):
        from wardwright.platform.audit.models import AuditRecord

        user = factories.make_user()
        recorded = AuditRecord.objects.filter(table_name="access_user", row_id=user.pk).values_list("after", flat=True)
        assert [user.password in text or '"password"' in text for text in recorded] == [False]

    def test_a_user_sees_themselves_and_an_administrator_everybody(self):
        first, second = factories.make_user(permissions=[]), factories.make_user(permissions=["access.manage"])
        assert list(User.objects.visible_to(first)) == [first]
        assert set(User.objects.visible_to(second)) == {first, second}
