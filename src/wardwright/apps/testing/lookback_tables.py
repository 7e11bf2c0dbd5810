"""The lists of looking back: every search, and the readings in doubt of one."""

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

from wardwright.platform.core.words import exact_words, number_words
from wardwright.web.tables import Action, Column, Table, one_of
from wardwright.web.templatetags import ui

from .models import Lookback, LookbackItem
from .statement import limit_words
from .states import ItemDecision, LookbackState, VerdictChange

CHANGE_MEANING = {
    VerdictChange.MISSED_FAULT: "late",
    VerdictChange.DOUBTFUL: "due",
    VerdictChange.FALSE_ALARM: "info",
}
DECISION_MEANING = {ItemDecision.OPEN: "due", ItemDecision.VERIFY: "info", ItemDecision.ACCEPT: "ok"}


def _state_words(row: Lookback) -> str:
    return _("calibration withdrawn") if row.calibration.withdrawn_at else str(row.get_state_display())


def _state_pill(row: Lookback) -> SafeString:
    if row.calibration.withdrawn_at:
        return ui.pill("out", _state_words(row))
    return ui.pill("ok" if row.state == LookbackState.CONCLUDED else "due", _state_words(row))


LOOKBACKS = Table(
    key="lookbacks",
    rows=lambda by: Lookback.objects.visible_to(by).select_related("instrument", "calibration"),
    columns=[
        Column("instrument", gettext_lazy("Instrument"), lambda r: str(r.instrument)),
        Column("found", gettext_lazy("Found wrong"), lambda r: ui.date(r.found_on), text=lambda r: r.found_on),
        Column(
            "since",
            gettext_lazy("Last known to be right"),
            lambda r: ui.date(r.since_on) if r.since_on else _("never"),
            text=lambda r: r.since_on or "",
        ),
        Column("judged", gettext_lazy("Judged again"), lambda r: count_of(r, "judged"), numeric=True),
        Column("missed", gettext_lazy("Faults missed"), lambda r: count_of(r, "missed_fault"), numeric=True),
        Column("doubtful", gettext_lazy("In doubt"), lambda r: count_of(r, "doubtful"), numeric=True),
        Column(
            "state",
            gettext_lazy("State"),
            _state_pill,
            text=_state_words,
        ),
    ],
    row_url=lambda r: reverse("lookback", args=[r.pk]),
    sentence=lambda count, request: _("%(count)s at what a wrong instrument has measured") % {"count": count},
    order="-id",
    filters=[one_of("state", gettext_lazy("State"), LookbackState)],
    empty=(
        gettext_lazy("No look back was needed yet"),
        gettext_lazy("When a calibration finds a test instrument out of tolerance, begin from that calibration."),
    ),
    noun=("look back", "looks back"),
)


def count_of(row: Lookback, name: str) -> str:
    """One of the figures of a search, in words; 0 where nothing was of that kind."""
    return number_words(int(row.counts.get(name, 0)))


def readings_of(lookback: Lookback, sentence: Callable[[str, HttpRequest], Any], may_decide: bool) -> Table:
    """The readings in doubt of one search, the gravest first; as CSV its list."""
    rows = LookbackItem.objects.filter(lookback=lookback).select_related(
        "measurement__instrument", "asset__device_type", "asset__department", "asset__site"
    )
    decide = [Action(_("No action needed"), reverse("decide-readings", args=[lookback.pk]), icon="check")]
    return Table(
        key="lookback-readings",
        rows=lambda by: rows & LookbackItem.objects.visible_to(by),
        columns=[
            Column(
                "device",
                gettext_lazy("Device"),
                _device,
                text=lambda r: f"{r.asset.tag} {r.asset.device_type.name}",
            ),
            Column("place", gettext_lazy("Where"), lambda r: str(r.asset.department or r.asset.site)),
            Column(
                "change",
                gettext_lazy("What changes"),
                lambda r: ui.pill(CHANGE_MEANING[VerdictChange(r.change)], r.get_change_display()),
                text=lambda r: r.get_change_display(),
            ),
            Column(
                "read",
                gettext_lazy("Read"),
                lambda r: ui.two_lines(_read(r), limit_words(r.measurement)),
                numeric=True,
                text=lambda r: str(r.measurement),
            ),
            Column("corrected", gettext_lazy("Without the error"), _corrected, numeric=True, text=_corrected_text),
            Column(
                "taken",
                gettext_lazy("Taken"),
                # With which instrument is said only where it is another: one that was calibrated with this one.
                lambda r: ui.two_lines(
                    ui.date(timezone.localtime(r.measurement.taken_at).date()),
                    r.measurement.instrument if r.measurement.instrument_id != lookback.instrument_id else "",
                ),
                text=lambda r: f"{r.measurement.taken_at.isoformat()} {r.measurement.instrument}",
            ),
            Column("decision", gettext_lazy("Decision"), _decision, text=_decision_text),
        ],
        row_url=lambda r: reverse("asset", args=[r.asset_id]),
        sentence=sentence,
        order="rank",
        filters=[
            one_of("change", gettext_lazy("What changes"), VerdictChange),
            one_of("decision", gettext_lazy("Decision"), ItemDecision),
        ],
        empty=(
            gettext_lazy("No reading is in doubt"),
            gettext_lazy("Every verdict stands also without the error that was found. Conclude with your signature."),
        ),
        noun=("reading", "readings"),
        bulk_actions=lambda by: decide if may_decide else [],
    )


def _device(row: LookbackItem) -> Any:
    return ui.two_lines(format_html('<span class="code">{}</span>', row.asset.tag), row.asset.device_type.name)


def _read(row: LookbackItem) -> str:
    taken = row.measurement
    return f"{taken.bound} {exact_words(taken.value)} {taken.unit}".strip()


def _corrected(row: LookbackItem) -> str:
    """With one digit more than the reading has: the error is not known better than that."""
    if row.corrected is None:
        return _("not known")
    exponent = row.measurement.value.normalize().as_tuple().exponent
    places = max(1 - int(exponent), 0)
    return f"{exact_words(round(row.corrected, places))} {row.measurement.unit}"


def _corrected_text(row: LookbackItem) -> str:
    return "" if row.corrected is None else f"{row.corrected.normalize():f}"


def _decision(row: LookbackItem) -> Any:
    pill = ui.pill(DECISION_MEANING[ItemDecision(row.decision)], row.get_decision_display())
    if row.decision == ItemDecision.OPEN and row.retested:
        return ui.two_lines(pill, _("tested since with a sound instrument"))
    return ui.two_lines(pill, row.order_number or row.reason)


def _decision_text(row: LookbackItem) -> str:
    return " ".join(part for part in (row.get_decision_display(), row.order_number, row.reason) if part)
