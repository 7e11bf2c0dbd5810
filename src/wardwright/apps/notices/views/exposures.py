"""One device in one case: why it may be meant, what was decided, and what was done."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from wardwright.apps.maintenance.models import WorkOrder
from wardwright.apps.notices import marks, operations, permissions
from wardwright.apps.notices.forms import AliasForm, DecideForm, SettleForm
from wardwright.apps.notices.models import Exposure
from wardwright.apps.notices.states import CaseState
from wardwright.apps.notices.tables import place_words, standing_pill, thing_url, thing_words, why_words
from wardwright.kernel.scope import Span
from wardwright.platform.access.scope import Scope, allowed
from wardwright.platform.core.values import as_id
from wardwright.platform.core.words import number_words
from wardwright.web.views import OnceForm, form_page, go, page, visible_or_404

from .cases import case_or_404

AROUND = 240


def exposure_or_404(request: HttpRequest, exposure_id: int) -> Exposure:
    rows = Exposure.objects.visible_to(request.user).with_names().select_related("case")
    return visible_or_404(rows, exposure_id)


@page(permissions.VIEW)
def exposure_page(request: HttpRequest, exposure_id: int) -> HttpResponse:
    row = exposure_or_404(request, exposure_id)
    name, detail = thing_words(row)
    is_open = row.case.state in (CaseState.NEW, CaseState.OPEN)
    order = WorkOrder.objects.visible_to(request.user).filter(number=row.order_number).first()
    return render(
        request,
        "notices/exposure.html",
        {
            "row": row,
            "case": row.case,
            "name": name,
            "detail": detail,
            "thing_url": thing_url(row),
            "place": place_words(row),
            "standing": standing_pill(row),
            "why": why_words(row),
            "pieces": _around(row),
            "order": order if row.order_number else None,
            "may_decide": is_open and allowed(request.user, permissions.REVIEW, row),
            "may_handle": is_open and allowed(request.user, permissions.HANDLE, row) and row.is_affected,
            "may_take_back": row.done_at is not None
            and row.case.state not in (CaseState.CLOSED, CaseState.MERGED)
            and allowed(request.user, permissions.HANDLE, row),
            "may_learn": row.asset_id is not None and allowed(request.user, permissions.REVIEW, Scope()),
        },
    )


def _around(row: Exposure) -> list[marks.Piece]:
    """The words that decided, with some of the text before and after them."""
    if not row.end:
        return []
    text = row.notice.read_scope.text
    start, end = max(0, row.start - AROUND), min(len(text), row.end + AROUND)
    before, after = text[start : row.start], text[row.end : end]
    return [
        marks.Piece(f"{'…' * (start > 0)}{before}"),
        marks.Piece(Span(row.start, min(row.end, row.start + 2000)).of(text), "unit", _("this decided"), decided=True),
        marks.Piece(f"{after}{'…' * (end < len(text))}"),
    ]


def _chosen(request: HttpRequest, case_id: int) -> list[int]:
    given = [part for value in request.POST.getlist("selected") for part in value.split(",")]
    ids = {pk for part in given[:5000] if (pk := as_id(part)) is not None}
    found = Exposure.objects.visible_to(request.user).filter(case=case_id, pk__in=ids)
    return list(found.order_by("pk").values_list("pk", flat=True))


def _bulk_form(
    request: HttpRequest,
    case_id: int,
    form_class: type[forms.Form],
    operation: Callable[..., Any],
    title: Callable[[int], str],
    submit: Any,
) -> HttpResponse:
    """A form about the devices that were chosen in the list of a case."""
    case = case_or_404(request, case_id)
    back = reverse("notice-case", args=[case.pk])
    ids = _chosen(request, case.pk)
    if not ids:
        return go(request, back)
    form = form_class(
        request.POST if "once" in request.POST else None, initial={"selected": ",".join(str(pk) for pk in ids)}
    )

    def run(cleaned: dict[str, Any]) -> str:
        cleaned.pop("selected")
        operation(by=request.user, exposure_ids=ids, **cleaned)
        return back

    words = title(len(ids)) % {"n": number_words(len(ids))}
    return form_page(request, form, run, title=words, submit=submit, cancel_url=back)


@require_POST
@page(permissions.REVIEW)
def decide_many(request: HttpRequest, case_id: int) -> HttpResponse:
    return _bulk_form(
        request, case_id, DecideForm, operations.decide_exposures,
        lambda n: ngettext("Is %(n)s device affected?", "Are %(n)s devices affected?", n), _("Record the decision"),
    )  # fmt: skip


@require_POST
@page(permissions.HANDLE)
def settle_many(request: HttpRequest, case_id: int) -> HttpResponse:
    return _bulk_form(
        request, case_id, SettleForm, operations.settle_exposures,
        lambda n: ngettext("What was done about %(n)s device?", "What was done about %(n)s devices?", n),
        _("Record it"),
    )  # fmt: skip


@require_POST
@page(permissions.HANDLE)
def locate_many(request: HttpRequest, case_id: int) -> HttpResponse:
    case = case_or_404(request, case_id)
    ids = _chosen(request, case.pk)
    if ids:
        operations.locate_exposures(by=request.user, exposure_ids=ids)
    return go(request, reverse("notice-case", args=[case.pk]))


@require_POST
@page(permissions.HANDLE)
def locate_one(request: HttpRequest, exposure_id: int) -> HttpResponse:
    row = exposure_or_404(request, exposure_id)
    operations.locate_exposures(by=request.user, exposure_ids=[row.pk])
    return go(request, reverse("exposure", args=[row.pk]))


def _one(
    request: HttpRequest, exposure_id: int, form: forms.Form, run: Any, title: str, submit: Any, **context: Any
) -> HttpResponse:
    row = exposure_or_404(request, exposure_id)
    back = reverse("exposure", args=[row.pk])

    def done(cleaned: dict[str, Any]) -> str:
        cleaned.pop("selected", None)
        run(row, cleaned)
        return back

    name, _detail = thing_words(row)
    return form_page(request, form, done, title=title % {"device": name}, submit=submit, cancel_url=back, **context)


@page(permissions.REVIEW)
def decide_one(request: HttpRequest, exposure_id: int) -> HttpResponse:
    return _one(
        request, exposure_id, DecideForm(request.POST or None),
        lambda row, given: operations.decide_exposures(by=request.user, exposure_ids=[row.pk], **given),
        _("Is %(device)s affected?"), _("Record the decision"),
    )  # fmt: skip


@page(permissions.HANDLE)
def settle_one(request: HttpRequest, exposure_id: int) -> HttpResponse:
    return _one(
        request, exposure_id, SettleForm(request.POST or None),
        lambda row, given: operations.settle_exposures(by=request.user, exposure_ids=[row.pk], **given),
        _("What was done about %(device)s?"), _("Record it"),
    )  # fmt: skip


@page(permissions.HANDLE)
def take_back(request: HttpRequest, exposure_id: int) -> HttpResponse:
    return _one(
        request, exposure_id, OnceForm(request.POST or None),
        lambda row, given: operations.settle_exposures(by=request.user, exposure_ids=[row.pk], outcome=""),
        _("Take back what is recorded as done about %(device)s?"), _("Take it back"), dangerous=True,
        intro=_("The device is to be settled again. Its history keeps what was recorded."),
    )  # fmt: skip


@page(permissions.REVIEW)
def learn_alias(request: HttpRequest, exposure_id: int) -> HttpResponse:
    return _one(
        request, exposure_id, AliasForm(request.POST or None),
        lambda row, given: operations.learn_alias(by=request.user, exposure_id=row.pk, **given),
        _("What is %(device)s called in the notice?"), _("Remember it"),
    )  # fmt: skip
