"""Values in other units: those that are no power of ten of each other, and spellings that are refused.

Sources: the definitions of the units (BIPM SI brochure, ninth edition; NIST SP 811, appendix B): 1 mmHg =
133.322387415 Pa, 1 cmH2O = 98.0665 Pa, 1 bar = 100 kPa, 1 lb = 0.45359237 kg, 1 oz = 28.349523125 g, 1 kgf = 9.80665 N,
1 atm = 101.325 kPa, 1 Torr = 1/760 atm, 0 °C = 273.15 K = 32 °F, 1 calorie = 4.184 J. A turn is not an angle here:
1/min is 1/60 Hz, however it is called.
"""

import subprocess
import sys
from decimal import Decimal

import pytest

from wardwright.kernel.limits import Limits, Outcome, Reading, convert, judge

D = Decimal


@pytest.mark.parametrize(
    ("value", "unit", "to_unit", "expected"),
    [
        ("120", "mmHg", "kPa", "15.9986864898"),
        ("15.9986864898", "kPa", "mmHg", "120"),
        ("10", "cmH2O", "hPa", "9.80665"),
        ("10", "cmH₂O", "mbar", "9.80665"),
        ("1", "bar", "kPa", "100"),
        ("760", "Torr", "atm", "1"),
        ("1", "psi", "kPa", "6.89475729316836"),  # 4.4482216152605 N on (25.4 mm)²
        ("98.6", "°F", "°C", "37"),
        ("98.7", "°F", "°C", "37.0555555555556"),
        ("37.0555555555556", "°C", "°F", "98.7"),
        ("-40", "degF", "℃", "-40"),
        ("37", "°C", "K", "310.15"),
        ("-17.7777777777778", "°C", "°F", "0"),
        ("50", "mL/h", "L/min", "0.000833333333333333"),
        ("6", "l/min", "ml/h", "360000"),
        ("15", "lpm", "L/min", "15"),
        ("60", "bpm", "Hz", "1"),
        ("3000", "rpm", "Hz", "50"),  # not 314 radians
        ("12", "/min", "min⁻¹", "12"),
        ("12", "1/min", "min-1", "12"),
        ("5", "µg/kg/min", "mg/kg/h", "0.3"),
        ("180", "lb", "kg", "81.6466266"),
        ("4", "oz", "g", "113.3980925"),
        ("115", "g", "oz", "4.05650562420175"),
        ("10", "kgf", "N", "98.0665"),
        ("360", "J", "Ws", "360"),
        ("1", "kWh", "J", "3600000"),
        ("1", "kcal", "J", "4184"),
        ("5", "%", "ppm", "50000"),
        ("2", "Gy·cm²", "mGy·cm2", "2000"),
        ("9.80665", "m/s²", "cm/s^2", "980.665"),
        ("1", "inch", "mm", "25.4"),
        ("36", "h", "day", "1.5"),
        ("5", "mmol/L", "µmol/mL", "5"),
        ("120", "MMHG", "mmhg", "120"),
        ("0", "mmHg", "kPa", "0"),
        ("2", "cc", "mL", "2"),
    ],
)
def test_by_definition(value: str, unit: str, to_unit: str, expected: str) -> None:
    assert convert(D(value), unit, to_unit) == D(expected)


@pytest.mark.parametrize(
    ("unit", "to_unit", "words"),
    [
        ("MOHM", "Ω", "'MOHM' can be mΩ or MΩ; write which"),
        ("MA", "µA", "'MA' can be mA or 10⁶ A"),
        ("ML", "L", "'ML' can be mL or 10⁶ L"),
        ("C", "°C", "'C' can be °C or A·s"),
        ("F", "°C", "'F' can be °F or A·s/V"),
        ("l/m", "L/min", "'l/m' can be L/min or L·m⁻¹"),
        ("gal", "L", "'gal' can be 3.785 L or 4.546 L"),
        ("deg", "°C", "'deg' can be °C or °"),
        ("a", "s", "enter it in the limit's unit"),  # a year, to pint
        ("mmHg", "µA", "enter it in the limit's unit"),
        ("°C", "kPa", "enter it in the limit's unit"),
        ("%", "", "the limit in 'no unit'"),
        ("dB", "V", "enter it in the limit's unit"),
        ("mOhm/", "Ω", "enter it in the limit's unit"),
        ("m10", "m", "enter it in the limit's unit"),
        ("__import__('os')", "s", "enter it in the limit's unit"),
    ],
)
def test_what_does_not_fit_or_is_ambiguous(unit: str, to_unit: str, words: str) -> None:
    with pytest.raises(ValueError, match=words.replace("(", r"\(")):
        convert(D(1), unit, to_unit)


def test_capacitance_is_no_temperature() -> None:
    assert convert(D(1), "F", "µF") == 1000000


def test_a_reading_is_judged_across_units() -> None:
    pressure = Limits(D(117), D(123), "mmHg")  # 120 mmHg, 3 either way
    judged = [judge(Reading(D(kpa), "kPa"), pressure).outcome for kpa in ("15.59", "15.6", "16.39", "16.4")]
    assert judged == [Outcome.FAIL, Outcome.PASS, Outcome.PASS, Outcome.FAIL]
    warm = Limits(D(36), D(38), "°C")
    assert [judge(Reading(D(f), "°F"), warm).outcome for f in ("96.8", "100.4", "100.5")] == [
        Outcome.PASS,
        Outcome.PASS,
        Outcome.FAIL,
    ]


def test_definitions_are_loaded_when_somebody_needs_them() -> None:
    """They take most of a second; currents and resistances do without."""
    ask = (
        "import sys; from decimal import Decimal; from wardwright.kernel.limits import convert;"
        "one = convert(Decimal(1), 'mA', 'µA'); before = 'pint' in sys.modules; convert(one, 'mmHg', 'kPa');"
        "print(before, 'pint' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", ask], capture_output=True, text=True).stdout == "False True\n"
