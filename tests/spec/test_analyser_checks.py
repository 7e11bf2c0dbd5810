"""What is found wrong in a record, whichever file it came from, and what is done about it.

Ranges: the widest of common safety analysers, with room; an instrument's own ranges take their place where known.
Units: IEC 62353 gives protective earth in Ω, insulation in MΩ, leakage in µA (STANDARDS 2.1). The spellings of units
and verdicts are those met in the files and manuals of the formats.
"""

import datetime as dt
from decimal import Decimal

import pytest

from wardwright.kernel.analyser import (
    Analyser,
    Arrival,
    Check,
    Device,
    Environment,
    MappingError,
    Reading,
    TestRecord,
    load_mapping,
    propose,
    read_results,
    read_tables_of,
)
from wardwright.kernel.analyser.checks import check
from wardwright.kernel.analyser.words import name_of_test, unit_of, verdict_of
from wardwright.kernel.limits import Bound

D = Decimal
NOON = dt.datetime(2026, 3, 1, 12, tzinfo=dt.timezone(dt.timedelta(hours=1)))
PUMP, EARTH = Device("42"), Reading("PE", "protective_earth", value=D("0.1"), unit="Ω", verdict="pass")


def record(*readings: Reading, **changes: object) -> TestRecord:
    parts = {"device": PUMP, "tested_at": dt.datetime(2026, 3, 1, 11), "readings": readings or (EARTH,), "number": 1}
    return TestRecord(**{**parts, **changes})


def earth(value: str, unit: str = "Ω", **more: object) -> Reading:
    return Reading("PE", "protective_earth", value=D(value), unit=unit, **more)


def insulation(value: str, unit: str = "MΩ", **more: object) -> Reading:
    return Reading("Iso", "insulation", value=D(value), unit=unit, **more)


def touch(value: str, unit: str = "µA", **more: object) -> Reading:
    return Reading("Touch", "touch_current", value=D(value), unit=unit, **more)


HELD, TOLD = True, False


@pytest.mark.parametrize(
    ("what", "given", "found"),
    [
        ("nothing", record(), []),
        ("no device", record(device=Device(maker="Acme")), [("no-device", HELD)]),
        ("serial is enough", record(device=Device(serial="S")), []),
        ("nothing in it", record(readings=()), [("no-results", HELD)]),
        ("only a verdict", record(readings=(), verdict="fail"), [("no-results", TOLD)]),
        ("µA for an earth", record(earth("0.1", "µA")), [("wrong-unit", HELD)]),
        ("seconds for an insulation", record(insulation("5", "s")), [("wrong-unit", HELD)]),
        ("no unit", record(touch("5", "")), [("no-unit", HELD)]),
        ("kΩ for an insulation", record(insulation("5000", "kΩ")), []),
        ("85 mA of touch current", record(touch("85", "mA")), [("out-of-range", HELD)]),
        ("negative", record(touch("-3")), [("out-of-range", HELD)]),
        ("open earth, failed by the analyser", record(earth("20000", verdict="fail")), [("out-of-range", TOLD)]),
        ("beyond the end, and said so", record(insulation("999999", bound=Bound.ABOVE)), []),
        ("exchanged", record(earth("210"), insulation("0.08")), [("exchanged", HELD)]),
        ("both failed by the analyser", record(earth("210", verdict="fail"), insulation("0.08", verdict="fail")), []),
        ("bad earth, good insulation", record(earth("3"), insulation("80")), []),
        ("limits exchanged", record(touch("5", low=D(500), high=D(0))), [("limits-exchanged", HELD)]),
        ("unknown name", record(Reading("Frob", value=D(1), unit="x")), [("unknown-test", TOLD)]),
        ("other quantity", record(Reading("Flow", quantity="flow_rate", value=D(-1), unit="ml/h")), []),
        ("mains of 2300 V", record(Reading("U", quantity="mains_voltage", value=D(2300), unit="V")),
         [("out-of-range", HELD)]),
        ("a failed reading in a pass", record(earth("1", verdict="fail"), verdict="pass"), [("contradiction", TOLD)]),
        ("a failed check in a pass", record(checks=(Check("Case", "visual", "fail"),), verdict="pass"),
         [("contradiction", TOLD)]),
        ("the room is a mains", record(environment=Environment(temperature_c=D(230))), [("environment-range", TOLD)]),
        ("an overdue analyser", record(analyser=Analyser(calibration_due=dt.date(2026, 2, 28))),
         [("analyser-overdue", TOLD)]),
        ("on the day it is due", record(analyser=Analyser(calibration_due=dt.date(2026, 3, 1))), []),
    ],
)  # fmt: skip
def test_what_a_record_alone_shows(what: str, given: TestRecord, found: list) -> None:
    problems = check([given], "f", Arrival(NOON))
    assert [(one.code, one.holds) for one in problems] == found, what
    assert all(one.remedy and one.record == 1 and one.file == "f" for one in problems)


@pytest.mark.parametrize(
    ("what", "at", "known", "file_at", "codes"),
    [
        ("an hour ago", dt.datetime(2026, 3, 1, 11), True, None, []),
        ("nine minutes ahead", dt.datetime(2026, 3, 1, 12, 9), True, None, []),
        ("eleven minutes ahead", dt.datetime(2026, 3, 1, 12, 11), True, None, ["future"]),
        ("the same moment elsewhere", dt.datetime(2026, 3, 1, 11, tzinfo=dt.UTC), True, None, []),
        ("noon UTC is one o'clock here", dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC), True, None, ["future"]),
        ("today, without a time", dt.datetime(2026, 3, 1), False, None, []),
        ("tomorrow, without a time", dt.datetime(2026, 3, 2), False, None, []),
        ("after tomorrow", dt.datetime(2026, 3, 3), False, None, ["future"]),
        ("the clock begins in 1970", dt.datetime(1970, 1, 1), True, None, ["clock-not-set"]),
        ("after the file was written", dt.datetime(2026, 3, 1, 11), True, dt.datetime(2026, 3, 1, 10), ["clock-skew"]),
        ("before it", dt.datetime(2026, 3, 1, 11), True, dt.datetime(2026, 3, 1, 11, 1), []),
    ],
)
def test_clocks(what: str, at: dt.datetime, known: bool, file_at: dt.datetime | None, codes: list[str]) -> None:
    given = record(tested_at=at, time_known=known)
    assert [one.code for one in check([given], "f", Arrival(NOON, file_at))] == codes, what


def test_how_far_ahead_is_said() -> None:
    (problem,) = check([record(tested_at=dt.datetime(2026, 3, 4, 12))], "f", Arrival(NOON))
    assert (
        problem.what
        == "The test is dated 2026-03-04 12:00, 3 days after the file came in: the analyser's clock is ahead."
    )


def test_the_range_of_the_instrument_in_hand_decides() -> None:
    ranges = {"touch_current": (D(5), D(8000))}
    assert [one.code for one in check([record(touch("2"))], "f", Arrival(NOON, ranges=ranges))] == ["out-of-range"]
    (problem,) = check([record(touch("8.5", "mA"))], "f", Arrival(NOON, ranges=ranges))
    assert problem.what == "“Touch” is 8.5 mA; the instrument measures from 5 to 8000 µA."
    assert problem.remedy == ("The number would fit in another prefix of the unit: check whether the column is in µA.")


@pytest.mark.parametrize(
    ("what", "second", "found"),
    [
        ("a repetition", record(number=2), [("repeated", 2)]),
        ("other results", record(earth("0.2"), number=2), [("same-moment", 1), ("same-moment", 2)]),
        ("a minute later", record(tested_at=dt.datetime(2026, 3, 1, 11, 1), number=2), []),
        ("another device", record(device=Device("43"), number=2), []),
    ],
)
def test_two_records_of_one_moment(what: str, second: TestRecord, found: list) -> None:
    assert [(one.code, one.record) for one in check([record(), second], "f")] == found, what


@pytest.mark.parametrize(
    ("printed", "expected"),
    [
        ("Earth Bond", ("protective_earth", "", "", "", "")),
        ("Schutzleiterwiderstand", ("protective_earth", "", "", "", "")),
        ("Résistance de terre", ("protective_earth", "", "", "", "")),
        ("Earth Insulation v2 (F3)", ("insulation", "", "", "", "")),
        ("Equipment leakage, direct, reverse polarity, open earth",
         ("equipment_leakage", "direct", "SFC", "open_earth", "reversed")),
        ("Substitute Leakage v2 (F4)", ("equipment_leakage", "alternative", "", "", "")),
        ("Ersatzgeräteableitstrom", ("equipment_leakage", "alternative", "", "", "")),
        ("Ersatz-Geräteableitstrom", ("equipment_leakage", "alternative", "", "", "")),
        ("Applied part leakage (alternative)", ("applied_part_leakage", "alternative", "", "", "")),
        ("Earth leakage NC", ("earth_leakage", "", "NC", "", "")),
        ("Enclosure leakage, single fault", ("touch_current", "", "SFC", "", "")),
        ("Patient auxiliary current", ("patient_auxiliary", "", "", "", "")),
        ("Mains on applied part", ("patient_leakage", "", "SFC", "mains_on_applied_part", "")),
        ("Patient leakage DC, open neutral", ("patient_leakage", "", "SFC", "open_neutral", "")),
        ("Unknown (FA)", ("", "", "", "", "")),
    ],
)  # fmt: skip
def test_names_of_tests(printed: str, expected: tuple) -> None:
    named = name_of_test(printed)
    assert (named.test, named.method, named.condition, named.fault, named.polarity) == expected


@pytest.mark.parametrize(
    ("printed", "unit"),
    [
        ("uA", ("µA", "")), ("uArms", ("µA", "ac")), ("uAdc", ("µA", "dc")), ("µA AC", ("µA", "ac")),
        ("Megohm", ("MΩ", "")), ("MOHM", ("MΩ", "")), ("Mohm", ("MΩ", "")), ("mOhm", ("mΩ", "")),
        ("ohm", ("Ω", "")), ("\u2126", ("Ω", "")), ("ohms", ("Ω", "")), ("kOhm", ("kΩ", "")),
        ("mohm", ("mohm", "")),  # milli or mega: only the test can say
        ("Vrms", ("V", "ac")), ("furlongs", ("furlongs", "")), ("", ("", "")),
    ],
)  # fmt: skip
def test_units_as_they_are_printed(printed: str, unit: tuple[str, str]) -> None:
    assert unit_of(printed) == unit


@pytest.mark.parametrize(
    ("printed", "verdict"),
    [("P", "pass"), ("PASSED", "pass"), ("True", "pass"), ("F", "fail"), ("nicht bestanden", "fail"),
     ("Skipped", "not_done"), ("maybe", ""), ("", "")],
)  # fmt: skip
def test_verdicts_as_they_are_printed(printed: str, verdict: str) -> None:
    assert verdict_of(printed) == verdict


def read_one(cells: str, headings: str = "Asset ID,Test date,Earth bond (mohm),Insulation (mohm)") -> tuple[list, list]:
    read = read_results([("t.csv", f"{headings}\n{cells}\n".encode())], arrival=Arrival(NOON))
    values = [(one.value, one.unit, one.text) for one in read.records[0].readings]
    return values, [(one.code, one.row, one.holds) for one in read.problems]


@pytest.mark.parametrize(
    ("cells", "values", "problems"),
    [
        ("42,2026-02-01 10:00,85,200", [(D(85), "mΩ", ""), (D(200), "MΩ", "")], []),
        ("42,2026-02-01 10:00,85,8O", [(D(85), "mΩ", ""), (None, "MΩ", "8O")], [("unreadable-number", 2, HELD)]),
        ("42,2026-02-01 10:00,85,OL", [(D(85), "mΩ", ""), (None, "MΩ", "OL")], [("no-number", 2, HELD)]),
        ("42,2026-02-30 10:00,85,200", [(D(85), "mΩ", ""), (D(200), "MΩ", "")], [("impossible-date", 2, HELD)]),
        ("42,2026-02-01 25:00,85,200", [(D(85), "mΩ", ""), (D(200), "MΩ", "")], [("impossible-date", 2, HELD)]),
        ("42,,85,200", [(D(85), "mΩ", ""), (D(200), "MΩ", "")], [("no-moment", 2, HELD)]),
        (",2026-02-01 10:00,85,200", [(D(85), "mΩ", ""), (D(200), "MΩ", "")], [("no-device", 2, HELD)]),
        ("42,2026-02-01 10:00,0.47000000000000003,200", [(D("0.47"), "mΩ", ""), (D(200), "MΩ", "")], []),
    ],
)
def test_cells_that_cannot_be_read(cells: str, values: list, problems: list) -> None:
    assert read_one(cells) == (values, problems)


def test_a_date_that_reads_both_ways_is_told() -> None:
    _, problems = read_one("42,03/02/2026,85,200")
    assert problems == [("date-order", None, TOLD)]


def test_readings_without_their_record_and_records_twice_are_told() -> None:
    records = b"record,asset id,test date\n1,42,2026-02-01\n1,43,2026-02-01\n2,44,2026-02-01\n"
    tests = b"record,test,value,unit,pass\n1,Earth bond,0.1,Ohm,True\n9,Earth bond,0.1,Ohm,True\n2,Overall Fail,,,\n"
    read = read_results([("r.csv", records), ("t.csv", tests)], mapping=load_mapping(MAPPING))
    assert [(one.code, one.record, one.row) for one in read.problems] == [
        ("repeated-key", None, 3),
        ("orphan", None, 3),
        ("no-results", 2, 4),
    ]
    assert [(one.device.asset_tag, one.verdict) for one in read.records] == [("42", ""), ("44", "fail")]


MAPPING = {
    "mapping": "wardwright-results-mapping",
    "version": 1,
    "columns": {"asset_tag": "asset id", "tested_at": "test date", "test": "test", "unit": "unit",
                "reading_verdict": "pass"},
    "rules": [{"column": "value"}],
    "checks": [],
    "constants": {},
    "key": "record",
    "date_order": None,
    "decimal_mark": None,
}  # fmt: skip


def test_a_mapping_is_saved_and_read_back() -> None:
    assert load_mapping(MAPPING).plain() == MAPPING


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"version": 2}, "This is no mapping of version 1."),
        ({"columns": {"asset": "a"}}, "No field is called “asset”; there are asset_tag, serial,"),
        ({"constants": {"test": "a"}}, "No field is called “test”; there are asset_tag, serial,"),
        ({"columns": []}, ""),
        ({"columns": {"serial": 1}}, "Columns, values, checks and the key are given as text."),
        ({"rules": [{"test": "insulation"}]}, "A rule names its “column”; it may hold when, test,"),
        ({"rules": [{"column": "a", "test": "earth"}]}, "No test is called “earth”; there are protective_earth,"),
        ({"rules": [{"column": "a", "when": "insulation"}]},
         "“when” is a list of tests; everything else in a rule is text."),
        ({"decimal_mark": ";"}, "“date_order” is day-first or month-first, “decimal_mark” a point or a comma."),
    ],
)  # fmt: skip
def test_a_mapping_that_cannot_be_used(changes: dict, says: str) -> None:
    if changes == {"columns": []}:
        assert load_mapping({**MAPPING, **changes}).columns == {}
        return
    with pytest.raises(MappingError) as refusal:
        load_mapping({**MAPPING, **changes})
    assert str(refusal.value).startswith(says)


def test_a_mapping_for_another_file_names_the_columns_that_are_missing() -> None:
    read = read_results([("t.csv", b"asset id,test date,test,value\n42,2026-02-01,Earth bond,0.1 Ohm\n")],
                        mapping=load_mapping(MAPPING))  # fmt: skip
    (problem,) = read.problems
    assert problem.what == "The file has no column “unit”, “pass”, “record”, which the mapping uses."
    assert read.records[0].readings[0].unit == "Ω"


def test_what_a_proposal_assumes_is_said() -> None:
    (table,) = read_tables_of(
        "t.csv", b"asset id,test date,earth bond,touch current\n1,2026-02-01,0.1,0.05\n2,2026-02-01,0.2,0.1\n"
    )
    assert propose([table]).assumed == (
        "The column “earth bond” names no unit: Ω was assumed for protective_earth.",
        "The column “touch current” names no unit: mA was assumed for touch_current.",
    )
