"""Files of Fluke Biomedical's ESA analysers themselves: the CSV report, and the .dta file of its memory.

Built on what is public: a sample report and programs that read both. Never tried on a file from an analyser of ours.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from typing import Any

from wardwright.kernel.said import say
from wardwright.kernel.tabular.text import decode

from .assemble import record_of
from .records import AppliedPart, Check, Problems, Reading, TestRecord
from .values import count_of, reading_of
from .words import applied_part_of, field_of, name_of_test, verdict_of

_RESULTS = re.compile(r"^\W*(\w+) Test Results", re.MULTILINE)
_HEADER = re.compile(r"^([A-Z][A-Z0-9]+)=(.*)$", re.MULTILINE)
_TEST = re.compile(r"<(TESTAP|TEST)=([^>\r\n]+)>(.*?)<[\\/]\1>", re.DOTALL)
_TOKEN = re.compile(r"([OMVAU])\s*([<>]?\s*-?\d+(?:[.,]\d+)?)\Z")
_TOKEN_UNITS = {"O": "Ω", "M": "MΩ", "V": "V", "A": "A", "U": "µA"}
_HEADER_FIELDS = {
    "DUTEQUIPNUM": "asset_tag",
    "DUTSN": "serial",
    "DUTMANF": "maker",
    "DUTMODEL": "model",
    "DUTLOC": "location",
    "OTHER": "description",
    "DATEOFTEST": "tested_at",
    "TIMEOFTEST": "time",
    "CLASSIFICATION": "protection_class",
    "MASTERFILE": "procedure",
}
# What the codes of the .dta file stand for, as far as public programs say; another code is kept as it is.
_CODES = {
    "PERE": "Protective earth resistance",
    "INSM-PE": "Insulation resistance, mains to protective earth",
    "INSM-AP": "Insulation resistance, mains to applied part",
    "INS-APNE": "Insulation resistance, applied part to non-earth parts",
    "VOLTSLN": "Mains voltage, live to neutral",
    "VOLTSNE": "Mains voltage, neutral to earth",
    "VOLTSLE": "Mains voltage, live to earth",
    "EQUIP": "Equipment current",
    "DMAP-AC-PNECNC": "Mains on applied part, AC, normal polarity",
    "DMAP-AC-PRECNC": "Mains on applied part, AC, reverse polarity",
    "DIRL-ACDC-PNEONC": "Direct applied part leakage, AC+DC, normal polarity",
    "DIRL-ACDC-PREONC": "Direct applied part leakage, AC+DC, reverse polarity",
}


def sniff(name: str, head: bytes) -> float:
    text = head.replace(b"\0", b"")
    if b"<HEADER>" in text and b"=" in text:
        return 1.0
    return 0.9 if b"Test Setup" in text and b"DUT Information" in text else 0.0


def read(data: bytes, problems: Problems) -> list[TestRecord]:
    """The one record of the file. Raises Refused where it cannot be read."""
    text = decode(data, problems.file).text
    return [_dta(text, problems) if "<HEADER>" in text else _report(text, problems)]


# The CSV report ----------------------------------------------------------------------------------------------------


def _report(text: str, problems: Problems) -> TestRecord:
    rows = [[cell.strip() for cell in row] for row in csv.reader(text.splitlines())]
    start = next((at for at, row in enumerate(rows) if row and re.search(r"Test Results\Z", row[0])), len(rows))
    fields, extra, parts = _setup(rows[:start])
    model = _RESULTS.search(text)
    fields |= {"analyser_maker": "Fluke Biomedical", "analyser_model": model[1] if model else ""}
    if "&" in fields.get("tested_at", ""):
        fields["tested_at"] = fields["tested_at"].replace("&", " ")
    readings, checks = _results(rows, start, problems)
    return record_of(
        1, 1, fields, problems, readings=readings, checks=checks, applied_parts=parts, extra=extra, order="month-first"
    )


def _setup(rows: list[list[str]]) -> tuple[dict[str, Any], dict[str, str], list[AppliedPart]]:
    """Labels and their values: left of "DUT Information" the analyser's, from there on the device's."""
    side = next((row.index(cell) for row in rows for cell in row if cell.startswith("DUT Information")), 4)
    fields: dict[str, Any] = {}
    extra: dict[str, str] = {}
    parts: list[AppliedPart] = []
    in_parts = False
    for row in rows:
        if row[:2] == ["AP Name", "AP Type"]:
            in_parts = True
        elif in_parts and len(row) > 1 and applied_part_of(row[1]):
            parts.append(AppliedPart(row[0], applied_part_of(row[1]), count_of(row[2]) if len(row) > 2 else None))
        for at, label, value in _labelled(row):
            known = field_of(label)
            if at < side and known in ("serial", "description"):
                known = {"serial": "analyser_serial"}.get(known, "")
            if value and known and (known not in fields or label == "Date & Time"):
                fields[known] = value
            elif value:
                extra[label] = value
    return fields, extra, parts


def _labelled(row: list[str]) -> Iterator[tuple[int, str, str]]:
    """(column, label, value) of "Label :,,value" and of "Label :value"."""
    for at, cell in enumerate(row):
        label, colon, value = cell.partition(":")
        if colon and label and not label[-1:].isdigit():
            following = next((other for other in row[at + 1 : at + 4] if other), "")
            yield at, label.strip(), value.strip() or ("" if following.endswith(":") else following)


def _results(rows: list[list[str]], start: int, problems: Problems) -> tuple[list[Reading], list[Check]]:
    columns: dict[str, int] = {}
    readings: list[Reading] = []
    checks: list[Check] = []
    group = ""
    for number, row in enumerate(rows[start + 1 :], start + 2):
        if any(cell.startswith("____") for cell in row):
            break
        if "Value" in row and "Status" in row:
            columns = {cell: at for at, cell in enumerate(row) if cell}
            continue
        if not columns or not any(row):
            continue
        cells = {name: row[at] if at < len(row) else "" for name, at in columns.items()}
        group = row[0] or group
        detail = [cell for cell in row[1 : columns["Value"]] if cell]
        name = ", ".join(dict.fromkeys([group, *detail]))
        value, status = cells["Value"], cells["Status"]
        where = {"record": 1, "row": number}
        if not value and not verdict_of(status):
            continue
        if re.search(r"\d", value):
            readings.append(
                reading_of(name, value, problems, where, decimal_mark=".", verdict=status,
                           low=cells.get("Low Limits", ""), high=cells.get("High Limits", ""))
            )  # fmt: skip
        else:
            checks.append(
                Check(name, name_of_test(name).check or "other", verdict_of(status) or verdict_of(value), value)
            )
    return readings, checks


# The memory file ----------------------------------------------------------------------------------------------------


def _dta(text: str, problems: Problems) -> TestRecord:
    header: dict[str, str] = {}
    for key, value in _HEADER.findall(text):
        header.setdefault(key, value.strip())
    fields: dict[str, Any] = {name: header[key] for key, name in _HEADER_FIELDS.items() if header.get(key)}
    own = next((key.removesuffix("SN") for key in header if key.endswith("SN") and key != "DUTSN"), "")
    fields |= {
        "analyser_maker": "Fluke Biomedical",
        "analyser_model": own,
        "analyser_serial": header.get(f"{own}SN", ""),
        "tester": header.get(f"{own}OPID", ""),
        "calibrated_on": _coded_day(header.get(f"{own}CALDATE", "")),
    }
    names, types, counts = (header.get(key, "").split(",") for key in ("APNAME", "APTYPE", "NUMAP"))
    parts = [
        AppliedPart(name.strip(), applied_part_of(kind), count_of(count))
        for name, kind, count in zip(names, types + [""] * len(names), counts + [""] * len(names), strict=False)
        if name.strip()
    ]
    readings = [one for match in _TEST.finditer(text) if (one := _dta_reading(match, text, problems))]
    if text.count("<TEST") > len(_TEST.findall(text)):
        problems.add(
            "incomplete",
            say("A test of the file has no end: the file was cut off."),
            say("Read the analyser's memory again."),
            record=1,
        )
    rest = {key: value for key, value in header.items() if value and key in ("STANDARD", "INSVOLTAGE", "TESTDURATION")}
    return record_of(1, 1, fields, problems, readings=readings, applied_parts=parts, extra=rest, order="month-first")


def _coded_day(text: str) -> str:
    """M10D17Y2025 → 2025-10-17."""
    match = re.fullmatch(r"M(\d{1,2})D(\d{1,2})Y(\d{4})", text)
    return f"{match[3]}-{match[1]:0>2}-{match[2]:0>2}" if match else text


def _dta_reading(match: re.Match[str], text: str, problems: Problems) -> Reading | None:
    parts = [part.strip() for part in " ".join(match[3].split()).split(",")]
    of_part = match[1] == "TESTAP"
    token = next((found for part in parts if (found := _TOKEN.match(part))), None)
    if token is None:
        return None
    before = parts[1:3] if of_part else parts[:2]
    code = match[2].strip()
    row = text.count("\n", 0, match.start()) + 1
    limit = next((part for part in before if re.fullmatch(r"\d+(?:\.\d+)?", part)), "")
    side = "low" if name_of_test(_CODES.get(code, code)).test == "insulation" else "high"
    return reading_of(
        _CODES.get(code, code), token[2], problems, {"record": 1, "row": row}, decimal_mark=".",
        unit=_TOKEN_UNITS[token[1]], verdict=parts[-1], applied_part=parts[0] if of_part else "", **{side: limit},
    )  # fmt: skip
