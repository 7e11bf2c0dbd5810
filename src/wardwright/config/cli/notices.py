"""Recalls and advisories: what a notice says of one device. Needs no house."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from .answer import command, emit, json_option

if TYPE_CHECKING:
    from wardwright.kernel.scope import Scope

_MOST_BYTES = 50_000_000


@click.group()
def notices() -> None:
    """Recalls, field safety notices and security advisories."""


@notices.command("decide")
@click.option(
    "--scope-text", "path", required=True, help="File with the notice's text, or a CSAF advisory; - is standard input."
)
@click.option(
    "--unit",
    required=True,
    help="The device as a JSON object of maker, model, ref, udi_di, lot, serial, version, made_on, as far as known.",
)
@json_option
@command
def decide(path: str, unit: str, as_json: bool) -> int:
    """Say whether a notice means a device: affected, not_affected or unresolved, with the words that decided.

    Exit code 0 for every decision; 2 where the notice or the unit cannot be read.
    """
    from wardwright.kernel.scope import BadUnit, Decider, Unit
    from wardwright.kernel.scope.csaf import BadCsaf
    from wardwright.kernel.scope.printing import BadScope
    from wardwright.kernel.scope.read import TooLong

    try:
        asked = Unit.of(_unit(unit))
        scope = _scope(path)
    except BadUnit as error:
        return _refuse(as_json, "bad-unit", str(error), 'Give it as {"model": "8100", "serial": "1001"}.')
    except (BadCsaf, BadScope, TooLong, _Unreadable) as error:
        return _refuse(as_json, "bad-notice", str(error), "Give the notice's text, or a CSAF 2.0 advisory as JSON.")
    decider = Decider(scope)
    found = decider.decide(asked)
    if as_json:
        span = {"start": found.span.start, "end": found.span.end, "text": found.text} if found.span else None
        answer = {"decision": str(found.outcome), "reason": str(found.reason), "span": span}
        findings = [{"code": one.code, "message": str(one.words)} for one in decider.findings]
        emit({"ok": True, **answer, "scope": _scope_in_short(scope), "findings": findings})
        return 0
    click.echo(f"{found.outcome}: {found.reason}")
    if found.span:
        click.echo(f"“{_short(found.text)}” (characters {found.span.start} to {found.span.end})")
    return 0


class _Unreadable(ValueError):
    """A file that is no text, or too large."""


def _unit(text: str) -> dict[str, Any]:
    from wardwright.kernel.scope import BadUnit

    try:
        value = json.loads(text, parse_float=str, parse_int=str)
    except ValueError as error:
        raise BadUnit(f"--unit is no JSON: {error}.") from error
    except RecursionError as error:
        raise BadUnit("--unit is nested too deep to be a unit.") from error
    if not isinstance(value, dict):
        raise BadUnit("--unit is no JSON object.")
    return value


def _scope(path: str) -> Scope:
    """The scope of a file: CSAF where it is JSON, a canonical scope where it begins as one, and else any text."""
    from wardwright.kernel.scope import read_scope
    from wardwright.kernel.scope.csaf import is_csaf, read_csaf
    from wardwright.kernel.scope.printing import from_text, is_canonical

    text = _read(path)
    if text.lstrip().startswith("{"):
        try:
            data = json.loads(text)
        except (ValueError, RecursionError) as error:
            raise _Unreadable(f"The file begins like JSON and is none: {error}.") from error
        if not is_csaf(data):
            raise _Unreadable("The file is JSON, and no CSAF advisory: it has no “document” and “product_tree”.")
        return read_csaf(data).scope
    if is_canonical(text):
        return from_text(text)
    return read_scope(text)


def _read(path: str) -> str:
    data = sys.stdin.buffer.read(_MOST_BYTES + 1) if path == "-" else _bytes(Path(path))
    if len(data) > _MOST_BYTES:
        raise _Unreadable(f"The notice has more than {_MOST_BYTES // 1_000_000} MB.")
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", "replace")
    if b"\x00" in data[:4096]:
        raise _Unreadable("The file is no text.")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("cp1252", "replace")
    if not text.strip():
        raise _Unreadable("The notice has no words.")
    return text


def _bytes(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(_MOST_BYTES + 1)


def _scope_in_short(scope: Scope) -> dict[str, Any]:
    """How much of the notice was understood, and what was not."""
    return {
        "understood": scope.understood,
        "clauses": len(scope.clauses),
        "excluded": len(scope.excluded),
        "residue": [span.of(scope.text) for span in scope.residue],
        "conditions": [span.of(scope.text) for span in scope.conditions],
    }


def _short(text: str) -> str:
    words = " ".join(text.split())
    return words if len(words) <= 200 else f"{words[:199]}…"


def _refuse(as_json: bool, code: str, message: str, way_forward: str) -> int:
    if as_json:
        emit({"ok": False, "error": {"code": code, "message": message, "way_forward": way_forward}})
    else:
        click.secho(f"{message} {way_forward}", fg="red", err=True)
    return 2


COMMANDS = [notices]
