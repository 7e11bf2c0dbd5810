"""Doing the work: the steps, what was found, and closing in three taps. Answers are saved as they are given."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from wardwright.apps.assets import permissions as assets_permissions
from wardwright.apps.assets.queries import manuals_of_model
from wardwright.apps.maintenance import operations, permissions, queries
from wardwright.apps.maintenance.forms import codes_for_closing
from wardwright.apps.maintenance.models import StepResult, WorkOrder
from wardwright.apps.maintenance.states import CodeKind, Verdict
from wardwright.apps.testing.models import Instrument
from wardwright.apps.testing.queries import steps_measured, unfit
from wardwright.platform.access.guardrails import OVERRIDE
from wardwright.platform.access.scope import allowed
from wardwright.platform.core.errors import Guarded, Refused, StaleEdit
from wardwright.platform.core.values import as_id
from wardwright.platform.core.words import exact_words
from wardwright.web.templatetags.ui import relative_day
from wardwright.web.views import go, page

from .live import read_for_step, reads_of, sent_instruments
from .orders import PERFORMABLE, is_repair, order_or_404, where_words
from .perform_form import Sheet, read_sheet, sheet_of
from .photos import keep_photo

MANUALS_SHOWN = 4
LONGEST_SITTING = timedelta(hours=8)
VERDICTS = (Verdict.PASS, Verdict.PASS_MINOR_FIX, Verdict.FAIL_SAFE, Verdict.FAIL_UNSAFE)
REPAIR_VERDICTS = (Verdict.REPAIRED, Verdict.NOT_REPAIRED)


def _results(request: HttpRequest, order: WorkOrder) -> dict[str, StepResult]:
    rows = StepResult.objects.visible_to(request.user).filter(work_order=order)
    return {row.key: row for row in rows.select_related("measurement")}


@sensitive_post_parameters("password")
@page(permissions.PERFORM)
def perform(request: HttpRequest, work_order_id: int) -> HttpResponse:
    """The perform page. Sent with ``close`` it closes the order, otherwise it keeps what was answered for later."""
    order = order_or_404(request, work_order_id)
    if order.state not in PERFORMABLE:
        return go(request, reverse("work-order", args=[order.pk]))
    if request.method != "POST":
        return _show(request, order, sheet_of(order, _results(request, order)))
    if "read" in request.POST:
        return _read(request, order)
    try:
        return _send(request, order)
    except StaleEdit:
        # An answer saved by itself a moment ago counts the order up too; look again and tell apart what others changed.
        return _send(request, order_or_404(request, work_order_id), last=True)


def _send(request: HttpRequest, order: WorkOrder, *, last: bool = False) -> HttpResponse:
    """Record what was sent, or close with it; what cannot be taken is shown with everything that was typed."""
    sent, lost = _with_photos(request, order)
    sheet = read_sheet(order, _results(request, order), sent)
    sheet.blame(lost)
    if sheet.is_wrong:
        return _show(request, order, sheet, status=409 if any(row.conflict for row in sheet.rows) else 422)
    try:
        if "close" in request.POST:
            closed = _close(request, order, sheet)
            return go(request, f"{reverse('home')}?closed={closed.pk}")
        _record(request, order, sheet)
    except StaleEdit as error:
        if not last:
            raise
        return _show(request, order, sheet, status=error.status, refusal=error)
    except Refused as error:
        sheet.blame(error.fields)
        return _show(request, order, sheet, status=error.status, refusal=error)
    return go(request, reverse("work-order", args=[order.pk]))


def _read(request: HttpRequest, order: WorkOrder) -> HttpResponse:
    """Without scripts: the same page with the value that the chosen instrument shows; saved with everything else."""
    sent, lost = _with_photos(request, order)
    sheet = read_sheet(order, _results(request, order), sent)
    sheet.blame(lost)
    status = 200
    for row in sheet.rows:
        if row.key != request.POST["read"]:
            continue
        try:
            got = read_for_step(request, order, row.step, _chosen_instruments(request))
        except Refused as error:
            row.wrong, status = str(error), error.status
        else:
            row.typed, row.live, row.wrong = got.typed, got.mark, ""
    return _show(request, order, sheet, status=status)


def _with_photos(request: HttpRequest, order: WorkOrder) -> tuple[Any, dict[str, str]]:
    """What was sent, with photos that came inside the form (without scripts, or after a dead connection) kept first;
    and the steps whose photo could not be kept, with words."""
    sent, lost = request.POST.copy(), {}
    files: Any = request.FILES
    for name, file in files.items():
        key = name.removeprefix("f-")
        if name == key:
            continue
        try:
            photo = keep_photo(request.user, order, file)
            sent[f"p-{key}"] = str(photo.pk)
        except Refused as error:
            lost[key] = str(error)
    return sent, lost


def _record(request: HttpRequest, order: WorkOrder, sheet: Sheet) -> None:
    """Record what differs. The order's version closes the gap between comparing and writing."""
    _remember_mains(request)
    results = sheet.results(_chosen_instruments(request))
    if results:
        operations.record_results(
            by=request.user, work_order_id=order.pk, results=results, expected_version=order.version
        )


def _close(request: HttpRequest, order: WorkOrder, sheet: Sheet) -> WorkOrder:
    post = request.POST
    return operations.close_work(
        by=request.user,
        work_order_id=order.pk,
        verdict=post.get("verdict", ""),
        work_done=post.get("work_done", "").strip(),
        problem_id=_number(post.get("problem")),
        cause_id=_number(post.get("cause")),
        action_id=_number(post.get("action")),
        minutes=_number(post.get("minutes")) or _minutes_since(post.get("opened_at", "")),
        password=post.get("password") or None,
        override_reason=post.get("override_reason", "").strip(),
        results=sheet.results(_chosen_instruments(request)),
        expected_version=order.version,
    )


def _number(text: str | None) -> int | None:
    return as_id(text.strip()) if text else None


def _minutes_since(opened_at: str) -> int | None:
    """Minutes since the page was opened; None for nonsense and for pages left open over a shift."""
    try:
        opened = parse_datetime(opened_at)
    except ValueError:
        opened = None
    if opened is None or timezone.is_naive(opened):
        return None
    spent = timezone.now() - opened
    return max(1, round(spent.total_seconds() / 60)) if timedelta(0) <= spent <= LONGEST_SITTING else None


def _chosen_instruments(request: HttpRequest) -> list[int]:
    """The instruments of this sitting, the main one first; remembered for the next order of this log-in."""
    chosen = sent_instruments(request)
    if chosen and request.session.get("instruments") != chosen:
        request.session["instruments"] = chosen
    return chosen


def _remember_mains(request: HttpRequest) -> None:
    """The mains voltage of this sitting is offered for the next order of this log-in."""
    given = request.POST.get("mains_volts")
    if given is not None and request.session.get("mains_volts") != given[:10]:
        request.session["mains_volts"] = given[:10]


def _mains_volts(request: HttpRequest, sheet: Sheet) -> str:
    """What the readings of this order were taken at, else what was entered last."""
    if request.method == "POST":
        return request.POST.get("mains_volts", "")
    return exact_words(sheet.mains_volts) or request.session.get("mains_volts", "")


# Showing --------------------------------------------------------------------------------------------------------


def _show(
    request: HttpRequest, order: WorkOrder, sheet: Sheet, *, status: int = 200, refusal: Refused | None = None
) -> HttpResponse:
    post = request.POST if request.method == "POST" else None
    repair = is_repair(order)
    instruments = _instruments(request, order, sheet)
    return render(
        request,
        "maintenance/perform.html",
        {
            "order": order,
            "sheet": sheet,
            "where": where_words(order),
            "repair": repair,
            "manuals": list(manuals_of_model(order.asset.device_model_id)[:MANUALS_SHOWN])
            if allowed(request.user, assets_permissions.VIEW)
            else [],
            "refusal": refusal,
            "instruments": instruments,
            "some_also": any(one["also"] for one in instruments),
            "can_read": any(row.readable for row in sheet.rows),
            "mains_volts": _mains_volts(request, sheet),
            "nominal_volts": settings.NOMINAL_MAINS_VOLTS,
            "verdicts": _verdicts(order, sheet, post),
            "codes": _codes(request, order, post),
            "typed": post or _before(order),
            "opened_at": _opened_at(order, post),
            "ask_password": sheet.needs_signature or "password" in getattr(refusal, "fields", {}),
            "may_override": isinstance(refusal, Guarded) and allowed(request.user, OVERRIDE),
            "is_bound": post is not None,
        },
        status=status,
    )


def _before(order: WorkOrder) -> dict[str, Any]:
    return {"work_done": order.work_done}


def _opened_at(order: WorkOrder, post: Any) -> str:
    """From when the clock runs: the page's first opening in this sitting."""
    given = post.get("opened_at", "") if post else ""
    if _minutes_since(given) is not None:
        return given
    started: datetime | None = order.started_at
    if started is not None and timezone.now() - started < LONGEST_SITTING:
        return started.isoformat()
    return timezone.now().isoformat()


def _verdicts(order: WorkOrder, sheet: Sheet, post: Any) -> list[dict[str, Any]]:
    chosen = post.get("verdict", "") if post else order.verdict
    offered = REPAIR_VERDICTS if is_repair(order) else VERDICTS
    if not chosen and not is_repair(order) and not sheet.failed:
        chosen = Verdict.PASS
    return [
        {
            "value": v.value,
            "label": v.label,
            "chosen": v == chosen,
            "good": v in (Verdict.PASS, Verdict.PASS_MINOR_FIX, Verdict.REPAIRED),
        }
        for v in offered
    ]


def _codes(request: HttpRequest, order: WorkOrder, post: Any) -> list[dict[str, Any]]:
    """The three questions of a repair: problem, cause, action."""
    found = codes_for_closing(request.user, order)
    labels = {CodeKind.PROBLEM: _("What was wrong?"), CodeKind.CAUSE: _("Why?"), CodeKind.ACTION: _("What was done?")}
    before = {CodeKind.PROBLEM: order.problem_id, CodeKind.CAUSE: order.cause_id, CodeKind.ACTION: order.action_id}
    return [
        {
            "name": kind.value,
            "label": label,
            "codes": found[kind],
            "chosen": _number(post.get(kind)) if post else before[kind],
        }
        for kind, label in labels.items()
        if found[kind]
    ]


def _instruments(request: HttpRequest, order: WorkOrder, sheet: Sheet) -> list[dict[str, Any]]:
    """The instruments in use at the site with their calibration, those first that measure most of the steps; one past
    its date cannot be chosen.
    """
    if not sheet.uses_instrument:
        return []
    today = timezone.localdate()
    used = list(dict.fromkeys(row.recorded_instrument_id for row in sheet.rows if row.recorded_instrument_id))
    chosen = sent_instruments(request) or used or request.session.get("instruments", [])
    rows = list(Instrument.objects.visible_to(request.user).filter(is_active=True, site_id=order.site_id))
    measured = steps_measured([row.step for row in sheet.rows], [row.pk for row in rows])
    rows.sort(key=lambda row: -measured[row.pk])
    shown = [_instrument(row, today, chosen) for row in rows]
    reads = reads_of(sheet, [one["id"] for one in shown if not one["ended"]])
    return [one | {"reads": reads.get(one["id"], "")} for one in shown]


def _instrument(row: Instrument, today: Any, chosen: list[int]) -> dict[str, Any]:
    due_on = row.calibration_due_on
    words = unfit(row, today)
    ended = bool(words)
    if not words and due_on is not None:
        words = _("calibrated until %(day)s, %(when)s") % {
            "day": date_format(due_on, "DATE_FORMAT"),
            "when": relative_day(due_on, today),
        }
    main, also = chosen[:1], chosen[1:]
    return {
        "id": row.pk, "name": str(row), "words": words, "ended": ended,
        "chosen": row.pk in main and not ended, "also": row.pk in also and not ended,
    }  # fmt: skip


# Saving as it is entered ----------------------------------------------------------------------------------------


@require_POST
@page(permissions.PERFORM)
def save_results(request: HttpRequest, work_order_id: int) -> JsonResponse:
    """Record the steps that were sent; answers step by step what was saved, is unreadable, or was changed by others.

    The answer: ``saved`` (key → token), ``wrong`` and ``conflict`` (key → words), ``notes`` (key → words), ``words``
    for the status line.
    """
    order = order_or_404(request, work_order_id)
    for _round in range(2):
        sheet = read_sheet(order, _results(request, order), request.POST)
        try:
            _record(request, order, _only_sound(sheet))
        except StaleEdit:
            order = order_or_404(request, work_order_id)
            continue
        except Refused as error:
            return JsonResponse({"words": str(error)}, status=error.status)
        noted = {row.key: row.notes for row in sheet_of(order, _results(request, order)).rows}
        return JsonResponse(
            _saved(sheet) | {"notes": {row.key: noted.get(row.key, []) for row in sheet.rows if row.sent}}
        )
    return JsonResponse({"words": _("Others are working on this order right now. Try again in a moment.")}, status=409)


def _only_sound(sheet: Sheet) -> Sheet:
    return Sheet([row for row in sheet.rows if not row.wrong and not row.conflict])


def _saved(sheet: Sheet) -> dict[str, Any]:
    sent = [row for row in sheet.rows if row.sent is not None]
    now = date_format(timezone.localtime(), "H:i")
    return {
        "saved": {
            row.key: row.sent.token for row in sent if not row.wrong and not row.conflict and row.sent is not None
        },
        "wrong": {row.key: row.wrong for row in sent if row.wrong},
        "conflict": {row.key: row.conflict for row in sent if row.conflict},
        "words": _("Saved at %(time)s") % {"time": now},
    }


@page(permissions.VIEW)
def last_results(request: HttpRequest, work_order_id: int, key: str) -> HttpResponse:
    """The last three results of one step on this device, one tap away."""
    order = order_or_404(request, work_order_id)
    found = [row for row in queries.last_results(order.asset_id, key, n=4) if row.work_order_id != order.pk][:3]
    shown = [
        {
            "when": row.recorded_at,
            "outcome": row.get_outcome_display(),
            "by": row.recorded_by_name,
            "text": row.text,
            "value": exact_words(row.value),
            "unit": row.unit,
            "reason": row.reason,
        }
        for row in found
    ]
    return render(request, "maintenance/_last_results.html", {"results": shown})
