"""One named value, or one range of values, out of tokens: "1300 through 1350", "3.2 and earlier", "12A"."""

from __future__ import annotations

import re
from collections.abc import Iterable

from .model import Element, Form, Of, Span
from .names import expand
from .tokens import T, Token
from .versions import looks_like_version

_DASHED = re.compile(r"([A-Za-z]*)(\d+)([A-Za-z]*)\s?-\s?([A-Za-z]*)(\d+)([A-Za-z]*)\Z")
_THOUSANDS = re.compile(r"[1-9]\d{0,2}(?:,\d{3})+\Z")
# Signs that stand for any: 12A*, 1234XXX.
_WILD = re.compile(r"([A-Za-z0-9/-]*?[A-Za-z0-9])(?:\*+|(?<=\d)X{2,})\Z")
# 1001-05 may be one code, or 1001 to 1005.
_SHORT_END = re.compile(r"(\d{3,})-(\d{2,})\Z")
# Of SN7X1001-SN7X1250 the first SN is read as a label.
_LABELLED_END = re.compile(r"-(?:S/?N)(?=\d)", re.IGNORECASE)
_LETTERS = re.compile(r"([A-Za-z])-([A-Za-z])\Z")


def one(of: Of, text: str, span: Span) -> list[Element]:
    """What a single token names; a dash inside may make a range of it."""
    text = text.strip().rstrip(".,;:#")
    if of in (Of.SERIAL, Of.LOT) and (start := _WILD.match(text)):
        return [Element(of, Form.PREFIX, start[1], span=span)]
    if of in (Of.SERIAL, Of.LOT, Of.VERSION) and text.endswith("+") and len(text) > 1:
        return [Element(of, Form.RANGE, text.rstrip("+"), "", span=span)]
    text = text.rstrip("*")
    if not text:
        return []
    if of in (Of.SERIAL, Of.LOT):
        return _code(of, text, span)
    if of is Of.VERSION:
        return _version(text, span)
    if of is Of.UDI_DI:
        return [Element(of, Form.ONE, re.sub(r"[\s-]", "", text), span=span)]
    return [Element(of, Form.ONE, text, span=span)]


def _code(of: Of, text: str, span: Span) -> list[Element]:
    text = _LABELLED_END.sub("-", text)
    ends = _ends(text)
    if ends is not None:
        return [Element(of, Form.RANGE, *ends, span=span)]
    named = [text, *_stroked(text)]
    found = [Element(of, Form.ONE, code, span=span) for code in dict.fromkeys(named)]
    short = _SHORT_END.match(text)
    if short and len(short[2]) < len(short[1]) and short[1] < (high := short[1][: -len(short[2])] + short[2]):
        found.append(Element(of, Form.RANGE, short[1], high, span=span))
    return found


def _stroked(text: str) -> tuple[str, ...]:
    """Codes parted by strokes only: 1001/1002, 1001/02. A stroke inside a code (CV041020/A) parts nothing."""
    parts = re.split(r"[/.\\]", text)
    alike = len({_build(part) for part in parts}) == 1 and len(parts[0]) >= 3
    short = all(part.isdigit() for part in parts) and len(parts[0]) >= 3
    return expand("/".join(parts)) if len(parts) > 1 and (alike or short) else ()


def _build(text: str) -> str:
    return re.sub("[A-Za-z]", "A", re.sub(r"\d", "9", text))


def _ends(text: str) -> tuple[str, str] | None:
    """The ends of "1001-1250", "ABC1000-ABC1999", "ABC1000-1999"; None for one code. A range also fits its own text."""
    halves = text.split("-")
    if len(halves) % 2 == 0 and len(halves) > 2:
        middle = len(halves) // 2
        low, high = "-".join(halves[:middle]), "-".join(halves[middle:])
        same = re.sub(r"\d+$", "", low) == re.sub(r"\d+$", "", high) and low[-1:].isdigit() and high[-1:].isdigit()
        return (low, high) if same else None
    first, _dash, last = text.partition("-")
    if len(halves) == 3 and all(half.isdigit() and len(half) == len(first) >= 4 for half in halves):
        return (halves[0], halves[-1]) if halves == sorted(halves) else None
    found = _DASHED.match(text)
    if len(halves) == 2 and _build(first) == _build(last) and len(first) >= 3 and first < last and not first.isdigit():
        return first, last
    if not found or found[3] != found[6]:
        return None
    prefix, low, ending, other, high, _same = found.groups()
    if other not in ("", prefix):
        return None
    ends = (f"{prefix}{low}{ending}", f"{prefix}{high}{ending}")
    if other:
        return ends
    if len(low) == len(high):
        return None if int(low) > int(high) and high.startswith("0") else ends
    grown = len(high) - len(low)
    far = grown > (4 if len(low) == 1 else 2 if len(low) < 4 else 1)
    return None if int(low) >= int(high) or low.startswith("0") or far else ends


def _version(text: str, span: Span) -> list[Element]:
    letters = _LETTERS.match(text)
    if letters:
        return [Element(Of.VERSION, Form.RANGE, letters[1], letters[2], span=span)]
    low, dash, high = text.partition("-")
    if dash and "." in low and "." in high and "-" not in high and looks_like_version(low) and looks_like_version(high):
        return [Element(Of.VERSION, Form.RANGE, low, high, span=span)]
    return [Element(Of.VERSION, Form.ONE, text, span=span)] if looks_like_version(text) else []


def between(of: Of, low: str, high: str, span: Span) -> Element:
    """The range from ``low`` to ``high``; a prefix that is said only once holds for both: ABC1000 to 1999."""
    low, high = low.rstrip(".,;:"), high.rstrip(".,;:")
    if of in (Of.SERIAL, Of.LOT):
        low, high = _plain(low), _plain(high)
        found = re.match(r"(.*?)(\d+)\Z", low)
        if found and found[1] and high.isdigit() and len(high) == len(found[2]):
            high = found[1] + high
    return Element(of, Form.RANGE, low, high, span=span)


def _plain(text: str) -> str:
    """1,001 as 1001."""
    return text.replace(",", "") if _THOUSANDS.match(text) else text


def bounded(of: Of, kind: T, text: str, span: Span) -> Element:
    """What is bounded on one side: "prior to 3.0", "5000 and below"."""
    text = text.rstrip(".,;:")
    if kind in (T.LESS, T.MOST, T.AND_LESS):
        return Element(of, Form.RANGE, "", text, high_open=kind is T.LESS, span=span)
    return Element(of, Form.RANGE, text, "", low_open=kind is T.MORE, span=span)


def joined(tokens: Iterable[Token], text: str) -> str:
    """The text that tokens stand in, in one line."""
    found = list(tokens)
    return " ".join(text[found[0].span.start : found[-1].span.end].split())
