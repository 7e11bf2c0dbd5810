"""What Datrend's ES601 sends to a computer, captured into a file: lines whose first three letters say what they are.

Built on the maker's public manual (chapter "Computer control"), which lists the lines but not every letter inside the
conditions; open and closed are taken for O and C. Lines "label, value" above them name the device, because the analyser
sends none. Never tried on a file from an analyser of ours.
"""

from __future__ import annotations

import csv
import re
from typing import Any

from wardwright.kernel.said import say
from wardwright.kernel.tabular.text import decode

from .assemble import record_of
from .records import Problems, Reading, TestRecord
from .values import number_of, reading_of
from .words import field_of, verdict_of

_KINDS = {
    "ILG": ("Insulation, mains to earth", "insulation", ""),
    "IAP": ("Insulation, applied part to earth", "insulation", ""),
    "PRE": ("Protective earth resistance", "protective_earth", ""),
    "LEN": ("Enclosure leakage", "touch_current", ""),
    "LEA": ("Earth leakage", "earth_leakage", ""),
    "LPA": ("Patient leakage", "patient_leakage", ""),
    "LAX": ("Patient auxiliary current", "patient_auxiliary", ""),
    "LLD": ("Lead to lead leakage", "", "lead_to_lead_leakage"),
    "CUR": ("Load current", "", "load_current"),
}
_LINE = re.compile(rb"(?m)^\s*\"?(STD|ACV|CUR|ILG|IAP|PRE|LEN|LEA|LPA|LAX|LLD)\"?,")
_CODE = re.compile(r"[A-Z]{3}\Z")


def sniff(name: str, head: bytes) -> float:
    found = len(_LINE.findall(head.replace(b"\0", b"").replace(b"\r", b"\n")))
    return min(1.0, 0.3 + 0.2 * found) if found > 1 else 0.0


def read(data: bytes, problems: Problems) -> list[TestRecord]:
    """A record from each "STD" line or each new heading of labels."""
    text = decode(data, problems.file).text
    rows = [
        [cell.strip() for cell in row] for row in csv.reader(text.replace("\r\n", "\n").replace("\r", "\n").split("\n"))
    ]
    blocks: list[list[tuple[int, list[str]]]] = [[]]
    measured = False
    for number, row in enumerate(rows, 1):
        if not any(row):
            continue
        heading = not _CODE.match(row[0])
        if measured and (row[0] == "STD" or heading):
            blocks.append([])
            measured = False
        measured = measured or not (heading or row[0] == "STD")
        blocks[-1].append((number, row))
    return [_record(number, block, problems) for number, block in enumerate((block for block in blocks if block), 1)]


def _record(number: int, block: list[tuple[int, list[str]]], problems: Problems) -> TestRecord:
    fields: dict[str, Any] = {"analyser_maker": "Datrend Systems", "analyser_model": "ES601"}
    extra: dict[str, str] = {}
    readings: list[Reading] = []
    for line, row in block:
        kind, where = row[0], {"record": number, "row": line}
        if kind == "STD":
            fields["procedure"] = ", ".join(filter(None, row[1:]))
        elif kind == "ACV":
            fields["mains_v"] = next((cell for cell in row[1:] if number_of(cell) is not None), "")
        elif kind in _KINDS:
            readings.append(_reading(row, problems, where))
        elif _CODE.match(kind):
            problems.add(
                "unknown-line",
                say("Line {line} begins with {kind}, which the manual does not list.", line=line, kind=kind),
                say("It is kept beside the record."),
                holds=False,
                **where,
            )
            extra[kind] = ", ".join(row[1:])
        else:
            label, _, value = row[0].partition(":") if ":" in row[0] else (row[0], "", " ".join(filter(None, row[1:])))
            known = field_of(label)
            if known:
                fields.setdefault(known, value.strip())
            else:
                extra[label] = value.strip()
    return record_of(number, block[0][0], fields, problems, readings=readings, extra=extra)


def _reading(row: list[str], problems: Problems, where: dict[str, Any]) -> Reading:
    """From the end: verdict, unit, limit, value; what stands before them is the condition."""
    name, test, quantity = _KINDS[row[0]]
    cells = [cell for cell in row[1:] if cell]
    verdict = cells.pop() if cells and (verdict_of(cells[-1]) in ("pass", "fail") or cells[-1] == "-") else ""
    unit = cells.pop() if cells and number_of(cells[-1]) is None else ""
    numbers: list[str] = []
    while cells and len(numbers) < (1 if row[0] == "CUR" else 2) and re.match(r"[<>]?\s*-?[\d.]+\Z", cells[-1]):
        numbers.insert(0, cells.pop())
    value, limit = [*numbers, "", ""][:2]
    where_to = next((cell for cell in reversed(cells) if cell.startswith("AP")), "")
    return reading_of(
        ", ".join([name, *cells]), value, problems, where, decimal_mark=".", test=test, quantity=quantity, unit=unit,
        verdict=verdict, applied_part=where_to, **_condition(cells),
        **{"low" if test == "insulation" else "high": limit},
    )  # fmt: skip


def _condition(cells: list[str]) -> dict[str, str]:
    """Of "ON/NP/L2C/EO": the mains reversed or not, and which conductor was open."""
    codes = next((cell.split("/") for cell in cells if "/" in cell), [])
    polarity = {"NP": "normal", "RP": "reversed"}.get(
        next((code for code in codes if re.fullmatch("[NR]P", code)), ""), ""
    )
    fault = "open_earth" if "EO" in codes else "open_neutral" if "L2O" in codes else ""
    return {"polarity": polarity, "fault": fault, "condition": "SFC" if fault else "NC" if codes else ""}
