"""What a device's product is called, with all its other names: devices that agree in it are searched once."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

from wardwright.kernel.names.makers import known_maker, split_maker
from wardwright.kernel.scope.codes import bare_key, code_key
from wardwright.kernel.scope.names import only_ordinary, take_apart
from wardwright.kernel.tabular.values import clean_text

from .aliases import Aliases
from .kinship import Kin, kinship
from .likeness import LONG_NAME, distinct_codes, flat, telling_code
from .model import Device

_BRACKETS = re.compile(r"\([^)]*\)")
_PIECES = re.compile(r"[\s-]+")
_LABEL = re.compile(r"\A(?:model|mod\.|type)\b[.:]*\s+(?=\S)", re.IGNORECASE)
_DIGITS = re.compile(r"[\d\s-]+\Z")


@dataclass(frozen=True)
class Product:
    """``makers`` and ``names`` begin with the register's own. ``dis`` are keys, see ``di_key``.

    ``hinted`` are makers that stand inside a name, where the register names none beside, or others.
    """

    called: str  # the model as the register has it; "" where that is a maker's name
    makers: tuple[str, ...]
    hinted: tuple[str, ...]
    names: tuple[str, ...]
    ref: str
    dis: tuple[tuple[str, str], ...]
    product_code: str

    @classmethod
    def of(cls, device: Device, aliases: Aliases) -> Product:
        """Of a device. A maker that stands inside the model is taken as one of its makers, the rest as a name."""
        unit = device.unit
        makers, names = [unit.maker, *device.makers], []
        hinted: list[str] = []
        called = _LABEL.sub("", unit.model)
        for name in (called, *device.names):
            maker, rest = _taken_apart(name)
            more = maker and not rest and len(_PIECES.split(_BRACKETS.sub(" ", name).strip())) > len(maker.split())
            names += [name, rest] if maker and rest else [name] if more or not maker else []
            hinted += [maker] if maker else []
            called = "" if name == called and maker and not rest else called
        fitting = [one for one in hinted if kinship([one], makers)[0] >= Kin.NEAR]
        makers += fitting
        makers += [other for name in tuple(makers) for other in aliases.of_maker(name)]
        names += [other for name in tuple(names) for other in aliases.of_model(makers, name)]
        names += aliases.of_model(makers, unit.ref)
        dis = [di for di in (unit.udi_di, *device.udi_dis) if di]
        return cls(
            called if called in names else "",
            tuple(dict.fromkeys(filter(None, makers))),
            tuple(dict.fromkeys(one for one in hinted if one not in fitting)),
            tuple(dict.fromkeys(filter(None, names))),
            unit.ref,
            tuple(dict.fromkeys((di_key(di), di) for di in dis)),
            device.product_code.strip().upper(),
        )

    @cached_property
    def codes(self) -> frozenset[str]:
        """All codes of its names."""
        return frozenset(code for name in self.names for code in take_apart(name).codes)

    @cached_property
    def words(self) -> frozenset[str]:
        """All words of its names that tell products apart."""
        return frozenset(word for name in self.names for word in take_apart(name).words)

    @cached_property
    def refs(self) -> dict[str, str]:
        """Catalogue numbers, and what may be one: whole names and codes inside them, by their key."""
        inside = (code for name in self.names for code in take_apart(name).codes if telling_code(code))
        named = (self.ref, *self.names, *sorted(inside))
        return {bare_key(code_key(one)): one for one in reversed(named) if code_key(one)}

    @cached_property
    def distinct(self) -> dict[str, str]:
        """What it is called, by the codes in it that are hardly another maker's."""
        return {code: name for name in (self.ref, *reversed(self.names)) for code in sorted(distinct_codes(name))}

    @cached_property
    def flat(self) -> tuple[str, ...]:
        """Its names in one piece, those that are long enough to tell something."""
        return tuple(key for name in self.names if len(key := flat(name)) >= LONG_NAME)

    @property
    def makerless(self) -> bool:
        """No maker can be held against it: none is known, or two."""
        return not self.makers or bool(self.hinted)

    @property
    def nameless(self) -> bool:
        """Nothing is known but, at most, the maker and what kind of equipment it is."""
        return not self.words and not self.ref and not self.dis and all(len(code) < 2 for code in self.codes)


def _taken_apart(name: str) -> tuple[str, str]:
    """The maker that a name begins with, and the rest; either may be "": "GE Healthcare (ward 4)" is all maker."""
    if not name:
        return "", ""
    words = _BRACKETS.sub(" ", name).strip(" -:,").split()
    while words and not known_maker(" ".join(words)) and _says_nothing(words[-1]):
        words.pop()
    if words and known_maker(" ".join(words)):
        return " ".join(words), ""
    found = split_maker(name)
    if not found:
        first, _space, others = name.partition(" ")
        whole = others and not first.isascii() and known_maker(first)
        return (first, others) if whole else ("", name)  # "通用电气医疗 5434135-4"
    rest = take_apart(found[1])
    return found[0], found[1] if rest.words or rest.codes else ""


def _says_nothing(word: str) -> bool:
    return not clean_text(word) or (word.isascii() and only_ordinary(word))


def di_key(text: str) -> str:
    """One key for the device identifier on all its package levels (GTIN: without first digit and check digit)."""
    digits = re.sub(r"\D", "", text) if _DIGITS.match(text) else ""
    if digits:
        bare = digits.lstrip("0")
        return bare.zfill(14)[1:13] if len(bare) <= 14 else bare
    return code_key(text)
