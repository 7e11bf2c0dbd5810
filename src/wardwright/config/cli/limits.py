"""Limits of electrical safety: what there is, and a reading judged by it. Needs no house."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING, Any

import click

from .answer import command, emit, json_option

if TYPE_CHECKING:
    from wardwright.kernel.limits import LimitQuery, Reading, SafetyJudgement, SafetyLimit


@click.group()
def limits() -> None:
    """Limits of electrical safety (IEC 62353, IEC 60601-1, NFPA 99)."""


def _asked(func: Callable[..., Any]) -> Callable[..., Any]:
    """The options by which a limit is asked for; codes in any letter case."""
    for option in reversed(
        (
            click.option("--edition", default="", help="Such as 2014 or 3rd; the one in force when none is named."),
            click.option("--class", "equipment_class", default="", help="I, II or IP (internally powered)."),
            click.option("--applied-part", default="", help="B, BF, CF or none."),
            click.option("--method", default="", help="direct, differential, alternative or none."),
            click.option("--condition", default="", help="NC (normal), SFC (single fault) or none."),
            click.option("--equipment", default="", help="Kind, where it matters, such as without_cord; see the list."),
        )
    ):
        func = option(func)
    return func


@limits.command("judge")
@click.option("--standard", required=True, help="Such as “IEC 62353”, also with its edition: “IEC 62353:2014”.")
@click.option("--test", required=True, help="Such as equipment_leakage; see the list.")
@_asked
@click.option("--value", required=True, help="The reading: 0.85, 0,85, <5, >200, also with its unit.")
@click.option("--unit", default="", help="Its unit: µA (or uA), mA, Ohm, mOhm, MOhm.")
@click.option("--mains-volts", default="", help="Mains voltage during the test: normalises a leakage, with the next.")
@click.option("--nominal-volts", default="", help="Nominal mains voltage.")
@click.option("--on", type=click.DateTime(["%Y-%m-%d"]), help="Day whose edition holds, when none is named; today.")
@json_option
@command
def judge(value: str, unit: str, mains_volts: str, nominal_volts: str, as_json: bool, on: Any, **asked: str) -> int:
    """Judge a reading. Exit code 0 for every verdict, pass or fail; 2 where there is no such limit or reading."""
    from wardwright.kernel.limits import (
        LimitQuery,
        UnknownLimit,
        find_limit,
        judge_safety,
        parse_number,
        shipped_limits,
    )

    try:
        query = LimitQuery(**asked, on=on.date() if on else date.today())
        found = find_limit(shipped_limits(), query)
        reading = _reading(value, unit)
        volts = [parse_number(text) if text else None for text in (mains_volts, nominal_volts)]
        judged = judge_safety(_with_unit(reading, found), found, mains_volts=volts[0], nominal_volts=volts[1])
    except UnknownLimit as error:
        return _refuse(as_json, error, error.known)
    except ValueError as error:
        return _refuse(as_json, error)
    if as_json:
        emit(_judged(judged, query))
        return 0
    click.echo(f"{judged.outcome}: {judged.words}")
    for line in _rests_on(found):
        click.echo(line)
    return 0


@limits.command("list")
@click.option("--standard", default="", help="Only of this standard.")
@click.option("--test", default="", help="Only of this test.")
@_asked
@json_option
@command
def list_limits(as_json: bool, **asked: str) -> int:
    """List the limits there are; the options narrow the list."""
    from wardwright.kernel.limits import UnknownLimit, in_short, select, shipped_limits

    try:
        rows = select(shipped_limits(), **{name: text for name, text in asked.items() if text})
    except UnknownLimit as error:
        return _refuse(as_json, error, error.known)
    except ValueError as error:
        return _refuse(as_json, error)
    if as_json:
        emit({"ok": True, "count": len(rows), "limits": [_row(row) for row in rows]})
        return 0
    for row in rows:
        mark = f"  [{row.verified.words}]"
        click.echo(f"{row.title:<20} {row.test:<26} {in_short(row)}{mark}")
    return 0


def _reading(value: str, unit: str) -> Reading:
    """The reading; its unit may stand in either place, and must be the same in both."""
    from dataclasses import replace

    from wardwright.kernel.limits import convert, parse_reading

    reading = parse_reading(value)
    if reading.unit and unit.strip() and convert(reading.value, reading.unit, unit) != reading.value:
        raise ValueError(f"The value is in {reading.unit}, the option --unit says {unit}; leave one out.")
    return replace(reading, unit=reading.unit or unit.strip())


def _with_unit(reading: Reading, limit: SafetyLimit) -> Reading:
    if not reading.unit:
        raise ValueError(f"A reading without a unit cannot be judged; the limit is in {limit.unit}: add --unit.")
    return reading


def _judged(judged: SafetyJudgement, query: LimitQuery) -> dict[str, Any]:
    """The answer of `judge`: the verdict, the limit, and what was asked in the codes of the table."""
    from wardwright.kernel.limits import FACETS, code

    row = _row(judged.limit)
    asked = {name: code(name, getattr(query, name)) for name in FACETS}
    normalised = None
    if judged.normalised_from is not None:
        from wardwright.kernel.limits import NORMALISATION

        normalised = {"measured": float(judged.normalised_from), "verified": str(NORMALISATION)}
    return {
        "ok": True,
        "verdict": str(judged.outcome),
        "value": float(judged.reading.value),
        "value_bound": str(judged.reading.bound),
        "limit": float(judged.limit.figure),
        "unit": judged.limit.unit,
        "bound": row["bound"],
        "low": row["low"],
        "high": row["high"],
        "inclusive": row["inclusive"],
        "margin": float(judged.margin),
        "percent_of_limit": float(judged.percent_of_limit),
        "percent_used": None if judged.percent_used is None else float(judged.percent_used),
        "because": judged.words,
        "normalised": normalised,
        **{name: row[name] for name in ("standard", "edition", "clause", "test")},
        "class": asked.pop("equipment_class"),
        **asked,
        **{name: row[name] for name in ("source", "verified", "verification", "note", "valid_from", "valid_until")},
        "unverified": judged.unverified,
    }


def _row(row: SafetyLimit) -> dict[str, Any]:
    """A limit as JSON shows it: what it holds for, the figure, and what it rests on."""
    from wardwright.kernel.limits import in_short

    return {
        "standard": row.standard,
        "edition": row.edition,
        "clause": row.clause,
        "test": row.test,
        "class": list(row.equipment_class),
        "applied_part": list(row.applied_part),
        "method": list(row.method),
        "condition": list(row.condition),
        "equipment": list(row.equipment),
        "limit": float(row.figure),
        "bound": row.bound,
        "low": None if row.low is None else float(row.low),
        "high": None if row.high is None else float(row.high),
        "inclusive": not row.exclusive,
        "unit": row.unit,
        "words": in_short(row),
        "valid_from": row.valid_from,
        "valid_until": row.valid_until,
        "source": row.source,
        "verified": str(row.verified),
        "verification": str(row.verified.words),
        "unverified": row.verified.is_unverified,
        "note": row.note,
    }


def _rests_on(row: SafetyLimit) -> list[str]:
    clause = f", {row.clause}" if row.clause else ""
    return [f"{row.title}{clause}. Checked in: {row.verified.words} ({row.source}).", *([row.note] if row.note else [])]


def _refuse(as_json: bool, error: ValueError, known: tuple[SafetyLimit, ...] = ()) -> int:
    """Say why nothing is judged, and what there is instead."""
    from wardwright.kernel.limits import NotApplicable, UnknownLimit

    code = "not-applicable" if isinstance(error, NotApplicable) else "unknown-limit"
    if not isinstance(error, UnknownLimit):
        code = "invalid"
    ways = {
        "not-applicable": "Mark the test as not applicable.",
        "unknown-limit": "`wardwright limits list` shows all limits there are.",
        "invalid": "Correct it and ask again.",
    }
    if as_json:
        answer = {"code": code, "message": str(error), "way_forward": ways[code]}
        emit({"ok": False, "error": answer, "known": [_row(row) for row in known if not row.absent]})
    else:
        click.secho(f"{error} {ways[code]}", fg="red", err=True)
    return 2


COMMANDS = [limits]
