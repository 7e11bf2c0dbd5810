"""Doses of many examinations by protocol: median and quartiles, and the median against a reference level.

Quartiles by hand, by the inclusive method (that of spreadsheets: QUARTILE.INC). A diagnostic reference level is
compared with the median of a sample of patients, not with one examination (ICRP 135, 2017).
"""

from decimal import Decimal as D

import pytest

from wardwright.kernel.imaging import ANALYSES, DOSES, Distribution, checked_options, distribution, quantity

GOLDEN = [
    (["10"], Distribution(1, D(10), D(10), D(10), D(10))),
    (["40", "10"], Distribution(2, D("17.5"), D(25), D("32.5"), D(40))),
    (["3", "1", "2", "4", "5"], Distribution(5, D(2), D(3), D(4), D(5))),
    (["6", "7", "15", "36", "39", "40"], Distribution(6, D(9), D("25.5"), D("38.25"), D(40))),
]


@pytest.mark.parametrize(("values", "expected"), GOLDEN)
def test_median_and_quartiles(values: list[str], expected: Distribution) -> None:
    assert distribution([D(one) for one in values]) == expected


def test_the_median_in_percent_of_a_reference_level() -> None:
    found = distribution([D(50), D(60), D(70)])
    assert found.percent_of(D(75)) == D(80)
    assert found.is_few and not distribution([D(1)] * 20).is_few


def test_without_values_there_is_no_median() -> None:
    with pytest.raises(ValueError, match="at least one"):
        distribution([])


def test_each_figure_has_one_key_and_one_unit() -> None:
    every = [one for kind in ANALYSES.values() for one in kind.quantities] + list(DOSES)
    assert len({one.key for one in every}) == len(every)
    assert all(len(one.key) <= 40 and quantity(one.key) is one for one in every)


def test_options_are_checked() -> None:
    given = {"without_uniformity": "1", "origin_slice": "12", "x_adjustment": "-2.5", "y_adjustment": ""}
    assert checked_options("catphan", given) == {"without_uniformity": True, "origin_slice": 12, "x_adjustment": -2.5}
    assert checked_options("catphan", {"without_resolution": ""}) == {}
    for wrong in ({"x_adjustment": "400"}, {"origin_slice": "some"}, {"x_adjustment": "nan"}, {"invert": "1"}):
        with pytest.raises(ValueError):
            checked_options("catphan", wrong)
