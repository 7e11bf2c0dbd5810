"""Identifiers in notes: found by key or by shape, never by a free regular expression."""

import pytest

from wardwright.kernel.tabular.patterns import check_template, extract, extract_template, propose_patterns

NOTES = [f"AssetID: AST{n:06} | Phân loại: Thiết bị | ProcurementID: PR{n % 3:06}" for n in range(1, 40)]


def test_keys_are_found_with_what_they_cover_and_whether_they_identify() -> None:
    found = propose_patterns(NOTES)
    assert [(p.key, p.field, p.coverage, round(p.unique, 2), p.identifies) for p in found] == [
        ("AssetID", "tag", 1.0, 1.0, True),
        ("ProcurementID", None, 1.0, 0.08, False),
        ("Phân loại", "risk", 1.0, 0.03, False),
    ]
    assert found[0].examples == ("AST000001", "AST000002", "AST000003")
    assert extract(found[0], NOTES[4]) == "AST000005"


@pytest.mark.parametrize("note", [None, "", "N/A", "no key here", 5, "AssetID:", "AssetID: n/a"])
def test_notes_without_the_key_give_nothing(note: object) -> None:
    assert extract(propose_patterns(NOTES)[0], note) is None


@pytest.mark.parametrize("note", ["S/N=4711; room: 5", "room: 5\nS/N: 4711", "room: 5, S/N: 4711"])
def test_separators(note: str) -> None:
    serial = next(p for p in propose_patterns([note]) if p.key == "S/N")
    assert (serial.field, extract(serial, note)) == ("serial", "4711")


def test_times_and_addresses_are_no_keys() -> None:
    assert propose_patterns(["10:30", "https://example.org"]) == ()


def test_codes_of_one_shape() -> None:
    notes = ["old number INV-00123, moved", "INV-00124", "see INV-00125 please", "nothing"]
    (found,) = propose_patterns(notes)
    assert (found.kind, found.key, found.coverage, found.unique) == ("template", "INV-#####", 0.75, 1.0)
    assert [extract(found, note) for note in notes] == ["INV-00123", "INV-00124", "INV-00125", None]


@pytest.mark.parametrize(
    ("template", "text", "found"),
    [
        ("INV-#####", "x INV-00123 y", "INV-00123"),
        ("INV-#####", "INV-001234", None),
        ("@@##", "AB12", "AB12"),
        ("(a+)+#", "aaaaaaaaaaaaaaaaaaaaaaaaaaaa", None),
        ("(a+)+#", "(a+)+7", "(a+)+7"),
        (".*#", "abc7", None),
        ("A.#", "A.7", "A.7"),
    ],
)
def test_templates_are_literal_but_for_digits_and_letters(template: str, text: str, found: str | None) -> None:
    assert extract_template(template, text) == found


def test_templates_are_checked() -> None:
    assert check_template("INV-#####") == ""
    assert [check_template(t) for t in ("", " ", "#" * 61)] == ["A template has 1 to 60 characters."] * 3
    assert check_template("INV") == "A template needs # for each digit or @ for each letter, for example INV-#####."
