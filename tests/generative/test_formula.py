"""Formulas built at random: against the tree they were written from, and against anything a person may type."""

from fractions import Fraction

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from wardwright.kernel.formula import MAX_DEPTH, FormulaError, evaluate, parse

NAMES = ("a", "b", "risk_score")
Tree = tuple[str, ...] | str


def show(tree: Tree) -> str:
    if isinstance(tree, str):
        return tree
    kind, *parts = tree
    words = [show(part) for part in parts]
    if kind in ("min", "max"):
        return f"{kind}({', '.join(words)})"
    if kind == "if":
        return f"({words[0]} if {words[1]} else {words[2]})"
    return f"({words[0]} {kind} {words[1]})"


def naive(tree: Tree, values: dict[str, int]) -> Fraction:
    """Exact rational arithmetic on the tree the text was written from."""
    if isinstance(tree, str):
        return Fraction(values.get(tree, 0)) if tree in NAMES else Fraction(tree)
    kind, *parts = tree
    x, y, *rest = (naive(part, values) for part in parts)
    match kind:
        case "+":
            return x + y
        case "-":
            return x - y
        case "*":
            return x * y
        case "min" | "max":
            return {"min": min, "max": max}[kind](x, y)
        case "if":
            return x if y else rest[0]
    return Fraction({"<": x < y, "<=": x <= y, "==": x == y, "!=": x != y, ">": x > y, ">=": x >= y}[kind])


leaves = st.one_of(st.sampled_from(NAMES), st.integers(0, 99).map(str))
operators = st.sampled_from(["+", "-", "*", "min", "max", "<", "<=", "==", "!=", ">", ">="])
trees = st.recursive(
    leaves,
    lambda inner: st.one_of(st.tuples(operators, inner, inner), st.tuples(st.just("if"), inner, inner, inner)),
    max_leaves=12,  # at most 12 factors below 100: exact within 28 digits
)


@given(trees, st.fixed_dictionaries({name: st.integers(-99, 99) for name in NAMES}))
def test_value_is_the_exact_value(tree: Tree, values: dict[str, int]) -> None:
    assert Fraction(evaluate(parse(show(tree)), values)) == naive(tree, values)


@given(
    st.text(alphabet="ab019.,+-*/%^()<>=!&|~[]{}'\"\\:;@#$ \n\t\x00_ifelsandorotminmaxlambda\u00e9\ud800", max_size=60)
)
@example("(" * 300)
@example("9" * 499)
@example("a" + ".a" * 200)
def test_anything_typed_is_a_number_or_a_formula_error(text: str) -> None:
    """Never another error, never a wait: it is computed, or refused with a position in the text."""
    try:
        formula = parse(text)
        assert evaluate(formula, dict.fromkeys(formula.names, 1)).is_finite()
    except FormulaError as error:
        assert 1 <= error.position <= len(text) + 2


@given(st.integers(1, 120))
def test_depth_is_limited_exactly(depth: int) -> None:
    text = "-" * (depth - 1) + "1"
    if depth <= MAX_DEPTH:
        assert parse(text).names == ()
    else:
        with pytest.raises(FormulaError, match="too large"):
            parse(text)
