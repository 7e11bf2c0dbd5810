"""The lists of counts, of what one found, and of devices that are not located."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from wardwright.apps.directory.models import Department, Site
from wardwright.platform.core.words import number_words
from wardwright.web.tables import Action, Column, Filter, Table, by_id, one_of
from wardwright.web.templatetags import ui

from . import permissions
from .models import CycleCount, NotLocated
from .queries import being_looked_for, lines_of
from .states import LINE_MEANING, CountState, LineState


def percent(row: CycleCount) -> str:
    """The not-located rate of a closed count: of those expected, the share that was not located."""
    share = row.not_located_percent if row.state == CountState.CLOSED else None
    return "–" if share is None else f"{number_words(share)} %"


def _site(key: str = "site_id") -> Filter:
    return Filter(
        "site", gettext_lazy("Site"), by_id(key), lambda by: Site.objects.visible_to(by).values_list("pk", "name")
    )


def _department(key: str = "department_id") -> Filter:
    return Filter(
        "department",
        gettext_lazy("Department"),
        by_id(key),
        lambda by: Department.objects.visible_to(by).values_list("pk", "name"),
    )


def _state(choices: Any, column: str = "state") -> Filter:
    return one_of("state", gettext_lazy("State"), choices, column)


def _number(name: str, label: Any) -> Column:
    return Column(name, label, lambda r: getattr(r, name) if r.state == CountState.CLOSED else "–", numeric=True)


COUNTS = Table(
    key="counts",
    rows=lambda by: CycleCount.objects.visible_to(by).with_names(),
    columns=[
        Column(
            "place",
            gettext_lazy("Place"),
            lambda r: ui.two_lines(r.place, r.site.name),
            text=lambda r: f"{r.site.name}, {r.place}",
        ),
        Column(
            "begun",
            gettext_lazy("Begun"),
            lambda r: ui.two_lines(ui.date(r.created_at), r.started_by_name),
            text=lambda r: f"{r.created_at.isoformat()} {r.started_by_name}",
        ),
        Column("state", gettext_lazy("State"), lambda r: ui.pill(r), text=lambda r: r.state_label),
        Column("expected", gettext_lazy("Expected"), lambda r: r.expected, numeric=True),
        _number("seen", gettext_lazy("Seen")),
        _number("unexpected", gettext_lazy("Not expected")),
        _number("missing", gettext_lazy("Not located")),
        Column("rate", gettext_lazy("Not-located rate"), percent, numeric=True),
    ],
    row_url=lambda r: reverse("count", args=[r.pk]),
    sentence=lambda count, request: _("%(count)s of rooms and departments") % {"count": count},
    order="-id",
    filters=[_site(), _department(), _state(CountState)],
    empty=(
        gettext_lazy("Nothing has been counted yet"),
        gettext_lazy("Begin with a room: scan what stands in it, and see what is missing."),
    ),
    noun=("count", "counts"),
    actions=lambda by: [Action(_("Count a room"), reverse("new-count"), permissions.MOVE, "list-check", True)],
)


def _tag(row: Any) -> SafeString:
    return format_html('<span class="code">{}</span>', row.asset.tag)


def _serial(row: Any) -> SafeString | str:
    return format_html('<span class="code serial">{}</span>', row.asset.serial) if row.asset.serial else "–"


def registered_place(row: Any) -> str:
    """Where the register has the device of a line."""
    asset = row.asset
    return ", ".join(part.name for part in (asset.site, asset.department, asset.room) if part is not None)


def _device_columns() -> list[Column]:
    return [
        Column("tag", gettext_lazy("Asset number"), _tag, text=lambda r: r.asset.tag),
        Column("type", gettext_lazy("Type"), lambda r: r.asset.device_type.name),
        Column(
            "model",
            gettext_lazy("Maker and model"),
            lambda r: ui.two_lines(r.asset.device_model.maker.name, r.asset.device_model.name),
            text=lambda r: f"{r.asset.device_model.maker.name} {r.asset.device_model.name}",
        ),
        Column("serial", gettext_lazy("Serial number"), _serial, text=lambda r: r.asset.serial),
    ]


def count_lines(count: CycleCount, sentence: Callable[[str, HttpRequest], Any]) -> Table:
    """What a count found, device by device; as CSV it is the count's result."""
    return Table(
        key=f"count-{count.pk}",
        rows=lambda by: lines_of(by, count),
        columns=[
            *_device_columns(),
            Column(
                "state",
                gettext_lazy("Result"),
                lambda r: ui.pill(LINE_MEANING[LineState(r.state)], r.state_label),
                order="state",
                text=lambda r: r.state_label,
            ),
            Column(
                "seen",
                gettext_lazy("Seen"),
                lambda r: ui.two_lines(ui.date(r.seen_at), r.seen_by_name),
                text=lambda r: f"{r.seen_at.isoformat()} {r.seen_by_name}" if r.seen_at else "",
            ),
            Column("registered", gettext_lazy("Registered in"), registered_place),
            Column("note", gettext_lazy("Note"), lambda r: r.note, text=lambda r: r.note),
        ],
        row_url=lambda r: reverse("asset", args=[r.asset_id]),
        sentence=sentence,
        order="state",  # what is missing stands before what was seen
        filters=[_state(LineState)],
        empty=(gettext_lazy("No device"), gettext_lazy("The register expected none here, and none was seen.")),
        noun=("device", "devices"),
    )


def _next_look(row: NotLocated) -> Any:
    if row.next_look_on is None:
        return ui.pill("late", _("decide: retire it, or go on looking"))
    return ui.due(row.next_look_on)


def _by_look(rows: Any, value: str) -> Any:
    today = timezone.localdate()
    return {
        "due": rows.filter(next_look_on__lte=today),
        "later": rows.filter(next_look_on__gt=today),
        "over": rows.filter(next_look_on=None),
    }.get(value, rows)


NOT_LOCATED = Table(
    key="not-located",
    rows=being_looked_for,
    columns=[
        *_device_columns(),
        Column("place", gettext_lazy("Registered in"), registered_place),
        Column(
            "since",
            gettext_lazy("Not located since"),
            lambda r: ui.date(r.since_on),
            order="since_on",
            text=lambda r: r.since_on,
        ),
        Column("looks", gettext_lazy("Looked for"), lambda r: r.looks, numeric=True),
        Column("next", gettext_lazy("Look again"), _next_look, text=lambda r: r.next_look_on or ""),
    ],
    row_url=lambda r: reverse("asset", args=[r.asset_id]),
    sentence=lambda count, request: _("%(count)s not located") % {"count": count},
    order="since_on",
    filters=[
        _site("asset__site_id"),
        _department("asset__department_id"),
        Filter(
            "look",
            gettext_lazy("Look again"),
            _by_look,
            lambda by: [("due", _("due now")), ("later", _("later")), ("over", _("to be decided"))],
        ),
    ],
    empty=(
        gettext_lazy("Every device is located"),
        gettext_lazy("What a count does not find comes here, and is looked for on fixed days."),
    ),
    noun=("device", "devices"),
    bulk_actions=lambda by: [Action(_("Looked for, not found"), reverse("look-again"), permissions.MOVE, "search")],
)
