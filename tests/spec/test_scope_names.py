"""Makers, models and catalogue numbers of a notice against those of a register: one, another, or a doubt.

A name that is only different is a doubt. Another product for sure is one that is built alike with other numbers.
"""

import pytest

from wardwright.kernel.scope.codes import Fit
from wardwright.kernel.scope.names import di_fits, expand, maker_fits, model_fits, ref_fits

YES, LIKELY, MAYBE, NO = Fit.YES, Fit.LIKELY, Fit.MAYBE, Fit.NO


@pytest.mark.parametrize(
    ("named", "unit", "expected"),
    [
        ("8100", "8100", YES),
        ("8100", "8110", NO),
        ("MP30", "MP50", NO),
        ("MP30", "M8002A", MAYBE),  # one device under two kinds of number
        ("Alaris PC Unit Model 8015", "8015", YES),
        ("Alaris PC Unit Model 8015", "Alaris 8015", YES),
        ("IntelliVue MX40 Patient Worn Monitor", "MX-40", YES),
        ("IntelliVue patient monitor MP2-MP90", "MP50", YES),
        ("IntelliVue patient monitor MP2-MP90", "IntelliVue MP70", YES),
        ("IntelliVue MP monitors MP20-MP90 (M8001A/2A/10A) WLAN", "M8010A", YES),
        ("Avalon Monitors FM20/FM30/FM40/FM50", "Avalon FM30", YES),
        ("MX (MX400-550)", "MX450", YES),
        ("Medfusion 4000", "Medfusion 3500", NO),
        ("Medfusion 4000", "CADD 6400", NO),
        ("Medfusion 4000 Wireless Syringe Infusion Pump", "Medfusion 4000", YES),
        ("Optima 520", "Optima CT520", MAYBE),
        ("Infinity Delta", "Infinity Delta", YES),
        ("Infinity Delta", "Infinity Delta XL", MAYBE),  # may be a variant
        ("Infinity Delta", "Kappa", MAYBE),  # names without numbers may be nicknames
        ("Infusion pump", "8100", MAYBE),
        ("ZOOM LATITUDE Programmer - Model 3120", "3120 ZOOM Latitude", YES),
    ],
)
def test_models(named: str, unit: str, expected: Fit) -> None:
    assert model_fits(named, unit) is expected


@pytest.mark.parametrize(
    ("named", "unit", "expected"),
    [
        ("AK-25502", "AK25502", YES),
        ("AK-25502", "ak 25502", YES),
        ("AK-25502", "AK-25503", NO),
        ("AK-25502", "25502", MAYBE),
        ("AK-25502", "AK-255O2", MAYBE),  # O for 0
        ("0012345", "12345", YES),  # spreadsheets drop zeros
        ("26-102", "26-102-BULK", MAYBE),
    ],
)
def test_catalogue_numbers(named: str, unit: str, expected: Fit) -> None:
    assert ref_fits(named, unit) is expected


@pytest.mark.parametrize(
    ("named", "unit", "expected"),
    [
        ("00884838000000", "884838000000", YES),
        ("00884838000000", "10884838000007", LIKELY),  # another package level
        ("00884838000000", "00884838000017", NO),
    ],
)
def test_device_identifiers(named: str, unit: str, expected: Fit) -> None:
    assert di_fits(named, unit) is expected


@pytest.mark.parametrize(
    ("named", "unit", "expected"),
    [
        ("Becton, Dickinson and Company (BD)", "BD", YES),
        ("Philips", "Philips Medical Systems", YES),
        ("Philips", "Dräger", NO),
        ("Philips", "Respironics", MAYBE),  # bought by Philips
        ("Hillrom and ELI, Baxter International Inc.", "Baxter", YES),
        ("Some Startup", "Philips", MAYBE),
    ],
)
def test_makers(named: str, unit: str, expected: Fit) -> None:
    assert maker_fits(named, unit) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("FM20/FM30", ("FM20", "FM30")),
        ("522K/722K", ("522K", "722K")),
        ("MX800/700/600", ("MX800", "MX700", "MX600")),
        ("865240/41/42", ("865240", "865241", "865242")),
    ],
)
def test_lists_with_strokes(text: str, expected: tuple) -> None:
    assert expand(text) == expected
