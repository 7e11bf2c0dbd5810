"""Files of notices from the command line, for a house without internet: the same reading as on the pages."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from .answer import command, django_ready, emit, json_option
from .notices import notices

COMMANDS: list[click.Command] = []
_COUNTS = ("new", "changed", "unchanged", "refused")
_ENDINGS = (".json", ".jsonl", ".csv", ".tsv", ".xlsx", ".xls", ".ods", ".zip", ".gz", ".txt", ".eml")


@notices.command("import")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--source", default="", help="Name of the source they are of (default: as the files show).")
@click.option(
    "--mapping",
    type=click.Path(path_type=Path),
    help="What the columns mean, for lists: a file of lines such as “ref = Number”, or JSON.",
)
@json_option
@command
def import_notices(files: tuple[Path, ...], source: str, mapping: Path | None, as_json: bool) -> int:
    """Take in FILES of notices, or folders of them: openFDA, CSAF, ZIP archives, lists, letters.

    What was taken in before is not taken twice. Exit code 9 where records were refused, 3 where a file is not there.
    """
    django_ready()
    from wardwright.apps.notices.models import Refusal, Run
    from wardwright.apps.notices.operations import open_run_of_files
    from wardwright.apps.notices.operations.bringing import mapping_or_refuse, read_run
    from wardwright.platform.attachments.store import keep
    from wardwright.platform.core.change import System
    from wardwright.platform.core.errors import NotFound

    try:
        read_as = mapping_or_refuse(mapping.read_text("utf-8")) if mapping else None
        kept = [{"sha256": keep(_chunks(path), max_bytes=_MOST).sha256, "name": path.name} for path in _all(files)]
    except (OSError, UnicodeDecodeError) as error:
        raise NotFound(f"A file cannot be opened: {error}.", "Check its path and its rights.") from error
    run = open_run_of_files(by=System("command line"), files=kept, source_id=_source(source))
    runs = list(Run.objects.select_related("source").filter(pk__in=read_run(run, read_as)["runs"]).order_by("pk"))
    refused = [
        {"run": one.run_id, "where": str(one.where), "what": str(one.words)}
        for one in Refusal.objects.filter(run__in=runs).order_by("pk")
    ]
    told = [
        {"run": one.pk, "source": one.source.name, "new": one.new, "changed": one.changed, "unchanged": one.unchanged,
         "refused": one.refused}
        for one in runs
    ]  # fmt: skip
    if as_json:
        emit({"ok": not refused, "files": len(kept), "runs": told, "refused": refused})
    else:
        for line in [one for one in told if any(one[name] for name in _COUNTS)] or told[:1]:
            counts = ", ".join(f"{line[name]} {name}" for name in _COUNTS)
            click.echo(f"{line['source']}: {counts}")
        for one in refused:
            click.echo(f"  {one['where']}: {one['what']}")
    return 9 if refused else 0


_MOST = 300 * 1024 * 1024


def _all(paths: tuple[Path, ...]) -> Iterator[Path]:
    """Files as given, and those of folders that may hold notices."""
    for path in paths:
        if path.is_dir():
            yield from sorted(one for one in path.rglob("*") if one.is_file() and one.suffix.lower() in _ENDINGS)
        elif not path.is_file():
            raise FileNotFoundError(f"{path} is not there")
        else:
            yield path


def _chunks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while piece := file.read(1 << 20):
            yield piece


def _source(name: str) -> int | None:
    from wardwright.apps.notices.models import Source
    from wardwright.platform.core.errors import NotFound

    if not name:
        return None
    row: Any = Source.objects.filter(name=name).first()
    if row is None:
        known = ", ".join(Source.objects.order_by("name").values_list("name", flat=True))
        raise NotFound(f"There is no source “{name}”.", f"There are: {known}." if known else "Add it on the pages.")
    return int(row.pk)
