"""The words and marks of `{% load ui %}`: what a reader sees for each value, and that wrong values are refused."""

from __future__ import annotations

import datetime as dt
import re
from html.parser import HTMLParser

import pytest
from django import forms
from django.template import Context, Template
from django.test import RequestFactory
from django.utils import timezone

from wardwright.web.templatetags import ui

TODAY = dt.date(2026, 11, 20)


class _Words(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.parts: list[str] = []

    def handle_data(self, data: str) -> None:
        self.parts.append(data)


def words(html: str) -> str:
    """The text of some HTML as it reads, with single spaces."""
    reader = _Words()
    reader.feed(html)
    return " ".join("".join(reader.parts).split())


def render(template: str, **context: object) -> str:
    return Template("{% load ui %}" + template).render(Context(context))


class Entry(forms.Form):
    leakage = forms.DecimalField(label="Leakage", widget=forms.NumberInput(attrs={"data-unit": "µA"}))
    done_on = forms.DateField(label="Done on", required=False, help_text="The day of the test.")
    harmed = forms.BooleanField(label="A patient was harmed", required=False)
    place = forms.ChoiceField(label="Place", choices=[("a", "Ward"), ("b", "Store")], widget=forms.RadioSelect)


@pytest.mark.parametrize(
    ("days", "plain", "deadline"),
    [
        (0, "today", "today"),
        (1, "tomorrow", "tomorrow"),
        (3, "in 3 days", "in 3 days"),
        (59, "in 59 days", "in 59 days"),
        (60, "in 2 months", "in 2 months"),
        (729, "in 24 months", "in 24 months"),
        (1096, "in 3 years", "in 3 years"),
        (-1, "yesterday", "1 day late"),
        (-2, "2 days ago", "2 days late"),
        (-400, "13 months ago", "13 months late"),
    ],
)
def test_a_day_seen_from_today(days: int, plain: str, deadline: str) -> None:
    day = TODAY + dt.timedelta(days=days)
    assert (ui.relative_day(day, TODAY), ui.relative_day(day, TODAY, deadline=True)) == (plain, deadline)


@pytest.mark.parametrize(
    ("minor", "currency", "shown"),
    [
        (123450, "EUR", "EUR\u00a01,234.50"),
        (5, "USD", "USD\u00a00.05"),
        (-250000, "CHF", "CHF\u00a0−2,500.00"),
        (98000, "JPY", "JPY\u00a098,000"),
        (1500, "KWD", "KWD\u00a01.500"),
        (10**17, "EUR", "EUR\u00a01,000,000,000,000,000.00"),
        (None, "EUR", "–"),
    ],
)
def test_money_keeps_every_digit(minor: int | None, currency: str, shown: str) -> None:
    assert ui.money(minor, currency) == shown


def test_dates_read_the_same_everywhere() -> None:
    moment = dt.datetime(2026, 11, 20, 14, 5, tzinfo=dt.UTC)
    assert [words(ui.date(value)) for value in (TODAY, moment, None)] == ["20 Nov 2026", "20 Nov 2026, 14:05", "–"]


def test_a_moment_is_shown_in_the_readers_time_zone() -> None:
    moment = dt.datetime(2026, 11, 20, 23, 30, tzinfo=dt.UTC)
    with timezone.override("Asia/Tokyo"):
        assert words(ui.date(moment)) == "21 Nov 2026, 08:30"
        assert ui.relative_day(moment, TODAY) == "tomorrow"


def test_a_missed_deadline_has_a_mark_besides_its_colour() -> None:
    missed, ahead = (ui.due(timezone.localdate() + dt.timedelta(days=days)) for days in (-2, 2))
    assert (missed.count("#alert-triangle"), ahead.count("#alert-triangle")) == (1, 0)
    assert (words(missed)[-11:], words(ahead)[-9:]) == ("2 days late", "in 2 days")


@pytest.mark.parametrize(
    ("template", "css", "shown"),
    [
        ('{% pill "ok" %}', "pill-ok", "In service"),
        ('{% pill "late" "9 days late" %}', "pill-late", "9 days late"),
        ("{% pill state %}", "pill-quarantine", "Held back"),
    ],
)
def test_a_pill_is_colour_icon_and_word(template: str, css: str, shown: str) -> None:
    state = type("State", (), {"meaning": "quarantine", "label": "held back"})()
    html = render(template, state=state)
    assert (re.findall(r"pill-\w+", html), html.count("<use "), words(html)) == ([css], 1, shown)


def test_a_pill_without_a_meaning_is_refused() -> None:
    with pytest.raises(ValueError, match="'in_service' has no meaning"):
        ui.pill("in_service")


def test_words_from_data_are_escaped() -> None:
    assert "<b>" not in ui.pill("info", "<b>loud</b>")


def test_an_abbreviation_speaks_its_meaning() -> None:
    assert words(ui.abbr("SBOM")) == "SBOM (software bill of materials: what software is inside a device)"


def test_an_unknown_abbreviation_says_where_to_add_it() -> None:
    with pytest.raises(ValueError, match=r"'XYZ' is not in the glossary; add it to web/templatetags/glossary.json"):
        ui.abbr("XYZ")


def test_query_set_changes_and_removes() -> None:
    request = RequestFactory().get("/", {"q": "pump", "after": "c1", "state": "late"})
    shown = Template('{% load ui %}{% query_set state="ok" after=None %}').render(Context({"request": request}))
    assert shown == "?q=pump&amp;state=ok"


def test_a_wrong_number_is_shown_again_as_it_was_typed() -> None:
    form = Entry({"leakage": "85 uA", "place": "a"})
    html = render("{% field form.leakage %}", form=form)
    assert re.findall(r'<input type="(\w+)"[^>]*value="([^"]*)"', html) == [("text", "85 uA")]
    assert words(html) == "Leakage Enter a number. µA"


def test_a_date_box_speaks_iso_whatever_the_language() -> None:
    html = render("{% field form.done_on %}", form=Entry(initial={"done_on": TODAY}))
    assert re.findall(r'<input type="(\w+)"[^>]*value="([^"]*)"', html) == [("date", "2026-11-20")]
    assert words(html) == "Done on (optional) The day of the test."


def test_every_description_of_a_field_is_on_the_page() -> None:
    form = Entry({"done_on": "never"})
    html = "".join(render("{% field bound %}", bound=bound) for bound in form)
    described = {name for names in re.findall(r'aria-describedby="([^"]*)"', html) for name in names.split()}
    assert described - set(re.findall(r' id="([^"]*)"', html)) == set()


def test_the_error_summary_jumps_to_the_fields() -> None:
    form = Entry({"leakage": "x"})
    summary = render("{% error_summary form %}", form=form)
    fields = "".join(render("{% field bound %}", bound=bound) for bound in form)
    targets = re.findall(r'href="#([^"]*)"', summary)
    assert len(targets) == 2
    assert [target for target in targets if f'id="{target}"' not in fields] == []


def test_a_field_that_does_not_exist_is_refused() -> None:
    with pytest.raises(ValueError, match="is not a form field"):
        render("{% field form.typo %}", form=Entry())
