"""A mapping guessed from headings and cells, with everything that was assumed said."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from wardwright.kernel.said import say
from wardwright.kernel.tabular.table import Table
from wardwright.kernel.tabular.values import clean_text, decide_decimal
from wardwright.kernel.tabular.vocabulary import heading_key

from .mapping import FIELDS, LONG_FIELDS, Mapping, Rule
from .records import LEAKAGES, UNITS
from .values import number_of
from .words import field_of, heading_parts, name_of_test

_SUFFIXES = {
    "low": ("low", "low limit", "lower limit", "min", "minimum"),
    "high": ("high", "high limit", "upper limit", "max", "maximum", "limit"),
    "verdict": ("pass", "pass fail", "result", "verdict", "status", "p f", "ok"),
    "unit_column": ("unit", "units"),
}
# In long form: what a column of values called so can hold.
_VALUE_COLUMNS = {
    "resistance": ("protective_earth", "insulation", "continuity"),
    "leakage": LEAKAGES,
    "current": LEAKAGES,
    "ohms": ("protective_earth", "continuity"),
    "megohms": ("insulation",),
}


def propose(tables: Sequence[Table]) -> Mapping:
    """The likeliest mapping of one table, or of a table of records and one of readings. What cannot be told is left
    out; ``Mapping.assumed`` says what was guessed."""
    headings = {heading_key(name): name for table in tables for name in table.headings}
    columns = _fields(name for table in tables for name in table.headings)
    named = _names_of_tests(tables, columns.get("test", ""))
    key = columns.pop("key", "")
    if len(tables) > 1:
        key = _common(tables)
    assumed: list[str] = []
    if named:
        rules = _long_rules(tables, columns, named, assumed)
        if "reading_verdict" not in columns and _stands_with(tables, columns.get("verdict", ""), columns["test"]):
            columns["reading_verdict"] = columns.pop("verdict")
        return Mapping(
            {name: column for name, column in columns.items() if name in (*FIELDS, *LONG_FIELDS)},
            tuple(rules),
            key=key,
            decimal_mark=decide_decimal(_cells(tables, [rule.column for rule in rules])),
            assumed=tuple(assumed),
        )
    rules = _wide_rules(headings, columns, tables, assumed)
    used = {
        heading_key(text)
        for rule in rules
        for text in (rule.column, rule.low, rule.high, rule.verdict, rule.unit_column)
    }
    checks = [name for folded, name in headings.items() if name_of_test(name).check and folded not in used]
    return Mapping(
        {name: column for name, column in columns.items() if name in FIELDS and heading_key(column) not in used},
        tuple(rules),
        tuple(checks),
        key=key,
        decimal_mark=decide_decimal(_cells(tables, [rule.column for rule in rules])),
        assumed=tuple(assumed),
    )


def _fields(headings: Iterable[str]) -> dict[str, str]:
    """Each field's first column."""
    found: dict[str, str] = {}
    for heading in headings:
        if name := field_of(heading):
            found.setdefault(name, heading)
    return found


def _names_of_tests(tables: Sequence[Table], column: str) -> set[str]:
    """The names in the column of tests, if it is one: some of them known."""
    names = {clean_text(cell) for cell in _cells(tables, [column])} - {""} if column else set()
    return names if any(name_of_test(name).known for name in names) else set()


def _stands_with(tables: Sequence[Table], column: str, other: str) -> bool:
    return any(column in table.headings and other in table.headings for table in tables)


def _cells(tables: Sequence[Table], columns: Iterable[str]) -> list:
    return [
        cell
        for table in tables
        for column in columns
        if column in table.headings
        for cell in table.column(table.headings.index(column))
    ]


def _common(tables: Sequence[Table]) -> str:
    """The heading by which tables join: in all of them, and without repetition in one."""
    shared = [name for name in tables[0].headings if all(name in table.headings for table in tables[1:])]
    for name in shared:
        for table in tables:
            cells = [clean_text(cell) for cell in table.column(table.headings.index(name))]
            if len(set(cells)) == len(cells):
                return name
    return ""


def _long_rules(tables: Sequence[Table], columns: dict[str, str], names: set[str], assumed: list[str]) -> list[Rule]:
    tests = {named.test or named.quantity for name in names if (named := name_of_test(name)).known} - {""}
    if "value" in columns:
        unit = "" if "unit" in columns else heading_parts(columns["value"])[1]
        return [Rule(columns["value"], unit=unit)]
    rules = []
    taken = {heading_key(column) for column in columns.values()}
    for table in tables:
        for heading in table.headings if columns["test"] in table.headings else ():
            bare, unit = heading_parts(heading)
            held = [test for test in _VALUE_COLUMNS.get(heading_key(bare), ()) if test in tests]
            if held:
                for test in held:
                    cells = _filled(table, heading, columns["test"], test)
                    if cells:
                        rules.append(Rule(heading, (test,), unit=unit or _assumed_unit(test, heading, cells, assumed)))
            elif heading_key(heading) not in taken and (quantity := name_of_test(bare).quantity):
                rules.append(Rule(heading, quantity=quantity, unit=unit))
    return rules


def _filled(table: Table, heading: str, test_column: str, test: str) -> list[Decimal]:
    """The numbers of a column in the rows of one test, except where it is the setting of another column's reading."""
    at, name_at = table.headings.index(heading), table.headings.index(test_column)
    rivals = [
        table.headings.index(other)
        for other in table.headings
        if other != heading and test in _VALUE_COLUMNS.get(heading_key(other), ()) and heading_key(heading) == "current"
    ]
    found = []
    for row in table.rows:
        named = name_of_test(clean_text(row[name_at]))
        if test in (named.test, named.quantity) and not any(row[rival] is not None for rival in rivals):
            number = number_of(clean_text(row[at]))
            found += [number] if number is not None else []
    return found


def _assumed_unit(test: str, heading: str, cells: list[Decimal], assumed: list[str]) -> str:
    unit = UNITS.get(test, "Ω" if test == "continuity" else "")
    if unit == "µA" and any(cell != cell.to_integral_value() for cell in cells) and max(cells) < 20:
        unit = "mA"
    if unit:
        assumed.append(
            say(
                "The column “{column}” names no unit: {unit} was assumed for {test}.",
                column=heading,
                unit=unit,
                test=test,
            )
        )
    return unit


def _wide_rules(
    headings: dict[str, str], columns: dict[str, str], tables: Sequence[Table], assumed: list[str]
) -> list[Rule]:
    """A rule for each column whose heading names a test, with the columns of limits and verdict that belong to it."""
    rules: dict[str, Rule] = {}
    beside: list[tuple[str, str, str]] = []
    for folded, heading in headings.items():
        role, base = _role(folded)
        bare, unit = heading_parts(heading)
        named = name_of_test(bare)
        if named.check or not named.known or (not named.test and folded in map(heading_key, columns.values())):
            continue
        if role:
            beside.append((role, base, heading))
            continue
        rules[heading_key(bare)] = Rule(
            heading,
            test=named.test,
            quantity=named.quantity,
            name=bare,
            method=named.method,
            condition=named.condition,
            fault=named.fault,
            polarity=named.polarity,
            current=named.current,
            unit=unit,
        )
    for role, base, heading in beside:
        owner = next((key for key in rules if key == base), next((key for key in rules if base.startswith(key)), None))
        if owner:
            rules[owner] = _with(rules[owner], role, heading)
    return [
        rule
        if rule.unit or rule.unit_column or not rule.test
        else _with(
            rule,
            "unit",
            ""
            if _has_letters(tables, rule.column)
            else _assumed_unit(rule.test, rule.column, _numbers(tables, rule.column), assumed),
        )
        for rule in rules.values()
    ]


def _with(rule: Rule, name: str, value: Any) -> Rule:
    return replace(rule, **{name: value})


def _role(folded: str) -> tuple[str, str]:
    """("high", "earth bond") of "earth bond high limit"; ("", "") for a column of values."""
    for role, endings in _SUFFIXES.items():
        for ending in sorted(endings, key=len, reverse=True):
            if folded.endswith(f" {ending}"):
                return role, folded.removesuffix(f" {ending}")
    return "", ""


def _has_letters(tables: Sequence[Table], column: str) -> bool:
    """Whether the cells themselves say their unit: "0.08 Ohm"."""
    return any(isinstance(cell, str) and any(sign.isalpha() for sign in cell) for cell in _cells(tables, [column]))


def _numbers(tables: Sequence[Table], column: str) -> list[Decimal]:
    read = (number_of(clean_text(cell)) for cell in _cells(tables, [column]))
    return [number for number in read if number is not None] or [Decimal(0)]
