"""Labels on paper: layouts of the kernel, put on a sheet or one on each page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from django.utils.translation import gettext as _

from wardwright.kernel.labels import Layout, Sheet

TEMPLATE = "platform/paper/labels.typ"


def labels_data(layouts: Sequence[Layout], sheet: Sheet, start: int = 1, *, outlines: bool = False) -> dict[str, Any]:
    """What the template takes: the layouts on their places, from position ``start`` of the first sheet."""
    pages: dict[int, list[dict[str, Any]]] = {}
    for layout, (page, x, y) in zip(layouts, sheet.places(len(layouts), start), strict=True):
        pages.setdefault(page, []).append({"x": x, "y": y, **_label(layout)})
    return {
        "title": _("Labels"),
        "width": sheet.page_width,
        "height": sheet.page_height,
        "label_width": sheet.width,
        "label_height": sheet.height,
        "outlines": outlines,
        "sheets": list(pages.values()),
    }


def _label(layout: Layout) -> dict[str, Any]:
    return {
        "texts": [asdict(item) for item in layout.texts],
        "symbols": [{"x": i.x, "y": i.y, "side": i.side, "svg": i.symbol.svg()} for i in layout.symbols],
    }
