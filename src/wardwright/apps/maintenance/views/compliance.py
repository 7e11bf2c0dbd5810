"""The compliance report: on schedule and actually inspected; each figure opens to its formula, rows and exclusions."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _

from wardwright.apps.assets.models import Asset, DeviceType
from wardwright.apps.directory.models import Department, Site
from wardwright.apps.maintenance import permissions
from wardwright.apps.maintenance.models import WorkOrder
from wardwright.kernel.due import Share
from wardwright.web.tables import safe_cell
from wardwright.web.views import page

from .compliance_figures import (
    DONE,
    GROUPS,
    JUDGEMENTS,
    ON_SCHEDULE,
    Counted,
    Period,
    attempts_in,
    count_all,
    judge_jobs,
    never_seen,
    read_jobs,
)

ROWS_SHOWN = 300
NEVER_SHOWN = 100
SETS = {"on_schedule": ON_SCHEDULE, "inspected": DONE}


def period_of(request: HttpRequest) -> Period:
    """The period and filters in the address; this year so far where it says nothing that can be read."""
    today = timezone.localdate()
    first = _day(request.GET.get("from", "")) or date(today.year, 1, 1)
    last = _day(request.GET.get("to", "")) or today
    filters = {name: int(request.GET[name]) for name in GROUPS if request.GET.get(name, "").isdigit()}
    return Period(min(first, last), max(first, last), filters)


def _day(text: str) -> date | None:
    try:
        return parse_date(text)
    except ValueError:
        return None


def _address(period: Period, **more: str) -> str:
    return urlencode({"from": period.first.isoformat(), "to": period.last.isoformat(), **period.filters, **more})


def percent(share: Share) -> str:
    """A share for reading: one decimal, a dash where there was nothing to count. 99.96 is not shown as 100."""
    if share.percent is None:
        return "–"
    shown = round(share.percent, 1)
    if shown == 100 and share.count < share.of:
        shown = round(share.percent - share.percent % 1, 1)
    return f"{shown:f}".rstrip("0").rstrip(".") if "." in f"{shown:f}" else f"{shown:f}"


# The report -----------------------------------------------------------------------------------------------------


@page(permissions.REPORTS)
def compliance_page(request: HttpRequest) -> HttpResponse:
    period, today = period_of(request), timezone.localdate()
    group = request.GET.get("by", "site") if request.GET.get("by") in GROUPS else "site"
    judged = judge_jobs(request.user, read_jobs(request.user, period), today)
    whole, groups = count_all(judged, group)
    lines = _group_lines(request, period, group, groups, today)
    if request.GET.get("format") == "csv":
        return _csv("compliance", _CSV_HEAD, ([line["name"], *_plain_figures(line)] for line in lines))
    unseen = never_seen(request.user, period, whole)
    return render(
        request,
        "maintenance/compliance.html",
        {
            "title": _title(whole, today), "period": period, "whole": _figures(whole, today), "lines": lines,
            "group": group, "group_names": _group_names(), "counts": _counts(period, whole),
            "attempts": attempts_in(request.user, period),
            "unseen": _unseen_rows(request, unseen), "unseen_count": len(unseen), "filters": _filters(request, period),
            "address": _address(period),
            "csv_url": f"{reverse('compliance')}?{_address(period, by=group, format='csv')}",
        },
    )  # fmt: skip


def _title(whole: Counted, today: date) -> str:
    found = whole.compliance(today)
    if found.actually_inspected.percent is None:
        return _("No planned work was to be judged in this period")
    return _("%(on)s %% on schedule, %(done)s %% actually inspected") % {
        "on": percent(found.on_schedule), "done": percent(found.actually_inspected),
    }  # fmt: skip


def _figures(counted: Counted, today: date) -> dict[str, Any]:
    found = counted.compliance(today)
    return {
        "scheduled": found.scheduled, "on": found.on_schedule, "on_percent": percent(found.on_schedule),
        "done": found.actually_inspected, "done_percent": percent(found.actually_inspected),
        "missed": found.missed, "open": found.still_open, "exceptions": sum(n for _code, n in found.exceptions),
        "devices": len(counted.devices), "inspected_devices": len(counted.inspected),
    }  # fmt: skip


def _group_names() -> list[tuple[str, Any]]:
    return [("site", _("site")), ("department", _("department")), ("type", _("device type"))]


def _names(request: HttpRequest, group: str, ids: Iterable[Any]) -> dict[Any, str]:
    model = {"site": Site, "department": Department, "type": DeviceType}[group]
    wanted = {pk for pk in ids if pk is not None}
    rows = model.objects.visible_to(request.user).in_bulk(wanted) if wanted else {}
    return {pk: str(row) for pk, row in rows.items()}


def _group_lines(
    request: HttpRequest, period: Period, group: str, groups: dict[Any, Counted], today: date
) -> list[dict[str, Any]]:
    """One line for each site, department or type, the worst first; each from its own sums."""
    names = _names(request, group, groups)
    lines = []
    for pk, counted in groups.items():
        name = names.get(pk, _("without a department") if pk is None else _("another"))
        narrower = Period(period.first, period.last, {**period.filters, group: pk} if pk else period.filters)
        url = (
            f"{reverse('compliance')}?{_address(narrower, by='type' if group == 'department' else 'department')}"
            if pk
            else ""
        )
        lines.append({"name": name, "url": url, **_figures(counted, today)})
    return sorted(lines, key=lambda line: (line["done"].percent is None, line["done"].percent or 0, line["name"]))


def _counts(period: Period, whole: Counted) -> list[dict[str, Any]]:
    """Every judgement with its number and the address of its rows; together they are all that was scheduled."""
    return [
        {"key": key, "label": label, "count": whole.judged[key],
         "url": f"{reverse('compliance-rows')}?{_address(period, what=key)}"}
        for key, label in JUDGEMENTS.items() if whole.judged[key]
    ]  # fmt: skip


def _unseen_rows(request: HttpRequest, ids: set[int]) -> list[Asset]:
    rows = Asset.objects.visible_to(request.user).with_names().filter(pk__in=sorted(ids)[:NEVER_SHOWN])
    return list(rows.order_by("tag"))


def _filters(request: HttpRequest, period: Period) -> list[dict[str, Any]]:
    by = request.user
    choices: dict[str, Any] = {
        "site": Site.objects.visible_to(by).values_list("pk", "name"),
        "department": Department.objects.visible_to(by).values_list("pk", "name"),
        "type": DeviceType.objects.visible_to(by).filter(merged_into__isnull=True).values_list("pk", "name"),
    }
    labels = dict(_group_names())
    return [{"name": name, "label": labels[name], "value": period.filters.get(name), "choices": list(found)}
            for name, found in choices.items()]  # fmt: skip


# The rows behind a figure ---------------------------------------------------------------------------------------


@page(permissions.REPORTS)
def compliance_rows(request: HttpRequest) -> HttpResponse:
    """The jobs behind one figure (``what``: a judgement, on_schedule, inspected, or nothing for all of them)."""
    period, today = period_of(request), timezone.localdate()
    what = request.GET.get("what", "")
    wanted = SETS.get(what) or ((what,) if what in JUDGEMENTS else tuple(JUDGEMENTS))
    judged = judge_jobs(request.user, read_jobs(request.user, period), today)
    found = {job.id: judgement for job, _scheduled, judgement in judged if judgement in wanted}
    if request.GET.get("format") == "csv":
        return _rows_csv(request, found)
    rows = WorkOrder.objects.visible_to(request.user).with_names().filter(pk__in=sorted(found)[:ROWS_SHOWN])
    shown = list(rows.order_by("due_on", "id"))
    for row in shown:
        row.judgement = JUDGEMENTS[found[row.pk]]
    return render(
        request,
        "maintenance/compliance_rows.html",
        {
            "rows": shown, "count": len(found), "more": max(0, len(found) - ROWS_SHOWN), "period": period,
            "label": _what_words(what), "back": f"{reverse('compliance')}?{_address(period)}",
            "csv_url": f"{reverse('compliance-rows')}?{_address(period, what=what, format='csv')}",
        },
    )  # fmt: skip


def _what_words(what: str) -> Any:
    own = {"on_schedule": _("done on schedule"), "inspected": _("actually inspected")}
    return own.get(what) or JUDGEMENTS.get(what) or _("scheduled in the period")


def _rows_csv(request: HttpRequest, found: dict[int, str]) -> HttpResponse:
    head = [_("work order"), _("device"), _("department"), _("due"), _("done"), _("judgement")]
    ids = sorted(found)

    def lines() -> Iterable[list[Any]]:
        for start in range(0, len(ids), 500):
            rows = WorkOrder.objects.visible_to(request.user).with_names().filter(pk__in=ids[start : start + 500])
            for row in rows:
                due_on, done_at = row.moved_from_on or row.due_on, row.done_at
                done_on = timezone.localtime(done_at).date() if done_at else ""
                yield [row.number, row.asset.tag, row.department or "", due_on, done_on, JUDGEMENTS[found[row.pk]]]

    return _csv("compliance-rows", head, lines())


_CSV_HEAD = ["group", "scheduled", "on_schedule", "of", "on_schedule_percent", "inspected", "of", "inspected_percent",
             "missed", "not_judged_yet", "exceptions", "devices", "devices_inspected"]  # fmt: skip


def _plain_figures(line: dict[str, Any]) -> list[Any]:
    return [line["scheduled"], line["on"].count, line["on"].of, line["on_percent"], line["done"].count, line["done"].of,
            line["done_percent"], line["missed"], line["open"], line["exceptions"], line["devices"],
            line["inspected_devices"]]  # fmt: skip


def _csv(name: str, head: list[Any], lines: Iterable[list[Any]]) -> HttpResponse:
    response = HttpResponse("\ufeff", content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    writer = csv.writer(response)
    writer.writerow([safe_cell(cell) for cell in head])
    writer.writerows([safe_cell(cell) for cell in line] for line in lines)
    return response
