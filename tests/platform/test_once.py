"""A form that arrives twice has one effect, and the second arrival gets the first one's answer."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from tests import factories
from wardwright.platform.access.guardrails import guardrail
from wardwright.platform.access.models import GuardrailPolicy
from wardwright.platform.audit.models import AuditChange
from wardwright.platform.audit.operations import set_guardrail_level
from wardwright.platform.core.errors import Repeated
from wardwright.platform.core.models import Once
from wardwright.platform.core.once import KEEP_DAYS, forget_old
from wardwright.platform.core.submission import pending_key, submission

pytestmark = pytest.mark.django_db
RULE = guardrail("once-test.rule", "A rule of a test")
BACKEND = "wardwright.platform.access.login.PasswordBackend"


@pytest.fixture
def logged_in(client):
    client.force_login(factories.make_user(), backend=BACKEND)
    return client


def send(client, key: str, level: str = "warn", reason: str = "decided"):
    return client.post(reverse("guardrail", args=[RULE.code]), {"once": key, "level": level, "reason": reason})


def changes() -> int:
    return AuditChange.objects.filter(operation="audit.set_guardrail_level").count()


class TestPages:
    def test_a_second_submission_changes_nothing_and_goes_where_the_first_went(self, logged_in):
        first, second = send(logged_in, "k1"), send(logged_in, "k1", level="off")
        assert (first.status_code, first.url) == (second.status_code, second.url) == (302, reverse("guardrails"))
        assert (changes(), GuardrailPolicy.objects.get().level) == (1, "warn")

    def test_another_key_is_another_submission(self, logged_in):
        send(logged_in, "k1")
        send(logged_in, "k2", level="off")
        assert (changes(), GuardrailPolicy.objects.get().level) == (2, "off")

    def test_a_refused_submission_does_not_use_up_its_key(self, logged_in):
        refused = send(logged_in, "k1", level="refuse")
        assert (refused.status_code, changes()) == (422, 0)
        assert "already in force" in refused.content.decode()
        assert send(logged_in, "k1", level="warn").status_code == 302
        assert changes() == 1

    def test_what_was_typed_is_still_there_after_a_refusal(self, logged_in):
        page = send(logged_in, "k1", level="refuse", reason="because of the audit").content.decode()
        assert "because of the audit" in page
        assert 'value="k1"' in page

    def test_the_same_key_of_another_user_is_another_submission(self, logged_in, client):
        send(logged_in, "k1")
        client.force_login(factories.make_user(), backend=BACKEND)
        send(client, "k1", level="off")
        assert changes() == 2

    def test_each_shown_form_has_a_key_of_its_own(self, logged_in):
        keys = {logged_in.get(reverse("guardrail", args=[RULE.code])).context["form"].initial["once"] for _ in range(3)}
        assert len(keys) == 3


class TestKeys:
    def level(self, system, wanted="warn"):
        return set_guardrail_level(by=system, rule=RULE.code, level_wanted=wanted, reason="decided")

    def test_the_key_is_taken_in_the_transaction_of_the_write(self, system):
        with submission("key"):
            self.level(system)
        assert list(Once.objects.values_list("key", flat=True)) == ["key"]
        with pytest.raises(Repeated), submission("key"):
            self.level(system, "off")
        assert GuardrailPolicy.objects.get().level == "warn"

    def test_without_a_key_every_call_counts(self, system):
        self.level(system)
        self.level(system, "off")
        assert (changes(), Once.objects.count()) == (2, 0)

    def test_a_submission_ends_with_its_block(self):
        with submission("key"):
            assert pending_key() == "key"
        assert pending_key() == ""

    def test_old_keys_are_forgotten(self):
        for key, age_days in (("old", KEEP_DAYS + 1), ("young", KEEP_DAYS - 1)):
            Once.objects.create(key=key)
            Once.objects.filter(key=key).update(at=timezone.now() - timedelta(days=age_days))
        assert forget_old() == 1
        assert list(Once.objects.values_list("key", flat=True)) == ["young"]
