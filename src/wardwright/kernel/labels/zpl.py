"""ZPL II: the text that makes Zebra printers, and many that imitate them, print a label.

Source: Zebra, ZPL II Programming Guide (^BX, ^BQ, ^FH, ^A0, ^CI). Positions are whole dots; a module is a whole number
of dots, so that its edges are sharp.
"""

from __future__ import annotations

from collections.abc import Iterable

from .layout import Layout, PlacedSymbol, PlacedText
from .symbols import FNC1, Symbol

#: Dots per millimetre of the print heads there are, by what they are sold as.
DOTS_PER_MM = {203: 8, 300: 12}
_TEXT_ESCAPE, _SYMBOL_ESCAPE = "\\", "_"


def zpl(labels: Iterable[Layout], *, dpi: int = 203) -> str:
    """One format (^XA … ^XZ) for each label, in order.

    Raises:
        ValueError: for a resolution other than 203 or 300.
    """
    if dpi not in DOTS_PER_MM:
        raise ValueError(f"{dpi} dpi is not known; there are {', '.join(map(str, DOTS_PER_MM))}.")
    return "".join(_format(label, DOTS_PER_MM[dpi]) for label in labels)


def _format(label: Layout, dots: int) -> str:
    head = f"^XA\n^CI28\n^LH0,0\n^PW{_dots(label.width, dots)}\n^LL{_dots(label.height, dots)}\n"
    fields = [_symbol(item, dots) for item in label.symbols] + [_text(item, dots) for item in label.texts]
    return head + "".join(fields) + "^PQ1\n^XZ\n"


def _dots(mm: float, dots: int) -> int:
    return round(mm * dots)


def _text(item: PlacedText, dots: int) -> str:
    at = f"^FO{_dots(item.x, dots)},{_dots(item.y, dots)}"
    # Font 0 is the printer's own scalable one; its height is that of capital and descender together.
    return f"{at}^A0N,{_dots(item.size, dots)},0^FH{_TEXT_ESCAPE}^FD{escape_text(item.text)}^FS\n"


def _symbol(item: PlacedSymbol, dots: int) -> str:
    module = max(1, int(item.module_mm * dots + 1e-6))
    spare = (_dots(item.side, dots) - module * item.symbol.modules) // 2
    x, y = _dots(item.x, dots) + max(0, spare), _dots(item.y, dots) + max(0, spare)
    if item.symbol.kind == "qr":
        module = min(10, module)
        # ^BQ prints 10 dots lower than it is told.
        return f"^FO{x},{max(0, y - 10)}^BQN,2,{module}^FH{_TEXT_ESCAPE}^FDMA,{escape_text(item.symbol.content)}^FS\n"
    return f"^FO{x},{y}^BXN,{module},200,,,,{_SYMBOL_ESCAPE}^FD{escape_symbol(item.symbol)}^FS\n"


def escape_text(text: str) -> str:
    """Text for a field with ^FH: commands' signs, controls and whatever is not ASCII as hexadecimal of UTF-8."""
    return "".join(
        chr(byte) if 0x20 <= byte < 0x7F and chr(byte) not in "^~\\" else f"{_TEXT_ESCAPE}{byte:02X}"
        for byte in text.encode()
    )


def escape_symbol(symbol: Symbol) -> str:
    """The data of a ^BX field: FNC1 as ``_1`` (first, and after each element that needs it), the rest as it stands."""
    return (f"{_SYMBOL_ESCAPE}1" if symbol.gs1 else "") + "".join(
        _escaped(letter, symbol.gs1) for letter in symbol.content
    )


def _escaped(letter: str, gs1: bool) -> str:
    if letter == _SYMBOL_ESCAPE:
        return _SYMBOL_ESCAPE * 2
    if letter == FNC1 and gs1:
        return f"{_SYMBOL_ESCAPE}1"
    if letter in "^~" or not 0x20 <= ord(letter) < 0x7F:
        return "".join(f"{_SYMBOL_ESCAPE}d{byte:03d}" for byte in letter.encode("latin-1", "replace"))
    return letter
