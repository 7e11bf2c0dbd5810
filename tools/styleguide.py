"""Render the shell's pages with sample words into a folder, without a database: `python tools/styleguide.py FOLDER`.

For looking at the design and for the accessibility check. Serve the folder with any static file server.
"""

from __future__ import annotations

import datetime as dt
import shutil
import sys
from pathlib import Path
from typing import Any

import django
from django import forms
from django.conf import settings
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import mark_safe

WEB = Path(__file__).resolve().parent.parent / "src" / "wardwright" / "web"
TODAY = dt.date.today()

settings.configure(
    SECRET_KEY="only for sample pages",  # noqa: S106
    INSTALLED_APPS=["django.contrib.staticfiles"],
    STATIC_URL="/static/",
    TEMPLATES=[
        {
            "BACKEND": "django.template.backends.django.DjangoTemplates",
            "DIRS": [WEB / "templates"],
            "OPTIONS": {
                "libraries": {"ui": "wardwright.web.templatetags.ui"},
                "context_processors": ["django.template.context_processors.request"],
            },
        }
    ],
    LANGUAGES=[("en", "English"), ("de", "German"), ("pt", "Portuguese")],
    ROOT_URLCONF="django.conf.urls.i18n",
    USE_TZ=True,
    USE_THOUSAND_SEPARATOR=True,
)
django.setup()

from wardwright.web.table_rows import cell_head, options_html, row_html  # noqa: E402  (needs the settings above)
from wardwright.web.templatetags import ui  # noqa: E402

JOBS = [
    ("day", "My day", "sun", []),
    ("work", "Work", "tool", ["Board", "Work orders", "Requests", "Labour", "Parts"]),
    ("devices", "Devices", "heart-rate-monitor", ["Register", "Models", "Test instruments", "Loans"]),
    ("safety", "Safety", "shield-check", ["Notices", "Incidents", "Security"]),
    ("plan", "Plan", "calendar-stats", []),
    ("people", "People", "users", []),
    ("evidence", "Evidence", "certificate", []),
    ("insight", "Insight", "chart-line", []),
    ("settings", "Settings", "settings", []),
]


def job(key: str, label: str, icon: str, children: list[str]) -> dict[str, Any]:
    below = [{"label": child, "url": "#", "active": child == "Register"} for child in children]
    return {"key": key, "label": label, "icon": icon, "url": "#", "active": key == "devices", "children": below}


def nav_parts(jobs: list[dict[str, Any]]) -> dict[str, str]:
    return {part: render_to_string(f"web/nav_{part}.html", {"nav": jobs}) for part in ("rail", "bottom", "keys")}


class Nobody:
    pk = 1
    is_authenticated = True

    def __str__(self) -> str:
        return "Ana Reis"


FRAME = {
    "nav": nav_parts([job(*entry) for entry in JOBS]),
    "user": Nobody(),
    "role": "Technician",
    "sites": [{"id": 1, "name": "Northgate General", "active": True}, {"id": 2, "name": "Harbour Clinic"}],
}


def cells(tag: str, device: str, where: str, meaning: str, words: str, days: int, hours: str) -> list[dict[str, Any]]:
    return [
        {"label": "Tag", "html": format_html('<span class="code">{}</span>', tag)},
        {"label": "Device", "html": device},
        {"label": "Where", "html": where},
        {"label": "State", "html": ui.pill(meaning, words)},
        {"label": "Next maintenance", "html": ui.due(TODAY + dt.timedelta(days=days))},
        {"label": "Hours run", "html": hours, "numeric": True},
    ]


ROWS = [
    ("BME-004417", "Infusia 4 syringe pump", "Intensive care 3B, bed 7", "ok", "In service", 3, "12,418"),
    ("BME-000982", "Respiro 900 ventilator", "Intensive care 3B, bed 2", "late", "Unsafe", -9, "31,077"),
    ("BME-001204", "Respiro 900 ventilator", "Store, level −1", "quarantine", "Quarantined", 40, "28,911"),
    ("BME-003310", "Cardia D5 defibrillator", "Emergency, resuscitation 1", "due", "Due this week", 1, "–"),
    ("BME-002877", "Thermoflow infant warmer", "Workshop", "out", "Out of service", -2, "9,205"),
    ("BME-005123", "Sonova S2 ultrasound", "Outpatients, room 14", "info", "On loan", 210, "4,860"),
] * 4


WARDS = [("3b", "Intensive care 3B")]
FILTERS = [
    {
        "key": "state",
        "label": "State",
        "value": "late",
        "options": options_html([("late", "Late")], "late"),
        "kind": "text",
    },
    {"key": "department", "label": "Department", "value": "", "options": options_html(WARDS, ""), "kind": "text"},
    {"key": "due", "label": "Due until", "value": "", "options": None, "kind": "date"},
]


class RequestForm(forms.Form):
    device = forms.CharField(label="Device", help_text="Scan the tag, or type any part of the tag, serial or model.")
    leakage = forms.DecimalField(label="Earth leakage", widget=forms.NumberInput(attrs={"data-unit": "µA"}))
    happened_on = forms.DateField(label="When it happened")
    urgency = forms.ChoiceField(
        label="How urgent is it?",
        choices=[("now", "A patient is waiting"), ("today", "Today"), ("week", "This week")],
        widget=forms.RadioSelect,
    )
    involved = forms.BooleanField(label="A patient was harmed", required=False, help_text="Keep it as it is.")
    words = forms.CharField(label="What did you see?", widget=forms.Textarea, required=False)


def device_rows() -> str:
    """The rows as every list writes them."""
    lines = [cells(*row) for row in ROWS]
    heads = [cell_head(cell["label"], cell.get("numeric", False)) for cell in lines[0]]
    written = [[conditional_escape(cell["html"]) for cell in line] for line in lines]
    return mark_safe("".join(row_html(i, "#row", heads, line, "Select") for i, line in enumerate(written)))  # noqa: S308


def device_table(**more: Any) -> dict[str, Any]:
    labels = ["Tag", "Device", "Where", "State", "Next maintenance", "Hours run"]
    return {
        "title_sentence": "24 devices are due this week, 8 are late",
        "columns": [
            {"label": label, "numeric": label == "Hours run", "sortable": label != "State", "sort_url": "?sort=x",
             "sorted": "ascending" if label == "Next maintenance" else ""}
            for label in labels
        ],
        "ids": list(range(len(ROWS))),
        "body": device_rows(),
        "filters": FILTERS,
        "searchable": True,
        "is_filtered": True,
        "clear_url": "?",
        "next_url": "?after=x",
        "total_words": "24 of 1,204 devices",
        "csv_url": "#csv",
        "columns_url": "#columns",
        "actions": [
            {"url": "#", "label": "Plan a round", "icon": "calendar-event"},
            {"url": "#", "label": "Add device", "icon": "plus", "primary": True},
        ],
        "bulk_actions": [{"url": "#", "label": "Assign"}, {"url": "#", "label": "Quarantine", "dangerous": True}],
    } | more  # fmt: skip


EMPTY = {
    "title": "No device matches these filters",
    "words": "Clear a filter, or add the device if it is new.",
    "action_url": "#",
    "action_label": "Clear the filters",
}


def pages() -> dict[str, tuple[str, dict[str, Any]]]:
    wrong = RequestForm({"device": "BME-004417", "leakage": "abc", "happened_on": "2026-11-19"})
    readings = [
        {"name": "Earth resistance", "help": "Power cord bent at both ends", "low": "", "high": "0.3", "unit": "Ω",
         "limit": "at most 0.3 Ω", "value": "0.12"},
        {"name": "Enclosure leakage, open earth", "help": "Highest of both polarities", "low": "", "high": "500",
         "unit": "µA", "limit": "at most 500 µA", "value": "612"},
        {"name": "Occlusion pressure", "help": "At 5 ml/h", "low": "40", "high": "70", "unit": "kPa",
         "limit": "40 to 70 kPa"},
    ]  # fmt: skip
    error = {"status": 409, "error_title": "Somebody else was faster: Ben Okoro closed this order at 03:10."}
    error |= {"words": "Your readings were not saved, so that his are not lost.", "way_forward": "Reload and compare."}
    perform = {"visual": ["Mains cable and plug", "Housing and feet", "Display and keys"], "readings": readings}
    perform["started"] = (dt.datetime.now(dt.UTC) - dt.timedelta(minutes=12)).isoformat()
    days = {"soon": TODAY + dt.timedelta(days=3), "past": TODAY - dt.timedelta(days=9)}
    return {
        "index": ("web/demo_styleguide.html", days),
        "list": ("web/list.html", {"table": device_table()}),
        "empty": ("web/list.html", {"table": device_table(ids=[], empty=EMPTY, title_sentence="No device is due")}),
        "form": ("web/form.html", {"form": RequestForm(), "title": "Ask for help with a device", "cancel_url": "#"}),
        "wrong": ("web/form.html", {"form": wrong, "title": "Ask for help with a device", "cancel_url": "#"}),
        "perform": ("web/demo_perform.html", perform),
        "login": ("web/login.html", {"form": LoginForm(), "user": None}),
        "error": ("web/error.html", error),
        "stranger": ("web/error.html", error | {"user": None}),
        "message": ("web/_error_message.html", error),
    }


class LoginForm(forms.Form):
    username = forms.CharField(label="User name")
    password = forms.CharField(label="Password", widget=forms.PasswordInput)


def main(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copytree(WEB / "static", folder / "static", dirs_exist_ok=True)
    for name, (template, context) in pages().items():
        request = RequestFactory().get(f"/{name}.html")
        (folder / f"{name}.html").write_text(render_to_string(template, FRAME | context, request=request))
    print(f"{len(pages())} pages are in {folder}")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
