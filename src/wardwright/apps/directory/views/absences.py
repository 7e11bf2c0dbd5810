"""Days away: everybody sees and asks for their own; who leads people enters and decides theirs."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from wardwright.platform.access.scope import allowed
from wardwright.platform.core.values import as_id
from wardwright.web.tables import list_page
from wardwright.web.views import form_page, go, page, visible_or_404

from .. import operations, permissions
from ..forms import AskAbsenceForm, DecideForm, EnterAbsenceForm
from ..models import Absence
from ..states import ABSENCE_TRANSITIONS, AbsenceState
from ..tables import ABSENCE_MEANING, ABSENCES


@page(permissions.VIEW)
def absence_list(request: HttpRequest) -> HttpResponse:
    return list_page(request, ABSENCES)


def _row(request: HttpRequest, absence_id: int) -> Absence:
    rows = Absence.objects.visible_to(request.user).select_related("person__site")
    return visible_or_404(rows, absence_id)


@page(permissions.VIEW)
def absence(request: HttpRequest, absence_id: int) -> HttpResponse:
    row = _row(request, absence_id)
    decides = allowed(request.user, permissions.ABSENCES, row)
    next_states = ABSENCE_TRANSITIONS[row.state]
    together = Absence.objects.visible_to(request.user).counting().select_related("person").exclude(pk=row.pk)
    context = {
        "row": row,
        "meaning": ABSENCE_MEANING[AbsenceState(row.state)],
        "may_decide": decides and AbsenceState.AGREED in next_states,
        "may_withdraw": AbsenceState.WITHDRAWN in next_states,
        "others": together.filter(first_on__lte=row.last_on, last_on__gte=row.first_on).order_by("first_on")[:20],
    }
    return render(request, "directory/absence.html", context)


def _url(row: Absence) -> str:
    return reverse("absence", args=[row.pk])


@page(permissions.VIEW)
def ask_absence(request: HttpRequest) -> HttpResponse:
    form = AskAbsenceForm(request.user, request.POST or None)
    return form_page(
        request, form, lambda _cleaned: _url(operations.ask_absence(by=request.user, **form.values())),
        title=_("When are you away?"), submit=_("Ask"), cancel_url=reverse("absences"),
        intro=_("Whoever leads you decides. Illness needs no asking: it counts at once."),
    )  # fmt: skip


@page(permissions.ABSENCES)
def enter_absence(request: HttpRequest) -> HttpResponse:
    initial = {"person": as_id(request.GET.get("person", ""))}
    form = EnterAbsenceForm(request.user, request.POST or None, initial=initial)
    return form_page(
        request, form, lambda _cleaned: _url(operations.enter_absence(by=request.user, **form.values())),
        title=_("Who is away, and when?"), cancel_url=reverse("absences"),
    )  # fmt: skip


@page(permissions.ABSENCES)
def decide_absence(request: HttpRequest, absence_id: int) -> HttpResponse:
    row = _row(request, absence_id)
    form = DecideForm(request.POST or None, initial={"expected_version": row.version})

    def run(cleaned: dict[str, Any]) -> str:
        return _url(operations.decide_absence(by=request.user, absence_id=row.pk, **cleaned))

    return form_page(
        request, form, run, title=_("%(name)s asks for days off") % {"name": row.person},
        cancel_url=_url(row),
    )  # fmt: skip


@require_POST
@page(permissions.VIEW)
def withdraw_absence(request: HttpRequest, absence_id: int) -> HttpResponse:
    row = _row(request, absence_id)
    operations.withdraw_absence(by=request.user, absence_id=row.pk)
    return go(request, _url(row))
