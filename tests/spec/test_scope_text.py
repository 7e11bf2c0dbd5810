"""The text of a notice as a scope: what is named, what is left out, and what was not understood.

Sources: "5.5" = STANDARDS section 5.5, patterns of openFDA's ``code_info`` (P: of its examples; M: written for the
variety that is known); "enforcement" = openFDA device enforcement reports, their form with other numbers.
A value is shown as ``of:value``; a range as ``low..high``, a beginning as ``12A*``.
"""

import pytest

from wardwright.kernel.scope import Clause, Form, Of, Scope, Unit, decide, read_notice, read_scope


def shown(clause: Clause, text: str) -> str:
    """A clause in one line, the kinds in the order of the text."""
    rows: dict[Of, list[str]] = {}
    for e in clause.elements:
        ends = f"{'>' * e.low_open}{e.low}..{'<' * e.high_open}{e.high}"
        forms = {Form.ONE: e.low or e.span.of(text), Form.ALL: "all", Form.PREFIX: f"{e.low}*", Form.RANGE: ends}
        rows.setdefault(e.of, []).append(forms[e.form])
    return " ".join(f"{of}:{','.join(values)}" for of, values in rows.items())


def clauses(scope: Scope) -> list[str]:
    return [shown(clause, scope.text) for clause in scope.clauses]


def residue(scope: Scope) -> list[str]:
    return [span.of(scope.text) for span in scope.residue]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Lot/Batch Numbers: 13F18C0374, 13F18H0580", ["lot:13F18C0374,13F18H0580"]),  # 5.5 P
        ("Lot 007A1037, Ref 010-55-25.", ["lot:007A1037 ref:010-55-25"]),  # 5.5 P
        (
            "Lot numbers and exp dates:  10108716  31-Mar-2013, \n10111510  30-Apr-2013",
            ["lot:10108716,10111510"],
        ),  # 5.5 P: expiry dates describe the lots
        ("REF AK-25502", ["ref:AK-25502"]),  # 5.5 P
        ("All serial numbers", ["serial:all"]),  # 5.5 M
        ("All lots within expiry", ["lot:all"]),  # 5.5 M
        ("Serial Numbers: 1001-1250, 1300 through 1350", ["serial:1001..1250,1300..1350"]),  # 5.5 M
        ("S/N range ABC1000 to ABC1999", ["serial:ABC1000..ABC1999"]),  # 5.5 M
        ("SN beginning with 12A", ["serial:12A*"]),  # 5.5 M
        ("Model 8100: S/N 5, 7-9; Model 8110: S/N 12", ["model:8100 serial:5,7..9", "model:8110 serial:12"]),  # 5.5 M
        ("UDI-DI: 00884838000000; Lots: A1, B2", ["udi-di:00884838000000 lot:A1,B2"]),  # 5.5 M
        ("UDI/DI 00884838000000 (single), 10884838000007 (case)", ["udi-di:00884838000000,10884838000007"]),  # 5.5 M
        ("Software versions 3.0 through 3.2.1", ["version:3.0..3.2.1"]),  # 5.5 M
        ("Manufactured from 01/2019 to 06/2020", ["made:2019-01-01..2020-06-30"]),  # 5.5 M
        ("Lots 5, 6; Exp. 2021-03", ["lot:5,6"]),  # 5.5 M
        ("Serial numbers 5000 and below", ["serial:..5000"]),  # 5.5 M, "and below"
        ("Serial numbers 5000 and above", ["serial:5000.."]),
        ("Serial Numbers:\r\n1001\r\n1002", ["serial:1001,1002"]),  # 5.5 M, CRLF
        ("Serial Numbers 1001\u20131250", ["serial:1001..1250"]),  # 5.5 M, en dash
        ("Serial Numbers 1,001 thru 1,250 & 1300", ["serial:1001..1250,1300"]),  # 5.5 M, thousands, thru, &
        ("Serial Numbers 00012, 0100", ["serial:00012,0100"]),  # 5.5 M, leading zeros stay
        (
            "<p>Serial&nbsp;Numbers:</p><ul><li>1001</li><li>1002 &amp; 1003</li></ul>",
            ["serial:1001,1002,1003"],
        ),  # HTML
        ("SN12345, SN 12346, S/N: 12347", ["serial:12345,12346,12347"]),
        ("Serial No. ABC1000-1999", ["serial:ABC1000..ABC1999"]),  # the prefix is said once
        ("Lot 5290-201001", ["lot:5290-201001"]),  # a lot, and no range
    ],
)
def test_patterns_of_code_info(text: str, expected: list[str]) -> None:
    scope = read_scope(text)
    assert clauses(scope) == expected
    assert residue(scope) == []
    assert scope.understood == "wholly"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "REF 26-102: Lots 326902, 402802;   REF 26-102-BULK: Lots 228702",
            ["ref:26-102 lot:326902,402802", "ref:26-102-BULK lot:228702"],
        ),  # enforcement
        ("Item #: 1) RTL 10400, 2) RTL 10402", ["ref:RTL 10400,RTL 10402"]),  # enforcement
        (
            "Lot Number 1230783, Exp. Date February 2017;   Lot Number 1330825, Exp. Date April 2018",
            ["lot:1230783,1330825"],
        ),
        (
            "Lot Number: 5290-2  UDI: (01)00884838000000(10)5290-2(17)231021(11)201021",
            ["lot:5290-2 udi-di:00884838000000"],
        ),  # enforcement
        ("Lot 1, Ref A1; Lot 2, Ref B1", ["lot:1 ref:A1", "lot:2 ref:B1"]),  # pairs
        ("Model A1\nModel B1: S/N 5", ["model:A1", "model:B1 serial:5"]),  # A1 is meant whole
        ("Models 8100, 8110\nSerial numbers: 5", ["model:8100,8110 serial:5"]),
        ("Model X: all lots; Model Y: S/N 1 - 99", ["model:X lot:all", "model:Y serial:1..99"]),
        ("Alaris PC Unit Model 8015: Versions 9.33.1 and earlier", ["model:Alaris PC Unit 8015 version:..9.33.1"]),
        (
            "Philips: IntelliVue MX40, versions prior to B.06.18",
            ["maker:Philips model:IntelliVue MX40 version:..<B.06.18"],
        ),
        ("v8.x model 35700BAX2", ["version:v8.x model:35700BAX2"]),
        ("Software version 4.2 build 7 and higher", ["version:4.2 build 7.."]),
        ("All versions prior to 4.2 build 7", ["version:..<4.2 build 7"]),
        ("8.0 and earlier", ["version:..8.0"]),
        ("<=12.1.2", ["version:..12.1.2"]),
        ("Software versions between 3.0 and 3.2", ["version:3.0..3.2"]),
        (
            "Serial numbers 1001-1250 manufactured before March 2019",
            ["serial:1001..1250 made:..2019-02-28"],
        ),
        ("Shipped between 26-June-2017 and 7 August 2018", ["shipped:2017-06-26..2018-08-07"]),
    ],
)
def test_what_belongs_together(text: str, expected: list[str]) -> None:
    scope = read_scope(text)
    assert clauses(scope) == expected
    assert residue(scope) == []


@pytest.mark.parametrize(
    ("text", "meant", "left_out"),
    [
        ("All serial numbers except 500 to 600", ["serial:all"], ["serial:500..600"]),
        ("Model 8100: S/N 1 - 99 (except 50-60), 200", ["model:8100 serial:1..99,200"], ["model:8100 serial:50..60"]),
        ("Model 8110 is not affected. Model 8100: all serial numbers.", ["model:8100 serial:all"], ["model:8110"]),
        ("All lots excluding lot A12", ["lot:all"], ["lot:A12"]),
    ],
)
def test_what_is_left_out(text: str, meant: list[str], left_out: list[str]) -> None:
    scope = read_scope(text)
    assert clauses(scope) == meant
    assert [shown(clause, scope.text) for clause in scope.excluded] == left_out
    assert residue(scope) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Serial numbers 1001-1250. Also some blue ones.", ["some blue ones"]),
        ("The pumps on the third floor", ["pumps on the third floor"]),
        ("1001, 1002", ["1001, 1002"]),  # nothing says what these numbers are
        ("Manufactured prior to August 28", ["prior to August 28"]),  # of which year
        ("Units with a dented lid, lot 7", []),  # a condition: it is understood, and a person checks it
    ],
)
def test_what_is_not_understood_is_kept(text: str, expected: list[str]) -> None:
    assert residue(read_scope(text)) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("All lots manufactured between April 2012 and July 2019", ["lot:all made:2012-04-01..2019-07-31"]),
        ("Serial numbers greater than 100 and less than 200", ["serial:>100..<200"]),
        ("Units manufactured prior to serial number 5000", ["serial:..<5000"]),
        ("Serial Number Range: From: 1001 To: 1250", ["serial:1001..1250"]),
        ("Serial Numbers: All", ["serial:all"]),
        ("Lot numbers beginning with 19 or 20", ["lot:19*,20*"]),
        ("Serial Numbers: AB***, 12A*, 1234XXX", ["serial:AB*,12A*,1234*"]),
        ("Serial numbers 1001/1002, 1010/11", ["serial:1001/1002,1001,1002,1010/11,1010,1011"]),
        ("S/N 1001A-1001F", ["serial:1001A..1001F"]),
        ("Serial numbers 1,001 and 1300", ["serial:1001,1,001,1300"]),  # the comma may be either
        ("Part Number (PN) 1234-5, Serial Numbers (S/N): 1001", ["ref:1234-5 serial:1001"]),
        (
            "Model | Serial number\n8100 | 1001-1250\n8110 | 2001",
            ["model:8100 serial:1001..1250", "model:8110 serial:2001"],
        ),
        (
            "<table><tr><th>Model</th><th>Lot</th></tr><tr><td>8100</td><td>A1, A2</td></tr></table>",
            ["model:8100 lot:A1,A2"],
        ),
        ("Model No. 12345 Lot No. 123 UDI No. 00884838000000", ["model:12345 lot:123 udi-di:00884838000000"]),
        (
            "All devices with software version 9.33 or lower, serial numbers 1 to 5000.",
            ["product:all version:..9.33 serial:1..5000"],
        ),
    ],
)
def test_other_ways_to_write_it(text: str, expected: list[str]) -> None:
    scope = read_scope(text)
    assert clauses(scope) == expected
    assert residue(scope) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "This recall affects Acme X100 infusion pumps with serial numbers 1001 to 1250, because the battery may "
            "fail. Please contact us at 1-800-555-1234.",
            ["model:Acme X100 infusion pumps serial:1001..1250"],
        ),
        (
            "Dear Customer,\nAcme Medical is recalling the X100 infusion pump, serial numbers 1001 to 1250, "
            "manufactured between January 2019 and March 2019. The battery may overheat.",
            ["model:X100 infusion pump serial:1001..1250 made:2019-01-01..2019-03-31"],
        ),
        (
            "Affected product: Acme X100 infusion pump. Affected serial numbers: 1001 to 1250. "
            "No other models are affected.",
            ["model:Acme X100 infusion pump serial:1001..1250"],
        ),
    ],
)
def test_letters(text: str, expected: list[str]) -> None:
    scope = read_scope(text)
    assert clauses(scope) == expected
    assert residue(scope) == []


def test_a_description_and_its_code_information() -> None:
    """openFDA has what the product is and which units are meant in two fields."""
    scope = read_notice(
        "Breathing filter, REF 26-102 and 26-103, 50 per case. Single use.", "Lot Numbers: 326902, 402802", maker="Acme"
    )
    assert clauses(scope) == ["maker:Acme ref:26-102,26-103 lot:326902,402802"]
    assert residue(scope) == []


def test_what_a_description_names_beside_is_left_open() -> None:
    scope = read_notice("Breathing filter, REF 26-102 and 26-103", "REF 26-102: Lots 326902")
    found = [decide(scope, Unit(ref=ref, lot="999999")).outcome for ref in ("26-102", "26-103", "26-104")]
    assert found == ["not_affected", "unresolved", "not_affected"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Serial Numbers: 101,102-105,106", ["101,102-105,106"]),  # a list with a range, or a range of thousands
        ("Serial numbers ending in 5", ["ending"]),
        ("Lots 12, 100 units", ["100 units"]),  # a number of units, or a lot
        ("Serial numbers 1-9 because 1001 to 1250 fail", ["because 1001 to 1250 fail"]),
    ],
)
def test_what_can_be_read_in_two_ways_is_left_open(text: str, expected: list[str]) -> None:
    assert residue(read_scope(text)) == expected


def test_spans_are_those_of_the_cleaned_text() -> None:
    scope = read_scope("<b>Model&#160;8100</b>\x00: S/N\t12A")
    assert scope.text == "Model 8100: S/N 12A"
    assert [e.span.of(scope.text) for e in scope.clauses[0].elements] == ["8100", "12A"]


def test_a_condition_that_no_register_knows() -> None:
    scope = read_scope("Software version 11.2 and prior running on Windows 8.1")
    assert [span.of(scope.text) for span in scope.conditions] == ["running on Windows 8.1"]
    assert scope.understood == "wholly"


def test_twenty_thousand_serials_in_one_text() -> None:
    numbers = [f"SN{n:07}" for n in range(0, 40_000, 2)]
    scope = read_scope(f"Serial numbers: {', '.join(numbers)}")
    assert len(scope.clauses[0].elements) == 20_000
    assert scope.residue == ()
