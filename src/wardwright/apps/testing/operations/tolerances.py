"""A limit given as nominal value and tolerance: the two sides follow from it, and how far it was verified is kept."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.translation import gettext as _

from wardwright.kernel.limits import around
from wardwright.kernel.verification import Verification

TOLERANCE_FIELDS = ("nominal", "plus_minus", "percent")


def tolerance_of(
    given: dict[str, Any], faults: dict[str, Any]
) -> tuple[dict[str, str], Decimal | None, Decimal | None]:
    """The entries as they are kept, and the lower and upper limit.

    Of ``plus_minus`` and ``percent`` the greater counts. ``faults`` gets what is wrong.
    """
    kept = {name: _number(given[name], faults) for name in TOLERANCE_FIELDS if given.get(name) not in (None, "")}
    verified = str(given.get("verified") or "")
    if verified and verified not in [mark.value for mark in Verification]:
        faults["limit"] = _("There is no such mark of verification.")
    if faults:
        return {}, None, None
    entries = {name: f"{value.normalize():f}" for name, value in kept.items()}
    entries |= {"verified": verified} if verified else {}
    nominal = kept.get("nominal")
    if nominal is None:
        if kept:
            faults["limit"] = _("Enter the nominal value that the tolerance belongs to.")
        return entries, None, None
    widths = [kept.get("plus_minus", Decimal(0)), abs(nominal) * kept.get("percent", Decimal(0)) / 100]
    if min(widths) < 0 or not max(widths):
        faults["limit"] = _("Enter a tolerance above 0.")
        return entries, None, None
    limits = around(nominal, max(widths))
    return entries, limits.low, limits.high


def _number(value: Any, faults: dict[str, Any]) -> Decimal:
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite() or abs(number) >= 10**10:
        faults["limit"] = _("Enter a number.")
        return Decimal(0)
    return number
