"""The applied parts of a device as people write them: "ECG CF defib-proof, SpO₂ BF", read and written.

Nothing written means that nobody knows; "none" means that there are none.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from wardwright.kernel.said import say

_NONE = {"none", "no", "no applied part", "no applied parts", "not any", "–", "-", "—", "0"}
_PROOF = re.compile(r"\(?\b(?:defib(?:rillation|rillator)?(?:[\s-]*proof)?|DP)\b\)?|⚡", re.IGNORECASE)
_TYPE = re.compile(r"^\(?(?:type\s+)?(?P<type>BF|CF|B)\)?$", re.IGNORECASE)
_APART = re.compile(r"[,;/\n]|\s\+\s|\s&\s|\sand\s", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class AppliedPart:
    """One part that touches the patient; ``label`` may be empty where the device has but one."""

    label: str
    type: str
    defibrillation_proof: bool = False

    def __str__(self) -> str:
        return " ".join(filter(None, (self.label, self.type, "defib-proof" if self.defibrillation_proof else "")))


def parse_applied_parts(text: str) -> tuple[AppliedPart, ...] | None:
    """The parts in the order they are written; None where nothing is. Raises ValueError saying what to write."""
    if not text.strip():
        return None
    if text.strip().lower().rstrip(".") in _NONE:
        return ()
    return tuple(_part(piece.strip(), text) for piece in _APART.split(text) if piece.strip())


def write_applied_parts(parts: Iterable[AppliedPart]) -> str:
    """The one usual form, which ``parse_applied_parts`` reads again."""
    return ", ".join(map(str, parts)) or "none"


def _part(piece: str, text: str) -> AppliedPart:
    bare, proof = _PROOF.subn(" ", piece)
    words = bare.replace(":", " ").split()
    if len(words) > 1 and words[-2].lower() == "type":
        words.pop(-2)
    elif len(words) > 1 and words[0].lower() == "type":
        words.pop(0)
    for place in (-1, 0):
        if words and (match := _TYPE.match(words[place])):
            words.pop(place)
            return AppliedPart(" ".join(words), match["type"].upper(), bool(proof))
    raise ValueError(
        say(
            "{piece} in {text} names no type of applied part: write each part with B, BF or CF, "
            "such as ECG CF, SpO₂ BF; or none",
            piece=repr(piece),
            text=repr(text),
        )
    )
