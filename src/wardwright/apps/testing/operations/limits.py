"""Limits of the hospital's own."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from wardwright.apps.testing.models import OwnLimit
from wardwright.apps.testing.permissions import APPROVE, LOOSER_LIMIT
from wardwright.kernel.limits import SafetyLimit, UnknownLimit, convert, in_short, looser_than, select, shipped_limits
from wardwright.platform.access.guardrails import enforce
from wardwright.platform.access.scope import authorize_everywhere
from wardwright.platform.audit.operation import operation
from wardwright.platform.core.edits import lock
from wardwright.platform.core.errors import Invalid, NotFound
from wardwright.platform.core.values import cleaned
from wardwright.platform.core.words import error_words

OWN_LIMIT_FIELDS = (
    "standard", "edition", "test", "equipment_class", "applied_part", "method", "condition", "equipment", "low", "high",
    "unit", "valid_from", "source",
)  # fmt: skip


@operation()
def set_own_limit(*, by: Any, override_reason: str = "", **values: Any) -> OwnLimit:
    """Set a limit of the hospital's own; ``values`` are named as in OWN_LIMIT_FIELDS. From ``valid_from`` on it is
    taken before the standard's. One like it that held until then ends the day before.

    Raises:
        Invalid: no such test, another unit, no figure or two. Guarded: looser than the standard, which
        ``override_reason`` passes for those who may; the reason is shown wherever the limit is used.
    """
    authorize_everywhere(by, APPROVE)
    row = OwnLimit(set_at=timezone.now(), set_by_name=str(by)[:120])
    for name, value in cleaned(row, values, OWN_LIMIT_FIELDS).items():
        setattr(row, name, value)
    of_test = _of_test(row)
    looser = looser_than(of_test, row.as_limit())
    if looser:
        row.override_reason = _overridden(by, looser, override_reason)
    _end_before(row)
    row.save()
    return row


@operation(needs_reason=True)
def end_own_limit(*, by: Any, own_limit_id: int, valid_until: date, reason: str) -> OwnLimit:
    """Let a limit of the hospital's own end: after ``valid_until`` the standard's holds again."""
    authorize_everywhere(by, APPROVE)
    try:
        row = lock(OwnLimit.objects, own_limit_id)
    except OwnLimit.DoesNotExist:
        raise NotFound(_("There is no such limit."), _("Go back to the list.")) from None
    if valid_until < row.valid_from:
        words = _("This is before it began to hold.")
        raise Invalid(words, fields={"valid_until": words})
    row.valid_until = valid_until
    row.save()
    return row


def _of_test(row: OwnLimit) -> list[SafetyLimit]:
    """The limits of the same test; the entry is checked against them and spelt as they are."""
    faults: dict[str, Any] = {}
    of_test: list[SafetyLimit] = []
    try:
        named = select(shipped_limits(), standard=row.standard, edition=row.edition)
        row.standard, row.edition = named[0].standard, max(named, key=lambda one: one.valid_from).edition
        of_test = [one for one in named if one.edition == row.edition and one.test == row.test]
    except UnknownLimit as error:
        faults["standard" if not row.edition else "edition"] = error_words(error)
    if not faults and not of_test:
        faults["test"] = _("This edition has no such test.")
    if (row.low is None) == (row.high is None):
        faults["high"] = _("Enter one figure: not below, or not above.")
    elif (row.low or row.high or 0) <= 0:
        faults["high" if row.low is None else "low"] = _("Enter a figure above 0.")
    if of_test and not faults:
        try:
            convert(row.as_limit().figure, row.unit, of_test[0].unit)
        except ValueError as error:
            faults["unit"] = error_words(error)
    if faults:
        raise Invalid(_("This limit cannot be set."), " ".join(map(str, faults.values())), fields=faults)
    return of_test


def _overridden(by: Any, looser: tuple[SafetyLimit, ...], reason: str) -> str:
    """The reason for a limit that lets through more than the standard's; refused without one."""
    enforce(
        by,
        LOOSER_LIMIT,
        _("This lets through more than %(title)s: %(limits)s.")
        % {"title": looser[0].title, "limits": "; ".join(map(in_short, looser))},
        _("Enter a tighter figure. Who may override guardrails can say why it has to be looser."),
        override_reason=reason,
    )
    if not reason.strip():
        raise Invalid(
            _("A limit looser than the standard's needs a reason."), fields={"override_reason": _("Say why.")}
        )
    return reason.strip()[:300]


def _end_before(row: OwnLimit) -> None:
    """End the limit that this one takes the place of."""
    same = ("standard", "edition", "test", "equipment_class", "applied_part", "method", "condition", "equipment")
    alike = OwnLimit.objects.filter(**{name: getattr(row, name) for name in same})
    if alike.filter(valid_from__gte=row.valid_from, valid_until=None).exists():
        words = _("A limit for this holds from that day or a later one; end it first.")
        raise Invalid(words, fields={"valid_from": words})
    alike.filter(valid_until=None).update(valid_until=row.valid_from - timedelta(days=1))
