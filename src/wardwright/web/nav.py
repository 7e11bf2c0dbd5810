"""The rail: entries by job, declared by the apps, shown to those who may use them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import get_language
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


@dataclass(frozen=True)
class Page:
    """An entry of the rail as one reader sees it on one page."""

    label: str
    url: str
    key: str
    active: bool


@dataclass(frozen=True)
class Job:
    """A section of the rail: the pages of one kind of work; ``children`` only where there are several."""

    key: str
    label: str
    icon: str
    url: str
    active: bool
    children: tuple[Page, ...]


def nav_for(by: Any, path: str) -> tuple[Job, ...]:
    """The rail for one reader: sections with at least one entry; the current page is marked."""
    shown = {
        key: [
            (e, reverse(e.url_name))
            for e in sorted(ENTRIES, key=lambda e: e.order)
            if e.section == key and (_own(by, key) if e.permission is None else allowed(by, e.permission))
        ]
        for key in SECTIONS
    }
    here = [url for entries in shown.values() for _e, url in entries if _within(path, url)]
    nearest = max(here, key=len, default=None)  # /notices/sources/ lies within /notices/, of another section
    rail = []
    for key, (label, icon) in SECTIONS.items():
        entries = shown[key]
        if not entries:
            continue
        current = next((url for _e, url in entries if url == nearest), None)
        pages = tuple(Page(str(e.label), url, e.key, url == current) for e, url in entries)
        rail.append(Job(key, str(label), icon, pages[0].url, current is not None, pages if len(pages) > 1 else ()))
    return tuple(rail)


def _own(by: Any, section: str) -> bool:
    """Everybody has a day and an account; a visitor by a link has no account."""
    return section != "settings" or getattr(by, "link_id", None) is None


def _within(path: str, url: str) -> bool:
    return path == url if url == "/" else path.startswith(url)


def nav_html(by: Any, path: str) -> dict[str, SafeString]:
    """The rail, the bar of a phone and the list of keys, as every page of this reader carries them."""
    return _written(nav_for(by, path), get_language() or "")


@lru_cache(maxsize=256)
def _written(nav: tuple[Job, ...], language: str) -> dict[str, SafeString]:
    """Few readers see different rails, and writing one costs as much as a page's own content: once per rail."""
    return {part: render_to_string(f"web/nav_{part}.html", {"nav": nav}) for part in ("rail", "bottom", "keys")}
