"""Four years of a tester's downloads: records in one file, readings in another, as they are and without a hand's help.

The set (public domain, a university's theatre equipment): 3,287 records, 12,143 tests.
"""

import csv
from collections import Counter
from decimal import Decimal
from pathlib import Path

import pytest

from wardwright.kernel.analyser import ResultFile, read_results, write

pytestmark = pytest.mark.real
RECORDS, TESTS = "pat_records_2012_2015.csv", "pat_tests_2012_2015.csv"


@pytest.fixture(scope="module")
def folder(shared_data: Path) -> Path:
    return shared_data / "09_electrical_safety"


@pytest.fixture(scope="module")
def read(folder: Path) -> ResultFile:
    return read_results([(name, (folder / name).read_bytes()) for name in (RECORDS, TESTS)])


def rows(folder: Path, name: str) -> list[dict]:
    return list(csv.DictReader((folder / name).open(encoding="utf-8", newline="")))


def test_every_record_and_every_test_is_read(read: ResultFile, folder: Path) -> None:
    """3,287 of 3,287 records; 12,143 of 12,143 tests: a reading or a check each, the load beside 707 leakages a second
    reading, and the one "Overall Fail" its record's verdict."""
    entries = [one for record in read.records for one in (*record.readings, *record.checks)]
    assert (len(read.records), len(rows(folder, TESTS))) == (3287, 12_143)
    assert len(entries) == 12_143 + 707 - 1
    assert Counter(record.verdict for record in read.records) == {"": 3286, "fail": 1}


def test_each_kind_of_test_is_named(read: ResultFile) -> None:
    kinds = Counter(
        (reading.test or reading.quantity, reading.method, reading.unit)
        for record in read.records
        for reading in record.readings
    )
    assert kinds == {
        ("protective_earth", "", "Ω"): 4462,
        ("insulation", "", "MΩ"): 3750,
        ("equipment_leakage", "", "mA"): 707,
        ("load", "", ""): 707,
        ("continuity", "", "Ω"): 707,
        ("equipment_leakage", "alternative", "mA"): 34,
        ("", "", ""): 18,
    }
    assert Counter(check.verdict for record in read.records for check in record.checks) == {"pass": 2464}


def test_values_and_verdicts_are_those_of_the_file(read: ResultFile, folder: Path) -> None:
    """Against the file read plainly: the sum of all earth resistances, and how many the tester failed."""
    plain = [row for row in rows(folder, TESTS) if row["test"] == "Earth Resistance v2 (F2)"]
    ours = [one for record in read.records for one in record.readings if one.test == "protective_earth"]
    assert sum(one.value or 0 for one in ours) == sum(
        Decimal(repr(round(float(row["resistance"]), 9))) for row in plain
    )
    assert sum(one.verdict == "fail" for one in ours) == sum(row["pass"] == "False" for row in plain) == 53


def test_what_needs_a_person_is_little_and_said(read: ResultFile) -> None:
    """Three records hold nothing; five pairs are of one device in the same minute with other results."""
    assert Counter(one.code for one in read.problems) == {
        "assumed": 5,
        "no-results": 4,
        "same-moment": 10,
        "unknown-test": 18,
    }
    assert len(read.good()) == 3287 - 3 - 10 + 1


def test_the_open_form_holds_all_of_it(read: ResultFile) -> None:
    again = read_results([("r.json", write(read.records))])
    assert [(one.device, one.tested_at, one.readings, one.checks, one.extra) for one in again.records] == [
        (one.device, one.tested_at, one.readings, one.checks, one.extra) for one in read.records
    ]
