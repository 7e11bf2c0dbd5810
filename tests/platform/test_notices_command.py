"""``wardwright notices decide``: answers, and what it says of input that it cannot read."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from wardwright.config.cli import main

NOTICE = "<p>Model 8100: S/N 1001-1250</p>"
ADVISORY = {
    "document": {"tracking": {"id": "T-1"}},
    "product_tree": {"full_product_names": [{"product_id": "P", "name": "MX40: <= 2.0"}]},
}


def answer(unit: str, text: str, *options: str) -> tuple[int, dict]:
    line = ["notices", "decide", "--scope-text", "-", "--unit", unit, "--json", *options]
    done = CliRunner().invoke(main, line, input=text)
    return done.exit_code, json.loads(done.output)


def test_a_decision_with_its_words() -> None:
    code, said = answer('{"model": "8100", "serial": 1100}', NOTICE)
    assert (code, said["decision"], said["span"]) == (
        0,
        "affected",
        {"start": 16, "end": 25, "text": "1001-1250"},
    )
    assert said["scope"]["understood"] == "wholly"


def test_a_file_and_words(tmp_path: Path) -> None:
    path = tmp_path / "notice.txt"
    path.write_text(NOTICE)
    done = CliRunner().invoke(main, ["notices", "decide", "--scope-text", str(path), "--unit", '{"serial": "9"}'])
    assert (done.exit_code, done.output) == (
        0,
        "not_affected: 9 is no serial number that the notice names.\n“1001-1250” (characters 16 to 25)\n",
    )


@pytest.mark.parametrize(
    ("unit", "text", "expected"),
    [
        ('{"model": "MX40"}', json.dumps(ADVISORY), "unresolved"),
        ('{"model": "MX40", "version": "1.9"}', json.dumps(ADVISORY), "affected"),
        ('{"model": "MX40", "version": "2.1"}', json.dumps(ADVISORY), "not_affected"),
        ('{"model": "8100", "version": "1.9"}', json.dumps(ADVISORY), "not_affected"),
        ('{"model": "8100", "serial": "5"}', 'means\n  model: "8100"\n  serial: up to "5"', "affected"),
    ],
)
def test_an_advisory_and_a_canonical_scope(unit: str, text: str, expected: str) -> None:
    assert answer(unit, text)[1]["decision"] == expected


@pytest.mark.parametrize(
    ("unit", "text", "code", "words"),
    [
        ("[1]", NOTICE, "bad-unit", "--unit is no JSON object."),
        ('{"colour": "red"}', NOTICE, "bad-unit", "A unit has no “colour”"),
        ("{}", "", "bad-notice", "The notice has no words."),
        ("{}", '{"a": 1}', "bad-notice", "The file is JSON, and no CSAF advisory"),
        ("{}", "{nothing", "bad-notice", "The file begins like JSON and is none"),
        ("{}", "means\n  colour: red", "bad-notice", "Line 2: “colour” is nothing that a scope speaks of."),
    ],
)
def test_what_cannot_be_read(unit: str, text: str, code: str, words: str) -> None:
    exit_code, said = answer(unit, text)
    assert (exit_code, said["ok"], said["error"]["code"]) == (2, False, code)
    assert said["error"]["message"].startswith(words)


def test_no_such_file() -> None:
    done = CliRunner().invoke(main, ["notices", "decide", "--scope-text", "/nowhere/x", "--unit", "{}", "--json"])
    assert (done.exit_code, json.loads(done.output)["error"]["code"]) == (3, "no-file")
