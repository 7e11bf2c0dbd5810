"""Looking back from an instrument found wrong, deciding each device, and signing what came of it."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from wardwright.apps.testing.events import LookbackConcluded, LookbackMade
from wardwright.apps.testing.models import Calibration, Lookback, LookbackItem
from wardwright.apps.testing.permissions import CONCLUDE, INSTRUMENTS
from wardwright.apps.testing.queries import survey
from wardwright.apps.testing.states import LOOKBACK_TRANSITIONS, CalibrationResult, ItemDecision, LookbackState
from wardwright.platform.access.scope import authorize
from wardwright.platform.audit.operation import operation
from wardwright.platform.core.edits import check_version, lock
from wardwright.platform.core.errors import Invalid, NotFound, NotNow
from wardwright.platform.events.registry import publish
from wardwright.platform.signatures.models import Meaning
from wardwright.platform.signatures.signing import sign


@operation()
def look_back(*, by: Any, calibration_id: int) -> Lookback:
    """Find every reading in doubt since the calibrated instrument was last known to be right; again: the same one.

    Raises:
        NotNow: when this calibration did not find the instrument out of tolerance, or was withdrawn.
    """
    calibration = Calibration.objects.select_related("instrument").filter(pk=calibration_id).first()
    if calibration is None:
        raise NotFound(_("There is no such calibration."), _("Go back to the instrument."))
    authorize(by, INSTRUMENTS, calibration.instrument)
    there = Lookback.objects.filter(calibration=calibration).first()
    if there is not None:
        return there
    if calibration.withdrawn_at is not None:
        raise NotNow(
            _("This calibration was withdrawn; nothing follows from it."),
            _("Look back from the one that was recorded in its place."),
        )
    if calibration.as_found != CalibrationResult.OUT:
        raise NotNow(
            _("This calibration found %(instrument)s %(state)s; there is nothing to look back for.")
            % {"instrument": calibration.instrument, "state": calibration.get_as_found_display()},
            _("Record the calibration with its points as found, or as found out of tolerance."),
        )
    found = survey(calibration)
    row = Lookback.objects.create(
        calibration=calibration,
        instrument=calibration.instrument,
        since_on=found.since_on,
        found_on=calibration.calibrated_on,
        spans=found.spans,
        counts=dict(found.counts),
        searched_at=timezone.now(),
        searched_by_name=str(by)[:120],
    )
    for item in found.items:
        item.lookback = row
    LookbackItem.objects.bulk_create(found.items, batch_size=2000)
    publish(LookbackMade(lookback_id=row.pk, instrument_id=row.instrument_id, devices=len(_devices(found.items))))
    return row


def _devices(items: list[LookbackItem]) -> set[int]:
    return {item.asset_id for item in items}


@operation()
def decide_items(
    *,
    by: Any,
    lookback_id: int,
    decision: str,
    reason: str = "",
    item_ids: list[int] | None = None,
    order_numbers: dict[int, str] | None = None,
) -> Lookback:
    """Decide what is done about readings in doubt; ``item_ids`` None: about all that are not decided yet.

    ``order_numbers`` (device → work order) is for those who open the orders of a new test.

    Raises:
        Invalid: nothing to do without a reason. NotNow: concluded already.
    """
    row = _open(by, lookback_id)
    if decision not in ItemDecision.values:
        raise Invalid(_("There is no such decision."), fields={"decision": _("Choose one from the list.")})
    reason = reason.strip()[:300]
    if decision == ItemDecision.ACCEPT and not reason:
        raise Invalid(
            _("Say why no action is needed: it stands in the impact statement."), fields={"reason": _("Enter why.")}
        )
    items = LookbackItem.objects.filter(lookback=row)
    items = items.filter(decision=ItemDecision.OPEN) if item_ids is None else items.filter(pk__in=item_ids)
    values = {
        "decision": decision, "reason": reason, "decided_by_name": str(by)[:120], "decided_at": timezone.now(),
    }  # fmt: skip
    if decision == ItemDecision.OPEN:
        values |= {"decided_by_name": "", "decided_at": None, "order_number": ""}
    if order_numbers:
        for asset_id, number in order_numbers.items():
            items.filter(asset=asset_id).update(**values, order_number=number)
    else:
        items.update(**values)
    return row


@operation()
def conclude_lookback(
    *, by: Any, lookback_id: int, conclusion: str, password: str, expected_version: int | None = None
) -> Lookback:
    """Conclude: every reading is decided, and the impact statement stands under a signature.

    Raises:
        NotNow: while devices are undecided. Invalid: without a conclusion, or with a wrong password.
    """
    row = _open(by, lookback_id, CONCLUDE)
    check_version(row, expected_version)
    if LookbackItem.objects.filter(lookback=row, decision=ItemDecision.OPEN).exists():
        raise NotNow(
            _("Some readings are not decided yet."), _("Order a new test for them, or say why no action is needed.")
        )
    if not conclusion.strip():
        raise Invalid(_("Say what the search came to."), fields={"conclusion": _("Enter the conclusion.")})
    assert LookbackState.CONCLUDED in LOOKBACK_TRANSITIONS[row.state]
    row.state, row.conclusion, row.concluded_at = LookbackState.CONCLUDED, conclusion.strip(), timezone.now()
    row.version += 1
    row.save()
    sign(row, by=by, meaning=Meaning.APPROVED, password=password)
    publish(LookbackConcluded(lookback_id=row.pk))
    return row


def _open(by: Any, lookback_id: int, permission: Any = INSTRUMENTS) -> Lookback:
    try:
        row = lock(Lookback.objects.select_related("instrument"), lookback_id)
    except Lookback.DoesNotExist:
        raise NotFound(_("There is no such lookback."), _("Go back to the instrument.")) from None
    authorize(by, permission, row)
    if row.state != LookbackState.OPEN:
        raise NotNow(
            _("This lookback is concluded and signed."), _("A new calibration that finds a fault begins a new one.")
        )
    return row
