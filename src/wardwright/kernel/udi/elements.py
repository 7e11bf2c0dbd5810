"""GS1 element strings: bracketed or as scanned, split into (AI, value) and each value checked.

Source: GS1 General Specifications 3 (AI contents) and 7.8 (separators).
"""

import re
from collections.abc import Callable, Sequence
from datetime import date

from wardwright.kernel.said import say, shipped

from .ai_table import AI_LENGTH, AI_TABLE, ApplicationIdentifier, Shape
from .checks import gmn_check_pair, gs1_check_digit, wrong_gs1_check
from .dates import calendar_date, clock_time, yymmdd
from .model import Reason, UdiError

FNC1 = "\x1d"

Elements = tuple[tuple[str, str], ...]

# Ways a separator is written when it cannot be typed. None of them can be part of a value, so each
# is unambiguous alone; two kinds in one text are not.
_FNC1_WRITTEN = ("<GS>", "{GS}", "[GS]", "<FNC1>", "{FNC1}", "[FNC1]", "^", "~", "\u241d")
_HAS_FNC1_WRITTEN = re.compile("|".join(map(re.escape, _FNC1_WRITTEN)))
_BRACKETED_AI = re.compile(r"(?<!\\)\(([0-9]{2,4})\) *")
_ESCAPED = "\\("
_DATE_ONLY = (((1, "yymmdd"),), ((1, "yymmd0"),))


def split_elements(text: str, *, today: date) -> Elements:
    """The (AI, value) pairs of a GS1 element string, in label order, every value checked.

    Takes the bracketed form ``(01)…(17)…`` (braces do as brackets, ``\\(`` stands for a bracket inside
    a value) or the scanned form with FNC1 as 0x1D or as one of its written stand-ins.
    Raises ``UdiError``.
    """
    if text.startswith("{") and not text.startswith(("{GS}", "{FNC1}")):
        text = text.replace("{", "(").replace("}", ")")
    pairs = _split_bracketed(text) if text.startswith("(") else _split_scanned(restore_fnc1(text))
    for ai, value in pairs:
        check_value(ai, value, today=today)
    return tuple(pairs)


def has_separator(text: str) -> bool:
    """Whether the text holds FNC1 in any spelling."""
    return FNC1 in text or _HAS_FNC1_WRITTEN.search(text) is not None


def restore_fnc1(text: str) -> str:
    """The text with its written separators turned into 0x1D."""
    if not _HAS_FNC1_WRITTEN.search(text):
        return text
    kinds = set(_HAS_FNC1_WRITTEN.findall(text))
    if len(kinds) > 1 or FNC1 in text:
        raise UdiError(
            Reason.BAD_STRUCTURE,
            say("Separators are written in more than one way"),
            where=", ".join(sorted(kinds)),
            remedy=say("Write every separator (FNC1) the same way, or type the bracketed form (01)…"),
        )
    return text.replace(kinds.pop(), FNC1)


def _split_bracketed(text: str) -> list[tuple[str, str]]:
    parts = _BRACKETED_AI.split(text)
    if parts[0]:
        raise UdiError(
            Reason.BAD_STRUCTURE,
            say("The text does not begin with an identifier such as (01)"),
            where=say("{text} at the start", text=ascii(text[:6])),
            remedy=say("Write two to four digits between brackets before each value."),
        )
    return [(ai, value.rstrip(" ").replace(_ESCAPED, "(")) for ai, value in zip(parts[1::2], parts[2::2], strict=True)]


def _split_scanned(text: str) -> list[tuple[str, str]]:
    pairs, position, end = [], 0, len(text)
    while position < end:
        if text[position] == FNC1:
            position += 1
            continue
        identifier = _identifier_at(text, position)
        start = position + len(identifier.ai)
        position = _end_of_value(text, start, identifier)
        pairs.append((identifier.ai, text[start:position]))
    return pairs


def _end_of_value(text: str, start: int, identifier: ApplicationIdentifier) -> int:
    separator = text.find(FNC1, start)
    end = len(text) if separator < 0 else separator
    return min(end, start + identifier.shape.max_length) if identifier.predefined else end


def _identifier_at(text: str, position: int) -> ApplicationIdentifier:
    digits = text[position : position + AI_LENGTH.get(text[position : position + 2], 2)]
    return AI_TABLE.get(digits) or _refuse_identifier(digits, say("character {position}", position=position + 1))


def _refuse_identifier(ai: str, where: str) -> ApplicationIdentifier:
    raise UdiError(
        Reason.UNKNOWN_IDENTIFIER,
        say("{ai} is not a GS1 application identifier", ai=ascii(ai)),
        where=where,
        remedy=say(
            "The value before it may be cut short or lack its separator: scan again or type the bracketed form."
        ),
    )


def check_value(ai: str, value: str, *, today: date) -> None:
    """Raise ``UdiError`` unless ``value`` may follow this AI: length, characters, check digit, date."""
    identifier = AI_TABLE.get(ai) or _refuse_identifier(ai, f"({ai})")
    match = identifier.shape.pattern.fullmatch(value)
    if match is None:
        raise _misshapen(identifier, value)
    for number, rule in identifier.shape.rules:
        if (part := match[number]) is not None:
            CONTENT_RULES[rule](part, today, f"({ai})")


def _misshapen(identifier: ApplicationIdentifier, value: str) -> UdiError:
    shape = identifier.shape
    where = shipped("({ai}) {title}", {"ai": identifier.ai, "title": identifier.title})
    if not shape.min_length <= len(value) <= shape.max_length:
        return UdiError(
            Reason.BAD_LENGTH,
            say("The value has {count} characters, {allowed}", count=len(value), allowed=_allowed_length(shape)),
            where=where,
            remedy=_length_remedy(identifier, value),
        )
    kind = say("digits 0 to 9") if shape.notation.startswith("N") else say("GS1's letters, digits and signs, no spaces")
    return UdiError(
        Reason.BAD_CHARACTER,
        say("The value {value} does not fit the form {notation}", value=ascii(value), notation=shape.notation),
        where=where,
        remedy=say("It may hold {kind} only: compare it with the label.", kind=kind),
    )


def _allowed_length(shape: Shape) -> str:
    if shape.min_length == shape.max_length:
        return say("it must have {length}", length=shape.max_length)
    return say("it may have {least} to {most}", least=shape.min_length, most=shape.max_length)


def _length_remedy(identifier: ApplicationIdentifier, value: str) -> str:
    if len(value) == 8 and identifier.shape.rules in _DATE_ONLY:
        return say("This looks like a date of eight digits; GS1 writes six, year month day: leave out the century.")
    if len(value) > identifier.shape.max_length and not identifier.predefined:
        return say("The separator (FNC1) after this value may be missing: scan again or type the bracketed form.")
    return say("Part of the code may be missing or doubled: scan again.")


def _check_modulo_10(part: str, _today: date, where: str) -> None:
    expected = gs1_check_digit(part[:-1])
    if part[-1] != expected:
        raise wrong_gs1_check(say("number"), part, expected, where=where)


def _check_pair(part: str, _today: date, where: str) -> None:
    if len(part) < 3 or gmn_check_pair(part[:-2]) != part[-2:]:
        raise UdiError(
            Reason.BAD_CHECK,
            say("The two check characters of {part} are wrong", part=part),
            where=where,
            remedy=say("Compare every character with the label, capital and small letters too."),
        )


def _check_eight_digit_date(part: str, _today: date, where: str) -> None:
    if part[6:] == "00":
        raise _bad_value(part, where)
    calendar_date(int(part[:4]), int(part[4:6]), int(part[6:]), written=part, where=where)


def _check_clock(part: str, where: str, *, hour: str = "0", minute: str = "0", second: str = "0") -> None:
    clock_time(int(hour), int(minute), int(second), written=part, where=where)


def _require(test: Callable[[str], bool]) -> Callable[[str, date, str], None]:
    def rule(part: str, _today: date, where: str) -> None:
        if not test(part):
            raise _bad_value(part, where)

    return rule


def _bad_value(part: str, where: str) -> UdiError:
    return UdiError(
        Reason.BAD_VALUE,
        say("{part} is not allowed here", part=part),
        where=where,
        remedy=say("Compare it with the label and correct it."),
    )


def _piece_of_total(part: str) -> bool:
    return "00" < part[:2] <= part[2:]


CONTENT_RULES: dict[str, Callable[[str, date, str], object]] = {
    "csum": _check_modulo_10,
    "csumalpha": _check_pair,
    "yymmd0": lambda part, today, where: yymmdd(part, today, where=where),
    "yymmdd": lambda part, today, where: yymmdd(part, today, where=where, allow_day_00=False),
    "yyyymmdd": _check_eight_digit_date,
    "hhmi": lambda part, _, where: _check_clock(part, where, hour=part[:2], minute=part[2:]),
    "hh": lambda part, _, where: _check_clock(part, where, hour=part),
    "mi": lambda part, _, where: _check_clock(part, where, minute=part),
    "ss": lambda part, _, where: _check_clock(part, where, second=part),
    "zero": _require(lambda part: part == "0"),
    "nonzero": _require(lambda part: part.strip("0") != ""),
    "yesno": _require(lambda part: part in "01"),
    "winding": _require(lambda part: part in "019"),
    "nozeroprefix": _require(lambda part: part == "0" or part[0] != "0"),
    "pieceoftotal": _require(_piece_of_total),
}
"""What each content rule of the AI table checks; called with (part, today, where), it raises or returns."""


def bracketed(elements: Sequence[tuple[str, str]]) -> str:
    """The human-readable line: ``(AI)value…``, an opening bracket inside a value written ``\\(``."""
    return "".join([f"({ai}){value.replace('(', _ESCAPED)}" for ai, value in elements])


def scanned(elements: Sequence[tuple[str, str]]) -> str:
    """What a scanner sends: FNC1 (0x1D) after each value that needs one and is not the last."""
    parts = [ai + value if AI_TABLE[ai].predefined else ai + value + FNC1 for ai, value in elements]
    return "".join(parts).removesuffix(FNC1)
