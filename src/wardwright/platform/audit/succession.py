"""Changing the house's key: a statement signed by the new key, and by the old one where it is still there.

The statement pins every seal made so far (``trust`` reads it). Changes that the old key protected by a MAC and that
were not sealed yet are *adopted*: the statement holds their leaves, since the new key cannot check that MAC.
"""

from __future__ import annotations

import hmac
import os
from collections.abc import Iterator

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.db import connection, transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone
from django.utils.translation import gettext as _

from wardwright.platform.core.errors import NotNow

from . import journal, keys
from .digest import CHANGE_COLUMNS, ChangeRow, change_mac, pack_manifest
from .models import AuditChange, AuditKey, AuditLeaf, AuditSeal
from .sealing import leaf_of, seal_pending
from .trust import SealsDigest, statement_of


def record_succession(
    *, old: bytes, new: Ed25519PrivateKey, reason: str, old_key: Ed25519PrivateKey | None
) -> AuditKey:
    """Write the statement that ``new`` follows ``old`` from the next seal on; ``old_key`` signs it too, if there."""
    last = AuditKey.objects.order_by("-id").first()
    digest, newest = SealsDigest(), 0
    for seal in AuditSeal.objects.order_by("id").defer("members").iterator(chunk_size=500):
        digest.add(seal)
        newest = seal.id
    adopted = pack_manifest((change.id, leaf_of(change)) for change in _unsealed())
    row = AuditKey(
        id=last.id + 1 if last else 1,
        at=timezone.now(),
        old=old,
        new=keys.public_bytes(new.public_key()),
        last_seal=newest,
        seals=digest.value(),
        adopted=adopted,
        reason=reason,
    )
    message = statement_of(row)
    row.old_signature = old_key.sign(message) if old_key else b""
    row.new_signature = new.sign(message)
    row.save(force_insert=True)
    return row


def _unsealed() -> Iterator[ChangeRow]:
    waiting = AuditChange.objects.filter(~Exists(AuditLeaf.objects.filter(pk=OuterRef("pk")))).order_by("id")
    for values in waiting.values_list(*CHANGE_COLUMNS.split(", ")).iterator(chunk_size=500):
        yield ChangeRow(*values)


def sealing_key() -> bytes | None:
    """The public key that this house's trail goes on with, as the database tells; None before the first seal."""
    last = AuditKey.objects.order_by("-id").first()
    seal = AuditSeal.objects.defer("members").order_by("-id").first()
    return bytes(last.new) if last else bytes(seal.key) if seal else None


def refuse_other_key() -> None:
    """Before anything is written here: a host without the house's key would spoil the trail for all of them.

    Raises:
        NotNow: when the trail was begun with another key than the one that is here.
    """
    wanted = sealing_key()
    if wanted is not None:
        is_ours = wanted == keys.public_bytes()
    else:
        first = next(_unsealed(), None)
        is_ours = first is None or hmac.compare_digest(change_mac(first, keys.mac_key()), bytes(first.mac))
    if not is_ours:
        raise NotNow(
            _("The audit key here is not the one of this house."),
            _(
                "Copy keys/ from another host or from where it is kept, or set WARDWRIGHT_AUDIT_KEY as there."
                " If it is lost: wardwright audit new-key --lost."
            ),
        )


def replace_lost_key(*, reason: str) -> AuditKey:
    """Go on with the key that is here, where the house's own is lost: the trail says that the old one did not sign.

    Raises:
        NotNow: while the house runs here, when its key is not lost, or when nothing was sealed with it.
    """
    _refuse_while_running()
    old = sealing_key()
    if old is None or old == keys.public_bytes():
        raise NotNow(_("The key of this house is not lost."), _("Run this without --lost."))
    with transaction.atomic():
        return record_succession(old=old, new=keys.private_key(), reason=reason, old_key=None)


def _refuse_while_running() -> None:
    if journal.others_alive():
        raise NotNow(_("The house is running here."), _("Stop its web processes and workers, on every host, first."))


def change_key(*, reason: str) -> AuditKey:
    """Give the house a new key. The house must be stopped: a process that still has the old key would go on using it.

    Raises:
        NotNow: while the house runs here, or when the trail cannot be sealed to its end first.
    """
    finish_key_change()
    _refuse_while_running()
    seal_pending(everything=True)
    if next(_unsealed(), None) is not None:
        raise NotNow(
            _("Some changes cannot be sealed with the key in use."),
            _("Run “wardwright audit verify”: it names them. The key was not changed."),
        )
    given = os.environ.get("WARDWRIGHT_AUDIT_KEY_NEW")
    if os.environ.get("WARDWRIGHT_AUDIT_KEY") and not given:
        raise NotNow(
            _("The key comes from WARDWRIGHT_AUDIT_KEY."),
            _("Put 32 new random bytes in hexadecimal into WARDWRIGHT_AUDIT_KEY_NEW and run this again."),
        )
    new = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(given)) if given else Ed25519PrivateKey.generate()
    old = keys.private_key()
    if not os.environ.get("WARDWRIGHT_AUDIT_KEY"):
        keys.keep_next(new)
    with transaction.atomic():
        row = record_succession(old=keys.public_bytes(), new=new, reason=reason, old_key=old)
    finish_key_change()
    return row


def finish_key_change() -> bool:
    """Take the next key into use if the trail says that it follows; a crash may have come in between."""
    waiting = keys.next_key()
    if waiting is None or "audit_key" not in connection.introspection.table_names():
        return False
    last = AuditKey.objects.order_by("-id").first()
    if last is None or bytes(last.new) != keys.public_bytes(waiting.public_key()):
        return False
    keys.take_next()
    return True
