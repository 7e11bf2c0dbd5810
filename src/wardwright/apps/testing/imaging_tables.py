"""The lists of image quality: analyses, set-ups, dose reports."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from wardwright.kernel.imaging import ANALYSES
from wardwright.platform.core.words import said_words
from wardwright.web.tables import Action, Column, Filter, Table, one_of
from wardwright.web.templatetags import ui

from . import permissions
from .models import DoseReport, ImagingRun, ImagingSetup
from .states import ImagingKind, ImagingState


def run_state(row: ImagingRun) -> tuple[str, str]:
    """(meaning, words) of how an analysis came out."""
    if row.state == ImagingState.WAITING:
        return "info", _("Being analysed")
    if row.state == ImagingState.FAILED:
        return "late", _("Not analysed")
    if row.failed:
        return "late", ngettext("%(n)s figure out of limits", "%(n)s figures out of limits", row.failed) % {
            "n": row.failed
        }
    return "ok", _("Analysed")


def phantom_words(row: ImagingRun | ImagingSetup, kind: str) -> str:
    return said_words(ANALYSES[kind].phantoms.get(row.phantom, row.phantom))


def _device(row: Any) -> Any:
    return ui.two_lines(format_html('<span class="code">{}</span>', row.asset.tag), row.asset.device_type.name)


def _by_outcome(rows: QuerySet, value: str) -> QuerySet:
    return {
        "out": rows.filter(state=ImagingState.DONE, failed__gt=0),
        "ok": rows.filter(state=ImagingState.DONE, failed=0),
        "waiting": rows.filter(state=ImagingState.WAITING),
        "failed": rows.filter(state=ImagingState.FAILED),
    }.get(value, rows)


RUNS = Table(
    key="imaging-runs",
    rows=lambda by: ImagingRun.objects.visible_to(by).select_related("setup", "asset__device_type"),
    columns=[
        Column("device", gettext_lazy("Device"), _device, text=lambda r: r.asset.tag),
        Column(
            "setup",
            gettext_lazy("Set-up"),
            lambda r: ui.two_lines(r.setup.name, r.setup.get_kind_display()),
            text=lambda r: f"{r.setup.name}, {r.setup.get_kind_display()}",
        ),
        Column("taken", gettext_lazy("Scanned"), lambda r: ui.date(r.taken_at), text=lambda r: r.taken_at.isoformat()),
        Column(
            "state", gettext_lazy("State"), lambda r: ui.pill(*run_state(r)), text=lambda r: run_state(r)[1]
        ),
        Column("by", gettext_lazy("Sent by"), lambda r: r.sent_by_name or "–"),
    ],
    row_url=lambda r: reverse("imaging-run", args=[r.pk]),
    sentence=lambda count, request: _("%(count)s of phantom images") % {"count": count},
    order="-id",
    filters=[
        Filter(
            "outcome",
            gettext_lazy("State"),
            _by_outcome,
            lambda by: [
                ("out", _("out of limits")),
                ("ok", _("within limits")),
                ("waiting", _("being analysed")),
                ("failed", _("not analysed")),
            ],
        ),
        one_of("kind", gettext_lazy("Analysis"), ImagingKind, "setup__kind"),
    ],
    empty=(
        gettext_lazy("No phantom has been analysed yet"),
        gettext_lazy("Set up how a device's phantom is analysed, then send the images of a scan."),
    ),
    noun=("analysis", "analyses"),
    actions=lambda by: [
        Action(_("Dose reports"), reverse("dose-reports"), permissions.VIEW, "file-text"),
        Action(_("Set-ups"), reverse("imaging-setups"), permissions.VIEW, "settings", True),
    ],
)  # fmt: skip


def _setup_sentence(count: str, request: HttpRequest) -> str:
    return _("%(count)s for phantom images") % {"count": count}


SETUPS = Table(
    key="imaging-setups",
    rows=lambda by: ImagingSetup.objects.visible_to(by).select_related("asset__device_type"),
    columns=[
        Column("name", gettext_lazy("Set-up"), lambda r: r.name, order="name"),
        Column("device", gettext_lazy("Device"), _device, text=lambda r: r.asset.tag),
        Column("kind", gettext_lazy("Analysis"), lambda r: r.get_kind_display()),
        Column("phantom", gettext_lazy("Phantom"), lambda r: phantom_words(r, r.kind)),
        Column(
            "state",
            gettext_lazy("State"),
            lambda r: ui.pill("ok", _("in use")) if r.is_active else ui.pill("out", _("not in use")),
            text=lambda r: _("in use") if r.is_active else _("not in use"),
        ),
    ],
    row_url=lambda r: reverse("imaging-setup", args=[r.pk]),
    sentence=_setup_sentence,
    order="name",
    filters=[one_of("kind", gettext_lazy("Analysis"), ImagingKind)],
    empty=(
        gettext_lazy("No phantom is set up yet"),
        gettext_lazy("Add one for each device and phantom: its limits and its analyses hang on it."),
    ),
    noun=("set-up", "set-ups"),
    actions=lambda by: [Action(_("Add a set-up"), reverse("new-imaging-setup"), permissions.BASELINES, "plus", True)],
)

REPORTS = Table(
    key="dose-reports",
    rows=lambda by: DoseReport.objects.visible_to(by).select_related("asset__device_type"),
    columns=[
        Column("device", gettext_lazy("Device"), _device, text=lambda r: r.asset.tag),
        Column("taken", gettext_lazy("Examined"), lambda r: ui.date(r.taken_at), text=lambda r: r.taken_at.isoformat()),
        Column("events", gettext_lazy("Irradiations"), lambda r: r.events, numeric=True),
        Column("read", gettext_lazy("Read"), lambda r: ui.date(r.read_at), text=lambda r: r.read_at.isoformat()),
        Column("by", gettext_lazy("By"), lambda r: r.read_by_name or "–"),
    ],
    row_url=lambda r: reverse("device-doses", args=[r.asset_id]),
    sentence=lambda count, request: _("%(count)s, without any patient's name") % {"count": count},
    order="-id",
    empty=(
        gettext_lazy("No dose report has been read yet"),
        gettext_lazy("Send the reports (DICOM, “Radiation Dose SR”) that a device made of its examinations."),
    ),
    noun=("dose report", "dose reports"),
    actions=lambda by: [Action(_("Read dose reports"), reverse("send-doses"), permissions.IMAGING, "upload", True)],
)
