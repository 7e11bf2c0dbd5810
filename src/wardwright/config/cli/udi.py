"""Reading and writing UDI carriers."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date

import click

from .answer import command, emit, json_option


@click.group()
def udi() -> None:
    """Unique device identifiers (GS1, HIBCC, ICCBBA)."""


@udi.command("parse")
@click.argument("text")
@json_option
@command
def parse(text: str, as_json: bool) -> int:
    """Take a UDI apart; exit code 2 and a reason for an invalid one."""
    from wardwright.kernel.udi import UdiError, parse_udi

    try:
        found = parse_udi(text, today=date.today())
    except UdiError as error:
        if as_json:
            emit(
                {
                    "ok": False,
                    "valid": False,
                    "text": text,
                    "reason": str(error.reason),
                    "message": error.message,
                    "error": {"code": str(error.reason), "message": error.message},
                }
            )
        else:
            click.secho(error.message, fg="red", err=True)
        return 2
    data = {name: value for name, value in asdict(found).items() if value not in (None, (), "")}
    if as_json:
        emit({"ok": True, "valid": True, **data})
    else:
        for name, value in data.items():
            click.echo(f"{name.replace('_', ' '):<22} {value}")
    return 0


COMMANDS = [udi]
