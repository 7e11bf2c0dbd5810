"""Adding documents to a row and withdrawing them, the same for every owner."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from wardwright.platform.access.scope import authorize, authorize_everywhere
from wardwright.platform.audit.operation import operation
from wardwright.platform.core.edits import lock
from wardwright.platform.core.errors import Invalid, NotFound, NotNow
from wardwright.platform.core.values import cleaned
from wardwright.platform.events.registry import publish

from .events import DocumentAdded, DocumentWithdrawn
from .kinds import safe_name
from .models import Attachment, DocumentKind
from .owners import OWNERS, Owner, owner_of
from .store import stored
from .uploads import check_file, checked_kind

MOST_FILES = 20
_FIELDS = ("caption", "language", "revision", "dated_on", "valid_until_on")


@operation()
def add_documents(
    *,
    by: Any,
    owner: str,
    owner_id: int,
    files: list[dict[str, str]],
    kind: str,
    caption: str = "",
    language: str = "",
    revision: str = "",
    dated_on: date | None = None,
    valid_until_on: date | None = None,
    replaces_id: int | None = None,
) -> list[Attachment]:
    """Add kept files (``store.keep``) to a row, all of them or none: each with its ``sha256`` and ``name``.

    The same content sent again with the same kind is there once. ``replaces_id`` names a document of the same row that
    the new one supersedes.

    Raises:
        Invalid: a file of a kind that is not taken, empty, or too large for what it is said to be. NotFound. Denied.
    """
    declared, row = _row(by, owner, owner_id)
    wanted = checked_kind(declared, kind)
    if not files or len(files) > MOST_FILES:
        words = _("Choose between one and %(most)s files.") % {"most": MOST_FILES}
        raise Invalid(words, fields={"files": words})
    facts = cleaned(
        Attachment(),
        {"caption": caption, "language": language, "revision": revision, "dated_on": dated_on,
         "valid_until_on": valid_until_on},
        _FIELDS,
    )  # fmt: skip
    replaced = _replaced(declared, owner_id, replaces_id)
    added = [_add(by, declared, row, wanted, one, facts) for one in files]
    _supersede(declared, owner_id, wanted, replaced, added)
    declared.changed(by, owner_id)
    return added


@operation(needs_reason=True)
def withdraw_document(*, by: Any, attachment_id: int, reason: str) -> Attachment:
    """Take a document out of use, with the reason; it stays readable and in the history.

    Raises:
        NotNow: withdrawn already. NotFound. Denied.
    """
    attachment = lock(Attachment.objects, attachment_id)
    declared = owner_of(attachment.owner_table)
    if declared is None:
        raise NotFound(_("There is no such document."), _("Go back to the list."))
    _row(by, declared.key, attachment.owner_id)
    if attachment.withdrawn_at is not None:
        raise NotNow(_("This document was withdrawn already."), _("Reload the page to see by whom and why."))
    attachment.withdrawn_at, attachment.withdrawn_by_name = timezone.now(), str(by)[:120]
    attachment.withdrawn_reason = reason.strip()[:300]
    attachment.save(update_fields=["withdrawn_at", "withdrawn_by_name", "withdrawn_reason"])
    publish(DocumentWithdrawn(attachment.pk, attachment.owner_table, attachment.owner_id, attachment.kind))
    declared.changed(by, attachment.owner_id)
    return attachment


def _row(by: Any, key: str, owner_id: int) -> tuple[Owner, Any]:
    """The owner's declaration and row, for an actor who may add to it."""
    declared = OWNERS.get(key)
    row = declared.rows(by).filter(pk=owner_id).first() if declared else None
    if declared is None or row is None:
        raise NotFound(_("There is no such record, or you may not see it."), _("Go back to the list."))
    if declared.shared:
        authorize_everywhere(by, declared.add)
    else:
        authorize(by, declared.add, row)
    return declared, row


def _add(
    by: Any, declared: Owner, row: Any, kind: DocumentKind, given: dict[str, str], facts: dict[str, Any]
) -> Attachment:
    found = stored(str(given["sha256"]))
    check_file(declared, kind, found, str(given.get("name", "")))
    same = Attachment.objects.of(declared.table, row.pk).in_force().filter(sha256=found.sha256, kind=kind).first()
    if same is not None:
        return same
    attachment = Attachment.objects.create(
        owner_table=declared.table,
        owner_id=row.pk,
        subject_id=getattr(row, declared.subject) if declared.subject else None,
        sha256=found.sha256,
        name=safe_name(str(given.get("name", "")), found.media_type),
        media_type=found.media_type,
        size_bytes=found.size_bytes,
        kind=kind,
        added_by_name=str(by)[:120],
        **facts,
    )
    publish(DocumentAdded(attachment.pk, declared.table, row.pk, kind))
    return attachment


def _replaced(declared: Owner, owner_id: int, replaces_id: int | None) -> Attachment | None:
    if replaces_id is None:
        return None
    found = Attachment.objects.of(declared.table, owner_id).in_force().filter(pk=replaces_id).first()
    if found is None:
        words = _("Choose a document of this record that is still in use.")
        raise Invalid(words, fields={"replaces_id": words})
    return found


def _supersede(
    declared: Owner, owner_id: int, kind: DocumentKind, replaced: Attachment | None, added: list[Attachment]
) -> None:
    """Point what the new document stands in for at it."""
    new = added[-1]
    old = Attachment.objects.of(declared.table, owner_id).in_force().exclude(pk=new.pk)
    if kind in declared.one_of:
        old.filter(kind=kind).update(superseded_by=new)
    if replaced is not None:
        old.filter(pk=replaced.pk).update(superseded_by=new)
