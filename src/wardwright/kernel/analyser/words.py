"""What the names, units and verdicts in analysers' files mean."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import resources
from typing import Any

from wardwright.kernel.tabular.vocabulary import heading_key

_SUPPLY = re.compile(r"(rms|ac|dc)$")
UNCLEAR = re.compile(r"mohms?", re.IGNORECASE)
"""Milli or mega: only the test can say."""


@cache
def _data() -> dict[str, Any]:
    return json.loads(resources.files("wardwright.kernel").joinpath("data/analyser_words.json").read_text("utf-8"))


@dataclass(frozen=True, slots=True)
class Named:
    """What a test's name says; "" for each thing it does not say."""

    test: str = ""
    quantity: str = ""
    method: str = ""
    condition: str = ""
    fault: str = ""
    polarity: str = ""
    current: str = ""
    check: str = ""

    @property
    def known(self) -> bool:
        return bool(self.test or self.quantity or self.check)


@lru_cache(maxsize=4096)
def name_of_test(name: str) -> Named:
    """Read "Equipment leakage, direct, reverse polarity, open earth" into its parts."""
    key = f" {heading_key(name)} "
    test, check = _first("tests", key), _first("checks", key)
    fault = _first("faults", key)
    return Named(
        test="" if check else test,
        quantity="" if test or check else _first("quantities", key),
        method=_first("methods", key),
        condition=_first("conditions", key) or ("SFC" if fault else ""),
        fault=fault,
        polarity=_first("polarities", key),
        current=_first("currents", key),
        check=check,
    )


def _first(table: str, key: str) -> str:
    for word, phrases in _data()[table]:
        if any(f" {phrase} " in key or (len(phrase) > 5 and f" {phrase}" in key) for phrase in phrases):
            return word
    return ""


@cache
def _exact(table: str) -> dict[str, str]:
    return {heading_key(phrase): word for word, phrases in _data()[table].items() for phrase in phrases}


def verdict_of(text: str) -> str:
    """pass, fail or not_done; "" for anything else."""
    return _exact("verdicts").get(heading_key(text), "")


def reason_of(text: str) -> str:
    """acceptance, routine, after_repair or modification; "" for anything else."""
    return _exact("reasons").get(heading_key(text), "")


def class_of(text: str) -> str:
    """I, II or IP; "" for anything else."""
    return _exact("classes").get(heading_key(text), "")


def applied_part_of(text: str) -> str:
    """B, BF or CF from "type BF", "CF", "BF (4-6)"; "" for anything else."""
    found = {word for word in heading_key(text).upper().split() if word in ("B", "BF", "CF")}
    return found.pop() if len(found) == 1 else ""


def field_of(heading: str) -> str:
    """What a column or label is about; "" when nobody knows."""
    return _exact("fields").get(heading_key(re.sub(r"[(\[].*?[)\]]", " ", heading)), "")


@cache
def _units() -> dict[str, str]:
    return {spelling: unit for unit, spellings in _data()["units"].items() for spelling in spellings}


def unit_of(text: str) -> tuple[str, str]:
    """(unit, ac | dc | ""): "uArms" → ("µA", "ac"), "Megohm" → ("MΩ", ""); an unknown unit comes back as it was."""
    bare = text.strip().replace("μ", "µ").replace("\u2126", "Ω")
    parts = bare.split()
    supply = ""
    if len(parts) > 1 and parts[-1].casefold() in ("ac", "dc", "rms", "ac+dc"):
        bare, supply = " ".join(parts[:-1]), parts[-1].casefold()
    unit = _units().get(bare, bare)
    if bare not in _units():  # "ua", "MEGAOHM": where the case cannot turn milli into mega
        alike = {unit for spelling, unit in _units().items() if spelling.casefold() == bare.casefold()}
        unit = alike.pop() if len(alike) == 1 else bare
    glued = _SUPPLY.search(bare.casefold()) if unit != bare and unit in ("µA", "mA", "A", "V") else None
    supply = supply or (glued[1] if glued else "")
    return unit, {"rms": "ac", "ac+dc": "ac_dc"}.get(supply, supply)


def is_unit(text: str) -> bool:
    """Whether it is one of the units, in its usual spelling."""
    return text in _data()["units"]


def heading_parts(heading: str) -> tuple[str, str]:
    """A column's name without its unit, and the unit: "Earth bond (Ω)" → ("Earth bond", "Ω")."""
    for match in re.finditer(r"[(\[]([^()\[\]]{1,12})[)\]]", heading):
        unit, _ = unit_of(match[1])
        if is_unit(unit) or UNCLEAR.fullmatch(unit):
            return (heading[: match.start()] + heading[match.end() :]).strip(" ,_-"), unit
    words = heading.replace("_", " ").split()
    if len(words) > 1 and len(words[-1]) > 1 and is_unit(unit_of(words[-1])[0]):
        return " ".join(words[:-1]), unit_of(words[-1])[0]
    return heading, ""
