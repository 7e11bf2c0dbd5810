"""Which GS1 application identifiers exclude or need one another, as data.

Facts from the ``ex`` and ``req`` attributes of the GS1 Barcode Syntax Dictionary (GS1 AISBL).
In a pattern ``n`` stands for any digit. ``a+b`` needs both, a comma separates alternatives.
"""

import re
from collections.abc import Sequence
from functools import lru_cache

from wardwright.kernel.said import say

from .model import Reason, UdiError

_EXCLUDES = (
    ("01", "255,37"),
    ("02", "01,03"),
    ("03", "01,02,37,235"),
    ("21", "235"),
    ("255", "01,02,415,8006,8020,8026"),
    ("390n", "391n,394n,8111"),
    ("392n", "393n"),
    ("394n", "8111"),
    ("395n", "392n,393n,8005"),
    ("420", "421"),
    ("421", "4307"),
    ("426", "422,423,424,425"),
    ("4330", "4331"),
    ("4332", "4333"),
    ("7240", "03"),
    ("7250", "7251"),
    ("7256", "7253,7254,7255,7259"),
    ("8006", "01,03,37"),
    ("8017", "8018"),
    ("8026", "02,03,8006"),
)

# One value per family: the decimal point may stand in one place only.
_ONE_OF_FAMILY = re.compile(r"3(?:[1-6]\d|9[0-5])")

_REQUIRES = (
    ("02,8026", "37"),
    ("10,11,13,15,16,20,240,241,422", "01,02,03,8006,8026"),
    ("12,391n,415", "8020"),
    ("17", "01,02,03,255,8006,8026"),
    ("21,251,7021,8012", "01,03,8006"),
    ("22,235,337n,710,711,712,713,714,715,716,717,8001,8014,8200", "01"),
    ("242,7001", "01,02,8006,8026"),
    ("243", "01,03"),
    ("250", "01+21,03+21,8006+21"),
    ("254", "414"),
    ("30,31nn,32nn,350n,351n,352n,356n,357n,360n,361n,364n,365n,366n", "01,02"),
    ("7002,7005,7006,7007,7008,7009,703n,8005", "01,02"),
    ("330n,331n,332n,333n,334n,335n,336n,34nn,353n,354n,355n,362n,363n,367n,368n,369n", "00,01"),
    ("37", "00+02,00+8026"),
    ("390n", "255,8020"),
    ("392n", "01+30,01+31nn,01+32nn,01+35nn,01+36nn"),
    ("393n,395n", "30,31nn,32nn,35nn,36nn"),
    ("394n,8111", "255"),
    ("403,4300,4301,4302,4304,4305,4306,4307,4308,4309,431n,432n,433n,7041", "00"),
    ("423,424,425,426,7003,7010,7011,8008", "01,02,03"),
    ("427", "01+422,02+422,03+422"),
    ("4303", "4302"),
    ("4313", "4312"),
    ("7004", "01+10,03+10"),
    ("7020", "01+416,03+416,8006+416"),
    ("7022", "01+7021,03+7021,8006+7021"),
    ("723n", "01,8004"),
    ("7240", "01,8006"),
    ("7241,7242,7253,7254,7255,7256,8019", "8017,8018"),
    ("7250,7251,7252,7257,7259", "8018"),
    ("7258", "8018+7259"),
    ("8007,8020", "415"),
    ("8009", "00,01,03"),
    ("8011", "8010"),
    ("8030", "00,01+21,03+21,253,255,8003,8004,8006+21,8010+8011,8017,8018"),
    ("8040", "01+21"),
    ("8041,8042,8043", "01+21+8040"),
)

# A digital signature covers one item, so these keys must carry their serial part: shortest length that does.
_SERIALISED_LENGTH = {"253": 14, "255": 14, "8003": 15}


@lru_cache(maxsize=256)
def _pattern(text: str) -> re.Pattern[str]:
    return re.compile(text.replace("n", r"\d"))


def _present(pattern: str, ais: Sequence[str]) -> bool:
    return any(_pattern(pattern).fullmatch(ai) for ai in ais)


@lru_cache(maxsize=1024)
def _forbidden_with(ai: str) -> re.Pattern[str] | None:
    """The AIs that may not stand beside this one, looked up from either side; None where all may."""
    pairs = [(left, right) for left, rights in _EXCLUDES for right in rights.split(",")]
    pairs += [(right, left) for left, right in pairs]
    patterns = [right for left, right in pairs if _pattern(left).fullmatch(ai)]
    if len(ai) == 4 and _ONE_OF_FAMILY.match(ai):
        patterns.append(f"(?!{ai}){ai[:3]}n")
    return _pattern("|".join(patterns)) if patterns else None


@lru_cache(maxsize=1024)
def _needed_by(ai: str) -> tuple[str, ...]:
    return tuple(
        alternatives
        for patterns, alternatives in _REQUIRES
        if any(_pattern(p).fullmatch(ai) for p in patterns.split(","))
    )


def refuse_conflicts(elements: Sequence[tuple[str, str]]) -> None:
    """Raise ``UdiError`` where an AI stands twice with different values, or beside one it excludes."""
    values: dict[str, str] = {}
    for ai, value in elements:
        if values.setdefault(ai, value) != value:
            raise _conflict(
                ai,
                say(
                    "({ai}) stands twice with different values, {one} and {other}",
                    ai=ai,
                    one=values[ai],
                    other=value,
                ),
            )
    for ai in values:
        forbidden = _forbidden_with(ai)
        other = next(filter(forbidden.fullmatch, values), None) if forbidden else None
        if other is not None:
            raise _conflict(ai, say("({ai}) and ({other}) may not stand on one label together", ai=ai, other=other))


def _conflict(ai: str, what: str) -> UdiError:
    return UdiError(
        Reason.CONFLICT,
        what,
        where=f"({ai})",
        remedy=say("Two labels may have been scanned as one: scan one at a time."),
    )


def missing_companions(elements: Sequence[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    """(AI, what it needs) for each AI whose mandatory companions are absent; empty where all is well.

    Not refused when reading, since GS1 judges it over all carriers of an item and one may be unscanned.
    """
    values = dict(elements)
    ais = list(values)
    missing = [(ai, need) for ai in ais for need in _needed_by(ai) if not _satisfied(need, ais)]
    if "8030" in values:
        short = [ai for ai, length in _SERIALISED_LENGTH.items() if 0 < len(values.get(ai, "")) < length]
        missing += [("8030", f"a serial number in ({ai})") for ai in short]
    return tuple(missing)


def _satisfied(need: str, ais: Sequence[str]) -> bool:
    return any(all(_present(part, ais) for part in group.split("+")) for group in need.split(","))
