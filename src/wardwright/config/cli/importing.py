"""Bringing a register in from the command line; the same engine as the wizard."""

from __future__ import annotations

from pathlib import Path

import click

from .answer import command, django_ready, emit, json_option, progress

#: What a dry run says of the rows that it left alone.
WOULD = {"imported": "would import", "updated": "would update", "skipped": "would skip", "refused": "would refuse"}


@click.command("import")
@click.argument("target", type=click.Choice(["assets"]))
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--site", default=None, help="Code of the site for rows that name none (default: the only or first site)."
)
@click.option("--dry-run", is_flag=True, help="Say what would happen and change nothing.")
@click.option(
    "--errors", "error_file", type=click.Path(path_type=Path), default=None, help="Write refused rows to this CSV."
)
@json_option
@command
def import_register(
    target: str, file: Path, site: str | None, dry_run: bool, error_file: Path | None, as_json: bool
) -> int:
    """Import a register (CSV or XLSX) without editing it first. Exit code 9 when rows were refused."""
    django_ready()
    from wardwright.platform.core.change import System
    from wardwright.platform.exchange.operations import import_file

    with progress("Import", quiet=as_json) as report:
        answer = import_file(
            by=System("command line"),
            target=target,
            path=file,
            site_code=site,
            dry_run=dry_run,
            error_file=error_file,
            progress=report,
        )
    if as_json:
        emit({"ok": True, **answer})
    else:
        for name in ("rows", "imported", "updated", "unchanged", "skipped", "refused"):
            words = WOULD.get(name, name) if dry_run else name
            click.echo(f"{words:<14} {answer[name]}")
        for reason, count in answer["reasons"].items():
            click.echo(f"  {count if isinstance(count, int) else count.get('count', '')} × {reason}")
    return 9 if answer["refused"] else 0


COMMANDS = [import_register]
