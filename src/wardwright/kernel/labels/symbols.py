"""Matrix symbols as modules: QR Code (ISO/IEC 18004), Data Matrix ECC 200 (ISO/IEC 16022) and GS1 DataMatrix."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import zxingcpp

FNC1 = "\x1d"


class SymbolError(ValueError):
    """A text that no symbol of the wanted kind can hold."""


@dataclass(frozen=True, slots=True)
class Symbol:
    """A square symbol without its quiet zone; ``rows`` are its modules from the top, True is dark.

    ``content`` is what a scanner sends: of a GS1 symbol the element string with FNC1 as 0x1D between elements.
    """

    kind: Literal["qr", "datamatrix"]
    content: str
    gs1: bool
    rows: tuple[tuple[bool, ...], ...]

    @property
    def modules(self) -> int:
        """Modules along one side."""
        return len(self.rows)

    @property
    def quiet_modules(self) -> int:
        """The empty margin its standard asks for, in modules: 4 for QR, 1 for Data Matrix."""
        return 4 if self.kind == "qr" else 1

    def svg(self) -> str:
        """One path of horizontal runs, one unit per module, without the quiet zone."""
        runs = "".join(f"M{x} {y}h{n}v1h-{n}z" for y, row in enumerate(self.rows) for x, n in _runs(row))
        side = self.modules
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {side} {side}" width="{side}" height="{side}"'
            f' shape-rendering="crispEdges"><path d="{runs}"/></svg>'
        )


def _runs(row: tuple[bool, ...]) -> list[tuple[int, int]]:
    """(first, length) of each run of dark modules."""
    found, start = [], None
    for x, dark in enumerate((*row, False)):
        if dark and start is None:
            start = x
        elif not dark and start is not None:
            found.append((start, x - start))
            start = None
    return found


def qr_code(text: str) -> Symbol:
    """A QR code of ``text``; 15 % of it may be hidden by dirt (error correction M)."""
    return _symbol("qr", text, text, zxingcpp.BarcodeFormat.QRCode, ec_level="M")


def data_matrix(text: str) -> Symbol:
    """A Data Matrix of ``text`` as it stands, such as an asset number or a HIBCC code."""
    return _symbol("datamatrix", text, text, zxingcpp.BarcodeFormat.DataMatrix, force_square=True)


def gs1_data_matrix(elements: Sequence[tuple[str, str]], machine: str) -> Symbol:
    """A GS1 DataMatrix (FNC1 first) of (application identifier, value) pairs; ``machine`` is what a scanner sends.

    Raises:
        SymbolError: for elements that GS1 does not allow.
    """
    written = "".join(f"[{ai}]{value}" for ai, value in elements)  # square brackets cannot be part of a value
    content = machine.strip(FNC1)
    return _symbol("datamatrix", written, content, zxingcpp.BarcodeFormat.DataMatrix, force_square=True, gs1=True)


def _symbol(kind: Any, written: str, content: str, barcode_format: Any, **options: Any) -> Symbol:
    try:
        barcode = zxingcpp.create_barcode(written, barcode_format, **options)
        image: Any = zxingcpp.write_barcode_to_image(barcode, scale=1, add_hrt=False, add_quiet_zones=False)
    except (ValueError, RuntimeError) as error:
        raise SymbolError(f"No {kind} symbol can hold this: {error}") from error
    lines: Any = memoryview(image).tolist()
    rows = tuple(tuple(pixel == 0 for pixel in line) for line in lines)
    return Symbol(kind, content, bool(options.get("gs1")), rows)
