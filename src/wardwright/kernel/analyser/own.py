"""Our own open format, wardwright-results: read with words and places, written so that reading gives the same back."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Iterable
from dataclasses import fields
from decimal import Decimal
from typing import Any

from wardwright.kernel.limits import Bound
from wardwright.kernel.said import say

from .conform import departures, schema
from .records import Analyser, AppliedPart, Check, Device, Environment, Problems, Reading, TestRecord

FORMAT = "wardwright-results"
_RENAMED = {"protection_class": "class"}
_PLACE = re.compile(r"/records/(\d+)")


def sniff(name: str, head: bytes) -> float:
    """1 where the head says so, a little for other JSON."""
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n")[:1]
    return (1.0 if FORMAT.encode() in head else 0.3) if start == b"{" else 0.0


def read(data: bytes, problems: Problems) -> list[TestRecord]:
    """The records that keep the schema; the others are told with their place. Raises Refused where nothing can be."""
    try:
        top = json.loads(data.decode("utf-8-sig"), parse_float=Decimal, parse_constant=_no_number)
    except (ValueError, ArithmeticError, RecursionError) as error:
        row = getattr(error, "lineno", None)
        raise problems.refuse(
            "not-json",
            say("Line {row} is not JSON.", row=row) if row else say("The file is not JSON in UTF-8."),
            say("Write the file again; it may have been cut off on its way."),
            row=row,
        ) from None
    if not isinstance(top, dict) or top.get("schema") != FORMAT:
        raise problems.refuse(
            "not-results",
            say("This is JSON, but not of the form “wardwright-results”."),
            say("Begin the file with “schema” and “version” as the reference describes."),
        )
    if top.get("version") != 1:
        raise problems.refuse(
            "unknown-version",
            say(
                "Version {version} of the form is not known; version 1 is.",
                version=json.dumps(top.get("version"), default=str),
            ),
            say("Write version 1, or bring Wardwright up to date."),
        )
    wrong: set[int] = set()
    for path, what in departures(top, schema()):
        inside = _PLACE.match(path)
        number = int(inside[1]) + 1 if inside else None
        wrong |= {number} if number else set()
        problems.add(
            "schema",
            say("{path} {what}.", path=path or "/", what=what),
            say("Correct it in the program that writes the file; the reference describes every field."),
            record=number,
            path=path,
        )
    given = top.get("records")
    records = []
    for number, raw in enumerate(given if isinstance(given, list) else [], 1):
        if number not in wrong and (record := _record(raw, number, problems)):
            records.append(record)
    return records


def produced_at(data: bytes) -> dt.datetime | None:
    """When the file says it was written."""
    found = re.search(rb'"produced_at"\s*:\s*"([^"]{16,40})"', data[:4096])
    try:
        return dt.datetime.fromisoformat(found[1].decode().replace("Z", "+00:00")) if found else None
    except ValueError:
        return None


def _no_number(text: str) -> Any:
    raise ValueError(text)


def _record(raw: dict[str, Any], number: int, problems: Problems) -> TestRecord | None:
    try:
        return record_from(raw, number)
    except ValueError as error:
        problems.add(
            "impossible-date",
            say("A date of the record does not exist ({why}).", why=str(error)),
            say("Correct it in the program that writes the file."),
            record=number,
            path=f"/records/{number - 1}",
        )
        return None


def record_from(raw: dict[str, Any], number: int = 0) -> TestRecord:
    """A record out of what ``plain_record`` made, which may lack device and moment. Raises ValueError for a date that
    does not exist."""
    at = raw.get("tested_at", "")
    return TestRecord(
        device=Device(**raw.get("device", {})),
        tested_at=dt.datetime.fromisoformat(at.replace("Z", "+00:00")) if at else None,
        time_known="T" in at if at else True,
        analyser=Analyser(**{name: _dated(name, text) for name, text in raw.get("analyser", {}).items()}),
        environment=Environment(**{key: _decimal(value) for key, value in raw.get("environment", {}).items()}),
        protection_class=raw.get("class", ""),
        applied_parts=tuple(AppliedPart(**part) for part in raw.get("applied_parts", ())),
        checks=tuple(Check(**one) for one in raw.get("checks", ())),
        readings=tuple(map(_reading, raw.get("readings", ()))),
        number=number,
        **{key: raw[key] for key in ("tester", "reason", "procedure", "verdict", "note", "extra") if key in raw},
    )


def _reading(raw: dict[str, Any]) -> Reading:
    numbers: dict[str, Any] = {key: _decimal(raw[key]) for key in ("value", "low", "high") if key in raw}
    return Reading(**(raw | numbers | {"bound": Bound(raw.get("bound", ""))}))


def _dated(name: str, text: str) -> Any:
    return dt.date.fromisoformat(text) if name.startswith("calib") else text


def _decimal(value: Any) -> Decimal:
    return value if isinstance(value, Decimal) else Decimal(repr(value) if isinstance(value, float) else value)


# Writing ---------------------------------------------------------------------------------------------------------


def write(records: Iterable[TestRecord], *, produced_by: str = "", at: dt.datetime | None = None) -> bytes:
    """The records as a file of this form."""
    top: dict[str, Any] = {"schema": FORMAT, "version": 1}
    if produced_by:
        top["produced_by"] = produced_by
    if at:
        top["produced_at"] = at.isoformat()
    top["records"] = [plain_record(record) for record in records]
    return json.dumps(top, ensure_ascii=False, indent=1).encode()


def plain_record(record: TestRecord) -> dict[str, Any]:
    """One record as it stands in a file of this form; ``record_from`` gives it back."""
    plain = _plain(record, without=("number", "row", "time_known"))
    if record.tested_at:
        plain["tested_at"] = (record.tested_at if record.time_known else record.tested_at.date()).isoformat()
    return plain


def _plain(part: Any, without: tuple[str, ...] = ()) -> Any:
    """Whatever is not empty, as JSON."""
    if isinstance(part, Decimal):
        return _number(part)
    if isinstance(part, Bound):
        return part.value
    if isinstance(part, dt.date):
        return part.isoformat()
    if isinstance(part, tuple):
        return [_plain(one) for one in part]
    if not hasattr(part, "__dataclass_fields__"):
        return part
    values = {
        _RENAMED.get(one.name, one.name): getattr(part, one.name) for one in fields(part) if one.name not in without
    }
    filled = {name: _plain(value) for name, value in values.items() if value not in (None, "", (), {})}
    return {name: value for name, value in filled.items() if value != {}}


def _number(value: Decimal) -> int | float | str:
    """A JSON number where it comes back the same, else its digits."""
    if value == value.to_integral_value() and abs(value) < 2**53:
        return int(value)
    return float(value) if Decimal(repr(float(value))) == value else f"{value:f}"
