"""GS1 UDIs: golden values from the FDA, HL7, the GS1 General Specifications and the Syntax Dictionary."""

from datetime import date, time

import pytest

from wardwright.kernel.udi import (
    ProductionIdentifiers,
    Reason,
    UdiError,
    build_udi,
    gmn_check_pair,
    gs1_check_digit,
    gtin_to_14,
    missing_companions,
    parse_udi,
    register_forms,
    split_elements,
)

TODAY = date(2026, 11, 20)

FDA = "FDA, UDI formats by FDA-accredited issuing agency"
HL7 = "HL7 FHIR R4 Device examples"
IMDRF = "IMDRF/UDI WG/N48"
GENSPECS = "GS1 General Specifications"
DICTIONARY = "GS1 Barcode Syntax Dictionary"

GS = "\x1d"


def refusal(text: str) -> UdiError:
    with pytest.raises(UdiError) as caught:
        parse_udi(text, today=TODAY)
    return caught.value


# (text, source, fields)
READINGS = [
    (
        "(01)51022222233336(11)141231(17)150707(10)A213B1(21)1234",
        FDA,
        ("51022222233336", date(2014, 12, 31), date(2015, 7, 7), "A213B1", "1234"),
    ),
    (
        "(01)09506000117843(11)141231(17)201231(10)1234AB(21)5678CD",
        IMDRF,
        ("09506000117843", date(2014, 12, 31), date(2020, 12, 31), "1234AB", "5678CD"),
    ),
    (
        "(01)00643169001763(17)160712(21)21A11F4855",
        HL7,
        ("00643169001763", None, date(2016, 7, 12), None, "21A11F4855"),
    ),
    (
        "{01}00844588003288{17}141120{10}7654321D{21}10987654d321",
        HL7 + ", braces for brackets",
        ("00844588003288", None, date(2014, 11, 20), "7654321D", "10987654d321"),
    ),
    (
        "(01) 00844588003288 (17) 141120 (10) 7654321D",
        "spaces as some labels print them",
        ("00844588003288", None, date(2014, 11, 20), "7654321D", None),
    ),
    (
        f"]d201108576740020171714112010NYFUL01{GS}21192837{GS}713A1B2C3D4E5F6G",
        HL7 + ", carrier AIDC",
        ("10857674002017", None, date(2014, 11, 20), "NYFUL01", "192837"),
    ),
    (
        "(01)00012345678905(17)280200(10)FEB",
        "day 00 in a leap year",
        ("00012345678905", None, date(2028, 2, 29), "FEB", None),
    ),
    ("00718175003305", "openFDA enforcement report Z-2580-2021", ("00718175003305", None, None, None, None)),
    ("614141000036", GENSPECS + ", a GTIN-12", ("00614141000036", None, None, None, None)),
    ("5901234123457", "a GTIN-13", ("05901234123457", None, None, None, None)),
]


@pytest.mark.parametrize(("text", "source", "fields"), READINGS, ids=[r[0][:40] for r in READINGS])
def test_reading(text: str, source: str, fields: tuple) -> None:
    udi = parse_udi(text, today=TODAY)
    assert (udi.device_identifier, udi.manufactured_on, udi.expires_on, udi.lot, udi.serial) == fields, source
    assert (udi.agency, udi.di_check_ok) == ("GS1", True)


@pytest.mark.parametrize("separator", [GS, "<GS>", "{GS}", "[GS]", "<FNC1>", "^", "~", "\u241d", GS + GS], ids=ascii)
@pytest.mark.parametrize("lead", ["", "]C1", "]d2", "]Q3", "]e0", "]J1"])
def test_every_way_a_separator_reaches_us(lead: str, separator: str) -> None:
    udi = parse_udi(f"{lead}010061414100003610LOT9{separator}21SN7{separator}\r\n", today=TODAY)
    assert (udi.lot, udi.serial, udi.symbology) == ("LOT9", "SN7", lead or None)
    assert udi.canonical == "(01)00614141000036(10)LOT9(21)SN7"


def test_a_leading_separator_and_an_early_one_are_read() -> None:
    udi = parse_udi("^0100614141000036^17270131^10A", today=TODAY)
    assert udi.machine == "01006141410000361727013110A"


@pytest.mark.parametrize(
    ("text", "doubt"),
    [
        ("010061414100003610LOT921SN7", True),
        ("010061414100003621SN710LOT9", True),
        ("010061414100003610LOT917270131", True),
        ("010061414100003610LOT917271331", False),
        ("010061414100003617270131" + "10LOT917270131", False),
        ("010061414100003610LOT9", False),
        ("010061414100003610LOT21", False),
        (f"010061414100003610LOT9{GS}21SN10A", False),
        ("(01)00614141000036(10)LOT921SN7", False),
    ],
)
def test_a_scan_that_may_have_lost_its_separator_is_flagged(text: str, doubt: bool) -> None:
    assert parse_udi(text, today=TODAY).separator_in_doubt is doubt


def test_two_ways_of_writing_a_separator_are_refused() -> None:
    assert refusal("010061414100003610LOT9^21SN7~30").reason == Reason.BAD_STRUCTURE


def test_all_named_elements_and_the_others() -> None:
    udi = parse_udi("(8012)v2.1(01)00614141000036(21)S(240)REF-1(30)12(11)250131(7003)2701311545(10)L", today=TODAY)
    assert (udi.software_version, udi.quantity, udi.lot, udi.serial) == ("v2.1", 12, "L", "S")
    assert (udi.expires_on, udi.expiry_time) == (date(2027, 1, 31), time(15, 45))
    assert udi.other_elements == (("240", "REF-1"), ("7003", "2701311545"))
    assert udi.elements[0] == ("8012", "v2.1")
    assert udi.canonical == "(01)00614141000036(11)250131(10)L(21)S(8012)v2.1(240)REF-1(30)12(7003)2701311545"


def test_expiry_time_of_another_day_is_left_aside() -> None:
    udi = parse_udi("(01)00614141000036(17)270228(7003)2701311545", today=TODAY)
    assert (udi.expires_on, udi.expiry_time) == (date(2027, 2, 28), None)


def test_production_time_gives_the_production_date() -> None:
    assert parse_udi("(01)00614141000036(8008)25070814", today=TODAY).manufactured_on == date(2025, 7, 8)


def test_brackets_inside_a_value() -> None:
    for text in ("(01)00614141000036(10)AB(C)(21)7", "(01)00614141000036(10)AB\\(C)(21)7"):
        udi = parse_udi(text, today=TODAY)
        assert (udi.lot, udi.serial) == ("AB(C)", "7")
        assert parse_udi(udi.canonical, today=TODAY).lot == "AB(C)"
    assert parse_udi("(01)00614141000036(10)AB\\(21)7", today=TODAY).lot == "AB(21)7"


# GenSpecs 7.12: within 50 years of today
@pytest.mark.parametrize(
    ("today", "written", "year"),
    [
        (date(2026, 1, 1), "76", 2076),
        (date(2026, 1, 1), "77", 1977),
        (date(2026, 1, 1), "26", 2026),
        (date(2026, 1, 1), "00", 2000),
        (date(2051, 1, 1), "01", 2101),
        (date(2051, 1, 1), "02", 2002),
        (date(2099, 1, 1), "49", 2149),
        (date(2099, 1, 1), "50", 2050),
        (date(1999, 1, 1), "01", 2001),
    ],
)
def test_century(today: date, written: str, year: int) -> None:
    assert parse_udi(f"(01)00614141000036(17){written}0115", today=today).expires_on == date(year, 1, 15)


# (text, reason, part of the message)
REFUSALS = [
    ("(01)00208851107345(17)150331", Reason.BAD_CHECK, "is 5 but should be 7"),
    ("(01)00011954013448", Reason.BAD_CHECK, "is 8 but should be 2"),
    ("5901234123458", Reason.BAD_CHECK, "should be 7"),
    ("(01)00000000000000", Reason.BAD_VALUE, "zeros"),
    ("(17)271300", Reason.BAD_DATE, "(17)"),
    ("(01)00614141000036(17)270230", Reason.BAD_DATE, "270230"),
    ("(01)00614141000036(17)270001", Reason.BAD_DATE, "(17)"),
    ("(01)00614141000036(7003)2701312460", Reason.BAD_DATE, "(7003)"),
    ("(01)00614141000036(7003)2701001200", Reason.BAD_DATE, "(7003)"),
    ("(01)00851997007004(10)5290-201001(17)20231021", Reason.BAD_LENGTH, "eight digits"),
    ("(01)00614141000036(10)" + "L" * 21, Reason.BAD_LENGTH, "1 to 20"),
    ("010061414100003610" + "L" * 21, Reason.BAD_LENGTH, "FNC1"),
    ("(01)00614141000036(10)", Reason.BAD_LENGTH, "0 characters"),
    ("(01)0061414100003", Reason.BAD_LENGTH, "must have 14"),
    ("(01)00614141000036(10)A B", Reason.BAD_CHARACTER, "no spaces"),
    ("(01)00614141000036(10)A\u00e9", Reason.BAD_CHARACTER, "character 24"),
    ("(01)0061414100003\u0666", Reason.BAD_CHARACTER, "character 18"),
    ("(01)00614141000036(05)1", Reason.UNKNOWN_IDENTIFIER, "'05'"),
    ("(01)00614141000036(3338)030333", Reason.UNKNOWN_IDENTIFIER, "'3338'"),
    ("0100614141000036AB", Reason.UNKNOWN_IDENTIFIER, "character 17"),
    ("(01", Reason.BAD_STRUCTURE, "(01)"),
    ("(12345)6", Reason.BAD_STRUCTURE, "start"),
    ("(17)270131(10)A", Reason.NO_DEVICE_IDENTIFIER, "(17), (10)"),
    ("(01)00614141000036(10)A(10)B", Reason.CONFLICT, "A and B"),
    ("(01)00614141000036(02)00614141000036(37)1", Reason.CONFLICT, "(01)"),
    ("(01)00614141000036(3103)000001(3102)000001", Reason.CONFLICT, "(3103)"),
    ("(01)00614141000036(8013)1987654Ad4X4bL5ttr2310c2L", Reason.BAD_CHECK, "(8013)"),
    ("(01)00614141000036(8001)00001234512300", Reason.BAD_VALUE, "(8001)"),
    ("https://id.gs1.org/01/01234567890128/21/12345XYZ/10/ABC123", Reason.BAD_STRUCTURE, "order"),
    ("https://id.gs1.org/01/00614141123452/10", Reason.BAD_STRUCTURE, "'10'"),
    ("https://id.gs1.org/01/00614141123452?21=5", Reason.BAD_STRUCTURE, "'21'"),
    ("https://id.gs1.org/01/00614141123453", Reason.BAD_CHECK, "should be 2"),
    ("https://id.gs1.org/414/9521321000010", Reason.NO_DEVICE_IDENTIFIER, "no GTIN"),
    ("https://[id.gs1.org/01/00614141123452", Reason.BAD_STRUCTURE, "cannot be read"),
]


@pytest.mark.parametrize(("text", "reason", "says"), REFUSALS, ids=[ascii(r[0])[:40] for r in REFUSALS])
def test_refusal(text: str, reason: Reason, says: str) -> None:
    error = refusal(text)
    assert error.reason == reason
    assert says in error.message
    assert error.what in error.message and error.where in error.message and error.remedy in error.message


def test_the_same_value_twice_is_no_conflict() -> None:
    assert parse_udi("(01)00614141000036(10)A(10)A", today=TODAY).canonical == "(01)00614141000036(10)A"


def test_digital_link() -> None:
    udi = parse_udi("https://example.com/shop/01/614141123452/22/2A/10/A%2FB/21/7?17=270100&linkType=all", today=TODAY)
    assert (udi.device_identifier, udi.lot, udi.serial, udi.expires_on) == (
        "00614141123452",
        "A/B",
        "7",
        date(2027, 1, 31),
    )
    assert udi.other_elements == (("22", "2A"),)
    assert udi.canonical == "(01)00614141123452(17)270100(10)A/B(21)7(22)2A"


@pytest.mark.parametrize(
    ("elements", "missing"),
    [
        ((("01", "x"), ("10", "x")), ()),
        ((("10", "x"),), (("10", "01,02,03,8006,8026"),)),
        ((("01", "x"), ("250", "x")), (("250", "01+21,03+21,8006+21"),)),
        ((("01", "x"), ("21", "x"), ("250", "x")), ()),
        ((("02", "x"),), (("02", "37"),)),
    ],
)
def test_companions(elements: tuple, missing: tuple) -> None:
    assert missing_companions(elements) == missing, DICTIONARY


# (body, digit, source)
CHECK_DIGITS = [
    ("5102222223333", "6", FDA),
    ("0950600011784", "3", IMDRF),
    ("0064316900176", "3", HL7),
    ("629104150021", "3", GENSPECS + " 7.9.1, worked example 6291041500213"),
    ("37610425002123456", "9", GENSPECS + " 7.9.1, worked example 376104250021234569"),
]


@pytest.mark.parametrize(("body", "digit", "source"), CHECK_DIGITS)
def test_check_digit(body: str, digit: str, source: str) -> None:
    assert gs1_check_digit(body) == digit, source


@pytest.mark.parametrize("body", ["", "12A", "\u0663", "1 2", "-1"])
def test_check_digit_needs_digits(body: str) -> None:
    with pytest.raises(UdiError):
        gs1_check_digit(body)


def test_model_number_check_pair() -> None:
    assert gmn_check_pair("1987654Ad4X4bL5ttr2310c") == "2K", GENSPECS + " 7.9.5, worked example"
    udi = parse_udi("(01)00614141000036(8013)1987654Ad4X4bL5ttr2310c2K", today=TODAY)
    assert udi.other_elements == (("8013", "1987654Ad4X4bL5ttr2310c2K"),)


@pytest.mark.parametrize(
    ("text", "gtin"),
    [
        ("96385074", "00000096385074"),
        ("614141000036", "00614141000036"),
        ("5901234123457", "05901234123457"),
        ("6 14141 00003 6", "00614141000036"),
        ("51022222233336", "51022222233336"),
    ],
)
def test_gtin_to_14(text: str, gtin: str) -> None:
    assert gtin_to_14(text) == gtin


@pytest.mark.parametrize("text", ["", "1234567", "123456789012345", "61414100003X", "614141000037", "00000000"])
def test_gtin_to_14_refuses(text: str) -> None:
    with pytest.raises(UdiError):
        gtin_to_14(text)


def test_writing() -> None:
    label = build_udi(
        "GS1",
        "614141000036",
        ProductionIdentifiers(
            lot="A(1)",
            serial="S1",
            expires_on=date(2027, 1, 31),
            software_version="2.0",
            other_elements=(("240", "R"),),
        ),
    )
    assert label.human == "(01)00614141000036(17)270131(10)A\\(1)(21)S1(8012)2.0(240)R"
    assert label.machine == f"{GS}01006141410000361727013110A(1){GS}21S1{GS}80122.0{GS}240R"


@pytest.mark.parametrize(
    ("device", "production"),
    [
        ("614141000037", ProductionIdentifiers()),
        ("614141000036", ProductionIdentifiers(lot="")),
        ("614141000036", ProductionIdentifiers(lot="L" * 21)),
        ("614141000036", ProductionIdentifiers(serial="A B")),
        ("614141000036", ProductionIdentifiers(quantity=-1)),
        ("614141000036", ProductionIdentifiers(donation_id="A99971312345600")),
        ("614141000036", ProductionIdentifiers(other_elements=(("37", "1"),))),
        ("614141000036", ProductionIdentifiers(other_elements=(("89", "1"),))),
    ],
)
def test_writing_refuses_what_reading_would(device: str, production: ProductionIdentifiers) -> None:
    with pytest.raises(UdiError):
        build_udi("GS1", device, production)


def test_elements_without_a_device_are_still_readable_as_elements() -> None:
    assert split_elements("(17)270131(10)A", today=TODAY) == (("17", "270131"), ("10", "A"))


def test_register_forms() -> None:
    assert register_forms("GS1", "00614141000036") == ("00614141000036", "0614141000036", "614141000036")
    assert register_forms("GS1", "51022222233336") == ("51022222233336",)
