"""Guardrails: off says nothing, warn leaves a note in the trail, refuse refuses unless overridden with a reason."""

import pytest
from django.urls import reverse

from tests import factories
from wardwright.apps.directory.models import Site
from wardwright.apps.directory.operations import create_role, grant_role
from wardwright.platform.access.guardrails import enforce, guardrail, level, rules_in_force
from wardwright.platform.access.models import GuardrailPolicy
from wardwright.platform.access.permissions import permission
from wardwright.platform.access.scope import authorize
from wardwright.platform.audit.models import AuditChange
from wardwright.platform.audit.operation import operation
from wardwright.platform.audit.operations import set_guardrail_level
from wardwright.platform.core.errors import Denied, Guarded, Invalid, NotFound, WriteOutsideOperation

pytestmark = pytest.mark.django_db
TRY = permission("guardrails-test.write", "Write in a test")
RULE = guardrail("guardrails-test.rule", "Sites have long names")
SOFT = guardrail("guardrails-test.soft", "Sites have short names", "warn")


@operation()
def make_site(*, by, name, rule=RULE, override_reason=""):
    authorize(by, TRY)
    enforce(by, rule, "The name is too short.", "Use a longer one.", override_reason=override_reason)
    return Site.objects.create(code=name, name=name)


@operation()
def rename_site(*, by, site, override_reason=""):
    authorize(by, TRY, site)
    enforce(by, RULE, "The name is too short.", override_reason=override_reason)
    Site.objects.filter(pk=site.pk).update(name="A")


def set_level(by, wanted, reason="decided by the department"):
    return set_guardrail_level(by=by, rule=RULE.code, level_wanted=wanted, reason=reason)


def notes() -> str:
    return AuditChange.objects.get(operation="platform.make_site").notes


class TestLevels:
    def test_by_default_the_step_is_refused_and_nothing_written(self, system):
        with pytest.raises(Guarded) as refused:
            make_site(by=system, name="A")
        assert (refused.value.rule, refused.value.message, refused.value.way_forward) == (
            RULE.code,
            "The name is too short.",
            "Use a longer one.",
        )
        assert (refused.value.status, Site.objects.count()) == (409, 0)

    def test_a_rule_may_warn_by_default(self, system):
        make_site(by=system, name="A", rule=SOFT)
        assert notes() == "guardrails-test.soft: The name is too short."

    def test_at_warn_the_step_is_done_and_the_warning_recorded(self, system):
        set_level(system, "warn")
        make_site(by=system, name="A")
        assert notes() == "guardrails-test.rule: The name is too short."

    def test_at_off_nothing_is_said(self, system):
        set_level(system, "off")
        make_site(by=system, name="A")
        assert notes() == ""


class TestOverriding:
    def test_with_the_right_and_a_reason_the_step_is_done_and_the_reason_recorded(self):
        head = factories.make_user(permissions=[TRY.code, "guardrails.override"])
        make_site(by=head, name="A", override_reason="  agreed by telephone ")
        assert notes() == "guardrails-test.rule overridden: agreed by telephone"

    def test_without_a_reason_it_stays_refused(self):
        head = factories.make_user(permissions=[TRY.code, "guardrails.override"])
        with pytest.raises(Guarded):
            make_site(by=head, name="A", override_reason="   ")

    def test_the_right_at_one_site_overrides_nothing_at_another(self):
        here, there = factories.make_site(name="Here"), factories.make_site(name="There")
        head = factories.make_user(permissions=["guardrails.override"], scope=("site", here.pk))
        role = create_role(by=factories.make_user(), name="Renamer", permissions=[TRY.code])
        grant_role(by=factories.make_user(), user_id=head.pk, role_id=role.pk)
        rename_site(by=head, site=here, override_reason="agreed")
        with pytest.raises(Guarded):
            rename_site(by=head, site=there, override_reason="agreed")
        assert sorted(Site.objects.values_list("name", flat=True)) == ["A", "There"]

    def test_without_the_right_a_reason_does_not_help(self):
        technician = factories.make_user(permissions=[TRY.code])
        with pytest.raises(Guarded):
            make_site(by=technician, name="A", override_reason="please")
        assert Site.objects.count() == 0

    def test_a_note_needs_an_open_change(self, system):
        with pytest.raises(WriteOutsideOperation):
            enforce(system, SOFT, "words")


class TestSettingTheLevel:
    def test_it_is_recorded_with_who_and_why(self):
        user = factories.make_user(permissions=["access.manage"], name="Ana Reis")
        set_level(user, "off", "trial ward only")
        change = AuditChange.objects.get(operation="audit.set_guardrail_level")
        assert (change.actor_name, change.reason, change.records) == ("Ana Reis", "trial ward only", 1)
        assert (level(RULE), GuardrailPolicy.objects.get().level) == ("off", "off")

    @pytest.mark.parametrize(("wanted", "reason"), [("off", " "), ("perhaps", "why"), ("refuse", "as it is already")])
    def test_a_wrong_entry_changes_nothing(self, system, wanted, reason):
        with pytest.raises(Invalid):
            set_level(system, wanted, reason)
        assert GuardrailPolicy.objects.count() == 0

    def test_an_unknown_rule_is_not_found(self, system):
        with pytest.raises(NotFound):
            set_guardrail_level(by=system, rule="no.such", level_wanted="off", reason="why")

    @pytest.mark.parametrize("scope", [("all", None), ("site", 1)])
    def test_it_needs_the_right_to_manage_access_everywhere(self, scope):
        codes = ["access.manage"] if scope[0] == "site" else ["jobs.view"]
        with pytest.raises(Denied):
            set_level(factories.make_user(permissions=codes, scope=scope), "off")
        assert GuardrailPolicy.objects.count() == 0

    def test_the_list_tells_what_the_hospital_set_from_what_was_delivered(self, system):
        before = {item.rule.code: (item.level, item.policy_id) for item in rules_in_force()}
        policy = set_level(system, "warn")
        after = {item.rule.code: (item.level, item.policy_id) for item in rules_in_force()}
        assert after == {**before, RULE.code: ("warn", policy.pk)}
        assert (before[RULE.code], before[SOFT.code]) == (("refuse", None), ("warn", None))

    def test_the_page_asks_for_a_reason_and_sets_the_level(self, client):
        client.force_login(factories.make_user(), backend="wardwright.platform.access.login.PasswordBackend")
        url = reverse("guardrail", args=[RULE.code])
        assert client.post(url, {"level": "off", "reason": ""}).status_code == 422
        assert client.post(url, {"level": "off", "reason": "trial"}).url == reverse("guardrails")
        assert level(RULE) == "off"
