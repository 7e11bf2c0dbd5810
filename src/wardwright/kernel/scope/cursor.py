"""Where a reading stands among the tokens, and what it has found."""

from __future__ import annotations

from collections.abc import Iterator

from .assemble import Item
from .model import Element, Of, Span
from .tokens import T, Token, tokenize

BEFORE = (T.LESS, T.MOST, T.LEAST, T.MORE)
BEHIND = (T.AND_LESS, T.AND_MORE)


def with_columns(tokens: list[Token]) -> list[Token]:
    """Under a line of nothing but labels and bars, each cell of the lines below gets the label of its column."""
    made: list[Token] = []
    heads: list[Token] = []
    for line in _lines(tokens):
        cells = _cells(line)
        labels = [cell[0] for cell in cells if len(cell) == 1 and cell[0].kind is T.LABEL]
        if len(labels) == len(cells) >= 2:
            heads = labels
        elif heads and len(cells) == len(heads):
            for head, cell in zip(heads, cells, strict=True):
                at = cell[0].span.start
                made += [Token(T.LABEL, "", Span(at, at), head.of), *cell]
            made += [token for token in line if token.kind is T.BREAK]
            continue
        else:
            heads = []
        made += line
    return made


def _lines(tokens: list[Token]) -> Iterator[list[Token]]:
    line: list[Token] = []
    for token in tokens:
        line.append(token)
        if token.text == "\n":
            yield line
            line = []
    yield line


def _cells(line: list[Token]) -> list[list[Token]]:
    """The cells of a line with bars, without those that are empty."""
    cells: list[list[Token]] = [[]]
    for token in line:
        if token.kind is T.BAR:
            cells.append([])
        elif token.kind is not T.BREAK:
            cells[-1].append(token)
    return [cell for cell in cells if cell] if len(cells) > 1 else []


class Cursor:
    """One reading of ``text`` from ``start`` to ``end``: fills ``items``, ``unread`` and ``remarks``."""

    def __init__(self, text: str, start: int, end: int, *, of: Of | None = None) -> None:
        self.text = text
        self.tokens = with_columns(list(tokenize(text, start, end)))
        self.at = 0
        self.segment = 0
        self.of = of
        self.starting = of is None
        self.excluding = 0  # depth of brackets + 1 while what follows is left out
        self.depth = 0
        self.outside: list[Of | None] = []  # the labels that held before each open bracket
        self.counted: Of | None = None  # the last label of serial or lot numbers
        self.expiring = False
        self.name: Element | None = None
        self.after_maker = self.naming = False  # behind the name of a maker and a colon stands that of a product
        self.vague: list[Span] = []  # "certain" before a name
        self.announced: list[Span] = []  # "Acme Medical is recalling"
        self.pointing = False  # what follows are points under a sentence
        self.items: list[Item] = []
        self.unread: list[Span] = []
        self.remarks: list[Span] = []

    def _peek(self, ahead: int = 1) -> Token | None:
        return self.tokens[self.at + ahead] if self.at + ahead < len(self.tokens) else None

    def _kind(self, ahead: int = 1) -> T | None:
        token = self._peek(ahead)
        return token.kind if token else None

    def _add(self, elements: list[Element], *, heading: bool = False) -> None:
        if elements:
            self.items.append(Item(tuple(elements), self.segment, bool(self.excluding), heading))

    def _skip_to_end(self) -> Span:
        """To the end of the part: a break, or the bracket that closes the one it stands in."""
        first = self.tokens[self.at].span
        last, depth = first, 0
        while self.at < len(self.tokens):
            token = self.tokens[self.at]
            depth += (token.kind is T.OPEN) - (token.kind is T.CLOSE)
            if token.kind is T.BREAK or depth < 0:
                break
            last = token.span
            self.at += 1
        return first.with_(last)

    def _unread_part(self, span: Span) -> None:
        """A bound of something that is not understood: with what follows, up to the next sign that parts."""
        while self.at < len(self.tokens) and self.tokens[self.at].kind in (T.WORD, T.VALUE, T.DAY, T.DASH, T.NUMBER):
            span = span.with_(self.tokens[self.at].span)
            self.at += 1
        self.unread.append(span)
