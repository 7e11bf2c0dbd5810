"""ICCBBA UDIs: golden values from the FDA's format list and its parsing service."""

from datetime import date, time

import pytest

from wardwright.kernel.udi import ProductionIdentifiers, Reason, UdiError, build_udi, parse_udi, register_forms

TODAY = date(2026, 11, 20)
FDA_EXAMPLE = "=/A9999XYZ100T0944=,000025=A99971312345600=>014032=}013032&,1000000000000XYZ123"


def test_the_fda_example() -> None:
    udi = parse_udi(FDA_EXAMPLE, today=TODAY)
    assert (udi.agency, udi.device_identifier, udi.di_check_ok) == ("ICCBBA", "A9999XYZ100T0944", None)
    assert (udi.serial, udi.donation_id, udi.lot) == ("000025", "A99971312345600", "000000000000XYZ123")
    assert (udi.expires_on, udi.manufactured_on) == (date(2014, 2, 1), date(2013, 2, 1))
    assert udi.canonical == udi.machine == FDA_EXAMPLE


def test_the_fda_blood_bag_example() -> None:
    udi = parse_udi("=)1TE123456A&)RZ12345678", today=TODAY)
    assert (udi.device_identifier, udi.lot) == ("1TE123456A", "RZ12345678")


def test_a_compound_message_header_is_left_out_of_the_canonical_text() -> None:
    udi = parse_udi("]d1=+05000" + FDA_EXAMPLE, today=TODAY)
    assert (udi.canonical, udi.symbology) == (FDA_EXAMPLE, "]d1")


@pytest.mark.parametrize(
    ("digits", "day"),
    [
        ("014032", date(2014, 2, 1)),
        ("024366", date(2024, 12, 31)),
        ("999001", date(1999, 1, 1)),
        ("100060", date(2100, 3, 1)),
    ],
)
def test_dates_carry_the_century(digits: str, day: date) -> None:
    assert parse_udi(f"=/A9999XYZ100T0944=>{digits}", today=TODAY).expires_on == day


def test_expiry_time() -> None:
    udi = parse_udi("=/A9999XYZ100T0944&>0140322359", today=TODAY)
    assert (udi.expires_on, udi.expiry_time) == (date(2014, 2, 1), time(23, 59))


REFUSALS = [
    ("=>014032", Reason.NO_DEVICE_IDENTIFIER, "=/"),
    ("=/A9999XYZ100T094", Reason.BAD_LENGTH, "16"),
    ("=/A9999XYZ100t0944", Reason.BAD_CHARACTER, "device identifier"),
    ("=/A9999XYZ100T0944=>014366", Reason.BAD_DATE, "014366"),
    ("=/A9999XYZ100T0944=>014000", Reason.BAD_DATE, "014000"),
    ("=/A9999XYZ100T0944&>0140322400", Reason.BAD_DATE, "time"),
    ("=/A9999XYZ100T0944=>014032&>0140331200", Reason.BAD_STRUCTURE, "differ"),
    ("=/A9999XYZ100T0944=>01403X", Reason.BAD_CHARACTER, "expiry date"),
    ("=/A9999XYZ100T0944=!1", Reason.UNKNOWN_IDENTIFIER, "character 19"),
    ("=/A9999XYZ100T0944&,2000000000000XYZ123", Reason.UNKNOWN_IDENTIFIER, "'&,'"),
    ("=/A9999XYZ100T0944XY", Reason.UNKNOWN_IDENTIFIER, "'XY'"),
    ("=/A9999XYZ100T0944=", Reason.UNKNOWN_IDENTIFIER, "character 19"),
    ("=/A9999XYZ100T0944=/A9999XYZ100T0944", Reason.BAD_STRUCTURE, "twice"),
]


@pytest.mark.parametrize(("text", "reason", "says"), REFUSALS, ids=[r[0][-20:] for r in REFUSALS])
def test_refusal(text: str, reason: Reason, says: str) -> None:
    with pytest.raises(UdiError) as caught:
        parse_udi(text, today=TODAY)
    assert caught.value.reason == reason
    assert says in caught.value.message


def test_writing() -> None:
    label = build_udi(
        "ICCBBA",
        "A9999XYZ100T0944",
        ProductionIdentifiers(
            lot="XYZ123",
            serial="25",
            donation_id="A99971312345600",
            expires_on=date(2014, 2, 1),
            manufactured_on=date(2013, 2, 1),
        ),
    )
    assert (label.human, label.machine) == (FDA_EXAMPLE, FDA_EXAMPLE)
    bag = build_udi("ICCBBA", "1TE123456A", ProductionIdentifiers(lot="RZ12345678"))
    assert bag.machine == "=)1TE123456A&)RZ12345678"


@pytest.mark.parametrize(
    ("device", "production"),
    [
        ("SHORT", ProductionIdentifiers()),
        ("A9999XYZ100T0944", ProductionIdentifiers(quantity=1)),
        ("A9999XYZ100T0944", ProductionIdentifiers(software_version="1")),
        ("A9999XYZ100T0944", ProductionIdentifiers(serial="1234567")),
        ("A9999XYZ100T0944", ProductionIdentifiers(lot="-")),
        ("A9999XYZ100T0944", ProductionIdentifiers(donation_id="A1")),
        ("A9999XYZ100T0944", ProductionIdentifiers(expires_on=date(1899, 1, 1))),
        ("A9999XYZ100T0944", ProductionIdentifiers(other_elements=(("=*", "1"),))),
        ("1TE123456A", ProductionIdentifiers(serial="1")),
    ],
)
def test_writing_refuses(device: str, production: ProductionIdentifiers) -> None:
    with pytest.raises(UdiError):
        build_udi("ICCBBA", device, production)


def test_register_forms() -> None:
    assert register_forms("ICCBBA", "A9999XYZ100T0944") == ("A9999XYZ100T0944",)
