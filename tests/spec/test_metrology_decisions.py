"""Decision rules, guard bands, four-way results, conformance probability and global risk.

Source "3": section 3 of STANDARDS, where the tables of ILAC-G8:09/2019 are read in two sources (V2) and the
probabilities are recomputed (C).
"""

import json
from decimal import Decimal as D

import pytest
from click.testing import CliRunner

from wardwright.config.cli import main
from wardwright.kernel.limits import Limits
from wardwright.kernel.metrology import (
    MetrologyError,
    Rule,
    decide,
    definition,
    global_risks,
    risk,
    risks_of,
    rule_named,
    tolerance,
)
from wardwright.kernel.metrology.risk import in_tolerance_of, sigma_of
from wardwright.kernel.metrology.rules import figures, method_6_multiplier, worst_specific_risk

TEN = tolerance(-10, 10)


@pytest.mark.parametrize(
    ("rule", "guard_band_per_u", "worst_risk"),
    [
        ("simple", "0", 0.5),  # 3: less than 50 %
        ("iso14253", "0.83", 0.0485),  # 3: less than 5 %
        ("u", "1", 0.0228),  # 3: less than 2.5 %
        ("3sigma", "1.5", 0.00135),  # 3: less than 0.16 %
        ("6sigma", "3", 9.9e-10),  # 3: less than one in a million
        ("uncritical", "-1", 0.9772),  # 3: rejects only beyond TL + U
    ],
)
def test_guard_bands_of_ilac_g8(rule, guard_band_per_u, worst_risk):
    decision = decide(0, TEN, "0.5", rule=Rule(rule))
    assert decision.guard_band == D(guard_band_per_u) * D("0.5")
    assert decision.acceptance.high == 10 - decision.guard_band
    assert decision.acceptance.low == -10 + decision.guard_band
    assert worst_specific_risk(Rule(rule)) == pytest.approx(worst_risk, rel=4e-3)


@pytest.mark.parametrize(
    ("name", "rule"),
    [
        ("simple acceptance", Rule.SIMPLE),
        ("shared risk", Rule.SIMPLE),
        ("w = U", Rule.U),
        ("U", Rule.U),
        ("ILAC-G8:2019", Rule.U),
        ("ISO 14253-1", Rule.ISO_14253),
        ("ISO_14253-1:2017", Rule.ISO_14253),
        ("3 sigma", Rule.THREE_SIGMA),
        ("6-sigma", Rule.SIX_SIGMA),
        ("RSS", Rule.RSS),
        ("Method 6", Rule.METHOD_6),
        ("Uncritical", Rule.UNCRITICAL),
    ],
)
def test_names_that_people_use(name, rule):
    assert rule_named(name) is rule


def test_an_unknown_rule_names_those_there_are():
    with pytest.raises(MetrologyError) as refused:
        rule_named("method 7")
    assert all(rule in str(refused.value) for rule in Rule)


@pytest.mark.parametrize(
    ("value", "rule", "verdict", "four_way"),
    [
        ("9.5", "u", "pass", "pass"),  # on the acceptance limit
        ("9.501", "u", "fail", "conditional_pass"),
        ("10", "u", "fail", "conditional_pass"),  # on the tolerance limit
        ("10.001", "u", "fail", "conditional_fail"),
        ("10.5", "u", "fail", "conditional_fail"),
        ("10.501", "u", "fail", "fail"),
        ("-9.6", "u", "fail", "conditional_pass"),
        ("-10.2", "u", "fail", "conditional_fail"),
        ("9.585", "iso14253", "pass", "pass"),  # 10 - 0.83 * 0.5, exactly
        ("9.5851", "iso14253", "fail", "conditional_pass"),
        ("10", "simple", "pass", "pass"),
        ("10.001", "simple", "fail", "fail"),
        ("10.5", "uncritical", "pass", "pass"),
        ("10.501", "uncritical", "fail", "fail"),
    ],
)
def test_binary_and_four_way_statements(value, rule, verdict, four_way):
    """3: Pass |y| <= AL, conditional pass to TL, conditional fail to TL + w, fail. Here ±10 and U = 0.5."""
    decision = decide(value, TEN, "0.5", rule=Rule(rule))
    assert (decision.verdict, decision.four_way) == (verdict, four_way)


@pytest.mark.parametrize(
    ("value", "lower", "upper", "uncertainty", "k", "probability"),
    [
        ("9.6", -10, 10, "0.5", 2, 0.945201),  # 3: golden, u = 0.25
        ("9.6", None, 10, "0.5", 2, 0.945201),  # one side open
        ("-9.6", -10, None, "0.5", 2, 0.945201),
        ("10", -10, 10, "0.5", 2, 0.5),  # on a limit
        ("0", -1, 1, "1", 1, 0.682689),  # the share within one standard deviation
        ("9.6", -10, 10, "0.75", 3, 0.945201),  # the same u by another k
        ("9.6", -10, 10, 0, 2, 1.0),  # taken as exact
        ("10.1", -10, 10, 0, 2, 0.0),
    ],
)
def test_conformance_probability(value, lower, upper, uncertainty, k, probability):
    decision = decide(value, tolerance(lower, upper), uncertainty, k=k)
    assert decision.conformance_probability == pytest.approx(probability, abs=5e-7)
    assert decision.false_accept_risk == pytest.approx(1 - probability, abs=5e-7)


def test_a_small_risk_keeps_its_digits():
    """Φ(−8) = 6.22096e-16 (printed tables of the normal tail)."""
    assert decide(8, tolerance(None, 10), 0.5).false_accept_risk == pytest.approx(6.22096e-16, rel=1e-5)


@pytest.mark.parametrize(
    ("tur", "acceptance"),
    [("1.5", 0.7454), ("2", 0.8660), ("3", 0.9428), ("4", 0.9682)],  # 3, C
)
def test_rss_acceptance_limits(tur, acceptance):
    decision = decide(0, tolerance(-1, 1), 1 / D(tur), rule=Rule.RSS)
    assert float(decision.acceptance.high) == pytest.approx(acceptance, abs=5e-5)
    assert decision.tur == pytest.approx(float(tur))


@pytest.mark.parametrize(
    ("tur", "multiplier"),
    [(1, 0.4573), (1.5, 0.3602), (2, 0.2816), (3, 0.1553), (4, 0.0531), (4.6, 0.0), (10, 0.0)],  # 3, C
)
def test_method_6_multiplier(tur, multiplier):
    assert method_6_multiplier(tur) == pytest.approx(multiplier, abs=5e-5)
    decision = decide(0, tolerance(-1, 1), 1 / D(str(tur)), rule=Rule.METHOD_6)
    assert float(decision.acceptance.high) == pytest.approx(1 - multiplier / tur, abs=1e-4)


@pytest.mark.parametrize("tur", [1.5, 2, 3, 4])
def test_method_6_keeps_false_accepts_below_two_percent_in_every_population(tur):
    """3, C: at most 1.96 % whatever share is in tolerance."""
    shares = [n / 200 for n in range(2, 200)]
    assert max(risk(tur, in_tolerance=share, rule=Rule.METHOD_6).pfa for share in shares) <= 0.0196


@pytest.mark.parametrize(
    ("itp", "tur", "pfa"),
    [
        (85, 1, 4.447), (85, 1.5, 3.563), (85, 2, 2.952), (85, 3, 2.184), (85, 4, 1.728), (85, 10, 0.762),
        (95, 1, 1.801), (95, 1.5, 1.541), (95, 2, 1.337), (95, 3, 1.049), (95, 4, 0.858), (95, 10, 0.406),
        (99, 1, 0.406), (99, 1.5, 0.366), (99, 2, 0.331), (99, 3, 0.276), (99, 4, 0.235), (99, 10, 0.122),
    ],
)  # fmt: skip
def test_probability_of_false_acceptance_in_percent(itp, tur, pfa):
    """3, C: acceptance limit = tolerance limit; 0.8 to 0.9 % at 95 % and 4:1 is the figure of the literature."""
    found = risk(tur, in_tolerance=itp / 100)
    assert 100 * found.pfa == pytest.approx(pfa, abs=5.1e-4)
    assert found == risk(tur, in_tolerance=itp)
    assert found.meets_z540_3 == (pfa <= 2)


@pytest.mark.parametrize(("tur", "pfr"), [(1, 12.957), (1.5, 6.625), (2, 4.178), (3, 2.294), (4, 1.554), (10, 0.516)])
def test_probability_of_false_rejection_in_percent_at_95(tur, pfr):
    """3, C."""
    assert 100 * risk(tur, in_tolerance=0.95).pfr == pytest.approx(pfr, abs=5.1e-4)


def test_the_spread_and_the_share_in_tolerance_say_the_same():
    """σ_p = 1/Φ⁻¹((1 + ITP)/2): 1/1.959964 at 95 %."""
    assert sigma_of(0.95) == pytest.approx(1 / 1.959964, rel=1e-6)
    assert in_tolerance_of(sigma_of(0.95)) == pytest.approx(0.95, abs=1e-12)
    assert risk(4, sigma_p=sigma_of(0.95)).pfa == pytest.approx(risk(4, in_tolerance=0.95).pfa, rel=1e-12)


def test_an_acceptance_limit_of_ones_own():
    drawn_in = risk(4, in_tolerance=0.95, acceptance_limit=0.75)
    assert drawn_in == pytest.approx(drawn_in)
    assert drawn_in.pfa == pytest.approx(risk(4, in_tolerance=0.95, rule=Rule.U).pfa, rel=1e-12)  # w = U = 1/4
    assert drawn_in.rule is None


def test_one_side_and_lopsided():
    """Sides far apart in u and σ do not know of each other: one alone has half of the risks."""
    both = global_risks((-1, 1), (-1, 1), mean=0, sigma=0.25, standard_uncertainty=0.05)
    one = risks_of(Limits(None, D(1)), Limits(None, D(1)), mean=0, sigma=0.25, standard_uncertainty=0.05)
    assert one == pytest.approx((both[0] / 2, both[1] / 2), rel=1e-9)
    shifted = global_risks((0, 5), (0, 5), mean=1, sigma=0.25, standard_uncertainty=0.05)
    assert shifted[0] == pytest.approx(one[0], rel=1e-9)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"value": 0, "tolerated": tolerance(-1, 1), "uncertainty": 2, "rule": Rule.U}, "nothing could be accepted"),
        (
            {"value": 0, "tolerated": tolerance(-1, 1), "uncertainty": "1.1", "rule": Rule.RSS},
            "nothing could be accepted",
        ),
        (
            {"value": 0, "tolerated": tolerance(None, 1), "uncertainty": "0.1", "rule": Rule.RSS},
            "a lower and an upper limit",
        ),
        (
            {"value": 0, "tolerated": tolerance(-1), "uncertainty": "0.1", "rule": Rule.METHOD_6},
            "a lower and an upper limit",
        ),
        ({"value": "nan", "tolerated": TEN, "uncertainty": 1}, "not a number"),
        ({"value": "1e999999", "tolerated": TEN, "uncertainty": 1}, "not a number"),
        ({"value": 1, "tolerated": TEN, "uncertainty": -1}, "uncertainty of 0 or more"),
        ({"value": 1, "tolerated": TEN, "uncertainty": 1, "k": 0}, "coverage factor above 0"),
    ],
)
def test_what_cannot_be_decided_is_refused_in_words(arguments, words):
    with pytest.raises(MetrologyError, match=words):
        decide(**arguments)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({}, "Give a lower limit"),
        ({"lower": 2, "upper": 1}, "exchange them"),
        ({"nominal": 1}, "together with a tolerance"),
        ({"nominal": 1, "plus_minus": -1}, "tolerance of 0 or more"),
        ({"nominal": 1, "plus_minus": 1, "upper": 3}, "not both"),
    ],
)
def test_a_tolerance_that_is_none(arguments, words):
    with pytest.raises(MetrologyError, match=words):
        tolerance(**arguments)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"tur": 0, "in_tolerance": 0.95}, "test uncertainty ratio"),
        ({"tur": 4, "in_tolerance": 1}, "not a share"),
        ({"tur": 4, "in_tolerance": 100}, "not a share"),
        ({"tur": 4, "in_tolerance": -0.1}, "not a share"),
        ({"tur": 4}, "either the share"),
        ({"tur": 4, "sigma_p": -1}, "above 0"),
        ({"tur": 4, "in_tolerance": 0.95, "acceptance_limit": -1}, "acceptance limit"),
        ({"tur": 0.5, "in_tolerance": 0.95, "rule": Rule.U}, "nothing could be accepted"),
    ],
)
def test_a_risk_that_cannot_be_computed(arguments, words):
    with pytest.raises(MetrologyError, match=words):
        risk(**arguments)


def test_nominal_with_tolerance_is_the_same_as_limits():
    assert tolerance(nominal="5.0", plus_minus="0.1") == tolerance("4.9", "5.1")


def test_an_unusual_coverage_factor_is_noted_and_not_converted():
    decision = decide(0, TEN, 3, k=3, rule=Rule.U)
    assert decision.guard_band == 3
    assert "k = 3" in decision.note
    assert decide(0, TEN, 2, k=2, rule=Rule.U).note == ""


def test_every_rule_has_its_source_and_how_it_was_checked():
    for rule in Rule:
        assert definition(rule).source and definition(rule).verified
    assert {key for key, row in figures().items() if row.is_unverified} == {
        "z540_3.most_false_accepts",
        "z540_3.least_tur",
        "interval.exponential",
        "interval.in_tolerance",
        "interval.out_of_tolerance",
    }


def answer(line: str) -> tuple[int, dict]:
    done = CliRunner().invoke(main, ["metrology", *line.split(), "--json"])
    return done.exit_code, json.loads(done.output)


def test_the_command_line_decides():
    code, said = answer("decide --value 9.6 --lower -10 --upper 10 --uncertainty 0.5 --rule iso14253")
    assert code == 0
    assert (said["ok"], said["verdict"], said["four_way"]) == (True, "fail", "conditional_pass")
    assert (said["acceptance_lower"], said["acceptance_upper"], said["guard_band"]) == (-9.585, 9.585, 0.415)
    assert said["tur"] == 20
    assert said["conformance_probability"] == pytest.approx(0.945201, abs=5e-7)
    assert (said["rule"], said["verified"]) == ("iso14253", "V2")
    assert answer("decide --value 9,6 --nominal 0 --tolerance 10 --uncertainty 0,5 --rule ISO14253-1") == (0, said)


def test_the_command_line_tells_the_risks():
    code, said = answer("risk --tur 4 --itp 95%")
    assert code == 0
    assert round(said["pfa_percent"], 3) == 0.858 and round(said["pfr_percent"], 3) == 1.554
    assert answer("risk --tur 4 --itp 0.95") == (0, said)


def test_the_command_line_combines_a_budget():
    code, said = answer("budget -c a:normal:2:k=2 -c b:rectangular:1:sensitivity=2:freedom=9")
    assert code == 0
    assert said["combined"] == pytest.approx((1 + 4 / 3) ** 0.5)
    assert [one["name"] for one in said["contributions"]] == ["a", "b"]


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("decide --value 1 --lower 0 --uncertainty 0.1 --rule method7", "simple, iso14253, u, 3sigma"),
        ("decide --lower 0 --uncertainty 0.1", "--value is missing"),
        ("decide --value 1 --lower 0", "--uncertainty is missing"),
        ("decide --value 1 --uncertainty 0.1", "Give a lower limit"),
        ("decide --value one --lower 0 --uncertainty 0.1", "--value: 'one' is not a number"),
        ("decide --value 1 --lower 0 --upper 2 --uncertainty 3 --rule u", "nothing could be accepted"),
        ("risk --tur 4", "--itp"),
        ("risk --itp 95", "--tur is missing"),
        ("risk --tur 4 --itp 195", "not a share"),
        ("budget", "at least one contribution"),
        ("budget -c a:flat:1", "rectangular"),
        ("budget -c a:rectangular", "amount is missing"),
        ("budget -c a:rectangular:1:colour=2", "freedom, k, sensitivity"),
    ],
)
def test_the_command_line_refuses_in_words_with_code_2(line, words):
    code, said = answer(line)
    assert (code, said["ok"]) == (2, False)
    assert words in said["error"]["message"] + said["error"]["way_forward"]
