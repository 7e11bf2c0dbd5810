"""Signatures: who, when, meaning, the hash of exactly what was signed; void as soon as that changes."""

import hashlib
from datetime import timedelta

import pytest
from axes.models import AccessAttempt
from django.utils import timezone

from tests import factories
from wardwright.apps.testing.models import ProcedureVersion, Step
from wardwright.platform.access.models import ApiToken
from wardwright.platform.access.permissions import permission
from wardwright.platform.access.scope import authorize
from wardwright.platform.access.tokens import user_of_token
from wardwright.platform.audit.models import AuditChange, AuditRecord
from wardwright.platform.audit.operation import open_change, operation
from wardwright.platform.core.change import System
from wardwright.platform.core.errors import Invalid, TooOften, WriteOutsideOperation
from wardwright.platform.signatures.models import Signature
from wardwright.platform.signatures.signing import canonical, sign, signatures_of

pytestmark = pytest.mark.django_db
TRY = permission("signatures-test.write", "Write in a test")


@operation()
def sign_version(*, by, version_id, password, meaning="approved"):
    authorize(by, TRY)
    version = ProcedureVersion.objects.get(pk=version_id)
    Step.objects.filter(procedure_version=version).update(help="touched by the step that signs")
    return sign(version, by=by, meaning=meaning, password=password)


@operation()
def change_limit(*, by, version_id, high):
    authorize(by, TRY)
    Step.objects.filter(procedure_version_id=version_id, key="leakage").update(high=high)


@pytest.fixture
def version():
    return factories.make_procedure()


@pytest.fixture
def signer():
    return factories.make_user(name="Ana Reis, CE")


def test_a_signature_says_who_when_and_what_it_means(version, signer):
    before = timezone.now()
    signature = sign_version(by=signer, version_id=version.pk, password=factories.PASSWORD)
    assert (signature.printed_name, signature.meaning, signature.get_meaning_display(), signature.signer_id) == (
        "Ana Reis, CE",
        "approved",
        "approved",
        signer.pk,
    )
    assert before <= signature.signed_at <= timezone.now()
    assert signature.signed_at.utcoffset() == timedelta(0)


def test_it_keeps_exactly_what_was_signed(version, signer):
    signature = sign_version(by=signer, version_id=version.pk, password=factories.PASSWORD)
    assert signature.snapshot == canonical(version.signed_content())
    assert signature.snapshot_hash == hashlib.sha256(signature.snapshot.encode()).hexdigest()


@pytest.mark.parametrize("password", ["wrong", "", None])
def test_without_the_right_password_nothing_is_signed_and_nothing_else_done(version, signer, password):
    changes = AuditChange.objects.count()
    with pytest.raises(Invalid) as refused:
        sign_version(by=signer, version_id=version.pk, password=password)
    assert set(refused.value.fields) == {"password"}
    assert (Signature.objects.count(), AuditChange.objects.count()) == (0, changes)
    assert Step.objects.exclude(help="").count() == 0


def test_guessing_at_signing_is_throttled_as_at_the_log_in(version, signer):
    for _ in range(6):
        with pytest.raises(Invalid):
            sign_version(by=signer, version_id=version.pk, password="wrong")
    with pytest.raises(TooOften, match="Too many wrong passwords"):
        sign_version(by=signer, version_id=version.pk, password=factories.PASSWORD)
    assert Signature.objects.count() == 0
    other = factories.make_user()
    assert sign_version(by=other, version_id=version.pk, password=factories.PASSWORD).signer_id == other.pk


def test_after_a_quarter_of_an_hour_one_may_sign_again(version, signer):
    for _ in range(6):
        with pytest.raises(Invalid):
            sign_version(by=signer, version_id=version.pk, password="wrong")
    AccessAttempt.objects.update(attempt_time=timezone.now() - timedelta(minutes=16))
    assert sign_version(by=signer, version_id=version.pk, password=factories.PASSWORD).signer_id == signer.pk


def test_the_password_of_somebody_else_does_not_sign(version, signer):
    from wardwright.platform.audit.operation import open_change

    other = factories.make_user()
    with open_change("test.password", System()):
        other.set_password("another long password")
        other.save()
    with pytest.raises(Invalid):
        sign_version(by=other, version_id=version.pk, password=factories.PASSWORD)


def test_the_system_cannot_sign(version, system):
    with pytest.raises(Invalid, match="Only a person"):
        sign_version(by=system, version_id=version.pk, password=factories.PASSWORD)


def test_an_unknown_meaning_is_refused(version, signer):
    with pytest.raises(ValueError, match="liked"):
        sign_version(by=signer, version_id=version.pk, password=factories.PASSWORD, meaning="liked")
    assert Signature.objects.count() == 0


def test_signing_needs_an_open_change(version, signer):
    with pytest.raises(WriteOutsideOperation):
        sign(version, by=signer, meaning="approved", password=factories.PASSWORD)


def test_it_stands_until_what_was_signed_changes(version, signer, system):
    sign_version(by=signer, version_id=version.pk, password=factories.PASSWORD)
    assert [s.superseded for s in signatures_of(version)] == [False]
    change_limit(by=system, version_id=version.pk, high=400)
    assert [s.superseded for s in signatures_of(version)] == [True]
    sign_version(by=signer, version_id=version.pk, password=factories.PASSWORD, meaning="reviewed")
    standing = [(s.signature.meaning, s.superseded) for s in signatures_of(version)]
    assert standing == [("approved", True), ("reviewed", False)]


def test_a_change_that_is_taken_back_lets_it_stand_again(version, signer, system):
    sign_version(by=signer, version_id=version.pk, password=factories.PASSWORD)
    change_limit(by=system, version_id=version.pk, high=400)
    change_limit(by=system, version_id=version.pk, high=500)
    assert [s.superseded for s in signatures_of(version)] == [False]


def test_the_signature_itself_is_in_the_trail(version, signer):
    signature = sign_version(by=signer, version_id=version.pk, password=factories.PASSWORD)
    recorded = AuditRecord.objects.filter(table_name="signatures_signature")
    assert list(recorded.values_list("row_id", "kind")) == [(signature.pk, "I")]


def test_who_comes_with_an_api_token_signs_with_their_password_all_the_same(version, signer):
    with open_change("test.token", System("test")):
        ApiToken.objects.create(user=signer, label="t", digest="d" * 64, expires_at=timezone.now() + timedelta(days=1))
    caller = user_of_token("d" * 64)
    with pytest.raises(Invalid):
        sign_version(by=caller, version_id=version.pk, password="")
    with pytest.raises(Invalid):
        sign_version(by=caller, version_id=version.pk, password="wrong")
    signature = sign_version(by=caller, version_id=version.pk, password=factories.PASSWORD)
    assert (signature.signer_id, signature.printed_name) == (signer.pk, "Ana Reis, CE")
