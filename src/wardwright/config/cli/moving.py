"""Carrying a whole house out and in, and copying it while it is in use."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from .answer import command, django_ready, emit, json_option, progress

CONFIDENTIAL = "The folder is as confidential as the house: names, password hashes and token digests are in it."
KEYS_TOO = "The private keys are in it too: whoever has it can sign as this house."


def _folder(name: str) -> Any:
    return click.argument(name, type=click.Path(file_okay=False, path_type=Path))


@click.command()
@_folder("folder")
@click.option("--with-keys", is_flag=True, help="Also the private keys, so that the restored house seals as this one.")
@json_option
@command
def export(folder: Path, with_keys: bool, as_json: bool) -> int:
    """Write the whole house into a new FOLDER in open formats, while it is in use.

    Exit code 9 when a file that a record names is missing from the store. Password hashes and token digests are
    needed to be the same house, so they are included: the folder is as confidential as the house.
    """
    django_ready()
    from wardwright.platform.moving.export import export_house

    registers = json.loads((Path(__file__).parents[1] / "data" / "registers.json").read_text())
    with progress("Export", quiet=as_json) as tell:
        done = export_house(folder, registers=registers, with_keys=with_keys, tell=tell)
    if as_json:
        emit({"ok": True, "folder": str(folder), **vars(done), "with_keys": with_keys})
        return 9 if done.missing else 0
    click.echo(f"{done.rows:,} rows and {done.files:,} files, {done.bytes:,} bytes, are in {folder}.")
    for sha256 in done.missing:
        click.secho(f"Missing or damaged in the store: {sha256}", fg="yellow", err=True)
    click.echo(f"Signed with {done.key}.")
    click.secho(CONFIDENTIAL + (f" {KEYS_TOO}" if with_keys else ""), fg="yellow")
    return 9 if done.missing else 0


@click.command()
@_folder("folder")
@click.option("--key", "trusted", default=None, help="The public key of the house that wrote it (from `audit key`).")
@json_option
@command
def restore(folder: Path, trusted: str | None, as_json: bool) -> int:
    """Make this empty house the one in FOLDER, which `export` or `backup` wrote.

    Checks every byte first, takes all of it or nothing, and checks the trail afterwards (exit code 1 when that finds
    anything). Works from SQLite to PostgreSQL and back.
    """
    django_ready(house=False)
    from wardwright.platform.moving.backup import is_backup, restore_backup
    from wardwright.platform.moving.restore import restore_house

    run = restore_backup if is_backup(folder) else restore_house
    with progress("Restore", quiet=as_json) as tell:
        done = run(folder, trusted_key=trusted, tell=tell)
    answer = {"rows": done.rows, "files": done.files, "new_key": done.new_key, "upgraded": done.upgraded}
    if as_json:
        emit({"ok": done.report.ok, **answer, "audit": done.report.as_dict()})
        return 0 if done.report.ok else 1
    click.echo(f"{done.rows:,} rows and {done.files:,} files were restored.")
    if done.upgraded:
        click.echo("The tables were brought to this version.")
    if done.new_key:
        click.echo("The private key was not in the folder: this house has a key of its own, and the trail says so.")
    for problem in done.report.problems:
        click.secho(f"{problem['record']}: {problem['what']}", fg="red")
    for note in done.report.notes:
        click.secho(f"Note: {note}.", fg="yellow")
    click.echo(f"Trail: {done.report.records:,} records, {'whole' if done.report.ok else 'not whole'}.")
    return 0 if done.report.ok else 1


@click.command()
@_folder("folder")
@click.option("--with-keys", is_flag=True, help="Also the private keys. Better: keep them apart (see the docs).")
@click.option("--check", "only_check", is_flag=True, help="Check a backup that was made before, and change nothing.")
@json_option
@command
def backup(folder: Path, with_keys: bool, only_check: bool, as_json: bool) -> int:
    """Copy the house into a new FOLDER while it is in use: database, files and journal, hashed and checked."""
    django_ready(house=not only_check)
    from wardwright.platform.moving.backup import check_backup, make_backup

    with progress("Backup", quiet=as_json) as tell:
        if only_check:
            manifest = check_backup(folder, tell=tell).manifest
        else:
            manifest = make_backup(folder, with_keys=with_keys, tell=tell)
    size = sum(entry["bytes"] for entry in manifest["files"].values())
    answer = {"folder": str(folder), "files": len(manifest["files"]), "bytes": size, "key": manifest["key"]}
    if as_json:
        emit({"ok": True, **answer, "with_keys": manifest["with_keys"], "missing": manifest["missing"]})
        return 9 if manifest["missing"] else 0
    click.echo(f"{len(manifest['files']):,} files, {size:,} bytes: {'as they were' if only_check else 'checked'}.")
    for sha256 in manifest["missing"]:
        click.secho(f"Missing or damaged in the store: {sha256}", fg="yellow", err=True)
    if not manifest["with_keys"]:
        click.echo("The private keys are not in it: keep a copy of keys/ in another place.")
    click.secho(CONFIDENTIAL, fg="yellow")
    return 9 if manifest["missing"] else 0


@click.command()
@click.option("--i-have-a-backup", "backed_up", is_flag=True, help="PostgreSQL: a backup was made and checked.")
@json_option
@command
def upgrade(backed_up: bool, as_json: bool) -> int:
    """Bring the tables of an older version up to date; on SQLite a copy to go back to is kept first."""
    django_ready()
    from wardwright.config.setup import prepare_house

    steps = prepare_house(backed_up=backed_up)
    if as_json:
        emit({"ok": True, "done": steps})
    else:
        click.echo("; ".join(steps).capitalize() + "." if steps else "Nothing to do: the house is of this version.")
    return 0


COMMANDS = [export, restore, backup, upgrade]
