"""Looking after the stored files."""

from __future__ import annotations

import click

from .answer import command, django_ready, emit, json_option, progress


@click.group()
def files() -> None:
    """The stored files: documents, pictures, imported registers."""


@files.command("verify")
@json_option
@command
def verify(as_json: bool) -> int:
    """Read every stored file and compare it with its hash, and every row that names one with the store.

    Exit code 1 when a file is missing or has changed. A file that no row names (an upload that was refused) is told,
    and is no fault.
    """
    django_ready()
    from wardwright.platform.attachments.verify import verify_files

    with progress("Reading files", quiet=as_json) as tell:
        report = verify_files(tell)
    if as_json:
        emit(report.as_dict())
        return 0 if report.ok else 1
    for found in report.missing:
        click.secho(f"Missing: {found['name']} of {found['row']} {found['id']} ({found['sha256']})", fg="red")
    for found in report.changed:
        names = ", ".join(f"{row['name']} of {row['row']} {row['id']}" for row in found["rows"]) or "no row names it"
        click.secho(f"Changed: {found['sha256']}: {names}", fg="red")
    for found in report.orphaned:
        click.secho(f"Named by no row: {found['sha256']}, {found['bytes']:,} bytes", fg="yellow")
    words = "every file is as it was stored" if report.ok else "restore the files named above from a backup"
    click.echo(f"{report.files} files, {report.bytes:,} bytes, {report.rows} rows: {words}.")
    return 0 if report.ok else 1


COMMANDS = [files]
