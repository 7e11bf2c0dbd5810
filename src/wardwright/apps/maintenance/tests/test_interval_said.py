"""An interval read from a file's name or title: words and counted units, never a bare number."""

import pytest

from wardwright.apps.maintenance.exchange import interval_said


@pytest.mark.parametrize(
    ("text", "months"),
    [
        ("annual list", 12),
        ("inventory 2026 annual", 12),
        ("6 monthly list", 6),
        ("devices every 3 months", 3),
        ("ward 3", None),
        ("geraete station 4", None),
        ("Geräteliste Station 4", None),
        ("register 12", None),
        ("3M devices", None),
        ("2026", None),
        ("", None),
    ],
)
def test_a_title_says_an_interval_only_in_words(text: str, months: int | None) -> None:
    found = interval_said(text)
    assert (found and found.months) == months
