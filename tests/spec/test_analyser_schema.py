"""The open form of analysers' results, wardwright-results version 1: what is accepted, and what is said of the rest.

The form is our own; its JSON Schema is published in the reference. Places are JSON pointers (RFC 6901).
"""

import datetime as dt
import json
from decimal import Decimal

import pytest

from wardwright.kernel.analyser import (
    Analyser,
    AppliedPart,
    Check,
    Device,
    Environment,
    Reading,
    TestRecord,
    read_results,
    write,
)
from wardwright.kernel.limits import Bound

D = Decimal
FULL = TestRecord(
    device=Device("0042", "SN-1", "Acme", "Pump 3", "infusion pump", "ICU 2"),
    tested_at=dt.datetime(2026, 3, 1, 14, 5, tzinfo=dt.timezone(dt.timedelta(hours=1))),
    tester="J. Doe",
    reason="routine",
    procedure="62353 class I direct",
    analyser=Analyser("Maker", "M1", "A-77", dt.date(2025, 9, 1), dt.date(2026, 9, 1)),
    environment=Environment(D("231.5"), D(22), D(45)),
    protection_class="I",
    applied_parts=(AppliedPart("ECG", "CF", 10),),
    checks=(Check("Housing", "visual", "pass", "clean"),),
    readings=(
        Reading("Earth bond", "protective_earth", value=D("0.085"), unit="Ω", high=D("0.3"), verdict="pass"),
        Reading("Insulation", "insulation", value=D(200), bound=Bound.ABOVE, unit="MΩ", low=D(2), verdict="pass"),
        Reading("Flow", quantity="flow_rate", value=D("100.4"), unit="ml/h", low=D(95), high=D(105)),
        Reading("Alarm tone", quantity="alarm", text="loud"),
        Reading("Patient leakage", "patient_leakage", method="direct", condition="SFC", fault="open_earth",
                polarity="reversed", current="ac", applied_part="ECG", value=D("12.34567890123456789"), unit="µA"),
    ),
    verdict="pass",
    note="second line",
    extra={"Retest": "12"},
    number=1,
)  # fmt: skip


def test_what_is_written_is_read_back() -> None:
    read = read_results([("r.json", write([FULL], produced_by="test"))])
    assert (read.format, read.records, read.problems) == ("wardwright-results", (FULL,), ())


def test_a_day_alone_stays_a_day() -> None:
    day = TestRecord(device=Device("1"), tested_at=dt.datetime(2026, 3, 1), time_known=False, verdict="fail", number=1)
    assert json.loads(write([day]))["records"][0]["tested_at"] == "2026-03-01"
    assert read_results([("r.json", write([day]))]).records == (day,)


def with_record(**changes: object) -> bytes:
    record = {
        "device": {"asset_tag": "1"},
        "tested_at": "2026-03-01T10:00",
        "checks": [{"name": "Housing", "verdict": "pass"}],
    }
    good = {**record, "device": {"asset_tag": "2"}}
    return json.dumps({"schema": "wardwright-results", "version": 1, "records": [{**record, **changes}, good]}).encode()


@pytest.mark.parametrize(
    ("changes", "path", "says"),
    [
        ({"device": {}}, "/records/0/device",
         "must say something: asset_tag, serial, maker, model, description, location"),
        ({"device": None}, "/records/0/device", "must be an object: {…}"),
        ({"tested_at": "1 March 2026"}, "/records/0/tested_at",
         "must be a date such as 2026-03-01, with a time such as T14:05 where one is allowed"),
        ({"tested_at": 5}, "/records/0/tested_at", "must be text"),
        ({"class": "III"}, "/records/0/class", "must be one of: I, II, IP"),
        ({"readings": {}}, "/records/0/readings", "must be a list: […]"),
        ({"readings": [{"name": "E", "value": "0,3"}]}, "/records/0/readings/0/value", "must be a number"),
        ({"readings": [{"name": "E", "value": True}]}, "/records/0/readings/0/value", "must be a number"),
        ({"readings": [{"value": 1}]}, "/records/0/readings/0/name", "is missing"),
        ({"readings": [{"name": "E", "test": "earth"}]}, "/records/0/readings/0/test",
         "must be one of: protective_earth, insulation, equipment_leakage, applied_part_leakage, earth_leakage, "
         "touch_current, patient_leakage, patient_auxiliary"),
        ({"applied_parts": [{"type": "CF", "count": 1.5}]}, "/records/0/applied_parts/0/count",
         "must be a whole number"),
        ({"applied_parts": [{"count": -1}]}, "/records/0/applied_parts/0/count", "must be from 0 to 999"),
        ({"verdic": "pass"}, "/records/0/verdic", "is not known; did you mean “verdict”?"),
        ({"a/b~": 1}, "/records/0/a~1b~0", "is not known; put it into “extra”, or leave it out"),
        ({"extra": {"x": 1}}, "/records/0/extra/x", "must be text"),
        ({"tester": "a\0b"}, "/records/0/tester", "holds a character that is none: \\u0000"),
        ({"note": "line\n\tnext\ud800"}, "/records/0/note", "holds a character that is none: \\ud800"),
        ({"extra": {"a\x07": "x"}}, "/records/0/extra/a\\u0007", "holds a character that is none: \\u0007"),
        ({"verdi\udfff": "pass"}, "/records/0/verdi\\udfff", "holds a character that is none: \\udfff"),
        ({"tester": "x" * 501}, "/records/0/tester", "has 501 characters; up to 500 are allowed"),
    ],
)  # fmt: skip
def test_what_departs_from_the_schema_is_told_with_its_place_and_the_other_record_is_read(
    changes: dict, path: str, says: str
) -> None:
    read = read_results([("r.json", with_record(**changes))])
    (problem,) = read.problems
    assert (problem.code, problem.record, problem.path, problem.what) == ("schema", 1, path, f"{path} {says}.")
    assert [record.device.asset_tag for record in read.good()] == ["2"]


def test_a_day_that_does_not_exist_is_told() -> None:
    read = read_results([("r.json", with_record(tested_at="2026-02-30T10:00"))])
    assert [(one.code, one.record, one.path) for one in read.problems] == [("impossible-date", 1, "/records/0")]
    assert [record.number for record in read.records] == [2]


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "empty"),
        (b" \n\0", "empty"),
        (b"{", "not-json"),
        (b'{"schema": "wardwright-results", "version": 1, "records": [NaN]}', "not-json"),
        (b'{"schema": "wardwright-results"' + b'\xff"}', "not-json"),
        (b'{"a":' * 100_000, "not-json"),
        (b'{"schema": "wardwright-results", "version": 1e99999999999999999999}', "not-json"),
        (b'{"schema": "other"}', "not-results"),
        (b'{"schema": "wardwright-results", "version": 2, "records": []}', "unknown-version"),
        (b'{"schema": "wardwright-results", "version": 1, "records": []}', "empty"),
        (b'{"schema": "wardwright-results", "version": 1}', "schema"),
    ],
)
def test_what_is_no_such_file_is_refused(data: bytes, code: str) -> None:
    read = read_results([("r.json", data)])
    assert ([one.code for one in read.problems], read.records) == ([code], ())
    assert all(one.what and one.remedy for one in read.problems)
