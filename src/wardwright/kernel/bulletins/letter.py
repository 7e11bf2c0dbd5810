"""A maker's letter as plain text: what its head says by name is taken; the rest is its scope, for a person to check."""

from __future__ import annotations

import datetime as dt
import re

from wardwright.kernel.names.makers import known_maker
from wardwright.kernel.said import say
from wardwright.kernel.scope.days import read_day

from .model import Bulletin, Kind, Severity, Unfit
from .numbers import cves_in, numbers_in, other_numbers
from .scopes import text_scope
from .values import FIRST_YEAR, Notes, canonical, check_signs, digest, severity, short, words

_HEAD_LINES = 40
_LABELS = {
    "title": r"subject|re|betreff|objet|asunto|title",
    "maker": r"manufacturer|legal manufacturer|maker|company|from|hersteller|fabricant|fabricante",
    "date": r"date|date of notice|issued|datum|fecha",
    "event": r"event(?: id| number)?",
    "ref": r"(?:fsn|fsca|notice|letter|recall|our|your|maker'?s?|manufacturer'?s?|mfr|fda recall|mhra)?[ ]?"
    r"(?:ref(?:erence)?|number|no|id|identifier)(?:[ ]?(?:number|no|id))?",
    "url": r"url|web|web ?page|link",
    "action": r"action(?:s)?(?: required| to be taken)?|required actions?|advice",
    "reason": r"reason(?: for (?:recall|this notice))?|issue|problem|hazard",
}
_LABEL = {name: re.compile(rf"(?:{words})\.?\s*[:#]\s*(.+)\Z", re.IGNORECASE) for name, words in _LABELS.items()}
_CLASS = re.compile(r"\bclass\s+(I{1,3}|[123])\s+(?:\w+ ){0,2}(?:recall|correction|removal)\b", re.IGNORECASE)
_KINDS = (
    (Kind.FIELD_SAFETY_NOTICE, re.compile(r"field safety (?:notice|corrective)|\bFSN\b|\bFSCA\b", re.IGNORECASE)),
    (Kind.SECURITY_ADVISORY, re.compile(r"\b(?:cyber ?)?security (?:advisory|bulletin|notice)\b", re.IGNORECASE)),
    (Kind.RECALL, re.compile(r"\b(?:device recall|recall notice|recall notification)\b", re.IGNORECASE)),
)
_HEADING = re.compile(
    r"(?i)(?:\W|urgent|important|immediate|voluntary|medical|device|field|product|safety|security|corrective|action|recall"
    r"|correction|removal|notice|notification|letter|information|advisory|customer|fsn|fsca)+"
)
_GREETING = re.compile(r"(?i)(?:dear|to:|attention|attn|page \d|https?:|www\.|tel|fax|phone)\b|\d+\Z")


def bulletin(text: str, name: str, today: dt.date | None = None) -> Bulletin:
    """Of one letter. Raises Unfit where it is empty."""
    notes = Notes(today)
    cleaned = words(text, notes)
    if not cleaned:
        raise Unfit(say("The letter holds no text. Paste its text, or type it in."))
    head = [line.strip() for line in cleaned.split("\n")[:_HEAD_LINES]]
    said = {label: _said(head, pattern) for label, pattern in _LABEL.items()}
    maker = said["maker"] or _letterhead(head)
    code = digest([cleaned])
    numbers = [*([said["ref"]] if said["ref"] else []), *_named(head)]
    ref = short(numbers[0], 100) if numbers else f"letter-{code[:12]}"
    found = _CLASS.search(cleaned)
    raw = canonical({"name": name, "text": text})
    check_signs(raw, notes)
    return Bulletin(
        ref=ref,
        kind=next((kind for kind, pattern in _KINDS if pattern.search("\n".join(head))), Kind.LETTER),
        title=short(said["title"] or _first_line(head, maker)),
        scope=text_scope(text, maker, notes),
        revision=code,
        raw=raw,
        issuer=maker,
        maker=maker,
        severity=severity(found[1], notes) if found else Severity.UNCLASSIFIED,
        published_on=_day(said["date"], notes),
        event=said["event"][:100],
        also_known_as=other_numbers(numbers, ref),
        reason=said["reason"],
        action=said["action"],
        cves=cves_in([cleaned]),
        remarks=tuple(notes.said),
    )


def _said(head: list[str], pattern: re.Pattern[str]) -> str:
    return next((found[1].strip() for line in head if (found := pattern.match(line))), "")


def _named(head: list[str]) -> list[str]:
    """Numbers of actions in lines that give the letter's own; what the letter merely mentions is not one of them."""
    own = [line for line in head if _LABEL["ref"].match(line) or _LABEL["title"].match(line)]
    return [one for line in own for one in numbers_in(line)]


def _letterhead(head: list[str]) -> str:
    """A maker whose name stands alone in one of the first lines."""
    return next((line for line in head[:6] if len(line) <= 80 and known_maker(line)), "")


def _first_line(head: list[str], maker: str) -> str:
    """The first line that tells what it is about: no address, no label, no maker's name, no "urgent notice"."""
    telling = [line for line in head if len(line) > 8 and not _GREETING.match(line) and line != maker]
    bare = [line for line in telling if not known_maker(line) and not any(p.match(line) for p in _LABEL.values())]
    return next((line for line in bare if not _HEADING.fullmatch(line)), next(iter(bare or telling or head)))


def _day(text: str, notes: Notes) -> dt.date | None:
    """A day that is one day only; of 03/04/2021 nobody knows which it is."""
    if not text:
        return None
    found = read_day(text)
    if found is None or found.first != found.last:
        notes.add(say("{what}: “{value}” is no day; it is left open.", what=say("Date"), value=short(text, 60)))
        return None
    if found.first.year < FIRST_YEAR or (notes.today and found.first > notes.today + dt.timedelta(days=1)):
        notes.add(say("{what}: {value} cannot be; it is left open.", what=say("Date"), value=found.first.isoformat()))
        return None
    return found.first
