"""The limits of electrical safety as shipped, and how a reading is judged by them.

Sources: STANDARDS 2.1 (IEC 62353), 2.2 (IEC 60601-1, UL 60601-1), 2.3 (NFPA 99, ANSI/AAMI ES1), 2.5 and 2.6 (the traps
met in other people's tables), with the verification marks given there; "memory" are figures that stand there as such.
A dot stands for "whatever it is": the limit does not depend on it.
"""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from itertools import product

import pytest

from wardwright.kernel.limits import (
    Bound,
    LimitQuery,
    NotApplicable,
    Outcome,
    Reading,
    SafetyLimit,
    UnknownLimit,
    find_limit,
    in_short,
    judge_safety,
    limits_from,
    select,
    shipped_limits,
    to_row,
)

D = Decimal
A14, A07 = "IEC 62353:2014", "IEC 62353:2007"
B88, B05, UL = "IEC 60601-1:1988", "IEC 60601-1:2005", "UL 60601-1:2003"
N05, N12, ES1 = "NFPA 99:2005", "NFPA 99:2012", "ANSI/AAMI ES1:1993"

# standard, test, class, applied part, method, condition, kind, limit, mark
TABLE = [
    # 2.1, leakage
    (A14, "equipment_leakage", "I", ".", "direct differential", "none", "usual", "≤ 500 µA", "V2"),
    (A14, "equipment_leakage", "II", ".", "direct differential", "none", "usual", "≤ 100 µA", "V2"),
    (A14, "equipment_leakage", "I", ".", "alternative", "none", "usual", "≤ 1000 µA", "V1"),  # 2.6: not 500
    (A14, "equipment_leakage", "II", ".", "alternative", "none", "usual", "≤ 500 µA", "V1"),
    (A14, "applied_part_leakage", "I II", "BF", "direct", "none", "usual", "≤ 5000 µA", "V1"),
    (A14, "applied_part_leakage", "I II", "CF", "direct", "none", "usual", "≤ 50 µA", "V2"),
    (A14, "applied_part_leakage", "IP", "BF", "direct", "none", "usual", "≤ 5000 µA", "M"),  # memory
    (A14, "applied_part_leakage", "IP", "CF", "direct", "none", "usual", "≤ 50 µA", "M"),  # memory
    (A14, "applied_part_leakage", "I II", "BF", "alternative", "none", "usual", "≤ 5000 µA", "V1"),
    (A14, "applied_part_leakage", "I II", "CF", "alternative", "none", "usual", "≤ 100 µA", "V1"),
    (A07, "equipment_leakage", "I", ".", "direct", "none", "mobile_xray", "≤ 2000 µA", "M"),
    (A07, "equipment_leakage", "I", ".", "alternative", "none", "mobile_xray", "≤ 5000 µA", "M"),
    # 2.1, resistance
    (A14, "protective_earth", "I", ".", "none", "none", "usual with_cord", "≤ 0.3 Ω", "V2"),
    (A14, "protective_earth", "I", ".", "none", "none", "without_cord", "≤ 0.2 Ω", "M"),
    (A14, "protective_earth", "I", ".", "none", "none", "cord_alone", "≤ 0.1 Ω", "M"),
    (A14, "protective_earth", "I", ".", "none", "none", "permanently_installed", "≤ 0.3 Ω", "M"),
    (A14, "protective_earth", "I", ".", "none", "none", "system", "≤ 0.5 Ω", "M"),
    (A14, "insulation", "I", "none B", "none", "none", "usual", "≥ 2 MΩ", "V2"),  # mains to protective earth
    (A14, "insulation", "II", "none B", "none", "none", "usual", "≥ 7 MΩ", "V1"),  # mains to accessible parts
    (A14, "insulation", "I II", "BF CF", "none", "none", "usual", "≥ 70 MΩ", "M"),  # to an F-type applied part
    # 2.2, both editions
    *((edition, test, ".", part, "none direct", condition, "usual", f"≤ {figure} µA", mark)
      for edition in (B88, B05)
      for test, part, figures, mark in (
          ("touch_current", ".", (100, 500), "V2"),
          ("patient_leakage", "B BF", (100, 500), "V2"),
          ("patient_leakage", "CF", (10, 50), "V2"),
          ("patient_leakage_dc", "B BF", (10, 50), "M"),
          ("patient_leakage_dc", "CF", (10, 50), "V1"),
          ("patient_auxiliary", "B", (100, 500), "M"),
          ("patient_auxiliary", "BF", (100, 500), "V2"),
          ("patient_auxiliary", "CF", (10, 50), "M"),
          ("patient_auxiliary_dc", "B BF CF", (10, 50), "M"),
      )
      for condition, figure in zip(("NC", "SFC"), figures, strict=True)),
    *((edition, "mains_on_applied_part", ".", part, "none direct", "SFC", "usual", f"≤ {figure} µA", "V2")
      for edition in (B88, B05) for part, figure in (("BF", 5000), ("CF", 50))),
    *((edition, "protective_earth", "I", ".", "none", "none", kind, f"≤ {figure} Ω", "M")
      for edition in (B88, B05) for kind, figure in (("without_cord", "0.1"), ("fixed_cord with_cord", "0.2"))),
    # 2.2, where the editions differ
    (B88, "earth_leakage", "I", ".", "none direct", "NC", "usual", "≤ 500 µA", "V2"),
    (B88, "earth_leakage", "I", ".", "none direct", "SFC", "usual", "≤ 1000 µA", "V2"),
    (B05, "earth_leakage", "I", ".", "none direct", "NC", "usual", "≤ 5000 µA", "M"),
    (B05, "earth_leakage", "I", ".", "none direct", "SFC", "usual", "≤ 10000 µA", "M"),
    (B05, "total_patient_leakage", ".", "B BF", "none direct", "NC", "usual", "≤ 500 µA", "M"),
    (B05, "total_patient_leakage", ".", "B BF", "none direct", "SFC", "usual", "≤ 1000 µA", "M"),
    (B05, "total_patient_leakage", ".", "CF", "none direct", "NC", "usual", "≤ 50 µA", "M"),
    (B05, "total_patient_leakage", ".", "CF", "none direct", "SFC", "usual", "≤ 100 µA", "M"),
    (B05, "total_patient_leakage_dc", ".", "B BF CF", "none direct", "NC", "usual", "≤ 50 µA", "M"),
    (B05, "total_patient_leakage_dc", ".", "B BF CF", "none direct", "SFC", "usual", "≤ 100 µA", "M"),
    (UL, "earth_leakage", "I", ".", "none direct", "NC", "usual", "≤ 300 µA", "V2"),
    (UL, "earth_leakage", "I", ".", "none direct", "SFC", "usual", "≤ 1000 µA", "V2"),
    (UL, "touch_current", ".", ".", "none direct", "NC", "usual", "≤ 100 µA", "V2"),
    (UL, "touch_current", ".", ".", "none direct", "SFC", "usual", "≤ 300 µA", "V2"),
    # 2.3
    (N12, "protective_earth", "I", ".", "none", "none", "usual with_cord", "< 0.50 Ω", "V1"),
    (N05, "protective_earth", "I", ".", "none", "none", "usual with_cord", "< 0.50 Ω", "V1"),
    (N12, "touch_current", "I II", ".", "none direct", "NC", "usual with_cord patient_vicinity", "≤ 100 µA", "V2"),
    (N12, "touch_current", "I II", ".", "none direct", "SFC", "usual with_cord patient_vicinity", "≤ 500 µA", "V2"),
    (N05, "touch_current", "I II", ".", "none direct", "none NC SFC", "usual with_cord patient_vicinity", "≤ 300 µA",
     "V2"),  # 2.6: up to 2005 only
    (N05, "touch_current", "I II", ".", "none direct", "none NC SFC", "documented_schedule", "≤ 500 µA", "V2"),
    (N12, "touch_current", "I II", ".", "none direct", "none", "permanently_installed", "≤ 10000 µA", "M"),
    (N05, "touch_current", "I II", ".", "none direct", "none", "permanently_installed", "≤ 5000 µA", "M"),
    (N12, "patient_leakage", ".", "B BF", "none direct", "NC", "usual", "≤ 100 µA", "M"),
    (N12, "patient_leakage", ".", "B BF", "none direct", "SFC", "usual", "≤ 500 µA", "M"),
    (N05, "patient_leakage", ".", "CF", "none direct", "NC", "usual", "≤ 10 µA", "M"),  # isolated leads
    (N05, "patient_leakage", ".", "CF", "none direct", "SFC", "usual", "≤ 50 µA", "M"),
    (N12, "receptacle_retention", ".", ".", "none", "none", "usual", "≥ 4 oz", "V1"),
    (N05, "receptacle_retention", ".", ".", "none", "none", "usual", "≥ 4 oz", "V1"),
    (ES1, "touch_current", "I II", ".", "none direct", "NC", "usual with_cord", "≤ 100 µA", "M"),
    (ES1, "touch_current", "I II", ".", "none direct", "SFC", "usual with_cord", "≤ 500 µA", "M"),
    (ES1, "patient_leakage", ".", "CF", "none direct", "NC", "usual", "≤ 10 µA", "M"),
    (ES1, "patient_leakage", ".", "CF", "none direct", "SFC", "usual", "≤ 50 µA", "M"),
    (ES1, "mains_on_applied_part", ".", "CF", "none direct", "SFC", "usual", "≤ 50 µA", "M"),
]  # fmt: skip
EVERY = {"class": ("", "I", "II", "IP"), "part": ("none", "B", "BF", "CF")}


def figure_of(row: SafetyLimit) -> str:
    sign = "≥" if row.bound == "low" else "<" if row.exclusive else "≤"
    return f"{sign} {row.figure} {row.unit}"


@pytest.mark.parametrize(
    ("standard", "test", "equipment_class", "part", "method", "condition", "kind", "figure", "mark"), TABLE
)
def test_figures(
    standard: str,
    test: str,
    equipment_class: str,
    part: str,
    method: str,
    condition: str,
    kind: str,
    figure: str,
    mark: str,
) -> None:
    for one in product(
        EVERY["class"] if equipment_class == "." else equipment_class.split(),
        EVERY["part"] if part == "." else part.split(),
        method.split(),
        condition.split(),
        kind.replace("usual", "").split(" "),
    ):
        asked = LimitQuery(standard, test, one[0], one[1], one[2], one[3], equipment=one[4])
        row = find_limit(shipped_limits(), asked)
        assert (figure_of(row), row.verified, row.title) == (figure, mark, standard), asked


def test_there_are_no_other_figures() -> None:
    def codes(words: str) -> tuple[str, ...]:
        return () if words == "." else tuple(words.replace("usual", "").split(" "))

    shipped = [
        (row.title, row.test, row.equipment_class, row.applied_part, row.method, row.condition, row.equipment)
        for row in shipped_limits()
        if not row.absent
    ]
    assert sorted(shipped) == sorted((case[0], case[1], *map(codes, case[2:7])) for case in TABLE)


def test_62353_has_no_conditions() -> None:
    """2.6: tables that give 62353 a normal and a single-fault condition are of another standard."""
    assert {one for row in shipped_limits() if row.standard == "IEC 62353" for one in row.condition} == {"none"}
    tests = {row.test for row in shipped_limits() if row.standard == "IEC 62353"}
    for test, equipment_class, part, method, condition in product(
        tests,
        ("I", "II", "IP"),
        ("none", "B", "BF", "CF"),
        ("none", "direct", "differential", "alternative"),
        ("NC", "SFC"),
    ):
        with pytest.raises(UnknownLimit, match="knows no normal and single-fault condition") as refused:
            find_limit(shipped_limits(), LimitQuery("IEC 62353", test, equipment_class, part, method, condition))
        assert {row.test for row in refused.value.known} == {test}


@pytest.mark.parametrize(
    ("what", "query", "words"),
    [
        ("2.5: no protective earth", LimitQuery(A14, "protective_earth", "II"), "class II and internally powered"),
        ("2.5: no protective earth", LimitQuery(A14, "protective_earth", "IP"), "class II and internally powered"),
        ("2.5", LimitQuery(B05, "protective_earth", "II"), "class II and internally powered"),
        ("2.5", LimitQuery(N12, "protective_earth", "II"), "class II and internally powered"),
        ("2.1: type B", LimitQuery(A14, "applied_part_leakage", "I", "B", "direct"), "covered by equipment leakage"),
        ("2.1: type B", LimitQuery(A14, "applied_part_leakage", "II", "B", "alternative"), "covered by equipment"),
        ("no mains", LimitQuery(A14, "equipment_leakage", "IP", method="direct"), "no mains part"),
        ("no mains", LimitQuery(A14, "insulation", "IP"), "no mains part"),
        ("no earth", LimitQuery(B05, "earth_leakage", "II", condition="NC"), "protective earth conductor"),
        ("2.2: B has no such test", LimitQuery(B05, "mains_on_applied_part", "I", "B", condition="SFC"), "F-type"),
    ],
)
def test_what_does_not_apply_is_told_apart(what: str, query: LimitQuery, words: str) -> None:
    with pytest.raises(NotApplicable, match=f"(?i){words}"):
        find_limit(shipped_limits(), query)


@pytest.mark.parametrize(
    ("query", "words"),
    [
        (LimitQuery("IEC 62353", "equipment_leakage", "I", method="direct", condition="NC"),
         "IEC 62353:2014 knows no normal and single-fault condition (NC, SFC). For equipment_leakage it has: "
         "I direct/differential ≤ 500 µA."),
        (LimitQuery("IEC 62353", "equipment_leakage", "I"),
         "IEC 62353:2014 has no limit of equipment_leakage for: I. Name the method. For equipment_leakage it has: "
         "I direct/differential ≤ 500 µA; I alternative ≤ 1000 µA."),
        (LimitQuery("IEC 60601-1", "touch_current", "I"),
         "IEC 60601-1:2005 has no limit of touch_current for: I. Name the condition: normal (NC) or single fault "
         "(SFC). For touch_current it has: NC ≤ 100 µA; SFC ≤ 500 µA."),
        (LimitQuery("IEC 62353", "applied_part_leakage", "I", "CF", "differential"),
         "IEC 62353:2014 has no limit of applied_part_leakage for: I CF differential. For applied_part_leakage it "
         "has: I/II CF direct ≤ 50 µA; I/II CF alternative ≤ 100 µA."),
        (LimitQuery("IEC 60601-1", "protective_earth", "I"),
         "IEC 60601-1:2005 has no limit of protective_earth for: I. Name the kind of equipment. For "
         "protective_earth it has: I without_cord ≤ 0.1 Ω; I fixed_cord/with_cord ≤ 0.2 Ω."),
        (LimitQuery("IEC 62353", "equipment_leakage", method="direct"),
         "IEC 62353:2014 has no limit of equipment_leakage for: direct. Name the class of the equipment. For "
         "equipment_leakage it has: I direct/differential ≤ 500 µA; II direct/differential ≤ 100 µA."),
        (LimitQuery("IEC 62353", "touch_current", "I"),
         "There is no test 'touch_current' of IEC 62353:2014 in the table; there are: applied_part_leakage, "
         "equipment_leakage, insulation, protective_earth."),
        (LimitQuery("IEC 62353", "equipment_leakage", "I", method="direct", equipment="mobile_xray"),
         "IEC 62353:2014 has no limit of equipment_leakage here. Mobile X-ray and other equipment of high leakage is "
         "judged by its manufacturer's value; enter that as a limit of your own. (The edition of 2007 gave 2000 µA "
         "direct and 5000 µA alternative.)"),
        (LimitQuery("NFPA 99", "patient_leakage", "I", "CF", condition="NC"),
         "NFPA 99:2012 has no limit of patient_leakage here. Isolated leads, and leads between each other, have lower "
         "limits in this edition; the figures are not in hand. Enter them as limits of your own."),
        (LimitQuery("IEC 61010", "touch_current"),
         "There are no limits of 'IEC 61010'; there are: IEC 62353, IEC 60601-1, UL 60601-1, NFPA 99, ANSI/AAMI ES1."),
        (LimitQuery("IEC 62353", "insulation", "I", edition="1999"),
         "IEC 62353 has no edition 1999; there are: 2007, 2014."),
        (LimitQuery("NFPA 99:2012", "touch_current", "I", condition="NC", edition="2005"),
         "NFPA 99 has no edition 2012 / 2005; there are: 2005, 2012."),
        (LimitQuery("NFPA 99", "touch_current", "I", on=date(1980, 1, 1)),
         "No edition of NFPA 99 is in force on 1980-01-01; name one of: 2005, 2012."),
    ],
)  # fmt: skip
def test_what_is_not_there_names_what_is(query: LimitQuery, words: str) -> None:
    with pytest.raises(UnknownLimit) as refused:
        find_limit(shipped_limits(), query)
    assert (str(refused.value), isinstance(refused.value, NotApplicable)) == (words, False)


@pytest.mark.parametrize(
    ("field", "text", "words"),
    [
        ("equipment_class", "III", "'III' is none of: I, II, IP"),
        ("applied_part", "F", "'F' is none of: none, B, BF, CF"),
        ("method", "wireless", "'wireless' is none of: none, direct, differential, alternative"),
        ("condition", "fault", "'fault' is none of: none, NC, SFC"),
    ],
)
def test_codes_that_are_none(field: str, text: str, words: str) -> None:
    query = replace(LimitQuery("IEC 62353", "insulation", "I"), **{field: text})
    with pytest.raises(ValueError, match=words):
        find_limit(shipped_limits(), query)


@pytest.mark.parametrize(
    ("standard", "edition", "on", "found"),
    [
        ("IEC 62353", "", "2026-11-21", A14),
        ("IEC62353", "", "2026-11-21", A14),
        ("iec 62353", "2014", "2026-11-21", A14),
        ("62353:2014", "", "2026-11-21", A14),
        ("EN 62353:2014+A11:2021", "", "2026-11-21", A14),
        ("VDE 0751", "2nd edition", "2026-11-21", A14),
        ("IEC 60601-1", "", "2026-11-21", B05),
        ("IEC 60601-1", "", "2005-11-30", B88),
        ("IEC 60601-1", "", "2005-12-01", B05),
        ("IEC 60601-1:2005", "", "2026-11-21", B05),
        ("IEC 60601-1:2005+A1:2012+A2:2020", "", "2026-11-21", B05),
        ("IEC 60601-1:1988", "", "2026-11-21", B88),
        ("IEC60601-1-1988", "", "2026-11-21", B88),
        ("iec60601-1 3rd edition", "", "2026-11-21", B05),
        ("IEC 60601-1", "2nd", "2026-11-21", B88),
        ("IEC 60601-1", "second edition", "2026-11-21", B88),
        ("IEC 60601-1", "Ed. 3.1", "2026-11-21", B05),
        ("IEC 60601-1", "2012", "2026-11-21", B05),
        ("60601-1", "2005+A1/A2", "2026-11-21", B05),
        ("IEC 60601-1 Ed. 3", "", "2026-11-21", B05),
        ("IEC 60601-1 (2nd ed.)", "", "2026-11-21", B88),
        ("IEC 60601-1 2nd", "", "2026-11-21", B88),
        ("IEC 60601-1", "2nd ed. (1988)", "2026-11-21", B88),
        ("IEC 60601-1", "edition 3.2", "2026-11-21", B05),
        ("NFPA 99", "≤ 2005", "2026-11-21", N05),
        ("NFPA 99", "2012 and later", "2026-11-21", N12),
        ("60601-1", "2005/AMD1:2012", "2026-11-21", B05),
        ("UL60601-1", "", "2026-11-21", UL),
        ("NFPA99", "", "2026-11-21", N12),
        ("NFPA 99", "", "2011-12-31", N05),
        ("NFPA 99-2012", "", "2026-11-21", N12),
        ("NFPA 99 (2005)", "", "2026-11-21", N05),
        ("NFPA 99", "2002", "2026-11-21", N05),
        ("NFPA 99", "2012+", "2026-11-21", N12),
        ("NFPA 99", "2021", "2026-11-21", N12),
        ("ANSI/AAMI ES1-1993", "", "2026-11-21", ES1),
        ("es1", "1993", "2026-11-21", ES1),
    ],
)
def test_standards_and_editions_as_they_are_written(standard: str, edition: str, on: str, found: str) -> None:
    tests = {"IEC 62353": "insulation", "IEC 60601-1": "touch_current"}
    test = tests.get(found.partition(":")[0], "touch_current")
    condition = "none" if found == A14 else "NC"
    query = LimitQuery(standard, test, "I", condition=condition, edition=edition, on=date.fromisoformat(on))
    assert find_limit(shipped_limits(), query).title == found


def test_codes_as_they_are_written() -> None:
    written = LimitQuery("iec62353", "Equipment Leakage", "Class i", "Type bf", "SUBSTITUTE", " None ")
    assert in_short(find_limit(shipped_limits(), written)) == "I alternative ≤ 1000 µA"
    fault = LimitQuery("iec60601-1", "enclosure-leakage", "ii", "none", "none", "single fault")
    assert in_short(find_limit(shipped_limits(), fault)) == "SFC ≤ 500 µA"


LEAKAGE = find_limit(shipped_limits(), LimitQuery(A14, "equipment_leakage", "I", method="direct"))
INSULATION = find_limit(shipped_limits(), LimitQuery(A14, "insulation", "I"))
EARTH = find_limit(shipped_limits(), LimitQuery(A14, "protective_earth", "I"))
GROUND = find_limit(shipped_limits(), LimitQuery(N12, "protective_earth", "I"))
CARDIAC = find_limit(shipped_limits(), LimitQuery(A14, "applied_part_leakage", "I", "CF", "direct"))


@pytest.mark.parametrize(
    ("what", "reading", "limit", "outcome", "margin", "of_limit", "used"),
    [
        ("2.1: on the limit", Reading(D(500), "µA"), LEAKAGE, Outcome.PASS, "0", "100", "100"),
        ("2.1: in mA", Reading(D("0.5001"), "mA"), LEAKAGE, Outcome.FAIL, "-0.1", "100.02", "100.02"),
        ("2.1: heart", Reading(D(51), "uA"), CARDIAC, Outcome.FAIL, "-1", "102", "102"),
        ("2.1: insulation", Reading(D(8), "MOhm"), INSULATION, Outcome.PASS, "6", "400", "25"),
        ("2.1: insulation too low", Reading(D(1600), "kΩ"), INSULATION, Outcome.FAIL, "-0.4", "80", "125"),
        ("a short circuit", Reading(D(0), "MΩ"), INSULATION, Outcome.FAIL, "-2", "0", None),
        ("2.1: on the limit", Reading(D("0.3"), "Ohm"), EARTH, Outcome.PASS, "0", "100", "100"),
        ("2.3: less than 0.50", Reading(D("0.499"), "Ω"), GROUND, Outcome.PASS, "0.001", "99.8", "99.8"),
        ("2.3: 0.50 is not less than 0.50", Reading(D("0.5"), "Ω"), GROUND, Outcome.FAIL, "0.00", "100", "100"),
        ("2.3: an analyser's < 0.5", Reading(D("0.5"), "Ω", Bound.BELOW), GROUND, Outcome.PASS, "0", "100", "100"),
        ("beyond the tester's range", Reading(D(200), "MΩ", Bound.ABOVE), INSULATION, Outcome.PASS, "198", "10000",
         "1"),
        ("who knows", Reading(D(600), "µA", Bound.BELOW), LEAKAGE, Outcome.UNDETERMINED, "-100", "120", "120"),
    ],
)  # fmt: skip
def test_a_reading_is_judged(
    what: str, reading: Reading, limit: SafetyLimit, outcome: Outcome, margin: str, of_limit: str, used: str | None
) -> None:
    judged = judge_safety(reading, limit)
    assert (judged.outcome, judged.margin, judged.percent_of_limit) == (outcome, D(margin), D(of_limit)), what
    assert judged.percent_used == (None if used is None else D(used)), what


@pytest.mark.parametrize(
    ("reading", "mains", "nominal", "value", "outcome"),
    [
        ("242", "242", "230", "230", Outcome.PASS),  # 2.1: I_meas * U_nominal / U_actual, memory
        ("520", "239.2", "230", "500", Outcome.PASS),
        ("490", "220", "230", "512.272727273", Outcome.FAIL),
        ("480", "110", "115", "501.818181818", Outcome.FAIL),
        ("500", "230", "230", "500", Outcome.PASS),
    ],
)
def test_leakage_is_normalised_to_the_nominal_mains(
    reading: str, mains: str, nominal: str, value: str, outcome: Outcome
) -> None:
    judged = judge_safety(D(reading), LEAKAGE, mains_volts=D(mains), nominal_volts=D(nominal))
    assert (judged.reading.value, judged.outcome, judged.normalised_from) == (D(value), outcome, D(reading))
    assert (judged.unverified, judge_safety(D(reading), LEAKAGE).unverified) == (True, False)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: judge_safety(D(-5), LEAKAGE), "-5 µA cannot be a reading of equipment_leakage"),
        (lambda: judge_safety(D("NaN"), LEAKAGE), "cannot be a reading"),
        (lambda: judge_safety(Reading(D(5), "V"), LEAKAGE), "enter it in the limit's unit"),
        (lambda: judge_safety(D(5), LEAKAGE, mains_volts=D(230)), "give both the mains voltage"),
        (lambda: judge_safety(D(5), LEAKAGE, mains_volts=D(230), nominal_volts=D(120)), "230 V was not measured on"),
        (lambda: judge_safety(D(5), LEAKAGE, mains_volts=D(0), nominal_volts=D(230)), "0 V was not measured on"),
        (lambda: judge_safety(D(5), LEAKAGE, mains_volts=D(-230), nominal_volts=D(230)), "-230 V was not measured"),
        (lambda: judge_safety(D(5), LEAKAGE, mains_volts=D(10), nominal_volts=D(12)), "12 V is no nominal mains"),
        (lambda: judge_safety(D(5), LEAKAGE, mains_volts=D(230), nominal_volts=D("inf")), "no nominal mains"),
        (lambda: judge_safety(D(5), EARTH, mains_volts=D(240), nominal_volts=D(230)), "does not depend on the mains"),
    ],
)
def test_nonsense_is_refused_with_words(call, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        call()


def test_direct_current_is_not_normalised() -> None:
    limit = find_limit(shipped_limits(), LimitQuery(B05, "patient_leakage_dc", "I", "CF", condition="NC"))
    with pytest.raises(ValueError, match="does not depend on the mains"):
        judge_safety(D(5), limit, mains_volts=D(240), nominal_volts=D(230))


def test_every_figure_names_its_source_and_memory_is_unverified() -> None:
    assert [row for row in shipped_limits() if not row.source] == []
    assert [row for row in shipped_limits() if row.verified.is_unverified != ("memory" in row.source)] == []


def test_rows_are_read_as_they_are_written() -> None:
    assert limits_from(to_row(row) for row in shipped_limits()) == shipped_limits()


def test_a_corrected_figure_holds_from_its_day() -> None:
    corrected = replace(LEAKAGE, high=D(450), valid_from=date(2030, 1, 1))
    rows = (corrected, *shipped_limits())
    asked = LimitQuery("IEC 62353", "equipment_leakage", "I", method="direct")
    assert find_limit(rows, replace(asked, on=date(2029, 12, 31))).high == 500
    assert find_limit(rows, replace(asked, on=date(2030, 1, 1))).high == 450


def test_the_list_is_narrowed() -> None:
    def short(**asked: str) -> list[str]:
        return [f"{row.edition} {in_short(row)}" for row in select(shipped_limits(), **asked)]

    assert short(standard="62353", test="equipment_leakage", equipment_class="I") == [
        "2014 I direct/differential ≤ 500 µA",
        "2014 I alternative ≤ 1000 µA",
        "2007 I direct mobile_xray ≤ 2000 µA",
        "2007 I alternative mobile_xray ≤ 5000 µA",
    ]
    assert short(standard="NFPA 99:2005", test="touch_current", equipment="") == ["2005 I/II ≤ 300 µA"]
    assert len(short()) == len(TABLE)
    with pytest.raises(UnknownLimit, match="has no edition 1850"):
        short(standard="NFPA 99", edition="1850")
