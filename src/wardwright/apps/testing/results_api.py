"""Analysers' files over the API: sent as multipart, their records matched, taken in or left out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse
from ninja import File, Form, Router, UploadedFile
from pydantic import BaseModel

from wardwright.api.lists import detail, may, seen
from wardwright.api.operating import ROUTED, operate
from wardwright.api.registers import register, rows_of
from wardwright.api.rows import row_of
from wardwright.apps.directory.models import Site

from . import operations, permissions
from .models import ResultFile, ResultMapping, TestReading, TestRecord
from .result_tables import FILES

router = Router(tags=["testing"])


class OfFile(BaseModel):
    file_id: int | None = None
    state: str | None = None
    asset_id: int | None = None


class OfRecord(BaseModel):
    test_record_id: int | None = None


class TakenIn(BaseModel):
    """The records that were taken in."""

    ids: list[int]


for path, name, model, narrow, table in (
    ("/result-files", "result_file", ResultFile, None, FILES),
    ("/result-mappings", "result_mapping", ResultMapping, None, None),
    ("/test-records", "test_record", TestRecord, OfFile, None),
    ("/test-readings", "test_reading", TestReading, OfRecord, None),
):
    register(
        router, path, name, plural=path.strip("/").replace("-", "_"), row=row_of(model), permission=permissions.VIEW,
        narrow=narrow, rows=rows_of(model), table=table,
    )  # fmt: skip

FileOut, RecordOut = row_of(ResultFile), row_of(TestRecord)
_files, _records = rows_of(ResultFile), rows_of(TestRecord)
operate(
    router, "/result-mappings", operations.save_mapping, rows=rows_of(ResultMapping), out=row_of(ResultMapping)
)  # fmt: skip
OF_FILE: dict[str, Callable[..., Any]] = {
    "mapping": operations.map_result_file,
    "again": operations.examine_results,
    "instrument": operations.name_instrument,
    "clock": operations.shift_clock,
}
OF_RECORD: dict[str, Callable[..., Any]] = {
    "match": operations.match_record,
    "leave-out": operations.leave_out_record,
    "take-up": operations.look_at_record,
}
for path, done in OF_FILE.items():
    operate(router, f"/result-files/{{result_file_id}}/{path}", done, key="result_file_id", rows=_files, out=FileOut)
for path, done in OF_RECORD.items():
    operate(
        router, f"/test-records/{{test_record_id}}/{path}", done, key="test_record_id", rows=_records, out=RecordOut
    )


def _taken(rows: list[TestRecord]) -> dict[str, Any]:
    return {"ids": [row.pk for row in rows]}


operate(
    router, "/result-files/taken-in", operations.take_in_records, rows=_files, out=TakenIn, answer=_taken,
)  # fmt: skip
ROUTED.add(operations.read_result_file)


@router.post(
    "/sites/{int:site_id}/result-files",
    response={201: FileOut},
    operation_id="read_result_file",
    summary="Send an analyser's file",
)
def read_result_file(
    request: HttpRequest,
    site_id: int,
    mapping_name: Annotated[str, Form()] = "",
    files: Annotated[list[UploadedFile] | None, File()] = None,
) -> HttpResponse:
    """Send what an analyser exported. Nothing is taken in yet: its records wait to be looked at."""
    by = may(request, permissions.RESULTS)
    seen(Site.objects.visible_to(by), site_id)
    kept = operations.receive_results(by, site_id, files or [])
    made = operations.read_result_file(by=by, site_id=site_id, files=kept, mapping_name=mapping_name)
    return detail(_files(by), made.pk, FileOut, status=201)
