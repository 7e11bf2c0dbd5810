"""A limit given as nominal value and tolerance: the two sides follow from it, and how far it was verified is kept."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.translation import gettext as _

from wardwright.kernel.limits import around
from wardwright.kernel.verification import Verification

TOLERANCE_FIELDS = ("nominal", "plus_minus", "percent")
DECIMALS = 4


def tolerance_of(
    given: dict[str, Any], faults: dict[str, Any]
) -> tuple[dict[str, str], Decimal | None, Decimal | None]:
    """The entries as they are kept, and the lower and upper limit; ``faults["limit"]`` gets what is wrong."""
    wrong: dict[str, str] = {}
    found = read_tolerance(given, wrong)
    if wrong:
        faults["limit"] = " ".join(wrong.values())
    return found


def read_tolerance(
    given: dict[str, Any], wrong: dict[str, str]
) -> tuple[dict[str, str], Decimal | None, Decimal | None]:
    """The entries as they are kept, and the lower and upper limit, in the unit of the reading.

    Of ``plus_minus`` and ``percent`` (of the nominal value) the greater counts. ``wrong`` gets the words for each
    entry that makes no sense, by its name.
    """
    if unknown := sorted(set(given) - {*TOLERANCE_FIELDS, "verified"}):
        known = ", ".join((*TOLERANCE_FIELDS, "verified"))
        wrong["limit"] = _("A tolerance has no entry “%(name)s”: it has %(known)s.") % {
            "name": unknown[0],
            "known": known,
        }
    kept = {name: _number(name, given[name], wrong) for name in TOLERANCE_FIELDS if given.get(name) not in (None, "")}
    verified = str(given.get("verified") or "")
    if verified and verified not in [mark.value for mark in Verification]:
        wrong["verified"] = _("There is no such mark of verification.")
    if wrong:
        return {}, None, None
    entries = {name: f"{value.normalize():f}" for name, value in kept.items()}
    entries |= {"verified": verified} if verified else {}
    nominal = kept.get("nominal")
    if nominal is None:
        if kept:
            wrong["nominal"] = _("Enter the nominal value that the tolerance belongs to.")
        return entries, None, None
    return entries, *_sides(nominal, kept, wrong)


def _sides(
    nominal: Decimal, kept: dict[str, Decimal], wrong: dict[str, str]
) -> tuple[Decimal, Decimal] | tuple[None, None]:
    """The lower and the upper limit, or neither and what is wrong."""
    for name in ("plus_minus", "percent"):
        if kept.get(name, 0) < 0:
            wrong[name] = _("Enter a tolerance above 0.")
            return None, None
    width = max(kept.get("plus_minus", Decimal(0)), abs(nominal) * kept.get("percent", Decimal(0)) / 100)
    if not width:
        wrong["plus_minus"] = _("Enter a tolerance above 0.")
        if not nominal and kept.get("percent"):
            wrong["plus_minus"] = _("A percentage of 0 is nothing. Enter the tolerance in the unit of the reading.")
        return None, None
    limits = around(nominal, width)
    assert limits.low is not None and limits.high is not None
    if any(side != round(side, DECIMALS) for side in (limits.low, limits.high)):
        name = "percent" if width != kept.get("plus_minus") else "plus_minus"
        wrong[name] = _(
            "The limits come to %(low)s and %(high)s: more than 4 decimals. Round the tolerance or take a smaller unit."
        ) % {"low": f"{limits.low.normalize():f}", "high": f"{limits.high.normalize():f}"}
        return None, None
    return limits.low, limits.high


def _number(name: str, value: Any, wrong: dict[str, str]) -> Decimal:
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite() or abs(number) >= 10**10:
        wrong[name] = _("Enter a number.")
        return Decimal(0)
    return number
