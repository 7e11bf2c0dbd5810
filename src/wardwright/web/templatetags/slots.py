"""``{% slot "asset" asset.pk %}``: the boxes other apps registered for this place."""

from __future__ import annotations

from typing import Any

from django import template
from django.urls import reverse

from wardwright.web.slots import panels_for

register = template.Library()


@register.inclusion_tag("web/_slot.html", takes_context=True)
def slot(context: Any, name: str, object_id: int) -> dict[str, Any]:
    """Each panel becomes a titled box that fetches its content."""
    return {
        "panels": [
            {"key": p.key, "title": p.title, "url": reverse(p.url_name, args=[object_id])}
            for p in panels_for(context["user"], name)
        ]
    }
