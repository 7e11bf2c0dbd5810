"""Looking back from an instrument found wrong: the search, its readings in doubt, decisions and the statement."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from wardwright.apps.testing import operations, permissions
from wardwright.apps.testing.forms import ConcludeForm, DecideForm
from wardwright.apps.testing.lookback_tables import LOOKBACKS, readings_of
from wardwright.apps.testing.models import Calibration, Instrument, Lookback, LookbackItem
from wardwright.apps.testing.statement import figures_of, spans_of, statement, withdrawn_of
from wardwright.apps.testing.states import CalibrationResult, ItemDecision, LookbackState
from wardwright.platform.access.scope import allowed
from wardwright.platform.core.values import as_id
from wardwright.platform.core.words import number_words
from wardwright.platform.paper.typeset import typeset
from wardwright.platform.signatures.signing import signatures_of
from wardwright.web.tables import list_page
from wardwright.web.views import form_page, go, page, subject_or_404, visible_or_404

PAPER = "apps/testing/paper/impact.typ"


@page(permissions.VIEW)
def lookback_list(request: HttpRequest) -> HttpResponse:
    return list_page(request, LOOKBACKS)


@require_POST
@page(permissions.INSTRUMENTS)
def look_back(request: HttpRequest, calibration_id: int) -> HttpResponse:
    """Search from the calibration that found its instrument wrong."""
    visible_or_404(Calibration.objects.visible_to(request.user), calibration_id)
    row = operations.look_back(by=request.user, calibration_id=calibration_id)
    return go(request, reverse("lookback", args=[row.pk]))


def _lookback(request: HttpRequest, lookback_id: int) -> Lookback:
    rows = Lookback.objects.visible_to(request.user).select_related("instrument", "calibration")
    return visible_or_404(rows, lookback_id)


@page(permissions.VIEW)
def lookback_page(request: HttpRequest, lookback_id: int) -> HttpResponse:
    """What the search came to, and every reading in doubt, the gravest first."""
    row = _lookback(request, lookback_id)
    is_open = row.state == LookbackState.OPEN
    may_decide = is_open and allowed(request.user, permissions.INSTRUMENTS, row)
    undecided = LookbackItem.objects.visible_to(request.user).filter(lookback=row, decision=ItemDecision.OPEN).count()

    def sentence(count: str, shown: HttpRequest) -> str:
        return _sentence(row, undecided)

    return list_page(
        request, readings_of(row, sentence, may_decide), template="testing/lookback.html",
        lookback=row, figures=figures_of(row), spans=spans_of(request.user, row), signatures=signatures_of(row),
        undecided=undecided, may_decide=may_decide, withdrawn_words=withdrawn_of(row),
        may_conclude=is_open and not undecided and allowed(request.user, permissions.CONCLUDE, row),
    )  # fmt: skip


def _sentence(row: Lookback, undecided: int) -> str:
    missed, doubtful = row.counts.get("missed_fault", 0), row.counts.get("doubtful", 0)
    if not missed and not doubtful:
        return _("%(instrument)s was wrong, and every verdict stands") % {"instrument": row.instrument}
    if not undecided:
        return _("%(instrument)s was wrong: every reading in doubt is decided") % {"instrument": row.instrument}
    words = ngettext(
        "%(instrument)s was wrong: %(n)s reading in doubt is not decided",
        "%(instrument)s was wrong: %(n)s readings in doubt are not decided",
        undecided,
    )
    return words % {"instrument": row.instrument, "n": number_words(undecided)}


@require_POST
@page(permissions.INSTRUMENTS)
def decide_readings(request: HttpRequest, lookback_id: int) -> HttpResponse:
    """Why no action is needed for the readings that were chosen in the list."""
    row = _lookback(request, lookback_id)
    items = _chosen(request, row)
    back = reverse("lookback", args=[row.pk])
    if not items:
        return go(request, back)
    form = DecideForm(
        request.POST if "once" in request.POST else None, initial={"selected": ",".join(str(pk) for pk in items)}
    )

    def run(cleaned: dict[str, Any]) -> str:
        operations.decide_items(
            by=request.user, lookback_id=row.pk, decision=cleaned["decision"], reason=cleaned["reason"], item_ids=items
        )
        return back

    title = ngettext("What is done about %(n)s reading?", "What is done about %(n)s readings?", len(items))
    return form_page(
        request, form, run, title=title % {"n": number_words(len(items))}, submit=_("Record the decision"),
        cancel_url=back,
    )  # fmt: skip


def _chosen(request: HttpRequest, row: Lookback) -> list[int]:
    given = [part for value in request.POST.getlist("selected") for part in value.split(",")]
    ids = {pk for part in given[:2000] if (pk := as_id(part)) is not None}
    found = LookbackItem.objects.visible_to(request.user).filter(lookback=row, pk__in=ids)
    return list(found.order_by("rank", "pk").values_list("pk", flat=True))


@sensitive_post_parameters("password")
@page(permissions.CONCLUDE)
def conclude_lookback(request: HttpRequest, lookback_id: int) -> HttpResponse:
    row = _lookback(request, lookback_id)
    form: forms.Form = ConcludeForm(request.POST or None, initial={"expected_version": row.version})

    def run(cleaned: dict[str, Any]) -> str:
        operations.conclude_lookback(by=request.user, lookback_id=row.pk, **cleaned)
        return reverse("lookback", args=[row.pk])

    return form_page(
        request, form, run, title=_("Conclude the look back on %(instrument)s?") % {"instrument": row.instrument},
        submit=_("Sign and conclude"), cancel_url=reverse("lookback", args=[row.pk]),
        intro=_("Your signature stands under the impact statement: the search, each reading in doubt, each decision."),
    )  # fmt: skip


@page(permissions.VIEW)
def impact_statement(request: HttpRequest, lookback_id: int) -> HttpResponse:
    """The impact statement as PDF."""
    row = _lookback(request, lookback_id)
    url = request.build_absolute_uri(reverse("lookback", args=[row.pk]))
    answer = HttpResponse(typeset(PAPER, statement(request.user, row, url)), content_type="application/pdf")
    answer["Content-Disposition"] = f'inline; filename="impact-statement-{row.pk}.pdf"'
    return answer


@page(permissions.VIEW)
def instrument_lookbacks(request: HttpRequest, instrument_id: int) -> HttpResponse:
    """The box on an instrument's page: searches that were made, and calibrations that ask for one."""
    instrument = subject_or_404(request, Instrument, instrument_id)
    made = list(Lookback.objects.visible_to(request.user).filter(instrument=instrument).select_related("calibration"))
    found_out = (
        Calibration.objects.visible_to(request.user)
        .standing()
        .filter(instrument=instrument, as_found=CalibrationResult.OUT)
    )
    wanted = found_out.exclude(pk__in=[row.calibration_id for row in made])
    return render(
        request,
        "testing/instrument_lookbacks.html",
        {
            "lookbacks": made,
            "wanted": list(wanted),
            "may_look_back": allowed(request.user, permissions.INSTRUMENTS, instrument),
        },
    )
