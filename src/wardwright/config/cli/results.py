"""Files of analysers from the command line; the same reading, looking and taking in as on the pages."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from .answer import command, django_ready, emit, json_option


@click.group()
def results() -> None:
    """Analysers' files: read, looked at, taken in."""


@results.command("import")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--site", default=None, help="Code of the site (default: the only or first one).")
@click.option("--mapping", default="", help="Name of a saved mapping, for tables.")
@click.option("--together", is_flag=True, help="The two files are tables that belong together.")
@click.option("--take-good", is_flag=True, help="Take the good records in, also where others cannot be.")
@json_option
@command
def import_results(
    files: tuple[Path, ...], site: str | None, mapping: str, together: bool, take_good: bool, as_json: bool
) -> int:
    """Read FILES of analysers. Without --take-good nothing is taken in: the answer says what would be.

    A file that is refused is told, and the others are read. Exit code 9 while records wait for a person, 10 where
    columns are to be named first; that of the first refusal where a file was refused.
    """
    django_ready()
    site_id = _site(site)
    groups = [files] if together else [(path,) for path in files]
    told = [_told(group, site_id, mapping, take_good) for group in groups]
    answers, refused = [one for one in told if one["ok"]], [one for one in told if not one["ok"]]
    if as_json:
        emit({"ok": not refused, "files": [{k: v for k, v in one.items() if k != "exit_code"} for one in told]})
    else:
        for one in told:
            _say(one)
    if refused:
        return int(refused[0]["exit_code"])
    if any(one["state"] == "mapping" for one in answers):
        return 10
    return 9 if any(one["problems"] for one in answers) else 0


def _say(one: dict[str, Any]) -> None:
    if not one["ok"]:
        click.echo(f"{one['name']}: refused. {one['error']['message']} {one['error']['way_forward']}".rstrip())
        return
    click.echo(f"{one['name']} (number {one['id']}): {one['state']}")
    for state, n in one["records"].items():
        click.echo(f"{n:>8} {state}")
    for line in one["problems"]:
        click.echo(f"  record {line['record']}: {line['what']} {line['remedy']}".rstrip())


def _told(paths: tuple[Path, ...], site_id: int, mapping: str, take_good: bool) -> dict[str, Any]:
    """What came of one file, or of tables that belong together: also when it was refused."""
    from wardwright.platform.core.errors import Refused

    try:
        return _one([(path.name, path.read_bytes()) for path in paths], site_id, mapping, take_good)
    except Refused as error:
        code, words, forward, number = error.code, str(error.message), str(error.way_forward), error.exit_code or 1
    except OSError as error:
        code = "no-file" if isinstance(error, FileNotFoundError) else "unreadable"
        words, forward, number = f"It cannot be opened: {error.strerror or error}.", "Check its path and its rights.", 3
    return {
        "ok": False, "name": ", ".join(path.name for path in paths), "exit_code": number,
        "error": {"code": code, "message": words, "way_forward": forward},
    }  # fmt: skip


def _one(parts: list[tuple[str, bytes]], site_id: int, mapping: str, take_good: bool) -> dict[str, Any]:
    from wardwright.apps.testing.models import TestRecord
    from wardwright.apps.testing.operations import read_result_file, take_in_records
    from wardwright.apps.testing.states import RecordState
    from wardwright.platform.attachments.store import put
    from wardwright.platform.core.change import System

    by = System("command line")
    kept = [{"name": name, "sha256": put(data)} for name, data in parts]
    file = read_result_file(by=by, site_id=site_id, files=kept, mapping_name=mapping)
    if take_good and TestRecord.objects.filter(file=file, state=RecordState.GOOD).exists():
        take_in_records(by=by, result_file_id=file.pk, partly=True)
    file.refresh_from_db()
    rows = list(TestRecord.objects.filter(file=file).order_by("number"))
    counts: dict[str, int] = {}
    for row in rows:
        counts[row.state] = counts.get(row.state, 0) + 1
    return {
        "ok": True, "id": file.pk, "name": file.name, "form": file.form, "state": file.state,
        "mapping": file.mapping_name, "records": counts, "problems": [line for row in rows for line in _problems(row)],
    }  # fmt: skip


def _problems(row: Any) -> list[dict[str, Any]]:
    from wardwright.apps.testing.states import WAITING_RECORDS
    from wardwright.kernel.said import from_plain

    if row.state not in WAITING_RECORDS:
        return []
    return [
        {"record": row.number, "tag": row.tag, "serial": row.serial, "code": one["code"], "what": str(one["what"]),
         "remedy": str(one["remedy"])}
        for one in from_plain(row.problems)
        if one["holds"]
    ]  # fmt: skip


def _site(code: str | None) -> int:
    from wardwright.apps.directory.models import Site
    from wardwright.platform.core.errors import NotFound

    rows = Site.objects.order_by("pk")
    row = rows.filter(code=code).first() if code else rows.first()
    if row is None:
        raise NotFound(f"There is no site {code or ''}.".replace(" .", "."), "`--site` takes the code of a site.")
    return row.pk


@results.command("list")
@click.option("--state", type=click.Choice(["mapping", "review", "done"]), default=None)
@json_option
@command
def list_results(state: str | None, as_json: bool) -> int:
    """The files that came in, the newest first."""
    django_ready()
    from django.db.models import Count

    from wardwright.apps.testing.models import ResultFile, TestRecord

    rows = ResultFile.objects.order_by("-pk")
    rows = rows.filter(state=state) if state else rows
    counts: dict[int, dict[str, int]] = {}
    for file_id, name, n in TestRecord.objects.order_by().values_list("file", "state").annotate(n=Count("pk")):
        counts.setdefault(file_id, {})[name] = n
    found = [
        {"id": row.pk, "name": row.name, "form": row.form, "state": row.state, "came_at": row.came_at,
         "came_by": row.came_by_name, "records": counts.get(row.pk, {})}
        for row in rows
    ]  # fmt: skip
    if as_json:
        emit({"ok": True, "files": found})
        return 0
    for one in found:
        shown = ", ".join(f"{n} {name}" for name, n in one["records"].items())  # type: ignore[attr-defined]
        click.echo(f"{one['id']:>6} {one['state']:<8} {one['name']:<40} {shown}")
    return 0


COMMANDS = [results]
