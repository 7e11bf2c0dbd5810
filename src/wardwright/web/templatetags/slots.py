"""``{% slot "asset" asset %}``: the boxes other apps registered for this place."""

from __future__ import annotations

from typing import Any

from django import template
from django.http import HttpRequest
from django.urls import get_script_prefix, resolve, reverse
from django.utils.safestring import SafeString, mark_safe

from wardwright.web.slots import panels_for

register = template.Library()


@register.inclusion_tag("web/_slot.html", takes_context=True)
def slot(context: Any, name: str, row: Any, now: bool = False) -> dict[str, Any]:
    """Each panel becomes a titled box that fetches its content; with ``now`` the content comes with the page, and
    a panel that has nothing to say of this row is not there."""
    panels = [
        {"key": p.key, "title": p.title, "url": reverse(p.url_name, args=[row.pk])}
        for p in panels_for(context["user"], name)
    ]
    if now:
        # What the page has read and shown needs no second reading: see ``subject_or_404``.
        context["request"].shown_row = row
        panels = [{**p, "content": _content(context["request"], p["url"])} for p in panels]
        panels = [p for p in panels if p["content"]]
    return {"panels": panels}


def _content(request: HttpRequest, url: str) -> SafeString:
    """What the panel's own page answers to this reader."""
    found = resolve(f"/{url.removeprefix(get_script_prefix())}")
    answer = found.func(request, *found.args, **found.kwargs)
    return mark_safe(answer.content.decode())  # noqa: S308 - written by a template
