"""The icons of the sprite by name, also drawn into a page that must not fetch the whole sprite."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

SPRITE = Path(__file__).parent / "static" / "vendor" / "tabler-icons" / "icons.svg"
_SYMBOL = re.compile(r'<symbol id="([\w-]+)" viewBox="0 0 24 24">(.*?)</symbol>', re.DOTALL)
UNKNOWN = "help"


@cache
def _symbols() -> dict[str, str]:
    return dict(_SYMBOL.findall(SPRITE.read_text(encoding="utf-8")))


def icon_names() -> list[str]:
    """Every icon there is, in order."""
    return sorted(_symbols())


def drawn(name: str) -> SafeString:
    """The icon itself as SVG, for decoration beside a word; an unknown name draws a question mark."""
    shape = _symbols().get(name) or _symbols()[UNKNOWN]
    return format_html('<svg class="icon" viewBox="0 0 24 24" aria-hidden="true">{}</svg>', mark_safe(shape))  # noqa: S308 - our own file
