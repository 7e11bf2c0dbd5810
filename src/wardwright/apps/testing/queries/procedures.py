"""Reads of procedures with a meaning."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet

from wardwright.apps.testing.models import Procedure, ProcedureVersion
from wardwright.apps.testing.states import VersionState


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
