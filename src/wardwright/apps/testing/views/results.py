"""Analysers' files: sent, their columns named, their records looked at and taken in."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.db.models import Count
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from wardwright.apps.testing import operations, permissions
from wardwright.apps.testing.forms.results import ColumnsForm, ResultsForm, WhichInstrumentForm
from wardwright.apps.testing.models import ResultFile, TestRecord
from wardwright.apps.testing.result_tables import FILES, counts_of, records_table
from wardwright.apps.testing.states import WAITING_RECORDS, FileState, RecordState
from wardwright.kernel.analyser import TABLE, load_mapping, read_results
from wardwright.kernel.said import from_plain
from wardwright.platform.access.scope import allowed
from wardwright.platform.attachments import store
from wardwright.platform.attachments.serving import POLICY
from wardwright.platform.core.errors import NotFound
from wardwright.platform.core.words import number_words
from wardwright.web.tables import list_page
from wardwright.web.views import form_page, go, page, run_form, visible_or_404

SHOWN = 8  # records of a preview
MOST_CAUSES = 12


@page(permissions.VIEW)
def file_list(request: HttpRequest) -> HttpResponse:
    return list_page(request, FILES)


@page(permissions.RESULTS)
def send_results(request: HttpRequest) -> HttpResponse:
    """A file that came in before is shown, not taken up again."""
    form = ResultsForm(request.user, request.POST or None, request.FILES or None)

    def run(cleaned: dict[str, Any]) -> str:
        site = cleaned["site"]
        kept = operations.receive_results(request.user, site.pk, cleaned["files"])
        digest = operations.digest_of(kept) if kept else ""
        there = ResultFile.objects.visible_to(request.user).filter(digest=digest).first()
        if there is not None:
            return f"{reverse('result-file', args=[there.pk])}?again=1"
        mapping = cleaned["mapping"].name if cleaned["mapping"] else ""
        made = operations.read_result_file(by=request.user, site_id=site.pk, files=kept, mapping_name=mapping)
        return reverse("map-results" if made.state == FileState.MAPPING else "result-file", args=[made.pk])

    return form_page(
        request, form, run, title=_("Send a file of an analyser"), submit=_("Read it"),
        intro=_("Nothing is taken in yet: you look at its records first."), cancel_url=reverse("result-files"),
    )  # fmt: skip


def result_file(request: HttpRequest, result_file_id: int) -> ResultFile:
    return visible_or_404(ResultFile.objects.visible_to(request.user).select_related("site"), result_file_id)


@page(permissions.VIEW)
def file_page(request: HttpRequest, result_file_id: int) -> HttpResponse:
    """The records of a file by what can be done with them, each with what is wrong and the way forward."""
    row = result_file(request, result_file_id)
    may = allowed(request.user, permissions.RESULTS, row)
    counts = counts_of(request.user, [row.pk]).get(row.pk, {})
    good, waiting = counts.get(RecordState.GOOD, 0), sum(counts.get(state, 0) for state in WAITING_RECORDS)

    def sentence(count: str, shown: HttpRequest) -> str:
        return _sentence(row, counts)

    return list_page(
        request, records_table(row, sentence), template="testing/result_file.html",
        file=row, form_words=operations.form_words(row.form), tabs=_tabs(request, row, counts), good=good,
        waiting=waiting, may_take=may and good > 0, partly=good < waiting, may=may and row.state != FileState.DONE,
        may_map=may and row.form == TABLE and not counts.get(RecordState.TAKEN), again="again" in request.GET,
        needs_columns=row.state == FileState.MAPPING, problems=from_plain(row.problems),
        taken=counts.get(RecordState.TAKEN, 0), causes=_causes(request, row) if may else [],
    )  # fmt: skip


def _sentence(row: ResultFile, counts: dict[str, int]) -> str:
    good, all_ = counts.get(RecordState.GOOD, 0), sum(counts.get(state, 0) for state in WAITING_RECORDS)
    if row.state == FileState.MAPPING:
        return _("Say which column of %(name)s holds what") % {"name": row.name}
    if all_:
        words = ngettext(
            "%(good)s of %(n)s record can be taken in as it is",
            "%(good)s of %(n)s records can be taken in as they are",
            all_,
        )  # fmt: skip
        return words % {"good": number_words(good), "n": number_words(all_)}
    taken = counts.get(RecordState.TAKEN, 0)
    return ngettext("%(n)s record is taken in", "%(n)s records are taken in", taken) % {"n": number_words(taken)}


def _tabs(request: HttpRequest, row: ResultFile, counts: dict[str, int]) -> list[dict[str, Any]]:
    here, chosen = reverse("result-file", args=[row.pk]), request.GET.get("state", "")
    every = [{"words": _("All"), "url": here, "n": sum(counts.values()), "here": not chosen}]
    return every + [
        {
            "words": state.label, "url": f"{here}?{urlencode({'state': state.value})}", "n": counts[state],
            "here": chosen == state.value,
        }
        for state in RecordState
        if counts.get(state)
    ]  # fmt: skip


def _causes(request: HttpRequest, row: ResultFile) -> list[dict[str, Any]]:
    """What holds several records at once and is settled at once: instruments to be named, a clock to be put right."""
    waiting = TestRecord.objects.visible_to(request.user).filter(
        file=row, state__in=(RecordState.LOOK, RecordState.REFUSED)
    )
    unnamed = waiting.filter(instrument=None).exclude(record={}).order_by()
    found = []
    for analyser, n in unnamed.values_list("analyser").annotate(n=Count("pk")).order_by("-n")[:MOST_CAUSES]:
        of_it = unnamed.filter(analyser=analyser).first()
        if of_it and any(one["code"] in ("no-instrument", "unknown-instrument") for one in of_it.problems):
            words = analyser or _("analyser not named")
            url = f"{reverse('name-results-instrument', args=[row.pk])}?{urlencode({'analyser': analyser})}"
            found.append({"words": words, "n": n, "url": url, "do": _("Name the instrument")})
    late = [one for one in waiting[:500] if operations.off_by_clock(one)]
    if late:
        url = reverse("shift-results-clock", args=[row.pk])
        found.append({"words": _("clock of the analyser"), "n": len(late), "url": url, "do": _("Put it right")})
    return found


# Columns --------------------------------------------------------------------------------------------------------


@page(permissions.RESULTS)
def map_results(request: HttpRequest, result_file_id: int) -> HttpResponse:
    """Which column is what; ``preview`` shows what comes of it, saving reads the file by it."""
    row = result_file(request, result_file_id)
    if row.form != TABLE:
        raise NotFound(_("This file has no columns to name."), _("Look at its records."))
    given = operations.kept_bytes(row)
    tables = operations.tables_of(given)
    headings = list(dict.fromkeys(heading for table in tables for heading in table.headings))
    form = ColumnsForm(headings, row.mapping, request.POST or None)
    back = reverse("result-file", args=[row.pk])

    def run(cleaned: dict[str, Any]) -> str:
        operations.map_result_file(
            by=request.user, result_file_id=row.pk, mapping=form.plain(), save_as=cleaned["save_as"]
        )
        return back

    is_preview = request.method == "POST" and "preview" in request.POST
    answer = None if is_preview else run_form(request, form, run)
    if answer is not None:
        return answer
    mapping = form.plain() if form.is_bound and form.is_valid() else row.mapping
    cells = {h: _sample(tables, h) for h in headings}
    context = {
        "form": form, "file": row, "lines": [(*line, cells[line[0]]) for line in form.rows], "cancel_url": back,
        "preview": _preview(given, mapping), "title": _("Which column of %(name)s is what?") % {"name": row.name},
    }  # fmt: skip
    status = getattr(form, "status", 422) if form.is_bound and form.errors else 200
    return render(request, "testing/map_results.html", context, status=status)


def _sample(tables: Any, heading: str) -> str:
    """The first cells of a column, as they stand."""
    for table in tables:
        if heading in table.headings:
            cells = [str(cell) for cell in table.column(table.headings.index(heading)) if cell not in (None, "")]
            return ", ".join(dict.fromkeys(cells[:3]))[:80]
    return ""


def _preview(given: Any, mapping: dict[str, Any]) -> dict[str, Any]:
    """The first records as this mapping reads them, and what is wrong with all of them by kind."""
    read = read_results(given, mapping=load_mapping(mapping))
    kinds: dict[str, list[Any]] = {}
    for problem in read.problems:
        if problem.holds:
            kinds.setdefault(problem.code, []).append(problem.what)
    return {
        "count": len(read.records), "good": len(read.good()), "records": read.records[:SHOWN],
        "problems": [(words[0], len(words)) for words in kinds.values()][:SHOWN],
    }  # fmt: skip


# What is done with a whole file ---------------------------------------------------------------------------------


@require_POST
@page(permissions.RESULTS)
def take_records(request: HttpRequest, result_file_id: int) -> HttpResponse:
    """Take all in; with ``partly`` the good part only, which its button says."""
    row = result_file(request, result_file_id)
    operations.take_in_records(by=request.user, result_file_id=row.pk, partly=request.POST.get("partly") == "1")
    return go(request, reverse("result-file", args=[row.pk]))


@require_POST
@page(permissions.RESULTS)
def look_at_results_again(request: HttpRequest, result_file_id: int) -> HttpResponse:
    row = result_file(request, result_file_id)
    operations.examine_results(by=request.user, result_file_id=row.pk)
    return go(request, reverse("result-file", args=[row.pk]))


@page(permissions.RESULTS)
def name_results_instrument(request: HttpRequest, result_file_id: int) -> HttpResponse:
    """Which instrument is the analyser that the file names (``?analyser=``)."""
    row = result_file(request, result_file_id)
    analyser = request.GET.get("analyser", "")[:160]
    form, back = WhichInstrumentForm(request.user, request.POST or None), reverse("result-file", args=[row.pk])
    here = f"{reverse('name-results-instrument', args=[row.pk])}?{urlencode({'analyser': analyser})}"

    def run(cleaned: dict[str, Any]) -> str:
        operations.name_instrument(
            by=request.user, result_file_id=row.pk, instrument_id=cleaned["instrument"].pk, analyser=analyser
        )
        return back

    return form_page(
        request, form, run,
        title=_("Which test instrument is “%(analyser)s”?") % {"analyser": analyser}
        if analyser
        else _("Which test instrument took the readings?"),
        intro=_("It holds for every waiting record of this file that names this analyser."), submit=_("Take this one"),
        cancel_url=back, action_url=here,
    )  # fmt: skip


@page(permissions.VIEW)
def original_results(request: HttpRequest, result_file_id: int) -> HttpResponse:
    """The file as it came, byte for byte (``?part=1`` for the second table)."""
    row = result_file(request, result_file_id)
    part = row.parts[1 if request.GET.get("part") == "1" and len(row.parts) > 1 else 0]
    response = FileResponse(
        store.open_checked(part["sha256"]), as_attachment=True, filename=part["name"],
        content_type="application/octet-stream",
    )  # fmt: skip
    response["X-Content-Type-Options"], response["Content-Security-Policy"] = "nosniff", POLICY
    return response  # type: ignore[return-value]
