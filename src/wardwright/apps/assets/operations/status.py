"""The status of devices: one transition table, one row per period, and the condition that goes with it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from wardwright.platform.access.scope import allowed, authorize
from wardwright.platform.audit.operation import operation
from wardwright.platform.core.errors import Invalid, NotNow
from wardwright.platform.events.registry import publish_all

from ..events import AssetRetired, AssetStatusChanged
from ..models import Asset, StatusPeriod
from ..permissions import CHANGE_STATUS, RETIRE
from ..states import CONDITION_OF, NEEDS_REASON, NOT_BROKEN, TRANSITIONS, Condition, OutReason, Status
from .moving import lock_assets
from .sanitising import check_sanitised

StatusRule = Callable[[Any, list[Asset], Status, str], None]
HoldRule = Callable[[list[int]], set[int]]
_rules: list[StatusRule] = []
_holds: list[HoldRule] = []


def status_rule(rule: StatusRule) -> StatusRule:
    """Let an app above speak before a status changes: ``rule(by, assets, new status, reason)`` refuses by raising.

    It is called once for all devices of the step, inside the change; it must not query per device.
    """
    _rules.append(rule)
    return rule


def hold_rule(rule: HoldRule) -> HoldRule:
    """Let an app above keep devices from going back into service by themselves: of these ids it returns those it holds.

    Work that ends leaves such a device where it is; whoever puts it into service by hand meets the app's status rule.
    """
    _holds.append(rule)
    return rule


def held_back(asset_ids: list[int]) -> set[int]:
    """Those of these devices that do not go back into service by themselves."""
    return {pk for rule in _holds for pk in rule(asset_ids)}


@operation()
def change_status(
    *, by: Any, asset_id: int, status: str, reason: str = "", out_reason: str = "", override_reason: str = ""
) -> Asset:
    """Change one device's status; ``override_reason`` says why it is disposed of although data may be on it.

    Raises:
        Invalid: unknown status, or no reason where one is needed. NotNow: the transition table does not have the step.
    """
    return change_statuses(
        by=by,
        asset_ids=[asset_id],
        status=status,
        reason=reason,
        out_reason=out_reason,
        override_reason=override_reason,
    )[0]


@operation()
def change_statuses(
    *,
    by: Any,
    asset_ids: Iterable[int],
    status: str,
    reason: str = "",
    out_reason: str = "",
    override_reason: str = "",
) -> list[Asset]:
    """Change the status of many devices in one change: all of them or none."""
    if not allowed(by, RETIRE):
        authorize(by, CHANGE_STATUS)
    after, why = _checked(status, reason, out_reason)
    rows = lock_assets(asset_ids)
    permission = RETIRE if after in (Status.RETIRED, Status.DISPOSED) else CHANGE_STATUS
    for row in rows:
        authorize(by, permission, row)
        _check_step(row, after)
    check_sanitised(by, rows, after, override_reason)
    for rule in _rules:
        rule(by, rows, after, reason)
    _write(by, rows, after, why, reason.strip())
    return list(Asset.objects.filter(pk__in=[row.pk for row in rows]).order_by("pk"))


@operation(needs_reason=True)
def quarantine_asset(*, by: Any, asset_id: int, reason: str) -> Asset:
    """Take a device out of use and keep it as it is."""
    return change_status(by=by, asset_id=asset_id, status=Status.QUARANTINED, reason=reason)


def _checked(status: str, reason: str, out_reason: str) -> tuple[Status, str]:
    if status not in Status.values:
        words = _("There is no such status.")
        raise Invalid(words, _("Choose one from the list."), fields={"status": words})
    if out_reason and out_reason not in OutReason.values:
        words = _("There is no such reason.")
        raise Invalid(words, _("Choose one from the list."), fields={"out_reason": words})
    after = Status(status)
    if after in NEEDS_REASON and not reason.strip():
        words = _("Say why: this step is recorded with a reason.")
        raise Invalid(words, fields={"reason": words})
    return after, (out_reason or OutReason.OTHER) if after == Status.OUT_OF_SERVICE else ""


def _check_step(row: Asset, after: Status) -> None:
    before = Status(row.status)
    names = {"tag": row.tag, "before": before.label, "after": after.label}
    if after == before:
        raise NotNow(_("%(tag)s is already %(after)s.") % names, _("Reload the page to see what changed."))
    if after not in TRANSITIONS[before]:
        possible = ", ".join(str(status.label) for status in Status if status in TRANSITIONS[before])
        raise NotNow(
            _("%(tag)s is %(before)s; it cannot become %(after)s from there.") % names,
            _("From here it can become: %(possible)s.") % {"possible": possible} if possible else "",
        )


def condition_after(row: Asset, after: Status, out_reason: str) -> int:
    """The condition that goes with the new status; quarantine and waiting for maintenance say nothing about it."""
    if after == Status.OUT_OF_SERVICE and out_reason in NOT_BROKEN:
        return row.condition
    return CONDITION_OF.get(after, Condition(row.condition))


def _write(by: Any, rows: list[Asset], after: Status, out_reason: str, reason: str) -> None:
    now = timezone.now()
    ids = [row.pk for row in rows]
    for condition in {condition_after(row, after, out_reason) for row in rows}:
        some = [row.pk for row in rows if condition_after(row, after, out_reason) == condition]
        Asset.objects.filter(pk__in=some).update(
            status=after,
            status_since=now,
            out_reason=out_reason,
            condition=condition,
            version=F("version") + 1,
            updated_at=now,
            retired_on=timezone.localdate() if after == Status.RETIRED else F("retired_on"),
        )
    if after not in (Status.RETIRED, Status.DISPOSED):
        Asset.objects.filter(pk__in=ids).exclude(retired_on=None).update(retired_on=None)
    StatusPeriod.objects.filter(asset_id__in=ids, until_at=None).update(until_at=now)
    StatusPeriod.objects.bulk_create(
        StatusPeriod(
            asset=row, status=after, out_reason=out_reason, from_at=now, by_name=str(by)[:120], reason=reason[:300]
        )
        for row in rows
    )
    publish_all(AssetStatusChanged(row.pk, row.status, after, out_reason) for row in rows)
    if after == Status.RETIRED:
        publish_all(AssetRetired(row.pk) for row in rows)
