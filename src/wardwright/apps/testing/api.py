"""Procedures and test instruments over the API."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.http import HttpRequest
from ninja import Router
from pydantic import BaseModel, Field

from wardwright.api.lists import In, Out, may, missing
from wardwright.api.operating import operate
from wardwright.api.registers import register, rows_of
from wardwright.api.rows import row_of
from wardwright.platform.core.kept import row_by_number

from . import operations, permissions
from .models import (
    Calibration,
    CalibrationPoint,
    CalibrationStandard,
    Instrument,
    InstrumentConnection,
    InstrumentFunction,
    Lookback,
    LookbackItem,
    Measurement,
    OwnLimit,
    Procedure,
    ProcedureVersion,
    Step,
)
from .tables import CALIBRATIONS, INSTRUMENTS, MEASUREMENTS, PROCEDURES

router = Router(tags=["testing"])
CalibrationOut = row_of(Calibration)


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
    asset_id: int | None
    interval_days: int | None
    out_of_tolerance: bool
    is_active: bool


class InstrumentValues(BaseModel):
    """The entries of a test instrument."""

    name: str | None = None
    serial: str | None = None
    site_id: int | None = None
    asset_id: int | None = None
    calibrated_on: date | None = None
    calibration_due_on: date | None = None
    interval_days: int | None = None
    is_active: bool | None = None


class ConnectionValues(BaseModel):
    """Where an instrument is reached."""

    resource: str | None = None
    line_end: str | None = None
    baud: int | None = None
    timeout_ms: int | None = None


class OfProcedure(BaseModel):
    procedure_id: int | None = None
    state: str | None = None


class OfVersion(BaseModel):
    procedure_version_id: int | None = None


class OfInstrument(BaseModel):
    instrument_id: int | None = None


class OfCalibration(BaseModel):
    calibration_id: int | None = None


class OfLookback(BaseModel):
    lookback_id: int | None = None


class OfDevice(BaseModel):
    asset_id: int | None = None
    instrument_id: int | None = None
    quantity: str | None = None
    verdict: str | None = None


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
for path, name, model, narrow in (
    ("/instrument-functions", "instrument_function", InstrumentFunction, OfInstrument),
    ("/instrument-connections", "instrument_connection", InstrumentConnection, OfInstrument),
    ("/calibration-points", "calibration_point", CalibrationPoint, OfCalibration),
    ("/calibration-standards", "calibration_standard", CalibrationStandard, OfCalibration),
    ("/lookbacks", "lookback", Lookback, OfInstrument),
    ("/lookback-readings", "lookback_item", LookbackItem, OfLookback),
):
    plural = path.strip("/").replace("-", "_")
    register(router, path, name, plural=plural, row=row_of(model), permission=VIEW, narrow=narrow, rows=rows_of(model))
register(
    router, "/calibrations", "calibration", row=CalibrationOut, permission=VIEW, narrow=OfInstrument,
    rows=rows_of(Calibration), table=CALIBRATIONS,
)  # fmt: skip
register(
    router, "/measurements", "measurement", row=row_of(Measurement), permission=VIEW, narrow=OfDevice,
    rows=rows_of(Measurement), table=MEASUREMENTS,
)  # fmt: skip
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
operate(
    router,
    "/instruments/{instrument_id}/connection",
    operations.connect_instrument,
    key="instrument_id",
    rows=_instruments,
    out=InstrumentOut,
    values=ConnectionValues,
    method="PUT",
)
for path, step in (("identity", operations.confirm_identity), ("disconnection", operations.disconnect_instrument)):
    operate(
        router,
        f"/instruments/{{instrument_id}}/{path}",
        step,
        key="instrument_id",
        rows=_instruments,
        out=InstrumentOut,
    )


class ReadingWanted(In):
    """What to read: a quantity as the instrument's functions name it, in the unit of the answer."""

    quantity: str = Field("", max_length=40)
    unit: str = Field(max_length=20)


class ReadingOut(BaseModel):
    """What an instrument shows now; nothing of it is recorded."""

    value: Decimal
    unit: str
    shown: Decimal
    shown_unit: str
    quantity: str
    identity: str
    ms: int


@router.post(
    "/instruments/{int:instrument_id}/reading", response=ReadingOut, operation_id="read_instrument",
    summary="Read an instrument",
)  # fmt: skip
def read_instrument(request: HttpRequest, instrument_id: int, payload: ReadingWanted) -> Any:
    """Ask a connected instrument for a value. For those who keep instruments."""
    instrument = row_by_number(_instruments(may(request, permissions.INSTRUMENTS)), instrument_id)
    if instrument is None:
        raise missing()
    operations.may_ask(request.user, permissions.INSTRUMENTS, instrument)
    got = operations.read_value(instrument, quantity=payload.quantity, unit=payload.unit)
    return ReadingOut(
        value=got.value, unit=got.unit, shown=got.shown, shown_unit=got.shown_unit, quantity=got.function.quantity,
        identity=str(got.identity), ms=got.ms,
    )  # fmt: skip


operate(
    router,
    "/instruments/{instrument_id}/functions",
    operations.set_functions,
    key="instrument_id",
    rows=_instruments,
    out=InstrumentOut,
    method="PUT",
)
_lookbacks = rows_of(Lookback)
LookbackOut = row_of(Lookback)
operate(router, "/lookbacks", operations.look_back, rows=_lookbacks, out=LookbackOut)
for path, deciding in (("decisions", operations.decide_items), ("conclusion", operations.conclude_lookback)):
    operate(router, f"/lookbacks/{{lookback_id}}/{path}", deciding, key="lookback_id", rows=_lookbacks, out=LookbackOut)
operate(router, "/instruments/of-device", operations.use_as_instrument, rows=_instruments, out=InstrumentOut)
operate(
    router,
    "/calibrations/{calibration_id}/approval",
    operations.sign_calibration,
    key="calibration_id",
    rows=rows_of(Calibration),
    out=CalibrationOut,
)
operate(
    router,
    "/calibrations/{calibration_id}/withdrawal",
    operations.withdraw_calibration,
    key="calibration_id",
    rows=rows_of(Calibration),
    out=CalibrationOut,
)
register(
    router,
    "/own-limits",
    "own_limit",
    plural="own_limits",
    row=row_of(OwnLimit),
    permission=VIEW,
    rows=rows_of(OwnLimit),
)


class OwnLimitValues(BaseModel):
    """A limit of the hospital's own."""

    standard: str
    edition: str
    test: str
    equipment_class: str = ""
    applied_part: str = ""
    method: str = "none"
    condition: str = "none"
    equipment: str = ""
    low: Decimal | None = None
    high: Decimal | None = None
    unit: str
    valid_from: date
    source: str


operate(
    router, "/own-limits", operations.set_own_limit, rows=rows_of(OwnLimit), out=row_of(OwnLimit),
    values=OwnLimitValues,
)  # fmt: skip
operate(
    router, "/own-limits/{own_limit_id}/end", operations.end_own_limit, key="own_limit_id", rows=rows_of(OwnLimit),
    out=row_of(OwnLimit),
)  # fmt: skip
