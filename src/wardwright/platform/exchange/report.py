"""What an import did or would do, in numbers that add up and in samples for the page."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _

from wardwright.kernel.said import say
from wardwright.kernel.tabular.table import RowNumber, SetAside
from wardwright.platform.core.words import said_words

from .plan import CHANGED, NEW, REFUSED, SAME, SKIPPED, Plan
from .sheet import Sheet

SAMPLE = 100
ROWS_NAMED = 20
_ASIDE_WORDS = {
    "sub-total": say("A sub-total, not a device."),
    "blank": say("An empty row."),
    "repeated heading": say("The headings repeated."),
    "section": say("A line that names a section."),
    "signature": say("A line for signatures below the list."),
}


def aside_rows(sheet: Sheet) -> list[SetAside]:
    """Rows below the headings that are no data; titles above them are no rows of the table."""
    return [row for row in sheet.table.set_aside if not row.above]


def answer(sheet: Sheet, plan: Plan) -> dict[str, Any]:
    """The counts: ``rows`` = imported + updated + unchanged + skipped + refused; ``reasons`` explain the last two."""
    counts = plan.counts()
    aside = aside_rows(sheet)
    reasons: Counter[str] = Counter(why.reason for why in plan.why.values())
    named: dict[str, list[RowNumber]] = {}
    for index, why in sorted(plan.why.items()):
        if len(named.setdefault(why.reason, [])) < ROWS_NAMED:
            named[why.reason].append(sheet.row_number(index))
    for row in aside:
        words = _ASIDE_WORDS.get(row.kind, row.reason)
        reasons[words] += 1
        if len(named.setdefault(words, [])) < ROWS_NAMED:
            named[words].append(row.row_number)
    return {
        "rows": len(sheet) + len(aside),
        "imported": counts[NEW],
        "updated": counts[CHANGED],
        "unchanged": counts[SAME],
        "skipped": counts[SKIPPED] + len(aside),
        "refused": counts[REFUSED],
        "reasons": dict(reasons),
        "reason_rows": named,
        "warnings": dict(Counter(item.reason for item in plan.warned)),
        "near_duplicates": len(plan.near),
        "merges_queued": len(plan.merges),
        "created": dict(plan.created),
        "schedules": plan.created.get("schedule", 0),
        "plans": plan.created.get("plan", 0),
        "notes": list(plan.notes),
    }


def error_lines(sheet: Sheet, plan: Plan) -> Iterator[tuple[RowNumber, str, str, str, str]]:
    """Lines of the error file in the language of whoever asked for the check: by row, then cells not used."""
    words = {SKIPPED: _("skipped"), REFUSED: _("refused")}
    lines = [
        (sheet.row_number(i), words[plan.codes[i]], why.column, why.value, why.detail or why.reason)
        for i, why in plan.why.items()
    ]
    lines += [
        (row.row_number, words[SKIPPED], "", "", _ASIDE_WORDS.get(row.kind, row.reason)) for row in aside_rows(sheet)
    ]
    lines += [
        (item.row, _("imported without this cell"), item.column, item.value, item.detail or item.reason)
        for item in plan.warned
    ]
    for row, *texts in sorted(lines, key=lambda line: (*_place(line[0]), *line[1:])):
        happened, column, value, reason = map(said_words, texts)
        yield row, happened, column, value, reason


def _place(row: RowNumber) -> tuple[str, int]:
    """Sheet and row, so that lines of several sheets sort as they stand."""
    name, _mark, number = str(row).rpartition("!")
    return name, int(number)


def samples(sheet: Sheet, plan: Plan) -> dict[str, Any]:
    """The first rows of each kind, for the page."""
    found: dict[str, list[dict[str, Any]]] = {code: [] for code in (NEW, CHANGED, SAME, SKIPPED, REFUSED)}
    for index, code in enumerate(plan.codes):
        if len(found[code]) < SAMPLE:
            found[code].append(_row(sheet, plan, index))
    warned = [item._asdict() for item in plan.warned[:SAMPLE]]
    return {
        **found,
        "warned": warned,
        "near": [item._asdict() for item in plan.near[:SAMPLE]],
        "merges": plan.merges[:SAMPLE],
    }


def _row(sheet: Sheet, plan: Plan, index: int) -> dict[str, Any]:
    why = plan.why.get(index)
    cells = [str(cell) for cell in sheet.table.rows[index] if cell is not None][:6]
    return {
        "row": sheet.row_number(index),
        "says": " · ".join(cells)[:200],
        "why": (why.detail or why.reason) if why else "",
        "differences": [d._asdict() for d in plan.differences.get(index, [])],
        "object_id": plan.object_ids[index],
    }
