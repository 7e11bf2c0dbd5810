"""JSON as sources send it, record by record: what is whole is read, wherever the rest is broken or cut off."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

from wardwright.kernel.said import say

from .values import NotAValue

LISTS = ("results", "items", "records", "notices", "recalls", "alerts", "data", "rows", "value", "documents")
MOST_BROKEN = 100
_SCANNED = 2_000_000
_TRIED = 20
_FIELDS = 5  # what has fewer is a part of a record
_SPACE = re.compile(r"[ \t\n\r\ufeff]*")
_SIGNIFICANT = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\]]', re.DOTALL)
_NEXT = re.compile(r"\}\s*,\s*(?=\{)")


class Broken(ValueError):
    """What stands at ``at`` is no JSON; ``str(error)`` says what is wrong."""

    def __init__(self, words: str, at: int = 0) -> None:
        super().__init__(words)
        self.at = at


@dataclass(frozen=True, slots=True)
class Piece:
    """A record: its number from 1 (0: the whole text is one), and its value, or what is wrong with it."""

    number: int
    value: Any = None
    wrong: str = ""
    excerpt: str = ""


def _integer(digits: str) -> int | str:
    return int(digits) if len(digits) < 19 else digits


def _real(digits: str) -> float | str:
    value = float(digits)
    return value if math.isfinite(value) else digits


# Control characters inside texts are let through, and cleaned away later.
_DECODER = json.JSONDecoder(strict=False, parse_constant=NotAValue, parse_int=_integer, parse_float=_real)


def pieces(text: str, records: str = "") -> Iterator[Piece]:
    """The records of a JSON text: of its list (under the key ``records``, or a usual one), of JSON lines, or itself.

    The last piece has ``number`` 0 and the rest of the object around the list.
    """
    start = _space(text, 0)
    if text[start : start + 1] == "[":
        yield from _Array(text, start).read()
        return
    try:
        yield from _object(text, start, (records,) if records else LISTS)
    except Broken as error:
        if lines := _lines(text):
            yield from lines
            return
        yield Piece(0, wrong=_at_line(error, text), excerpt=text[start : start + 500])


def whole(text: str) -> Any:
    """All of a text as one value. Raises Broken."""
    start = _space(text, 0)
    value, end = _value(text, start)
    if _space(text, end) < len(text):
        raise Broken(say("Something follows behind the end of the JSON."), end)
    return value


def _object(text: str, start: int, lists: tuple[str, ...]) -> Iterator[Piece]:
    around: dict[str, Any] = {}
    if text[start : start + 1] != "{":
        raise Broken(say("This is no JSON."), start)
    at = _space(text, start + 1)
    while text[at : at + 1] != "}":
        key, at = _value(text, at)
        at = _space(text, at)
        if not isinstance(key, str) or text[at : at + 1] != ":":
            raise _unfinished(text, at)
        at = _space(text, at + 1)
        if key in lists and "document" not in around and re.match(r"\[\s*(?:\{|\]|\Z)", text[at : at + 200]):
            array = _Array(text, at)
            yield from array.read()
            if array.end is None:
                return
            at, around[key] = array.end, []
        else:
            around[key], at = _value(text, at)
        at = _space(text, at)
        if text[at : at + 1] == ",":
            at = _space(text, at + 1)
        elif text[at : at + 1] != "}":
            raise _unfinished(text, at)
    if text[_space(text, at + 1) : _space(text, at + 1) + 1]:
        raise Broken(say("Something follows behind the end of the JSON."), at)
    yield Piece(0, around)


class _Array:
    """A list of records from its bracket on; ``end`` is behind its closing bracket, None where there is none."""

    def __init__(self, text: str, start: int) -> None:
        self.text, self.at = text, _space(text, start + 1)
        self.end: int | None = None
        self.number = self.broken = 0

    def read(self) -> Iterator[Piece]:
        said = False
        while self.text[self.at : self.at + 1] not in ("]", ""):
            self.number += 1
            start, said = self.at, False
            try:
                value, self.at = _value(self.text, start)
                yield Piece(self.number, value)
            except Broken as error:
                yield self._wrong(error, start)
                said = True
                if self.broken >= MOST_BROKEN:
                    return
            self._comma()
        if self.at < len(self.text):
            self.end = self.at + 1
        elif not said:
            yield Piece(self.number + 1, wrong=_cut_off(self.number))

    def _comma(self) -> None:
        self.at = _space(self.text, self.at)
        if self.text[self.at : self.at + 1] == ",":
            self.at = _space(self.text, self.at + 1)

    def _wrong(self, error: Broken, start: int) -> Piece:
        self.broken += 1
        end = _end_of(self.text, start)
        nexts = [found.end() for found in islice(_NEXT.finditer(self.text, max(error.at, start)), _TRIED)]
        before = [at for at in nexts if (end is None or at < end) and _is_record(self.text, at)]
        if before or end is None:
            end = next(iter(before or nexts), len(self.text))
        self.at = max(end, start + 1)
        words = _at_line(error, self.text)
        if self.broken >= MOST_BROKEN:
            words = say("{n} records are broken; the rest is not read. Fetch or export the file again.", n=self.broken)
        return Piece(self.number, wrong=words, excerpt=self.text[start : start + 500])


def _end_of(text: str, start: int) -> int | None:
    """Where the record that begins here ends, by its brackets; None where they do not close."""
    depth = 0
    for found in _SIGNIFICANT.finditer(text, start, min(len(text), start + _SCANNED)):
        sign = found[0]
        depth += (sign in "{[") - (sign in "}]") if len(sign) == 1 else 0
        if depth == 0 and found.start() > start:
            return found.end()
        if depth < 0 or (depth == 0 and len(sign) > 1):
            return None
    return None


def _is_record(text: str, at: int) -> bool:
    """Whether a whole record begins here: a missing quote turns texts and structure about, and hides it."""
    try:
        value, _end = _value(text, at)
    except Broken:
        return False
    return isinstance(value, dict) and len(value) >= _FIELDS


def _value(text: str, at: int) -> tuple[Any, int]:
    try:
        return _DECODER.raw_decode(text, at)
    except json.JSONDecodeError as error:
        raise _unfinished(text, error.pos) from None
    except RecursionError:
        raise Broken(say("It is nested more deeply than any notice."), at) from None
    except ValueError:
        raise Broken(say("A number cannot be read."), at) from None


def _unfinished(text: str, at: int) -> Broken:
    if _space(text, at) >= len(text) or (text[at : at + 1] == '"' and not _SIGNIFICANT.match(text, at)):
        return Broken(say("The text ends in the middle: it was not wholly transferred. Fetch or export it again."), at)
    found = text[at : at + 1]
    return Broken(say("“{found}” stands where JSON has something else.", found=found), at)


def _cut_off(number: int) -> str:
    return say("The list ends behind record {n} without its closing bracket: it may have been cut off.", n=number)


def _at_line(error: Broken, text: str) -> str:
    return say("{what} (line {line})", what=_sentence(error), line=text.count("\n", 0, error.at) + 1)


def _sentence(error: Broken) -> str:
    words: str = error.args[0]  # the sentence itself, which can be translated
    return words


def _lines(text: str) -> Iterator[Piece] | None:
    """JSON lines: every line an object. None where the first is none."""
    lines = text.lstrip("\ufeff").splitlines()
    first = next((line for line in lines if line.strip()), "")
    try:
        many = isinstance(whole(first), dict) and sum(1 for line in lines if line.strip()) > 1
    except Broken:
        many = False
    return _each_line(lines) if many else None


def _each_line(lines: list[str]) -> Iterator[Piece]:
    number = 0
    for row, line in enumerate(lines, 1):
        if not line.strip():
            continue
        number += 1
        try:
            yield Piece(number, whole(line))
        except Broken as error:
            yield Piece(number, wrong=say("{what} (line {line})", what=_sentence(error), line=row), excerpt=line[:500])


def _space(text: str, at: int) -> int:
    found = _SPACE.match(text, at)
    return found.end() if found else at
