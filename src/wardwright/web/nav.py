"""The rail: entries by job, declared by the apps, shown to those who may use them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from wardwright.platform.access.scope import allowed

SECTIONS: dict[str, tuple[Any, str]] = {
    "day": (_("My day"), "sun"),
    "work": (_("Work"), "tool"),
    "devices": (_("Devices"), "heart-rate-monitor"),
    "safety": (_("Safety"), "shield-check"),
    "plan": (_("Plan"), "calendar-event"),
    "people": (_("People"), "users"),
    "evidence": (_("Evidence"), "file-certificate"),
    "insight": (_("Insight"), "chart-bar"),
    "settings": (_("Settings"), "settings"),
}


@dataclass(frozen=True)
class Entry:
    """One page in the rail; ``permission`` None shows it to everybody who is logged in."""

    section: str
    label: Any
    url_name: str
    permission: Any = None
    order: int = 50
    key: str = ""


ENTRIES: list[Entry] = []


def nav_entry(
    section: str, label: Any, url_name: str, *, permission: Any = None, order: int = 50, key: str = ""
) -> None:
    """Declare a page; ``key`` is the letter after `g` that goes there."""
    if section not in SECTIONS:
        raise ValueError(f"There is no section {section} in the rail.")
    ENTRIES.append(Entry(section, label, url_name, permission, order, key))


def nav_for(by: Any, path: str) -> list[dict[str, Any]]:
    """The rail for one reader: sections with at least one entry; the current page is marked."""
    rail = []
    for key, (label, icon) in SECTIONS.items():
        entries = [
            {"label": e.label, "url": reverse(e.url_name), "key": e.key}
            for e in sorted(ENTRIES, key=lambda e: e.order)
            if e.section == key and (e.permission is None or allowed(by, e.permission))
        ]
        if not entries:
            continue
        current = max((e for e in entries if _within(path, e["url"])), key=lambda e: len(e["url"]), default=None)
        for entry in entries:
            entry["active"] = entry is current
        rail.append(
            {
                "key": key,
                "label": label,
                "icon": icon,
                "url": entries[0]["url"],
                "active": current is not None,
                "children": entries if len(entries) > 1 else [],
            }
        )
    return rail


def _within(path: str, url: str) -> bool:
    return path == url if url == "/" else path.startswith(url)
