"""Checking the audit trail and carrying a device's history out of the house."""

from __future__ import annotations

from pathlib import Path

import click
import orjson

from .answer import command, django_ready, emit, json_option, progress


@click.group()
def audit() -> None:
    """The tamper-evident audit trail."""


@audit.command("verify")
@click.option("--state", is_flag=True, help="Also compare every audited row with its last recorded state.")
@json_option
@command
def verify(state: bool, as_json: bool) -> int:
    """Check every record; exit code 1 when any was changed, removed, reordered or inserted."""
    django_ready()
    from wardwright.platform.audit.state import compare_state
    from wardwright.platform.audit.verify import verify as check

    with progress("Verifying", quiet=as_json) as tell:
        report = check(tell)
    if state:
        compare_state(report)
    if as_json:
        emit(report.as_dict())
    else:
        for problem in report.problems:
            click.secho(f"{problem['record']}: {problem['what']}", fg="red")
        for note in report.notes:
            click.secho(f"Note: {note}.", fg="yellow")
        words = "nothing was tampered with" if report.ok else f"{len(report.problems)} problems"
        click.echo(f"{report.records} records in {report.changes} changes and {report.seals} seals: {words}.")
    return 0 if report.ok else 1


@audit.command("seal")
@json_option
@command
def seal(as_json: bool) -> int:
    """Seal what was committed since the last seal (the worker does so by itself)."""
    django_ready()
    from wardwright.platform.audit.sealing import seal_pending

    sealed = seal_pending()
    if as_json:
        emit({"ok": True, **sealed._asdict()})
    else:
        click.echo(f"Sealed {sealed.changes} changes in {sealed.seals} seals.")
    return 0


@audit.command("key")
@json_option
@command
def key(as_json: bool) -> int:
    """The public key that verifies this house's seals and passports."""
    django_ready(house=False)
    from wardwright.platform.audit.keys import public_bytes

    if as_json:
        emit({"ok": True, "key": public_bytes().hex()})
    else:
        click.echo(public_bytes().hex())
    return 0


@audit.command("new-key")
@click.option("--reason", required=True, help="Why the key is changed; it is part of what both keys sign.")
@click.option("--lost", is_flag=True, help="The old key is nowhere any more: the key that is here follows it unsigned.")
@json_option
@command
def new_key(reason: str, lost: bool, as_json: bool) -> int:
    """Give the stopped house a new key; the old one signs the change, and its seals stay valid."""
    django_ready()
    from wardwright.platform.audit.keys import public_bytes
    from wardwright.platform.audit.succession import change_key, replace_lost_key

    row = (replace_lost_key if lost else change_key)(reason=reason)
    new = bytes(row.new).hex()
    if as_json:
        emit({"ok": True, "old": bytes(row.old).hex(), "new": new, "last_seal": row.last_seal})
        return 0
    click.echo(f"From seal {row.last_seal + 1} on {new} signs. The old key is gone; keep a copy of keys/ again.")
    if public_bytes().hex() != new:
        click.secho("Now put WARDWRIGHT_AUDIT_KEY_NEW into WARDWRIGHT_AUDIT_KEY, on every host.", fg="yellow")
    return 0


@audit.command("passport")
@click.argument("asset")
@click.option(
    "-o", "--output", type=click.Path(dir_okay=False, path_type=Path), required=True, help="The file to write."
)
@json_option
@command
def passport(asset: str, output: Path, as_json: bool) -> int:
    """Export one device's history (by asset number) with proofs."""
    django_ready()
    from wardwright.apps.assets.models import Asset
    from wardwright.platform.audit.passport import export_passport
    from wardwright.platform.core.errors import NotFound
    from wardwright.platform.core.values import as_id

    found = Asset.objects.filter(tag=asset).first() or Asset.objects.filter(pk=as_id(asset) or 0).first()
    if found is None:
        raise NotFound(f"There is no device with the asset number {asset}.", "Check the number on its label.")
    data = export_passport(found.pk, found.tag)
    temporary = output.with_name(output.name + ".part")
    temporary.write_bytes(orjson.dumps(data, option=orjson.OPT_INDENT_2))
    temporary.replace(output)
    if as_json:
        emit({"ok": True, "asset": found.tag, "records": len(data["records"]), "file": str(output)})
    else:
        click.echo(f"{len(data['records'])} records of {found.tag} are in {output}.")
    return 0


@audit.command("check-passport")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--key", "trusted", default=None, help="The hospital's public key (hexadecimal, from `audit key`).")
@json_option
@command
def check(file: Path, trusted: str | None, as_json: bool) -> int:
    """Verify a passport without any database; exit code 1 when something in it does not hold."""
    django_ready(house=False)
    from wardwright.platform.audit.passport import PassportReport, check_passport

    try:
        report = check_passport(orjson.loads(file.read_bytes()), trusted_key=trusted)
    except ValueError as error:
        report = PassportReport(problems=[{"record": None, "what": f"the file is damaged or not a passport: {error}"}])
    if as_json:
        emit(report.as_dict())
    else:
        for problem in report.problems:
            click.secho(f"{problem['record'] or file}: {problem['what']}", fg="red")
        verdict, keys = "all hold" if report.ok else "not all hold", ", ".join(sorted(report.keys)) or "no key"
        click.echo(f"{report.records} records, {verdict}. Signed with {keys}.")
    return 0 if report.ok else 1


COMMANDS = [audit]
