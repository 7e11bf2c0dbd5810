"""Scopes over made-up notices and units: nothing is lost, nothing is invented, and nobody is wrongly let off."""

import json
import random
import re

from hypothesis import assume, example, given
from hypothesis import strategies as st

from wardwright.kernel.scope import (
    Clause,
    Decider,
    Element,
    Form,
    Of,
    Outcome,
    Scope,
    Unit,
    decide,
    read_scope,
    without_spans,
)
from wardwright.kernel.scope.clean import clean
from wardwright.kernel.scope.codes import Fit, range_fits
from wardwright.kernel.scope.index import CodeIndex
from wardwright.kernel.scope.printing import from_plain, from_text, to_plain, to_text
from wardwright.kernel.scope.versions import range_fits as version_range_fits

# Scopes as data -------------------------------------------------------------------------------------------------

words = st.text(min_size=1, max_size=12)
small = st.integers(0, 40).map(str)
kinds = st.sampled_from([Of.MODEL, Of.REF, Of.LOT, Of.SERIAL, Of.VERSION])


@st.composite
def elements(draw: st.DrawFn, values: st.SearchStrategy = words) -> Element:
    of, form = draw(kinds), draw(st.sampled_from(list(Form)))
    if form is Form.ALL:
        return Element(of, form)
    if form is not Form.RANGE or of in (Of.MODEL, Of.REF):
        return Element(of, Form.ONE if form is Form.RANGE else form, draw(values))
    low, high = draw(values | st.just("")), draw(values | st.just(""))
    assume(low or high)
    opens = draw(st.booleans()) and bool(low), draw(st.booleans()) and bool(high)
    return Element(of, form, low, high, *opens)


def clauses(values: st.SearchStrategy = words) -> st.SearchStrategy[Clause]:
    found = st.lists(elements(values), min_size=1, max_size=4).map(tuple)
    return st.builds(Clause, found, st.booleans(), st.booleans())


scopes = st.builds(
    lambda meant, out: Scope("", tuple(meant), tuple(Clause(c.elements, c.loose) for c in out)),
    st.lists(clauses(), max_size=3),
    st.lists(clauses(), max_size=2),
)


@given(scopes)
def test_canonical_text_and_back(scope: Scope) -> None:
    assert without_spans(from_text(to_text(scope))) == without_spans(scope)


@given(scopes)
def test_json_and_back(scope: Scope) -> None:
    assert from_plain(json.loads(json.dumps(to_plain(scope)))) == scope


# Widening ---------------------------------------------------------------------------------------------------------

units = st.builds(
    Unit,
    model=st.sampled_from(["", "8", "9"]),
    lot=small | st.just(""),
    serial=small | st.just(""),
    version=small | st.just(""),
)
production = st.builds(
    lambda of, low, more: Element(of, Form.RANGE, str(low), str(low + more)),
    st.sampled_from([Of.LOT, Of.SERIAL, Of.VERSION]),
    st.integers(0, 40),
    st.integers(0, 20),
)
narrow = st.lists(production, min_size=1, max_size=3).map(lambda found: Clause(tuple(found)))


@given(st.lists(narrow, min_size=1, max_size=3), narrow, units, st.data())
def test_widening_a_scope_never_loses_a_match(
    start: list[Clause], more: Clause, unit: Unit, data: st.DataObject
) -> None:
    """Another clause, another element of a kind that is named, or a wider range."""
    before = decide(Scope("", tuple(start)), unit).outcome
    way = data.draw(st.sampled_from(["clause", "element", "range"]))
    first, *others = start
    if way == "clause":
        wider = (*start, more)
    elif way == "element":
        added = next((e for e in more.elements if first.of(e.of)), None)
        assume(added is not None)
        wider = (Clause((*first.elements, added)), *others)
    else:
        grown = tuple(Element(e.of, e.form, str(max(0, int(e.low) - 3)), str(int(e.high) + 3)) for e in first.elements)
        wider = (Clause(grown), *others)
    after = decide(Scope("", wider), unit).outcome
    assert after is Outcome.AFFECTED or before is not Outcome.AFFECTED
    assert after is not Outcome.NOT_AFFECTED or before is Outcome.NOT_AFFECTED


# Serial numbers against an oracle that writes them all down --------------------------------------------------------

prefixes = st.sampled_from(["", "A", "SN7X", "12A", "AB-"])


@given(prefixes, st.sampled_from(["", "B"]), st.integers(1, 5), st.data())
def test_ranges_are_what_an_oracle_counts(prefix: str, ending: str, width: int, data: st.DataObject) -> None:
    top = 10**width - 1
    low = data.draw(st.integers(0, top))
    high = data.draw(st.integers(low, min(top, low + 300)))
    asked = data.draw(st.integers(max(0, low - 5), min(top, high + 5)))

    def written(number: int) -> str:
        return f"{prefix}{number:0{width}}{ending}"

    oracle = {written(number) for number in range(low, high + 1)}
    fit = range_fits(written(low), written(high), written(asked))
    assert fit is (Fit.YES if written(asked) in oracle else Fit.NO)


@given(st.integers(0, 99_999), st.integers(0, 500), st.integers(0, 999_999))
@example(1001, 249, 12000)
def test_plain_numbers_of_any_width(low: int, size: int, asked: int) -> None:
    """Never in where the number is out, never out where it is in; between widths it may be left open."""
    fit = range_fits(str(low), str(low + size), str(asked))
    assert fit is Fit.YES if low <= asked <= low + size else fit in (Fit.NO, Fit.MAYBE)


dotted = st.lists(st.integers(0, 30), min_size=1, max_size=4)


@given(dotted, dotted, dotted)
def test_versions_are_in_order_of_their_numbers(a: list[int], b: list[int], asked: list[int]) -> None:
    low, high = sorted((a, b), key=lambda parts: parts + [0] * (4 - len(parts)))

    def padded(parts: list[int]) -> list[int]:
        return parts + [0] * (4 - len(parts))

    fit = version_range_fits(
        *(".".join(map(str, parts)) for parts in (low, high)), False, False, ".".join(map(str, asked))
    )
    if padded(low) <= padded(asked) <= padded(high):
        assert fit is Fit.YES
    else:
        assert fit in (Fit.NO, Fit.MAYBE) or (fit is Fit.LIKELY and asked[0] == high[0] and len(high) == 1)


# Notices written in many ways --------------------------------------------------------------------------------------

SERIAL_LABELS = ["Serial Numbers: ", "S/N ", "SN: ", "Serial No. ", "serial number(s) ", "Serial #: ", "Serials: "]
LOT_LABELS = ["Lot Numbers: ", "Lot: ", "Lots ", "Lot/Batch Numbers: ", "Batch No. ", "LOT # ", "lot codes: "]
TO = ["-", " - ", " to ", " through ", " thru ", "\u2013", " \u2014 "]
COMMAS = [", ", "; ", " and ", " & ", "\n", ",\r\n", "<br>", " | "]
MODEL_LABELS = ["Model ", "Model: ", "Model No. ", "<b>Model</b> ", "Model Number: ", "REF ", "Catalog No. ", "Item # "]


@st.composite
def notices(draw: st.DrawFn) -> tuple[str, dict[str, tuple[str, set[str]]], str]:
    """A text, what it says by model (kind and codes), and the prefix of the codes."""
    prefix = draw(st.sampled_from(["", "AB", "X", "12A"]))
    models = draw(st.lists(st.integers(8100, 8140).map(str), min_size=1, max_size=3, unique=True))
    parts, truth = [], {}
    for model in models:
        kind = draw(st.sampled_from(["serial", "lot"]))
        label = draw(st.sampled_from(SERIAL_LABELS if kind == "serial" else LOT_LABELS))
        codes: set[str] = set()
        listed = []
        for _ in range(draw(st.integers(1, 4))):
            low = draw(st.integers(1000, 9000))
            size = draw(st.sampled_from([0, 0, 1, 7, 50]))
            codes |= {f"{prefix}{n}" for n in range(low, low + size + 1)}
            written = f"{prefix}{low}"
            listed.append(written if not size else f"{written}{draw(st.sampled_from(TO))}{prefix}{low + size}")
        name = draw(st.sampled_from(MODEL_LABELS)) + model
        comma = draw(st.sampled_from(COMMAS))
        parts.append(f"{name}{draw(st.sampled_from([': ', ', ', ' ']))}{label}{comma.join(listed)}")
        truth[model] = (kind, codes)
    return draw(st.sampled_from(["; ", "\n", ". ", "<p>"])).join(parts), truth, prefix


@given(notices(), st.randoms(use_true_random=False))
def test_nobody_named_is_let_off(notice: tuple, chance: random.Random) -> None:
    """Every unit that is meant is affected; of the others none is affected, and most are clear."""
    text, truth, prefix = notice
    decider = Decider(read_scope(text))
    assert decider.scope.residue == (), text
    for model, (kind, codes) in truth.items():
        inside = chance.sample(sorted(codes), min(4, len(codes)))
        outside = [code for n in range(4) if (code := f"{prefix}{chance.randrange(1000, 9999)}") not in codes]
        edges = [f"{prefix}{int(code[len(prefix) :]) + step}" for code in inside[:2] for step in (-1, 1)]
        for code in (*inside, *outside, *edges):
            named = {"model": model} if not re.search(r"REF|Catalog|Item", text) else {"model": model, "ref": model}
            found = decider.decide(Unit.of({**named, kind: code}))
            expected = Outcome.AFFECTED if code in codes else Outcome.NOT_AFFECTED
            assert found.outcome is expected, (text, model, kind, code, found)


PIECES = """serial lot S/N model REF UDI version software all except not only prior to before and earlier below between
through - , ; : . ( ) | manufactured shipped exp date because with 1001 1250 AB12 12A-45 3.2.1 v8.x 01/2019 May 2018
1,001 blue pump units 5 1) <= > 884838000000 8100/8110 X N/A * may please contact us at 00884838000000 2.5 1001-1250"""
pieces = st.sampled_from([*PIECES.split(), "\n"])


@given(st.lists(pieces, max_size=14).map(" ".join))
@example("Serial numbers (5) and (6)")
@example("Lot numbers and exp dates: 12/2019 A1")
def test_no_number_of_a_text_is_dropped(text: str) -> None:
    """Every digit stands in an element, in a remark or in the residue; and no text is too strange to be read."""
    scope = read_scope(text)
    kept = [e.span for c in (*scope.clauses, *scope.excluded) for e in c.elements]
    kept += [*scope.unread, *scope.remarks]
    for found in re.finditer(r"\d+", re.sub(r"(?<![\w(-])\d{1,2}\)", lambda one: "x" * len(one[0]), scope.text)):
        assert any(span.start <= found.start() and found.end() <= span.end for span in kept), (scope.text, found[0])
    assert Decider(scope).decide(Unit(model="X1", serial="77")).outcome in Outcome


@given(st.text(max_size=200))
def test_any_text_is_read(text: str) -> None:
    scope = read_scope(text)
    assert clean(scope.text) == scope.text
    for span in (*scope.unread, *scope.remarks):
        assert 0 <= span.start < span.end <= len(scope.text)


# Asked of thousands: without words, and the same answer -------------------------------------------------------------

codes = st.sampled_from(["", "A", "SN", "12A", "0", "S/N "]).flatmap(
    lambda start: st.integers(0, 3000).map(lambda number: f"{start}{number}")
)


@given(
    st.lists(elements(codes), max_size=5).map(lambda found: [e for e in found if e.of in (Of.SERIAL, Of.LOT)]), codes
)
def test_a_miss_without_words_is_what_the_search_says(named: list[Element], asked: str) -> None:
    index = CodeIndex(named)
    assert index.misses(asked) is (not index.all and index.find(asked).fit is Fit.NO)


@given(scopes | notices().map(lambda found: read_scope(found[0])), codes, st.sampled_from(["", "8100", "8110"]))
def test_a_decider_misses_only_what_is_not_affected(scope: Scope, serial: str, model: str) -> None:
    unit = Unit(model=model, serial=serial)
    aim = Decider(scope).aim(unit)
    assert not aim.misses(unit) or aim.decide(unit).outcome is Outcome.NOT_AFFECTED
