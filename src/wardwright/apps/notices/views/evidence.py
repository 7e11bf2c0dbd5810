"""Evidence: what was searched for and when, the maker's response form, and the report for the committee, as paper."""

from __future__ import annotations

from collections import defaultdict
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from wardwright.apps.notices import papers, permissions
from wardwright.apps.notices.models import Exposure, Search
from wardwright.apps.notices.states import Standing
from wardwright.apps.notices.tables import CAUSES, SEARCHES, searcher, thing_url, thing_words
from wardwright.platform.access.scope import Scope, allowed
from wardwright.platform.core.errors import Denied
from wardwright.platform.paper.typeset import typeset
from wardwright.web.tables import list_page
from wardwright.web.views import go, page, visible_or_404

from .cases import case_or_404
from .scopes import notice_or_404


@page(permissions.VIEW)
def search_list(request: HttpRequest) -> HttpResponse:
    return list_page(request, SEARCHES)


@page(permissions.VIEW)
def search_page(request: HttpRequest, search_id: int) -> HttpResponse:
    """One search: by which rules, over what, with what result, and what differs from the one before."""
    row: Search = visible_or_404(Search.objects.visible_to(request.user).select_related("notice__case"), search_id)
    things = _things_of(request.user, row)
    changes = [
        {
            "name": thing_words(things[kind, pk])[0],
            "url": thing_url(things[kind, pk]),
            "before": Standing(before).label if before else "",
            "after": Standing(after).label,
        }
        for kind, pk, before, after in row.changes
        if (kind, pk) in things
    ]
    return render(
        request,
        "notices/search.html",
        {"row": row, "changes": changes, "cause": CAUSES.get(row.cause, row.cause), "who": searcher(row)},
    )


def _things_of(by: Any, row: Search) -> dict[tuple[str, int], Exposure]:
    """The devices, lots and patients' devices that a search's differences name, as far as ``by`` may see them."""
    ids: dict[str, list[int]] = defaultdict(list)
    for kind, pk, _before, _after in row.changes:
        ids[kind].append(pk)
    named = reduce(or_, (Q(**{f"{kind}__in": pks}) for kind, pks in ids.items()), Q(pk__in=()))
    rows = Exposure.objects.visible_to(by).filter(named, case=row.notice.case_id).with_names()
    return {(kind, pk): one for one in rows for kind in ids if (pk := getattr(one, f"{kind}_id")) is not None}


def _paper(template: str, data: dict, name: str) -> HttpResponse:
    answer = HttpResponse(typeset(f"apps/notices/paper/{template}.typ", data), content_type="application/pdf")
    answer["Content-Disposition"] = f'inline; filename="{name}.pdf"'
    return answer


@page(permissions.VIEW)
def search_evidence(request: HttpRequest, notice_id: int) -> HttpResponse:
    """That a notice was searched for, on which days, by which rules, with which result."""
    notice = notice_or_404(request, notice_id)
    url = request.build_absolute_uri(reverse("notice", args=[notice.pk]))
    return _paper("search", papers.search_evidence(request.user, notice, url), f"search-{notice.case.number}")


@page(permissions.VIEW)
def response_form(request: HttpRequest, case_id: int) -> HttpResponse:
    """What the maker wants to know: which of the devices meant are here, and what was done about each."""
    case = case_or_404(request, case_id)
    if not any(allowed(request.user, one, Scope()) for one in (permissions.RESPOND, permissions.REVIEW)):
        raise Denied(
            _("This form speaks for the whole hospital: it is for those who answer notices at all sites."),
            _("Ask somebody whose role is not limited to a place."),
        )
    if case.merged_into_id is not None:
        return go(request, reverse("case-response", args=[case.merged_into_id]))
    url = request.build_absolute_uri(reverse("notice-case", args=[case.pk]))
    return _paper("response", papers.response_form(request.user, case, url), f"response-{case.number}")


@page(permissions.VIEW)
def committee_report(request: HttpRequest) -> HttpResponse:
    """Every notice of the last months and how it was answered."""
    url = request.build_absolute_uri(reverse("notice-board"))
    return _paper("committee", papers.committee_report(request.user, url), "notices")
