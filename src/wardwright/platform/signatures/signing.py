"""Signing a snapshot, and telling whether a signature still holds."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import Any, Protocol

from django.db.models import Model
from django.utils import timezone
from django.utils.translation import gettext as _

from wardwright.platform.access.models import User
from wardwright.platform.access.throttle import is_own_password
from wardwright.platform.core.change import require_change
from wardwright.platform.core.errors import Invalid

from .models import Meaning, Signature


class Signable(Protocol):
    """A row that can be signed: it says what exactly is being signed."""

    def signed_content(self) -> dict[str, Any]: ...


def canonical(content: dict[str, Any]) -> str:
    """The snapshot as text: sorted keys, ISO dates, so that the same content always hashes alike."""
    return json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"), default=str)


def content_hash(content: dict[str, Any]) -> str:
    return hashlib.sha256(canonical(content).encode()).hexdigest()


def sign(row: Any, *, by: Any, meaning: str, password: str, subject_id: int | None = None) -> Signature:
    """Put ``by``'s signature under ``row`` inside the open change.

    Two components are asked for at each signing (21 CFR 11.200(a)(1)): the log-in of the session and the password.

    Raises:
        Invalid: when the password is wrong or the signer is not a person. TooOften: after too many wrong ones.
    """
    require_change()
    if by.is_system:
        raise Invalid(_("Only a person can sign."))
    # Asked of the database: whoever came with an API token carries no password along.
    signer = User.objects.filter(pk=by.id, is_active=True).first()
    if signer is None or not is_own_password(signer, password or ""):
        raise Invalid(
            _("The password is not right, so nothing was signed."), fields={"password": _("Enter your own password.")}
        )
    content = row.signed_content()
    return Signature.objects.create(
        signed_table=row._meta.db_table,
        signed_id=row.pk,
        subject_id=subject_id,
        signer_id=by.id,
        printed_name=str(by),
        signed_at=timezone.now(),
        meaning=Meaning(meaning),
        snapshot=canonical(content),
        snapshot_hash=content_hash(content),
    )


@dataclass(frozen=True)
class Standing:
    """A signature and whether it still fits what is there now."""

    signature: Signature
    superseded: bool


def signatures_of(row: Model) -> list[Standing]:
    """The signatures under ``row``, oldest first, each marked superseded when the row's content has changed since."""
    now = content_hash(row.signed_content())  # type: ignore[attr-defined]
    found = Signature.objects.filter(signed_table=row._meta.db_table, signed_id=row.pk).order_by("id")
    return [Standing(signature, signature.snapshot_hash != now) for signature in found]
