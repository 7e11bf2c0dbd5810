"""Which limits of electrical safety hold: for a device, for a step, for all there are."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import product
from typing import Any

from wardwright.apps.assets.models import DeviceModel
from wardwright.apps.assets.states import ElectricalClass
from wardwright.apps.testing.models import OwnLimit
from wardwright.apps.testing.states import Condition, EquipmentKind, Method, SafetyTest
from wardwright.kernel.limits import (
    Absent,
    AppliedPart,
    LimitQuery,
    NotApplicable,
    Origin,
    SafetyLimit,
    UnknownLimit,
    code,
    find_limit,
    limits_from,
    looser_than,
    shipped_limits,
    to_row,
)
from wardwright.kernel.said import from_plain, say, to_plain
from wardwright.platform.core.words import said_words

LIMIT_FIELDS = ("standard", "edition", "test", "method", "condition", "equipment")
CLASSES = (ElectricalClass.CLASS_I, ElectricalClass.CLASS_II, ElectricalClass.INTERNAL)
PARTS = ("B", "BF", "CF")
LONGEST_KEY = 40

# What is missing before a limit can be looked up.
NO_CLASS, NO_PARTS, NO_LIMIT = "electrical_class", "applied_parts", "limit"


def limit_table() -> tuple[SafetyLimit, ...]:
    """Every limit there is: the standards', and the hospital's own that may stand before them."""
    own = [row.as_limit() for row in OwnLimit.objects.all()]
    return (*shipped_limits(), *(row for row in own if not outrun(row)))


def outrun(own: SafetyLimit) -> tuple[SafetyLimit, ...]:
    """The limits of the standard that became stricter than this own one, which then holds no more."""
    return () if own.override_reason else looser_than(shipped_limits(), own)


def query_of(limit: Mapping[str, str], on: date, **facets: str) -> LimitQuery:
    """What a step asks of the table."""
    return LimitQuery(**{name: limit[name] for name in LIMIT_FIELDS if limit.get(name)}, **facets, on=on)


def asks_per_part(table: Iterable[SafetyLimit], limit: Mapping[str, str]) -> bool:
    """Whether the test is done on applied parts: no row of it holds without one."""
    rows = [row for row in table if (row.standard, row.test) == (limit["standard"], limit["test"])]
    return bool(rows) and all(row.applied_part and "none" not in row.applied_part for row in rows)


# Steps for a device ---------------------------------------------------------------------------------------------


def steps_for(
    steps: list[dict[str, Any]], model: DeviceModel, on: date, table: tuple[SafetyLimit, ...] | None = None
) -> list[dict[str, Any]]:
    """The steps as they hold for a device of this model: each row of the table looked up, once per applied part.
    ``table`` is ``limit_table()`` where several devices are asked for at once.

    A step that does not apply says why (``not_applicable``); one whose limit cannot be known says what is missing
    (``missing``, and ``why`` for a limit that nobody has): it is judged by nothing, never by a guess.
    """
    if not any(map(by_table, steps)):
        return steps
    table, keys = table or limit_table(), {step["key"] for step in steps}
    return [one for step in steps for one in (_for_model(table, step, model, on, keys) if by_table(step) else [step])]


def by_table(step: Mapping[str, Any]) -> bool:
    """Whether a step is judged by a row of the table of limits."""
    return not {"standard", "test"}.isdisjoint(step.get("limit") or {})


def is_unsettled(steps: list[dict[str, Any]]) -> bool:
    """Whether some step waits for a fact about the device before it can be judged."""
    return any(step.get("missing") for step in steps)


def settled(
    steps: list[dict[str, Any]], answered: Collection[str], model: DeviceModel, on: date
) -> list[dict[str, Any]]:
    """The steps once more, where something was missing when work began. A step without applied parts that has an
    answer stays as it is: nobody can say to which part it belongs."""
    waiting = [s for s in steps if s.get("missing") and not (s["missing"] == NO_PARTS and s["key"] in answered)]
    if not waiting:
        return steps
    keys = {step["key"] for step in waiting}
    plain = [{n: v for n, v in s.items() if n not in ("missing", "why")} if s["key"] in keys else s for s in steps]
    table, taken = limit_table(), {step["key"] for step in steps}
    return [
        one for step in plain for one in (_for_model(table, step, model, on, taken) if step["key"] in keys else [step])
    ]


def _for_model(
    table: tuple[SafetyLimit, ...], step: dict[str, Any], model: DeviceModel, on: date, keys: set[str]
) -> list[dict[str, Any]]:
    if model.electrical_class == ElectricalClass.NONE:
        return [_not_applicable(step, say("This device is not electrical."))]
    if not asks_per_part(table, step["limit"]):
        return [_looked_up(table, step, model, on, "none")]
    parts = model.parts
    if parts is None:
        return [_missing(step, NO_PARTS)]
    if not parts:
        return [_not_applicable(step, say("This device has no applied part."))]
    found = []
    for part in parts:
        key = _part_key(step["key"], part, keys)
        of_part = {**step, "key": key, "text": f"{step['text']}: {part}"}
        if len(parts) > 1:
            of_part["quantity"] = f"{_quantity(step)}.{key.rpartition('.')[2]}"[-40:]
        keys.add(key)
        found.append(_looked_up(table, of_part, model, on, part.type))
    return found


def _part_key(key: str, part: AppliedPart, taken: set[str]) -> str:
    plain = unicodedata.normalize("NFKD", f"{part.label or part.type}").encode("ascii", "ignore").decode().lower()
    slug = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:12] or part.type.lower()
    base = f"{key[: LONGEST_KEY - 16]}.{slug}"
    made, number = base, 2
    while made in taken:
        made, number = f"{base}-{number}", number + 1
    return made


def _looked_up(
    table: tuple[SafetyLimit, ...], step: dict[str, Any], model: DeviceModel, on: date, part: str
) -> dict[str, Any]:
    asked = query_of(step["limit"], on, equipment_class=model.electrical_class, applied_part=part)
    try:
        row = find_limit(table, asked)
    except NotApplicable as error:
        return _not_applicable(step, error.because)
    except UnknownLimit as error:
        if not model.electrical_class and _depends_on_class(table, asked):
            return _missing(step, NO_CLASS)
        return _missing(step, NO_LIMIT, error.args[0])
    return {**step, **frozen(row), "quantity": _quantity(step)}


def _quantity(step: Mapping[str, Any]) -> str:
    """As what the readings are compared: the test, and how it was done where that makes another figure of it."""
    limit = step["limit"]
    how = (limit.get("method", "").removeprefix("direct"), limit.get("condition", "").lower())
    return step.get("quantity") or ".".join(filter(None, (limit["test"], *how)))


def _depends_on_class(table: tuple[SafetyLimit, ...], asked: LimitQuery) -> bool:
    return any(not isinstance(_answer(table, asked, one), UnknownLimit) for one in CLASSES)


def _answer(table: tuple[SafetyLimit, ...], asked: LimitQuery, electrical_class: str, part: str = "") -> Any:
    """The limit, or the error that says why there is none."""
    given = {name: getattr(asked, name) for name in (*LIMIT_FIELDS, "on")}
    query = LimitQuery(**given, equipment_class=electrical_class, applied_part=part or asked.applied_part)
    try:
        return find_limit(table, query)
    except UnknownLimit as error:
        return error


def frozen(row: SafetyLimit) -> dict[str, Any]:
    """The columns of a step that a limit gives, and the limit itself as it was that day."""
    figures = {"low": None, "high": None, row.bound: _plain(row.figure)}
    exclusive = {"exclusive": True} if row.exclusive else {}
    kept = {name: value for name, value in to_row(row).items() if name != "note"}
    return {**figures, **exclusive, "unit": row.unit, "limit_source": source_words(row), "limit_row": kept}


def frozen_limit(step: Mapping[str, Any]) -> SafetyLimit | None:
    """The limit of the table that a step was frozen with."""
    return limits_from([step["limit_row"]])[0] if step.get("limit_row") else None


def source_words(row: SafetyLimit) -> str:
    """Where a limit is read: standard, edition, clause; of an own one also its source."""
    if row.origin is Origin.ORGANISATION:
        return f"{row.title}; {row.source}"
    return f"{row.title} {row.clause}".strip()


def _not_applicable(step: dict[str, Any], why: str) -> dict[str, Any]:
    return {**step, "low": None, "high": None, "required": False, "not_applicable": to_plain(why)}


def _missing(step: dict[str, Any], what: str, why: str = "") -> dict[str, Any]:
    return {**step, "low": None, "high": None, "missing": what, **({"why": to_plain(why)} if why else {})}


def why_words(step: Mapping[str, Any]) -> str:
    """Why a step does not apply, or has no limit, in the reader's language."""
    return said_words(from_plain(step.get("not_applicable") or step.get("why") or ""))


# All that can be asked ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class LimitChoice:
    """One kind of limit to choose for a step: a test of a standard, whatever the device."""

    limit: dict[str, str]
    standard: str
    words: str


def limit_choices(on: date) -> list[LimitChoice]:
    """Every test with a figure, by standard: those of the edition in force without it, older ones by their edition."""
    table = shipped_limits()
    newest = {row.standard: row.edition for row in sorted(table, key=lambda row: row.valid_from) if row.holds(on)}
    found: dict[tuple[str, ...], LimitChoice] = {}
    for row in table:
        if row.absent is Absent.NOT_APPLICABLE:
            continue  # what has no figure yet may have one of the hospital's own
        edition = "" if newest.get(row.standard) == row.edition else row.edition
        for method, condition, equipment in product(*map(_telling, (row.method, row.condition, row.equipment))):
            key = (row.standard, edition, row.test, method, condition, equipment)
            limit = {name: value for name, value in zip(LIMIT_FIELDS, key, strict=True) if value not in ("", "none")}
            title = f"{row.standard}:{edition}" if edition else row.standard
            found.setdefault(key, LimitChoice(limit, title, asked_words(limit)))
    return list(found.values())


def _telling(codes: tuple[str, ...]) -> tuple[str, ...]:
    """The codes to choose from: one is enough where it does not matter."""
    return codes[:1] if {"none", ""} & set(codes[:1]) else codes


def asked_words(limit: Mapping[str, str]) -> str:
    """What a limit is for, in words: "Equipment leakage, direct"."""
    kinds = (("test", SafetyTest), ("method", Method), ("condition", Condition), ("equipment", EquipmentKind))
    words = [
        str(kind(code).label) if code in kind.values else code for name, kind in kinds if (code := limit.get(name))
    ]
    return ", ".join(words)[:1].upper() + ", ".join(words)[1:]


def limit_title(limit: Mapping[str, str]) -> str:
    """The standard a step is judged by, with its edition where one is named."""
    return ":".join(filter(None, (limit["standard"], limit.get("edition", ""))))


@dataclass(frozen=True)
class Preview:
    """What a limit comes to for one class and one type of applied part."""

    electrical_class: str
    applied_part: str
    row: SafetyLimit | None
    why: str


def previews(limit: Mapping[str, str], on: date, table: tuple[SafetyLimit, ...] | None = None) -> Iterator[Preview]:
    """What a limit comes to for each class, and each type of applied part where the test is done on those; ``table``
    is ``limit_table()`` where several are asked for at once.

    Raises:
        UnknownLimit, ValueError: in words, where the table has no such test for any device.
    """
    table = table or limit_table()
    parts = PARTS if asks_per_part(table, limit) else ("none",)
    answers = [
        (one, part, _answer(table, query_of(limit, on), one.value, part)) for one, part in product(CLASSES, parts)
    ]
    if not any(isinstance(answer, SafetyLimit) for _one, _part, answer in answers):
        raise answers[0][2]
    for one, part, answer in answers:
        row = answer if isinstance(answer, SafetyLimit) else None
        yield Preview(one.value, part, row, "" if row else said_words(answer.because or answer.args[0]))


def figure_words(row: SafetyLimit) -> str:
    """The figure with its sign and unit, as one reads it: "≤ 500 µA"."""
    sign = "≥" if row.bound == "low" else "<" if row.exclusive else "≤"
    return f"{sign} {_plain(row.figure)} {row.unit}"


def _plain(value: Decimal) -> str:
    return f"{value.normalize():f}"


def normal_limit(limit: Mapping[str, Any], on: date) -> tuple[dict[str, str], SafetyLimit]:
    """The entry as the table spells it, and the first limit it comes to.

    Raises:
        UnknownLimit, ValueError: in words, for what the table does not have.
    """
    given = {name: str(value).strip() for name, value in limit.items() if value}
    if set(given) - set(LIMIT_FIELDS) or not given.get("standard") or not given.get("test"):
        raise ValueError(
            say("Name a standard and a test; a method, condition, kind of equipment and edition if needed.")
        )
    row = _first(given, on)
    spelt = {"standard": row.standard, "test": row.test} | ({"edition": row.edition} if "edition" in given else {})
    codes = {name: code(name, given[name]) for name in ("method", "condition", "equipment") if name in given}
    return {**spelt, **{name: one for name, one in codes.items() if one not in ("", "none")}}, row


def _first(limit: Mapping[str, str], on: date) -> SafetyLimit:
    table = limit_table()
    asked = query_of(limit, on)
    answers = [_answer(table, asked, one.value, part) for one, part in product(CLASSES, ("none", *PARTS))]
    for answer in answers:
        if isinstance(answer, SafetyLimit):
            return answer
    raise answers[0]
