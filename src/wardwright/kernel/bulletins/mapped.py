"""Tables and JSON of other sources, read by a mapping. Rows of one number are one notice: nothing is overwritten."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Mapping as AnyMapping
from dataclasses import dataclass
from typing import Any

from wardwright.kernel.said import say, say_n
from wardwright.kernel.tabular.dates import DateOrder, decide_date_orders
from wardwright.kernel.tabular.table import Table
from wardwright.kernel.tabular.vocabulary import heading_key

from .mapping import Mapping
from .model import Bulletin, Kind, Refused, Severity, Status
from .numbers import cves_in, other_numbers
from .scopes import product_scope, text_scope, union
from .values import (
    Notes,
    address,
    canonical,
    check_order,
    check_signs,
    day,
    digest,
    line,
    severity,
    short,
    status,
    texts,
    words,
)

DAYS = ("published_on", "updated_on", "started_on", "ended_on")
_KINDS = (
    (Kind.SECURITY_ADVISORY, ("security", "cyber", "vulnerability")),
    (Kind.FIELD_SAFETY_NOTICE, ("field safety", "fsn", "fsca", "safety notice", "sicherheitsinformation")),
    (Kind.RECALL, ("recall", "rappel", "retiro", "ruckruf", "removal", "correction")),
    (Kind.LETTER, ("letter", "lettre", "carta", "brief")),
)


@dataclass(frozen=True, slots=True)
class Row:
    """A row or record of the source: how it is named in a message, and its values by column."""

    place: str
    values: AnyMapping[str, Any]


def rows_of_table(table: Table) -> list[Row]:
    """The rows of a table; numbers and days as they were written."""
    return [
        Row(say("row {n}", n=number), dict(zip(table.headings, row, strict=True)))
        for number, row in zip(table.row_numbers, table.rows, strict=True)
    ]


def bulletins(
    rows: Sequence[Row], mapping: Mapping, where: str, today: dt.date | None = None
) -> Iterator[Bulletin | Refused]:
    """One for each number, in the order of their first rows."""
    reader = _Reader(mapping, _orders(rows, mapping), today)
    groups: dict[str, list[Row]] = {}
    for row in rows:
        ref = line(reader.value(row, "ref"))
        if ref:
            groups.setdefault(ref[:100], []).append(row)
            continue
        if any(line(value) for value in row.values.values()):
            wrong = say("It has no number in the column “{name}”. Fill it in, or map another column.",
                        name=", ".join(mapping.columns.get("ref", ())))  # fmt: skip
            yield Refused(
                say("{name}, {place}", name=where, place=row.place), wrong, canonical(_plain(row.values))[:500]
            )
    for ref, group in groups.items():
        yield reader.bulletin(ref, group)


def _plain(values: AnyMapping[str, Any]) -> dict[str, Any]:
    """As JSON can hold it."""
    return json.loads(canonical(dict(values)))


def _orders(rows: Iterable[Row], mapping: Mapping) -> dict[str, DateOrder]:
    """The order of day and month in each column of days."""
    rows = list(rows)
    columns = {
        name: [_cell(_at(row.values, name)) for row in rows]
        for field in DAYS
        for name in mapping.columns.get(field, ())
    }
    if mapping.date_order:
        return {name: DateOrder(mapping.date_order, False, "", {}, True) for name in columns}
    return decide_date_orders(columns)


def _cell(value: Any) -> Any:
    return value if isinstance(value, str | int | float | dt.date) and not isinstance(value, bool) else None


def _at(values: AnyMapping[str, Any], name: str) -> Any:
    """A column by its heading, or a path in JSON: ``products[].lots[].number``."""
    if name in values:
        return values[name]
    same = next((own for own in values if heading_key(own) == heading_key(name)), None)
    if same is not None:
        return values[same]
    found: list[Any] = [values]
    for step in re.split(r"\.", name.replace("[]", "")):
        found = [one.get(step) for one in found if isinstance(one, AnyMapping)]
        found = [inner for one in found for inner in (one if isinstance(one, list) else [one]) if inner is not None]
    return found if len(found) > 1 else found[0] if found else None


class _Reader:
    def __init__(self, mapping: Mapping, orders: AnyMapping[str, DateOrder], today: dt.date | None) -> None:
        self.mapping, self.orders, self.today = mapping, orders, today

    def value(self, row: Row, field: str) -> Any:
        """What a row says of a field that one column says."""
        columns = self.mapping.columns.get(field, ())
        found = _at(row.values, columns[0]) if columns else None
        return found if line(found) or field not in self.mapping.constants else self.mapping.constants[field]

    def every(self, row: Row, field: str, notes: Notes) -> str:
        """What all columns of a field say, a line each; lots and serials with the name of their column."""
        said = []
        for column in self.mapping.columns.get(field, ()):
            text = words(_at(row.values, column), notes)
            if text:
                named = field == "code_info" and re.search(r"(?i)lot|batch|serial|cat|ref", column)
                said.append(f"{column}: {text}" if named and not re.match(r"(?i)[a-z /#.]{3,}[:#]", text) else text)
        return "\n".join(said) or self.mapping.constants.get(field, "")

    def bulletin(self, ref: str, rows: Sequence[Row]) -> Bulletin:
        notes = Notes(self.today)
        first = rows[0]
        if len(rows) > 1:
            notes.add(say_n("{n} row has this number.", "{n} rows have this number and are one notice.", n=len(rows)))
        maker = line(self.value(first, "maker"))
        days = {field: self.day(rows, field, notes) for field in DAYS}
        check_order(days["started_on"], days["ended_on"], notes)
        title = line(self.value(first, "title"))
        scope = union(self._scopes(rows, notes))
        raw = canonical([_plain(row.values) for row in rows])
        check_signs(raw, notes)
        rating = self.severity(first, notes)
        return Bulletin(
            ref=ref,
            kind=self.kind(first),
            title=short(title or scope.text or ref),
            scope=scope,
            revision=digest([raw]),
            raw=raw,
            issuer=line(self.value(first, "issuer")),
            maker=maker,
            severity=rating,
            status=self.status(first, notes),
            event=line(self.value(first, "event"))[:100],
            also_known_as=other_numbers(self.list(rows, "also_known_as"), ref),
            reason=self._once(rows, "reason", notes),
            action=self._once(rows, "action", notes),
            url=address(self.value(first, "url")),
            brands=self.list(rows, "brands"),
            product_codes=self.list(rows, "product_codes"),
            cves=cves_in(self.list(rows, "cves")),
            remarks=tuple(notes.said),
            published_on=days["published_on"],
            updated_on=days["updated_on"],
            started_on=days["started_on"],
            ended_on=days["ended_on"],
        )

    def _scopes(self, rows: Sequence[Row], notes: Notes) -> Iterator[Any]:
        seen = set()
        for row in rows:
            maker = line(self.value(row, "maker"))
            parts = [self.every(row, field, notes) for field in ("description", "code_info", "text")]
            if (maker, *parts) in seen:
                continue
            seen.add((maker, *parts))
            description, code_info, text = parts
            if description or code_info or not text:
                description = description or line(self.value(row, "title"))
                yield product_scope(description, "\n".join(filter(None, (code_info, text))), maker, notes)
            else:
                yield text_scope(text, maker, notes)

    def _once(self, rows: Sequence[Row], field: str, notes: Notes) -> str:
        return "\n".join(dict.fromkeys(filter(None, (self.every(row, field, notes) for row in rows))))

    def list(self, rows: Sequence[Row], field: str) -> tuple[str, ...]:
        columns = self.mapping.columns.get(field, ())
        found = [one for row in rows for column in columns for one in texts(_at(row.values, column))]
        return tuple(dict.fromkeys(found)) or texts(self.mapping.constants.get(field, ""))

    def day(self, rows: Sequence[Row], field: str, notes: Notes) -> dt.date | None:
        columns = self.mapping.columns.get(field, ())
        return next(
            (
                found
                for row in rows
                for column in columns
                if (found := day(_at(row.values, column), column, notes, self.orders.get(column)))
            ),
            None,
        )

    def ours(self, row: Row, field: str) -> str:
        """What the source's word means, where the mapping says so."""
        return self.mapping.words.get(heading_key(line(self.value(row, field))), "")

    def kind(self, row: Row) -> Kind:
        meant = self.ours(row, "kind")
        said = heading_key(line(self.value(row, "kind")))
        if meant in list(Kind) or said.replace(" ", "_") in list(Kind):
            return Kind(meant or said.replace(" ", "_"))
        return next((kind for kind, known in _KINDS if any(word in said for word in known)), Kind.FIELD_SAFETY_NOTICE)

    def severity(self, row: Row, notes: Notes) -> Severity:
        meant = self.ours(row, "severity")
        return Severity(meant) if meant in list(Severity) else severity(self.value(row, "severity"), notes)

    def status(self, row: Row, notes: Notes) -> Status:
        meant = self.ours(row, "status")
        return Status(meant) if meant in list(Status) and meant else status(self.value(row, "status"), notes)
