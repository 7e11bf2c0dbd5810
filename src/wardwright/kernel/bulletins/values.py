"""Values of records: words, days, classes, addresses. What is odd becomes a remark; nothing is guessed or raised."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any
from urllib.parse import urlsplit

from wardwright.kernel.said import say
from wardwright.kernel.scope.clean import clean
from wardwright.kernel.tabular.dates import DateOrder, parse_date
from wardwright.kernel.tabular.values import is_blank

from .model import Severity, Status

FIRST_YEAR = 1976  # the Medical Device Amendments; nothing that is published today is older
LONGEST_TITLE = 200
_SURROGATES = re.compile(r"[\ud800-\udfff]")
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})\Z")
_CLASS = re.compile(r"(?:class\s*)?(iii|ii|i|3|2|1)\b", re.IGNORECASE)
_CLASSES = {"i": Severity.CLASS_I, "ii": Severity.CLASS_II, "iii": Severity.CLASS_III}
_CLASSES |= {"1": Severity.CLASS_I, "2": Severity.CLASS_II, "3": Severity.CLASS_III}
_NO_CLASS = ("", "not yet classified", "unclassified", "pending", "n/a", "not classified")
_STATUSES = {
    Status.ONGOING: ("ongoing", "on-going", "open", "open, classified", "open classified", "active", "pending", "new"),
    Status.COMPLETED: ("completed", "complete"),
    Status.TERMINATED: ("terminated", "closed", "withdrawn", "ended", "archived"),
    Status.DRAFT: ("draft",),
}
_STATUS = {word: status for status, words in _STATUSES.items() for word in words}


class NotAValue(str):
    """``NaN`` and ``Infinity``, which JSON does not have."""

    __slots__ = ()


@dataclass
class Notes:
    """The remarks on one record as it is read, and the day it is read on (None: nobody asks)."""

    today: dt.date | None = None
    said: list[str] = field(default_factory=list)

    def add(self, sentence: str) -> None:
        if sentence not in self.said:
            self.said.append(sentence)


def words(value: Any, notes: Notes | None = None) -> str:
    """A text as people read it: cleaned, "" for nothing. Numbers are written out, lists joined."""
    if isinstance(value, NotAValue):
        if notes:
            notes.add(say("“{value}” stands where a value should; it is taken as not given.", value=str(value)))
        return ""
    if isinstance(value, str):
        return _SURROGATES.sub("\ufffd", clean(value))
    if isinstance(value, bool) or value is None or isinstance(value, Mapping):
        return ""
    if isinstance(value, list | tuple):
        return ", ".join(filter(None, (words(one, notes) for one in value)))
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return str(value)


def line(value: Any, notes: Notes | None = None) -> str:
    """A text on one line."""
    return " ".join(words(value, notes).split())


def short(text: str, longest: int = LONGEST_TITLE) -> str:
    """A text on one line, cut between words."""
    text = " ".join(text.split())
    if len(text) <= longest:
        return text
    cut = text[: longest - 1].rsplit(" ", 1)[0]
    return f"{cut.rstrip(' ,;:-')}…"


def texts(value: Any) -> tuple[str, ...]:
    """A list of texts, each once; a text with commas or semicolons is one, too."""
    parts = value if isinstance(value, list | tuple) else re.split(r"[;,|\n]", words(value))
    return tuple(dict.fromkeys(filter(None, (line(one) for one in parts))))


def day(value: Any, what: str, notes: Notes, order: DateOrder | None = None) -> dt.date | None:
    """A day, None where it cannot be one: the remark says what stood there. ``what`` names it in a sentence."""
    text = line(value, notes)
    if not text or is_blank(text):
        return None
    found = _plain_day(text) or (parse_date(value, order).on if order else None)
    if found is None:
        notes.add(say("{what}: “{value}” is no day; it is left open.", what=what, value=short(text, 60)))
    elif found.year < FIRST_YEAR or found.year > 2100:
        notes.add(say("{what}: {value} cannot be; it is left open.", what=what, value=found.isoformat()))
        found = None
    elif notes.today and found > notes.today + dt.timedelta(days=1):  # a day may have begun elsewhere
        notes.add(say("{what}: {value} is in the future; it is left open.", what=what, value=found.isoformat()))
        found = None
    return found


def _plain_day(text: str) -> dt.date | None:
    """``2021-03-31``, ``2021-03-31T…`` or ``20210331``."""
    compact = _COMPACT.match(text)
    try:
        if compact:
            return dt.date(int(compact[1]), int(compact[2]), int(compact[3]))
        return dt.date.fromisoformat(text[:10]) if re.match(r"\d{4}-\d{2}-\d{2}(?!\d)", text) else None
    except ValueError:
        return None


def check_order(started: dt.date | None, ended: dt.date | None, notes: Notes) -> None:
    """Says where something ended before it began."""
    if started and ended and ended < started:
        told = {"ended": ended.isoformat(), "started": started.isoformat()}
        notes.add(say("It is said to have ended on {ended}, before it began on {started}.", **told))


def severity(value: Any, notes: Notes) -> Severity:
    """A recall class: "Class II", "2". What nobody knows is unclassified, and said."""
    text = line(value, notes)
    found = _CLASS.match(text)
    if found and len(text) <= len("Class III recall"):
        return _CLASSES[found[1].lower()]
    rated = text.lower()
    if rated in ("critical", "high", "medium", "low"):
        return Severity(rated)
    if rated not in _NO_CLASS:
        notes.add(say("The class “{value}” is not known; it counts as unclassified.", value=short(text, 60)))
    return Severity.UNCLASSIFIED


def rated(score: Decimal | None) -> Severity:
    """The qualitative rating of a CVSS base score (CVSS 3.1 section 5)."""
    if score is None or score <= 0:
        return Severity.UNCLASSIFIED
    limits = ((Decimal(9), Severity.CRITICAL), (Decimal(7), Severity.HIGH), (Decimal(4), Severity.MEDIUM))
    return next((severity for least, severity in limits if score >= least), Severity.LOW)


def score(value: Any) -> Decimal | None:
    """A CVSS base score from 0 to 10, None for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        found = Decimal(str(value))
    except InvalidOperation:
        return None
    return found if found.is_finite() and 0 <= found <= 10 else None


def status(value: Any, notes: Notes) -> Status:
    text = line(value, notes)
    found = _STATUS.get(text.lower())
    if found is None and text:
        notes.add(say("The status “{value}” is not known.", value=short(text, 60)))
    return found or Status.UNKNOWN


def address(value: Any) -> str:
    """A web address that can be followed, "" for anything else."""
    text = line(value)
    try:
        parts = urlsplit(text)
        return text if parts.scheme in ("http", "https") and parts.hostname and len(text) <= 2000 else ""
    except ValueError:
        return ""


def canonical(record: Any) -> str:
    """A record as JSON: keys in order, no spaces. What UTF-8 cannot write is escaped."""
    text = json.dumps(record, sort_keys=True, ensure_ascii=False, separators=(",", ":"), default=str)
    if _SURROGATES.search(text):
        text = json.dumps(record, sort_keys=True, separators=(",", ":"), default=str)
    return text


def digest(texts: Iterable[str]) -> str:
    """What tells contents apart, short."""
    found = hashlib.sha256()
    for text in texts:
        found.update(text.encode("utf-8", "surrogatepass") + b"\0")
    return found.hexdigest()[:20]


def check_signs(raw: str, notes: Notes) -> None:
    """Says where signs were lost on the way."""
    if "\ufffd" in raw:
        notes.add(say("Some signs were damaged on the way and cannot be read; compare with the source."))
