"""Printing labels without a browser."""

from __future__ import annotations

from pathlib import Path

import click

from .answer import command, django_ready, emit, json_option


@click.command()
@click.argument("assets", nargs=-1)
@click.option("--department", default="", help="All devices of this department (its name).")
@click.option("--format", "label_format", default="", help="A format's short name; the first one offered if left out.")
@click.option("--start", default=1, show_default=True, help="The first free position of a sheet.")
@click.option("--wording", default="identity", show_default=True, type=click.Choice(["identity", "due"]))
@click.option("--symbols", default="both", show_default=True, type=click.Choice(["both", "qr", "datamatrix", "none"]))
@click.option("--zpl", is_flag=True, help="Text for a label printer that reads ZPL, instead of PDF.")
@click.option("--dpi", default=203, show_default=True, help="The printer's resolution, for ZPL: 203 or 300.")
@click.option(
    "-o", "--output", type=click.Path(dir_okay=False, path_type=Path), required=True, help="The file to write."
)
@json_option
@command
def labels(
    assets: tuple[str, ...], department: str, label_format: str, start: int, wording: str, symbols: str, zpl: bool,
    dpi: int, output: Path, as_json: bool,
) -> int:  # fmt: skip
    """Labels for devices by their asset numbers (or of a department), up to 1,000 at once."""
    django_ready()
    from wardwright.apps.assets import labels as printing
    from wardwright.apps.assets.models import Asset
    from wardwright.platform.core.change import System
    from wardwright.platform.core.errors import NotFound

    by = System("command line")
    rows = Asset.objects.filter(department__name__iexact=department).order_by("tag") if department else None
    found = dict((rows if rows is not None else Asset.objects.filter(tag__in=assets)).values_list("tag", "pk"))
    unknown = [tag for tag in assets if tag not in found]
    if unknown:
        raise NotFound(f"There is no device with the asset number {', '.join(unknown)}.", "Check the numbers.")
    ids = [found[tag] for tag in assets] if assets else list(found.values())
    wish = printing.wish(by, label_format=label_format, start=start, wording=wording, symbols=symbols)
    if zpl:
        data = printing.labels_zpl(by=by, asset_ids=ids, wish=wish, dpi=dpi).encode()
    else:
        data = printing.labels_pdf(by=by, asset_ids=ids, wish=wish)
    temporary = output.with_name(output.name + ".part")
    temporary.write_bytes(data)
    temporary.replace(output)
    if as_json:
        emit({"ok": True, "labels": len(ids), "format": wish.label_format.code, "file": str(output)})
    else:
        click.echo(f"{len(ids)} labels ({wish.label_format.name}) are in {output}.")
    return 0


COMMANDS = [labels]
