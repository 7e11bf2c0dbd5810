"""Reference value and trend of a safety test, the verdict of the whole, and an organisation's own limits.

Sources: STANDARDS 2.1 (reference values; "investigate if > 90 % of limit and rising": memory), 2.5 (visual and
protective earth and leakage and functional, "pass with observation", no protective earth for class II and IP).
"""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from wardwright.kernel.limits import (
    WATCH,
    Answer,
    LimitQuery,
    Limits,
    LooserLimit,
    NotApplicable,
    Origin,
    Part,
    SafetyLimit,
    UnknownLimit,
    Verdict,
    WatchShare,
    find_limit,
    limits_from,
    looser_than,
    safety_verdict,
    shipped_limits,
    tightened,
    to_row,
    trend,
)
from wardwright.kernel.verification import Verification

D = Decimal
DIRECT = LimitQuery("IEC 62353", "equipment_leakage", "I", method="direct")
LEAKAGE = find_limit(shipped_limits(), DIRECT)  # 500 µA
VOLUME = Limits(D(450), D(550), "ml")
INSULATION = find_limit(shipped_limits(), LimitQuery("IEC 62353", "insulation", "I"))  # 2 MΩ


def over_the_years(*values: str) -> list[tuple[date, Decimal]]:
    return [(date(2020 + year, 6, 1), D(value)) for year, value in enumerate(values)]


@pytest.mark.parametrize(
    ("what", "values", "limit", "used", "change", "worsening", "watch"),
    [
        ("2.1: above 90 % and rising", ("300", "420", "455"), LEAKAGE, "91", "51.6666666667", True, True),
        ("2.1: 90 % is not above 90 %", ("300", "420", "450"), LEAKAGE, "90", "50", True, False),
        ("near, but falling", ("300", "460", "455"), LEAKAGE, "91", "51.6666666667", False, False),
        ("near, as it always was", ("455", "455", "455"), LEAKAGE, "91", "0", False, False),
        ("back up to the reference", ("455", "400", "455"), LEAKAGE, "91", "0", False, False),
        ("rising, far from the limit", ("50", "100"), LEAKAGE, "20", "100", True, False),
        ("the reference alone", ("470",), LEAKAGE, "94", "0", False, False),
        ("beyond the limit", ("300", "510"), LEAKAGE, "102", "70", True, True),
        ("insulation gets lower", ("100", "20", "2.1"), INSULATION, "95.23809523809523809523809524", "-97.9", True,
         True),
        ("insulation gets higher", ("2.1", "2.15"), INSULATION, "93.02325581395348837209302326", "2.38095238095", False,
         False),
        ("a short circuit", ("2.1", "0"), INSULATION, None, "-100", True, True),
        ("from nothing", ("0", "10"), LEAKAGE, "2", None, True, False),
        ("between two limits, from the middle", ("500", "530", "546"), VOLUME, "92", "9.2", True, True),
        ("between two limits, downwards", ("500", "470", "454"), VOLUME, "92", "-9.2", True, True),
        ("from one side to the other", ("546", "454"), VOLUME, "92", "-16.8498168498", False, False),
        ("in the middle", ("530", "500"), VOLUME, "0", "-5.66037735849", False, False),
        ("at most, given as limits", ("300", "420", "455"), Limits(high=D(500)), "91", "51.6666666667", True, True),
        ("at least, given as limits", ("100", "20", "2"), Limits(low=D(1)), "50", "-98", True, False),
    ],
)  # fmt: skip
def test_trend(
    what: str,
    values: tuple[str, ...],
    limit: SafetyLimit | Limits,
    used: str | None,
    change: str | None,
    worsening: bool,
    watch: bool,
) -> None:
    seen = trend(reversed(over_the_years(*values)), limit)
    assert seen.percent_used == (None if used is None else D(used)), what
    assert seen.change_percent == (None if change is None else D(change)), what
    assert (seen.worsening, seen.watch) == (worsening, watch), what


def test_the_trend_says_why() -> None:
    seen = trend(over_the_years("300", "420", "455"), LEAKAGE)
    assert seen.reasons == (
        "455 µA uses 91.0 % of the limit of 500 µA and gets worse: it was 420 µA on 2021-06-01.",
        "+51.7 % against the reference value of 300 µA on 2020-06-01.",
    )
    assert trend(over_the_years("300"), LEAKAGE).reasons == ()
    assert trend(over_the_years("500", "470", "454"), VOLUME).reasons[0] == (
        "454 ml is 92.0 % of the way from the middle to the limit of 450 ml and gets worse: "
        "it was 470 ml on 2021-06-01."
    )


def test_the_share_and_the_reference_can_be_given() -> None:
    assert (seen := trend(over_the_years("420", "430"), LEAKAGE)).watch is False
    assert (seen.share, WATCH.percent, WATCH.verified) == (WATCH, 90, Verification.MEMORY)
    stricter = WatchShare(D(80), "our committee", Verification.PRIMARY)
    assert trend(over_the_years("420", "430"), LEAKAGE, share=stricter).watch is True
    accepted = (date(2015, 1, 1), D(215))
    assert trend(over_the_years("420", "430"), LEAKAGE, reference=accepted).change_percent == 100
    with pytest.raises(ValueError, match="give at least one"):
        trend([], LEAKAGE)
    with pytest.raises(ValueError, match="no limit"):
        trend(over_the_years("420"), Limits())


DONE = {part: [Answer.PASS] for part in Part}


def without(*parts: Part) -> dict[Part, list[Answer]]:
    return {part: answers for part, answers in DONE.items() if part not in parts}


@pytest.mark.parametrize(
    ("what", "equipment_class", "answers", "verdict", "reasons"),
    [
        ("2.5: everything passed", "I", DONE, "pass", ()),
        ("2.5", "I", DONE | {Part.VISUAL: [Answer.PASS, Answer.OBSERVATION]}, "pass_with_observation",
         ("Visual inspection passed with an observation.",)),
        ("2.5", "I", DONE | {Part.LEAKAGE: [Answer.PASS, Answer.FAIL]}, "fail", ("Leakage failed.",)),
        ("2.5", "I", DONE | {Part.FUNCTIONAL: [Answer.FAIL], Part.VISUAL: [Answer.OBSERVATION]}, "fail",
         ("Functional test failed.", "Visual inspection passed with an observation.")),
        ("2.5: no earth in class II", "II", without(Part.PROTECTIVE_EARTH), "pass", ()),
        ("2.5: no earth in IP", "IP", without(Part.PROTECTIVE_EARTH), "pass", ()),
        ("marked so", "II", DONE | {Part.PROTECTIVE_EARTH: [Answer.NOT_APPLICABLE]}, "pass", ()),
        ("an earth that fails is not lost", "II", DONE | {Part.PROTECTIVE_EARTH: [Answer.FAIL]}, "fail",
         ("Protective earth failed.",)),
        ("class I has one", "I", without(Part.PROTECTIVE_EARTH), "incomplete",
         ("Protective earth is still to be done.",)),
        ("class I has one", "I", DONE | {Part.PROTECTIVE_EARTH: [Answer.NOT_APPLICABLE]}, "incomplete",
         ("Protective earth is still to be done.",)),
        ("a battery has no mains", "IP", DONE | {Part.INSULATION: [Answer.NOT_APPLICABLE]}, "pass", ()),
        ("but it has to be said", "IP", without(Part.INSULATION, Part.PROTECTIVE_EARTH), "incomplete",
         ("Insulation is still to be done.",)),
        ("everything has a function", "IP", DONE | {Part.FUNCTIONAL: [Answer.NOT_APPLICABLE]}, "incomplete",
         ("Functional test is still to be done.",)),
        ("an analyser that cannot say", "I", DONE | {Part.LEAKAGE: [Answer.PASS, Answer.UNDETERMINED]}, "incomplete",
         ("Leakage has a reading that says neither pass nor fail.",)),
        ("a failure is enough", "I", {Part.VISUAL: [Answer.FAIL]}, "fail",
         ("Visual inspection failed.", "Protective earth is still to be done.", "Insulation is still to be done.",
          "Leakage is still to be done.", "Functional test is still to be done.")),
        ("nothing done", "I", {}, "incomplete",
         ("Visual inspection is still to be done.", "Protective earth is still to be done.",
          "Insulation is still to be done.", "Leakage is still to be done.", "Functional test is still to be done.")),
    ],
)  # fmt: skip
def test_the_whole(
    what: str, equipment_class: str, answers: dict[Part, list[Answer]], verdict: str, reasons: tuple[str, ...]
) -> None:
    whole = safety_verdict(equipment_class, answers)
    assert (whole.verdict, whole.reasons) == (verdict, reasons), what


def test_a_house_may_leave_insulation_out() -> None:
    """Insulation is optional in IEC 62353 (2.1); what was measured counts all the same."""
    required = [part for part in Part if part is not Part.INSULATION]
    assert safety_verdict("I", without(Part.INSULATION), required).verdict is Verdict.PASS
    measured = safety_verdict("I", DONE | {Part.INSULATION: [Answer.FAIL]}, required)
    assert (measured.verdict, measured.missing) == (Verdict.FAIL, ())
    assert safety_verdict("I", without(Part.LEAKAGE, Part.INSULATION), required).missing == (Part.LEAKAGE,)
    with pytest.raises(ValueError, match="'III' is none of: I, II, IP"):
        safety_verdict("III", DONE)


def own(limit: SafetyLimit = LEAKAGE, **changes: object) -> SafetyLimit:
    given = {"valid_from": date(2026, 1, 1), "source": "our committee", "verified": Verification.PRIMARY, **changes}
    return replace(limit, **given)


def test_an_own_limit_is_taken_first_while_it_is_in_force() -> None:
    rows = tightened(shipped_limits(), [own(high=D(300), valid_until=date(2026, 12, 31))])
    found = find_limit(rows, replace(DIRECT, on=date(2026, 6, 1)))
    assert (found.high, found.origin, found.source) == (300, Origin.ORGANISATION, "our committee")
    assert [find_limit(rows, replace(DIRECT, on=date(year, 6, 1))).high for year in (2025, 2027)] == [500, 500]
    assert find_limit(rows, replace(DIRECT, method="alternative")).high == 1000
    assert limits_from([to_row(found)]) == (found,)


@pytest.mark.parametrize(
    ("what", "row", "than"),
    [
        ("higher", own(high=D(501)), ["500"]),
        ("higher, in mA", own(high=D("0.501"), unit="mA"), ["500"]),
        ("the same", own(), []),
        ("the same in mA", own(high=D("0.5"), unit="mA"), []),
        ("good for class I, too much for II", own(high=D(300), equipment_class=("I", "II")), ["100"]),
        ("for every class and method", own(high=D(300), equipment_class=(), method=("direct", "alternative")), ["100"]),
        ("insulation, lower", own(INSULATION, low=D("1.9")), ["2"]),
        ("insulation, higher", own(INSULATION, low=D(5)), []),
        ("the other side", own(INSULATION, low=None, high=D(2)), ["2"]),
        ("not less than 0.5 any more", own(find_limit(shipped_limits(), LimitQuery("NFPA 99", "protective_earth", "I")),
                                           exclusive=False), ["0.50"]),
    ],
)  # fmt: skip
def test_an_own_limit_is_never_looser(what: str, row: SafetyLimit, than: list[str]) -> None:
    assert [str(one.figure) for one in looser_than(shipped_limits(), row)] == than, what
    if than:
        with pytest.raises(LooserLimit, match="is looser than"):
            tightened(shipped_limits(), [row])
        kept = tightened(shipped_limits(), [replace(row, override_reason="agreed on 3 March")])[-1]
        assert (kept.override_reason, kept.origin) == ("agreed on 3 March", Origin.ORGANISATION)
    else:
        assert len(tightened(shipped_limits(), [row])) == len(shipped_limits()) + 1


def test_an_own_limit_may_fill_a_gap() -> None:
    """2.1: mobile X-ray equipment goes by its manufacturer's value."""
    asked = replace(DIRECT, equipment="mobile_xray", on=date(2026, 6, 1))
    with pytest.raises(UnknownLimit, match="manufacturer's value"):
        find_limit(shipped_limits(), asked)
    rows = tightened(shipped_limits(), [own(high=D(1800), equipment=("mobile_xray",), source="the manual, page 12")])
    assert find_limit(rows, asked).high == 1800
    with pytest.raises(UnknownLimit, match="manufacturer's value"):
        find_limit(rows, replace(asked, on=date(2025, 6, 1)))


def test_another_unit_is_refused() -> None:
    with pytest.raises(ValueError, match="enter it in the limit's unit"):
        tightened(shipped_limits(), [own(unit="V")])


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"high": None}, "give a low or a high limit"),
        ({"low": D(1)}, "give a low or a high limit"),
        ({"valid_until": date(2025, 1, 1)}, "valid until 2025-01-01, from 2026-01-01"),
    ],
)
def test_rows_that_say_nothing_are_refused(changes: dict[str, object], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        own(**changes)


def test_a_step_of_the_earth_is_told_apart() -> None:
    """So that a test sheet marks the step, and does not stop."""
    asked = LimitQuery("IEC 62353", "protective_earth", "II")
    with pytest.raises(NotApplicable):
        find_limit(tightened(shipped_limits(), [own(high=D(300))]), asked)
