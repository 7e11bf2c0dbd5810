"""Days in notices: "July 1 2017", "26-June-2017", "01/2019", "2021-03". Each is a first and a last possible day."""

from __future__ import annotations

import calendar
import datetime as dt
import re
from dataclasses import dataclass

_NAMES = (
    "january", "february", "march", "april", "may", "june",
    "july", "august", "september", "october", "november", "december",
)  # fmt: skip
_MONTHS = (
    {name: n for n, name in enumerate(_NAMES, 1)} | {name[:3]: n for n, name in enumerate(_NAMES, 1)} | {"sept": 9}
)
_MONTH = rf"(?:{'|'.join(f'{name[:3]}(?:{name[3:]})?' for name in _NAMES if name != 'may')}|may|sept)"
_YEAR = r"(?:19|20|21)\d{2}"

WORDY = (
    rf"(?:\d{{1,2}}(?:st|nd|rd|th)?[ -]+{_MONTH}\.?,?[ -]+{_YEAR}"
    rf"|{_MONTH}\.?[ -]+\d{{1,2}}(?:st|nd|rd|th)?,?[ -]+{_YEAR}"
    rf"|{_MONTH}\.?,?[ -]*{_YEAR}|\d{{1,2}}-{_MONTH}-\d{{2}})"
)
NUMERIC = (
    rf"(?:{_YEAR}[-/.]\d{{1,2}}(?:[-/.]\d{{1,2}})?|\d{{1,2}}[-/.]\d{{1,2}}[-/.]{_YEAR}|\d{{1,2}}[/-]{_YEAR}"
    r"|\d{1,2}/\d{1,2}/\d{2})"
)
_ISO = re.compile(rf"({_YEAR})[-/.](\d{{1,2}})(?:[-/.](\d{{1,2}}))?\Z")
_THREE = re.compile(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4}|\d{2})\Z")
_MONTH_YEAR = re.compile(r"(\d{1,2})[/-](\d{4})\Z")
_COMPACT = re.compile(r"((?:19|20)\d{2})(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])\Z")


@dataclass(frozen=True, slots=True)
class Days:
    """What a written day can be: from ``first`` to ``last``. A month is its days; 3/4/2019 may be either of two."""

    first: dt.date
    last: dt.date


def read_day(text: str) -> Days | None:
    """None where it is no day."""
    bare = text.strip().rstrip(".,").lower()
    return _wordy(bare) or _numeric(bare)


def _wordy(text: str) -> Days | None:
    words = re.findall(r"[a-z]+|\d+", text)
    names = [_MONTHS[w] for w in words if w in _MONTHS]
    numbers = [int(w) for w in words if w.isdigit()]
    if len(names) != 1 or any(w.isalpha() and w not in _MONTHS and w not in ("st", "nd", "rd", "th") for w in words):
        return None
    year = next((n for n in numbers if n >= 1900), None)
    rest = [n for n in numbers if n != year]
    if year is None and len(rest) == 2:
        year, rest = 2000 + rest[1], rest[:1]
    if year is None or len(rest) > 1:
        return None
    return _days(year, names[0], rest[0] if rest else None)


def _numeric(text: str) -> Days | None:
    if found := _ISO.match(text):
        return _days(int(found[1]), int(found[2]), int(found[3]) if found[3] else None)
    if found := _COMPACT.match(text):
        return _days(int(found[1]), int(found[2]), int(found[3]))
    if found := _MONTH_YEAR.match(text):
        return _days(int(found[2]), int(found[1]), None)
    if found := _THREE.match(text):
        year = int(found[3]) + (2000 if len(found[3]) == 2 else 0)
        either = [_days(year, int(found[a]), int(found[b])) for a, b in ((1, 2), (2, 1))]
        read = [one for one in either if one]
        return Days(min(one.first for one in read), max(one.last for one in read)) if read else None
    if re.fullmatch(_YEAR, text):
        return Days(dt.date(int(text), 1, 1), dt.date(int(text), 12, 31))
    return None


def _days(year: int, month: int, day: int | None) -> Days | None:
    try:
        if day:
            return Days(dt.date(year, month, day), dt.date(year, month, day))
        return Days(dt.date(year, month, 1), dt.date(year, month, calendar.monthrange(year, month)[1]))
    except (ValueError, calendar.IllegalMonthError):
        return None
