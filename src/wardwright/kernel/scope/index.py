"""The serial and lot numbers of a clause, ready for many questions: twenty thousand cost as much as one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

from .codes import Fit, alike_key, bare_key, code_key, parts, range_fits, stems
from .model import Element, Form, around


@dataclass(frozen=True, slots=True)
class CodeHit:
    """The best answer for a code, and the element that gave it (None: no single one)."""

    fit: Fit
    element: Element | None = None


class CodeIndex:
    """Elements of one kind (all serials of a clause, or all lots)."""

    def __init__(self, elements: Iterable[Element]) -> None:
        self.elements = tuple(elements)
        self.span = around(e.span for e in self.elements)
        self.all = any(e.form is Form.ALL for e in self.elements)
        self._keys: dict[str, Element] = {}
        self._bare: dict[str, Element] = {}
        self._alike: dict[str, Element] = {}
        self._stems: dict[str, Element] = {}
        self._run_on: dict[str, Element] = {}  # "1234 5678" may be one number
        for one, other in pairwise(self.elements):
            if one.form is other.form is Form.ONE and one.span.end and one.span.end + 1 == other.span.start:
                self._run_on.setdefault(code_key(one.low + other.low), one)
        self._digits: dict[str, list[Element]] = {}
        self._wide = [e for e in self.elements if e.form is not Form.ONE]
        self._plain, self._width = _plain_ranges(self._wide)
        for element in self.elements:
            if element.form is Form.ONE:
                key = code_key(element.low)
                self._keys.setdefault(key, element)
                self._bare.setdefault(bare_key(key), element)
                self._alike.setdefault(alike_key(key), element)
                if len(parts(element.low).digits) >= 3:
                    self._digits.setdefault(parts(element.low).digits.lstrip("0"), []).append(element)
                for stem in stems(element.low):
                    self._stems.setdefault(stem, element)

    def names(self, code: str) -> bool:
        """Whether a code is named singly."""
        key = code_key(code)
        return key in self._keys or bare_key(key) in self._bare

    def misses(self, code: str) -> bool:
        """Whether ``find`` would say no; a plain number between plain ranges is compared as a number only."""
        if self.all:
            return False
        number = parts(code)
        if self._plain is None or not number.plain or len(number.digits) > self._width:
            return self.find(code).fit is Fit.NO
        if any(low <= number.number <= high for low, high in self._plain):
            return False
        return not self._keys or self.find(code).fit is Fit.NO

    def find(self, code: str) -> CodeHit:
        """How a code fits what is named."""
        key = code_key(code)
        named = self._keys.get(key) or self._bare.get(bare_key(key))
        if named:
            return CodeHit(Fit.YES, named)
        hits = [CodeHit(_wide_fit(element, code, key), element) for element in self._wide]
        best = max(hits, key=lambda hit: hit.fit, default=CodeHit(Fit.NO))
        if best.fit > Fit.NO:
            return best
        near = self._alike.get(alike_key(key)) or self._stems.get(key) or self._run_on.get(key)
        near = near or self._without_letters(code)
        near = near or next((self._keys[stem] for stem in stems(code) if stem in self._keys), None)
        if near is None and key.startswith("SN") and len(key) > 4:  # a label, or the beginning of the number
            near = self.find(key[2:]).element
        return CodeHit(Fit.MAYBE, near) if near else CodeHit(Fit.NO)

    def _without_letters(self, code: str) -> Element | None:
        """A named code that differs only by letters which one of the two has and the other has not."""
        own = parts(code)
        for element in self._digits.get(own.digits.lstrip("0"), ()) if own.digits else ():
            other = parts(element.low)
            if not (own.prefix and other.prefix) and not (own.ending and other.ending):
                return element
        return None


def _plain_ranges(wide: list[Element]) -> tuple[list[tuple[int, int]] | None, int]:
    """The ranges as numbers, and the width up to which a number is compared so; None where one is not of that kind."""
    ends = [(parts(e.low), parts(e.high)) for e in wide if e.form is Form.RANGE and e.low and e.high]
    closed = len(ends) == len(wide) and not any(e.low_open or e.high_open for e in wide)
    if not closed or not all(low.plain and high.plain and low.number <= high.number for low, high in ends):
        return None, 0
    widths = [max(len(low.digits), len(high.digits)) for low, high in ends]
    return [(low.number, high.number) for low, high in ends], min(widths, default=4000)


def _wide_fit(element: Element, code: str, key: str) -> Fit:
    if element.form is Form.ALL:
        return Fit.YES
    if element.form is Form.PREFIX:
        start = code_key(element.low)
        if key.startswith(start):
            return Fit.YES
        return Fit.MAYBE if alike_key(key).startswith(alike_key(start)) or start.lstrip("0").startswith(key) else Fit.NO
    if key in {
        code_key(end)
        for end, is_open in ((element.low, element.low_open), (element.high, element.high_open))
        if is_open
    }:
        return Fit.NO
    return range_fits(element.low, element.high, code)
