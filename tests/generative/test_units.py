"""Readings in other units: there and back is the same number, and no verdict depends on the unit."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from wardwright.kernel.limits import Limits, Reading, convert, judge

SAME = [
    ["mmHg", "kPa", "cmH2O", "bar", "psi", "mbar", "Torr", "inH2O", "atm", "Pa"],
    ["°C", "°F", "K"],
    ["mL/h", "L/min", "mL/min", "L/h", "lpm", "µL/s"],
    ["bpm", "Hz", "1/min", "rpm", "/h"],
    ["kg", "lb", "g", "oz", "mg"],
    ["N", "kgf", "lbf", "mN"],
    ["J", "Ws", "kWh", "cal", "mJ", "Nm"],
    ["A", "mA", "µA", "nA", "uA", "ma"],
    ["Ω", "mOhm", "kOhm", "MΩ", "GOhm"],
    ["%", "ppm", "‰"],
    ["s", "min", "h", "day", "ms"],
]
pairs = st.sampled_from(SAME).flatmap(lambda units: st.tuples(st.sampled_from(units), st.sampled_from(units)))
values = st.decimals(min_value=0, max_value=1000000, places=3)


@given(pairs, values)
def test_there_and_back_is_the_same_number(units: tuple[str, str], value: Decimal) -> None:
    assert convert(convert(value, *units), *reversed(units)) == value


@given(pairs, values, values)
def test_no_verdict_depends_on_the_unit(units: tuple[str, str], value: Decimal, limit: Decimal) -> None:
    own, other = units
    judged = judge(Reading(value, own), Limits(high=limit, unit=own)).outcome
    assert judge(Reading(convert(value, own, other), other), Limits(high=limit, unit=own)).outcome == judged
    assert judge(Reading(value, own), Limits(high=convert(limit, own, other), unit=other)).outcome == judged


@given(pairs, values, values)
def test_the_order_of_readings_stays(units: tuple[str, str], one: Decimal, other: Decimal) -> None:
    less, more = sorted((one, other))
    assert convert(less, *units) <= convert(more, *units)


@given(st.text(max_size=12), st.text(max_size=12))
def test_any_text_is_a_unit_or_refused(one: str, other: str) -> None:
    try:
        assert convert(Decimal(1), one, other).is_finite()
    except ValueError as error:
        assert "write which" in str(error) or "enter it in the limit's unit" in str(error)
