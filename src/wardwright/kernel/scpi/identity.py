"""Who answers: ``*IDN?`` (IEEE 488.2, 10.14), compared with who should."""

from __future__ import annotations

import re
from dataclasses import dataclass

from wardwright.kernel.said import say


@dataclass(frozen=True)
class Identity:
    """The four entries of an answer to ``*IDN?``; "" for what the instrument does not say."""

    maker: str
    model: str
    serial: str = ""
    firmware: str = ""

    def __str__(self) -> str:
        return ",".join((self.maker, self.model, self.serial or "0", self.firmware or "0"))

    @property
    def name(self) -> str:
        return " ".join(filter(None, (self.maker, self.model, self.serial)))


def parse_identity(text: str) -> Identity:
    """The entries of an answer. "0" stands for what is not known; further commas belong to the firmware.

    Raises:
        ValueError: in words, for an answer that names no maker and model.
    """
    answer = text.strip().strip('"')
    maker, model, serial, firmware = ([part.strip() for part in answer.split(",", 3)] + [""] * 4)[:4]
    if not maker or not model or not answer.isprintable():
        raise ValueError(say("{text} is no answer to *IDN?", text=repr(text.strip()[:60])))
    return Identity(maker, model, _known(serial), _known(firmware))


def _known(entry: str) -> str:
    return "" if entry.strip("0") == "" else entry


def mismatch(found: Identity, *, serial: str = "", expected: Identity | None = None) -> str:
    """Why ``found`` is not the registered instrument, in words; "" when it is.

    Args:
        serial: the registered serial number, as people write it: letter case and separators do not matter.
        expected: the identity that was confirmed for this address. Its firmware may have changed since.
    """
    if serial and found.serial and _squeezed(found.serial) != _squeezed(serial):
        return say("{found} answers, and {serial} is registered", found=found.name, serial=serial)
    if expected is None:
        if serial and found.serial:
            return ""
        return say("{found} answers, and nothing says whether it is the right one", found=found.name)
    same = [
        (found.maker, expected.maker),
        (found.model, expected.model),
        *([(found.serial, expected.serial)] if expected.serial else []),
    ]
    if any(_squeezed(one) != _squeezed(other) for one, other in same):
        return say("{found} answers, and {expected} is expected", found=found.name, expected=expected.name)
    return ""


def _squeezed(text: str) -> str:
    return re.sub(r"[\W_]+", "", text).upper()
