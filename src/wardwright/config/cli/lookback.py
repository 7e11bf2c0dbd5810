"""Looking back at what a wrong test instrument has measured."""

from __future__ import annotations

import click

from .answer import command, django_ready, emit, json_option


@click.command()
@click.argument("calibration", type=click.IntRange(min=1))
@json_option
@command
def lookback(calibration: int, as_json: bool) -> int:
    """Look back from a CALIBRATION (its number) that found its instrument wrong: every reading in doubt, ranked.

    Run again it shows the same search. Exit code 1 while readings are not decided.
    """
    django_ready()
    from wardwright.apps.testing.models import LookbackItem
    from wardwright.apps.testing.operations import look_back
    from wardwright.platform.core.change import System

    row = look_back(by=System("command line"), calibration_id=calibration)
    items = list(
        LookbackItem.objects.filter(lookback=row).select_related("asset", "measurement").order_by("rank", "pk")
    )
    undecided = sum(item.decision == "open" for item in items)
    if as_json:
        emit({"ok": True, "lookback_id": row.pk, "instrument": str(row.instrument), "since_on": row.since_on,
              "found_on": row.found_on, "state": row.state, "counts": row.counts, "spans": row.spans,
              "undecided": undecided, "readings": [_plain(item) for item in items]})  # fmt: skip
    else:
        click.echo(f"{row.instrument}: right until {row.since_on or 'never known'}, found wrong on {row.found_on}.")
        for name, count in row.counts.items():
            click.echo(f"{count:>10} {name.replace('_', ' ')}")
        for item in items[:50]:
            corrected = "unknown" if item.corrected is None else f"{item.corrected.normalize():f}"
            click.echo(f"{item.asset.tag:<16} {item.change:<14} read {item.measurement}, without the error {corrected}")
    return 1 if undecided else 0


def _plain(item: object) -> dict[str, object]:
    from wardwright.apps.testing.models import LookbackItem

    assert isinstance(item, LookbackItem)
    return {
        "asset": item.asset.tag, "measurement_id": item.measurement_id, "change": item.change,
        "value": item.measurement.value, "unit": item.measurement.unit, "corrected": item.corrected,
        "error": item.error, "retested": item.retested, "decision": item.decision, "order": item.order_number,
    }  # fmt: skip


COMMANDS = [lookback]
