"""One reading, moment or number out of the text that a file has for it."""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal
from typing import Any

from wardwright.kernel.limits import Bound, NumberError, parse_number, parse_reading
from wardwright.kernel.said import say
from wardwright.kernel.tabular.dates import Order, parse_date
from wardwright.kernel.tabular.values import clean_text

from .records import Problems, Reading
from .words import UNCLEAR, is_unit, name_of_test, unit_of, verdict_of

_TIME = re.compile(r"(?<![\d.])(\d{1,2})[:h](\d{2})(?::(\d{2})(?:[.,]\d+)?)?\s*([ap])?\.?m?\b\.?", re.IGNORECASE)
_ISO = re.compile(r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?(Z|[+-]\d{2}:?\d{2})?\Z")
_SIGNIFICANT = 15  # more digits than a double holds are noise of its printing: 0.47000000000000003
_OPEN = frozenset({"inf", "infinity", "ol", "o l", "over", "overrange", "open", "> range", ">range"})


def reading_of(
    name: str, text: str, problems: Problems, where: dict[str, Any], *, decimal_mark: str | None = None, **given: Any
) -> Reading:
    """The reading that a file prints as ``text`` under ``name``.

    ``given`` may set any field of Reading; texts of ``unit``, ``low``, ``high`` and ``verdict`` are read, and what is
    given wins over what the name says. A value that cannot be read is kept as text, and complained of.
    """
    named = name_of_test(name)
    fields: dict[str, Any] = {
        key: getattr(named, key)
        for key in ("test", "quantity", "method", "condition", "fault", "polarity", "current")
        if getattr(named, key)
    }
    if given.get("test") or given.get("quantity"):
        fields.pop("test", None), fields.pop("quantity", None)
    fields.update({key: value for key, value in given.items() if value})
    unit = fields.pop("unit", "")
    for side in ("low", "high"):
        fields[side] = _limit(fields.get(side), problems, where, name, decimal_mark)
    fields["verdict"] = verdict_of(fields.get("verdict", ""))
    bare = clean_text(text)
    value, bound, own_unit = _value(bare, problems, where, name, decimal_mark)
    if (
        own_unit and unit and not is_unit(unit_of(own_unit)[0]) and not UNCLEAR.fullmatch(own_unit)
    ):  # "8O" in a column of MΩ
        value, own_unit = None, ""
        _unreadable(name, say("{text} is not a number", text=repr(bare)), problems, where)
    unit, current = _unit(own_unit or unit, fields.get("test", ""))
    if current:
        fields.setdefault("current", current)
    if value is None and bare:
        fields["text"] = bare
        fields["verdict"] = fields["verdict"] or verdict_of(bare)  # a column of values that says FAIL
    return Reading(name=name, value=value, bound=bound, unit=unit, **fields)


def _value(
    text: str, problems: Problems, where: dict[str, Any], name: str, mark: str | None
) -> tuple[Decimal | None, Bound, str]:
    if not text or text.startswith("(") or not re.search(r"\d", text):
        if text.casefold() in _OPEN:
            problems.add(
                "no-number",
                say("“{name}” says {text}: the value lay beyond what the analyser can show.", name=name, text=text),
                say("Measure again in a range that shows a number, or enter the value by hand."),
                **where,
            )
        return None, Bound.EXACT, ""
    try:
        read = parse_reading(text, mark)
    except NumberError as error:
        _unreadable(name, _why(error), problems, where)
        return None, Bound.EXACT, ""
    return _shortened(read.value), read.bound, read.unit


def _unreadable(name: str, why: str, problems: Problems, where: dict[str, Any]) -> None:
    problems.add(
        "unreadable-number",
        say("The value of “{name}” cannot be read: {why}.", name=name, why=why),
        say("Correct it in the file, or take the record in without this reading by hand."),
        **where,
    )


def _why(error: NumberError) -> Any:
    return error.args[0] if error.args else ""


def _shortened(value: Decimal) -> Decimal:
    if len(value.as_tuple().digits) <= _SIGNIFICANT:
        return value
    short = value.normalize() if value else value
    return Decimal(f"{short:.{_SIGNIFICANT}g}").normalize() if len(short.as_tuple().digits) > _SIGNIFICANT else short


def _unit(text: str, test: str) -> tuple[str, str]:
    """A unit, whose "mohm" is mega for insulation and milli for a protective earth: neither can be the other."""
    if UNCLEAR.fullmatch(text.strip()) and test in ("insulation", "protective_earth"):
        return ("MΩ" if test == "insulation" else "mΩ"), ""
    return unit_of(text)


def _limit(text: Any, problems: Problems, where: dict[str, Any], name: str, mark: str | None) -> Decimal | None:
    if isinstance(text, Decimal) or text is None:
        return text
    bare = clean_text(text)
    if not re.search(r"\d", bare):
        return None
    try:
        return parse_reading(bare, mark).value
    except NumberError as error:
        problems.add(
            "unreadable-limit",
            say("A limit of “{name}” cannot be read: {why}.", name=name, why=_why(error)),
            say("The reading is kept and judged by our own limits."),
            **{**where, "holds": False},
        )
        return None


def number_of(text: str, mark: str | None = None) -> Decimal | None:
    """A number with or without a unit behind it, None for anything else."""
    try:
        return parse_reading(clean_text(text), mark).value
    except NumberError:
        return None


def count_of(text: str) -> int | None:
    try:
        number = parse_number(clean_text(text))
    except NumberError:
        return None
    return int(number) if number == number.to_integral_value() and 0 <= number < 1000 else None


def moment_of(
    text: Any, problems: Problems, where: dict[str, Any], *, time: str = "", order: Order = "day-first"
) -> tuple[dt.datetime | None, bool]:
    """(moment, whether the time of day is known). ISO 8601 with or without zone, spreadsheet dates, and dates as
    people write them, whose order of day and month ``order`` settles."""
    if isinstance(text, dt.datetime):
        return text, True
    if isinstance(text, dt.date):
        text = text.isoformat()
    bare = clean_text(text)
    if _ISO.match(bare):
        try:
            return dt.datetime.fromisoformat(bare.replace("Z", "+00:00")), True
        except ValueError:
            pass  # 2013-02-30T10:00: the date's own words are below
    if not bare:
        problems.add(
            "no-moment",
            say("The record does not say when the device was tested."),
            say("Enter the date by hand, or export the file again with date and time."),
            **where,
        )
        return None, True
    clock = _TIME.search(time or bare)
    day_text = bare if time or not clock else bare[: clock.start()]
    day = parse_date(day_text.rstrip(" T,&-").strip(), order)
    at = _clock(clock)
    if day.on is None or (clock and at is None) or day.precision != "day":
        problems.add(
            "impossible-date",
            say(
                "The moment of the test cannot be read: {why}",
                why=day.problem or say("“{text}” is not a time of day.", text=(time or bare)[:40]),
            ),
            say("Correct it in the file, or enter the date by hand."),
            **where,
        )
        return None, True
    return dt.datetime.combine(day.on, at or dt.time()), at is not None


def _clock(match: re.Match[str] | None) -> dt.time | None:
    if match is None:
        return None
    hour, minute, second = int(match[1]), int(match[2]), int(match[3] or 0)
    if match[4]:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if match[4].casefold() == "p" else 0)
    return dt.time(hour, minute, second) if hour < 24 and minute < 60 and second < 60 else None


def day_of(text: Any, order: Order = "day-first") -> dt.date | None:
    """A day, None when it cannot be read."""
    return parse_date(text, order).on
