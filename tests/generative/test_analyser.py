"""Made-up results: what is written is read back, no bytes break the readers, columns may stand in any order."""

import csv
import datetime as dt
import io
import json
import random
from dataclasses import replace
from decimal import Decimal

import jsonschema_rs
from hypothesis import example, given, settings
from hypothesis import strategies as st

from wardwright.kernel.analyser import (
    TESTS,
    UNITS,
    Analyser,
    AppliedPart,
    Check,
    Device,
    Environment,
    Reading,
    TestRecord,
    load_mapping,
    propose,
    read_results,
    read_tables_of,
    write,
)
from wardwright.kernel.analyser.checks import check
from wardwright.kernel.analyser.conform import departures, schema
from wardwright.kernel.limits import Bound

TEXT = st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=12)
NAME = TEXT.filter(str.strip)
NUMBER = st.decimals(-(10**12), 10**12, allow_nan=False, places=6)
MAYBE = st.none() | NUMBER
DAY = st.dates(dt.date(1990, 1, 1), dt.date(2040, 1, 1))
ZONE = st.sampled_from([None, dt.UTC, dt.timezone(dt.timedelta(hours=5, minutes=30))])
VERDICT = st.sampled_from(["", "pass", "fail", "not_done"])
READING = st.builds(
    Reading,
    name=NAME,
    test=st.sampled_from(["", *TESTS]),
    quantity=TEXT,
    method=st.sampled_from(["", "direct", "none"]),
    condition=st.sampled_from(["", "NC", "SFC"]),
    fault=st.sampled_from(["", "open_earth"]),
    polarity=st.sampled_from(["", "reversed"]),
    current=st.sampled_from(["", "ac", "dc"]),
    applied_part=TEXT,
    value=MAYBE,
    bound=st.sampled_from(Bound),
    unit=TEXT,
    low=MAYBE,
    high=MAYBE,
    verdict=VERDICT,
    text=TEXT,
    note=TEXT,
)
RECORD = st.builds(
    TestRecord,
    device=st.builds(Device, NAME, TEXT, TEXT, TEXT, TEXT, TEXT),
    tested_at=st.datetimes(dt.datetime(1995, 1, 1), dt.datetime(2040, 1, 1), timezones=ZONE),
    tester=TEXT,
    reason=st.sampled_from(["", "acceptance", "routine", "after_repair", "modification"]),
    procedure=TEXT,
    analyser=st.builds(Analyser, TEXT, TEXT, TEXT, st.none() | DAY, st.none() | DAY),
    environment=st.builds(Environment, MAYBE, MAYBE, MAYBE),
    protection_class=st.sampled_from(["", "I", "II", "IP"]),
    applied_parts=st.lists(st.builds(AppliedPart, NAME, st.sampled_from(["", "B", "BF", "CF"]),
                                     st.none() | st.integers(0, 999)), max_size=2).map(tuple),
    checks=st.lists(st.builds(Check, NAME, st.sampled_from(["visual", "other"]), VERDICT, TEXT), max_size=2).map(tuple),
    readings=st.lists(READING, max_size=4).map(tuple),
    verdict=VERDICT,
    note=TEXT,
    extra=st.dictionaries(NAME, NAME, max_size=2),
)  # fmt: skip
FULL_VALIDATOR = jsonschema_rs.validator_for(schema())


@given(st.lists(RECORD, min_size=1, max_size=4))
@settings(max_examples=60)
def test_what_is_written_is_read_back(records: list[TestRecord]) -> None:
    numbered = tuple(replace(record, number=number) for number, record in enumerate(records, 1))
    data = write(numbered)
    read = read_results([("r.json", data)])
    assert read.records == numbered
    assert not [one for one in read.problems if one.code in ("schema", "not-json", "impossible-date")]
    assert FULL_VALIDATOR.is_valid(json.loads(data))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-2000, 2000) | st.sampled_from(["", "pass", "I", "2026-03-01", "1.5", "x"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(
        ["device", "serial", "tested_at", "readings", "name", "value", "test", "verdict", "class", "count", "extra"]
    ), inner, max_size=4),
    max_leaves=8,
)  # fmt: skip


@given(st.lists(JSON, max_size=2), st.dictionaries(st.sampled_from(["produced_at", "produced_by", "other"]), JSON))
def test_our_words_about_the_schema_agree_with_a_full_validator(records: list, more: dict) -> None:
    top = {**more, "schema": "wardwright-results", "version": 1, "records": records}
    said = list(departures(top, schema()))
    assert (not said) == FULL_VALIDATOR.is_valid(top)


@given(st.sampled_from(sorted({"device", "tested_at", "checks", "readings", "applied_parts", "verdict"})), JSON)
@example("tested_at", "2026-03-01\n")
@example("applied_parts", [{"count": 2.0}])
def test_and_inside_a_record_too(part: str, value: object) -> None:
    record = {"device": {"serial": "1"}, "tested_at": "2026-03-01", part: value}
    top = {"schema": "wardwright-results", "version": 1, "records": [record]}
    said = list(departures(json.loads(json.dumps(top), parse_float=Decimal), schema()))
    assert (not said) == FULL_VALIDATOR.is_valid(top)


@given(st.binary(max_size=300))
@example(b"<METRONFile><Record><TestData/></Record></METRONFile>")
@example(b"<METRONFile><ResultItem><Measurement><Value>1</Value></Measurement></ResultItem></METRONFile>")
@example(b"<HEADER>\n=\n<TEST=A><\\TEST><TESTAP=B>,<\\TESTAP>")
@example(b"Test Setup,DUT Information\nX Test Results\nValue,Status\n1")
@example(b"Tested on,\nAsset ID,\nAP Setup,\n\n,1 A\nEnd of Data")
@example(b"LEA,\rLEA,1\rPRE,P\r")
@example(b'{"schema": "wardwright-results", "version": 1, "records": [[]]}')
def test_any_bytes_give_records_or_problems(data: bytes) -> None:
    for head in (b"", b"<METRONFile>", b"<HEADER>\n", b"Test Setup,,DUT Information\n", b"Tested on,x\nAsset ID,",
                 b"STD,a\nPRE,", b'{"schema":'):  # fmt: skip
        read = read_results([("f", head + data)])
        assert read.records or read.problems
        assert all(one.what for one in read.problems)


CELLS = st.fixed_dictionaries(
    {
        "Asset ID": st.integers(1, 10**6).map(str),
        "Serial No": st.from_regex(r"S[1-9][0-9]{2,5}", fullmatch=True),
        "Test date": st.datetimes(dt.datetime(2001, 1, 1), dt.datetime(2025, 1, 1)).map(
            lambda at: f"{at:%Y-%m-%d %H:%M}"
        ),
        "Earth bond (mOhm)": st.integers(1, 999).map(str),
        "Insulation (MOhm)": st.integers(3, 900).map(lambda n: f"{n}.5"),
        "Touch current (uA)": st.integers(0, 400).map(str),
        "Touch current result": st.sampled_from(["Pass", "Fail"]),
        "Ward": st.sampled_from(["ICU", "ER"]),
    }
)


def table(rows: list[dict[str, str]], order: list[str]) -> bytes:
    out = io.StringIO()
    writer = csv.DictWriter(out, order)
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode()


@given(st.lists(CELLS, min_size=1, max_size=6), st.randoms(use_true_random=False))
@settings(max_examples=40)
def test_columns_in_any_order_give_the_same_records_as_a_slow_reading(rows: list[dict], chance: random.Random) -> None:
    order = list(rows[0])
    chance.shuffle(order)
    given_file = table(rows, order)
    read = read_results([("t.csv", given_file)])
    slow = [
        (
            Device(row["Asset ID"], row["Serial No"], location=row["Ward"]),
            dt.datetime.strptime(row["Test date"], "%Y-%m-%d %H:%M"),
            {
                ("protective_earth", Decimal(row["Earth bond (mOhm)"]), "mΩ", ""),
                ("insulation", Decimal(row["Insulation (MOhm)"]), "MΩ", ""),
                ("touch_current", Decimal(row["Touch current (uA)"]), "µA", row["Touch current result"].casefold()),
            },
        )
        for row in rows
    ]
    fast = [
        (one.device, one.tested_at, {(r.test, r.value, r.unit, r.verdict) for r in one.readings})
        for one in read.records
    ]
    assert fast == slow
    saved = load_mapping(json.loads(json.dumps(propose(read_tables_of("t.csv", given_file)).plain())))
    assert read_results([("t.csv", given_file)], mapping=saved).records == read.records


@given(st.sampled_from(TESTS), st.integers(1, 1000), st.sampled_from([0, 3, -3]))
def test_a_unit_never_changes_what_is_found(test: str, value: int, step: int) -> None:
    units = {"Ω": {0: "Ω", 3: "mΩ", -3: "kΩ"}, "MΩ": {0: "MΩ", 3: "kΩ", -3: "GΩ"}, "µA": {0: "µA", 3: "nA", -3: "mA"}}
    usual = UNITS[test]
    plain = Reading("x", test, value=Decimal(value), unit=usual)
    other = Reading("x", test, value=Decimal(value).scaleb(step), unit=units[usual][step])
    codes = [
        [
            one.code
            for one in check([TestRecord(Device("1"), dt.datetime(2026, 1, 1), readings=(reading,), number=1)], "f")
        ]
        for reading in (plain, other)
    ]
    assert codes[0] == codes[1]
