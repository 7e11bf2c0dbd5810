"""The lists of procedures, test instruments, their calibrations, and readings."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from wardwright.apps.assets.models import DeviceType
from wardwright.apps.directory.models import Site
from wardwright.platform.core.words import NOTHING
from wardwright.web.tables import Action, Column, Filter, Table, by_id
from wardwright.web.templatetags import ui

from . import permissions
from .models import Calibration, Instrument, Measurement, Procedure, ProcedureVersion
from .queries import fitness_of, start_of, unfit_q
from .statement import limit_words
from .states import GRADED_MEANING, RESULT_MEANING, CalibrationResult, Fitness, Graded, VersionState

CALIBRATION_SOON_DAYS = 30
MOST_CHOICES = 500


def calibration_state(instrument: Instrument, today: date) -> tuple[str, str]:
    """(meaning, words) of an instrument's calibration on ``today``: in date, due soon, ended, never, or not in use."""
    found = fitness_of(instrument, today)
    if found is not Fitness.USABLE:
        words = {
            Fitness.UNUSED: _("Not in use"), Fitness.OUT: _("Out of tolerance"), Fitness.NEVER: _("Not calibrated"),
            Fitness.ENDED: _("Calibration ended"),
        }  # fmt: skip
        return "out" if found is Fitness.UNUSED else "late", words[found]
    due_on = instrument.calibration_due_on
    soon = due_on is not None and (due_on - today).days <= CALIBRATION_SOON_DAYS
    return ("due", _("Due soon")) if soon else ("ok", _("Calibrated"))


def calibration_pill(instrument: Instrument) -> SafeString:
    return ui.pill(*calibration_state(instrument, timezone.localdate()))


# Procedures -----------------------------------------------------------------------------------------------------


def _procedures(by: Any) -> QuerySet:
    versions = ProcedureVersion.objects.visible_to(by).filter(procedure=OuterRef("pk"))
    approved = versions.filter(state=VersionState.APPROVED).order_by("-number")
    return (
        Procedure.objects.visible_to(by)
        .select_related("device_type")
        .annotate(
            approved_number=Subquery(approved.values("number")[:1]),
            approved_when=Subquery(approved.values("approved_at")[:1]),
            approved_minutes=Subquery(approved.values("minutes")[:1]),
            has_draft=Exists(versions.filter(state=VersionState.DRAFT)),
        )
    )


def _version_pills(row: Any) -> SafeString:
    approved = ui.pill("ok", _("version %(n)s approved") % {"n": row.approved_number}) if row.approved_number else ""
    draft = ui.pill("due", _("draft open")) if row.has_draft else ""
    return format_html("{} {}", approved, draft) if approved or draft else ui.pill("info", _("nothing written yet"))


def _by_version_state(rows: QuerySet, value: str) -> QuerySet:
    return {
        "approved": rows.filter(approved_number__isnull=False),
        "draft": rows.filter(has_draft=True),
        "none": rows.filter(approved_number__isnull=True),
    }.get(value, rows)


def _used_types(by: Any) -> list[tuple[int, str]]:
    used = Procedure.objects.visible_to(by).filter(device_type__isnull=False).values("device_type")
    return list(DeviceType.objects.visible_to(by).filter(pk__in=used).values_list("pk", "name"))


PROCEDURES = Table(
    key="procedures",
    rows=_procedures,
    columns=[
        Column("code", gettext_lazy("Code"), lambda r: r.code, order="code"),
        Column("title", gettext_lazy("Procedure"), lambda r: r.title, order="title"),
        Column("type", gettext_lazy("For the type"), lambda r: r.device_type or _("any device")),
        Column("state", gettext_lazy("Versions"), _version_pills, text=lambda r: r.approved_number or ""),
        Column(
            "approved",
            gettext_lazy("Approved"),
            lambda r: ui.date(r.approved_when and timezone.localtime(r.approved_when).date()),
            text=lambda r: r.approved_when and r.approved_when.date().isoformat(),
        ),
        Column("minutes", gettext_lazy("Usual time (min)"), lambda r: r.approved_minutes or "–", numeric=True),
    ],
    row_url=lambda r: reverse("procedure", args=[r.pk]),
    sentence=lambda count, request: _("%(count)s for maintenance and inspection") % {"count": count},
    order="title",
    filters=[
        Filter(
            "state",
            gettext_lazy("Version"),
            _by_version_state,
            lambda by: [("approved", _("approved")), ("draft", _("with a draft")), ("none", _("none approved"))],
        ),
        Filter("type", gettext_lazy("Device type"), by_id("device_type_id"), _used_types),
    ],
    search=lambda rows, q: rows.filter(Q(title__icontains=q) | Q(code__icontains=q)),
    empty=(gettext_lazy("No procedure fits"), gettext_lazy("Write one, or clear the filters above.")),
    noun=("procedure", "procedures"),
    actions=lambda by: [Action(_("New procedure"), reverse("new-procedure"), permissions.WRITE, "plus", True)],
)


# Test instruments -----------------------------------------------------------------------------------------------


def _by_calibration(rows: QuerySet, value: str) -> QuerySet:
    today = timezone.localdate()
    soon = today + timedelta(days=CALIBRATION_SOON_DAYS)
    in_use = rows.filter(is_active=True)
    return {
        "ended": in_use.filter(unfit_q(today)),
        "soon": in_use.filter(~unfit_q(today), calibration_due_on__lte=soon),
        "ok": in_use.filter(~unfit_q(today), calibration_due_on__gt=soon),
        "unused": rows.filter(is_active=False),
        "uncertified": rows.filter(certificate_missing=True),
    }.get(value, rows)


def _instrument_sentence(count: str, request: HttpRequest) -> str:
    ended = _by_calibration(Instrument.objects.visible_to(request.user), "ended").count()
    if ended:
        return _("%(count)s, of which %(ended)s must not be used") % {
            "count": count,
            "ended": ended,
        }
    return _("%(count)s, none past its calibration") % {"count": count}


INSTRUMENTS = Table(
    key="instruments",
    rows=lambda by: Instrument.objects.visible_to(by).select_related("site", "asset"),
    columns=[
        Column("name", gettext_lazy("Instrument"), lambda r: r.name, order="name"),
        Column("serial", gettext_lazy("Serial number"), lambda r: r.serial or "–"),
        Column(
            "state",
            gettext_lazy("State"),
            calibration_pill,
            text=lambda r: calibration_state(r, timezone.localdate())[1],
        ),
        Column(
            "due",
            gettext_lazy("Calibration due"),
            lambda r: ui.due(r.calibration_due_on),
            order="calibration_due_on",
            text=lambda r: r.calibration_due_on or "",
        ),
        Column(
            "calibrated",
            gettext_lazy("Calibrated"),
            lambda r: ui.date(r.calibrated_on),
            text=lambda r: r.calibrated_on or "",
        ),
        Column("site", gettext_lazy("Site"), lambda r: r.site.name),
    ],
    row_url=lambda r: reverse("instrument", args=[r.pk]),
    sentence=_instrument_sentence,
    order="name",
    filters=[
        Filter(
            "state",
            gettext_lazy("Calibration"),
            _by_calibration,
            lambda by: [
                ("ended", _("must not be used")),
                ("soon", _("due within 30 days")),
                ("ok", _("in date")),
                ("unused", _("not in use")),
                ("uncertified", _("certificate missing")),
            ],
        ),
        Filter(
            "site",
            gettext_lazy("Site"),
            by_id("site_id"),
            lambda by: Site.objects.visible_to(by).values_list("pk", "name"),
        ),
    ],
    search=lambda rows, q: rows.filter(Q(name__icontains=q) | Q(serial__icontains=q)),
    empty=(
        gettext_lazy("No test instrument fits"),
        gettext_lazy("Add the analysers your readings are taken with, or clear the filters."),
    ),
    noun=("test instrument", "test instruments"),
    actions=lambda by: [
        Action(_("Calibrations"), reverse("calibrations"), permissions.VIEW, "certificate"),
        Action(_("Add an instrument"), reverse("new-instrument"), permissions.INSTRUMENTS, "plus", True),
    ],
)


# Calibrations ---------------------------------------------------------------------------------------------------


def _result_pill(row: Calibration, name: str) -> SafeString:
    if row.withdrawn_at is not None:
        return ui.pill("out", _("Withdrawn"))
    result = CalibrationResult(getattr(row, name))
    return ui.pill(RESULT_MEANING[result], str(result.label))


def _result_words(row: Calibration, name: str) -> str:
    return _("Withdrawn") if row.withdrawn_at is not None else str(CalibrationResult(getattr(row, name)).label)


def _calibration_sentence(count: str, request: HttpRequest) -> str:
    out = Calibration.objects.visible_to(request.user).standing().filter(as_found=CalibrationResult.OUT).count()
    if out:
        return _("%(count)s; %(out)d found an instrument out of tolerance") % {"count": count, "out": out}
    return _("%(count)s, none found an instrument out of tolerance") % {"count": count}


FOUND_OUT_DAYS = 31  # how long an instrument found out of tolerance stays on the Monday page


def _by_result(rows: QuerySet, value: str) -> QuerySet:
    """``lately``: found out of tolerance within the month, or left so."""
    standing = rows.filter(withdrawn_at=None)
    found_out = standing.filter(as_found=CalibrationResult.OUT)
    since = timezone.localdate() - timedelta(days=FOUND_OUT_DAYS)
    return {
        "found_out": found_out,
        "left_out": standing.filter(as_left=CalibrationResult.OUT),
        "withdrawn": rows.exclude(withdrawn_at=None),
        "lately": found_out.filter(calibrated_on__gte=since),
    }.get(value, rows)


def _instrument_choices(by: Any) -> Iterable[tuple[int, str]]:
    return [(row.pk, str(row)) for row in Instrument.objects.visible_to(by).only("name", "serial")[:MOST_CHOICES]]


CALIBRATIONS = Table(
    key="calibrations",
    rows=lambda by: Calibration.objects.visible_to(by).select_related("instrument__site"),
    columns=[
        Column("instrument", gettext_lazy("Instrument"), lambda r: r.instrument),
        Column("on", gettext_lazy("Calibrated"), lambda r: ui.date(r.calibrated_on), text=lambda r: r.calibrated_on),
        Column(
            "found",
            gettext_lazy("As found"),
            lambda r: _result_pill(r, "as_found"),
            text=lambda r: _result_words(r, "as_found"),
        ),
        Column(
            "left",
            gettext_lazy("As left"),
            lambda r: _result_pill(r, "as_left"),
            text=lambda r: _result_words(r, "as_left"),
        ),
        Column("due", gettext_lazy("Due again"), lambda r: ui.date(r.due_on), text=lambda r: r.due_on),
        Column("laboratory", gettext_lazy("Laboratory"), lambda r: r.laboratory or "–"),
        Column("certificate", gettext_lazy("Certificate number"), lambda r: r.certificate_no or "–"),
        Column("site", gettext_lazy("Site"), lambda r: r.instrument.site.name),
    ],
    row_url=lambda r: reverse("calibration", args=[r.pk]),
    sentence=_calibration_sentence,
    filters=[
        Filter(
            "result",
            gettext_lazy("Result"),
            _by_result,
            lambda by: [
                ("found_out", _("found out of tolerance")),
                ("lately", _("found out of tolerance within the month")),
                ("left_out", _("left out of tolerance")),
                ("withdrawn", _("withdrawn")),
            ],
        ),
        Filter("instrument", gettext_lazy("Instrument"), by_id("instrument_id"), _instrument_choices),
        Filter(
            "site",
            gettext_lazy("Site"),
            by_id("instrument__site_id"),
            lambda by: Site.objects.visible_to(by).values_list("pk", "name"),
        ),
    ],
    search=lambda rows, q: rows.filter(
        Q(instrument__name__icontains=q)
        | Q(instrument__serial__icontains=q)
        | Q(laboratory__icontains=q)
        | Q(certificate_no__icontains=q)
    ),
    empty=(
        gettext_lazy("No calibration fits"),
        gettext_lazy("Record one on the page of its instrument, or clear the filters."),
    ),
    noun=("calibration", "calibrations"),
    actions=lambda by: [Action(_("Test instruments"), reverse("instruments"), permissions.VIEW, "ruler-measure")],
)


# Readings -------------------------------------------------------------------------------------------------------


def _since(rows: QuerySet, value: str) -> QuerySet:
    day = parse_date(value) if value else None
    return rows.filter(taken_at__gte=start_of(day)) if day else rows


def _limits(row: Measurement) -> str:
    return NOTHING if row.low is None and row.high is None else limit_words(row)


MEASUREMENTS = Table(
    key="measurements",
    rows=lambda by: Measurement.objects.visible_to(by).select_related("asset", "instrument"),
    columns=[
        Column("device", gettext_lazy("Device"), lambda r: r.asset.tag),
        Column("reading", gettext_lazy("Reading"), lambda r: r.name or r.quantity),
        Column("value", gettext_lazy("Value"), str, numeric=True),
        Column("limits", gettext_lazy("Limits"), _limits, numeric=True),
        Column(
            "verdict",
            gettext_lazy("Result"),
            lambda r: ui.pill(GRADED_MEANING[Graded(r.verdict)], r.get_verdict_display()),
            text=lambda r: r.get_verdict_display(),
        ),
        Column("instrument", gettext_lazy("Instrument"), lambda r: r.instrument or "–"),
        Column("taken", gettext_lazy("Taken"), lambda r: ui.date(r.taken_at), text=lambda r: r.taken_at.isoformat()),
        Column("by", gettext_lazy("By"), lambda r: r.taken_by_name or "–"),
    ],
    row_url=lambda r: reverse("asset", args=[r.asset_id]),
    sentence=lambda count, request: _("%(count)s taken on devices") % {"count": count},
    filters=[
        Filter("instrument", gettext_lazy("Instrument"), by_id("instrument_id"), _instrument_choices),
        Filter("since", gettext_lazy("Taken since"), _since, kind="date"),
        Filter(
            "verdict",
            gettext_lazy("Result"),
            lambda rows, value: rows.filter(verdict=value),
            lambda by: [(one.value, one.label) for one in Graded],
        ),
        Filter(
            "site",
            gettext_lazy("Site"),
            by_id("site_id"),
            lambda by: Site.objects.visible_to(by).values_list("pk", "name"),
        ),
    ],
    empty=(gettext_lazy("No reading fits"), gettext_lazy("They come from work on devices and from analysers.")),
    noun=("reading", "readings"),
)
