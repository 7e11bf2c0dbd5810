"""Keeping test instruments in calibration."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from wardwright.apps.assets.models import Asset
from wardwright.apps.directory.models import Site
from wardwright.apps.testing.events import InstrumentCalibrated
from wardwright.apps.testing.models import Instrument
from wardwright.apps.testing.permissions import INSTRUMENTS
from wardwright.apps.testing.queries import has_certificate
from wardwright.platform.access.scope import authorize
from wardwright.platform.audit.operation import operation
from wardwright.platform.core.edits import apply_edit, lock
from wardwright.platform.core.errors import Invalid, NotFound
from wardwright.platform.core.values import cleaned, reachable
from wardwright.platform.events.registry import publish

INSTRUMENT_FIELDS = ("name", "serial", "site_id", "asset_id", "calibrated_on", "calibration_due_on", "is_active")


@operation()
def keep_instrument(
    *, by: Any, instrument_id: int | None = None, expected_version: int | None = None, **values: Any
) -> Instrument:
    """Add a test instrument, or change one; ``values`` are named as in INSTRUMENT_FIELDS.

    Raises:
        Invalid: with a message for each wrong entry. StaleEdit. Denied: outside the actor's sites.
    """
    authorize(by, INSTRUMENTS)
    row = _instrument(instrument_id) if instrument_id is not None else Instrument()
    if row.pk is not None:
        authorize(by, INSTRUMENTS, row)
    good = cleaned(row, values, INSTRUMENT_FIELDS)
    site = reachable(Site.objects, good.get("site_id", row.site_id), "site_id")
    if site is None:
        raise Invalid(_("Say where the instrument is kept."), fields={"site_id": _("Choose one.")})
    authorize(by, INSTRUMENTS, site)
    reachable(Asset.objects.visible_to(by), good.get("asset_id"), "asset_id")
    if row.pk is not None:
        apply_edit(row, good, expected_version=expected_version)
        return row
    if not good.get("name"):
        raise Invalid(_("The instrument needs a name."), fields={"name": _("Enter a name.")})
    for name, value in good.items():
        setattr(row, name, value)
    row.save()
    return row


@operation()
def record_calibration(*, by: Any, instrument_id: int, calibrated_on: date, due_on: date) -> Instrument:
    """Record that an instrument was calibrated and until when that holds.

    Raises:
        Invalid: a day to come, or a due date that is not later.
    """
    row = _instrument(instrument_id)
    authorize(by, INSTRUMENTS, row)
    if calibrated_on > timezone.localdate():
        raise Invalid(_("This day has not come yet."), fields={"calibrated_on": _("Choose today or an earlier day.")})
    if due_on <= calibrated_on:
        raise Invalid(_("The due date must be later."), fields={"due_on": _("Enter a day after the calibration.")})
    apply_edit(row, {"calibrated_on": calibrated_on, "calibration_due_on": due_on})
    row.certificate_missing = not has_certificate(row)
    row.save(update_fields=["certificate_missing"])
    publish(InstrumentCalibrated(instrument_id=row.pk, due_on=due_on.isoformat()))
    return row


def _instrument(instrument_id: int) -> Instrument:
    try:
        return lock(Instrument.objects, instrument_id)
    except Instrument.DoesNotExist:
        raise NotFound(_("There is no such test instrument."), _("Go back to the list.")) from None
