"""Tables with a mapping: a column for each test, a row for each reading, or records and readings in two tables."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from wardwright.kernel.said import say
from wardwright.kernel.tabular.dates import Order, decide_date_order
from wardwright.kernel.tabular.table import Cell, Cells, RowNumber, Table
from wardwright.kernel.tabular.values import clean_text
from wardwright.kernel.tabular.vocabulary import heading_key

from .assemble import record_of
from .mapping import Mapping, Rule
from .records import Check, Problems, Reading, TestRecord
from .values import reading_of
from .words import name_of_test, unit_of, verdict_of


@dataclass(slots=True)
class _Sitting:
    """The rows that are one record."""

    fields: dict[str, Cell]
    extra: dict[str, str]
    row: RowNumber
    rows: list[tuple[RowNumber, Cells]]


def read_tables(tables: Sequence[Table], mapping: Mapping, problems: Problems) -> list[TestRecord]:
    """The records of one table, or of a table of records joined with one of readings."""
    for table in tables:
        _rows_left_out(table, problems)
    _missing_columns(tables, mapping, problems)
    main = next(
        (table for table in tables if mapping.is_long and _at(table, mapping.columns["test"]) is not None), tables[0]
    )
    other = next((table for table in tables if table is not main), None)
    sittings = _joined(main, other, mapping, problems) if other else _grouped(main, mapping)
    order = mapping.date_order or _order(sittings, problems)
    return [_record(number, one, main, mapping, order, problems) for number, one in enumerate(sittings, 1)]


def _rows_left_out(table: Table, problems: Problems) -> None:
    for aside in table.set_aside:
        if not aside.above and aside.kind != "blank":
            problems.add(
                "row-left-out",
                say("Row {row} was not read: {why}", row=aside.row_number, why=aside.reason),
                say("If it is a result, correct the row in the file and read it again."),
                row=aside.row_number,
                holds=False,
            )


def _missing_columns(tables: Sequence[Table], mapping: Mapping, problems: Problems) -> None:
    have = {heading_key(name) for table in tables for name in table.headings}
    wanted = [*mapping.columns.values(), *(rule.column for rule in mapping.rules), *mapping.checks, mapping.key]
    missing = [name for name in dict.fromkeys(wanted) if name and heading_key(name) not in have]
    if missing:
        problems.add(
            "no-column",
            say(
                "The file has no column {names}, which the mapping uses.",
                names=", ".join(f"“{name}”" for name in missing),
            ),
            say("Choose another mapping, or correct this one for the file."),
            holds=False,
        )


def _at(table: Table, heading: str) -> int | None:
    wanted = heading_key(heading)
    return next((i for i, name in enumerate(table.headings) if wanted and heading_key(name) == wanted), None)


def _fields(table: Table, cells: Cells, mapping: Mapping) -> tuple[dict[str, Cell], dict[str, str]]:
    """What a row says of its record, and what no part of the mapping asks for."""
    fields: dict[str, Cell] = {}
    for name, heading in mapping.columns.items():
        at = _at(table, heading)
        if at is not None and cells[at] is not None:
            fields[name] = cells[at]
    asked = {heading_key(name) for name in (*mapping.columns.values(), *mapping.checks, mapping.key)}
    for rule in mapping.rules:
        asked |= {heading_key(name) for name in (rule.column, rule.low, rule.high, rule.verdict, rule.unit_column)}
    extra = {
        name: clean_text(cell)
        for name, cell in zip(table.headings, cells, strict=True)
        if heading_key(name) not in asked and clean_text(cell)
    }
    return fields, extra


def _grouped(table: Table, mapping: Mapping) -> list[_Sitting]:
    """Rows of one table: each its own record in wide form, those of one device and moment together in long form."""
    found: dict[Any, _Sitting] = {}
    key_at = _at(table, mapping.key) if mapping.key else None
    names = ("asset_tag", "serial", "tested_at", "time", "procedure", "tester")
    for number, cells in zip(table.row_numbers, table.rows, strict=True):
        fields, extra = _fields(table, cells, mapping)
        if not mapping.is_long:
            key: Any = number
        elif key_at is not None:
            key = clean_text(cells[key_at])
        else:
            key = tuple(clean_text(fields.get(name)) for name in names)
        found.setdefault(key, _Sitting(fields, extra, number, [])).rows.append((number, cells))
    return list(found.values())


def _joined(main: Table, other: Table, mapping: Mapping, problems: Problems) -> list[_Sitting]:
    key_at, own_at = _at(main, mapping.key), _at(other, mapping.key)
    if key_at is None or own_at is None:
        raise problems.refuse(
            "no-join",
            say("Two tables were given, and no column joins them."),
            say("Name in the mapping, as “key”, the column that both have."),
        )
    found: dict[str, _Sitting] = {}
    for number, cells in zip(other.row_numbers, other.rows, strict=True):
        key = clean_text(cells[own_at])
        if key in found:
            problems.add(
                "repeated-key",
                say("Row {row} of {file} repeats the record {key}.", row=number, file=other.filename, key=key),
                say("Its readings were taken for the first; correct the number in the file."),
                row=number,
                holds=False,
            )
        else:
            found[key] = _Sitting(*_fields(other, cells, mapping), number, [])
    for number, cells in zip(main.row_numbers, main.rows, strict=True):
        key = clean_text(cells[key_at])
        if key not in found:
            problems.add(
                "orphan",
                say(
                    "Row {row} of {file} belongs to record {key}, which is in no file.",
                    row=number,
                    file=main.filename,
                    key=key,
                ),
                say("Give the file of records that belongs to it."),
                row=number,
                holds=False,
            )
        else:
            found[key].rows.append((number, cells))
    return list(found.values())


def _order(sittings: list[_Sitting], problems: Problems) -> Order:
    """Day or month first, as the file's dates prove it; said where they do not."""
    texts = [one.fields.get("tested_at") for one in sittings]
    dates = [re.split(r"[T ]", text.strip())[0] for text in texts if isinstance(text, str) and text.strip()]
    decided = decide_date_order(dates)
    if decided.ambiguous:
        problems.add(
            "date-order",
            say("Nothing proves whether day or month comes first in {text}; it was read day first.", text=dates[0])
            if decided.order == "day-first"
            else say("Both orders of day and month occur, as in {text}; month first was read.", text=dates[0]),
            say("Say the order in the mapping."),
            holds=False,
        )
    return decided.order


def _record(
    number: int, sitting: _Sitting, table: Table, mapping: Mapping, order: Order, problems: Problems
) -> TestRecord:
    readings: list[Reading] = []
    checks: list[Check] = []
    fields: dict[str, Any] = {**mapping.constants, **sitting.fields}
    for row, cells in sitting.rows:
        where = {"record": number, "row": row}
        if mapping.is_long:
            name = clean_text(cells[_at(table, mapping.columns["test"]) or 0])
            if not name:
                problems.add("no-name", say("Row {row} names no test.", row=row), say("Name it in the file."), **where)
            stated = _cell(table, cells, mapping.columns.get("reading_verdict", ""))
            named = name_of_test(name)
            overall = _overall(name)
            if overall:
                fields["verdict"] = overall
            elif named.check:
                checks.append(
                    Check(name, named.check, verdict_of(stated) or verdict_of(name.split("(")[0].split()[-1]))
                )
            else:
                readings += _long_readings(name, table, cells, mapping, stated, problems, where)
        else:
            readings += _wide_readings(table, cells, mapping, problems, where)
            checks += [
                Check(
                    heading, name_of_test(heading).check or "other", verdict_of(text), "" if verdict_of(text) else text
                )
                for heading in mapping.checks
                if (text := _cell(table, cells, heading))
            ]
    return record_of(
        number, sitting.row, fields, problems, readings=readings, checks=checks, extra=sitting.extra, order=order
    )


def _overall(name: str) -> str:
    """The verdict in a row called "Overall Fail (F1)", "" for any other row."""
    words = heading_key(name).split()
    return next((verdict for word in words if (verdict := verdict_of(word))), "") if words[:1] == ["overall"] else ""


def _cell(table: Table, cells: Cells, heading: str) -> str:
    at = _at(table, heading)
    return "" if at is None or cells[at] is None else _text(cells[at])


def _text(cell: Cell) -> str:
    return "true" if cell is True else "false" if cell is False else str(cell).strip()


def _long_readings(
    name: str, table: Table, cells: Cells, mapping: Mapping, stated: str, problems: Problems, where: dict[str, Any]
) -> Iterator[Reading]:
    """The readings of one row; a row without any value is one without a value. What stands in a column that is not
    for this test is kept as a note."""
    named = name_of_test(name)
    filled = [(rule, text) for rule in mapping.rules if (text := _cell(table, cells, rule.column))]
    meant = [(rule, text) for rule, text in filled if _for(rule, named.test or named.quantity)]
    if not named.known:
        meant = meant or [(Rule(rule.column), text) for rule, text in filled[:1]]
    used = {heading_key(rule.column) for rule, _ in meant}
    beside = {rule.column: text for rule, text in filled if heading_key(rule.column) not in used}
    note = ", ".join(f"{column} {text}" for column, text in beside.items())
    given = {
        side: _cell(table, cells, mapping.columns.get(side, ""))
        for side in ("unit", "low", "high", "method", "condition", "polarity")
    }
    for rule, text in meant or [(Rule(""), "")]:
        yield reading_of(
            rule.name or name,
            text,
            problems,
            where,
            decimal_mark=mapping.decimal_mark,
            verdict=stated,
            note=note,
            **_given(rule, given),
        )


def _for(rule: Rule, test: str) -> bool:
    return not rule.when or test in rule.when


def _given(rule: Rule, cells: dict[str, str]) -> dict[str, str]:
    """What the mapping and the row's own columns say of a reading; the columns win for what they fill."""
    words = {
        "method": ("direct", "differential", "alternative"),
        "condition": ("NC", "SFC"),
        "polarity": ("normal", "reversed"),
    }
    said = {name: text for name, text in cells.items() if text and name not in words}
    for name, known in words.items():
        text = cells.get(name, "")
        if text:
            found = getattr(name_of_test(text), name) or next(
                (one for one in known if one.casefold() == text.casefold()), ""
            )
            said |= {name: found} if found else {}
    own = {
        name: getattr(rule, name)
        for name in ("test", "quantity", "method", "condition", "fault", "polarity", "current", "unit")
    }
    return {**{name: value for name, value in own.items() if value}, **said}


def _wide_readings(
    table: Table, cells: Cells, mapping: Mapping, problems: Problems, where: dict[str, Any]
) -> Iterator[Reading]:
    for rule in mapping.rules:
        text = _cell(table, cells, rule.column)
        if not text:
            continue
        unit = _cell(table, cells, rule.unit_column)
        yield reading_of(
            rule.name or rule.column,
            text,
            problems,
            where,
            decimal_mark=mapping.decimal_mark,
            low=_cell(table, cells, rule.low),
            high=_cell(table, cells, rule.high),
            verdict=_cell(table, cells, rule.verdict),
            **_given(rule, {"unit": unit_of(unit)[0]} if unit else {}),
        )
