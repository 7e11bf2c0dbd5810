"""Reading from instruments: on loopback over TCP, over a pseudo-terminal, and from those that pyvisa-sim plays."""

import os
import threading
import tty
from contextlib import suppress
from datetime import timedelta
from decimal import Decimal as D
from ipaddress import IPv4Network
from pathlib import Path

import pytest
from django.db import connections
from django.utils import timezone
from tests.factories import make_instrument, make_user
from tests.scpi_peer import ScpiPeer

from wardwright.apps.testing.live.conversation import Asked, hear
from wardwright.apps.testing.live.reach import resource_of
from wardwright.apps.testing.live.turns import one_reader
from wardwright.apps.testing.models import Instrument, InstrumentConnection, InstrumentFunction
from wardwright.apps.testing.operations import (
    confirm_identity,
    connect_instrument,
    disconnect_instrument,
    keep_instrument,
    read_value,
    sealed_identity,
    set_functions,
    try_connection,
)
from wardwright.apps.testing.queries import fitting_function, readable_functions
from wardwright.platform.audit.operation import open_change
from wardwright.platform.core.change import System
from wardwright.platform.core.errors import Denied, Invalid, NotNow

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()
SIM = f"{Path(__file__).parent / 'instruments.yaml'}@sim"
RESISTANCE = {"quantity": "resistance", "unit": "Ω", "low": "0", "high": "200000000", "query": "MEAS:RES?"}
CURRENT = {"quantity": "current", "unit": "mA", "query": "MEAS:CURR?", "answer_unit": "A"}


@pytest.fixture(autouse=True)
def loopback(settings):
    settings.INSTRUMENT_HOSTS = [IPv4Network("127.0.0.1/32")]


@pytest.fixture
def keeper():
    return make_user(permissions=["testing.view", "testing.instruments"])


@pytest.fixture
def peer():
    made = []

    def make(answers=None, **given):
        made.append(ScpiPeer(answers, **given))
        return made[-1]

    yield make
    for one in made:
        with suppress(OSError):  # closed already
            one.close()


def instrument(by, resource, functions=(RESISTANCE, CURRENT), serial="SN-77", **given) -> Instrument:
    row = make_instrument(serial=serial, calibrated_on=TODAY, calibration_due_on=TODAY + timedelta(days=300))
    connect_instrument(by=by, instrument_id=row.pk, resource=resource, **{"timeout_ms": 1000, **given})
    set_functions(by=by, instrument_id=row.pk, functions=list(functions))
    row.refresh_from_db()
    return row


# Reading ---------------------------------------------------------------------------------------------------------


def test_a_value_is_read_from_the_right_instrument_in_the_unit_that_is_asked_for(keeper, peer):
    there = peer({"MEAS:RES?": "+1.23450000E+03"})
    got = read_value(instrument(keeper, there.resource), quantity="resistance", unit="kΩ")
    assert (got.value, got.typed, got.shown, got.shown_unit) == (D("1.2345"), "1.2345", D("1234.5"), "Ω")
    assert str(got.identity) == "ACME,DMM-1,SN-77,1.0"
    assert there.asked == ["*IDN?", "MEAS:RES?"]


def test_the_function_may_answer_in_another_unit_than_its_own(keeper, peer):
    row = instrument(keeper, peer({"MEAS:CURR?": "8.5E-05"}).resource)
    got = read_value(row, quantity="touch current", unit="µA")
    assert (got.typed, got.shown, got.shown_unit) == ("85", D("0.000085"), "A")


def test_an_answer_with_its_own_unit_is_converted(keeper, peer):
    row = instrument(keeper, peer({"MEAS:CURR?": "0.085 mA"}).resource)
    assert read_value(row, quantity="current", unit="µA").typed == "85"


def test_another_instrument_is_asked_nothing_but_its_name(keeper, peer):
    there = peer({"*IDN?": "ACME,DMM-1,SN-78,1.0", "MEAS:RES?": "1"})
    row = instrument(keeper, there.resource)
    with pytest.raises(NotNow) as told:
        read_value(row, quantity="resistance", unit="Ω")
    assert told.value.message == f"This is not {row}: ACME DMM-1 SN-78 answers, and SN-77 is registered."
    assert there.asked == ["*IDN?"]


def test_without_a_serial_number_the_identity_must_have_been_confirmed(keeper, peer):
    there = peer({"*IDN?": "ACME,DMM-1,0,1.0", "MEAS:RES?": "1"})
    row = instrument(keeper, there.resource, serial="")
    with pytest.raises(NotNow, match="nothing says whether it is the right one"):
        read_value(row, quantity="resistance", unit="Ω")
    assert there.asked == ["*IDN?"]
    confirm_identity(by=keeper, instrument_id=row.pk, identity="ACME,DMM-1,0,1.0")
    assert read_value(row, quantity="resistance", unit="Ω").typed == "1"
    there.answers["*IDN?"] = "ACME,DMM-2,0,1.0"
    with pytest.raises(NotNow, match="ACME DMM-2 answers, and ACME DMM-1 is expected"):
        read_value(row, quantity="resistance", unit="Ω")


@pytest.mark.parametrize(
    ("answers", "words", "way_forward"),
    [
        ({"*IDN?": "+1.0E0"}, "is no answer to \\*IDN", "speaks SCPI"),
        (
            {"*IDN?": lambda line: line.drop()},
            "did not answer within 0.3 s, or closed the connection",
            "Type the value",
        ),
        ({}, "did not answer within 0.3 s", ""),
        ({"SYST:ERR?": '-113,"Undefined header"'}, "did not answer", "The instrument says: Undefined header (-113)."),
        ({"MEAS:RES?": lambda line: line.drop()}, "did not answer within 0.3 s, or closed the connection", ""),
        ({"MEAS:RES?": "garbage\x01"}, "answers 'garbage\\\\x01', which is no number", "Type the value instead."),
        ({"MEAS:RES?": "1,2"}, "answers 2 values", "Type the value instead."),
        ({"MEAS:RES?": "+9.9E37"}, "shows an overload", "If it is on its largest, enter > 200000000 Ω."),
        ({"MEAS:RES?": "-9.9E37"}, "shows an overload", "enter < 0 Ω."),
        ({"MEAS:RES?": "9.91E37"}, "has no valid reading", "Type the value instead."),
        ({"MEAS:RES?": "12 V"}, "answers in 'V', and Ω was expected", "Type the value instead."),
    ],
)
def test_what_goes_wrong_is_said_in_words(keeper, peer, answers, words, way_forward):
    row = instrument(keeper, peer(answers).resource, timeout_ms=300)
    with pytest.raises(NotNow, match=words) as told:
        read_value(row, quantity="resistance", unit="Ω")
    assert way_forward in told.value.way_forward


def test_one_who_answers_a_byte_at_a_time_is_not_waited_for(keeper, peer):
    row = instrument(keeper, peer({"MEAS:RES?": lambda line: line.drip()}).resource, timeout_ms=100)
    with pytest.raises(NotNow, match="did not answer"):
        read_value(row, quantity="resistance", unit="Ω")


def test_a_closed_port_is_no_connection(keeper, peer):
    there = peer()
    there.close()
    row = instrument(keeper, there.resource)
    with pytest.raises(NotNow, match="There is no connection to TCPIP"):
        read_value(row, quantity="resistance", unit="Ω")


def test_nothing_is_asked_of_an_instrument_that_must_not_be_used(keeper, peer, settings):
    there = peer({"MEAS:RES?": "1"})
    row = instrument(keeper, there.resource)
    row.calibration_due_on = TODAY - timedelta(days=1)
    with pytest.raises(NotNow, match="must not be used: its calibration was due on"):
        read_value(row, quantity="resistance", unit="Ω")
    row.refresh_from_db()
    with pytest.raises(Invalid, match="no query for a value in V"):
        read_value(row, quantity="voltage", unit="V")
    settings.LIVE_INSTRUMENTS = False
    with pytest.raises(NotNow, match="switched off in this house"):
        read_value(row, quantity="resistance", unit="Ω")
    assert readable_functions([row.pk]) == {}
    settings.LIVE_INSTRUMENTS = True
    disconnect_instrument(by=keeper, instrument_id=row.pk)
    with pytest.raises(NotNow, match="has no connection"):
        read_value(row, quantity="resistance", unit="Ω")
    assert there.asked == []


def test_it_is_never_asked_within_a_change(keeper, peer):
    there = peer({"MEAS:RES?": "1"})
    row = instrument(keeper, there.resource)
    with pytest.raises(RuntimeError, match="outside of any change"), open_change("test.reading", System("test")):
        read_value(row, quantity="resistance", unit="Ω")
    assert there.asked == []


def test_a_house_without_the_extra_says_what_to_install(keeper, peer, monkeypatch):
    row = instrument(keeper, peer().resource)
    monkeypatch.setattr("wardwright.apps.testing.operations.reading.is_installed", lambda: False)
    with pytest.raises(NotNow, match="install it with the extra “instruments”"):
        read_value(row, quantity="resistance", unit="Ω")


def test_two_readers_at_once_take_turns(peer):
    there = peer({"MEAS:RES?": "42"})
    got = []

    def read():
        try:
            got.append([one.answer for one in hear(Asked(there.resource, ["MEAS:RES?"], serial="SN-77"))])
        finally:
            connections.close_all()

    readers = [threading.Thread(target=read) for _ in range(2)]
    for one in readers:
        one.start()
    for one in readers:
        one.join()
    assert (got, there.most_open) == ([["ACME,DMM-1,SN-77,1.0", "42"]] * 2, 1)


def test_who_waits_too_long_for_the_other_reader_is_told():
    told = []

    def second():
        try:
            with one_reader("TCPIP::10.0.0.7::5025::SOCKET", wait_seconds=0.2):
                told.append("read")
        except NotNow as error:
            told.append(str(error))
        finally:
            connections.close_all()

    def beside():
        thread = threading.Thread(target=second)
        thread.start()
        thread.join()

    with one_reader("tcpip::10.0.0.7::5025::socket"):
        beside()
    beside()
    assert told == ["Somebody else is reading this instrument right now. Try again in a moment.", "read"]


@pytest.mark.parametrize(
    ("resource", "line_end"),
    [
        ("TCPIP::10.0.0.7::5025::SOCKET", "lf"),
        ("TCPIP::10.0.0.7::INSTR", "lf"),
        ("USB::0x2A8D::0x1301::SN77::INSTR", "lf"),
        ("ASRL3::INSTR", "crlf"),
    ],
)
def test_every_wire_that_pyvisa_sim_plays(keeper, settings, resource, line_end):
    settings.INSTRUMENT_LIBRARY = SIM
    row = instrument(keeper, resource, line_end=line_end)
    assert read_value(row, quantity="resistance", unit="kΩ").typed == "1.2345"
    tried = try_connection(row)
    assert (str(tried.identity), tried.refusal) == ("ACME,DMM-1,SN-77,1.0", "")
    assert [(line["function"].quantity, line["value"], line["trouble"]) for line in tried.lines] == [
        ("current", D("0.00008500000000"), ""), ("resistance", D("1234.500000"), "")]  # fmt: skip


def test_a_serial_line_is_spoken_over_a_pseudo_terminal():
    ours, theirs = os.openpty()
    tty.setraw(theirs)

    def answer():
        for said in (b"ACME,DMM-1,SN-77,1.0\r\n", b"+3.3E0\r\n"):
            while os.read(ours, 1) != b"\n":
                pass
            os.write(ours, said)

    thread = threading.Thread(target=answer, daemon=True)
    thread.start()
    name = os.ttyname(theirs)
    heard = hear(Asked(f"ASRL{name}::INSTR", ["MEAS:VOLT?"], serial="SN-77", line_end="crlf", timeout_ms=2000))
    assert [(one.question, one.answer) for one in heard] == [
        ("*IDN?", "ACME,DMM-1,SN-77,1.0"), ("MEAS:VOLT?", "+3.3E0")]  # fmt: skip
    os.close(theirs)
    os.close(ours)


def test_the_process_gets_no_secret(monkeypatch, peer):
    monkeypatch.setenv("WARDWRIGHT_SECRET_KEY", "kept")
    seen = []
    run = __import__("subprocess").run
    monkeypatch.setattr("subprocess.run", lambda *args, **given: seen.append(given["env"]) or run(*args, **given))
    hear(Asked(peer().resource, [], serial="SN-77"))
    assert [name for name in seen[0] if name.startswith("WARDWRIGHT")] == []


# Trying a connection ---------------------------------------------------------------------------------------------


def test_trying_a_connection_shows_who_answers_and_what(keeper, peer):
    there = peer({"MEAS:RES?": "5"})
    tried = try_connection(instrument(keeper, there.resource, [RESISTANCE], timeout_ms=300))
    assert (str(tried.identity), tried.refusal, tried.lines[0]["value"]) == ("ACME,DMM-1,SN-77,1.0", "", D(5))
    there.answers["*IDN?"] = "ACME,DMM-1,SN-78,1.0"
    tried = try_connection(instrument(keeper, there.resource, [RESISTANCE]))
    assert tried.identity.serial == "SN-78" and "SN-77 is registered" in tried.refusal and tried.lines == []


def test_a_function_that_does_not_answer_ends_the_trial_with_the_instruments_own_words(keeper, peer):
    row = instrument(keeper, peer({"MEAS:RES?": "5", "SYST:ERR?": '-113,"Undefined header"'}).resource, timeout_ms=300)
    current, resistance = try_connection(row).lines
    assert "did not answer" in current["trouble"] and "Undefined header (-113)" in current["trouble"]
    assert (resistance["value"], resistance["trouble"]) == (None, "It was not asked any more.")


# What was read is known again --------------------------------------------------------------------------------------


def test_a_sealed_reading_is_known_again_and_nothing_else(keeper, peer):
    row = instrument(keeper, peer({"MEAS:RES?": "5"}).resource)
    got = read_value(row, quantity="resistance", unit="Ω")
    mark = got.sealed("order 1 step earth")
    known = {"instrument_id": row.pk, "value": D("5.0"), "unit": "Ω", "purpose": "order 1 step earth"}
    assert sealed_identity(mark, **known) == "ACME,DMM-1,SN-77,1.0"
    for other in (
        {"instrument_id": row.pk + 1},
        {"value": D("5.1")},
        {"unit": "kΩ"},
        {"purpose": "order 2 step earth"},
    ):
        assert sealed_identity(mark, **known | other) == ""
    assert sealed_identity(mark + "x", **known) == "" == sealed_identity("", **known)


# Which function ----------------------------------------------------------------------------------------------------


def functions(*rows):
    return [InstrumentFunction(**{"unit": "V", "query": "MEAS?", **row}) for row in rows]


def test_a_function_is_found_by_its_quantity_or_else_by_its_unit_and_never_guessed():
    dc, ac = functions({"quantity": "dc", "query": "MEAS:DC?"}, {"quantity": "ac", "query": "MEAS:AC?"})
    assert fitting_function([dc, ac], "ac", "mV") is ac
    assert fitting_function([dc], "output", "mV") is dc
    with pytest.raises(ValueError, match=r"Several functions .* measure in mV: ac, dc"):
        fitting_function([dc, ac], "output", "mV")
    low, high = functions({"quantity": "dc", "high": D(2)}, {"quantity": "dc", "high": D(20)})
    assert fitting_function([low, high], "dc", "V") is high  # one query, whatever the range
    with pytest.raises(ValueError, match="no query for a value in A"):
        fitting_function([dc, ac], "dc", "A")


# Where it is reached -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("resource", "words"),
    [
        ("TCPIP::169.254.169.254::5025::SOCKET", "not a machine inside"),
        ("TCPIP::168.63.129.16::INSTR", "not a machine inside"),
        ("TCPIP::8.8.8.8::5025::SOCKET", "not a machine inside"),
        ("TCPIP::127.0.0.1::5025::SOCKET", "not a machine inside"),
        ("TCPIP::0.0.0.0::5025::SOCKET", "not a machine inside"),
        ("TCPIP::224.0.0.1::5025::SOCKET", "not a machine inside"),
        ("TCPIP::localhost::5025::SOCKET", "not a machine inside"),
        ("TCPIP::2130706433::5025::SOCKET", "not a machine inside"),
        ("TCPIP::no-such-name.invalid::5025::SOCKET", "was not found"),
        ("TCPIP::10.0.0.7::22::SOCKET", "no instrument listens"),
        ("ASRL/dev/sda::INSTR", "no address of an instrument"),
    ],
)
def test_machines_that_are_no_instruments_are_not_asked(settings, resource, words):
    settings.INSTRUMENT_HOSTS = []
    with pytest.raises(Invalid, match=words):
        resource_of(resource)


@pytest.mark.parametrize("host", ["10.0.0.7", "172.16.3.4", "192.168.77.9", "169.254.4.10"])
def test_machines_inside_are(settings, host):
    settings.INSTRUMENT_HOSTS = []
    assert resource_of(f"TCPIP::{host}::5025::SOCKET") == f"TCPIP::{host}::5025::SOCKET"


def test_this_server_is_not_asked_by_its_address_inside_either(settings, monkeypatch):
    settings.INSTRUMENT_HOSTS = []
    monkeypatch.setattr("wardwright.apps.testing.live.reach._INSIDE", [IPv4Network("127.0.0.0/8")])
    with pytest.raises(Invalid, match="is this server itself"):
        resource_of("TCPIP::127.0.0.1::5025::SOCKET")


def test_a_name_is_looked_up_once_and_the_address_that_was_checked_is_opened():
    assert resource_of("TCPIP::localhost::5025::SOCKET") == "TCPIP::127.0.0.1::5025::SOCKET"


# Keeping it --------------------------------------------------------------------------------------------------------


def test_only_who_keeps_instruments_says_where_they_are(keeper):
    row = make_instrument()
    looker = make_user(permissions=["testing.view", "maintenance.perform"])
    for step in (
        lambda: connect_instrument(by=looker, instrument_id=row.pk, resource="ASRL3::INSTR"),
        lambda: confirm_identity(by=looker, instrument_id=row.pk, identity="A,B,1,1"),
        lambda: disconnect_instrument(by=looker, instrument_id=row.pk),
    ):
        with pytest.raises(Denied):
            step()
    with pytest.raises(Invalid) as told:
        connect_instrument(by=keeper, instrument_id=row.pk, resource="http://10.0.0.7/")
    assert "TCPIP::10.0.0.7::5025::SOCKET" in told.value.fields["resource"]
    assert InstrumentConnection.objects.count() == 0


def test_another_address_forgets_who_answered_at_the_one_before(keeper):
    row = make_instrument(serial="SN-77")
    connect_instrument(by=keeper, instrument_id=row.pk, resource="ASRL3::INSTR", baud=19200)
    with pytest.raises(Invalid, match="SN-78 answers, and SN-77 is registered"):
        confirm_identity(by=keeper, instrument_id=row.pk, identity="ACME,DMM-1,SN-78,1.0")
    confirm_identity(by=keeper, instrument_id=row.pk, identity="ACME,DMM-1,SN-77,1.0")
    connect_instrument(by=keeper, instrument_id=row.pk, resource="ASRL3::INSTR", timeout_ms=500)
    assert InstrumentConnection.objects.get().identity == "ACME,DMM-1,SN-77,1.0"
    connect_instrument(by=keeper, instrument_id=row.pk, resource="ASRL4::INSTR")
    there = InstrumentConnection.objects.get()
    assert (there.identity, there.baud, there.timeout_ms) == ("", 19200, 500)


def test_a_query_stays_where_a_range_is_written_down_again_without_it(keeper):
    row = make_instrument()
    set_functions(by=keeper, instrument_id=row.pk, functions=[RESISTANCE])
    plain = {name: value for name, value in RESISTANCE.items() if name != "query"}
    set_functions(by=keeper, instrument_id=row.pk, functions=[{**plain, "accuracy": "±(1 % rdg)"}])
    assert InstrumentFunction.objects.get().query == "MEAS:RES?"
    set_functions(by=keeper, instrument_id=row.pk, functions=[{**plain, "query": ""}])
    assert InstrumentFunction.objects.get().query == ""
    with pytest.raises(Invalid) as told:
        set_functions(by=keeper, instrument_id=row.pk, functions=[
            {**RESISTANCE, "query": "*RST"}, {**RESISTANCE, "low": "1", "answer_unit": "V"}])  # fmt: skip
    assert list(told.value.fields) == ["functions.1.query", "functions.2.answer_unit"]


def test_an_instrument_taken_out_of_use_is_not_read(keeper, peer):
    row = instrument(keeper, peer({"MEAS:RES?": "5"}).resource)
    row = keep_instrument(by=keeper, instrument_id=row.pk, is_active=False)
    with pytest.raises(NotNow, match="it was taken out of use"):
        read_value(row, quantity="resistance", unit="Ω")
