"""Reports from the command line: figures on the terminal, or a file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from .answer import command, django_ready, emit, json_option


@click.command("report")
@click.argument("key", default="")
@click.option("--period", default="", help="A period by name, such as last-month.")
@click.option("--from", "first", default="", help="The first day, 2026-01-31.")
@click.option("--to", "last", default="", help="The last day.")
@click.option("--by", "group", default="", help="What to group by; the report says what it knows.")
@click.option("--site", default="", help="Number or code of a site.")
@click.option("--set", "more", multiple=True, metavar="NAME=VALUE", help="Another parameter, such as type=12.")
@click.option("--user", default="", help="Read it as this user; without it, as the house (everything).")
@click.option(
    "-o", "--output", type=click.Path(path_type=Path), default=None, help="A file ending in .csv, .xlsx, .pdf or .json."
)
@json_option
@command
def report(
    key: str,
    period: str,
    first: str,
    last: str,
    group: str,
    site: str,
    more: tuple[str, ...],
    user: str,
    output: Path | None,
    as_json: bool,
) -> int:
    """Make a report KEY, or list the reports there are."""
    django_ready()
    from wardwright.platform.core.errors import Invalid
    from wardwright.platform.reports import files
    from wardwright.platform.reports.asking import asked_of, report_for, reports_for
    from wardwright.platform.reports.sheet import sheet_of
    from wardwright.platform.reports.sources import url_of

    by = _reader(user)
    if not key:
        lines = [{"key": one.key, "title": str(one.title), "period": one.period} for one in reports_for(by)]
        if as_json:
            emit({"ok": True, "reports": lines})
        else:
            for line in lines:
                click.echo(f"{line['key']:<24} {line['title']}")
        return 0
    kind = output.suffix.lstrip(".").lower() if output else ""
    if output and kind not in files.WRITERS:
        raise Invalid(f"{output.name}: the file cannot be of this kind.", "End it in .csv, .xlsx, .pdf or .json.")
    unnamed = [entry for entry in more if "=" not in entry]
    if unnamed:
        raise Invalid(f"--set {unnamed[0]} names no value.", "Write it as --set type=12.")
    given = {"period": period, "from": first, "to": last, "by": group, "site": _site(site)}
    given |= dict(entry.split("=", 1) for entry in more)
    declared = report_for(by, key)
    asked = asked_of(declared, given)
    sheet = sheet_of(declared, by, asked, url=url_of(declared, asked))
    if output:
        _write(output, kind, sheet)
    if as_json:
        emit({"ok": True, **files.as_data(sheet), "file": str(output) if output else None})
        return 0
    click.echo(f"{sheet.title}\n{sheet.subtitle}")
    for shown in sheet.figures:
        click.echo(f"  {shown.words} {shown.figure.label}   ({shown.sums})")
        for one in shown.behind:
            if one.is_left_out:
                click.echo(f"      left out: {one.count} {one.words}")
    click.echo(f"{sheet.count} rows{f' in {output}' if output else ''}")
    return 0


def _reader(name: str) -> Any:
    from wardwright.platform.access.models import User
    from wardwright.platform.core.change import System
    from wardwright.platform.core.errors import NotFound

    if not name:
        return System("command line")
    found = User.objects.filter(username=name, is_active=True).first()
    if found is None:
        raise NotFound(f"There is no active user {name}.", "Check the user name.")
    return found


def _site(text: str) -> str:
    """The number of a site given by its number or code."""
    from wardwright.apps.directory.models import Site
    from wardwright.platform.core.errors import NotFound

    if not text or text.isdecimal():
        return text
    found = Site.objects.filter(code__iexact=text).values_list("pk", flat=True).first()
    if found is None:
        raise NotFound(f"There is no site {text}.", "Give its code or number.")
    return str(found)


def _write(output: Path, kind: str, sheet: Any) -> None:
    from wardwright.platform.reports import files

    if kind == "csv":
        with output.open("w", encoding="utf-8", newline="") as file:
            file.writelines(files.csv_lines(sheet))
    else:
        output.write_bytes(files.WRITERS[kind](sheet))


COMMANDS = [report]
