"""Test records of Fluke Biomedical's Ansur (.mtr): XML with the root METRONFile.

Built on what is public: the maker's manual names the parts (Setup with the device's items, TestInstruments, Record) and
leaves the measurements to each plug-in; public programs that read such files show where an ESA's stand. Never tried on
a file from an analyser of ours. Parts are found by name at any depth, so that another plug-in's layout still reads.
"""

from __future__ import annotations

import re
from typing import Any

from wardwright.kernel.said import say

from .assemble import record_of
from .elements import Element, parse_xml
from .records import AppliedPart, Check, Problems, Reading, TestRecord
from .values import reading_of
from .words import applied_part_of, field_of, name_of_test, verdict_of

_CLASS = re.compile(r"Classification[^:]*:+\s*(\S+)", re.IGNORECASE)


def sniff(name: str, head: bytes) -> float:
    """1 for the root METRONFile, less for other XML."""
    text = head.replace(b"\0", b"")
    if b"METRONFile" in text:
        return 1.0
    return 0.4 if text.lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n").startswith(b"<") and b"<html" not in text.lower() else 0.0


def read(data: bytes, problems: Problems) -> list[TestRecord]:
    """The one record of the file. Raises Refused for what is no test record."""
    root = parse_xml(data, problems)
    kind = root.attribute("Type")
    if root.name == "METRONFile" and kind.casefold() not in ("record", ""):
        raise problems.refuse(
            "no-record",
            say("The file is a {kind} of Ansur, not a test record.", kind=kind),
            say("Give the .mtr file that Ansur saved after the test."),
        )
    if root.name != "METRONFile" and not any(root.all("ResultItem")):
        raise problems.refuse(
            "unknown-xml",
            say("The file is XML, but no test record that is known here (its root is “{name}”).", name=root.name[:60]),
            say("Export as CSV and map the columns, or write the open form of the reference."),
        )
    return [_record(root, problems)]


def _record(root: Element, problems: Problems) -> TestRecord:
    where: dict[str, Any] = {"record": 1, "row": root.row}
    if not root.closed:
        problems.add(
            "incomplete",
            say("The record breaks off; results at its end may be missing."),
            say("Save the record again in Ansur, and give that file."),
            **where,
        )
    fields, extra = _items(root)
    at = root.first("TestData") or root
    fields["tested_at"], fields["time"] = _moment(at)
    fields["verdict"] = at.child("Status")
    fields["tester"] = at.child("Operator") or fields.get("tester", "")
    template = root.first("Template")
    fields["procedure"] = template.attribute("Name") if template else ""
    if instrument := root.first("MTIData"):
        fields["analyser_maker"] = instrument.child("Manufacturer") or "Fluke Biomedical"
        fields["analyser_model"] = instrument.child("Type") or instrument.child("Name")
        fields["analyser_serial"] = instrument.child("SerialNumber")
        fields["calibrated_on"] = instrument.child("CalibrationDate")
        fields["calibration_due"] = instrument.child("CalibrationDueDate")
    comments = [text for one in root.all("Comment") if (text := one.text.strip())]
    if stated := next((match[1] for text in comments if (match := _CLASS.search(text))), ""):
        fields["protection_class"] = stated
    fields["note"] = "\n".join(comments)[:4000]
    part = applied_part_of(re.split(r"[-_ ]", fields["procedure"].removesuffix(".mtt"))[-1])
    readings, checks = _results(root, problems)
    return record_of(
        1, root.row, fields, problems, readings=readings, checks=checks, extra=extra, order="month-first",
        applied_parts=[AppliedPart("", part)] if part else [],
    )  # fmt: skip


def _items(root: Element) -> tuple[dict[str, Any], dict[str, str]]:
    """The device's items: those with a known name, and the others as they stand."""
    fields: dict[str, Any] = {}
    extra: dict[str, str] = {}
    device = root.first("DUT")
    for item in device.all("Item") if device else ():
        name = item.attribute("Name") or item.attribute("Caption")
        value = item.attribute("Value") or item.text.strip()
        known = field_of(name)
        if (
            value
            and known in ("asset_tag", "serial", "maker", "model", "description", "location")
            and known not in fields
        ):
            fields[known] = value
        elif value and name:
            extra[name] = value
    return fields, extra


def _moment(at: Element) -> tuple[str, str]:
    """(day, time of day), each from attributes or from text."""
    day, clock = at.first("Date"), at.first("Time")
    text = day.text.strip() if day else ""
    if day and day.attribute("Year"):
        text = f"{day.attribute('Year')}-{day.attribute('Month'):0>2}-{day.attribute('Day'):0>2}"
    of_day = next((one for one in (clock, day) if one and one.attribute("Hour")), None)
    if of_day:
        return text, f"{of_day.attribute('Hour')}:{of_day.attribute('Minute') or '0':0>2}"
    return text, clock.text.strip() if clock else ""


def _results(root: Element, problems: Problems) -> tuple[list[Reading], list[Check]]:
    steps = {step.attribute("ID"): step for step in root.all("TestElement") if step.attribute("ID")}
    readings: list[Reading] = []
    checks: list[Check] = []
    for item in root.all("ResultItem"):
        step = steps.get(item.attribute("ElementID"))
        for measured in [one for one in item.children if one.name == "Measurement"]:
            name = _name(step, measured)
            value, status = measured.child("Value"), measured.child("Status")
            check = name_of_test(name).check
            if field_of(name) == "tester" or not (value or status):
                continue
            if check or not re.search(r"\d", value):
                note = "" if verdict_of(value) else value
                checks.append(Check(name, check or "other", verdict_of(status) or verdict_of(value), note))
            else:
                low, high = _limits(step)
                readings.append(
                    reading_of(name, value, problems, {"record": 1, "row": measured.row}, decimal_mark=".",
                               unit=measured.child("Unit"), low=low, high=high, verdict=status)
                )  # fmt: skip
    return readings, checks


def _name(step: Element | None, measured: Element) -> str:
    info = step.first("Info") if step else None
    parts = [info.child("Type"), info.child("Name"), info.child("Parameter")] if info else []
    said = list(dict.fromkeys(part for part in (*parts, measured.child("Description")) if part))
    return ", ".join(said)[:500]


def _limits(step: Element | None) -> tuple[str, str]:
    """The step's limits, where it has one set of them: with several, the file does not say which was used."""
    sets = list(step.all("Limit")) if step else []
    if len(sets) != 1:
        return "", ""
    values = {value.attribute("Type").casefold(): value.text.strip() for value in sets[0].all("Value")}
    return values.get("low", ""), values.get("high", "")
