"""Reports: the list by audience, each report with figures that open to formula, rows and exclusions, and its files."""

from __future__ import annotations

from collections import defaultdict
from itertools import islice
from typing import Any
from urllib.parse import urlencode

from django.http import FileResponse, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from wardwright.platform.access.scope import allowed
from wardwright.platform.core.errors import NotFound
from wardwright.platform.reports import files, permissions
from wardwright.platform.reports.answer import ROWS_KEPT, Part, answer, cases_of
from wardwright.platform.reports.asking import PERIODS, as_given, asked_in_words, asked_of, report_for, reports_for
from wardwright.platform.reports.chart import chart_of
from wardwright.platform.reports.declaration import Asked, Audience, Case, Frequency, Kind, Link, Report
from wardwright.platform.reports.sheet import Sheet, group_heads, group_lines, sheet_of, shown_figures
from wardwright.platform.reports.sources import address_of, url_of
from wardwright.platform.reports.words import address, cell_words
from wardwright.web.site import begun_with, first_look
from wardwright.web.table_rows import options_html
from wardwright.web.views import page

ROWS_LISTED = 300
CELL_CLASS = {
    Kind.NUMBER: ' class="num"', Kind.MONEY: ' class="num"', Kind.PERCENT: ' class="num"', Kind.DATE: ' class="nowrap"',
}  # fmt: skip
GROUPS_SHOWN = 12
GROUPS_LISTED = 500


@page(permissions.VIEW)
def report_list(request: HttpRequest) -> HttpResponse:
    """Every report the reader may open, by audience, each with its question."""
    by_audience: dict[str, list[dict[str, Any]]] = defaultdict(list)
    found = reports_for(request.user)
    for one in found:
        by_audience[one.audience].append(
            {
                "title": one.title,
                "goal": one.goal,
                "frequency": Frequency(one.frequency).label,
                "url": reverse("report", args=[one.key]),
            }
        )
    groups = [(audience.label, by_audience[audience]) for audience in Audience if by_audience[audience]]
    return render(request, "web/pages/reports.html", {"groups": groups, "count": len(found)})


@page(permissions.VIEW)
def report_page(request: HttpRequest, report: str) -> HttpResponse:
    """One report as a page, or with ``?format=`` as a file."""
    declared = report_for(request.user, report)
    has_sites = any(parameter.key == "site" for parameter in declared.parameters)
    if has_sites and (begun := begun_with(request, first_look(request))):
        return begun
    asked = asked_of(declared, request.GET)
    wanted = request.GET.get("format", "")
    if wanted:
        return file_answer(sheet_of(declared, request.user, asked, url=url_of(declared, asked)), wanted)
    found = answer(declared, request.user, asked)
    figures = [
        {"shown": shown, "behind": [(one, _rows_url(declared, asked, shown.key, one.which)) for one in shown.behind]}
        for shown in shown_figures(found)
    ]
    groups = _group_rows(declared, asked, group_lines(found))
    return render(
        request,
        "web/pages/report.html",
        {
            "report": declared,
            "about": asked_in_words(declared, asked, request.user),
            "audience": Audience(declared.audience).label,
            "frequency": Frequency(declared.frequency).label,
            "figures": figures,
            "chart": chart_of(found),
            "columns": declared.columns,
            "rows": rows_html(declared, found.rows),
            "count": found.count,
            "more": max(0, found.count - ROWS_KEPT),
            "heads": group_heads(declared, asked),
            "groups": groups[:GROUPS_SHOWN],
            "more_groups": groups[GROUPS_SHOWN:],
            "rows_url": _rows_url(declared, asked, ""),
            "groupings": _groupings(declared, asked),
            "form": _form(declared, asked, request.user),
            "files": [(kind.upper(), _url(declared, asked, format=kind)) for kind in ("csv", "xlsx", "pdf")],
            "save_url": _save_url(request, declared, asked),
        },
    )


@page(permissions.VIEW)
def report_rows(request: HttpRequest, report: str) -> HttpResponse:
    """The rows behind one number: of a figure, of one of its two sums, or left out for a reason; of one group."""
    declared = report_for(request.user, report)
    asked = asked_of(declared, request.GET)
    part = _part(request, declared)
    wanted = request.GET.get("format", "")
    own = {"figure": part.figure, "which": part.which, **({"group": part.group} if part.group is not None else {})}
    if wanted:
        sheet = sheet_of(declared, request.user, asked, url=url_of(declared, asked), part=part, figures=False)
        return file_answer(sheet, wanted)
    rows: list[Case] = []
    count = 0
    for case in cases_of(declared, request.user, asked, part):
        count += 1
        if len(rows) < ROWS_LISTED:
            rows.append(case)
    query = as_given(declared, asked) | own
    return render(
        request,
        "web/pages/report_rows.html",
        {
            "report": declared,
            "about": asked_in_words(declared, asked, request.user),
            "words": _part_words(declared, part),
            "figure": declared.figure(part.figure),
            "columns": declared.columns,
            "rows": rows_html(declared, rows),
            "count": count,
            "more": max(0, count - ROWS_LISTED),
            "back": _url(declared, asked),
            "csv_url": f"{reverse('report-rows', args=[declared.key])}?{urlencode(query | {'format': 'csv'})}",
        },
    )


def file_answer(sheet: Sheet, wanted: str) -> Any:
    """A sheet as a file to keep: CSV streamed, XLSX from a temporary file, PDF and JSON whole."""
    if wanted not in files.MEDIA_TYPES:
        raise NotFound(_("There is no such format."), _("Choose one of: %(known)s.") % {"known": "csv, xlsx, pdf"})
    media_type, name = files.MEDIA_TYPES[wanted], f"{sheet.key}.{wanted}"
    if wanted == "xlsx":
        return FileResponse(files.xlsx_file(sheet), as_attachment=True, filename=name, content_type=media_type)
    response: Any
    if wanted == "csv":
        response = StreamingHttpResponse(files.csv_lines(sheet), content_type=media_type)
    else:
        response = HttpResponse(files.WRITERS[wanted](sheet), content_type=media_type)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


# Addresses ------------------------------------------------------------------------------------------------------


def _url(report: Report, asked: Asked, **more: Any) -> str:
    return address_of(reverse("report", args=[report.key]), urlencode(as_given(report, asked, **more)))


def _rows_url(report: Report, asked: Asked, figure: str, which: str = "", **more: Any) -> str:
    query = as_given(report, asked, figure=figure, which=which) | more
    return f"{reverse('report-rows', args=[report.key])}?{urlencode(query)}"


def _save_url(request: HttpRequest, report: Report, asked: Asked) -> str:
    if not allowed(request.user, permissions.SAVE):
        return ""
    query = urlencode({"source": f"report:{report.key}", "query": urlencode(as_given(report, asked))})
    return f"{reverse('save-view')}?{query}"


# Parts of the page ----------------------------------------------------------------------------------------------


def _part(request: HttpRequest, report: Report) -> Part:
    figure, group = request.GET.get("figure", ""), request.GET.get("group")
    if figure and report.figure(figure) is None:
        raise NotFound(_("There is no such figure."), _("Open it from its report."))
    return Part(figure, request.GET.get("which", "")[:40], None if group is None else group[:300])


def _part_words(report: Report, part: Part) -> str:
    figure = report.figure(part.figure)
    words = ""
    if figure is not None:
        known = {"counted": str(figure.counted), "rest": f"{figure.label}: {_('the others')}"}
        known |= {code: _("left out: %(why)s") % {"why": why} for code, why in figure.left_out.items()}
        words = known.get(part.which, str(figure.label))
    return " · ".join(filter(None, [words, part.group if part.group is not None else ""]))


def rows_html(report: Report, cases: list[Case]) -> SafeString:
    """The ``<tr>`` of the cases, each link of a case leading to its record."""
    heads = [
        f'<td data-label="{escape(column.heading)}"{CELL_CLASS.get(column.kind, "")}>' for column in report.columns
    ]
    written = []
    for case in cases:
        cells = []
        for column, cell in zip(report.columns, case.cells, strict=True):
            words = str(escape(cell_words(cell, column)))
            if isinstance(cell, Link):
                url = address(cell)
                words = f'<a href="{escape(url)}" class="code">{words}</a>' if url else words
            cells.append(words)
        line = "".join(f"{head}{cell}</td>" for head, cell in zip(heads, cells, strict=True))
        written.append(f"<tr>{line}</tr>\n")
    return mark_safe("".join(written))  # noqa: S308 - parts are escaped


def _group_rows(report: Report, asked: Asked, lines: list[list[Any]]) -> list[dict[str, Any]]:
    """The lines of the groups, each with the address of its rows."""
    none, labels = _("none given"), [head for head, _number in group_heads(report, asked)[1:]]
    return [
        {
            "name": line[0],
            "cells": list(zip(labels, line[1:], strict=True)),
            "url": _rows_url(report, asked, "", group="" if line[0] == none else line[0]),
        }
        for line in islice(lines, GROUPS_LISTED)
    ]


def _groupings(report: Report, asked: Asked) -> list[tuple[Any, str]]:
    return [(column.label, _url(report, asked, by=column.key)) for column in report.groups if column.key != asked.group]


def _form(report: Report, asked: Asked, by: Any) -> dict[str, Any]:
    """The selects above a report with what is chosen."""
    selects = [
        {
            "key": parameter.key,
            "label": parameter.label,
            "options": options_html(
                [(str(value), str(words)) for value, words in parameter.choices(by)],
                "" if asked[parameter.key] is None else str(asked[parameter.key]),
            ),
        }
        for parameter in report.parameters
    ]
    periods = options_html([(key, str(words)) for key, words in PERIODS.items()], asked.preset)
    return {
        "selects": selects,
        "periods": periods if report.period else None,
        "first": asked.first,
        "last": asked.last,
        "preset": asked.preset,
        "group": asked.group,
    }
