"""What happened to a device, read from the audit trail and said in plain words."""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Field, Model
from django.utils import formats, timezone
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from wardwright.platform.access.permissions import PERMISSIONS
from wardwright.platform.access.scope import allowed
from wardwright.platform.audit.models import AuditChange, AuditRecord
from wardwright.platform.audit.triggers import audited_models
from wardwright.platform.core.words import moment_words, noun_words

from ..models import Asset

PAGE = 12
MOST_NAMED = 12  # of one kind in one change; more are counted
READ = 400
QUIET = {"id", "version", "updated_at", "created_at", "status_since", "last_seen_at", "search_text", "key"}


@dataclass(frozen=True)
class Difference:
    """One column that changed."""

    label: str
    before: str
    after: str


@dataclass
class Entry:
    """One change that touched the device."""

    change_id: int
    at: datetime
    who: str
    reason: str
    words: str
    icon: str
    meaning: str = ""
    differences: list[Difference] = field(default_factory=list)
    others: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class History:
    """Entries, the newest first, and where the older ones begin (0 when there are none)."""

    entries: list[Entry]
    next_before: int


def history_of(by: Any, asset: Asset, *, before: int = 0, size: int = PAGE) -> History:
    """The changes that touched a device or what belongs to it, before the record ``before``, as far as ``by`` may see.

    A handful of queries however many records there are. The caller has checked that the reader may see the device.
    """
    closed = {app for app in _apps() if not allowed(by, f"{app}.view", asset)}
    records, next_before = _records(asset.pk, closed, before, size)
    changes = AuditChange.objects.defer("root", "manifest", "mac").in_bulk({record.change_id for record in records})
    grouped: dict[int, list[AuditRecord]] = defaultdict(list)
    for record in records:
        grouped[record.change_id].append(record)
    tables = {model._meta.db_table: model for model in audited_models()}
    names = _names(records, tables)
    found = [_entry(changes[pk], grouped[pk], asset.pk, tables, names) for pk in grouped if pk in changes]
    for entry in found:
        if _app_of(changes[entry.change_id].operation) in closed:
            entry.reason = ""
    return History(found, next_before)


def _apps() -> set[str]:
    """Apps that say by a permission ``<app>.view`` who may see their rows."""
    return {model._meta.app_label for model in audited_models() if f"{model._meta.app_label}.view" in PERMISSIONS}


def _app_of(name: str) -> str:
    """The app of a table (``maintenance_work_order``) or an operation (``maintenance.close_work_order``)."""
    return re.split(r"[._]", name, maxsplit=1)[0]


def _is_open(record: AuditRecord, closed: set[str]) -> bool:
    """A signature or a file is as open as the row it belongs to."""
    if record.table_name not in ("signatures_signature", "attachments_attachment"):
        return True
    said = json.loads(record.after or "null") or json.loads(record.before or "{}")
    return _app_of(said.get("signed_table") or said.get("owner_table") or "") not in closed


def _records(asset_id: int, closed: set[str], before: int, size: int) -> tuple[list[AuditRecord], int]:
    tables = [model._meta.db_table for model in audited_models() if model._meta.app_label in closed]
    found = AuditRecord.objects.filter(subject_id=asset_id).exclude(table_name__in=tables).order_by("-id")
    rows = list((found.filter(id__lt=before) if before else found)[:READ])
    kept: list[AuditRecord] = []
    seen: set[int] = set()
    for row in rows:
        if not _is_open(row, closed):
            continue
        seen.add(row.change_id)
        if len(seen) > size:
            return kept, kept[-1].id
        kept.append(row)
    return kept, rows[-1].id if len(rows) == READ else 0


# Words ----------------------------------------------------------------------------------------------------------


def _titles() -> dict[str, tuple[str, str]]:
    """Operation → (words, icon)."""
    return {
        "assets.register_asset": (_("Registered"), "plus"),
        "assets.change_asset": (_("Record changed"), "pencil"),
        "assets.move_asset": (_("Moved"), "map-pin"),
        "assets.move_assets": (_("Moved"), "map-pin"),
        "assets.see_asset": (_("Seen"), "eye"),
        "assets.change_status": (_("Status changed"), "refresh"),
        "assets.change_statuses": (_("Status changed"), "refresh"),
        "assets.quarantine_asset": (_("Quarantined"), "lock"),
        "assets.retire_asset": (_("Retired"), "package"),
        "assets.set_parent": (_("Put together or apart"), "hierarchy"),
        "assets.decide_merge": (_("Names brought together"), "git-merge"),
        "assets.change_device_type": (_("Type changed"), "tag"),
        "assets.change_device_model": (_("Model changed"), "tag"),
        "attachments.add_documents": (_("Documents added"), "paperclip"),
        "attachments.withdraw_document": (_("Document withdrawn"), "paperclip"),
        "maintenance.add_photo": (_("Photo taken"), "camera"),
        "assets.commit_import": (_("Imported"), "upload"),
    }


def _entry(
    change: AuditChange, records: list[AuditRecord], asset_id: int, tables: dict[str, type[Model]], names: dict
) -> Entry:
    words, icon = _titles().get(change.operation, ("", "history"))
    entry = Entry(change.id, change.at, change.actor_name, change.reason, words, icon)
    alike = Counter((record.table_name, record.kind) for record in records)
    for record in reversed(records):
        model = tables.get(record.table_name)
        if model is None:
            continue
        own = record.table_name == "assets_asset" and record.row_id == asset_id
        if own and record.kind == "U":
            entry.differences += _differences(model, record, names)
        elif own and not words:
            entry.words = _("Came into the register")
        elif not own and record.table_name not in ("assets_asset_move", "assets_status_period"):
            entry.others.append(_touched(model, record, names, alike[record.table_name, record.kind]))
    entry.others = list(dict.fromkeys(entry.others))
    entry.words = entry.words or (entry.others.pop(0) if entry.others and not entry.differences else _("Changed"))
    entry.meaning = _meaning(records)
    return entry


def _meaning(records: list[AuditRecord]) -> str:
    from ..states import MEANING, Status

    for record in records:
        after = json.loads(record.after or "{}")
        if record.table_name == "assets_asset" and record.kind == "U" and after.get("status") in Status.values:
            return MEANING[Status(after["status"])]
    return ""


def _touched(model: type[Model], record: AuditRecord, names: dict, alike: int) -> str:
    """What was done to a row; where it was done to many of one kind, how many."""
    many = alike > MOST_NAMED
    name = f"({alike})" if many else names.get((model, record.row_id), "")
    what = f"{capfirst(noun_words(model._meta))} {name}".strip()
    patterns = {"I": _("%(what)s added"), "U": _("%(what)s changed"), "D": _("%(what)s removed")}
    return patterns[record.kind] % {"what": what}


def _differences(model: type[Model], record: AuditRecord, names: dict) -> list[Difference]:
    before, after = json.loads(record.before or "{}"), json.loads(record.after or "{}")
    return [
        Difference(
            noun_words(column),
            _value(column, before.get(name), names),
            _value(column, after.get(name), names),
        )
        for name in after
        if name not in QUIET and (column := _column(model, name)) is not None
    ]


def _column(model: type[Model], name: str) -> Field | None:
    return next((column for column in model._meta.concrete_fields if column.column == name), None)


def _value(column: Field, value: Any, names: dict) -> str:
    """A recorded value in the reader's words."""
    if value in (None, "", "{}", "[]"):
        return ""
    if column.is_relation:
        return names.get((column.related_model, value)) or f"#{value}"
    if column.choices:
        return str(dict(column.flatchoices).get(value, value))
    kind = column.get_internal_type()
    if kind == "BooleanField":
        return _("yes") if value in (True, 1, "true") else _("no")
    if kind == "DateField":
        day = parse_date(str(value)[:10])
        return formats.date_format(day, "DATE_FORMAT") if day else str(value)
    if kind == "DateTimeField":
        return _moment(str(value))
    return str(value)


def _moment(text: str) -> str:
    moment = parse_datetime(text)
    if moment is None:
        return text
    aware = moment if timezone.is_aware(moment) else timezone.make_aware(moment, timezone.get_default_timezone())
    return moment_words(aware)


def _names(records: list[AuditRecord], tables: dict[str, type[Model]]) -> dict[tuple[type[Model], int], str]:
    """The names of all rows that the records speak of: one query per table."""
    wanted: dict[type[Model], set[int]] = defaultdict(set)
    for record in records:
        model = tables.get(record.table_name)
        if model is None:
            continue
        if model.__str__ is not Model.__str__ and record.table_name != "assets_asset":
            wanted[model].add(record.row_id)
        if record.table_name == "assets_asset" and record.kind == "U":
            _collect(model, record, wanted)
    return {
        (model, row.pk): str(row)
        for model, ids in wanted.items()
        for row in model._base_manager.filter(pk__in=ids).select_related()
    }


def _collect(model: type[Model], record: AuditRecord, wanted: dict[type[Model], set[int]]) -> None:
    for text in (record.before, record.after):
        for name, value in json.loads(text or "{}").items():
            column = _column(model, name)
            related = column.related_model if column is not None and column.is_relation else None
            if related is not None and isinstance(value, int):
                wanted[related].add(value)
