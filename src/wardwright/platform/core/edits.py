"""Saving an edited row without losing anybody's edit."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, TypeVar

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from .errors import NotFound, Refused, StaleEdit
from .kept import row_by_number
from .models import VersionedModel
from .words import moment_words

Row = TypeVar("Row", bound=VersionedModel)


@contextmanager
def together() -> Iterator[None]:
    """One transaction around an operation and what an edge asks or keeps beside it.

    A refusal ends it as a commit and is raised afterwards: the operation has rolled itself back, and what it counts of
    refusals (a wrong password) must stay.
    """
    refused: Refused | None = None
    with transaction.atomic():
        try:
            yield
        except Refused as error:
            refused = error
    if refused is not None:
        raise refused


def lock(queryset: Any, pk: int) -> Any:
    """The row ``pk`` of ``queryset``, locked until commit on PostgreSQL (SQLite's transaction already holds the lock).

    Raises:
        NotFound: when there is none.
    """
    row = row_by_number(queryset, pk, lock=True)
    if row is None:
        raise NotFound(_("There is no such record."), _("Check the number."))
    return row


def check_version(row: VersionedModel, expected: int | None) -> None:
    """Refuse when ``row`` moved on since version ``expected`` was read; None skips the check.

    Raises:
        StaleEdit: with the name of who changed it and when, from the audit trail.
    """
    if expected is None or row.version == expected:
        return
    who, when = last_editor(row)
    raise StaleEdit(
        _("This was changed meanwhile by %(who)s at %(when)s.") % {"who": who, "when": when},
        _("Compare both versions below, keep what you need and save again."),
    )


def last_editor(row: VersionedModel) -> tuple[str, str]:
    """Who last changed ``row`` and when, in words, read from the audit trail."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.actor_name, c.at FROM audit_record r JOIN audit_change c ON c.id = r.change_id"
            " WHERE r.table_name = %s AND r.row_id = %s ORDER BY r.id DESC LIMIT 1",
            [row._meta.db_table, row.pk],
        )
        found = cursor.fetchone()
    if not found:
        return "?", "?"
    at = found[1] if isinstance(found[1], datetime) else datetime.fromisoformat(found[1])  # SQLite keeps text
    return found[0], moment_words(at if timezone.is_aware(at) else at.replace(tzinfo=UTC))


def create_or_edit(row: Row, values: dict[str, Any], *, expected_version: int | None = None) -> Row:
    """Save a new row with ``values``, or edit the one that is there."""
    if row.pk is None:
        for name, value in values.items():
            setattr(row, name, value)
        row.save()
    else:
        apply_edit(row, values, expected_version=expected_version)
    return row


def apply_edit(row: Row, values: dict[str, Any], *, expected_version: int | None = None) -> list[str]:
    """Set ``values`` on ``row`` and save what differs, counting the version up; returns the changed field names."""
    check_version(row, expected_version)
    changed = [name for name, value in values.items() if getattr(row, name) != value]
    if changed:
        for name in changed:
            setattr(row, name, values[name])
        row.version += 1
        row.save(update_fields=[*changed, "version", "updated_at"])
    return changed
