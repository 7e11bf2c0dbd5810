"""The CSV download of Rigel's 288: blocks of lines, a blank line between devices, "End of Data" at the end.

Built on the maker's public note, which gives the lines around the results; the lines of the results themselves are
taken by their shape: a name, a value, a unit, a limit, a verdict, in any order behind the name. Never tried on a file
from an analyser of ours. The words of the lines change with the analyser's language; the English ones are read.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from typing import Any

from wardwright.kernel.limits import NumberError, parse_reading
from wardwright.kernel.said import say
from wardwright.kernel.tabular.text import decode
from wardwright.kernel.tabular.vocabulary import heading_key

from .assemble import record_of
from .records import AppliedPart, Check, Problems, Reading, TestRecord
from .values import count_of, reading_of
from .words import applied_part_of, field_of, name_of_test, unit_of, verdict_of

_BEGIN, _END, _PART = "tested on", "end of data", "ap setup"
_MODEL = re.compile(r"(rigel\b|288|62353|266|277|uni ?therm)", re.IGNORECASE)


def sniff(name: str, head: bytes) -> float:
    text = head.replace(b"\0", b"").lower()
    found = sum(word in text for word in (b"tested on,", b"asset id,", b"ap setup,", b"test sequence,", b"end of data"))
    return min(1.0, 0.35 * found) if found > 1 else 0.0


def read(data: bytes, problems: Problems) -> list[TestRecord]:
    """A record for each block. A download without its last line is said to be cut off."""
    text = decode(data, problems.file).text
    rows = [[cell.strip() for cell in row] for row in csv.reader(text.splitlines())]
    records = [_record(number, block, problems) for number, block in enumerate(_blocks(rows), 1)]
    if not any(row and heading_key(row[0]) == _END for row in rows):
        problems.add(
            "truncated",
            say("The last line of a download, “End of Data”, is missing: the file may have been cut off."),
            say("Download again; look at the last record."),
            holds=False,
        )
    return records


def _blocks(rows: list[list[str]]) -> Iterator[list[tuple[int, list[str]]]]:
    """Lines of one device with their numbers: from one "Tested on" to the next."""
    block: list[tuple[int, list[str]]] = []
    for number, row in enumerate(rows, 1):
        if not any(row) or heading_key(row[0]) == _END:
            continue
        if heading_key(row[0]) == _BEGIN and block:
            yield block
            block = []
        block.append((number, row))
    if block:
        yield block


def _record(number: int, block: list[tuple[int, list[str]]], problems: Problems) -> TestRecord:
    fields: dict[str, Any] = {"analyser_maker": "Rigel Medical"}
    extra: dict[str, str] = {}
    readings: list[Reading] = []
    checks: list[Check] = []
    parts: list[AppliedPart] = []
    for line, row in block:
        label, cells = row[0], [cell for cell in row[1:] if cell]
        known = field_of(label)
        named = name_of_test(label)
        if heading_key(label) == _PART:
            parts.append(_part(cells))
        elif known and not named.test and known not in ("test", "value", "unit"):
            text = " ".join(cells)
            if known in fields and text:
                extra[label] = text
            elif text:
                fields[known] = text
        elif named.check:
            verdict = next((found for cell in reversed(cells) if (found := verdict_of(cell))), "")
            checks.append(Check(label, named.check, verdict, " ".join(cell for cell in cells if not verdict_of(cell))))
        elif named.known or _value_at(cells) is not None:
            readings.append(_reading(label, cells, problems, {"record": number, "row": line}))
        elif _MODEL.search(label) and "analyser_serial" not in fields and len(cells) == 1:
            fields["analyser_model"], fields["analyser_serial"] = label, cells[0]
        elif cells:
            extra[label] = " ".join(cells)
    kind = re.search(r"class ?(ii|i|2|1|ip)\b", heading_key(str(fields.get("procedure", ""))))
    if kind and "protection_class" not in fields:
        fields["protection_class"] = kind[1]
    return record_of(
        number, block[0][0], fields, problems, readings=readings, checks=checks, applied_parts=parts, extra=extra
    )


def _part(cells: list[str]) -> AppliedPart:
    kind = next((found for cell in cells[1:] if (found := applied_part_of(cell))), "")
    return AppliedPart(cells[0] if cells else "", kind, _connections(" ".join(cells[2:])))


def _connections(text: str) -> int | None:
    """3 of "(BF 4 - 6)"."""
    ends = [number for part in re.findall(r"\d+", text) if (number := count_of(part)) is not None]
    return ends[-1] - ends[0] + 1 if ends and ends[-1] >= ends[0] else None


def _value_at(cells: list[str]) -> int | None:
    """The first cell that is a number with a unit, or one with a unit behind it, or beside a verdict."""
    judged = any(verdict_of(cell) in ("pass", "fail") and not cell.isdigit() for cell in cells)
    for at, cell in enumerate(cells):
        try:
            read = parse_reading(cell, ".")
        except NumberError:
            continue
        following = unit_of(cells[at + 1])[0] if at + 1 < len(cells) else ""
        if _is_unit(read.unit) or (not read.unit and (_is_unit(following) or judged)):
            return at
    return None


def _is_unit(text: str) -> bool:
    return unit_of(text)[0] in ("Ω", "mΩ", "kΩ", "MΩ", "GΩ", "nA", "µA", "mA", "A", "V")


def _reading(label: str, cells: list[str], problems: Problems, where: dict[str, Any]) -> Reading:
    at = _value_at(cells)
    verdict = next(
        (cell for cell in reversed(cells) if verdict_of(cell) in ("pass", "fail") and not cell.isdigit()), ""
    )
    if at is None:
        return reading_of(
            label, "", problems, where, verdict=verdict, note=" ".join(cell for cell in cells if cell != verdict)
        )
    unit = cells[at + 1] if at + 1 < len(cells) and _is_unit(cells[at + 1]) else ""
    behind = cells[at + (2 if unit else 1) :]
    limit = next((cell for cell in behind if re.search(r"\d", cell) and re.match(r"[<>=]*\s*[\d.]", cell)), "")
    words = [cell for place, cell in enumerate(cells) if place != at and cell not in (unit, limit, verdict)]
    name = ", ".join([label, *words])
    side = "low" if name_of_test(name).test == "insulation" else "high"
    limit = limit.lstrip("<>= ")
    return reading_of(name, cells[at], problems, where, decimal_mark=".", unit=unit, verdict=verdict, **{side: limit})
