"""Files of any form to records: which form it is, told by the content, and all that is wrong with it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from wardwright.kernel.said import say
from wardwright.kernel.tabular.errors import TableError
from wardwright.kernel.tabular.read import read_table
from wardwright.kernel.tabular.table import MEBIBYTE, ReadOptions, Table

from . import datrend, fluke_text, fluke_xml, own, rigel
from .checks import Arrival, check
from .mapping import Mapping
from .propose import propose
from .records import Problem, Problems, Refused, ResultFile, TestRecord
from .tables import read_tables

MOST_BYTES = 50 * MEBIBYTE
TABLE = "table"
_HEAD = 65_536
_YEARS = (1000, 9000)


@dataclass(frozen=True, slots=True)
class Format:
    """A form of file that shows itself by its content."""

    name: str
    title: str
    sniff: Callable[[str, bytes], float]
    read: Callable[[bytes, Problems], list[TestRecord]]


FORMATS = (
    Format(own.FORMAT, "wardwright-results", own.sniff, own.read),
    Format("fluke-xml", "Fluke Ansur (.mtr)", fluke_xml.sniff, fluke_xml.read),
    Format("fluke-text", "Fluke ESA (.csv, .dta)", fluke_text.sniff, fluke_text.read),
    Format("rigel", "Rigel 288 (.csv)", rigel.sniff, rigel.read),
    Format("datrend", "Datrend ES601 (.csv)", datrend.sniff, datrend.read),
)


def format_of(name: str, data: bytes) -> Format | None:
    """The form that the content shows; None for a table, whose columns need a mapping."""
    head = data[:_HEAD]
    likeliest = max(FORMATS, key=lambda form: form.sniff(name, head))
    return likeliest if likeliest.sniff(name, head) >= 0.3 else None


def read_tables_of(name: str, data: bytes) -> list[Table]:
    """The tables in a CSV or workbook: one, or one for each sheet that holds another. Raises TableError."""
    first = read_table(data, name, options=ReadOptions(max_bytes=MOST_BYTES))
    others = []
    for sheet in first.sheets:
        if not sheet.used and sheet.row_count > 1:
            try:
                others.append(read_table(data, name, options=ReadOptions(max_bytes=MOST_BYTES, sheet=sheet.name)))
            except TableError:
                continue  # a sheet without a table
    return [first, *others]


def read_results(
    files: Sequence[tuple[str, bytes]], *, mapping: Mapping | None = None, arrival: Arrival | None = None
) -> ResultFile:
    """The records of one file, or of two tables that belong together. Nothing is raised: what cannot be read is a
    problem. Without a mapping, tables are read by the proposed one, and what was assumed is among the problems."""
    names = ", ".join(name for name, _ in files)
    problems = Problems(names)
    try:
        form, records = _read(files, mapping, problems)
    except Refused as refused:
        return ResultFile("", (), (*problems.found, refused.problem))
    except TableError as error:
        told = Problem(error.code, error.what, error.remedy, error.where or names)
        return ResultFile(TABLE, (), (*problems.found, told))
    records = [_dated(record, problems) for record in records]
    if not records and not problems.found:
        problems.add("empty", say("The file holds no record."), say("Export again, and choose which tests to export."))
    found = [*problems.found, *check(records, names, arrival)]
    return ResultFile(form, tuple(records), tuple(sorted(found, key=lambda problem: problem.record or 0)))


def _dated(record: TestRecord, problems: Problems) -> TestRecord:
    """Without a moment that cannot be told in another zone, or be shifted."""
    at = record.tested_at
    if at is None or _YEARS[0] <= at.year <= _YEARS[1]:
        return record
    problems.add(
        "impossible-date",
        say("The test is dated in the year {year}: no clock shows that.", year=str(at.year)),
        say("Correct it in the file, or enter the date by hand."),
        record=record.number,
        row=record.row,
    )
    return replace(record, tested_at=None)


def _read(
    files: Sequence[tuple[str, bytes]], mapping: Mapping | None, problems: Problems
) -> tuple[str, list[TestRecord]]:
    for name, data in files:
        if not data.strip(b"\0 \t\r\n\xef\xbb\xbf"):
            raise problems.refuse("empty", say("The file {name} is empty.", name=name), say("Export it again."))
        if len(data) > MOST_BYTES:
            raise problems.refuse(
                "too-large",
                say(
                    "The file {name} has {size:,} MB; up to {most:,} MB can be read.",
                    name=name,
                    size=len(data) // 10**6,
                    most=MOST_BYTES // 10**6,
                ),
                say("Export fewer tests at a time."),
            )
    forms = [format_of(name, data) for name, data in files]
    if mapping is None and len(files) == 1 and forms[0]:
        return forms[0].name, forms[0].read(files[0][1], problems)
    if mapping is None and any(forms):
        raise problems.refuse(
            "mixed",
            say(
                "Only two tables are read together; {name} is a file of its own form.",
                name=next(f for (f, _), form in zip(files, forms, strict=True) if form),
            ),
            say("Give each file by itself."),
        )
    tables = [table for name, data in files for table in read_tables_of(name, data)]
    if len(tables) > 2:
        raise problems.refuse(
            "many-tables",
            say("There are {n} tables; one, or one of records and one of readings, are read together.", n=len(tables)),
            say("Give the sheets as files of their own."),
        )
    if mapping is None:
        mapping = propose(tables)
        for assumed in mapping.assumed:
            problems.add("assumed", assumed, say("Look at it, and save the mapping when it is right."), holds=False)
    if not mapping.rules and not mapping.checks:
        raise problems.refuse(
            "no-readings",
            say("No column was found that holds readings."),
            say("Say in a mapping which columns hold which test."),
        )
    return TABLE, read_tables(tables, mapping, problems)
