"""The front door: which agency's format a text is in, and reading it (issuer detection as in IMDRF N48)."""

import re
from datetime import date

from wardwright.kernel.said import say

from .checks import has_gs1_check_digit
from .digital_link import is_digital_link
from .elements import FNC1
from .gs1 import parse_gs1
from .hibcc import parse_hibcc
from .iccbba import parse_iccbba
from .model import MAX_TEXT_LENGTH, Reason, Udi, UdiError

# AIM symbology identifier: ] and two characters, e.g. ]C1 GS1-128, ]d2 GS1 DataMatrix, ]Q3 GS1 QR, ]e0 DataBar.
_SYMBOLOGY = re.compile(r"\][A-Za-z][0-9A-Za-z]")
# Control characters other than FNC1 (0x1D), and anything that is not ASCII but the sign for FNC1.
_FOREIGN = re.compile(r"[\x00-\x1c\x1e\x1f\x7f]|[^\x00-\x7f\u241d]")
_END_OF_SCAN = " \t\r\n"
_PARSERS = {"+": parse_hibcc, "*": parse_hibcc, "=": parse_iccbba, "&": parse_iccbba}
_GS1_STARTS = frozenset("0123456789({<[^~\u241d" + FNC1)

_SHORTEST = 8  # a HIBCC code of one product character

_LOOKS_BRACKETED = re.compile(r"[({]\s?[0-9]{2,4}\s?[)}].*", re.DOTALL)
_HAS_GTIN_BRACKET = re.compile(r"[({]\s?01\s?[)}]\s?[0-9]{14}")
_LOOKS_HIBCC = re.compile(r"\*?\+[A-Za-z][A-Za-z0-9]{3}[A-Za-z0-9]{1,18}[0-9](?:.\*?|/[$0-9A-Za-z].*)")
_LOOKS_ICCBBA = re.compile(r"=(?:\+[0-9]{5}=)?(?:/[A-Z0-9]{16}|\)[A-Z0-9]{10})(?:[=&].*)?")
_LOOKS_SCANNED = re.compile(r"[\^~\x1d]?01([0-9]{14})(?:[\x1d\^~]*[0-9]{2,}.*)?")


def parse_udi(text: str, *, today: date) -> Udi:
    """Read a UDI of any issuing agency, chosen by its first character.

    ``today`` settles the century of two-digit years. Raises ``UdiError``, and nothing else, saying
    what is wrong, where, and what to do.
    """
    symbology, code = _unwrap(text)
    parser = _PARSERS.get(code[0])
    if parser is None:
        if code[0] not in _GS1_STARTS and not code[:4].lower() == "http":
            raise _not_a_udi(code)
        parser = parse_gs1
    return parser(code, today=today, symbology=symbology)


def _unwrap(text: str) -> tuple[str | None, str]:
    """Symbology identifier, if given, and the code after it."""
    if len(text) > MAX_TEXT_LENGTH:
        raise UdiError(
            Reason.TOO_LONG,
            say(
                "The text has {count} characters, a UDI at most {limit}",
                count=len(text),
                limit=MAX_TEXT_LENGTH,
            ),
            where=say("whole text"),
            remedy=say("Scan one label only."),
        )
    code = _trimmed(text)
    _refuse_foreign(code)
    match = _SYMBOLOGY.match(code)
    symbology = match[0] if match else None
    code = code[3:] if match else code
    if not code.strip(_END_OF_SCAN + FNC1):
        raise UdiError(
            Reason.EMPTY, say("There is no code"), where=say("whole text"), remedy=say("Scan or type the label's UDI.")
        )
    return symbology, code


def _trimmed(text: str) -> str:
    """Without the line end a scanner adds; a HIBCC code keeps its last space, a possible check character."""
    code = text.lstrip(_END_OF_SCAN)
    ends = "\t\r\n" if "+" in code[:5] and code[:1] in "+*]" else _END_OF_SCAN
    return code.rstrip(ends)


def _refuse_foreign(code: str) -> None:
    found = _FOREIGN.search(code)
    if found is None:
        return
    control = found[0].isascii()
    raise UdiError(
        Reason.CONTROL_CHARACTER if control else Reason.BAD_CHARACTER,
        say("{sign} cannot stand in a UDI", sign=ascii(found[0])),
        where=say("character {position}", position=found.start() + 1),
        remedy=say("Check the scanner's settings.")
        if control
        else say("Type the label's letters and digits as printed."),
    )


def _not_a_udi(code: str) -> UdiError:
    return UdiError(
        Reason.NOT_A_UDI,
        say("A UDI does not begin with {sign}", sign=ascii(code[0])),
        where=say("character {position}", position=1),
        remedy=say(
            "A UDI begins with (01) or 01, with + or with =/. Scan the label, or search by asset number instead."
        ),
    )


def is_probably_udi(text: str) -> bool:
    """Whether a search box should read this as a UDI; asset tags and serial numbers should not pass.

    Codes that carry their format's marks pass on shape alone, so that a mistyped one is reported and
    not searched for; plain digits pass only with a valid check digit (14 digits, or 01 and 14).
    """
    if not _SHORTEST <= len(text) <= MAX_TEXT_LENGTH:
        return False
    code = _trimmed(text)
    if _SYMBOLOGY.match(code):
        code = code[3:]
    return _marked(code) or _plain_digits(code)


def _marked(code: str) -> bool:
    if code[:1] in ("(", "{"):
        return _LOOKS_BRACKETED.fullmatch(code) is not None and _HAS_GTIN_BRACKET.search(code) is not None
    if code[:1] in ("+", "*"):
        return _LOOKS_HIBCC.fullmatch(code) is not None
    if code[:1] == "=":
        return _LOOKS_ICCBBA.fullmatch(code) is not None
    return is_digital_link(code)


def _plain_digits(code: str) -> bool:
    if len(code) == 14:
        return has_gs1_check_digit(code) and code.strip("0") != ""
    match = _LOOKS_SCANNED.fullmatch(code)
    return match is not None and has_gs1_check_digit(match[1])
