"""``{% device_picture asset.device_type icon %}``: the picture of a type, or its icon where there is none."""

from __future__ import annotations

from typing import Any

from django import template
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from wardwright.platform.access.scope import allowed
from wardwright.web.templatetags.ui import icon

from ..permissions import VIEW
from ..queries import device_type_picture

register = template.Library()


@register.simple_tag(takes_context=True)
def device_picture(context: Any, device_type: Any, fallback: str = "device-heart-monitor") -> SafeString:
    """What the device looks like, beside its tag: nobody works on the wrong one. It says nothing that words do not."""
    found = device_type_picture(device_type.pk) if allowed(context.get("user"), VIEW) else None
    if found is None:
        return format_html('<span class="device-photo">{}</span>', icon(fallback))
    url = reverse("device-type-document", args=[found.pk])
    return format_html('<img class="device-photo" src="{}" alt="" width="64" height="64">', url)
