"""Places written in one cell: "Main / ER / 424"."""

from __future__ import annotations

import re
from dataclasses import dataclass

from .table import Cell
from .values import clean_text, is_blank

_SEPARATORS = re.compile(r"\s*[/\\>|→»]+\s*|\s+[-–—]\s+")


@dataclass(frozen=True)
class Place:
    """The parts of a place; "" where the text does not say."""

    site: str = ""
    department: str = ""
    room: str = ""


def parse_location(value: Cell) -> Place:
    """Three parts are site, department and room (more parts in the middle stay with the department); two are
    department and room;
    one is a department, or a room when it begins with a digit or says so."""
    parts = [part for part in _SEPARATORS.split(clean_text(value)) if not is_blank(part)]
    if len(parts) >= 3:
        return Place(parts[0], " / ".join(parts[1:-1]), parts[-1])
    if len(parts) == 2:
        return Place("", parts[0], parts[1])
    if not parts:
        return Place()
    return (
        Place(room=parts[0])
        if re.match(r"\d+\Z|(?:room|rm|raum|zimmer|sala|salle|phòng|oda)\b", parts[0], re.IGNORECASE)
        else Place(department=parts[0])
    )
