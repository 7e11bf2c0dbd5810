"""What a maker promises of an instrument: "±(1 % rdg + 2 counts)", read, written and applied.

A specification is a sum: percent of the reading + percent of the range + a fixed amount + counts of the last digit. Of
several sums, "whichever is greater" holds. ``str`` writes the one usual form, which ``parse_accuracy`` reads again.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from wardwright.kernel.limits import NumberError, parse_number
from wardwright.kernel.limits.entry import plain
from wardwright.kernel.said import say

from .budget import Contribution, Distribution
from .exact import MetrologyError, Number, exact

_TERM = re.compile(r"(?P<number>[0-9][0-9.,' \u00a0]*(?:e[+-]?[0-9]+)?)\s*(?P<what>.*)", re.IGNORECASE)
_OF = re.compile(r"^(?:of\s+)?(?:the\s+)?")
_READING = {"", "rdg", "rdg.", "reading", "readings", "rd", "value", "measured value", "indicated value", "mv", "iv"}
_RANGE = {"range", "rng", "rng.", "fs", "f.s.", "fsd", "full scale", "full-scale", "fullscale", "span", "upper range"}
_COUNTS = {"count", "counts", "ct", "cts", "digit", "digits", "dgt", "dgt.", "dgts", "d", "lsd", "lsb"}
_GREATER = re.compile(
    r",?\s*\(?(?:whichever is (?:the )?(?:greater|larger|higher|more)|w\.?i\.?g\.?)\)?\s*$", re.IGNORECASE
)
_LEAD = re.compile(r"^(?:accuracy:?\s*)?(?:±|\+\s?/\s?-|\+-)\s*", re.IGNORECASE)
_AND = re.compile(r"(?<!\de)(?:\+\s?/\s?-|\+-|\+|±)", re.IGNORECASE)
_PPM = Decimal(10_000)


@dataclass(frozen=True, slots=True)
class AccuracySpec:
    """A sum of four terms, each 0 or more; ``or_else`` is another sum, the greater of the two holds."""

    percent_of_reading: Decimal = Decimal(0)
    percent_of_range: Decimal = Decimal(0)
    absolute: Decimal = Decimal(0)
    counts: Decimal = Decimal(0)
    unit: str = ""
    or_else: AccuracySpec | None = None

    def __post_init__(self) -> None:
        terms = (self.percent_of_reading, self.percent_of_range, self.absolute, self.counts)
        if any(not term.is_finite() or term < 0 for term in terms):
            raise MetrologyError(say("Each term of an accuracy is a number of 0 or more."))
        object.__setattr__(self, "unit", self.unit if self.absolute else "")

    def tolerance_at(
        self, reading: Number, *, range_: Number | None = None, resolution: Number | None = None
    ) -> Decimal:
        """How far the reading may be off, in its unit; ``unit`` of a fixed amount has to be the same.

        ``range_`` is the full scale, ``resolution`` the step of the display. Raises MetrologyError where one is needed.
        """
        found = abs(exact(reading)) * self.percent_of_reading / 100 + self.absolute
        if self.percent_of_range:
            if range_ is None:
                raise MetrologyError(say("The accuracy {spec} needs the range of the instrument.", spec=str(self)))
            found += abs(exact(range_)) * self.percent_of_range / 100
        if self.counts:
            if resolution is None:
                raise MetrologyError(say("The accuracy {spec} needs the resolution of the instrument.", spec=str(self)))
            found += abs(exact(resolution)) * self.counts
        if self.or_else is not None:
            found = max(found, self.or_else.tolerance_at(reading, range_=range_, resolution=resolution))
        return found

    def contribution_at(
        self,
        reading: Number,
        *,
        range_: Number | None = None,
        resolution: Number | None = None,
        distribution: Distribution = Distribution.RECTANGULAR,
        k: float = 2.0,
        name: str = "accuracy",
    ) -> Contribution:
        """The tolerance as a line of an uncertainty budget; a maker's limits are taken as rectangular (GUM 4.3.7)."""
        width = self.tolerance_at(reading, range_=range_, resolution=resolution)
        return Contribution(name, float(width), distribution, k=k)

    def __str__(self) -> str:
        sums = [self._written()]
        other = self.or_else
        while other is not None:
            sums.append(other._written())
            other = other.or_else
        return sums[0] if len(sums) == 1 else " or ".join(sums) + ", whichever is greater"

    def _written(self) -> str:
        terms = [
            f"{_plain(number)} {what}".rstrip()
            for number, what in (
                (self.percent_of_reading, "% rdg"),
                (self.percent_of_range, "% range"),
                (self.absolute, self.unit),
                (self.counts, "count" if self.counts == 1 else "counts"),
            )
            if number
        ]
        return f"±({' + '.join(terms)})" if len(terms) > 1 else f"±{terms[0] if terms else '0'}"


def _plain(number: Decimal) -> str:
    return f"{number.normalize():f}"


def parse_accuracy(text: str) -> AccuracySpec:
    """Read an accuracy as makers write it. Raises MetrologyError saying which part is not understood."""
    bare = " ".join(plain(text).split())
    bare, greater = _GREATER.subn("", bare)
    parts = re.split(r"\s+or\s+", bare, flags=re.IGNORECASE)
    if (len(parts) > 1) != bool(greater):
        raise MetrologyError(
            say(
                'The accuracy {text} is not understood: two accuracies are joined as "A or B, whichever is greater".',
                text=repr(text),
            )
        )
    found: AccuracySpec | None = None
    for part in reversed(parts):
        found = _sum(part, text, found)
    assert found is not None
    return found


def _sum(part: str, text: str, or_else: AccuracySpec | None) -> AccuracySpec:
    inner = _LEAD.sub("", part.strip())
    if inner.startswith("(") and inner.endswith(")"):
        inner = inner[1:-1]
    sums = dict.fromkeys(("percent_of_reading", "percent_of_range", "absolute", "counts"), Decimal(0))
    unit = ""
    for term in _AND.split(inner):
        number, kind, own_unit = _term(term.strip(), text)
        if kind == "absolute" and sums["absolute"] and own_unit != unit:
            raise MetrologyError(
                say("The accuracy {text} adds {unit} to {other}.", text=repr(text), unit=own_unit, other=unit)
            )
        unit = own_unit if kind == "absolute" else unit
        sums[kind] += number
    return AccuracySpec(**sums, unit=unit, or_else=or_else)


def _term(term: str, text: str) -> tuple[Decimal, str, str]:
    match = _TERM.fullmatch(term)
    if match is None:
        raise _not_understood(text, term)
    try:
        number = exact(parse_number(match["number"]))
    except NumberError as error:
        raise MetrologyError(error.args[0]) from None
    what = match["what"].strip()
    if what.startswith("%") or what.lower().startswith("ppm"):
        percent = what.startswith("%")
        of = _OF.sub("", what[1 if percent else 3 :].strip().lower())
        number = number if percent else number / _PPM
        if of in _READING:
            return number, "percent_of_reading", ""
        if of in _RANGE:
            return number, "percent_of_range", ""
        raise _not_understood(text, term)
    if what.lower() in _COUNTS:
        return number, "counts", ""
    if not re.fullmatch(r"[^\W\d_°]*[\w°/·²³]*", what) or re.match(r"\d", what):
        raise _not_understood(text, term)
    return number, "absolute", what


def _not_understood(text: str, term: str) -> MetrologyError:
    return MetrologyError(
        say(
            "{term} in the accuracy {text} is not understood. Write terms such as 1 % rdg, 0.5 % range, 2 counts, "
            "0.01 Ω.",
            term=repr(term),
            text=repr(text),
        )
    )
