"""The marks of the pages that any phone opens: `{% load portal %}`."""

from __future__ import annotations

from django import template
from django.utils.safestring import SafeString

from wardwright.web.icons import drawn

register = template.Library()


@register.simple_tag
def draw(name: str) -> SafeString:
    """An icon drawn into the page itself: these pages are lighter than the sprite."""
    return drawn(name)
