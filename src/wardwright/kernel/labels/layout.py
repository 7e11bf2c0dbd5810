"""Where text and symbols stand on a label, in millimetres from its top left corner. Paper and printer draw the same."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from .symbols import Symbol

#: The smallest module that phones and scanners read from a label: 0.25 mm, near GS1's 0.254 mm for small healthcare
#: items (GS1 General Specifications, symbol specification table 7).
MIN_MODULE_MM = 0.25
MIN_TEXT_MM = 1.45
MAX_TEXT_MM = 8.0
LEADING = 1.28
#: A line may be this much too wide by our estimate, which is on the safe side; paper squeezes what really is.
SQUEEZED = 1.15
SMALLER = 0.65
#: Text above symbols stands beside them where a label is at least this many times wider than high.
WIDE = 1.25


@dataclass(frozen=True, slots=True)
class Line:
    """One line of text; ``share`` is its height against the others, a higher ``rank`` is dropped first."""

    text: str
    share: float = 1.0
    bold: bool = False
    rank: int = 5


@dataclass(frozen=True, slots=True)
class PlacedText:
    """A text whose line begins at ``x``, ``y`` (top) and is ``height`` high; letters are ``size`` high (mm)."""

    x: float
    y: float
    width: float
    height: float
    size: float
    text: str
    bold: bool


@dataclass(frozen=True, slots=True)
class PlacedSymbol:
    """A symbol without its quiet zone, ``side`` mm long."""

    x: float
    y: float
    side: float
    symbol: Symbol

    @property
    def module_mm(self) -> float:
        return self.side / self.symbol.modules


@dataclass(frozen=True, slots=True)
class Layout:
    """One label. ``left_out`` are symbols that would be too small to be read on it."""

    width: float
    height: float
    texts: tuple[PlacedText, ...]
    symbols: tuple[PlacedSymbol, ...]
    left_out: tuple[Symbol, ...] = ()

    def repeated(self, times: int) -> Layout:
        """The same content ``times`` times from left to right, on a label that much wider."""
        shifts = [n * self.width for n in range(times)]
        return replace(
            self,
            width=self.width * times,
            texts=tuple(replace(item, x=item.x + by) for by in shifts for item in self.texts),
            symbols=tuple(replace(item, x=item.x + by) for by in shifts for item in self.symbols),
        )


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet of ``columns`` × ``rows`` labels: the first stands at ``left``, ``top``, the next ``pitch`` further (mm).

    ``halves`` is how often a label repeats its content from left to right: 2 for a flag that folds around a cable.
    """

    page_width: float
    page_height: float
    columns: int
    rows: int
    width: float
    height: float
    left: float = 0.0
    top: float = 0.0
    pitch_x: float = 0.0
    pitch_y: float = 0.0
    halves: int = 1

    @property
    def margin(self) -> float:
        """How far from a label's edge everything must stay, where the sheet's labels reach the edge of the paper:
        printers leave about 4 mm of it empty."""
        return max(0.0, 4.2 - min(self.left, self.top)) if self.per_page > 1 else 0.0

    @property
    def per_page(self) -> int:
        return self.columns * self.rows

    def places(self, count: int, start: int = 1) -> Iterator[tuple[int, float, float]]:
        """(page, x, y) of ``count`` labels, left to right and down, from position ``start`` (1 is the first)."""
        for n in range(start - 1, start - 1 + count):
            page, place = divmod(n, self.per_page)
            row, column = divmod(place, self.columns)
            yield page, self.left + column * self.pitch_x, self.top + row * self.pitch_y


def lay_out(
    width: float, height: float, lines: Sequence[Line], symbols: Sequence[Symbol], *, margin: float = 0.0
) -> Layout:
    """A label of ``width`` × ``height`` mm: symbols as large as they need, the text as large as there is room.

    Wide labels have the first symbol on the left, a second in the lower right corner; others have one, on top. Lines
    that would be too small to read are dropped by their rank, symbols that would be are left out. ``margin`` is the
    least distance of everything from the edge (mm).
    """
    margin = max(margin, min(2.5, max(1.0, 0.07 * min(width, height))))
    across, down = width - 2 * margin, height - 2 * margin
    beside = width >= WIDE * height
    limit = min(down, across * (0.42 if len(symbols) == 1 else 0.32)) if beside else min(down * 0.64, across)
    placed: list[PlacedSymbol] = []
    left_out: list[Symbol] = []
    free = _Free(margin, margin, width - margin, height - margin)
    for symbol in symbols:
        side = _side(symbol, limit, margin)
        if side is None or (placed and not beside):
            left_out.append(symbol)
            continue
        gap = max(1.2, symbol.quiet_modules * side / symbol.modules)
        if not beside:
            placed.append(PlacedSymbol((width - side) / 2, margin, side, symbol))
            free = replace(free, top=margin + side + gap)
        elif not placed:
            placed.append(PlacedSymbol(margin, margin + (down - side) / 2, side, symbol))
            free = replace(free, left=margin + side + gap)
        else:
            x, y = width - margin - side, height - margin - side
            placed.append(PlacedSymbol(x, y, side, symbol))
            free = replace(free, corner_x=x - gap, corner_y=y - gap)
    return Layout(width, height, tuple(_texts(lines, free)), tuple(placed), tuple(left_out))


@dataclass(frozen=True, slots=True)
class _Free:
    """Where text may stand; from ``corner_y`` down only as far right as ``corner_x``."""

    left: float
    top: float
    right: float
    bottom: float
    corner_x: float | None = None
    corner_y: float = 0.0

    def width(self, until_y: float) -> float:
        """How wide a line may be that ends at ``until_y``."""
        cornered = self.corner_x is not None and until_y > self.corner_y
        return (self.corner_x if cornered and self.corner_x is not None else self.right) - self.left


def _side(symbol: Symbol, limit: float, margin: float) -> float | None:
    """How large a symbol becomes within ``limit`` mm: modules of at most 0.9 mm (Data Matrix 0.5 mm); None below what
    can be read."""
    spare = max(0.0, symbol.quiet_modules - margin / MIN_MODULE_MM)  # the margin of the label is quiet as well
    module = min(0.9 if symbol.kind == "qr" else 0.5, limit / (symbol.modules + spare))
    return None if module < MIN_MODULE_MM - 1e-9 else module * symbol.modules


def _texts(lines: Sequence[Line], free: _Free) -> Iterator[PlacedText]:
    kept, height = [line for line in lines if line.text], free.bottom - free.top
    while len(kept) > 1 and height / sum(line.share for line in kept) / LEADING < MIN_TEXT_MM:
        kept.remove(max(kept, key=lambda line: line.rank))
    if not kept or free.right - free.left < 4 or height < MIN_TEXT_MM:
        return
    unit = min(height / sum(line.share for line in kept), MAX_TEXT_MM * LEADING / max(line.share for line in kept))
    ends = [free.top + unit * sum(line.share for line in kept[: n + 1]) for n in range(len(kept))]
    fitted = [(line, free.width(end)) for line, end in zip(kept, ends, strict=True)]
    sizes = [_size(line, width, unit * line.share / LEADING) for line, width in fitted]
    # Lines only move up from where they were measured, so none meets the symbol in the corner.
    y = free.top + (0 if free.corner_x is not None else (height - sum(sizes) * LEADING) / 2)
    for (line, width), size in zip(fitted, sizes, strict=True):
        yield PlacedText(free.left, y, width, size * LEADING, size, _cut(line, width, size), line.bold)
        y += size * LEADING


def _size(line: Line, width: float, size: float) -> float:
    """The size at which the line fits, not below what can be read; lines of a higher rank are rather cut short than
    made much smaller than their neighbours."""
    least = max(min(size, MIN_TEXT_MM), 0.0 if line.rank == 0 else size * SMALLER)
    return max(min(size, width / text_em(line.text, line.bold)), least)


def _cut(line: Line, width: float, size: float) -> str:
    text, room = line.text, width * SQUEEZED
    if text_em(text, line.bold) * size <= room:
        return text
    while text and text_em(text + "…", line.bold) * size > room:
        text = text[:-1]
    return text.rstrip() + "…"


def text_em(text: str, bold: bool = False) -> float:
    """How wide a text is in units of its size: an estimate on the safe side for the fonts we print with."""
    return max(0.3, sum(_em(letter) for letter in text) * (1.08 if bold else 1.0))


def _em(letter: str) -> float:
    if letter in "iljtfrI.,:;|!'()[]/ ":
        return 0.36
    if letter in "mwMW@%—…":
        return 0.95
    if letter.isupper():
        return 0.68
    return 0.58 if ord(letter) < 0x2E80 else 1.0
