"""Whatever an instrument sends is a reading or told in words; a number comes back as it was written."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from wardwright.kernel.limits import convert
from wardwright.kernel.scpi import (
    Identity,
    NoReading,
    mismatch,
    parse_address,
    parse_error,
    parse_identity,
    parse_value,
    printed_query,
)

NUMBERS = st.decimals(min_value=-(10**12), max_value=10**12, allow_nan=False, allow_infinity=False, places=6)
ENTRY = st.text(st.characters(codec="latin-1", categories=["L", "N"]), min_size=1, max_size=20).filter(
    lambda text: text.strip("0") != ""
)


@given(NUMBERS, st.sampled_from(["{}", "{:+}", "{:E}", "{:+.20E}", " {}\r\n"]))
def test_every_form_of_a_number_is_that_number(number, form):
    assert parse_value(form.format(number), "V") == number


@given(NUMBERS, st.sampled_from([("V", "mV"), ("mV", "V"), ("Ω", "kΩ"), ("kΩ", "MΩ"), ("A", "µA"), ("µA", "mA")]))
def test_a_unit_is_converted_there_and_back(number, units):
    own, wanted = units
    assert convert(parse_value(f"{number} {own}", wanted), wanted, own) == number


@given(st.text(max_size=200))
def test_whatever_is_sent_is_read_or_told_in_words(text):
    for read in (lambda: parse_value(text, "V"), lambda: parse_identity(text), lambda: parse_address(text),
                 lambda: printed_query(text)):  # fmt: skip
        try:
            read()
        except ValueError as error:
            assert str(error)
    found = parse_error(text)
    assert found is None or isinstance(found[0], int)


@given(st.binary(max_size=200))
def test_bytes_of_any_kind_too(raw):
    try:
        assert isinstance(parse_value(raw.decode("latin-1"), "V"), Decimal)
    except NoReading as error:
        assert str(error)


@given(ENTRY, ENTRY, ENTRY, ENTRY)
def test_an_identity_is_its_own_and_nobody_elses(maker, model, serial, firmware):
    found = Identity(maker, model, serial, firmware)
    assert parse_identity(str(found)) == found
    assert mismatch(found, serial=serial, expected=found) == ""
    assert mismatch(found, serial=f"{serial}X", expected=found) != ""
    assert mismatch(Identity(maker, f"{model}X", serial), expected=found) != ""
