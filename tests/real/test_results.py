"""A real set taken in as a hospital would: the tester's devices registered, its tables mapped as proposed."""

from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tests.factories import make_asset, make_instrument, make_model, make_site
from wardwright.apps.testing.models import Measurement, TestRecord
from wardwright.apps.testing.operations import (
    map_result_file,
    name_instrument,
    read_result_file,
    record_calibration,
    take_in_records,
)
from wardwright.platform.attachments.store import put
from wardwright.platform.core.change import System

pytestmark = [pytest.mark.real, pytest.mark.django_db]
BY = System("test")
FILES = ("pat_records_2012_2015.csv", "pat_tests_2012_2015.csv")


def cut(folder: Path, count: int) -> list[tuple[str, bytes]]:
    """The last ``count`` records with their tests, as the tables stand."""
    records, tests = ((folder / name).read_text(encoding="utf-8").splitlines() for name in FILES)
    kept = records[-count:]
    numbers = {line.split(",", 1)[0] for line in kept}
    lines = [line for line in tests[1:] if line.split(",", 1)[0] in numbers]
    tables = ([records[0], *kept], [tests[0], *lines])
    return [(name, "\n".join(table).encode()) for name, table in zip(FILES, tables, strict=True)]


def take_in(folder: Path, count: int) -> tuple[int, list[TestRecord]]:
    """How many queries it took, and the records taken in."""
    site = make_site()
    given = cut(folder, count)
    model = make_model(electrical_class="I", applied_parts="none")
    tags = {line.split(",")[1] for line in given[0][1].decode().splitlines()[1:]}
    for tag in sorted(tags):
        make_asset(tag=tag, serial="", site=site, device_model=model)
    row = make_instrument(site=site, serial="PAT-1")
    day = timezone.datetime(2012, 1, 1).date()
    record_calibration(by=BY, instrument_id=row.pk, calibrated_on=day, due_on=day.replace(year=2017),
                       as_found="in_tolerance", as_left="in_tolerance")  # fmt: skip
    with CaptureQueriesContext(connection) as seen:
        files = [{"name": name, "sha256": put(data)} for name, data in given]
        file = read_result_file(by=BY, site_id=site.pk, files=files)
        map_result_file(by=BY, result_file_id=file.pk, mapping=file.mapping)
        name_instrument(by=BY, result_file_id=file.pk, instrument_id=row.pk)
        taken = take_in_records(by=BY, result_file_id=file.pk, partly=True)
    return len(seen), taken


def test_hundreds_of_real_records_are_taken_in(shared_data: Path) -> None:
    queries, taken = take_in(shared_data / "09_electrical_safety", 400)
    waiting = TestRecord.objects.exclude(state="taken").exclude(state="left_out")
    assert len(taken) + waiting.count() == 400
    assert len(taken) > 380
    readings = sum(len([one for one in row.record.get("readings", []) if "value" in one]) for row in taken)
    assert Measurement.objects.filter(source="file").count() == readings
    earth = Measurement.objects.filter(quantity="protective_earth").first()
    assert earth is not None
    assert (earth.unit, earth.limit_source.startswith("IEC 62353")) == ("Ω", True)
    assert queries < len(taken) / 2  # in portions, never by the record
