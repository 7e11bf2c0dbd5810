"""Devices that are not ours: rented ones come and go back, patients bring theirs and take them along."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from wardwright.apps.assets.models import Asset
from wardwright.apps.assets.operations import change_asset, change_status
from wardwright.apps.assets.states import TRANSITIONS as STATUS_STEPS
from wardwright.apps.assets.states import Ownership, Status
from wardwright.apps.directory.queries import companies_in_use
from wardwright.platform.access.scope import authorize
from wardwright.platform.audit.operation import operation
from wardwright.platform.core.change import System
from wardwright.platform.core.edits import apply_edit, lock
from wardwright.platform.core.errors import Invalid, NotNow
from wardwright.platform.core.values import cleaned, reachable
from wardwright.platform.events.registry import publish

from ..events import PatientDeviceReceived
from ..models import Holding, PatientDevice, Rental
from ..permissions import ASK, KEEP
from ..queries import wards_of
from ..states import LENT
from .common import ask_or_handle, missing_words, texts
from .pools import leave

LIBRARY = System("Equipment library")
RENTAL_FIELDS = ("reference", "until_on", "daily_price_cents", "currency", "note")
#: Letters, digits and a few signs in one piece, with a digit in it: a number, never a name.
REFERENCE = re.compile(r"(?=.*\d)[A-Za-z0-9/._-]{1,20}")
#: What is looked at before a patient's own device is used (a simple look, no test).
PATIENT_CHECKS = ("whole", "cable", "clean", "works")


@operation()
def rent_device(
    *,
    by: Any,
    asset_id: int,
    company_id: int,
    from_on: date,
    until_on: date | None = None,
    daily_price_cents: int = 0,
    reference: str = "",
    note: str = "",
) -> Rental:
    """A registered device is rented: from whom, until when, at what price a day (in the currency of its site).

    Raises:
        Invalid: an end before the beginning, an unknown company, a negative price. NotNow: it is rented already.
    """
    asset = lock(Asset.objects.select_related("site"), asset_id)
    authorize(by, KEEP, asset)
    company = reachable(companies_in_use(by), company_id, "company_id")
    if company is None:
        raise missing_words({"company_id": _("Choose one.")})
    if Rental.objects.running().filter(asset=asset).exists():
        raise NotNow(_("%(tag)s is rented already.") % {"tag": asset.tag}, _("Give it back first, or change its end."))
    row = Rental(asset=asset, company=company, from_on=from_on, currency=asset.site.currency)
    for name, value in cleaned(
        row,
        {"reference": reference, "until_on": until_on, "daily_price_cents": daily_price_cents, "note": note},
        RENTAL_FIELDS,
    ).items():
        setattr(row, name, value)
    _check_until(row.from_on, row.until_on)
    row.save()
    if asset.ownership != Ownership.RENTED:
        change_asset(by=LIBRARY, asset_id=asset.pk, values={"ownership": Ownership.RENTED, "owner_id": company.pk})
    return row


@operation()
def change_rental(*, by: Any, rental_id: int, expected_version: int | None = None, **values: Any) -> Rental:
    """A later end, another price; ``values`` are named as in RENTAL_FIELDS. Raises Invalid, NotNow, StaleEdit."""
    row = _rental(by, rental_id)
    good = cleaned(row, values, RENTAL_FIELDS)
    _check_until(row.from_on, good.get("until_on", row.until_on))
    apply_edit(row, good, expected_version=expected_version)
    return row


@operation()
def return_rental(*, by: Any, rental_id: int, returned_on: date) -> Rental:
    """A rented device went back to its owner: it leaves the library and the register's service.

    Raises:
        Invalid: a day to come, or before it came. NotNow: while it is with a ward, or when it went back before.
    """
    row = _rental(by, rental_id)
    if not row.from_on <= returned_on <= timezone.localdate():
        words = _("Choose a day from its beginning until today.")
        raise Invalid(words, fields={"returned_on": words})
    held = Holding.objects.filter(asset=row.asset, left_at=None).select_related("asset", "pool").first()
    if held is not None and held.custody in LENT:
        raise NotNow(
            _("%(tag)s is %(state)s.") % {"tag": row.asset.tag, "state": held.custody_label}, _("Collect it first.")
        )
    reason = _("Went back to %(company)s") % {"company": row.company}
    if held is not None:
        leave(held, reason)
    apply_edit(row, {"returned_on": returned_on})
    if Status.RETIRED in STATUS_STEPS[Status(row.asset.status)]:
        change_status(by=LIBRARY, asset_id=row.asset_id, status=Status.RETIRED, reason=reason)
    return row


def _rental(by: Any, rental_id: int) -> Rental:
    row = lock(Rental.objects.select_related("asset", "company"), rental_id)
    authorize(by, KEEP, row)
    if row.returned_on is not None:
        raise NotNow(_("This device went back already."), _("Rent it again if it comes once more."))
    return row


def _check_until(from_on: date, until_on: date | None) -> None:
    if until_on is not None and until_on < from_on:
        words = _("The end must not lie before the beginning.")
        raise Invalid(words, _("Choose a later day."), fields={"until_on": words})


# Brought by patients --------------------------------------------------------------------------------------------


@operation()
def receive_patient_device(
    *,
    by: Any,
    department_id: int,
    reference: str,
    description: str,
    maker: str = "",
    model: str = "",
    serial: str = "",
    failed_checks: list[str] | None = None,
    is_accepted: bool = True,
    note: str = "",
) -> PatientDevice:
    """A patient's own device comes in and is looked at. One with a failed look is not accepted for use.

    ``failed_checks`` are some of PATIENT_CHECKS; ``reference`` is a number that only the ward can resolve.

    Raises:
        Invalid: a reference that reads like a name, no description, an unknown check.
    """
    authorize(by, ASK)
    ward = reachable(wards_of(by), department_id, "department_id")
    if ward is None:
        raise missing_words({"department_id": _("Choose one.")})
    row = PatientDevice(department=ward, site_id=ward.site_id, came_at=timezone.now(), received_by_name=str(by)[:120])
    ask_or_handle(by, row)
    given = {"reference": reference, "description": description, "maker": maker, "model": model, "serial": serial}
    for name, value in cleaned(row, {**given, "note": note}, (*given, "note")).items():
        setattr(row, name, value)
    if not REFERENCE.fullmatch(row.reference):
        words = _("Enter a number that the ward keeps, such as 4-117, and never a name.")
        raise Invalid(words, fields={"reference": words})
    row.failed_checks = texts(failed_checks or [], "failed_checks")
    if not set(row.failed_checks) <= set(PATIENT_CHECKS):
        words = _("There is no such check.")
        raise Invalid(words, _("The checks are: %(known)s.") % {"known": ", ".join(PATIENT_CHECKS)},
                      fields={"failed_checks": words})  # fmt: skip
    row.is_accepted = is_accepted and not row.failed_checks
    row.save()
    publish(PatientDeviceReceived(row.pk, row.site_id, row.department_id))
    return row


@operation()
def release_patient_device(*, by: Any, patient_device_id: int) -> PatientDevice:
    """The device leaves with its patient. Raises NotNow when it left before."""
    row = lock(PatientDevice.objects, patient_device_id)
    ask_or_handle(by, row)
    if row.left_at is not None:
        raise NotNow(_("It left already."), _("Take it in anew if it came back."))
    apply_edit(row, {"left_at": timezone.now(), "left_by_name": str(by)[:120]})
    return row
