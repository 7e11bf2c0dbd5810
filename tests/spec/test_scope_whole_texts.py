"""Whole texts, as people read them: which units each of them means, which not, and which are left open.

The texts are our own, in the manner of STANDARDS 5.5, of class I pages and of makers' letters. They stand in
``scope_texts.jsonl``, one to a line: the text, and units with what is right for each.
"""

import json
from pathlib import Path

import pytest

from wardwright.kernel.scope import Unit, decide, read_scope

LINES = Path(__file__).with_name("scope_texts.jsonl").read_text("utf-8").splitlines()


@pytest.mark.parametrize(("text", "units"), [json.loads(line) for line in LINES])
def test_what_a_text_means(text: str, units: list[tuple[dict[str, str], str]]) -> None:
    """A wrong "not affected" is the worst that could happen, a needless "unresolved" the second worst."""
    scope = read_scope(text)
    assert [str(decide(scope, Unit.of(unit)).outcome) for unit, _right in units] == [right for _unit, right in units]
