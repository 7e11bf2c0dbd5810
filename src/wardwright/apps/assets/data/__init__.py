"""Reference data that comes with the register: common label sheets and labels, and when to look for a device again."""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files
from typing import Any


@cache
def label_formats() -> list[dict[str, Any]]:
    """The shipped formats as columns of ``LabelFormat``. A single label is its own page."""
    rows = json.loads((files(__name__) / "label_formats.json").read_text(encoding="utf-8"))
    return [_columns(row, order) for order, row in enumerate(rows, 1)]


def _columns(row: dict[str, Any], order: int) -> dict[str, Any]:
    width, height = row["label"]
    page, grid = row.get("page", [width, height]), row.get("grid", [1, 1])
    left, top = row.get("at", [0, 0])
    pitch = row.get("pitch", [width, height])
    return {
        "code": row["code"],
        "name": row["name"],
        "page_width_mm": page[0],
        "page_height_mm": page[1],
        "columns": grid[0],
        "rows": grid[1],
        "width_mm": width,
        "height_mm": height,
        "left_mm": left,
        "top_mm": top,
        "pitch_x_mm": pitch[0],
        "pitch_y_mm": pitch[1],
        "halves": row.get("halves", 1),
        "order": order * 10,
    }


@cache
def search_days() -> tuple[int, ...]:
    """Days to the next look after the first, the second … look for a device that was not located."""
    return tuple(json.loads((files(__name__) / "search.json").read_text(encoding="utf-8"))["days"])
