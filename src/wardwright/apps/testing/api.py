"""Procedures and test instruments over the API."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from ninja import Router
from pydantic import BaseModel

from wardwright.api.lists import Out
from wardwright.api.operating import operate
from wardwright.api.registers import register

from . import operations, permissions
from .models import Instrument, Procedure, ProcedureVersion, Step
from .tables import INSTRUMENTS, PROCEDURES

router = Router(tags=["testing"])


class ProcedureOut(Out):
    """What is done to a device."""

    id: int
    version: int
    code: str
    title: str
    device_type_id: int | None


class VersionOut(Out):
    """One version of a procedure."""

    id: int
    version: int
    procedure_id: int
    number: int
    state: str
    minutes: int
    source: str
    approved_at: datetime | None
    approved_by_name: str


class StepOut(Out):
    """One step of a version."""

    id: int
    procedure_version_id: int
    position: int
    key: str
    section: str
    kind: str
    text: str
    unit: str
    low: Decimal | None
    high: Decimal | None
    limit_source: str
    choices: list[str]
    required: bool


class InstrumentOut(Out):
    """A test instrument with its calibration."""

    id: int
    version: int
    name: str
    serial: str
    site_id: int
    calibrated_on: date | None
    calibration_due_on: date | None
    is_active: bool


class InstrumentValues(BaseModel):
    """The entries of a test instrument."""

    name: str | None = None
    serial: str | None = None
    site_id: int | None = None
    asset_id: int | None = None
    calibrated_on: date | None = None
    calibration_due_on: date | None = None
    is_active: bool | None = None


class OfProcedure(BaseModel):
    procedure_id: int | None = None
    state: str | None = None


class OfVersion(BaseModel):
    procedure_version_id: int | None = None


def _procedures(by):
    return Procedure.objects.visible_to(by)


def _versions(by):
    return ProcedureVersion.objects.visible_to(by)


def _instruments(by):
    return Instrument.objects.visible_to(by)


VIEW = permissions.VIEW
register(router, "/procedures", "procedure", row=ProcedureOut, permission=VIEW, rows=_procedures, table=PROCEDURES)
register(
    router,
    "/procedure-versions",
    "version",
    plural="procedure_versions",
    row=VersionOut,
    permission=VIEW,
    narrow=OfProcedure,
    rows=_versions,
)
register(
    router,
    "/procedure-steps",
    "step",
    plural="procedure_steps",
    row=StepOut,
    permission=VIEW,
    narrow=OfVersion,
    rows=lambda by: Step.objects.visible_to(by),
)
register(router, "/instruments", "instrument", row=InstrumentOut, permission=VIEW, rows=_instruments, table=INSTRUMENTS)
operate(router, "/procedures", operations.create_procedure, rows=_procedures, out=ProcedureOut)
operate(
    router,
    "/procedures/{procedure_id}/draft",
    operations.draft_version,
    key="procedure_id",
    rows=_procedures,
    out=ProcedureOut,
)
operate(
    router,
    "/procedure-versions/{version_id}/steps",
    operations.change_draft,
    key="version_id",
    rows=_versions,
    out=VersionOut,
)
operate(
    router,
    "/procedure-versions/{version_id}/approval",
    operations.approve_version,
    key="version_id",
    rows=_versions,
    out=VersionOut,
)
operate(
    router,
    "/instruments",
    operations.keep_instrument,
    rows=_instruments,
    out=InstrumentOut,
    values=InstrumentValues,
    name="add_instrument",
    without=("instrument_id", "expected_version"),
)
operate(
    router,
    "/instruments/{instrument_id}",
    operations.keep_instrument,
    key="instrument_id",
    rows=_instruments,
    out=InstrumentOut,
    values=InstrumentValues,
    method="PATCH",
)
operate(
    router,
    "/instruments/{instrument_id}/calibration",
    operations.record_calibration,
    key="instrument_id",
    rows=_instruments,
    out=InstrumentOut,
)
