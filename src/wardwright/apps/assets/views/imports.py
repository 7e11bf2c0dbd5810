"""The import wizard: file, columns, check, import, result. Every step can be left and taken up again."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, ngettext_lazy

from wardwright.kernel.tabular.table import Table as SheetTable
from wardwright.platform.attachments import store
from wardwright.platform.core.errors import NotFound
from wardwright.platform.core.words import said_words
from wardwright.platform.exchange import operations
from wardwright.platform.exchange.background import ask_commit, map_and_check
from wardwright.platform.exchange.models import ImportSession, SessionState
from wardwright.platform.exchange.progress import read_progress
from wardwright.platform.exchange.reading import target_of
from wardwright.web.tables import Action, Column, Table, list_page
from wardwright.web.templatetags import ui
from wardwright.web.views import OnceForm, form_page, go, page, visible_or_404

from ..models import MergeCandidate
from ..permissions import IMPORT
from .import_form import ColumnsForm, UploadForm

LARGE_ROWS = 3_000
SHOWN = 50
ENCODINGS = ("utf-8", "cp1252", "latin-1", "cp1250", "cp1251", "cp1256", "cp1258", "gb18030", "utf-16")
MEANINGS = {
    SessionState.READING: "info",
    SessionState.MAPPING: "due",
    SessionState.CHECKED: "due",
    SessionState.RUNNING: "info",
    SessionState.DONE: "ok",
    SessionState.FAILED: "late",
}


# The list ---------------------------------------------------------------------------------------------------------


def _sentence(count: str, request: HttpRequest) -> str:
    return _("%(count)s of registers") % {"count": count}


IMPORTS = Table(
    key="imports",
    rows=lambda by: ImportSession.objects.visible_to(by),
    columns=[
        Column("file", gettext_lazy("File"), lambda row: row.file_name),
        Column(
            "state",
            gettext_lazy("State"),
            lambda row: ui.pill(MEANINGS[SessionState(row.state)], row.get_state_display()),
            text=lambda row: row.get_state_display(),
        ),
        Column("rows", gettext_lazy("Rows"), lambda row: row.counts.get("rows", ""), numeric=True),
        Column("imported", gettext_lazy("New"), lambda row: row.counts.get("imported", ""), numeric=True),
        Column("updated", gettext_lazy("Changed"), lambda row: row.counts.get("updated", ""), numeric=True),
        Column("refused", gettext_lazy("Refused"), lambda row: row.counts.get("refused", ""), numeric=True),
        Column("who", gettext_lazy("By"), lambda row: row.owner_name),
        Column(
            "when",
            gettext_lazy("When"),
            lambda row: ui.date(row.created_at),
            order="id",
            text=lambda row: row.created_at,
        ),
    ],
    row_url=lambda row: reverse("import", args=[row.pk]),
    sentence=_sentence,
    noun=(gettext_lazy("import"), gettext_lazy("imports")),
    empty=(
        gettext_lazy("No register has been brought in yet"),
        gettext_lazy("Bring your spreadsheet as it is. You see what would happen before anything is written."),
    ),
    actions=lambda by: [
        Action(gettext_lazy("Import a register"), reverse("new-import"), IMPORT, "upload", primary=True)
    ],
)


@page(IMPORT)
def import_list(request: HttpRequest) -> HttpResponse:
    return list_page(request, IMPORTS)


# Step 1: the file ----------------------------------------------------------------------------------------------------


@page(IMPORT)
def new_import(request: HttpRequest) -> HttpResponse:
    form = UploadForm(request.POST or None, request.FILES or None)

    def run(cleaned: dict[str, Any]) -> str:
        upload = cleaned["file"]
        session = operations.start_session(by=request.user, target="assets", file_name=upload.name, data=upload.read())
        return reverse("import-columns", args=[session.pk])

    return form_page(
        request,
        form,
        run,
        title=_("Import a register"),
        submit=_("Read the file"),
        template="assets/import/upload.html",
        step=1,
        recent=list(ImportSession.objects.visible_to(request.user).order_by("-id")[:5]),
        cancel_url=reverse("imports"),
    )


@page(IMPORT)
def import_page(request: HttpRequest, import_session_id: int) -> HttpResponse:
    """Where this import stands: on to the step that is open."""
    session = _session(request, import_session_id)
    return HttpResponseRedirect(_step_url(session))


def _step_url(session: ImportSession) -> str:
    name = {
        SessionState.MAPPING: "import-columns",
        SessionState.CHECKED: "import-check",
        SessionState.DONE: "import-result",
        SessionState.FAILED: "import-result",
    }.get(SessionState(session.state), "import-progress")
    return reverse(name, args=[session.pk])


def _session(request: HttpRequest, pk: int) -> ImportSession:
    return visible_or_404(ImportSession.objects.visible_to(request.user), pk)


def _table(session: ImportSession) -> SheetTable:
    return operations.session_table(session)


# Step 2: the columns -------------------------------------------------------------------------------------------------


@page(IMPORT)
def import_columns(request: HttpRequest, import_session_id: int) -> HttpResponse:
    session = _session(request, import_session_id)
    if session.state in (SessionState.RUNNING, SessionState.DONE):
        return go(request, _step_url(session))
    table, target = _table(session), target_of(session.target)
    form = ColumnsForm(session, table, target, request.user, request.POST or None)

    def run(cleaned: dict[str, Any]) -> str:
        checked = map_and_check(
            by=request.user, session_id=session.pk, decided=form.decided(cleaned), large_rows=LARGE_ROWS
        )
        return _step_url(checked)

    return form_page(
        request,
        form,
        run,
        title=_columns_title(session, table),
        submit=_("Check every row"),
        template="assets/import/columns.html",
        step=2,
        session=session,
        table=table,
        target=target,
        layout=session.decisions.get("layout", {}),
        set_aside=_set_aside(session),
        options=_options_form(session, table),
        groups=_groups(session, table),
    )


def _columns_title(session: ImportSession, table: SheetTable) -> str:
    guesses = session.decisions.get("guesses", [])
    known = sum(1 for guess in guesses if guess["field"] or guess["group"])
    total = len(table.headings)
    if known == total:
        return _("All %(total)d columns were recognised") % {"total": total}
    return _("%(known)d of %(total)d columns were recognised") % {"known": known, "total": total}


SET_ASIDE = {
    "title": gettext_lazy("title"),
    "blank": gettext_lazy("empty row"),
    "sub-total": gettext_lazy("sub-total"),
    "repeated heading": gettext_lazy("repeated heading"),
    "section": gettext_lazy("section"),
    "signature": gettext_lazy("line for signatures"),
}


def _set_aside(session: ImportSession) -> list[tuple[Any, int]]:
    """What the rows are that are no devices, and how many of each."""
    return [(SET_ASIDE[kind], n) for kind, n in session.decisions.get("layout", {}).get("set_aside", {}).items()]


def _groups(session: ImportSession, table: SheetTable) -> list[dict[str, Any]]:
    return [
        {"label": group["label"], "columns": [said_words(table.headings[i]) for i in group["columns"].values()]}
        for group in session.decisions.get("groups", [])
    ]


class OptionsForm(OnceForm):
    """How the file is read, where the guess was wrong."""

    heading_row = forms.IntegerField(
        label=gettext_lazy("Row of the headings"),
        required=False,
        min_value=0,
        help_text=gettext_lazy("As the spreadsheet counts; 0 when there are none."),
    )
    encoding = forms.ChoiceField(label=gettext_lazy("Encoding"), required=False)
    delimiter = forms.ChoiceField(
        label=gettext_lazy("Separator"),
        required=False,
        choices=[("", gettext_lazy("as found")), (",", ","), (";", ";"), ("\t", gettext_lazy("tab")), ("|", "|")],
    )
    sheet = forms.ChoiceField(label=gettext_lazy("Sheet"), required=False)

    def __init__(self, table: SheetTable, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        blank = ("", _("as found"))
        self.fields["encoding"].choices = [blank, *((name, name) for name in ENCODINGS)]
        self.fields["sheet"].choices = [blank, *((info.name, info.name) for info in table.sheets)]
        usable = {"csv": ("encoding", "delimiter"), "html": ("encoding",)}.get(table.kind, ("sheet",))
        for name in {"encoding", "delimiter", "sheet"} - set(usable):
            del self.fields[name]


def _options_form(session: ImportSession, table: SheetTable, data: Any = None) -> OptionsForm:
    found = {"heading_row": table.heading_row or 0, **session.options}
    return OptionsForm(table, data, initial=found, prefix="options")


@page(IMPORT)
def import_options(request: HttpRequest, import_session_id: int) -> HttpResponse:
    session = _session(request, import_session_id)
    form = _options_form(session, _table(session), request.POST or None)

    def run(cleaned: dict[str, Any]) -> str:
        options = {name: value for name, value in cleaned.items() if value not in (None, "")}
        operations.set_options(by=request.user, session_id=session.pk, options=options)
        return reverse("import-columns", args=[session.pk])

    back = reverse("import-columns", args=[session.pk])
    return form_page(
        request, form, run, title=_("How is the file to be read?"), submit=_("Read again"), cancel_url=back
    )


# Step 3: the check ---------------------------------------------------------------------------------------------------

TABS = (
    ("changed", gettext_lazy("Changed")),
    ("refused", gettext_lazy("Refused")),
    ("skipped", gettext_lazy("Skipped")),
    ("new", gettext_lazy("New")),
    ("warned", gettext_lazy("Cells left out")),
    ("near", gettext_lazy("Perhaps the same")),
    ("merges", gettext_lazy("Names to decide")),
    ("same", gettext_lazy("Unchanged")),
)


@page(IMPORT)
def import_check(request: HttpRequest, import_session_id: int) -> HttpResponse:
    session = _session(request, import_session_id)
    if session.state not in (SessionState.CHECKED,):
        return go(request, _step_url(session))
    return render(
        request,
        "assets/import/check.html",
        _told(request, session, step=3, title=_check_title(session), once=OnceForm()),
    )


def _check_title(session: ImportSession) -> str:
    counts = session.counts
    if not counts["imported"] and not counts["updated"]:
        return _("Nothing in this file is new")
    new = ngettext("%(n)d new", "%(n)d new", counts["imported"]) % {"n": counts["imported"]}
    changed = _("%(n)d changed") % {"n": counts["updated"]}
    refused = _("%(n)d refused") % {"n": counts["refused"]} if counts["refused"] else _("none refused")
    return _("The import would bring: %(parts)s") % {"parts": ", ".join((new, changed, refused))}


def _told(request: HttpRequest, session: ImportSession, **context: Any) -> dict[str, Any]:
    """What the check and result pages show: figures, reasons, and the rows behind the chosen tab."""
    report, counts = session.report, session.counts
    figures = {
        "new": counts.get("imported", 0),
        "changed": counts.get("updated", 0),
        "same": counts.get("unchanged", 0),
        "skipped": counts.get("skipped", 0),
        "refused": counts.get("refused", 0),
        "warned": sum(counts.get("warnings", {}).values()),
        "near": counts.get("near_duplicates", 0),
        "merges": counts.get("merges_queued", 0),
    }
    # Sub-totals and repeated headings count as skipped but have no line of their own: the reasons above name them.
    tabs = [(key, label, figures[key]) for key, label in TABS if figures[key] and report.get(key)]
    keys = [key for key, _label, _n in tabs]
    chosen = request.GET.get("show", "")
    shown = chosen if chosen in keys else (keys[0] if keys else "")
    reasons = [
        {"reason": reason, "count": count, "rows": counts.get("reason_rows", {}).get(reason, [])}
        for reason, count in counts.get("reasons", {}).items()
    ]
    return {
        "session": session,
        "counts": counts,
        "figures": figures,
        "tabs": tabs,
        "shown": shown,
        "rows": _rows(shown, report.get(shown, [])[:SHOWN]),
        "shown_of": figures.get(shown, 0),
        "reasons": reasons,
        "noun": target_of(session.target).noun[1],
        "dates": _dates(session),
        "made": _made(counts),
        **context,
    }


def _rows(shown: str, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    kinds = dict(MergeCandidate.Kind.choices)
    return [{**row, "kind_words": kinds[row["kind"]]} for row in rows] if shown == "merges" else rows


MADE = {
    "site": ngettext_lazy("%(n)d site", "%(n)d sites", "n"),
    "building": ngettext_lazy("%(n)d building", "%(n)d buildings", "n"),
    "floor": ngettext_lazy("%(n)d floor", "%(n)d floors", "n"),
    "department": ngettext_lazy("%(n)d department", "%(n)d departments", "n"),
    "room": ngettext_lazy("%(n)d room", "%(n)d rooms", "n"),
    "company": ngettext_lazy("%(n)d company", "%(n)d companies", "n"),
    "type": ngettext_lazy("%(n)d type", "%(n)d types", "n"),
    "model": ngettext_lazy("%(n)d model", "%(n)d models", "n"),
    "plan": ngettext_lazy("%(n)d maintenance plan", "%(n)d maintenance plans", "n"),
    "schedule": ngettext_lazy("%(n)d schedule", "%(n)d schedules", "n"),
    "stopped schedule": ngettext_lazy("%(n)d schedule stopped", "%(n)d schedules stopped", "n"),
}


def _made(counts: dict[str, Any]) -> list[str]:
    """What comes with the rows, in words."""
    return [str(MADE[kind] % {"n": n}) for kind, n in counts.get("created", {}).items() if kind in MADE and n]


def _dates(session: ImportSession) -> list[dict[str, Any]]:
    """Columns in which the order of day and month mattered."""
    return [item for item in session.decisions.get("dates", {}).values() if "No date" not in item["evidence"]]


# Step 4: the import --------------------------------------------------------------------------------------------------


@page(IMPORT)
def start_import(request: HttpRequest, import_session_id: int) -> HttpResponse:
    session = _session(request, import_session_id)

    def run(cleaned: dict[str, Any]) -> str:
        ask_commit(by=request.user, session_id=session.pk)
        return reverse("import-progress", args=[session.pk])

    back = _step_url(session)
    if request.method != "POST":
        return HttpResponseRedirect(back)
    return form_page(request, OnceForm(request.POST), run, title=_("Import now"), submit=_("Import"), cancel_url=back)


@page(IMPORT)
def import_progress(request: HttpRequest, import_session_id: int) -> HttpResponse:
    session = _session(request, import_session_id)
    working = session.state in (SessionState.READING, SessionState.RUNNING)
    if not working:
        return go(request, _step_url(session))
    template = "assets/import/_progress.html" if getattr(request, "htmx", False) else "assets/import/progress.html"
    return render(request, template, {"session": session, "step": 4, "progress": read_progress(session)})


# Step 5: the result --------------------------------------------------------------------------------------------------


@page(IMPORT)
def import_result(request: HttpRequest, import_session_id: int) -> HttpResponse:
    session = _session(request, import_session_id)
    if session.state not in (SessionState.DONE, SessionState.FAILED):
        return go(request, _step_url(session))
    return render(
        request,
        "assets/import/result.html",
        _told(request, session, step=5, title=_result_title(session), once=OnceForm()),
    )


def _result_title(session: ImportSession) -> str:
    if session.state == SessionState.FAILED:
        return _("This file was not imported")
    done = session.counts["imported"] + session.counts["updated"]
    if not done:
        return _("The register already had all of it")
    return _("%(n)d of %(rows)d rows are in the register") % {
        "n": session.counts["rows"] - session.counts["skipped"] - session.counts["refused"],
        "rows": session.counts["rows"],
    }


@page(IMPORT)
def import_errors(request: HttpRequest, import_session_id: int) -> HttpResponse:
    """The rows that were not taken and the cells that were not used, for correcting and sending again."""
    session = _session(request, import_session_id)
    sha256 = session.report.get("error_file", "")
    if not sha256:
        raise NotFound(_("This file has not been checked yet."), _("Check it first."))
    response = HttpResponse(store.read(sha256), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="import-{session.pk}-not-taken.csv"'
    response["X-Content-Type-Options"] = "nosniff"
    return response


@page(IMPORT)
def give_up_import(request: HttpRequest, import_session_id: int) -> HttpResponse:
    session = _session(request, import_session_id)

    def run(cleaned: dict[str, Any]) -> str:
        operations.discard_session(by=request.user, session_id=session.pk)
        return reverse("imports")

    return form_page(
        request,
        OnceForm(request.POST or None),
        run,
        title=_("Give this import up?"),
        submit=_("Give up"),
        intro=_("Nothing of it has been written. The file can be brought in again at any time."),
        cancel_url=_step_url(session),
    )
