"""Searching for notices from the command line, and why one means a device or not."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TYPE_CHECKING, Any

import click

from .answer import command, django_ready, emit, json_option, progress
from .notices import notices

if TYPE_CHECKING:
    from wardwright.apps.notices.models import Notice, Search

COMMANDS: list[click.Command] = []
_BATCH = 100
_MOST_TOLD = 200
_COUNTS = ("confirmed", "model_only", "review", "excluded")


@notices.command("match")
@click.argument("numbers", metavar="[NOTICE]...", nargs=-1)
@json_option
@command
def match(numbers: tuple[str, ...], as_json: bool) -> int:
    """Search everything we own once more for NOTICEs (their numbers), or for all: by the rules and the register of now.

    Each search is kept, with what differs from the one before. Exit code 3 where a number is not known.
    """
    django_ready()
    from wardwright.apps.notices.models import Notice, Search
    from wardwright.apps.notices.operations import search_notices
    from wardwright.apps.notices.queries.stock import Stock
    from wardwright.platform.core.change import System

    named = [row.pk for number in numbers for row in _notices(number)]
    ids = list(dict.fromkeys(named)) if numbers else list(Notice.objects.order_by("pk").values_list("pk", flat=True))
    stock, made = Stock(), list[Search]()
    with progress("Searching", quiet=as_json) as report:
        for some in _batches(ids):
            stock = stock.fresh()
            made += search_notices(by=System("command line"), notice_ids=some, cause="asked", stock=stock)
            report(len(made), len(ids))
    refs = dict(Notice.objects.filter(pk__in=ids).values_list("pk", "ref"))
    tags = _tags(made)
    told = [_search(one, refs[one.notice_id], tags) for one in made]
    totals = {name: sum(one[name] for one in told) for name in _COUNTS}
    changed = [(one["ref"], change) for one in told for change in one["changes"]]
    if as_json:
        emit({"ok": True, "rules": made[0].rules if made else "", **stock.size, "notices": len(told), **totals,
              "differences": len(changed), "searches": told})  # fmt: skip
        return 0
    size = stock.size
    looked = f"{size['devices']:,} devices, {size['supplies']:,} lots, {size['guests']:,} patients' devices"
    counts = ", ".join(f"{totals[name]:,} {name.replace('_', ' ')}" for name in _COUNTS)
    click.echo(f"{len(told):,} notice{'' if len(told) == 1 else 's'} searched for among {looked}: {counts}.")
    for one in told if numbers else ():
        click.echo(f"{one['ref']}: {one['words']}")
    click.echo(f"{len(changed):,} differ from the search before.")
    for ref, change in changed[:_MOST_TOLD]:
        click.echo(f"  {ref} {change['thing']}: {change['before'] or 'not found'} → {change['after']}")
    if len(changed) > _MOST_TOLD:
        click.echo(f"  … and {len(changed) - _MOST_TOLD:,} more; --json has all.")
    return 0


@notices.command("explain")
@click.argument("notice")
@click.argument("asset")
@json_option
@command
def explain(notice: str, asset: str, as_json: bool) -> int:
    """Say why a NOTICE (its number) means an ASSET (its asset number), or why it does not, with the words that decided.

    Where several sources have the number, the gravest answer comes first. Nothing is written. Exit code 3 where one of
    the two is not known.
    """
    django_ready()
    from wardwright.apps.notices.models import Exposure
    from wardwright.apps.notices.queries.explaining import explained

    told = [one.as_plain() for one in explained(_notices(notice), _asset(asset), Exposure.objects.all())]
    if as_json:
        emit({"ok": True, "asset": asset, **told[0], "others": told[1:]})
        return 0
    for one in told:
        rung = f", found by {one['rung'].replace('_', ' ')}, score {one['score']}" if one["rung"] else ""
        click.echo(f"{one['ref']} ({one['source']}): {one['standing'].replace('_', ' ')}{rung}")
        click.echo(f"  {one['reason']}")
        if one["span"]:
            span = one["span"]
            click.echo(f"  “{_short(span['text'])}” (characters {span['start']} to {span['end']})")
        for rung_, words in one["rungs"].items():
            click.echo(f"  {rung_.replace('_', ' ')}: {words}")
        if one["exposure"]:
            kept = one["exposure"]
            click.echo(f"  In case {one['case']}: {kept['standing'].replace('_', ' ')}, decision {kept['decision']}.")
        else:
            click.echo("  It is not among the devices of its case.")
    return 0


def _notices(number: str) -> list[Notice]:
    """Every notice of a number, as the sources write it."""
    from wardwright.apps.notices.models import Notice
    from wardwright.kernel.bulletins.numbers import action_number
    from wardwright.platform.core.errors import NotFound

    rows = Notice.objects.select_related("case", "source").order_by("pk")
    found = list(rows.filter(ref__iexact=number.strip())) or list(rows.filter(ref__iexact=action_number(number)))
    if not found:
        raise NotFound(
            f"There is no notice {number}.",
            "Give the number that its page shows, such as Z-1234-2020, or take it in: `wardwright notices import`.",
        )
    return found


def _asset(tag: str) -> Any:
    from wardwright.apps.assets.models import Asset
    from wardwright.platform.core.errors import NotFound

    row = Asset.objects.filter(tag=tag).first() or Asset.objects.filter(tag__iexact=tag.strip()).first()
    if row is None:
        raise NotFound(f"There is no device {tag}.", "Give its asset number, which is on its label and its page.")
    return row


def _batches(ids: list[int]) -> Iterator[list[int]]:
    left = iter(ids)
    while some := list(islice(left, _BATCH)):
        yield some


def _tags(made: Iterable[Search]) -> dict[int, str]:
    """Asset numbers of the devices whose standing differs."""
    from wardwright.apps.assets.models import Asset

    ids = {pk for one in made for kind, pk, _before, _after in one.changes if kind == "asset"}
    return {row.pk: row.tag for row in Asset.objects.in_bulk(ids).values()}


def _search(one: Search, ref: str, tags: dict[int, str]) -> dict[str, Any]:
    changes = [
        {"thing": tags.get(pk, f"{kind} {pk}") if kind == "asset" else f"{kind.replace('_', ' ')} {pk}",
         "before": before, "after": after}
        for kind, pk, before, after in one.changes
    ]  # fmt: skip
    return {
        "ref": ref, "search_id": one.pk, **{name: getattr(one, name) for name in _COUNTS}, "words": str(one.words),
        "changes": changes,
    }  # fmt: skip


def _short(text: str) -> str:
    words = " ".join(text.split())
    return words if len(words) <= 200 else f"{words[:199]}…"
