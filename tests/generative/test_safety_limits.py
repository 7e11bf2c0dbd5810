"""The limits of electrical safety against made-up questions and readings, and against a slow and obvious table."""

import json
from dataclasses import replace
from datetime import date
from decimal import Decimal
from importlib.resources import files
from itertools import product

from hypothesis import assume, given
from hypothesis import strategies as st

from wardwright.kernel.limits import (
    Answer,
    Bound,
    LimitQuery,
    LooserLimit,
    Outcome,
    Part,
    Reading,
    SafetyLimit,
    UnknownLimit,
    Verdict,
    convert,
    find_limit,
    judge_safety,
    safety_verdict,
    shipped_limits,
    tightened,
)

ROWS = [row for row in shipped_limits() if not row.absent]
WORSE = {Outcome.PASS: 0, Outcome.UNDETERMINED: 1, Outcome.FAIL: 2}
CODES = {
    "equipment_class": ["", "I", "II", "IP"],
    "applied_part": ["none", "B", "BF", "CF"],
    "method": ["none", "direct", "differential", "alternative"],
    "condition": ["none", "NC", "SFC"],
    "equipment": sorted({kind for row in shipped_limits() for kind in row.equipment}),
}
values = st.decimals(min_value=0, max_value=20000, places=4)
rows = st.sampled_from(ROWS)
days = st.dates(date(1990, 1, 1), date(2035, 1, 1))


def severity(value: Decimal, row: SafetyLimit, bound: Bound = Bound.EXACT) -> int:
    return WORSE[judge_safety(Reading(value, row.unit, bound), row).outcome]


@given(rows, values, values)
def test_a_worse_reading_never_gets_a_better_verdict(row: SafetyLimit, one: Decimal, other: Decimal) -> None:
    better, worse = sorted((one, other), reverse=row.bound == "low")
    assert severity(better, row) <= severity(worse, row)
    for bound in (Bound.BELOW, Bound.ABOVE):
        assert severity(better, row, bound) <= severity(worse, row, bound)


@given(rows, st.sampled_from([-2, -1, 0, 1, 2]))
def test_a_reading_at_the_limit(row: SafetyLimit, steps: int) -> None:
    """The smallest step beyond the limit fails; the limit itself passes unless the standard says "less than"."""
    beyond = steps > 0 if row.bound == "high" else steps < 0
    failed = beyond or (steps == 0 and row.exclusive)
    assert severity(row.figure + steps * Decimal("1e-9"), row) == (2 if failed else 0)


@given(rows, values, st.sampled_from(list(Bound)), st.data())
def test_a_reading_in_another_unit_gets_the_same_verdict(
    row: SafetyLimit, value: Decimal, bound: Bound, data: st.DataObject
) -> None:
    units = {"µA": ["A", "mA", "uA", "nA"], "Ω": ["mOhm", "kΩ", "ohm"], "MΩ": ["kOhm", "GΩ", "Ohm", "MOhm"]}
    assume(row.unit in units)
    unit = data.draw(st.sampled_from(units[row.unit]))
    there = judge_safety(Reading(convert(value, row.unit, unit), unit, bound), row)
    here = judge_safety(Reading(value, row.unit, bound), row)
    assert (there.outcome, there.reading, there.margin) == (here.outcome, here.reading, here.margin)


def naive_rows() -> list[dict]:
    text = (files("wardwright.kernel") / "data" / "safety_limits.json").read_text(encoding="utf-8")
    found = []
    for row in json.loads(text):
        for name, every in CODES.items():
            given = row.get(name, every if name in ("equipment_class", "applied_part") else every[0])
            row[name] = given if isinstance(given, list) else [given]
        found.append(row)
    return found


NAIVE = naive_rows()


def naive(asked: dict[str, str], standard: str, test: str, edition: str, on: date) -> tuple[str, str] | None:
    """Every row in turn; of the editions the last one in force that day."""
    in_force = [
        (row["valid_from"], row["edition"])
        for row in NAIVE
        if row["standard"] == standard and row["valid_from"] <= str(on) <= row.get("valid_until", "9999")
    ]
    if not (edition or in_force):
        return None
    wanted = edition or max(in_force)[1]
    for row in NAIVE:
        if (row["standard"], row["edition"], row["test"]) == (standard, wanted, test) and all(
            asked[name] in row[name] for name in CODES
        ):
            return (wanted, str(row.get("high", row.get("low")))) if "absent" not in row else None
    return None


EDITIONS = sorted({(row.standard, row.edition) for row in shipped_limits()})


@given(
    st.sampled_from(EDITIONS),
    st.booleans(),
    st.sampled_from(sorted({row.test for row in ROWS})),
    st.fixed_dictionaries({name: st.sampled_from(every) for name, every in CODES.items()}),
    days,
)
def test_the_limit_is_that_of_a_slow_search(
    standard: tuple[str, str], named: bool, test: str, asked: dict[str, str], on: date
) -> None:
    edition = standard[1] if named else ""
    expected = naive(asked, standard[0], test, edition, on)
    query = LimitQuery(standard[0], test, edition=edition, on=on, **asked)
    try:
        row = find_limit(shipped_limits(), query)
        assert (row.edition, str(row.figure)) == expected
    except UnknownLimit as error:
        assert expected is None and str(error).endswith((".", ")"))


def test_every_question_there_is_has_at_most_one_answer() -> None:
    """No two rows of an edition hold for the same question, or the order of the file would decide."""
    seen: dict[tuple, int] = {}
    for number, row in enumerate(NAIVE):
        for codes in product(*(row[name] for name in CODES)):
            key = (row["standard"], row["edition"], row["test"], *codes)
            assert seen.setdefault(key, number) == number, key


factors = st.decimals(min_value="0.01", max_value=100, places=2)


@given(rows, factors, values, st.sampled_from(list(Bound)))
def test_an_own_limit_never_lets_through_what_the_standard_refuses(
    row: SafetyLimit, factor: Decimal, value: Decimal, bound: Bound
) -> None:
    figure = row.figure * factor
    mine = replace(row, **{row.bound: figure}, valid_from=date(2020, 1, 1), valid_until=None, source="ours")
    looser = figure > row.figure if row.bound == "high" else figure < row.figure
    try:
        merged = tightened(shipped_limits(), [mine])
    except LooserLimit:
        assert looser
        return
    assert not looser
    asked = {name: (getattr(row, name) or CODES[name])[0] for name in CODES}
    query = LimitQuery(row.standard, row.test, edition=row.edition, on=date(2026, 1, 1), **asked)
    reading = Reading(value, row.unit, bound)
    before = judge_safety(reading, find_limit(shipped_limits(), query)).outcome
    assert WORSE[judge_safety(reading, find_limit(merged, query)).outcome] >= WORSE[before]


answers = st.fixed_dictionaries({part: st.lists(st.sampled_from(list(Answer)), max_size=3) for part in Part})
FROM_BEST = [Verdict.PASS, Verdict.PASS_WITH_OBSERVATION, Verdict.INCOMPLETE, Verdict.FAIL]


@given(st.sampled_from(["I", "II", "IP"]), answers, st.sampled_from(list(Part)))
def test_one_failure_fails_the_whole(equipment_class: str, given_answers: dict[Part, list[Answer]], part: Part) -> None:
    before = safety_verdict(equipment_class, given_answers)
    failed = safety_verdict(equipment_class, {**given_answers, part: [*given_answers[part], Answer.FAIL]})
    assert failed.verdict is Verdict.FAIL
    noted = safety_verdict(equipment_class, {**given_answers, part: [*given_answers[part], Answer.OBSERVATION]})
    if part not in before.missing:
        assert FROM_BEST.index(noted.verdict) >= FROM_BEST.index(before.verdict)
    assert (before.verdict is Verdict.FAIL) == any(Answer.FAIL in one for one in given_answers.values())
