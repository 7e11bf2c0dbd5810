"""Changing the house's key: what the old one sealed stays valid, and nobody slips in between."""

import json
from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.utils import timezone

from tests.factories import make_asset, make_site
from tests.platform.test_audit import without_triggers
from wardwright.platform.audit import journal, keys
from wardwright.platform.audit.models import AuditChange, AuditKey, AuditSeal
from wardwright.platform.audit.passport import check_passport, export_passport
from wardwright.platform.audit.sealing import seal_pending
from wardwright.platform.audit.succession import (
    change_key,
    finish_key_change,
    record_succession,
    refuse_other_key,
    replace_lost_key,
)
from wardwright.platform.audit.verify import verify
from wardwright.platform.core.errors import NotNow

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def own_key(settings, tmp_path, monkeypatch):
    """A folder of its own for each test, with a key of its own."""
    monkeypatch.delenv("WARDWRIGHT_AUDIT_KEY", raising=False)
    monkeypatch.delenv("WARDWRIGHT_AUDIT_KEY_NEW", raising=False)
    settings.WARDWRIGHT_HOME = tmp_path
    keys.forget()
    journal.forget()
    yield
    settings.WARDWRIGHT_HOME = tmp_path  # until the key of the session is read again
    keys.forget()
    journal.forget()


def test_both_keys_sign_the_change_and_everything_stays_valid():
    asset = make_asset()
    old = keys.public_bytes()
    row = change_key(reason="yearly")
    assert (bytes(row.old), bytes(row.new), row.last_seal) == (old, keys.public_bytes(), 1)
    assert keys.public_bytes() != old
    make_site()
    seal_pending()
    assert [bytes(seal.key) for seal in AuditSeal.objects.order_by("id")] == [old, keys.public_bytes()]
    assert (verify().problems, verify().notes) == ([], [])

    passport = json.loads(json.dumps(export_passport(asset.pk, asset.tag)))
    for key in (old, keys.public_bytes()):  # whoever trusts the one may trust the other
        assert check_passport(passport, trusted_key=key.hex()).ok
    assert not check_passport(passport, trusted_key="00" * 32).ok
    passport["keys"][0]["new"] = "00" * 64
    assert not check_passport(passport, trusted_key=keys.public_bytes().hex()).ok


def test_the_old_key_can_no_longer_change_what_it_sealed():
    make_site()
    seal_pending()
    stolen = keys.private_key()
    change_key(reason="stolen")
    seal = AuditSeal.objects.get()
    from wardwright.kernel import merkle
    from wardwright.platform.audit.digest import seal_bytes

    at = seal.at + timedelta(days=1)
    message = seal_bytes(
        1, at, bytes(seal.previous), bytes(seal.root), seal.count, merkle.leaf_hash(bytes(seal.members))
    )
    without_triggers()
    AuditSeal.objects.update(at=at, signature=stolen.sign(message))
    assert {"record": "key 1", "what": "the seals up to 1 differ from those it pinned"} in verify().problems


def test_a_removed_or_edited_statement_is_named():
    make_site()
    change_key(reason="first")
    change_key(reason="second")
    without_triggers("UPDATE audit_key SET reason = 'other' WHERE id = 2")
    assert verify().problems[0] == {"record": "key 2", "what": "changed: the signature of the new key does not fit"}
    without_triggers("DELETE FROM audit_key WHERE id = 2")
    assert "does not lead to the key" in verify().problems[0]["what"]


def test_unsealed_changes_are_adopted_where_the_old_key_is_not_there():
    make_site()
    seal_pending()
    make_site()
    old, new = keys.public_bytes(), Ed25519PrivateKey.generate()
    record_succession(old=old, new=new, reason="restored", old_key=None)
    keys.keep_next(new)
    assert finish_key_change()
    report = verify()
    assert (report.problems, report.unsealed) == ([], 1)
    assert "did not sign that change" in report.notes[0]
    assert seal_pending().changes == 1
    assert verify().problems == []
    without_triggers("UPDATE audit_change SET reason = 'forged' WHERE id = (SELECT max(id) FROM audit_change)")
    assert [problem["record"] for problem in verify().problems] == [f"change {AuditChange.objects.latest('id').pk}"]


def test_a_crash_between_statement_and_key_is_finished_later(monkeypatch):
    make_site()
    seal_pending()
    new = Ed25519PrivateKey.generate()
    keys.keep_next(new)
    assert not finish_key_change()  # the trail does not say so: the attempt led nowhere
    record_succession(old=keys.public_bytes(), new=new, reason="yearly", old_key=keys.private_key())
    assert finish_key_change()
    assert (keys.public_bytes(), keys.next_key()) == (keys.public_bytes(new.public_key()), None)
    assert verify().problems == []


def test_it_is_refused_while_the_house_runs_or_the_trail_is_damaged(tmp_path):
    make_site()
    tail = journal.folder() / "tail"
    tail.mkdir(parents=True, exist_ok=True)
    (tail / "1-other.log").touch()  # process 1 is always alive
    with pytest.raises(NotNow, match="running"):
        change_key(reason="yearly")
    (tail / "1-other.log").unlink()
    without_triggers("UPDATE audit_change SET reason = 'forged'")
    with pytest.raises(NotNow, match="cannot be sealed"):
        change_key(reason="yearly")
    assert (AuditKey.objects.count(), keys.next_key()) == (0, None)


def test_a_key_from_the_environment_is_followed_by_one_from_there(monkeypatch):
    monkeypatch.setenv("WARDWRIGHT_AUDIT_KEY", "11" * 32)
    keys.forget()
    make_site()
    with pytest.raises(NotNow, match="WARDWRIGHT_AUDIT_KEY"):
        change_key(reason="yearly")
    monkeypatch.setenv("WARDWRIGHT_AUDIT_KEY_NEW", "22" * 32)
    change_key(reason="yearly")
    monkeypatch.setenv("WARDWRIGHT_AUDIT_KEY", "22" * 32)
    keys.forget()
    assert verify().problems == []
    assert AuditKey.objects.get().at <= timezone.now()


@pytest.mark.parametrize("sealed", [True, False])
def test_a_host_with_another_key_is_refused_before_it_writes(sealed):
    make_site()
    if sealed:
        seal_pending()
    refuse_other_key()
    keys.key_file().unlink()
    keys.forget()
    with pytest.raises(NotNow, match="not the one of this house"):
        refuse_other_key()


def test_where_the_key_is_lost_another_goes_on_and_the_trail_says_so():
    make_site()
    seal_pending()
    with pytest.raises(NotNow, match="not lost"):
        replace_lost_key(reason="the disk broke")
    make_site()  # not sealed with the old key any more
    keys.key_file().unlink()
    keys.forget()
    row = replace_lost_key(reason="the disk broke")
    assert (bytes(row.new), bytes(row.old_signature)) == (keys.public_bytes(), b"")
    refuse_other_key()
    make_site()
    seal_pending()
    report = verify()
    assert (report.problems, report.unsealed) == ([], 0)
    assert ["did not sign that change" in note for note in report.notes] == [True]
