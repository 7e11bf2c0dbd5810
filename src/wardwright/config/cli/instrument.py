"""Reading test instruments that are connected."""

from __future__ import annotations

import click

from .answer import command, django_ready, emit, json_option


@click.group()
def instrument() -> None:
    """Test instruments on a network, USB or serial connection."""


@instrument.command("read")
@click.argument("instrument_id", type=click.IntRange(min=1))
@click.option("--quantity", default="", help="As the instrument's functions name it.")
@click.option("--unit", default="", help="Unit of the answer; that of the function if none is named.")
@json_option
@command
def read(instrument_id: int, quantity: str, unit: str, as_json: bool) -> int:
    """Read a value from the instrument with this number. It is shown, not recorded."""
    django_ready()
    from wardwright.apps.testing.models import Instrument, InstrumentFunction
    from wardwright.apps.testing.operations import read_value
    from wardwright.platform.core.errors import NotFound

    row = Instrument._default_manager.filter(pk=instrument_id).first()
    if row is None:
        raise NotFound(f"There is no test instrument {instrument_id}.", "The list of instruments shows their numbers.")
    if not unit:
        own = InstrumentFunction._default_manager.filter(instrument=row, quantity=quantity).exclude(query="").first()
        unit = own.unit if own else ""
    if not unit:
        raise NotFound(f"{row} has no query for {quantity or 'a quantity'!r}.", "Name its quantity, or a --unit.")
    got = read_value(row, quantity=quantity, unit=unit)
    if as_json:
        emit({"ok": True, "instrument_id": row.pk, "instrument": str(row), "quantity": got.function.quantity,
              "value": got.typed, "unit": got.unit, "shown": got.shown, "shown_unit": got.shown_unit,
              "identity": str(got.identity), "ms": got.ms})  # fmt: skip
        return 0
    click.echo(f"{got.typed} {got.unit}  {got.function.quantity}, {got.identity.name}, {got.ms} ms")
    return 0


COMMANDS = [instrument]
