"""Reads of procedures and test instruments with a meaning."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import Q, QuerySet

from wardwright.platform.attachments.models import CERTIFICATES, Attachment

from .models import Instrument, Procedure, ProcedureVersion
from .states import VersionState


def approved_version(procedure_id: int) -> ProcedureVersion | None:
    """The version in force."""
    return ProcedureVersion.objects.filter(procedure_id=procedure_id, state=VersionState.APPROVED).first()


def newest_version(procedure_id: int) -> ProcedureVersion | None:
    """The version with the highest number, whatever its state."""
    return ProcedureVersion.objects.filter(procedure_id=procedure_id).order_by("-number").first()


def procedures_for(by: Any, device_type_id: int) -> QuerySet[Procedure]:
    """Procedures for a device type, and those for any."""
    found = Procedure.objects.visible_to(by).filter(Q(device_type_id=device_type_id) | Q(device_type=None))
    return found.order_by("device_type_id", "title")


def usable_instruments(by: Any, today: date) -> QuerySet[Instrument]:
    """Instruments in use and in calibration on ``today``."""
    return Instrument.objects.visible_to(by).filter(is_active=True, calibration_due_on__gte=today)


def instruments_past_calibration(by: Any, today: date) -> QuerySet[Instrument]:
    """Instruments in use that must not judge a device: past their date, or without one."""
    late = Q(calibration_due_on__lt=today) | Q(calibration_due_on=None)
    return Instrument.objects.visible_to(by).filter(late, is_active=True)


def has_certificate(instrument: Instrument) -> bool:
    """Whether a certificate in use belongs to the last calibration: dated on its day or later, or undated and added
    since."""
    since = instrument.calibrated_on
    found = Attachment.objects.of(Instrument._meta.db_table, instrument.pk).in_force().filter(kind__in=CERTIFICATES)
    return found.filter(Q(dated_on__gte=since) | Q(dated_on=None, added_at__date__gte=since)).exists()


def calibrations_without_certificate(by: Any) -> QuerySet[Instrument]:
    """Instruments whose last calibration left no certificate, the oldest first."""
    return Instrument.objects.visible_to(by).filter(certificate_missing=True).order_by("calibrated_on", "pk")
