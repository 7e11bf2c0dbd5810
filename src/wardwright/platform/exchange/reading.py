"""From stored bytes to a table, and what is proposed for its columns."""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from wardwright.kernel.tabular.dates import decide_date_orders
from wardwright.kernel.tabular.errors import TableError
from wardwright.kernel.tabular.groups import Group, detect_groups
from wardwright.kernel.tabular.headings import DATE_FIELDS, ColumnGuess, propose_mapping
from wardwright.kernel.tabular.patterns import propose_patterns
from wardwright.kernel.tabular.profile import profile_column
from wardwright.kernel.tabular.read import read_table
from wardwright.kernel.tabular.table import ReadOptions, Table
from wardwright.kernel.tabular.vocabulary import heading_key
from wardwright.platform.attachments import store
from wardwright.platform.core.errors import Invalid, NotFound
from wardwright.platform.core.words import said_words

from .targets import TARGETS, ImportTarget

MAX_BYTES = 200 * 1024 * 1024
SAMPLE_ROWS = 2000
_KEPT_CELLS = 2_000_000
_kept: OrderedDict[tuple[Any, ...], Table] = OrderedDict()


def target_of(key: str) -> ImportTarget:
    """The declared target; raises Invalid for an unknown name."""
    if key not in TARGETS:
        raise Invalid(
            _("“%(key)s” cannot be imported.") % {"key": key},
            _("Choose one of: %(known)s.") % {"known": ", ".join(sorted(TARGETS))},
        )
    return TARGETS[key]


def read_bytes(data: bytes, file_name: str, options: Mapping[str, Any] | None = None) -> Table:
    """Read a table; whatever is wrong with the file is said by an Invalid."""
    given = {name: value for name, value in (options or {}).items() if value not in (None, "")}
    try:
        return read_table(data, file_name, options=ReadOptions(**given, max_bytes=MAX_BYTES))
    except TableError as error:
        what = said_words(error.what)
        words = _("%(where)s: %(what)s") % {"where": error.where, "what": what} if error.where else what
        raise Invalid(words, said_words(error.remedy), fields={"file": what}) from None


def read_stored(sha256: str, file_name: str, options: Mapping[str, Any] | None = None) -> Table:
    """Read a stored file; the last few small tables are kept, because every page of the wizard looks at them."""
    key = (sha256, file_name, tuple(sorted((options or {}).items())))
    if key in _kept:
        _kept.move_to_end(key)
        return _kept[key]
    try:
        data = store.read(sha256)
    except NotFound:
        raise Invalid(_("The file is no longer in the store."), _("Upload it again.")) from None
    table = read_bytes(data, file_name, options)
    if len(table.rows) * len(table.headings) <= _KEPT_CELLS // 10:
        _kept[key] = table
        while len(_kept) > 4:
            _kept.popitem(last=False)
    return table


def layout_key(table: Table) -> str:
    """The same for two files with the same headings."""
    text = "\x1f".join(heading_key(heading) for heading in table.headings)
    return hashlib.sha256(text.encode()).hexdigest()


def groups_of(table: Table) -> tuple[Group, ...]:
    profiles = [profile_column(table.rows[:SAMPLE_ROWS], index) for index in range(len(table.headings))]
    return detect_groups(table.headings, profiles)


def guesses_of(table: Table, target: ImportTarget, groups: Sequence[Group]) -> tuple[ColumnGuess, ...]:
    allowed = [*target.all_fields(), "ignore"]
    takes_groups = any(extension.takes_groups for extension in target.extensions.values())
    return propose_mapping(table.headings, table.rows[:SAMPLE_ROWS], allowed, groups=groups if takes_groups else ())


def date_decisions(table: Table, columns: Mapping[str, str], groups: Sequence[Group]) -> dict[str, dict[str, Any]]:
    """Column index (as text) → order, evidence and doubt for every column that is read as a date."""
    indexes = {int(index) for index, field in columns.items() if field in DATE_FIELDS}
    for group in groups:
        indexes |= {group.columns[role] for role in ("date", "due", "done") if role in group.columns}
    named = {table.headings[index]: index for index in sorted(indexes)}
    orders = decide_date_orders({name: table.column(index) for name, index in named.items()}, table.row_numbers)
    return {
        str(named[name]): {
            "heading": name,
            "order": order.order,
            "ambiguous": order.ambiguous,
            "evidence": order.evidence,
            "warning": order.warning,
        }
        for name, order in orders.items()
    }


def propose(table: Table, target: ImportTarget) -> tuple[ImportTarget, dict[str, Any]]:
    """The target that the file really is for (a catalogue of models is no list of devices), and everything the wizard
    shows first: columns with guesses and reasons, dates, groups, patterns in notes."""
    groups = groups_of(table)
    guesses = guesses_of(table, target, groups)
    other = TARGETS.get(target.redirect(table, guesses)) if target.redirect else None
    if other is not None and other is not target:
        target, guesses = other, guesses_of(table, other, groups)
    return target, _proposal(table, target, groups, guesses)


def _proposal(
    table: Table, target: ImportTarget, groups: Sequence[Group], guesses: Sequence[ColumnGuess]
) -> dict[str, Any]:
    columns = {str(guess.index): guess.field or "" for guess in guesses}
    return {
        "columns": columns,
        "guesses": [
            {
                "index": g.index,
                "heading": g.heading,
                "field": g.field or "",
                "confidence": g.confidence,
                "why": g.why,
                "group": g.group or "",
                "others": [name for name, _score in g.alternatives],
            }
            for g in guesses
        ],
        "groups": [
            {"label": g.label, "order": g.order, "columns": dict(g.columns), "is_month": g.is_month} for g in groups
        ],
        "dates": date_decisions(table, columns, groups),
        "patterns": propose_note_patterns(table, columns, target.all_fields()),
    }


def propose_note_patterns(table: Table, columns: Mapping[str, str], allowed: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Identifiers that hide in a notes column, such as "AssetID: AST000001".

    One that tells devices apart fills its field when no column does; others are kept under their own label.
    """
    found: list[dict[str, Any]] = []
    taken = set(columns.values())
    for index in (int(i) for i, field in columns.items() if field == "notes"):
        for pattern in propose_patterns(table.column(index)[:SAMPLE_ROWS])[:8]:
            usable = pattern.identifies and pattern.field in allowed and pattern.field not in taken
            field = (pattern.field or "") if usable else ""
            taken.add(field)
            told = any(char.isdigit() for example in pattern.examples for char in example)
            found.append(
                {
                    "column": index,
                    "kind": pattern.kind,
                    "key": pattern.key,
                    "field": field,
                    "use": bool(field) or told,
                    "coverage": round(pattern.coverage, 2),
                    "unique": round(pattern.unique, 2),
                    "examples": list(pattern.examples),
                }
            )
    return found
