"""What a read UDI is, and what a refused one says (FDA 21 CFR 830; EU MDR Annex VI part C)."""

from dataclasses import dataclass
from datetime import date, time
from enum import StrEnum
from typing import Literal

from wardwright.kernel.said import shipped

Agency = Literal["GS1", "HIBCC", "ICCBBA"]

MAX_TEXT_LENGTH = 500
"""Longest text looked at, in characters; the longest UDI a label may carry is well below this."""


class Reason(StrEnum):
    """Why a text was refused; stable codes, so that callers can translate or branch on them."""

    EMPTY = "empty"
    TOO_LONG = "too-long"
    CONTROL_CHARACTER = "control-character"
    NOT_A_UDI = "not-a-udi"
    NO_DEVICE_IDENTIFIER = "no-device-identifier"
    BAD_CHECK = "bad-check"
    BAD_DATE = "bad-date"
    BAD_LENGTH = "bad-length"
    BAD_CHARACTER = "bad-character"
    BAD_VALUE = "bad-value"
    BAD_STRUCTURE = "bad-structure"
    UNKNOWN_IDENTIFIER = "unknown-identifier"
    CONFLICT = "conflict"
    LINK_MISMATCH = "link-mismatch"
    NOT_IN_FORMAT = "not-in-format"


class UdiError(ValueError):
    """A text that is not a valid UDI.

    ``reason`` is a stable code, ``what`` says what is wrong, ``where`` names the element or the
    character position (counted from 1), ``remedy`` says what to do; ``str(error)`` joins them.
    """

    def __init__(self, reason: Reason, what: str, *, where: str, remedy: str) -> None:
        self.reason = reason
        self.what = what
        self.where = where
        self.remedy = remedy
        super().__init__(shipped("{what} ({where}). {remedy}", {"what": what, "where": where, "remedy": remedy}))

    @property
    def message(self) -> str:
        """The whole message in plain words."""
        return self.args[0]


def not_in_format(agency: Agency, field: str) -> UdiError:
    """The error for a field an agency's format cannot carry."""
    return UdiError(
        Reason.NOT_IN_FORMAT,
        f"A {agency} UDI has no place for a {field}",
        where=field,
        remedy="Leave it out, or use another agency's format.",
    )


@dataclass(frozen=True, slots=True)
class UdiText:
    """One UDI in its two written forms.

    ``human`` is the line printed under a carrier (GS1 bracketed, HIBCC between asterisks);
    ``machine`` is what a scanner sends, GS1 separators being FNC1 as 0x1D.
    """

    human: str
    machine: str


@dataclass(frozen=True, slots=True)
class Udi:
    """A UDI read from a label.

    ``di_check_ok`` is True where the check digit or character was verified and None where the
    agency's format has none (ICCBBA); a wrong one never gets this far. ``elements`` holds every
    (code, value) in label order. ``canonical`` is one text for the same content whatever the carrier
    or element order; ``machine`` is its scanner form. ``separator_in_doubt`` warns that the scan held
    no separator and its last value may be two run together (many scanners drop FNC1 when they type):
    ask the user to compare lot and serial number with the label.
    """

    agency: Agency
    device_identifier: str
    di_check_ok: bool | None
    canonical: str
    machine: str
    elements: tuple[tuple[str, str], ...]
    other_elements: tuple[tuple[str, str], ...] = ()
    lot: str | None = None
    serial: str | None = None
    manufactured_on: date | None = None
    expires_on: date | None = None
    expiry_time: time | None = None
    software_version: str | None = None
    quantity: int | None = None
    donation_id: str | None = None
    labeler_id: str | None = None
    product_code: str | None = None
    unit_of_measure: int | None = None
    check_character: str | None = None
    symbology: str | None = None
    separator_in_doubt: bool = False


@dataclass(frozen=True, slots=True)
class ProductionIdentifiers:
    """The part of a UDI that varies from unit to unit; every field may be missing."""

    lot: str | None = None
    serial: str | None = None
    manufactured_on: date | None = None
    expires_on: date | None = None
    software_version: str | None = None
    quantity: int | None = None
    donation_id: str | None = None
    other_elements: tuple[tuple[str, str], ...] = ()
