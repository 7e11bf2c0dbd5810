"""What instruments say: IEEE 488.2-1992 (10.14 *IDN?, 8.7 response data, 7.7.3 suffixes), SCPI-99 (vol. 1, 7.2.1.5
infinity and not-a-number; vol. 2, 21.8 error queue), VPP-4.3 resource names."""

from decimal import Decimal as D

import pytest

from wardwright.kernel.scpi import (
    Identity,
    NoReading,
    Overload,
    mismatch,
    parse_address,
    parse_error,
    parse_identity,
    parse_value,
    printed_query,
)

DMM = Identity("KEYSIGHT", "34461A", "MY53220001", "A.02.14")


@pytest.mark.parametrize(
    ("answer", "identity"),
    [
        ("KEYSIGHT,34461A,MY53220001,A.02.14\n", DMM),
        ("Fluke, 8845A , 0, 08/02/10-11:53\r\n", Identity("Fluke", "8845A", "", "08/02/10-11:53")),
        ("MAKER,MODEL", Identity("MAKER", "MODEL")),
        ("A,B,C1,1.0,2.0", Identity("A", "B", "C1", "1.0,2.0")),
        ('"A,B,C1,1.0"', Identity("A", "B", "C1", "1.0")),
        ("A,B,0000,0", Identity("A", "B")),
    ],
)
def test_an_identity_has_four_entries_and_zero_stands_for_unknown(answer, identity):
    assert parse_identity(answer) == identity
    assert parse_identity(str(identity)) == identity


@pytest.mark.parametrize("answer", ["", "+1.23E+01", "MAKER", ",,,", "A,B\x00,C", "HTTP/1.1 400 Bad Request"])
def test_what_is_no_identity_is_told(answer):
    with pytest.raises(ValueError, match=r"is no answer to \*IDN\?"):
        parse_identity(answer)


@pytest.mark.parametrize(
    ("serial", "expected", "wrong"),
    [
        ("MY53220001", None, ""),
        ("my-5322 0001", None, ""),
        ("MY53220002", None, "KEYSIGHT 34461A MY53220001 answers, and MY53220002 is registered"),
        ("", DMM, ""),
        ("", Identity("Keysight", "34461A", "MY53220001", "A.03.03"), ""),  # new firmware is the same instrument
        ("", Identity("KEYSIGHT", "34461A", "MY5"), "KEYSIGHT 34461A MY53220001 answers, and KEYSIGHT 34461A MY5 is"),
        ("MY53220001", Identity("Fluke", "8845A"), "KEYSIGHT 34461A MY53220001 answers, and Fluke 8845A is expected"),
        ("", None, "KEYSIGHT 34461A MY53220001 answers, and nothing says whether it is the right one"),
    ],
)
def test_who_answers_is_compared_with_who_should(serial, expected, wrong):
    assert mismatch(DMM, serial=serial, expected=expected)[: len(wrong) or None] == wrong


def test_an_instrument_that_does_not_say_its_serial_must_have_been_confirmed():
    silent = Identity("Fluke", "8845A")
    assert "nothing says" in mismatch(silent, serial="123")
    assert mismatch(silent, serial="123", expected=Identity("FLUKE", "8845A", "", "1")) == ""
    assert mismatch(silent, expected=Identity("FLUKE", "8845A", "77")) != ""  # it said one when it was confirmed


@pytest.mark.parametrize(
    ("answer", "unit", "value"),
    [
        ("+1.00532000E-03\n", "V", "0.00100532"),  # NR3
        ("12", "Ω", "12"),  # NR1
        ("-0.25", "V", "-0.25"),  # NR2
        (".5", "V", "0.5"),
        ("5.", "V", "5"),
        ("1e3", "Ω", "1000"),
        ("12.5 MV", "V", "0.0125"),  # M is milli
        ("12 MOHM", "Ω", "12000000"),  # but not of ohms and hertz
        ("3 MHZ", "Hz", "3000000"),
        ("2 MAV", "V", "2000000"),
        ("85 UA", "mA", "0.085"),
        ("0.123 kOhm", "Ω", "123"),
        ("500µA", "µA", "500"),
        ("21 CEL", "°C", "21"),
        ("98.6 FAR", "°C", "37"),
    ],
)
def test_numbers_in_every_form_and_unit(answer, unit, value):
    assert parse_value(answer, unit) == D(value)


@pytest.mark.parametrize(
    ("answer", "sign"),
    [("+9.90000000E+37", 1), ("-9.9E37", -1), ("9.9E+37", 1), ("INF", 1), ("NINF", -1), ("OL", 1), ("1E40", 1)],
)
def test_beyond_the_range_is_no_number(answer, sign):
    with pytest.raises(Overload, match="lies beyond its range") as told:
        parse_value(answer, "V")
    assert told.value.sign == sign


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ("9.91E37", "no valid reading"),
        ("+9.91000000E+37", "no valid reading"),
        ("NAN", "no valid reading"),
        ("1.0,2.0,3.0", "answers 3 values"),
        ("", "is no number"),
        ("ERROR", "is no number"),
        ("1.2.3", "is no number"),
        ("0x10", "was expected"),
        ("12 A", "answers in 'A', and V was expected"),
        ("12 XYZ", "and V was expected"),
        ("KEYSIGHT,34461A,1,2", "is no number"),
        ("1" * 5000, "is no number"),
    ],
)
def test_what_is_no_reading_is_told(answer, words):
    with pytest.raises(NoReading, match=words):
        parse_value(answer, "V")


def test_the_error_queue_in_words():
    assert parse_error('-113,"Undefined header"\n') == (-113, "Undefined header")
    assert parse_error('+0,"No error"') == (0, "No error")
    assert parse_error('-222,"Data out of range;""10""" ') == (-222, 'Data out of range;"10"')
    assert parse_error("+1.05E-3") is None


@pytest.mark.parametrize(
    ("text", "wire", "host", "port"),
    [
        ("TCPIP::10.0.0.7::5025::SOCKET", "socket", "10.0.0.7", 5025),
        ("tcpip0::dmm-3.lab.local::1394::socket", "socket", "dmm-3.lab.local", 1394),
        ("TCPIP::10.0.0.7::INSTR", "network", "10.0.0.7", 0),
        ("TCPIP0::10.0.0.7::inst0::INSTR", "network", "10.0.0.7", 0),
        ("TCPIP::10.0.0.7::hislip0::INSTR", "network", "10.0.0.7", 0),
        ("USB0::0x2A8D::0x1301::MY53220001::INSTR", "usb", "", 0),
        ("USB::10893::4865::MY53220001::0::INSTR", "usb", "", 0),
        ("ASRL/dev/ttyUSB0::INSTR", "serial", "", 0),
        ("ASRL/dev/serial/by-id/usb-FTDI_FT232R_A1-if00-port0::INSTR", "serial", "", 0),
        ("ASRL3::INSTR", "serial", "", 0),
    ],
)
def test_addresses_that_are_known(text, wire, host, port):
    address = parse_address(f" {text} ")
    assert (address.text, address.wire, address.host, address.port) == (text, wire, host, port)


def test_the_machine_is_put_in_by_its_number():
    assert parse_address("TCPIP::dmm::5025::SOCKET").at("10.0.0.7") == "TCPIP::10.0.0.7::5025::SOCKET"
    assert parse_address("TCPIP::dmm::INSTR").at("10.0.0.7") == "TCPIP::10.0.0.7::INSTR"


@pytest.mark.parametrize(
    "text",
    [
        "", "10.0.0.7", "TCPIP::10.0.0.7::22::SOCKET", "TCPIP::10.0.0.7::80::SOCKET", "TCPIP::10.0.0.7::5432::SOCKET",
        "TCPIP::10.0.0.7::65536::SOCKET", "TCPIP::::5025::SOCKET", "TCPIP::a b::5025::SOCKET",
        "TCPIP::10.0.0.7::5025::SOCKET\nTCPIP::10.0.0.8::5025::SOCKET", "ASRLsocket://10.0.0.7:22::INSTR",
        "ASRL/dev/sda::INSTR", "ASRL/dev/../etc/passwd::INSTR", "ASRLloop://::INSTR", "PRLGX-TCPIP::10.0.0.7::INTFC",
        "VICP::10.0.0.7::INSTR", "TCPIP::user@10.0.0.7::5025::SOCKET", "TCPIP::[::1]::5025::SOCKET",
    ],
)  # fmt: skip
def test_everything_else_is_no_address(text):
    with pytest.raises(ValueError, match=r"no address of an instrument|no instrument listens"):
        parse_address(text)


@pytest.mark.parametrize("text", ["MEAS:RES?", ":READ?", "fetch?", "MEAS:VOLT:DC? 10,0.001", "FETC? (@101)"])
def test_a_query_is_one_question(text):
    assert printed_query(f" {text} ") == text


@pytest.mark.parametrize(
    "text",
    ["", "?", "OUTP ON", "OUTP ON;READ?", "READ?;OUTP ON", "READ?\nOUTP ON", "READ? 1;OUTP ON", "*RST", "*TST?",
     "*IDN?", "CAL?", ":CAL:ALL?", "SYST:COMM?", "MEAS:RÉS?", "READ?" + " 1" * 50],
)  # fmt: skip
def test_commands_and_questions_that_do_more_are_refused(text):
    with pytest.raises(ValueError, match=r"one SCPI question|more than read a value"):
        printed_query(text)
