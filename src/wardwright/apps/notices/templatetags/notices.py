"""Cells of devices in a case, for the pages that are no list of their own."""

from __future__ import annotations

from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from wardwright.web.templatetags import ui

from ..models import Exposure
from ..states import STANDING_MEANING, Standing
from ..tables import place_words, standing_pill, thing_words, why_words

register = template.Library()
RUNGS = {
    "udi_di": _("UDI device identifier"),
    "catalogue": _("maker and catalogue number"),
    "model": _("maker and model"),
    "product_code": _("product code and a name that resembles"),
    "serial": _("serial or lot number alone"),
    "maker": _("maker alone"),
}


@register.simple_tag
def thing(row: Exposure) -> Any:
    first, second = thing_words(row)
    return ui.two_lines(format_html('<span class="code">{}</span>', first), second)


@register.simple_tag
def place(row: Exposure) -> str:
    return place_words(row)


@register.simple_tag
def standing(row: Exposure) -> Any:
    return standing_pill(row)


@register.simple_tag
def standing_by_rules(row: Exposure) -> Any:
    return ui.pill(STANDING_MEANING[Standing(row.standing)], str(row.get_standing_display()))


@register.simple_tag
def why(row: Exposure) -> str:
    return why_words(row)


@register.simple_tag
def rung(row: Exposure) -> Any:
    return RUNGS.get(row.rung, row.rung)


@register.simple_tag
def safe_link(url: str) -> Any:
    """A link only where the address is one of the web: a source may write anything there."""
    if url.startswith(("https://", "http://")):
        return format_html('<a href="{0}" rel="noopener noreferrer nofollow" target="_blank">{0}</a>', url)
    return url
