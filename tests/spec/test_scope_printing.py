"""Scopes as canonical text and as JSON: either gives the scope again."""

import json

import pytest

from wardwright.kernel.scope import Unit, decide, read_scope, without_spans
from wardwright.kernel.scope.printing import BadScope, from_plain, from_text, to_plain, to_text

TEXTS = [
    "Model 8100: S/N 5, 7-9; Model 8110: all lots except A12",
    "Serial numbers 1001-1250. Also some blue ones.",
    "SN beginning with 12A\nSoftware versions 3.0 through 3.2.1",
    "Software below 4.2 running on Windows",
    "Manufactured from 01/2019 to 06/2020",
    "",
]


@pytest.mark.parametrize("text", TEXTS)
def test_text_and_back(text: str) -> None:
    scope = read_scope(text)
    assert without_spans(from_text(to_text(scope))) == without_spans(scope)


@pytest.mark.parametrize("text", TEXTS)
def test_json_and_back(text: str) -> None:
    scope = read_scope(text)
    assert from_plain(json.loads(json.dumps(to_plain(scope)))) == scope


def test_the_canonical_text() -> None:
    assert to_text(read_scope("Model 8100: S/N 5, 7-9 (except 8); software prior to 4.2. Also blue ones.")) == (
        "means, apart\n"
        '  model: "8100"\n'
        '  serial: "5", "7" to "9"\n'
        '  version: before "4.2"\n'
        "but not\n"
        '  model: "8100"\n'
        '  serial: "8"\n'
        'not understood: "blue ones"'
    )


def test_a_person_may_write_one() -> None:
    scope = from_text('means\n  model: "8100"\n  serial: from "2000", begins "12A"')
    assert [str(decide(scope, Unit(model="8100", serial=s)).outcome) for s in ("2500", "12A7", "1500")] == [
        "affected",
        "affected",
        "not_affected",
    ]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("means\n  colour: red", "Line 2: “colour” is nothing that a scope speaks of."),
        ("means\n  serial: 5", "Line 2, from “5” on, cannot be read."),
        ("serial 5", "Line 1 is none of a scope: “serial 5”."),
    ],
)
def test_what_is_no_canonical_text(text: str, words: str) -> None:
    with pytest.raises(BadScope) as caught:
        from_text(text)
    assert str(caught.value) == words
