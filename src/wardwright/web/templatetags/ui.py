"""The words and marks that every page shares: `{% load ui %}`.

Each tag is shown with its result in `docs/reference/components.md`. A tag that gets something it cannot show says so
with `ValueError`: a page with a wrong state on it is worse than a page that fails in a test.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Mapping
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from django import forms, template
from django.conf import settings
from django.forms import BoundField
from django.templatetags.static import static
from django.utils import formats, timezone
from django.utils.html import conditional_escape, format_html, json_script
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import capfirst
from django.utils.translation import get_language, get_language_info, gettext, ngettext, pgettext
from django.utils.translation import gettext_lazy as _

from wardwright.platform.core.words import said_words
from wardwright.web.templatetags._script_words import SCRIPT_WORDS

register = template.Library()

SPRITE = "vendor/tabler-icons/icons.svg"

#: The six meanings a state can have: its icon, and the word where the caller gives none.
MEANINGS: dict[str, tuple[str, Any]] = {
    "ok": ("circle-check", _("In service")),
    "due": ("clock", _("Due")),
    "late": ("alert-triangle", _("Late")),
    "out": ("ban", _("Out of service")),
    "quarantine": ("lock", _("Quarantined")),
    "info": ("info-circle", _("Information")),
}

#: Django's message tags on the same six meanings.
MESSAGE_MEANINGS = {"debug": "info", "info": "info", "success": "ok", "warning": "due", "error": "late"}

#: Minor units per currency where there are not 100 of them (ISO 4217, column "minor unit").
MINOR_DIGITS = {"JPY": 0, "KRW": 0, "CLP": 0, "VND": 0, "UGX": 0, "RWF": 0, "XOF": 0, "XAF": 0, "ISK": 0}
MINOR_DIGITS |= {"KWD": 3, "BHD": 3, "OMR": 3, "JOD": 3, "TND": 3, "IQD": 3}

#: The letter after `g` for each job in the rail; a job that is not named here gets the first letter of its key.
GO_LETTERS = {"day": "m", "my-day": "m", "people": "o", "settings": "t"}


@cache
def _sprite_url() -> str:
    return static(SPRITE)


@register.simple_tag
def icon(name: str, label: str = "") -> SafeString:
    """An icon from the sprite; hidden from screen readers unless `label` says what it stands for."""
    return _icon(name, str(label))


@lru_cache(maxsize=1000)
def _icon(name: str, label: str) -> SafeString:
    reference = f"{_sprite_url()}#{name}"
    if label:
        return format_html('<svg class="icon" role="img" aria-label="{}"><use href="{}"/></svg>', label, reference)
    return format_html('<svg class="icon" aria-hidden="true"><use href="{}"/></svg>', reference)


def _meaning_and_words(state: Any, words: str) -> tuple[str, Any]:
    meaning = getattr(state, "meaning", state)
    if meaning not in MEANINGS:
        raise ValueError(
            f"pill: {state!r} has no meaning; give one of {', '.join(MEANINGS)} or an object with .meaning"
        )
    if words:
        return meaning, words
    return meaning, MEANINGS[meaning][1] if state is meaning else getattr(state, "label", state)


def two_lines(first: Any, second: Any) -> Any:
    """A cell with a quieter second line."""
    return format_html('{}<span class="cell-2">{}</span>', first, second) if second else first


@register.simple_tag
def pill(state: Any, words: str = "") -> SafeString:
    """A state as colour, icon and word: `state` is one of MEANINGS or an object with `.meaning` (and `.label`)."""
    meaning, text = _meaning_and_words(state, words)
    mark = icon(MEANINGS[meaning][0])
    return format_html('<span class="pill pill-{}">{}{}</span>', meaning, mark, capfirst(str(text)))


@register.simple_tag
def colon() -> str:
    """What stands between a name and what is said of it; some languages set a space before it."""
    return pgettext("a name and what is said of it; keep both letters", "A: B")[1:-1]


@register.simple_tag
def message_meaning(message: Any) -> str:
    """One of MEANINGS for a message: its own `.meaning`, or the one that fits its level tag; others inform."""
    return getattr(message, "meaning", "") or MESSAGE_MEANINGS.get(getattr(message, "level_tag", ""), "info")


@register.simple_tag
def meaning_icon(meaning: str) -> SafeString:
    return icon(MEANINGS[meaning][0])


def _day(value: dt.date | dt.datetime) -> dt.date:
    if not isinstance(value, dt.datetime):
        return value
    return timezone.localtime(value).date() if timezone.is_aware(value) else value.date()


@lru_cache(maxsize=20_000)
def _date(value: dt.date, language: str | None) -> SafeString:
    """Lists show the same days again and again; Django's formatting of one costs as much as the rest of its cell."""
    return format_html('<time datetime="{}">{}</time>', value.isoformat(), formats.date_format(value, "DATE_FORMAT"))


@register.simple_tag
def date(value: dt.date | dt.datetime | None) -> SafeString | str:
    """`20 Nov 2026`, and `20 Nov 2026, 14:05` in the reader's time zone for a moment; a dash where there is none."""
    if value is None or value == "":
        return format_html('<span class="none">{}</span>', "–")
    if not isinstance(value, dt.datetime):
        return _date(value, get_language())
    local = timezone.localtime(value) if timezone.is_aware(value) else value
    return format_html(
        '<time datetime="{}">{}</time>', value.isoformat(), formats.date_format(local, "DATETIME_FORMAT")
    )


def _span(days: int) -> str:
    """A length of time in the largest unit that still says enough: days, then months, then years."""
    if days < 60:
        return ngettext("%(n)d day", "%(n)d days", days) % {"n": days}
    if days < 730:
        months = round(days / 30.44)
        return ngettext("%(n)d month", "%(n)d months", months) % {"n": months}
    years = round(days / 365.25)
    return ngettext("%(n)d year", "%(n)d years", years) % {"n": years}


def relative_day(value: dt.date | dt.datetime, today: dt.date, *, deadline: bool = False) -> str:
    """`in 3 days`, `tomorrow`, `today`, `yesterday`, `2 days ago`; for a deadline `2 days late`."""
    days = (_day(value) - today).days
    if days == 0:
        return gettext("today")
    if days == 1:
        return gettext("tomorrow")
    if days > 0:
        return gettext("in %(span)s") % {"span": _span(days)}
    if deadline:
        return gettext("%(span)s late") % {"span": _span(-days)}
    return gettext("yesterday") if days == -1 else gettext("%(span)s ago") % {"span": _span(-days)}


@register.simple_tag
def ago(value: dt.date | dt.datetime | None, deadline: bool = False) -> str:
    """A day seen from today, in the reader's time zone; empty where there is no day."""
    if not value:
        return ""
    return relative_day(value, timezone.localdate(), deadline=deadline)


@register.simple_tag
def due(value: dt.date | None) -> SafeString | str:
    """A deadline: the date with `in 3 days` or, in red and with an icon, `2 days late` beside it."""
    if not value:
        return date(None)
    late = _day(value) < timezone.localdate()
    words = ago(value, deadline=True)
    if not late:
        return format_html('{} <span class="when">{}</span>', date(value), words)
    return format_html('{} <span class="when when-late">{}{}</span>', date(value), icon("alert-triangle"), words)


@register.simple_tag
def money(minor_units: int | None, currency: str) -> str:
    """An amount kept in minor units (cents) as `EUR 1,234.50`, with the separators of the reader's language."""
    if minor_units is None:
        return "–"
    digits = MINOR_DIGITS.get(currency, 2)
    sign, whole_units = ("−" if minor_units < 0 else ""), abs(minor_units)
    whole, part = divmod(whole_units, 10**digits)
    amount = f"{whole}.{part:0{digits}d}" if digits else str(whole)
    number = formats.number_format(amount, decimal_pos=digits, use_l10n=True, force_grouping=True)
    return f"{currency}\u00a0{sign}{number}"


def _prefer_safe_input(bound: BoundField) -> None:
    """Dates by the browser's picker (which speaks ISO only); numbers as text: a number box forgets a wrong entry."""
    widget = bound.field.widget
    if isinstance(widget, forms.NumberInput):
        widget.input_type = "text"
        widget.attrs.setdefault("inputmode", "numeric" if type(bound.field) is forms.IntegerField else "decimal")
        widget.attrs.setdefault("autocomplete", "off")
    if isinstance(widget, forms.DateTimeInput):
        widget.input_type, widget.format = "datetime-local", "%Y-%m-%dT%H:%M"
    elif isinstance(widget, forms.DateInput):
        widget.input_type, widget.format = "date", "%Y-%m-%d"


def _shape(bound: BoundField) -> str:
    widget = bound.field.widget
    if isinstance(widget, forms.NumberInput):
        return "line field-short"
    if isinstance(widget, forms.CheckboxInput):
        return "check"
    if isinstance(widget, forms.RadioSelect | forms.CheckboxSelectMultiple):
        return "group"
    return "line"


def _groups(bound: BoundField) -> list[tuple[str, list[Any], bool]]:
    """Choices under the names they were given with, and whether all are taken; else one group without a name."""
    choices: Any = getattr(bound.field, "choices", None)
    if not (isinstance(choices, list) and choices and isinstance(choices[0][1], list | tuple)):
        return [("", list(bound.subwidgets), False)]
    shown = iter(bound.subwidgets)
    groups = [(str(name), [next(shown) for _one in of_name]) for name, of_name in choices]
    return [(name, found, all(one.data["selected"] for one in found)) for name, found in groups]


@register.inclusion_tag("web/_field.html")
def field(bound: BoundField, unit: str = "") -> dict[str, Any]:
    """One form field: label, help, control with its unit, and its errors beside it.

    The unit comes from the tag, or from the widget's `data-unit` attribute.
    """
    if not isinstance(bound, BoundField):
        raise ValueError(f"field: {bound!r} is not a form field; check its name in the form")
    _prefer_safe_input(bound)
    unit = unit or str(bound.field.widget.attrs.get("data-unit", ""))
    shape = _shape(bound)
    groups = _groups(bound) if shape == "group" else []
    several = isinstance(bound.field.widget, forms.CheckboxSelectMultiple)
    return {"field": bound, "unit": unit, "shape": shape, "groups": groups, "several": several}


def _first_control(bound: BoundField) -> str:
    """The id that a link to this field goes to: of a group, its first choice."""
    return bound.id_for_label or f"{bound.auto_id}_0"


@register.inclusion_tag("web/_error_summary.html")
def error_summary(form: forms.BaseForm) -> dict[str, Any]:
    """Every error of the form as a list that jumps to its field."""
    rows = [
        (form[name], _first_control(form[name]), words) for name, words in form.errors.items() if name in form.fields
    ]
    return {"form": form, "rows": rows}


@cache
def glossary() -> Mapping[str, str]:
    """Abbreviation → what it stands for, from `glossary.json` beside this file."""
    return json.loads(Path(__file__).with_name("glossary.json").read_text(encoding="utf-8"))


@register.simple_tag
def abbr(short: str) -> SafeString:
    """An abbreviation with its meaning on hover, on focus and for screen readers; ValueError where we have none."""
    if short not in glossary():
        raise ValueError(f"abbr: {short!r} is not in the glossary; add it to web/templatetags/glossary.json")
    meaning = gettext(glossary()[short])
    return format_html(
        '<abbr class="tip" tabindex="0" data-tip="{}">{}<span class="visually-hidden"> ({})</span></abbr>',
        meaning,
        short,
        meaning,
    )


@register.simple_tag(takes_context=True)
def query_set(context: template.Context, **changes: Any) -> str:
    """This page's query string with the given keys set, and those given as None or '' removed."""
    request = context.get("request")
    query = request.GET.copy() if request else _empty_query()
    for key, value in changes.items():
        if value in (None, ""):
            query.pop(key, None)
        else:
            query[key] = value
    return f"?{query.urlencode()}"


def _empty_query() -> Any:
    from django.http import QueryDict

    return QueryDict(mutable=True)


_NUMBER = re.compile(r"\S{0,12}(?:-\d|\d-)\S{0,12}")


@register.filter
def said(text: Any) -> Any:
    """A sentence of the kernel in the reader's language."""
    return said_words(text)


@register.filter
def numbers_whole(text: Any) -> SafeString:
    """Words in which no number breaks at its hyphen: for headings with an asset or order number."""
    return mark_safe(_NUMBER.sub(r'<span class="nowrap">\g<0></span>', conditional_escape(str(text))))  # noqa: S308


@register.filter
def go_letter(key: str) -> str:
    """The key that opens this job after `g`."""
    return GO_LETTERS.get(key, key[:1])


@register.simple_tag
def languages() -> list[dict[str, str]]:
    """The languages this hospital offers, each in its own name."""
    return [{"code": code, "name": get_language_info(code)["name_local"]} for code, _name in settings.LANGUAGES]


@register.simple_tag
def script_words() -> SafeString:
    """The sentences that wardwright.js says, in the reader's language, as a JSON block it reads."""
    return json_script({key: str(words) for key, words in SCRIPT_WORDS.items()}, "ww-words")
