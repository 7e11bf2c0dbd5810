"""Image quality and dose from files at hand. Needs no house, and keeps nothing."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from .answer import command, emit, fail, json_option


@click.group()
def imaging() -> None:
    """Phantom images analysed, and dose reports read (needs the optional part: pip install 'wardwright[imaging]')."""


_paths = click.argument("paths", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))


@imaging.command("analyse")
@click.argument("kind")
@_paths
@click.option("--phantom", default="", help="Variant, such as CatPhan604; the usual one of its kind.")
@click.option("--option", "given", multiple=True, metavar="NAME=VALUE", help="Such as without_uniformity=1.")
@click.option("--picture", type=click.Path(path_type=Path), help="Write the picture of the result here (PNG).")
@click.option("--memory-mb", default=3000, show_default=True, help="Most memory the analysis may use.")
@click.option("--seconds", default=300, show_default=True, help="Longest time it may take.")
@json_option
@command
def analyse(
    kind: str, paths: tuple[Path, ...], phantom: str, given: tuple[str, ...], picture: Path | None, memory_mb: int,
    seconds: int, as_json: bool,
) -> int:  # fmt: skip
    """Analyse a series of phantom images: KIND is catphan, acr_ct, acr_mri or planar; PATHS are files, folders or ZIPs.

    Exit code 2 with words where the files are not such a series.
    """
    from wardwright.kernel.imaging import ANALYSES, PICTURE, Bounds, ImagingRefused, checked_options, quantity, work

    bounds = Bounds(memory_mb=memory_mb, seconds=seconds)
    try:
        wanted = _one_of(kind, ANALYSES, "kind of analysis")
        variant = phantom or next(iter(wanted.phantoms))
        _one_of(variant, wanted.phantoms, "phantom of this kind")
        options = checked_options(kind, dict(one.partition("=")[::2] for one in given))
        with _sent(paths) as folder:
            facts = work("take_in", folder, {"kind": kind}, bounds)
            found = work("analyse", folder, {"kind": kind, "phantom": variant, "options": options}, bounds)
            if picture and (folder / PICTURE).exists():
                shutil.copyfile(folder / PICTURE, picture)
    except ImagingRefused as error:
        return _refuse(as_json, error)
    except ValueError as error:
        fail(as_json, "invalid", str(error), "`wardwright imaging analyse --help` names them.", 2)
    if as_json:
        emit({"ok": True, "kind": kind, "phantom": variant, "proof": str(wanted.proof), "series": facts, **found})
        return 0
    click.echo(f"{wanted.words}, {wanted.phantoms[variant]}: {facts['images']} images of {facts['taken_at'] or '?'}")
    for one in found["figures"]:
        known = quantity(one["quantity"])
        click.echo(
            f"{one['quantity']:<30} {one['value']:>12.4f} {one['unit']:<6} {known.words if known else ''}".rstrip()
        )
    for words in found["notices"]:
        click.echo(f"Note: {words}")
    click.echo(f"{found['software']}; {wanted.proof}.")
    return 0


@imaging.command("dose")
@_paths
@json_option
@command
def dose(paths: tuple[Path, ...], as_json: bool) -> int:
    """Read radiation dose reports: figures by protocol, and of many examinations the median and quartiles.

    PATHS are files, folders or ZIPs. Nothing that names a patient is shown. Exit code 2 where there is no report.
    """
    from wardwright.kernel.imaging import ImagingRefused, work

    try:
        with _sent(paths) as folder:
            found = work("doses", folder, {})
    except ImagingRefused as error:
        return _refuse(as_json, error)
    rows = _by_protocol(found["reports"])
    if as_json:
        emit({"ok": True, "count": len(found["reports"]), "protocols": rows, **found})
        return 0
    for row in rows:
        click.echo(
            f"{row['protocol'] or '(whole examination)':<32} {row['quantity']:<22} n={row['count']:<5}"
            f" median {row['median']:.2f} ({row['low']:.2f} to {row['high']:.2f}) {row['unit']}"
        )
    for words in [*found["problems"], *(words for one in found["reports"] for words in one["problems"])]:
        click.echo(f"Note: {words}", err=True)
    return 0


def _by_protocol(reports: list[dict[str, Any]]) -> list[dict[str, Any]]:
    from decimal import Decimal

    from wardwright.kernel.imaging import distribution, quantity

    values: dict[tuple[str, str], list[Decimal]] = {}
    for report in {one["digest"]: one for one in reports}.values():  # one that came twice counts once
        for figure in report["figures"]:
            values.setdefault((figure["protocol"], figure["quantity"]), []).append(Decimal(figure["value"]))
    rows = []
    for (protocol, key), found in sorted(values.items()):
        spread, known = distribution(found), quantity(key)
        rows.append(
            {"protocol": protocol, "quantity": key, "unit": known.unit if known else "", "count": spread.count,
             "low": float(spread.low), "median": float(spread.median), "high": float(spread.high),
             "greatest": float(spread.greatest)}
        )  # fmt: skip
    return rows


@contextmanager
def _sent(paths: tuple[Path, ...]) -> Iterator[Path]:
    """A folder of our own with a copy of every file, under names of ours."""
    from wardwright.kernel.imaging import SENT

    with tempfile.TemporaryDirectory(prefix="wardwright-") as name:
        folder = Path(name)
        (folder / SENT).mkdir()
        files = [file for path in paths for file in (sorted(path.rglob("*")) if path.is_dir() else [path])]
        for number, file in enumerate(file for file in files if file.is_file()):
            shutil.copyfile(file, folder / SENT / f"{number:05d}-{file.name[-60:]}")
        yield folder


def _one_of(name: str, known: dict[str, Any], what: str) -> Any:
    if name not in known:
        raise ValueError(f"There is no {what} “{name}”; there are: {', '.join(known)}.")
    return known[name]


def _refuse(as_json: bool, error: Any) -> int:
    from wardwright.kernel.imaging import INSTALL, available

    way_forward = str(error.way_forward) if available() else f"{error.way_forward} {INSTALL}"
    fail(as_json, "refused", str(error.message), way_forward, 2)
    return 2


COMMANDS = [imaging]
