"""One record of an analyser's file: what it says, what is wrong with it, and what a person decides."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from wardwright.apps.testing import operations, permissions
from wardwright.apps.testing.forms.results import ClockForm, MatchForm, WhyForm
from wardwright.apps.testing.models import TestReading, TestRecord
from wardwright.apps.testing.result_tables import differs, problems_of
from wardwright.apps.testing.states import GRADED_MEANING, RECORD_MEANING, WAITING_RECORDS, Graded, RecordState
from wardwright.kernel.limits import Limits
from wardwright.platform.access.guardrails import OVERRIDE
from wardwright.platform.access.scope import allowed
from wardwright.web.views import form_page, go, page, visible_or_404

from .imaging import limits_shown
from .reading_words import figure
from .readings import chart_url
from .results import result_file


def _record(request: HttpRequest, test_record_id: int) -> TestRecord:
    rows = TestRecord.objects.visible_to(request.user).select_related("file", "asset__device_type", "instrument")
    return visible_or_404(rows, test_record_id)


@page(permissions.VIEW)
def record_page(request: HttpRequest, test_record_id: int) -> HttpResponse:
    row = _record(request, test_record_id)
    told = operations.told_of(row)
    kept = {
        one.position: one.measurement
        for one in TestReading.objects.visible_to(request.user).filter(test_record=row).select_related("measurement")
    }
    waiting, may = row.state in WAITING_RECORDS, allowed(request.user, permissions.RESULTS, row.file)
    held = {one["code"] for one in row.problems if one["holds"]}
    return render(
        request,
        "testing/test_record.html",
        {
            "row": row,
            "told": told,
            "title": _("Record %(number)s: %(device)s")
            % {"number": row.number, "device": row.asset.tag if row.asset else row.tag or row.serial or "–"},
            "meaning": RECORD_MEANING[RecordState(row.state)],
            "problems": problems_of(row) if waiting else [],
            "lines": [_line(row, n, one, kept.get(n)) for n, one in enumerate(told.readings)],
            "verdict_meaning": GRADED_MEANING[Graded(row.verdict)],
            "differs": differs(row),
            "may_match": waiting and may and bool(row.record),
            "may_leave": waiting and may,
            "may_look": row.state == RecordState.LEFT_OUT and may,
            "may_override": waiting and may and held == {"instrument-unfit"} and allowed(request.user, OVERRIDE),
        },
    )


def _line(row: TestRecord, position: int, reading: Any, kept: Any) -> dict[str, Any]:
    value = reading.text if reading.value is None else f"{reading.bound}{figure(reading.value)} {reading.unit}".strip()
    limits = Limits(kept.low, kept.high, kept.unit) if kept else Limits(reading.low, reading.high, reading.unit)
    own = _("as set in the analyser") if reading.low is not None or reading.high is not None else ""
    return {
        "name": reading.name, "value": value, "limit": limits_shown(limits),
        "source": kept.limit_source if kept else own,
        "said": reading.verdict, "meaning": GRADED_MEANING[Graded(kept.verdict)] if kept else "",
        "verdict": kept.get_verdict_display() if kept else "",
        "url": chart_url(row.asset_id, kept.quantity) if kept and row.asset_id else "",
    }  # fmt: skip


@page(permissions.RESULTS)
def match_record(request: HttpRequest, test_record_id: int) -> HttpResponse:
    row = _record(request, test_record_id)
    form = MatchForm(request.user, request.POST or None, initial={"device": row.asset.tag if row.asset else ""})

    def run(cleaned: dict[str, Any]) -> str:
        operations.match_record(by=request.user, test_record_id=row.pk, **form.values())
        return reverse("test-record", args=[row.pk])

    return form_page(
        request, form, run, title=_("Which device was it?"),
        intro=_("The file says: number %(tag)s, serial number %(serial)s.")
        % {"tag": row.tag or "–", "serial": row.serial or "–"},
        cancel_url=reverse("test-record", args=[row.pk]),
    )  # fmt: skip


@page(permissions.RESULTS)
def leave_out_record(request: HttpRequest, test_record_id: int) -> HttpResponse:
    row = _record(request, test_record_id)

    def run(cleaned: dict[str, Any]) -> str:
        operations.leave_out_record(by=request.user, test_record_id=row.pk, reason=cleaned["reason"])
        return reverse("result-file", args=[row.file_id])

    return form_page(
        request, WhyForm(request.POST or None), run, title=_("Leave record %(number)s out?") % {"number": row.number},
        intro=_("The file keeps it; nothing of it becomes a reading of a device."), submit=_("Leave it out"),
        cancel_url=reverse("test-record", args=[row.pk]),
    )  # fmt: skip


@require_POST
@page(permissions.RESULTS)
def look_at_record(request: HttpRequest, test_record_id: int) -> HttpResponse:
    row = _record(request, test_record_id)
    operations.look_at_record(by=request.user, test_record_id=row.pk)
    return go(request, reverse("test-record", args=[row.pk]))


@page(permissions.RESULTS)
def override_record(request: HttpRequest, test_record_id: int) -> HttpResponse:
    """Take a record in whose instrument was not in calibration, with a reason."""
    row = _record(request, test_record_id)

    def run(cleaned: dict[str, Any]) -> str:
        operations.take_in_records(
            by=request.user, result_file_id=row.file_id, record_ids=[row.pk], override_reason=cleaned["reason"]
        )
        return reverse("test-record", args=[row.pk])

    return form_page(
        request, WhyForm(request.POST or None), run,
        title=_("Take record %(number)s in though its instrument was not in calibration?") % {"number": row.number},
        submit=_("Take it in"), dangerous=True, cancel_url=reverse("test-record", args=[row.pk]),
    )  # fmt: skip


@page(permissions.RESULTS)
def shift_clock(request: HttpRequest, result_file_id: int) -> HttpResponse:
    row = result_file(request, result_file_id)
    waiting = TestRecord.objects.visible_to(request.user).filter(file=row, state__in=WAITING_RECORDS)
    first = next((one for one in waiting[:500] if operations.off_by_clock(one) and one.tested_at), None)
    shown = timezone.localtime(first.tested_at).replace(tzinfo=None) if first and first.tested_at else None
    form, back = ClockForm(request.POST or None, initial={"shown": shown}), reverse("result-file", args=[row.pk])

    def run(cleaned: dict[str, Any]) -> str:
        operations.shift_clock(by=request.user, result_file_id=row.pk, minutes=form.minutes, reason=cleaned["reason"])
        return back

    return form_page(request, form, run, title=_("Put the analyser's clock right"), cancel_url=back)
