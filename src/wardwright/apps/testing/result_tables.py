"""The lists of analysers' files: every file, and the records of one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db.models import Count, Q
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from wardwright.kernel.said import from_plain
from wardwright.platform.core.words import NOTHING, number_words, said_words
from wardwright.web.tables import Action, Column, Table, one_of
from wardwright.web.templatetags import ui

from . import permissions
from .models import ResultFile, TestRecord
from .operations import form_words
from .states import (
    FILE_MEANING,
    GRADED_MEANING,
    RECORD_MEANING,
    WAITING_RECORDS,
    FileState,
    Graded,
    RecordState,
)


def counts_of(by: Any, file_ids: list[int]) -> dict[int, dict[str, int]]:
    """For each file how many of its records are in each state."""
    rows = TestRecord.objects.visible_to(by).filter(file__in=file_ids).order_by()
    found: dict[int, dict[str, int]] = {}
    for file_id, state, n in rows.values_list("file", "state").annotate(n=Count("pk")):
        found.setdefault(file_id, {})[state] = n
    return found


FILES = Table(
    key="result-files",
    rows=lambda by: ResultFile.objects.visible_to(by).select_related("site"),
    columns=[
        Column("name", gettext_lazy("File"), lambda r: ui.two_lines(r.name, form_words(r.form)), text=lambda r: r.name),
        Column("came", gettext_lazy("Came"), lambda r: ui.date(r.came_at), text=lambda r: r.came_at.isoformat()),
        Column("by", gettext_lazy("Sent by"), lambda r: r.came_by_name or "–"),
        Column("site", gettext_lazy("Site"), lambda r: r.site.name),
        Column("mapping", gettext_lazy("Mapping"), lambda r: r.mapping_name or "–"),
        Column(
            "state",
            gettext_lazy("State"),
            lambda r: ui.pill(FILE_MEANING[FileState(r.state)], r.get_state_display()),
            text=lambda r: r.get_state_display(),
        ),
    ],
    row_url=lambda r: reverse("result-file", args=[r.pk]),
    sentence=lambda count, request: _("%(count)s of analysers") % {"count": count},
    order="-id",
    filters=[one_of("state", gettext_lazy("State"), FileState)],
    search=lambda rows, q: rows.filter(name__icontains=q),
    empty=(
        gettext_lazy("No file of an analyser came in yet"),
        gettext_lazy("Send what your analyser or its program exports: CSV, a workbook, XML or JSON."),
    ),
    noun=("file", "files"),
    actions=lambda by: [Action(_("Send a file"), reverse("send-results"), permissions.RESULTS, "upload", True)],
)


def verdict_pill(row: TestRecord) -> str:
    """Our result, of a device that is known; beside it the analyser's where that differs."""
    if row.asset_id is None:
        return NOTHING
    ours = ui.pill(GRADED_MEANING[Graded(row.verdict)], row.get_verdict_display())
    if differs(row):
        said = _("the analyser said pass") if row.said_verdict == "pass" else _("the analyser said fail")
        return format_html('{} <span class="cell-2">{}</span>', ours, said)
    return ours


def differs(row: TestRecord) -> bool:
    """Whether the analyser came to another result."""
    if row.verdict == Graded.NO_LIMIT or row.said_verdict not in ("pass", "fail"):
        return False
    return (row.verdict == Graded.FAIL) != (row.said_verdict == "fail")


def problems_of(row: TestRecord) -> list[dict[str, Any]]:
    """What is wrong with a record, those first that hold it."""
    found: list[dict[str, Any]] = from_plain(row.problems)
    return sorted(found, key=lambda one: not one["holds"])


def _device(row: TestRecord) -> Any:
    said = row.tag or row.serial or "–"
    if row.asset is None:
        return ui.two_lines(said, _("not found"))
    return ui.two_lines(format_html('<span class="code">{}</span>', row.asset.tag), row.asset.device_type.name)


def _wrong(row: TestRecord) -> Any:
    if row.state not in WAITING_RECORDS:
        return row.reason or "–"
    lines = [(said_words(one["what"]), said_words(one["remedy"])) for one in problems_of(row) if one["holds"]]
    return format_html_join("", '<p>{} <span class="cell-2">{}</span></p>', lines) if lines else "–"


def _wrong_text(row: TestRecord) -> str:
    return " ".join(said_words(one["what"]) for one in problems_of(row) if one["holds"]) or row.reason


def records_table(file: ResultFile, sentence: Callable[[str, HttpRequest], Any]) -> Table:
    """The records of one file."""
    rows = TestRecord.objects.filter(file=file).select_related("asset__device_type", "instrument")
    return Table(
        key="test-records",
        rows=lambda by: rows & TestRecord.objects.visible_to(by),
        columns=[
            Column("number", gettext_lazy("Record"), lambda r: number_words(r.number), numeric=True, order="number"),
            Column("device", gettext_lazy("Device"), _device, text=lambda r: r.asset.tag if r.asset else r.tag),
            Column(
                "tested",
                gettext_lazy("Tested"),
                lambda r: ui.date(r.at) if r.at else "–",
                text=lambda r: r.at.isoformat() if r.at else "",
            ),
            Column("instrument", gettext_lazy("Instrument"), lambda r: str(r.instrument or r.analyser or "–")),
            Column("result", gettext_lazy("Result"), verdict_pill, text=lambda r: r.get_verdict_display()),
            Column(
                "state",
                gettext_lazy("State"),
                lambda r: ui.pill(RECORD_MEANING[RecordState(r.state)], r.get_state_display()),
                text=lambda r: r.get_state_display(),
            ),
            Column("wrong", gettext_lazy("What is wrong, and what to do"), _wrong, text=_wrong_text),
        ],
        row_url=lambda r: reverse("test-record", args=[r.pk]),
        sentence=sentence,
        order="number",
        filters=[one_of("state", gettext_lazy("State"), RecordState)],
        search=lambda found, q: found.filter(Q(tag__icontains=q) | Q(serial__icontains=q)),
        empty=(gettext_lazy("No record is in this state"), gettext_lazy("Choose another state above.")),
        noun=("record", "records"),
    )
