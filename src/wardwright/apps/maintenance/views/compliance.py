"""The compliance report: on schedule and actually inspected; each figure opens to its formula, rows and exclusions."""

from __future__ import annotations

import csv
from calendar import monthrange
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from wardwright.apps.assets.models import Asset, DeviceType
from wardwright.apps.assets.queries import types_in_use
from wardwright.apps.directory.models import Company, Department, Site
from wardwright.apps.maintenance import permissions, queries
from wardwright.apps.maintenance.models import Plan, WorkOrder
from wardwright.apps.maintenance.states import AttemptKind
from wardwright.platform.core.cells import safe_cell
from wardwright.platform.core.errors import NotFound
from wardwright.platform.core.values import as_id
from wardwright.platform.core.words import number_words
from wardwright.web.site import begun_with, first_look
from wardwright.web.tables import entry
from wardwright.web.views import page

ROWS_SHOWN = 300
NEVER_SHOWN = 100
CHUNK = 500
MONTHS_OFFERED = 24
NARROWED = ("site", "department", "type", "provider")
GROUPS: dict[str, tuple[Any, Any]] = {
    "site": (gettext_lazy("site"), Site),
    "department": (gettext_lazy("department"), Department),
    "type": (gettext_lazy("device type"), DeviceType),
    "provider": (gettext_lazy("who does it"), Company),
    "plan": (gettext_lazy("plan"), Plan),
}
#: What one row can be: key → words; the first are jobs, the second devices.
OF_JOBS: dict[str, Any] = {
    "on_schedule": gettext_lazy("done on schedule"),
    "off_schedule": gettext_lazy("done late or not done"),
    "window_open": gettext_lazy("not done yet, the window is still open"),
    "cancelled": gettext_lazy("cancelled with a reason"),
    "not_done": gettext_lazy("closed as not done"),
}
OF_DEVICES: dict[str, Any] = {
    "inspected": gettext_lazy("actually inspected"),
    "not_inspected": gettext_lazy("not inspected within their interval"),
    "never_seen": gettext_lazy("never seen"),
    "accepted_lately": gettext_lazy("accepted lately, first maintenance not due yet"),
}


@dataclass(frozen=True)
class Period:
    """What the report is about; taken from the address and put back into every link."""

    first: date
    last: date
    narrow: queries.Narrow
    group: str

    def address(self, url_name: str = "compliance", **more: Any) -> str:
        narrow = {name: getattr(self.narrow, f"{name}_id") for name in NARROWED}
        own = {"from": self.first.isoformat(), "to": self.last.isoformat(), **narrow, "by": self.group}
        kept = {name: value for name, value in {**own, **more}.items() if value not in (None, "")}
        return f"{reverse(url_name)}?{urlencode(kept)}"

    def report(self, by: Any) -> Any:
        return queries.compliance(by, self.first, self.last, narrow=self.narrow, group=self.group)

    @property
    def month(self) -> str:
        """The period as a month of the select, where it is exactly one."""
        whole = self.first.day == 1 and self.last == _month_end(self.first)
        return f"{self.first:%Y-%m}" if whole else ""


def period_of(request: HttpRequest) -> Period:
    """The period in the address, this year so far where it says nothing that can be read. A month goes before two
    days, unless it is the one that was shown already (``was``): then the days were changed."""
    today, wanted = timezone.localdate(), request.GET
    month = _day(f"{wanted.get('month', '')}-01")
    if month is not None and wanted["month"] != wanted.get("was"):
        first, last = month, _month_end(month)
    else:
        first, last = _day(wanted.get("from", "")) or date(today.year, 1, 1), _day(wanted.get("to", "")) or today
    narrow = queries.Narrow(**{f"{name}_id": as_id(entry(request, name)) for name in NARROWED})
    group = wanted.get("by", "")
    return Period(min(first, last), max(first, last), narrow, group if group in GROUPS else "site")


def _month_end(first: date) -> date:
    return date(first.year, first.month, monthrange(first.year, first.month)[1])


def _filters(by: Any, period: Period, today: date) -> list[dict[str, Any]]:
    """The selects of the report, each with what is chosen."""
    departments = Department.objects.visible_to(by).select_related("site").order_by("site__name", "name")
    companies = Company.objects.visible_to(by).filter(is_provider=True, merged_into=None)
    choices: dict[str, tuple[Any, list[tuple[Any, Any]]]] = {
        "site": (_("Site"), list(Site.objects.visible_to(by).values_list("pk", "name"))),
        "department": (_("Department"), [(row.pk, f"{row.name} · {row.site.code}") for row in departments]),
        "type": (_("Device type"), list(types_in_use(by).values_list("pk", "name"))),
        "provider": (_("Who does it"), [(queries.OUR_OWN, _("our own people")), *companies.values_list("pk", "name")]),
        "month": (_("Month"), [(f"{day:%Y-%m}", date_format(day, "F Y")) for day in _months(today)]),
    }
    chosen = {name: getattr(period.narrow, f"{name}_id") for name in NARROWED} | {"month": period.month}
    return [
        {
            "key": key,
            "label": label,
            "choices": [(str(value), words, value == chosen[key]) for value, words in options],
            "words": next((words for value, words in options if value == chosen[key]), ""),
        }
        for key, (label, options) in choices.items()
    ]


def _months(today: date) -> Iterable[date]:
    """The first days of this month and those before it, the newest first."""
    for back in range(MONTHS_OFFERED):
        year, month = divmod(today.year * 12 + today.month - 1 - back, 12)
        yield date(year, month + 1, 1)


def _day(text: str) -> date | None:
    try:
        return parse_date(text)
    except ValueError:
        return None


def percent(figure: Any) -> str:
    """A share for reading: one decimal, a dash where there was nothing to count; 99.96 is never shown as 100."""
    if not figure.of:
        return "–"
    tenths = round(1000 * figure.count / figure.of)
    return number_words((tenths if figure.count == figure.of else min(tenths, 999)) / 10)


# The report -----------------------------------------------------------------------------------------------------


@page(permissions.REPORTS)
def compliance_page(request: HttpRequest) -> HttpResponse:
    if begun := begun_with(request, first_look(request)):
        return begun
    period = period_of(request)
    report = period.report(request.user)
    lines = _group_lines(request, period, report)
    if request.GET.get("format") == "csv":
        return _csv("compliance", _CSV_HEAD, (_plain_figures(line) for line in lines))
    whole = report.whole
    return render(
        request,
        "maintenance/compliance.html",
        {
            "title": _title(whole),
            "period": period,
            "whole": whole,
            "on_percent": percent(whole.on_schedule),
            "inspected_percent": percent(whole.inspected),
            "jobs": _row_links(period, whole, OF_JOBS),
            "devices": _row_links(period, whole, OF_DEVICES),
            "lines": lines,
            "group": GROUPS[period.group][0],
            "other_groups": _other_groups(period),
            "filters": _filters(request.user, period, timezone.localdate()),
            "attempts": [(AttemptKind(kind).label, n) for kind, n in sorted(report.attempts.items())],
            "unseen": _assets(request, whole.never_seen[:NEVER_SHOWN]),
            "unseen_url": period.address("compliance-rows", what="never_seen"),
            "csv_url": period.address(format="csv"),
            "group_key": period.group,
        },
    )


def _other_groups(period: Period) -> list[tuple[Any, str]]:
    return [(words, period.address(by=key)) for key, (words, _model) in GROUPS.items() if key != period.group]


def _title(whole: Any) -> str:
    if not whole.on_schedule.of and not whole.inspected.of:
        return _("No planned work was to be judged in this period")
    return _("%(on)s\u00a0%% of jobs on schedule, %(seen)s\u00a0%% of devices actually inspected") % {
        "on": percent(whole.on_schedule),
        "seen": percent(whole.inspected),
    }


def rows_of(part: Any, what: str) -> list[int]:
    """The ids behind one figure of a group: orders for OF_JOBS, devices for OF_DEVICES."""
    jobs, devices = part.on_schedule, part.inspected
    own = {
        "on_schedule": jobs.rows,
        "off_schedule": jobs.missing,
        "inspected": devices.rows,
        "not_inspected": devices.missing,
        "never_seen": part.never_seen,
    }
    return own[what] if what in own else [*jobs.excluded.get(what, ()), *devices.excluded.get(what, ())]


def _row_links(period: Period, whole: Any, kinds: dict[str, Any]) -> list[dict[str, Any]]:
    """Each figure that is not zero with its words and the address of its rows."""
    counts = {key: len(rows_of(whole, key)) for key in kinds}
    return [
        {"key": key, "label": kinds[key], "count": count, "url": period.address("compliance-rows", what=key)}
        for key, count in counts.items()
        if count
    ]


def _group_lines(request: HttpRequest, period: Period, report: Any) -> list[dict[str, Any]]:
    """One line for each site, department, type or plan, the least inspected first; each from its own sums."""
    model = GROUPS[period.group][1]
    wanted = [key for key in report.groups if key is not None]
    names = model.objects.visible_to(request.user).in_bulk(wanted) if wanted else {}
    lines = []
    for key, part in report.groups.items():
        name = _("none given") if key is None else str(names.get(key) or _("another"))
        url = period.address("compliance-rows", of="none" if key is None else key, what="off_schedule")
        lines.append(
            {
                "name": name,
                "url": url,
                "part": part,
                "on_percent": percent(part.on_schedule),
                "inspected_percent": percent(part.inspected),
                "off": len(part.on_schedule.missing),
                "excluded": sum(map(len, part.on_schedule.excluded.values())),
            }
        )
    return sorted(lines, key=lambda line: (line["part"].inspected.percent or 0, line["name"]))


def _assets(request: HttpRequest, ids: list[int]) -> list[Asset]:
    return list(Asset.objects.visible_to(request.user).with_names().filter(pk__in=ids).order_by("tag"))


# The rows behind a figure ---------------------------------------------------------------------------------------


@page(permissions.REPORTS)
def compliance_rows(request: HttpRequest) -> HttpResponse:
    """The jobs or devices behind one figure: ``what`` names it, ``of`` one group (an id, or none)."""
    period, what = period_of(request), request.GET.get("what", "off_schedule")
    if what not in OF_JOBS and what not in OF_DEVICES:
        raise NotFound(_("There is no such figure."), _("Open it from the compliance report."))
    ids = rows_of(_part(request, period), what)
    of_devices = what in OF_DEVICES
    if request.GET.get("format") == "csv":
        return _devices_csv(request, ids) if of_devices else _jobs_csv(request, ids)
    shown = sorted(ids)[:ROWS_SHOWN]
    return render(
        request,
        "maintenance/compliance_rows.html",
        {
            "assets": _assets(request, shown) if of_devices else [],
            "orders": [] if of_devices else list(_orders(request, shown).order_by("due_on", "id")),
            "count": len(ids),
            "more": max(0, len(ids) - ROWS_SHOWN),
            "period": period,
            "label": (OF_DEVICES if of_devices else OF_JOBS)[what],
            "of_devices": of_devices,
            "back": period.address(),
            "csv_url": period.address("compliance-rows", what=what, of=request.GET.get("of", ""), format="csv"),
        },
    )


def _part(request: HttpRequest, period: Period) -> Any:
    report, of = period.report(request.user), request.GET.get("of", "")
    if not of:
        return report.whole
    key = as_id(of)
    if key not in report.groups:
        raise NotFound(_("This group has no planned work in the period."), _("Open it from the compliance report."))
    return report.groups[key]


def _orders(request: HttpRequest, ids: list[int]) -> Any:
    return WorkOrder.objects.visible_to(request.user).with_names().filter(pk__in=ids)


def _jobs_csv(request: HttpRequest, ids: list[int]) -> HttpResponse:
    def lines() -> Iterable[list[Any]]:
        for start in range(0, len(ids), CHUNK):
            for row in _orders(request, ids[start : start + CHUNK]):
                done_on = timezone.localtime(row.done_at).date() if row.done_at else ""
                where, due_on = row.department or row.site, row.moved_from_on or row.due_on
                yield [row.number, row.asset.tag, where, due_on, done_on, row.get_state_display()]

    return _csv("compliance-jobs", [_("work order"), _("device"), _("where"), _("due"), _("done"), _("state")], lines())


def _devices_csv(request: HttpRequest, ids: list[int]) -> HttpResponse:
    def lines() -> Iterable[list[Any]]:
        for start in range(0, len(ids), CHUNK):
            for row in _assets(request, ids[start : start + CHUNK]):
                yield [row.tag, row.device_type, row.device_model, row.department or row.site, row.last_seen_at or ""]

    return _csv("compliance-devices", [_("device"), _("type"), _("model"), _("where"), _("last seen")], lines())


_CSV_HEAD = [
    "group", "jobs_due", "on_schedule", "on_schedule_of", "on_schedule_percent", "devices_inspected",
    "devices_inspected_of", "devices_inspected_percent", "never_seen", "excluded_jobs",
]  # fmt: skip


def _plain_figures(line: dict[str, Any]) -> list[Any]:
    part = line["part"]
    jobs, devices = part.on_schedule, part.inspected
    return [
        line["name"], part.scheduled, jobs.count, jobs.of, line["on_percent"], devices.count,
        devices.of, line["inspected_percent"], len(part.never_seen), line["excluded"],
    ]  # fmt: skip


def _csv(name: str, head: list[Any], lines: Iterable[list[Any]]) -> HttpResponse:
    response = HttpResponse("\ufeff", content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    writer = csv.writer(response)
    writer.writerow([safe_cell(cell) for cell in head])
    writer.writerows([safe_cell(cell) for cell in line] for line in lines)
    return response
