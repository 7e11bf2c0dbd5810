"""Numbers by which one action is known in several sources, in one spelling."""

from __future__ import annotations

import re
from collections.abc import Iterable

_RECALL = re.compile(r"\bZ[- ]?(\d{3,5})[- ](\d{4}|\d{2})\b", re.IGNORECASE)
_EVENT = re.compile(r"\bRES[- ]?#?\s?(\d{5,6})\b", re.IGNORECASE)
_ADVISORY = re.compile(r"\bICSM?A-\d{2}-\d{3}-\d{2}[A-Z]?\b", re.IGNORECASE)
_CVE = re.compile(r"\bCVE[- ]?(\d{4})[- ](\d{4,7})\b", re.IGNORECASE)
_SIGNS = str.maketrans(dict.fromkeys("‐‑‒–—−", "-"))


def action_number(text: str) -> str:
    """The spelling in which numbers of actions compare: upper case, plain dashes, one space, four digits of a year."""
    plain = " ".join(text.translate(_SIGNS).upper().split()).strip(" .,;:#")
    if found := _RECALL.fullmatch(plain):
        return recall_number(found)
    if found := _EVENT.fullmatch(plain):
        return f"RES {found[1]}"
    return plain


def recall_number(found: re.Match[str]) -> str:
    year = found[2] if len(found[2]) == 4 else f"{'19' if int(found[2]) > 60 else '20'}{found[2]}"
    return f"Z-{found[1].zfill(4)}-{year}"


def numbers_in(text: str) -> tuple[str, ...]:
    """Recall numbers, recall events and advisories that a text names, each once."""
    plain = text.translate(_SIGNS)
    found = [recall_number(one) for one in _RECALL.finditer(plain)]
    found += [f"RES {one[1]}" for one in _EVENT.finditer(plain)]
    found += [one[0].upper() for one in _ADVISORY.finditer(plain)]
    return tuple(dict.fromkeys(found))


def cves_in(texts: Iterable[str]) -> tuple[str, ...]:
    """Vulnerabilities that texts name, each once."""
    found = (one for text in texts for one in _CVE.finditer(text.translate(_SIGNS)))
    return tuple(dict.fromkeys(f"CVE-{one[1]}-{one[2]}" for one in found))


def other_numbers(numbers: Iterable[str], own: str) -> tuple[str, ...]:
    """The numbers in their one spelling, each once, without the record's own."""
    mine = action_number(own)
    return tuple(dict.fromkeys(one for one in map(action_number, numbers) if one and one != mine))
