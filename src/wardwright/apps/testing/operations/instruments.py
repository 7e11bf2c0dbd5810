"""Keeping test instruments in calibration."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from wardwright.apps.assets.models import Asset
from wardwright.apps.directory.models import Site
from wardwright.apps.testing.models import Instrument
from wardwright.apps.testing.permissions import INSTRUMENTS
from wardwright.platform.access.scope import authorize
from wardwright.platform.audit.operation import operation
from wardwright.platform.core.edits import apply_edit
from wardwright.platform.core.errors import Invalid, NotFound
from wardwright.platform.core.values import cleaned, reachable, unique_or_invalid

from .calibrations import lock_instrument, note_calibration

INSTRUMENT_FIELDS = (
    "name", "serial", "site_id", "asset_id", "interval_days", "calibrated_on", "calibration_due_on", "is_active",
)  # fmt: skip


@operation()
def keep_instrument(
    *, by: Any, instrument_id: int | None = None, expected_version: int | None = None, **values: Any
) -> Instrument:
    """Add a test instrument, or change one; ``values`` are named as in INSTRUMENT_FIELDS.

    Raises:
        Invalid: with a message for each wrong entry. StaleEdit. Denied: outside the actor's sites.
    """
    authorize(by, INSTRUMENTS)
    row = lock_instrument(instrument_id) if instrument_id is not None else Instrument()
    if row.pk is not None:
        authorize(by, INSTRUMENTS, row)
    good = cleaned(row, values, INSTRUMENT_FIELDS)
    site = reachable(Site.objects, good.get("site_id", row.site_id), "site_id")
    if site is None:
        raise Invalid(_("Say where the instrument is kept."), fields={"site_id": _("Choose one.")})
    authorize(by, INSTRUMENTS, site)
    reachable(Asset.objects.visible_to(by), good.get("asset_id"), "asset_id")
    before = (row.calibrated_on, row.calibration_due_on)
    with unique_or_invalid(row):
        if row.pk is not None:
            apply_edit(row, good, expected_version=expected_version)
        else:
            _add(row, good)
    on, due_on = row.calibrated_on, row.calibration_due_on
    if (on, due_on) != before and on and due_on:
        note_calibration(row, by, on, due_on)
    return row


@operation()
def use_as_instrument(*, by: Any, asset_id: int) -> Instrument:
    """Make a device a test instrument: its type, model, serial number and site are taken over.

    Raises:
        Invalid: it is one already. NotFound. Denied.
    """
    asset = Asset.objects.visible_to(by).with_names().filter(pk=asset_id).first()
    if asset is None:
        raise NotFound(_("There is no such device, or you may not see it."), _("Go back to the list."))
    authorize(by, INSTRUMENTS, asset)
    model = asset.device_model
    name = f"{asset.device_type.name} {model.maker.name} {model.name}"[:120]
    row = Instrument(name=name, serial=asset.serial[:80], site_id=asset.site_id, asset=asset)
    with unique_or_invalid(row):
        row.save()
    return row


def _add(row: Instrument, good: dict[str, Any]) -> None:
    if not good.get("name"):
        raise Invalid(_("The instrument needs a name."), fields={"name": _("Enter a name.")})
    for name, value in good.items():
        setattr(row, name, value)
    row.save()
