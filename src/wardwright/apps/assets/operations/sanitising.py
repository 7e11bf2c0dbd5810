"""What is asked before a device is disposed of: that no data leave with it."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from wardwright.platform.access.guardrails import enforce
from wardwright.platform.core.change import require_change

from ..models import Asset, Disposal
from ..permissions import CHECK_SANITISING, SANITISE_FIRST
from ..states import DataHeld, Status


def check_sanitised(by: Any, rows: list[Asset], after: Status, override_reason: str = "") -> None:
    """Before devices are disposed of; what was ordered and never came holds nothing. One query for all of them."""
    leaving = [row for row in rows if row.status != Status.ORDERED] if after == Status.DISPOSED else []
    if not leaving:
        return
    known = {row.asset_id: row for row in Disposal.objects.filter(asset_id__in=[row.pk for row in leaving])}
    types = {row.pk: row.device_type.holds_data for row in _with_types(leaving)}
    found = [(row, known.get(row.pk) or Disposal(asset=row, data_held=types[row.pk])) for row in leaving]
    if tags := [row.tag for row, disposal in found if disposal.needs_sanitising]:
        enforce(
            by, SANITISE_FIRST,
            _("Data may still be on %(tags)s.") % {"tags": ", ".join(tags[:5])},
            _("Record on the page “Sanitise and dispose” how they were removed, or that it holds none."),
            override_reason=override_reason,
        )  # fmt: skip
    if tags := [row.tag for row, disposal in found if disposal.needs_checking]:
        enforce(
            by, CHECK_SANITISING,
            _("Nobody else has checked that the data are gone from %(tags)s.") % {"tags": ", ".join(tags[:5])},
            _("Let a second person check it on the page of the device."),
            override_reason=override_reason,
        )  # fmt: skip
    for row, disposal in found:
        if disposal.is_data_loss:
            words = _("%(tag)s is lost or stolen and may hold data") % {"tag": row.tag}
            require_change().warnings.append(f"assets.data-lost: {words}")


def _with_types(rows: list[Asset]) -> Any:
    return Asset.objects.filter(pk__in=[row.pk for row in rows]).select_related("device_type")


def usual_answer(asset: Asset) -> str:
    """Whether devices of this type hold data, as the catalogue says."""
    return asset.device_type.holds_data or DataHeld.UNKNOWN
