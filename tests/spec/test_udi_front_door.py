"""What is taken for a UDI at all, and the refusals common to every agency."""

from datetime import date

import pytest

from wardwright.kernel.udi import MAX_TEXT_LENGTH, Reason, UdiError, is_probably_udi, parse_udi

TODAY = date(2026, 11, 20)

REFUSALS = [
    ("", Reason.EMPTY),
    (" \t\r\n", Reason.EMPTY),
    ("]C1", Reason.EMPTY),
    ("\x1d\x1d", Reason.EMPTY),
    ("BMD-1000", Reason.NOT_A_UDI),
    ("Infusion pump", Reason.NOT_A_UDI),
    ("Heater", Reason.NOT_A_UDI),
    ("]d2ABC", Reason.NOT_A_UDI),
    ("(01)00614141000036(10)A\x00", Reason.CONTROL_CHARACTER),
    ("(01)00614141000036\n(10)A", Reason.CONTROL_CHARACTER),
    ("+A99912345\x7f7", Reason.CONTROL_CHARACTER),
    ("+A999\u00df2345", Reason.BAD_CHARACTER),
    ("(01)00614141000036(240)" + "x" * 478, Reason.TOO_LONG),
    ("0" * (MAX_TEXT_LENGTH + 1), Reason.TOO_LONG),
]


@pytest.mark.parametrize(("text", "reason"), REFUSALS, ids=[ascii(r[0])[:30] for r in REFUSALS])
def test_refusal(text: str, reason: Reason) -> None:
    with pytest.raises(UdiError) as caught:
        parse_udi(text, today=TODAY)
    assert caught.value.reason == reason


UDIS = [
    "00718175003305",
    "(01)51022222233336(11)141231(17)150707(10)A213B1(21)1234",
    "(01) 51022222233336 (10) A",
    "{01}00844588003288{17}141120",
    "(10)A(01)51022222233336",
    "]d201108576740020171714112010NYFUL01\x1d21192837",
    "01108576740020171714112010NYFUL01",
    "^0110857674002017",
    "0110857674002017",
    "+A99912345/$$52001510X33",
    "*+a99912345/$$52001510x33*",
    "+H37312BSGTRI60P3M",
    "=/A9999XYZ100T0944=,000025",
    "=)1TE123456A&)RZ12345678",
    "https://id.gs1.org/01/00614141123452/10/ABC123",
    # marked as a UDI but mistyped: worth an error message, not a fruitless search
    "(01)51022222233337(10)A",
    "+A99912345/$$52001510X34",
]

OTHERS = [
    "",
    "BMD-1000",
    "12345",
    "0123456789",
    "614141000036",
    "5901234123457",
    "00718175003304",
    "00000000000000",
    "0110857674002018",
    "SN 00718175003305",
    "20260115-000123",
    "2026-11-20 10:15",
    "+49 30 1234567",
    "+491701234567",
    "+15551234567890",
    "(01) 4155 2671 22",
    "(010) 555-0100 ext",
    "=SUM(A1:A1000000)",
    "=/not a device id",
    "https://example.org/devices/42",
    "infusion pump ward 3",
    "GB-AT-0100614141000036",
    "x" * 600,
]


@pytest.mark.parametrize("text", UDIS, ids=[ascii(t)[:30] for t in UDIS])
def test_read_as_a_udi(text: str) -> None:
    assert is_probably_udi(text) is True


@pytest.mark.parametrize("text", OTHERS, ids=[ascii(t)[:30] for t in OTHERS])
def test_left_to_the_search(text: str) -> None:
    assert is_probably_udi(text) is False
