"""Image quality and dose over the API: set-ups, limits, analyses, and files sent as multipart."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated, Any

import orjson
from django.http import HttpRequest, HttpResponse
from ninja import File, Router, UploadedFile
from pydantic import BaseModel

from wardwright.api.lists import detail, may, seen
from wardwright.api.operating import ROUTED, operate
from wardwright.api.registers import register, rows_of
from wardwright.api.rows import row_of
from wardwright.apps.assets.models import Asset

from . import operations, permissions
from .imaging_tables import REPORTS, RUNS, SETUPS
from .models import (
    DoseFigure,
    DoseReference,
    DoseReport,
    ImagingFigure,
    ImagingLimit,
    ImagingRun,
    ImagingSetup,
)

router = Router(tags=["testing"])


class OfDevice(BaseModel):
    asset_id: int | None = None


class OfSetup(BaseModel):
    setup_id: int | None = None


class OfRun(BaseModel):
    run_id: int | None = None


class OfReport(BaseModel):
    report_id: int | None = None
    protocol: str | None = None


class SetupValues(BaseModel):
    """The entries of a set-up."""

    name: str | None = None
    kind: str | None = None
    phantom: str | None = None
    options: dict[str, Any] | None = None
    is_active: bool | None = None


class LimitValues(BaseModel):
    """What a figure may be."""

    baseline: Decimal | None = None
    baseline_on: date | None = None
    tolerance: Decimal | None = None
    is_percent: bool | None = None
    low: Decimal | None = None
    high: Decimal | None = None
    source: str | None = None
    verified: str | None = None


class ReferenceValues(BaseModel):
    """A reference level."""

    level: Decimal | None = None
    source: str | None = None
    verified: str | None = None


class DosesRead(BaseModel):
    """The ids of the reports that were new, how many were known, and in words what was not read."""

    ids: list[int]
    known: int
    problems: list[str]


for path, name, model, narrow, table in (
    ("/imaging-setups", "imaging_setup", ImagingSetup, OfDevice, SETUPS),
    ("/imaging-limits", "imaging_limit", ImagingLimit, OfSetup, None),
    ("/imaging-runs", "imaging_run", ImagingRun, OfDevice, RUNS),
    ("/imaging-figures", "imaging_figure", ImagingFigure, OfRun, None),
    ("/dose-reports", "dose_report", DoseReport, OfDevice, REPORTS),
    ("/dose-figures", "dose_figure", DoseFigure, OfReport, None),
    ("/dose-references", "dose_reference", DoseReference, OfDevice, None),
):
    register(
        router, path, name, plural=path.strip("/").replace("-", "_"), row=row_of(model), permission=permissions.VIEW,
        narrow=narrow, rows=rows_of(model), table=table,
    )  # fmt: skip

SetupOut, RunOut = row_of(ImagingSetup), row_of(ImagingRun)
_setups, _runs = rows_of(ImagingSetup), rows_of(ImagingRun)
operate(
    router, "/imaging-setups", operations.add_imaging_setup, rows=_setups, out=SetupOut, values=SetupValues
)  # fmt: skip
operate(
    router, "/imaging-setups/{imaging_setup_id}", operations.change_imaging_setup, key="imaging_setup_id", rows=_setups,
    out=SetupOut, values=SetupValues, method="PATCH",
)  # fmt: skip
operate(
    router, "/imaging-setups/{imaging_setup_id}/limit", operations.set_imaging_limit, key="imaging_setup_id",
    rows=_setups, out=SetupOut, values=LimitValues, method="PUT",
)  # fmt: skip
operate(
    router, "/imaging-runs/{imaging_run_id}/baseline", operations.set_imaging_baseline, key="imaging_run_id",
    rows=_runs, out=RunOut,
)  # fmt: skip
operate(
    router, "/imaging-runs/{imaging_run_id}/again", operations.analyse_again, key="imaging_run_id", rows=_runs,
    out=RunOut,
)  # fmt: skip
operate(
    router, "/assets/{asset_id}/dose-reference", operations.set_dose_reference, key="asset_id",
    rows=rows_of(Asset), out=row_of(Asset, name="DoseDevice"), values=ReferenceValues, method="PUT",
)  # fmt: skip
ROUTED.update((operations.send_series, operations.keep_doses))


@router.post(
    "/imaging-setups/{int:imaging_setup_id}/series",
    response={201: RunOut},
    operation_id="send_series",
    summary="Send a series",
)
def send_series(
    request: HttpRequest, imaging_setup_id: int, files: Annotated[list[UploadedFile] | None, File()] = None
) -> HttpResponse:
    """Have a series of phantom images analysed. Patient data is removed before anything is stored."""
    by = may(request, permissions.IMAGING)
    found = _setups(by).select_related("asset")
    setup = found.get(pk=seen(found, imaging_setup_id))
    received = operations.receive_series(by, setup, files or [])
    made = operations.send_series(by=by, imaging_setup_id=setup.pk, **received)
    return detail(_runs(by), made.pk, RunOut, status=201)


@router.post(
    "/assets/{int:asset_id}/doses", response={201: DosesRead}, operation_id="read_doses", summary="Read dose reports"
)
def read_doses(
    request: HttpRequest, asset_id: int, files: Annotated[list[UploadedFile] | None, File()] = None
) -> HttpResponse:
    """Read the dose reports of a device. Figures are kept; files and whatever names a patient are not."""
    by = may(request, permissions.IMAGING)
    found = Asset.objects.visible_to(by)
    asset = found.get(pk=seen(found, asset_id))
    received = operations.receive_doses(by, asset, files or [])
    kept = operations.keep_doses(by=by, asset_id=asset.pk, reports=received["reports"])
    answer = {
        "ids": [one.pk for one in kept],
        "known": len(received["reports"]) - len(kept),
        "problems": [str(words) for words in received["problems"]],
    }
    return HttpResponse(orjson.dumps(answer), status=201, content_type="application/json")
