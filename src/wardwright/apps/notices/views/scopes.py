"""Which devices a notice means: its text, the structure that was read out of it, and what of ours that finds."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from wardwright.apps.notices import marks, operations, permissions
from wardwright.apps.notices.forms import ScopeForm
from wardwright.apps.notices.models import Exposure, Notice, Search, SourceDocument
from wardwright.apps.notices.queries import counts_of
from wardwright.apps.notices.states import SCOPE_MEANING, SEVERITY_MEANING, CaseState, ScopeState, Severity
from wardwright.apps.notices.tables import is_elsewhere, owned_words
from wardwright.kernel.said import say
from wardwright.kernel.scope import findings
from wardwright.kernel.scope.printing import to_text
from wardwright.platform.access.scope import Scope, allowed
from wardwright.web.views import form_page, go, page, visible_or_404

SHOWN = 60
DEVICES = 12


def notice_or_404(request: HttpRequest, notice_id: int) -> Notice:
    return visible_or_404(Notice.objects.visible_to(request.user).select_related("case", "source"), notice_id)


@page(permissions.VIEW)
def notice_page(request: HttpRequest, notice_id: int) -> HttpResponse:
    """The text on the left, its structure on the right, what it finds below."""
    notice = notice_or_404(request, notice_id)
    scope = notice.read_scope
    several = Notice.objects.visible_to(request.user).filter(case=notice.case_id).exclude(pk=notice.pk).exists()
    # A device that several notices of a case mean stands by one of them only.
    which = {"case": notice.case_id} if several else {"notice": notice.pk}
    rows = Exposure.objects.visible_to(request.user).filter(**which)
    counts = counts_of(rows)
    found = list(rows.with_names().order_by("rank", "pk")[:DEVICES])
    may_review = allowed(request.user, permissions.REVIEW, Scope()) and notice.case.state != CaseState.CLOSED
    return render(
        request,
        "notices/notice.html",
        {
            "notice": notice,
            "case": notice.case,
            "pieces": marks.pieces(scope),
            "clauses": [marks.rows_of(clause) for clause in scope.clauses[:SHOWN]],
            "more_clauses": max(0, len(scope.clauses) - SHOWN),
            "excluded": [marks.rows_of(clause) for clause in scope.excluded[:SHOWN]],
            "residue": [span.of(scope.text) for span in scope.residue][:20],
            "conditions": [span.of(scope.text) for span in scope.conditions][:20],
            "findings": findings(scope),
            "found": found,
            "counts": counts,
            "owned": owned_words(counts, elsewhere=is_elsewhere(notice.case, counts), waiting=notice.is_unsearched),
            "several": several,
            "more": max(0, rows.count() - DEVICES),
            "documents": SourceDocument.objects.visible_to(request.user).filter(notice=notice).defer("body"),
            "searches": Search.objects.visible_to(request.user).filter(notice=notice)[:5],
            "severity_meaning": SEVERITY_MEANING[Severity(notice.severity)],
            "scope_meaning": SCOPE_MEANING[ScopeState(notice.scope_state)],
            "may_review": may_review,
            "changed": _changed(notice),
        },
    )


def _changed(notice: Notice) -> Any:
    if not notice.text_changed:
        return ""
    return say(
        "The source changed its text after {name} had settled which devices are meant.", name=notice.scope_by_name
    )


@require_POST
@page(permissions.REVIEW)
def confirm_scope(request: HttpRequest, notice_id: int) -> HttpResponse:
    """It means what the program made of it; with ``unread`` what was not understood says nothing about devices."""
    notice = notice_or_404(request, notice_id)
    operations.confirm_scope(by=request.user, notice_id=notice.pk, nothing_unread="unread" in request.POST)
    return go(request, reverse("notice", args=[notice.pk]))


@page(permissions.REVIEW)
def correct_scope(request: HttpRequest, notice_id: int) -> HttpResponse:
    notice = notice_or_404(request, notice_id)
    scope = notice.read_scope
    form = ScopeForm(request.POST or None, initial={"scope_text": to_text(scope), "expected_version": notice.version})
    back = reverse("notice", args=[notice.pk])

    def run(cleaned: dict[str, Any]) -> str:
        operations.correct_scope(by=request.user, notice_id=notice.pk, **cleaned)
        return back

    return form_page(
        request, form, run, title=_("Which devices does %(ref)s mean?") % {"ref": notice.ref},
        submit=_("Search by this"), cancel_url=back, template="notices/correct_scope.html",
        notice=notice, pieces=marks.pieces(scope),
    )  # fmt: skip


@require_POST
@page(permissions.REVIEW)
def search_again(request: HttpRequest, notice_id: int) -> HttpResponse:
    notice = notice_or_404(request, notice_id)
    operations.search_again(by=request.user, notice_id=notice.pk)
    return go(request, reverse("notice", args=[notice.pk]))


@page(permissions.VIEW)
def source_document(request: HttpRequest, notice_id: int, source_document_id: int) -> HttpResponse:
    """One revision as it came, as plain text: nothing of it is run or drawn."""
    notice = notice_or_404(request, notice_id)
    rows = SourceDocument.objects.visible_to(request.user).filter(notice=notice)
    found: SourceDocument = visible_or_404(rows, source_document_id)
    answer = HttpResponse(found.body, content_type="text/plain; charset=utf-8")
    answer["Content-Disposition"] = f'inline; filename="notice-{notice.pk}-{found.pk}.txt"'
    answer["X-Content-Type-Options"] = "nosniff"
    return answer
