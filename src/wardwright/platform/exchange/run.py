"""Reading, planning and writing one import; sessions and the command line both go through here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from time import perf_counter
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

from wardwright.kernel.tabular.groups import Group
from wardwright.kernel.tabular.patterns import NotePattern, extract
from wardwright.kernel.tabular.table import Table
from wardwright.platform.access.scope import authorize
from wardwright.platform.audit.operation import operation
from wardwright.platform.core.errors import Invalid

from .plan import CHANGED, NEW, Plan, Progress, Warned
from .reading import layout_key, propose
from .report import answer
from .sheet import Sheet, read_column, read_groups
from .targets import Context, ImportField, ImportTarget


def silent(done: int, total: int, words: str) -> None:
    """A progress that is shown to nobody."""


@dataclass
class Prepared:
    """A sheet with its plan, and how far the trail was when it was made."""

    target: ImportTarget
    sheet: Sheet
    plan: Plan
    context: Context
    seen_record: int


def read_sheet(table: Table, target: ImportTarget, decided: Mapping[str, Any]) -> Sheet:
    """Read every cell as ``decided`` (columns, dates, groups, patterns) says."""
    fields = target.all_fields()
    orders = {index: item["order"] for index, item in decided.get("dates", {}).items()}
    columns: dict[str, int] = {}
    values: dict[str, list[Any]] = {}
    warned: list[Warned] = []
    for index, name in decided["columns"].items():
        if name in fields and name not in columns and int(index) < len(table.headings):
            item = fields[name]
            columns[name] = int(index)
            values[name], problems = read_column(
                table, int(index), item.kind, order=orders.get(index, "day-first"), max_length=item.max_length
            )
            warned += problems
    groups, problems = _sheet_groups(table, target, decided, orders)
    sheet = Sheet(table, columns, values, groups, {}, warned + problems)
    _dig_patterns(sheet, decided.get("patterns", []), {n: f for n, f in fields.items() if f.kind in ("text", "serial")})
    return sheet


def _sheet_groups(table: Table, target: ImportTarget, decided: Mapping[str, Any], orders: Mapping[str, str]) -> Any:
    takes = any(extension.takes_groups for extension in target.extensions.values())
    if not takes or not decided.get("use_groups", True):
        return [], []
    groups = [Group(g["label"], g["order"], g["columns"], g["is_month"]) for g in decided.get("groups", [])]
    return read_groups(table, groups, orders)


def _dig_patterns(sheet: Sheet, patterns: list[dict[str, Any]], fields: Mapping[str, ImportField]) -> None:
    """Identifiers out of notes: into a field that no column fills, or kept under their own label."""
    for item in patterns:
        if not item.get("use") or int(item["column"]) >= len(sheet.table.headings):
            continue
        pattern = NotePattern(item["kind"], item["key"], 1.0, 1.0, ())
        values = [extract(pattern, note) if note else None for note in sheet.table.column(int(item["column"]))]
        name = item.get("field", "")
        if name in fields and name not in sheet.values:
            limit = fields[name].max_length or None
            sheet.values[name] = [value[:limit] if value else None for value in values]
            sheet.columns[name] = int(item["column"])
        else:
            sheet.extras[str(item["key"])[:40]] = [value[:80] if value else None for value in values]


def prepare(table: Table, target: ImportTarget, decided: Mapping[str, Any], context: Context) -> Prepared:
    """Read the sheet and plan it; reads the database and writes nothing."""
    seen = _last_record()
    sheet = read_sheet(table, target, decided)
    return _planned(target, sheet, context, seen)


def _planned(target: ImportTarget, sheet: Sheet, context: Context, seen: int) -> Prepared:
    plan = Plan.for_rows(len(sheet))
    plan.warned = list(sheet.warned)
    for planner in target.planners():
        planner.prepare(sheet, plan, context)
    return Prepared(target, sheet, plan, context, seen)


def _last_record() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT max(id) FROM audit_record")
        return cursor.fetchone()[0] or 0


def _moved_on(prepared: Prepared) -> bool:
    """Whether rows that the plan looked at were written since."""
    tables = sorted(prepared.target.all_tables())
    marks = ", ".join(["%s"] * len(tables))
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT 1 FROM audit_record WHERE id > %s AND table_name IN ({marks}) LIMIT 1",  # noqa: S608
            [prepared.seen_record, *tables],
        )
        return cursor.fetchone() is not None


def write(prepared: Prepared, by: Any, progress: Progress) -> Prepared:
    """Write the plan inside the open change; planned anew when the house moved on meanwhile."""
    authorize(by, prepared.target.permission)
    if _moved_on(prepared):
        prepared = _planned(prepared.target, prepared.sheet, prepared.context, _last_record())
    if any(code in (NEW, CHANGED) for code in prepared.plan.codes):
        for planner in prepared.target.planners():
            planner.apply(prepared.sheet, prepared.plan, prepared.context, progress)
    return prepared


@operation()
def import_table(*, by: Any, prepared: Prepared, progress: Progress = silent) -> Prepared:
    """Write a prepared import as one change."""
    return write(prepared, by, progress)


def decide(
    table: Table, target: ImportTarget, mapping: Mapping[str, str] | None = None
) -> tuple[ImportTarget, dict[str, Any]]:
    """The proposal with corrections: ``mapping`` heading → field ("" or "ignore" leaves the column out)."""
    target, decided = propose(table, target)
    known = {heading: str(index) for index, heading in enumerate(table.headings)}
    for heading, name in (mapping or {}).items():
        if heading not in known:
            raise Invalid(
                _("There is no column “%(name)s”.") % {"name": heading},
                _("The columns are: %(names)s.") % {"names": ", ".join(known)},
            )
        if name and name != "ignore" and name not in target.all_fields():
            raise Invalid(
                _("There is no field “%(name)s”.") % {"name": name},
                _("The fields are: %(names)s.") % {"names": ", ".join(target.all_fields())},
            )
        for index, field in list(decided["columns"].items()):
            if name and field == name:
                decided["columns"][index] = ""
        decided["columns"][known[heading]] = name
    if mapping:
        from .reading import date_decisions

        groups = [Group(g["label"], g["order"], g["columns"], g["is_month"]) for g in decided["groups"]]
        decided["dates"] = date_decisions(table, decided["columns"], groups)
    return target, decided


def finish_answer(prepared: Prepared, started: float) -> dict[str, Any]:
    """The answer with the time it took and how the dates were read."""
    found = answer(prepared.sheet, prepared.plan)
    found["target"] = prepared.target.key
    found["seconds"] = round(perf_counter() - started, 3)
    return found


def new_context(by: Any, table: Table, file_name: str, defaults: Mapping[str, Any] | None) -> Context:
    return Context(by, file_name, layout_key(table), dict(defaults or {}))


def check_recognised(table: Table, target: ImportTarget, fields: Iterable[str]) -> None:
    """Refuse a file of which nothing was understood; ``fields`` are those that its columns and notes give.

    Raises:
        Invalid: with the headings that were found.
    """
    if not target.needs_one_of or target.needs_one_of & set(fields):
        return
    names = ", ".join(table.headings)[:300]
    raise Invalid(
        _("No column of this file says what a device is."),
        _("The headings found are: %(names)s. Say what they are, or check file, sheet and heading row.")
        % {"names": names},
        fields={"file": _("No column was recognised.")},
    )
