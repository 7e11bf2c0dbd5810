"""The verdict of a whole safety test: looked at, earth, insulation, leakage, and works."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from wardwright.kernel.said import Said, say


class Part(StrEnum):
    """The parts of a safety test."""

    VISUAL = "visual"
    PROTECTIVE_EARTH = "protective_earth"
    INSULATION = "insulation"
    LEAKAGE = "leakage"
    FUNCTIONAL = "functional"


class Answer(StrEnum):
    """What one check or reading of a part came to."""

    PASS = "pass"  # noqa: S105 - not a password
    OBSERVATION = "observation"  # passed, with something to be noted
    NOT_APPLICABLE = "not_applicable"
    UNDETERMINED = "undetermined"
    FAIL = "fail"


class Verdict(StrEnum):
    """What the whole comes to."""

    PASS = "pass"  # noqa: S105 - not a password
    PASS_WITH_OBSERVATION = "pass_with_observation"  # noqa: S105 - not a password
    INCOMPLETE = "incomplete"
    FAIL = "fail"


@dataclass(frozen=True, slots=True)
class WholeVerdict:
    """The verdict with its reasons; `missing` are the parts that are still to be done."""

    verdict: Verdict
    reasons: tuple[Said, ...]
    missing: tuple[Part, ...] = ()


# What a device of this class may do without; a part answered "not applicable" elsewhere is still to be done.
_NOT_THERE = {
    "I": frozenset[Part](),
    "II": frozenset({Part.PROTECTIVE_EARTH}),
    "IP": frozenset({Part.PROTECTIVE_EARTH, Part.INSULATION, Part.LEAKAGE}),
}
_SKIPPED = {"I": frozenset[Part](), **dict.fromkeys(("II", "IP"), frozenset({Part.PROTECTIVE_EARTH}))}


def safety_verdict(
    equipment_class: str, answers: Mapping[Part, Iterable[Answer]], required: Collection[Part] = tuple(Part)
) -> WholeVerdict:
    """Judge the whole by its parts: one failure fails it, a part without answer leaves it incomplete.

    The protective earth of class II and IP is not asked for. A part that the house does not do (insulation is optional
    in IEC 62353) is left out of `required`; what was done counts all the same. Raises ValueError for another class.
    """
    if equipment_class not in _NOT_THERE:
        raise ValueError(say("{text} is none of: {codes}", text=repr(equipment_class), codes=", ".join(_NOT_THERE)))
    given = {part: set(answers.get(part, ())) for part in Part}
    failed = [part for part in Part if Answer.FAIL in given[part]]
    unclear = [part for part in Part if Answer.UNDETERMINED in given[part]]
    missing = [part for part in Part if part in required and not _is_done(part, given[part], equipment_class)]
    noted = [part for part in Part if Answer.OBSERVATION in given[part]]
    reasons = [
        *(say("{part} failed.", part=_WORDS[part]) for part in failed),
        *(say("{part} has a reading that says neither pass nor fail.", part=_WORDS[part]) for part in unclear),
        *(say("{part} is still to be done.", part=_WORDS[part]) for part in missing),
        *(say("{part} passed with an observation.", part=_WORDS[part]) for part in noted),
    ]
    if failed:
        verdict = Verdict.FAIL
    elif missing or unclear:
        verdict = Verdict.INCOMPLETE
    else:
        verdict = Verdict.PASS_WITH_OBSERVATION if noted else Verdict.PASS
    return WholeVerdict(verdict, tuple(reasons), tuple(missing))


def _is_done(part: Part, answers: set[Answer], equipment_class: str) -> bool:
    """Whether nothing more is asked of this part."""
    if answers <= {Answer.NOT_APPLICABLE}:
        return part in (_NOT_THERE if answers else _SKIPPED)[equipment_class]
    return True


_WORDS = {
    Part.VISUAL: say("Visual inspection"),
    Part.PROTECTIVE_EARTH: say("Protective earth"),
    Part.INSULATION: say("Insulation"),
    Part.LEAKAGE: say("Leakage"),
    Part.FUNCTIONAL: say("Functional test"),
}
