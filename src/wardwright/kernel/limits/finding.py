"""The one limit that holds for a test, or an error that names what there is instead."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from wardwright.kernel.said import in_a_row, say, shipped

from .safety_limits import FACETS, Absent, Origin, SafetyLimit
from .spellings import code, edition_among, split_edition, standard_among

_NAMED = 12  # how many rows an error names


@dataclass(frozen=True, slots=True)
class LimitQuery:
    """What is asked. Without `edition`: the one in force `on` that day. `equipment` "" is the usual kind."""

    standard: str
    test: str
    equipment_class: str = ""
    applied_part: str = "none"
    method: str = "none"
    condition: str = "none"
    edition: str = ""
    equipment: str = ""
    on: date = date.max


class UnknownLimit(ValueError):
    """There is no such limit. The message names what there is; `known` are the rows nearest to what was asked.

    `because` is the reason alone, where the table gives one.
    """

    def __init__(self, message: str, known: Sequence[SafetyLimit] = (), because: str = "") -> None:
        super().__init__(message)
        self.known, self.because = tuple(known), because


class NotApplicable(UnknownLimit):
    """The test does not apply, such as the resistance of the protective earth of class II: a step may be skipped."""


def find_limit(rows: Iterable[SafetyLimit], query: LimitQuery) -> SafetyLimit:
    """The row in force for what is asked; an organisation's own before the standard's.

    Raises NotApplicable where the standard has no such test for this equipment, UnknownLimit where the table has no
    figure, ValueError for a code that cannot be read.
    """
    of_edition = _of_edition(rows, query)
    title = of_edition[0].title
    asked = {"test": code("test", query.test)} | {name: code(name, getattr(query, name)) for name in FACETS}
    of_test = [row for row in of_edition if row.test == asked["test"]]
    if not of_test:
        tests = ", ".join(sorted({row.test for row in of_edition}))
        raise UnknownLimit(
            say(
                "There is no test {test} of {standard} in the table; there are: {tests}.",
                standard=title,
                test=repr(query.test),
                tests=tests,
            ),
            of_edition,
        )
    found = [row for row in of_test if not _differing(row, asked)]
    shipped_rows = [row for row in found if row.origin is Origin.SHIPPED]
    own = [row for row in found if row.origin is Origin.ORGANISATION and row.holds(query.on)]
    # A named edition may be past: then its last word counts. An own limit counts while it is in force.
    in_force = own or [row for row in shipped_rows if row.holds(query.on)] or shipped_rows
    if not in_force:
        raise _unknown(title, of_test, asked, of_edition)
    row = max(in_force, key=lambda one: one.valid_from)
    if not row.absent:
        return row
    kind = NotApplicable if row.absent is Absent.NOT_APPLICABLE else UnknownLimit
    raise kind(
        in_a_row(say("{standard} has no limit of {test} here.", standard=title, test=row.test), shipped(row.note)),
        [one for one in of_test if not one.absent],
        shipped(row.note),
    )


def select(
    rows: Iterable[SafetyLimit], *, standard: str = "", edition: str = "", test: str = "", **facets: str
) -> list[SafetyLimit]:
    """The rows with a figure that hold for what is given, in every edition unless one is named.

    Raises what `find_limit` raises for a standard, an edition or a code that does not exist.
    """
    found = [row for row in rows if not row.absent]
    if standard:
        found, written = _of_standard(found, standard)
        named = _named_edition(found, written, edition)
        found = [row for row in found if named in (None, row.edition)]
    asked = {name: code(name, text) for name, text in facets.items()}
    wanted = code("test", test)
    return [row for row in found if wanted in ("", row.test) and not _differing(row, asked)]


def _of_edition(rows: Iterable[SafetyLimit], query: LimitQuery) -> list[SafetyLimit]:
    """The rows of the edition that is named, or of the one in force on the day."""
    of_standard, written = _of_standard(rows, query.standard)
    edition = _named_edition(of_standard, written, query.edition)
    if edition is None:
        in_force = [row for row in of_standard if row.holds(query.on)]
        if not in_force:
            raise UnknownLimit(
                say(
                    "No edition of {standard} is in force on {on}; name one of: {known}.",
                    standard=of_standard[0].standard,
                    on=query.on.isoformat(),
                    known=", ".join(_editions(of_standard)),
                ),
                of_standard,
            )
        edition = _editions(in_force)[-1]
    return [row for row in of_standard if row.edition == edition]


def _of_standard(rows: Iterable[SafetyLimit], text: str) -> tuple[list[SafetyLimit], str]:
    """The rows of the standard, and the edition written behind its name, or ""."""
    rows = list(rows)
    standards = list(dict.fromkeys(row.standard for row in rows))
    for name, written in ((text, ""), split_edition(text)):
        if standard := standard_among(name, standards):
            return [row for row in rows if row.standard == standard], written
    known = ", ".join(standards)
    raise UnknownLimit(say("There are no limits of {standard}; there are: {known}.", standard=repr(text), known=known))


def _named_edition(rows: list[SafetyLimit], *texts: str) -> str | None:
    """The edition that all texts name; None if they are empty."""
    given = [text for text in texts if text.strip()]
    named = {edition_among(text, rows[0].standard, _editions(rows)) for text in given}
    if None in named or len(named) > 1:
        raise UnknownLimit(
            say(
                "{standard} has no edition {edition}; there are: {known}.",
                standard=rows[0].standard,
                edition=" / ".join(given),
                known=", ".join(_editions(rows)),
            ),
            rows,
        )
    return named.pop() if named else None


def _editions(rows: Iterable[SafetyLimit]) -> list[str]:
    """The editions there are, the oldest first; an own limit does not make an edition newer."""
    by_age = sorted(rows, key=lambda row: (row.origin is Origin.ORGANISATION, row.valid_from))
    return list(dict.fromkeys(row.edition for row in by_age))


def _differing(row: SafetyLimit, asked: Mapping[str, str]) -> list[str]:
    """The facets in which the row is not what is asked."""
    held = ((name, getattr(row, name)) for name in FACETS if name in asked)
    return [name for name, codes in held if codes and asked[name] not in codes]


def _unknown(
    title: str, of_test: list[SafetyLimit], asked: dict[str, str], of_edition: list[SafetyLimit]
) -> UnknownLimit:
    """What is asked is not in the table: say why, and name the rows that differ least from it."""
    known = [row for row in of_test if not row.absent] or of_test
    if asked["condition"] != "none" and not {one for row in of_edition for one in row.condition} - {"none"}:
        why = say("{standard} knows no normal and single-fault condition (NC, SFC).", standard=title)
        asked = {**asked, "condition": "none"}
    else:
        words = [asked["equipment_class"], *(asked[name] for name in FACETS[1:4]), asked["equipment"]]
        why = say(
            "{standard} has no limit of {test} for: {asked}.",
            standard=title,
            test=asked["test"],
            asked=" ".join(word for word in words if word not in ("", "none")) or "–",
        )
    fewest = min(len(_differing(row, asked)) for row in known)
    known = [row for row in known if len(_differing(row, asked)) == fewest]
    missing = [
        _NAME[name]
        for name in FACETS
        if asked[name] in ("", "none") and all(name in _differing(row, asked) for row in known)
    ]
    there = say("For {test} it has: {known}.", test=asked["test"], known="; ".join(map(in_short, known[:_NAMED])))
    return UnknownLimit(in_a_row(why, *missing, there), known)


_NAME = {
    "equipment_class": say("Name the class of the equipment."),
    "applied_part": say("Name the type of the applied part."),
    "method": say("Name the method."),
    "condition": say("Name the condition: normal (NC) or single fault (SFC)."),
    "equipment": say("Name the kind of equipment."),
}


def in_short(row: SafetyLimit) -> str:
    """The row in codes and its figure: "I direct ≤ 500 µA"."""
    facets = (getattr(row, name) for name in FACETS)
    codes = ["/".join(facet) for facet in facets if not {"none", ""} & set(facet)]
    if row.absent:
        return " ".join(filter(None, [*codes, "–"]))
    sign = "≥" if row.bound == "low" else "<" if row.exclusive else "≤"
    return " ".join(filter(None, [*codes, sign, f"{row.figure:f}", row.unit]))
