"""Decisions: does a notice mean this device? What is not known or not understood is never "not affected".

The texts are patterns of STANDARDS section 5.5 and of CSAF advisories' version texts (section 7.2), in short.
"""

import pytest

from wardwright.kernel.said import Said
from wardwright.kernel.scope import BadUnit, Decider, Unit, decide, findings, read_scope

YES, NO, OPEN = "affected", "not_affected", "unresolved"


def outcome(text: str, **unit: str) -> str:
    return str(decide(read_scope(text), Unit.of(unit)).outcome)


@pytest.mark.parametrize(
    ("serial", "expected"),
    [
        ("1001", YES),
        ("1250", YES),
        ("1251", NO),
        ("1000", NO),
        ("1299", NO),
        ("1300", YES),
        ("1350", YES),
        ("01100", YES),  # a leading zero more
        ("SN 1100", YES),
        ("999", NO),
        ("12000", OPEN),  # out by number, inside letter by letter
        ("11O0", OPEN),  # the letter O may be a zero
        ("2019-1100", OPEN),  # its last part is inside
        ("", OPEN),
        ("N/A", OPEN),
    ],
)
def test_serial_in_ranges(serial: str, expected: str) -> None:
    assert outcome("Serial Numbers: 1001-1250, 1300 through 1350", model="8100", serial=serial) == expected


@pytest.mark.parametrize(
    ("serial", "expected"),
    [
        ("ABC1000", YES),
        ("abc-1500", YES),
        ("ABC1999", YES),
        ("ABC2000", NO),
        ("ABC0999", NO),
        ("XYZ1500", NO),
        ("1500", OPEN),  # the register may have dropped the letters
        ("2500", NO),
        ("ABC10005", OPEN),  # wider than both ends
    ],
)
def test_serial_with_letters(serial: str, expected: str) -> None:
    assert outcome("S/N range ABC1000 to ABC1999", serial=serial) == expected


@pytest.mark.parametrize(
    ("unit", "expected"),
    [
        ({"model": "8100", "serial": "5"}, YES),
        ({"model": "8100", "serial": "12"}, NO),
        ({"model": "8110", "serial": "12"}, YES),
        ({"model": "8110"}, YES),
        ({"model": "8100"}, OPEN),
        ({"model": "8120", "serial": "5"}, NO),
        ({"model": "Pump", "serial": "5"}, OPEN),  # which pump?
        ({"serial": "5"}, OPEN),
    ],
)
def test_models_with_their_own_serials(unit: dict, expected: str) -> None:
    assert outcome("Model 8100: S/N 1-9; Model 8110: all lots", **unit) == expected


@pytest.mark.parametrize(
    ("unit", "expected"),
    [
        ({"ref": "26-102", "lot": "326902"}, YES),
        ({"ref": "26102", "lot": "326902"}, YES),
        ({"ref": "26-102-BULK", "lot": "326902"}, NO),  # a lot of the other catalogue number
        ({"ref": "26-102", "lot": "228702"}, NO),
        ({"ref": "26-102", "lot": "999999"}, NO),
        ({"ref": "26-103", "lot": "326902"}, OPEN),  # the very lot, of another number: somebody has to look
        ({"ref": "26-103", "lot": "999999"}, NO),
        ({"ref": "26-102"}, OPEN),
        ({"lot": "326902"}, OPEN),
    ],
)
def test_catalogue_numbers_with_their_own_lots(unit: dict, expected: str) -> None:
    assert outcome("REF 26-102: Lots 326902, 402802;   REF 26-102-BULK: Lots 228702", **unit) == expected


@pytest.mark.parametrize(
    ("text", "version", "expected"),
    [
        ("Software versions 3.0 through 3.2.1", "3.0", YES),
        ("Software versions 3.0 through 3.2.1", "3.2.1", YES),
        ("Software versions 3.0 through 3.2.1", "v3.1", YES),
        ("Software versions 3.0 through 3.2.1", "3.2.2", NO),
        ("Software versions 3.0 through 3.2.1", "2.9", NO),
        ("Software versions 3.0 through 3.2.1", "3.2.1.4", OPEN),  # whether 3.2.1 includes it is not said
        ("Version 9.33.1 and earlier", "9.4", YES),  # numbers, not decimals
        ("Version 9.33.1 and earlier", "12.1", NO),
        ("Version 9.33.1 and earlier", "unknown", OPEN),
        ("All versions prior to B.06.18", "B.05.99", YES),
        ("All versions prior to B.06.18", "B.06.18", NO),
        ("All versions prior to B.06.18", "A.12", YES),
        ("All versions prior to B.06.18", "6.18", OPEN),  # no order between them
        ("Software version v8.x", "8.00.02", YES),
        ("Software version v8.x", "9.0", NO),
        ("Software version 8", "8.1", YES),
        ("<=12.1.2", "12.1.3", NO),
        ("8.0 and earlier", "7.9", YES),
        ("Prior to version 4.2 build 7", "4.2 build 6", YES),
        ("Prior to version 4.2 build 7", "4.2 build 7", NO),
        ("Prior to version 4.2 build 7", "4.2", OPEN),
        ("Software versions U61 and earlier", "L70", OPEN),  # two tracks
        ("Software versions U61 and earlier", "U62", NO),
        ("All software versions", "1.0", YES),
    ],
)
def test_software_versions(text: str, version: str, expected: str) -> None:
    assert outcome(text, version=version) == expected


@pytest.mark.parametrize(
    ("text", "day", "expected"),
    [
        ("Manufactured from 01/2019 to 06/2020", "2019-01-01", YES),
        ("Manufactured from 01/2019 to 06/2020", "2020-06-30", YES),
        ("Manufactured from 01/2019 to 06/2020", "2020-07-01", NO),
        ("Manufactured from 01/2019 to 06/2020", "", OPEN),
        ("Manufactured before March 2019", "2019-02-28", YES),
        ("Manufactured before March 2019", "2019-03-01", NO),
        ("Shipped before March 2019", "2019-02-01", OPEN),  # made before; shipped when?
        ("Shipped before March 2019", "2019-03-01", NO),  # it was not yet made
    ],
)
def test_days_of_manufacture(text: str, day: str, expected: str) -> None:
    assert outcome(text, made_on=day) == expected


@pytest.mark.parametrize(
    ("text", "unit", "expected"),
    [
        ("All serial numbers except 500 to 600", {"serial": "550"}, NO),
        ("All serial numbers except 500 to 600", {"serial": "650"}, YES),
        ("All serial numbers except 500 to 600", {}, OPEN),
        ("All serial numbers except 500 to 600", {"serial": "5500"}, OPEN),
        ("Serial Numbers 1001-1250. Also some blue ones.", {"serial": "2000"}, OPEN),  # residue
        ("Serial Numbers 1001-1250. Also some blue ones.", {"serial": "1100"}, YES),
        ("Serial Numbers 1001-1250. Unless the lid is blue.", {"serial": "1100"}, OPEN),  # it may leave it out
        ("Serial Numbers 1350-1300", {"serial": "1320"}, OPEN),  # a contradiction
        ("Serial Numbers 1350-1300", {"serial": "9999"}, OPEN),
        ("UDI-DI: 00884838000000; Lots: A1, B2", {"udi_di": "00884838000000", "lot": "A1"}, YES),
        ("UDI-DI: 00884838000000; Lots: A1, B2", {"udi_di": "00884838000000", "lot": "C1"}, NO),
        ("UDI-DI: 00884838000000; Lots: A1, B2", {"udi_di": "00884838000017", "lot": "Z9"}, NO),
        ("Software 3.0 and earlier running on Windows 8.1", {"version": "2.0"}, OPEN),  # a condition
        ("Software 3.0 and earlier running on Windows 8.1", {"version": "4.0"}, NO),
        (
            "Model X100, serial numbers 1000 to 2000, software below 4.2",
            {"model": "X100", "serial": "1500", "version": "5"},
            NO,
        ),
        ("Serial numbers 1000 to 2000\nSoftware below 4.2", {"serial": "1500", "version": "5"}, OPEN),  # and, or or?
        ("Philips: IntelliVue MX40", {"maker": "Dräger", "model": "Evita V500"}, NO),
        ("Philips: IntelliVue MX40", {"maker": "Philips Healthcare", "model": "MX-40"}, YES),
        ("Serial numbers 1-100 except 50, 200-300", {"serial": "250"}, OPEN),  # left out, or named?
        ("S/N ABC1001, ABC1002", {"serial": "1001"}, OPEN),  # the register may have dropped the letters
        ("S/N ABC1001, ABC1002", {"serial": "1003"}, NO),
        ("Serial numbers from 1001-1250", {"serial": "1100"}, YES),
        ("Lot CV040220/A1", {"lot": "CV040220"}, OPEN),
        ("Serial numbers through 5000", {"serial": "4000"}, YES),
        ("Serial numbers 1001 ~ 1250", {"serial": "1100"}, YES),
        ("Serial numbers 5000+", {"serial": "5001"}, YES),
        ("Software version 2.0+", {"version": "2.1"}, YES),
        ("Software version <= 20210210", {"version": "2.1"}, OPEN),  # another way of counting
        ("Lot 1234 5678", {"lot": "12345678"}, OPEN),  # two numbers, or one
        ("X100 Pump: 100 to 200", {"model": "X100", "serial": "150"}, OPEN),  # nothing says what the numbers are
        (
            "All serial numbers of model X100. Model X200: serial numbers 1 to 50.",
            {"model": "X200", "serial": "77"},
            NO,
        ),
        ("Manufacturer: Acme\nModel X100\nSerial 1-9", {"maker": "Acme", "model": "X100", "serial": "12"}, NO),
        ("Manufactured after 06/30/2020", {"made_on": "2020-06-30"}, NO),
        ("Serial numbers: 1001-05", {"serial": "1003"}, YES),  # or one code: both are kept
        ("Serial numbers 1001.1002", {"serial": "1002"}, YES),
        ("S/N 1-9 (Model 8100), 20-29 (Model 8110)", {"model": "8110", "serial": "25"}, YES),
        ("Serial numbers 1-9 for Model 8100 and 20-29 for Model 8110", {"model": "8110", "serial": "25"}, YES),
        ("Serial numbers 1-9 for Model 8100 and 20-29 for Model 8110", {"model": "8110", "serial": "5"}, NO),
        ("Serial numbers no higher than 500", {"serial": "500"}, YES),
        ("Serial numbers less than or equal to 500", {"serial": "500"}, YES),
        ("Lots 123 etc.", {"lot": "124"}, OPEN),
        ("Lots such as 123", {"lot": "124"}, OPEN),
        ("Serial numbers: N/A; Lot numbers: 123", {"lot": "124"}, NO),
        ("Nothing here names a thing", {"serial": "5"}, OPEN),
        ("", {"serial": "5"}, OPEN),
    ],
)
def test_exclusions_residue_and_contradictions(text: str, unit: dict, expected: str) -> None:
    assert outcome(text, **unit) == expected


def test_a_decision_says_why_and_shows_the_words() -> None:
    found = decide(read_scope("Model 8100: S/N 1-9"), Unit(model="8100", serial="5"))
    assert (found.reason, found.text) == ("The serial number 5 lies in “1 – 9”.", "1-9")
    assert isinstance(found.reason, Said)
    assert found.span is not None and (found.span.start, found.span.end) == (16, 19)


def test_contradictions_are_said() -> None:
    found = findings(read_scope("Serial numbers 1350-1300 except 1350-1300"))
    assert [one.code for one in found] == ["reversed-range", "named-and-left-out", "reversed-range"]
    assert found[0].words == "The range “1350-1300” ends before it begins."


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"color": "red"}, "A unit has no “color”; it has lot, made_on, maker, model, ref, serial, udi_di, version."),
        ({"serial": ["5"]}, "“serial” of the unit is no text."),
        ({"made_on": "soon"}, "“made_on” of the unit is a day such as 2021-03-31, not “soon”."),
    ],
)
def test_a_unit_that_cannot_be_read(values: dict, words: str) -> None:
    with pytest.raises(BadUnit) as caught:
        Unit.of(values)
    assert str(caught.value) == words


def test_twenty_thousand_serials_are_asked_as_fast_as_one() -> None:
    numbers = [f"SN{n:07}" for n in range(0, 40_000, 2)]
    decider = Decider(read_scope(f"Serial numbers: {', '.join(numbers)}"))
    outcomes = [str(decider.decide(Unit(serial=f"{n:07}")).outcome) for n in (0, 1, 39_998, 39_999)]
    assert outcomes == [YES, NO, YES, NO]
