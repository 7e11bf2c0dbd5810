"""Making a demo hospital."""

from __future__ import annotations

import click

from .answer import command, django_ready, emit, json_option, progress


@click.command()
@click.option("--seed", default=1, show_default=True, help="The same seed makes the same hospital.")
@click.option("--assets", default=1500, show_default=True, type=click.IntRange(1, 2_000_000), help="How many devices.")
@json_option
@command
def demo(seed: int, assets: int, as_json: bool) -> int:
    """Fill an empty house with a believable hospital and 30 months of its history."""
    django_ready(house=False)
    from wardwright.config.setup import prepare_house
    from wardwright.demo import ACCOUNTS, PASSWORD, load_demo

    prepare_house()
    with progress("Demo hospital", quiet=as_json) as report:
        counts = load_demo(seed=seed, assets=assets, progress=report)
    if as_json:
        emit({"ok": True, **counts})
    else:
        click.echo(", ".join(f"{count:,} {name.replace('_', ' ')}" for name, count in counts.items()))
        for name, words in ACCOUNTS:
            click.echo(f"  {name:<14} {words}")
        click.echo(f"  The password of each is {PASSWORD}")
    return 0


COMMANDS = [demo]
