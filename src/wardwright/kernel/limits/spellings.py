"""Standards, editions and codes as people write them: "IEC62353", "62353:2014", "3rd edition", "class ii", "sfc"."""

import re
from collections.abc import Iterable
from functools import lru_cache

from wardwright.kernel.said import say

CODES = {
    "equipment_class": ("I", "II", "IP"),
    "applied_part": ("none", "B", "BF", "CF"),
    "method": ("none", "direct", "differential", "alternative"),
    "condition": ("none", "NC", "SFC"),
}
_ALSO = {
    "equipment_class": {"": "", "none": "", "1": "I", "2": "II", "internally_powered": "IP"},
    "applied_part": {"": "none"},
    "method": {"": "none", "substitute": "alternative"},
    "condition": {"": "none", "normal": "NC", "normal_condition": "NC", "single_fault": "SFC"}
    | {"single_fault_condition": "SFC"},
    "test": {
        "earth_bond": "protective_earth",
        "ground_resistance": "protective_earth",
        "insulation_resistance": "insulation",
        "enclosure_leakage": "touch_current",
        "chassis_leakage": "touch_current",
        "patient_auxiliary_current": "patient_auxiliary",
    },
    "equipment": {"none": "", "usual": ""},
}
_NAMES = {
    "IEC 62353": ("62353", "EN 62353", "EN IEC 62353", "BS EN 62353", "DIN EN 62353", "NF EN 62353", "VDE 0751"),
    "IEC 60601-1": ("IEC 60601", "60601-1", "60601", "EN 60601-1", "BS EN 60601-1", "DIN EN 60601-1", "NF EN 60601-1"),
    "UL 60601-1": ("UL 60601",),
    "ANSI/AAMI ES1": ("ES1", "AAMI ES1", "ANSI ES1"),
}
# By the edition whose figures they share.
_EDITIONS = {
    ("IEC 62353", "2007"): ("1", "1.0"),
    ("IEC 62353", "2014"): ("2", "2.0"),
    ("IEC 60601-1", "1988"): ("2", "2.0"),
    ("IEC 60601-1", "2005"): ("3", "3.0", "3.1", "3.2", "2012", "2020"),
    ("UL 60601-1", "2003"): ("1", "1.0"),
    ("NFPA 99", "2005"): ("1999", "2002"),
    ("NFPA 99", "2012"): ("2015", "2018", "2021", "2024"),
}
_YEAR, _NUMBER = r"(?:19|20)\d\d(?!\d)", r"[1-9](?:\.\d)?"
_WITH_EDITION = re.compile(
    rf"(?P<name>.*?[^\W_])(?:[\s:,(-]+(?P<year>{_YEAR}.*)|"
    rf"[\s:,(]+(?P<number>{_NUMBER}(?:st|nd|rd|th).*|{_NUMBER}\s*ed.*|ed[.\sa-z]*{_NUMBER}.*))",
    re.IGNORECASE,
)
_FIRST_WORDS = {"first": "1", "second": "2", "third": "3"}


@lru_cache(1024)
def code(field: str, text: str) -> str:
    """The code of a class, applied part, method, condition, test or kind of equipment; any letter case.

    Raises ValueError naming the codes where there are few; tests and kinds of equipment are for the table to know.
    """
    key = re.sub(r"[\s-]+", "_", text.strip().lower())
    for word in ("class_", "type_"):
        key = key.removeprefix(word)
    known = {one.lower(): one for one in CODES.get(field, ())} | _ALSO[field]
    if key in known or field not in CODES:
        return known.get(key, key)
    raise ValueError(say("{text} is none of: {codes}", text=repr(text), codes=", ".join(CODES[field])))


def split_edition(text: str) -> tuple[str, str]:
    """The name of a standard and the edition written behind it ("" if none): "IEC 62353:2014", "NFPA 99-2012"."""
    match = _WITH_EDITION.fullmatch(text.strip())
    return (match["name"], match["year"] or match["number"]) if match else (text.strip(), "")


def standard_among(text: str, standards: Iterable[str]) -> str | None:
    """The one of these standards that is meant; None if none of them is."""
    wanted = _squeezed(text)
    for name in standards:
        if wanted in {_squeezed(one) for one in (name, *_NAMES.get(name, ()))}:
            return name
    return None


def edition_among(text: str, standard: str, editions: Iterable[str]) -> str | None:
    """The one of these editions that is meant, also by its number, an amendment or a later year of the same figures."""
    words = text.strip().lower()
    for word, number in _FIRST_WORDS.items():
        words = words.replace(word, number)
    if match := re.search(_YEAR, words) or re.search(_NUMBER, words):
        words = match[0]
    for edition in editions:
        if words in (edition.lower(), *_EDITIONS.get((standard, edition), ())):
            return edition
    return None


@lru_cache(1024)
def _squeezed(text: str) -> str:
    return re.sub(r"[\W_]+", "", text).upper()
