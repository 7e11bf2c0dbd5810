"""Sanitising and disposing of a device: what was done, checked by a second person, and the step out of the register."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from wardwright.apps.directory.models import Company
from wardwright.platform.access.scope import authorize
from wardwright.platform.attachments.models import Attachment
from wardwright.platform.audit.operation import operation
from wardwright.platform.core.edits import apply_edit, check_version, lock
from wardwright.platform.core.errors import Invalid, NotNow
from wardwright.platform.core.values import cleaned, reachable
from wardwright.platform.events.registry import publish

from ..events import AssetSanitised
from ..models import Asset, Disposal
from ..permissions import RETIRE
from ..states import DataHeld, Status
from .sanitising import usual_answer
from .status import change_status

SANITISING = ("data_held", "method", "sanitised_on", "sanitised_by_name", "sanitisation_note", "evidence_id")
LEAVING = ("route", "receiver_id", "certificate_no", "proceeds_cents", "currency", "left_on", "note")


@operation(needs_reason=True)
def retire_asset(*, by: Any, asset_id: int, reason: str, data_held: str = "") -> Asset:
    """A device leaves service for good; ``data_held`` (yes, no, unknown) says whether data are on it.

    Raises:
        Invalid: for another word. NotNow: when it cannot be retired from where it is.
    """
    asset = change_status(by=by, asset_id=asset_id, status=Status.RETIRED, reason=reason)
    if data_held:
        row = Disposal.objects.select_for_update().filter(asset=asset).first()
        record_disposal(
            by=by, asset_id=asset_id, values={"data_held": data_held}, expected_version=row.version if row else None
        )
    return asset


@operation()
def record_disposal(
    *,
    by: Any,
    asset_id: int,
    values: dict[str, Any],
    expected_version: int | None = None,
    gone: bool = False,
    override_reason: str = "",
) -> Disposal:
    """Record what is known of a device on its way out: the data on it and how they were removed, and where it goes.

    Whoever changes how the data were removed takes the second person's word back. With ``gone`` it is disposed of too.

    Raises:
        Invalid: an entry is wrong, or a method has no day. NotNow: the device is in use still.
        Guarded: it is gone, and data may still be on it.
    """
    asset = lock(Asset.objects.select_related("device_type"), asset_id)
    authorize(by, RETIRE, asset)
    if asset.status not in (Status.RETIRED, Status.DISPOSED):
        raise NotNow(
            _("%(tag)s is not retired.") % {"tag": asset.tag}, _("Retire it first; then say what becomes of it.")
        )
    row = Disposal.objects.select_for_update().filter(asset=asset).first()
    new = row is None
    row = row or Disposal(asset=asset, data_held=usual_answer(asset))
    if not new:
        check_version(row, expected_version)
    good = _clean(by, row, values)
    removed_anew = any(getattr(row, name) != good[name] for name in SANITISING if name in good)
    if removed_anew:
        good |= {"recorded_by_id": by.id, "verified_by_id": None, "verified_by_name": "", "verified_at": None}
    if new:
        for name, value in good.items():
            setattr(row, name, value)
        row.save()
    else:
        apply_edit(row, good)
    if removed_anew and row.method:
        publish(AssetSanitised(asset_id=asset.pk, method=row.method))
    if gone:
        why = ". ".join(filter(None, (str(row.get_route_display()), row.note)))
        dispose_asset(by=by, asset_id=asset_id, reason=why or "–", override_reason=override_reason)
    return row


def _clean(by: Any, row: Disposal, values: Mapping[str, Any]) -> dict[str, Any]:
    good = cleaned(row, values, (*SANITISING, *LEAVING))
    if good.get("receiver_id"):
        reachable(Company.objects.visible_to(by), good["receiver_id"], "receiver_id")
    if good.get("evidence_id"):
        own = Attachment.objects.of(Asset._meta.db_table, row.asset_id).in_force()
        reachable(own, good["evidence_id"], "evidence_id")
    after = {name: good.get(name, getattr(row, name)) for name in (*SANITISING, *LEAVING)}
    wrong = _wrong(after)
    if wrong:
        raise Invalid(_("Some entries need another look."), " ".join(map(str, wrong.values())), fields=wrong)
    return good | {"currency": after["currency"].upper()}


def _wrong(after: Mapping[str, Any]) -> dict[str, Any]:
    """What does not fit together."""
    today, wrong = timezone.localdate(), {}
    if after["method"] and not after["sanitised_on"]:
        wrong["sanitised_on"] = _("Say on which day the data were removed.")
    if after["method"] and not after["sanitised_by_name"]:
        wrong["sanitised_by_name"] = _("Say who removed the data.")
    if after["method"] and after["data_held"] == DataHeld.NO:
        wrong["data_held"] = _("It cannot hold none if some were removed.")
    for name in ("sanitised_on", "left_on"):
        if after[name] and after[name] > today:
            wrong[name] = _("This day has not come yet.")
    if (after["proceeds_cents"] or 0) < 0:
        wrong["proceeds_cents"] = _("Proceeds cannot be negative.")
    if after["proceeds_cents"] and len(after["currency"]) != 3:
        wrong["currency"] = _("Give the currency, for example EUR.")
    return wrong


@operation()
def check_sanitising(*, by: Any, asset_id: int) -> Disposal:
    """A second person has looked: the data are gone.

    Raises:
        NotNow: nothing is recorded yet, it was checked already, or it is the same person.
    """
    asset = lock(Asset.objects, asset_id)
    authorize(by, RETIRE, asset)
    row = Disposal.objects.select_for_update().filter(asset=asset).first()
    if row is None or not row.method:
        raise NotNow(
            _("Nothing is recorded yet about the data on %(tag)s.") % {"tag": asset.tag},
            _("Record first how they were removed."),
        )
    if row.verified_at is not None:
        raise NotNow(_("It was checked by %(name)s already.") % {"name": row.verified_by_name}, _("Reload the page."))
    if by.id is None or row.recorded_by_id == by.id or row.sanitised_by_name.casefold() == str(by).casefold():
        raise NotNow(
            _("You removed or recorded it yourself, so another person has to check it."),
            _("Ask a colleague who may retire devices."),
        )
    apply_edit(row, {"verified_by_id": by.id, "verified_by_name": str(by)[:120], "verified_at": timezone.now()})
    return row


@operation(needs_reason=True)
def dispose_asset(*, by: Any, asset_id: int, reason: str, override_reason: str = "") -> Asset:
    """The device is gone, the way that was recorded for it.

    Raises:
        NotNow: no route is recorded, or the device is not retired. Guarded: data may still be on it.
    """
    asset = lock(Asset.objects, asset_id)
    authorize(by, RETIRE, asset)
    row = Disposal.objects.select_for_update().filter(asset=asset).first()
    if row is None or not row.route:
        words = _("Nobody has said yet where %(tag)s goes.") % {"tag": asset.tag}
        raise NotNow(words, _("Record the route first: sold, recycled, destroyed, lost …"))
    if row.left_on is None:
        apply_edit(row, {"left_on": timezone.localdate()})
    return change_status(
        by=by, asset_id=asset_id, status=Status.DISPOSED, reason=reason, override_reason=override_reason
    )
