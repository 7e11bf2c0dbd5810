"""The applied parts of a device, as people write them."""

import pytest

from wardwright.kernel.limits import AppliedPart, parse_applied_parts, write_applied_parts

READ = [
    ("ECG CF, SpO₂ BF", [("ECG", "CF", False), ("SpO₂", "BF", False)]),
    ("CF", [("", "CF", False)]),
    ("type BF", [("", "BF", False)]),
    ("ECG CF defib-proof; NIBP (BF)", [("ECG", "CF", True), ("NIBP", "BF", False)]),
    ("CF: ECG / BF: cuff", [("ECG", "CF", False), ("cuff", "BF", False)]),
    ("Paddles type BF defibrillation-proof and leads cf DP", [("Paddles", "BF", True), ("leads", "CF", True)]),
    ("B", [("", "B", False)]),
]


@pytest.mark.parametrize(("text", "parts"), READ)
def test_parts_are_read_and_written_again(text, parts):
    read = parse_applied_parts(text)
    assert read == tuple(AppliedPart(*part) for part in parts)
    assert parse_applied_parts(write_applied_parts(read)) == read


@pytest.mark.parametrize(
    ("text", "parts"), [("", None), ("  ", None), ("none", ()), ("No applied parts.", ()), ("–", ())]
)
def test_not_known_is_not_none(text, parts):
    assert parse_applied_parts(text) == parts


@pytest.mark.parametrize("text", ["ECG", "ECG CF, sensor", "ECG CG", "BFCF"])
def test_a_part_without_type_is_refused_by_name(text):
    with pytest.raises(ValueError, match="names no type of applied part"):
        parse_applied_parts(text)
