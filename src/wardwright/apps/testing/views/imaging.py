"""Image quality: analyses of phantom images, their set-ups, limits and baselines."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from wardwright.apps.assets.models import Asset
from wardwright.apps.testing import operations, permissions
from wardwright.apps.testing.forms.imaging import LimitForm, NewSetupForm, ReasonForm, SeriesForm, SetupForm
from wardwright.apps.testing.imaging_tables import RUNS, SETUPS, phantom_words, run_state
from wardwright.apps.testing.models import DoseReport, ImagingLimit, ImagingRun, ImagingSetup
from wardwright.apps.testing.queries.imaging import Figure, figures_of
from wardwright.apps.testing.states import GRADED_MEANING, IMAGING_TRANSITIONS, Graded, ImagingState
from wardwright.kernel.imaging import INSTALL, Quantity, available
from wardwright.kernel.limits import Limits
from wardwright.kernel.said import from_plain
from wardwright.kernel.verification import Verification
from wardwright.platform.access.scope import allowed
from wardwright.platform.attachments.models import Attachment, DocumentKind
from wardwright.platform.core.errors import NotFound
from wardwright.platform.core.words import said_words
from wardwright.web.tables import list_page
from wardwright.web.views import asks_for, form_page, go, page, subject_or_404, visible_or_404

from .reading_words import figure, limit_words
from .readings import chart_url

RECENT = 12


@page(permissions.VIEW)
def run_list(request: HttpRequest) -> HttpResponse:
    return list_page(request, RUNS)


@page(permissions.VIEW)
def setup_list(request: HttpRequest) -> HttpResponse:
    return list_page(request, SETUPS)


# Set-ups --------------------------------------------------------------------------------------------------------


@page(permissions.BASELINES)
def new_setup(request: HttpRequest) -> HttpResponse:
    form = NewSetupForm(request.user, request.POST or None, initial={"device": request.GET.get("device", "")[:60]})

    def run(cleaned: dict[str, Any]) -> str:
        return reverse("imaging-setup", args=[operations.add_imaging_setup(by=request.user, **form.values()).pk])

    return form_page(
        request, form, run, title=_("Which phantom is analysed, of which device?"), submit=_("Add"),
        cancel_url=reverse("imaging-setups"),
    )  # fmt: skip


def _setup(request: HttpRequest, imaging_setup_id: int) -> ImagingSetup:
    rows = ImagingSetup.objects.visible_to(request.user).select_related("asset__device_type")
    return visible_or_404(rows, imaging_setup_id)


@page(permissions.VIEW)
def setup_page(request: HttpRequest, imaging_setup_id: int) -> HttpResponse:
    row = _setup(request, imaging_setup_id)
    held = {one.quantity: one for one in ImagingLimit.objects.visible_to(request.user).filter(setup=row)}
    runs = list(ImagingRun.objects.visible_to(request.user).filter(setup=row)[:RECENT])
    lines = [_limit_line(row, one, held.get(one.key)) for one in row.analysis.quantities]
    return render(
        request,
        "testing/imaging_setup.html",
        {
            "row": row,
            "title": _("%(name)s: %(device)s") % {"name": row.name, "device": row.asset.tag},
            "phantom": phantom_words(row, row.kind),
            "proof": row.analysis.proof,
            "options": [(one.words, row.options[one.key]) for one in row.analysis.options if one.key in row.options],
            "lines": lines,
            "runs": [(one, *run_state(one)) for one in runs],
            "may_send": allowed(request.user, permissions.IMAGING, row) and row.is_active,
            "may_set": allowed(request.user, permissions.BASELINES, row),
            "install": "" if available() else INSTALL,
        },
    )


def _limit_line(setup: ImagingSetup, about: Quantity, row: ImagingLimit | None) -> dict[str, Any]:
    limits = row.limits if row else None
    tolerance = ""
    if row and row.tolerance is not None:
        tolerance = f"± {figure(row.tolerance)} {'%' if row.is_percent else about.unit}".strip()
    return {
        "about": about,
        "row": row,
        "baseline": figure(row.baseline, 4) if row and row.baseline is not None else "",
        "tolerance": tolerance,
        "limits": limits_shown(limits) if limits else "",
        "unverified": bool(row and row.source and Verification(row.verified).is_unverified),
        "url": f"{reverse('imaging-limit', args=[setup.pk])}?{urlencode({'quantity': about.key})}",
    }


@page(permissions.BASELINES)
def edit_setup(request: HttpRequest, imaging_setup_id: int) -> HttpResponse:
    row = _setup(request, imaging_setup_id)
    form = SetupForm(row, request.POST or None)
    back = reverse("imaging-setup", args=[row.pk])

    def run(cleaned: dict[str, Any]) -> str:
        operations.change_imaging_setup(
            by=request.user, imaging_setup_id=row.pk, expected_version=cleaned["expected_version"], **form.values()
        )
        return back

    return form_page(request, form, run, title=_("Change %(name)s") % {"name": row}, cancel_url=back)


@page(permissions.BASELINES)
def edit_limit(request: HttpRequest, imaging_setup_id: int) -> HttpResponse:
    """What one figure (``?quantity=``) may be."""
    setup = _setup(request, imaging_setup_id)
    key = request.GET.get("quantity", setup.analysis.quantities[0].key)
    about = next((one for one in setup.analysis.quantities if one.key == key), None)
    if about is None:
        raise NotFound(_("This analysis has no such figure."), _("Go back to the set-up."))
    row = ImagingLimit.objects.visible_to(request.user).filter(setup=setup, quantity=key).first()
    form = LimitForm(row, request.POST or None)
    back = reverse("imaging-setup", args=[setup.pk])

    def run(cleaned: dict[str, Any]) -> str:
        operations.set_imaging_limit(by=request.user, imaging_setup_id=setup.pk, quantity=key, **form.values())
        return back

    unit = f" ({about.unit})" if about.unit else ""
    return form_page(
        request, form, run, title=_("What may “%(figure)s” be?") % {"figure": f"{said_words(about.words)}{unit}"},
        intro=_("Holds for analyses from now on; earlier ones keep the limits they were judged by."), cancel_url=back,
        action_url=f"{reverse('imaging-limit', args=[setup.pk])}?{urlencode({'quantity': key})}",
    )  # fmt: skip


# Sending and looking --------------------------------------------------------------------------------------------


@page(permissions.IMAGING)
def send_series(request: HttpRequest, imaging_setup_id: int) -> HttpResponse:
    setup = _setup(request, imaging_setup_id)
    form = SeriesForm(request.POST or None, request.FILES or None)

    def run(cleaned: dict[str, Any]) -> str:
        received = operations.receive_series(request.user, setup, cleaned["files"])
        made = operations.send_series(by=request.user, imaging_setup_id=setup.pk, **received)
        return reverse("imaging-run", args=[made.pk])

    return form_page(
        request, form, run, title=_("Send the images of %(phantom)s") % {"phantom": phantom_words(setup, setup.kind)},
        intro=f"{setup.asset.tag}, {setup.name}", submit=_("Send"),
        cancel_url=reverse("imaging-setup", args=[setup.pk]),
    )  # fmt: skip


def _run(request: HttpRequest, imaging_run_id: int) -> ImagingRun:
    rows = ImagingRun.objects.visible_to(request.user).select_related("setup", "asset__device_type")
    return visible_or_404(rows, imaging_run_id)


@page(permissions.VIEW)
def run_page(request: HttpRequest, imaging_run_id: int) -> HttpResponse:
    row = _run(request, imaging_run_id)
    meaning, words = run_state(row)
    files = Attachment.objects.visible_to(request.user).of(ImagingRun._meta.db_table, row.pk).in_force()
    context = {
        "row": row,
        "meaning": meaning,
        "state_words": words,
        "title": _("%(device)s, %(name)s: %(state)s")
        % {"device": row.asset.tag, "name": row.setup.name, "state": words[:1].lower() + words[1:]},
        "phantom": phantom_words(row, row.setup.kind),
        "series": row.series,
        "warnings": from_plain(row.series.get("warnings", [])),
        "problem": from_plain(row.problem),
        "lines": [_figure_line(row, one) for one in figures_of(request.user, row)],
        "not_found": [one.words for one in row.setup.analysis.quantities if one.key in row.not_found],
        "picture": files.filter(kind=DocumentKind.PICTURE).order_by("-id").first(),
        "proof": row.setup.analysis.proof,
        "may_again": ImagingState.WAITING in IMAGING_TRANSITIONS[row.state]
        and allowed(request.user, permissions.IMAGING, row),
        "may_set": row.state == ImagingState.DONE and allowed(request.user, permissions.BASELINES, row),
        "waiting": row.state == ImagingState.WAITING,
    }
    template = "testing/_imaging_progress.html" if asks_for(request, "imaging-progress") else "testing/imaging_run.html"
    if template.startswith("testing/_") and not context["waiting"]:
        return go(request, reverse("imaging-run", args=[row.pk]))
    return render(request, template, context)


def limits_shown(row: Any) -> str:
    """Limits in words, with as many digits as say something: a tolerance in percent makes up more."""
    low, high = (None if side is None else side.quantize(_last_digit(side)) for side in (row.low, row.high))
    return limit_words(Limits(low, high, row.unit))  # type: ignore[arg-type]


def _last_digit(side: Decimal) -> Decimal:
    return Decimal(1).scaleb(max(-6, min(0, side.adjusted() - 3)))


def _figure_line(row: ImagingRun, one: Figure) -> dict[str, Any]:
    taken = one.measurement
    return {
        "words": one.about.words,
        "value": f"{figure(taken.value, 4)} {taken.unit}".strip(),
        "limit": limits_shown(taken),
        "source": taken.limit_source,
        "meaning": GRADED_MEANING[Graded(taken.verdict)],
        "verdict": taken.get_verdict_display(),
        "url": chart_url(row.asset_id, taken.quantity),
    }


@require_POST
@page(permissions.IMAGING)
def analyse_again(request: HttpRequest, imaging_run_id: int) -> HttpResponse:
    row = _run(request, imaging_run_id)
    operations.analyse_again(by=request.user, imaging_run_id=row.pk)
    return go(request, reverse("imaging-run", args=[row.pk]))


@page(permissions.BASELINES)
def set_baseline(request: HttpRequest, imaging_run_id: int) -> HttpResponse:
    row = _run(request, imaging_run_id)
    back = reverse("imaging-run", args=[row.pk])

    def run(cleaned: dict[str, Any]) -> str:
        operations.set_imaging_baseline(by=request.user, imaging_run_id=row.pk, reason=cleaned["reason"])
        return reverse("imaging-setup", args=[row.setup_id])

    return form_page(
        request, ReasonForm(request.POST or None), run, title=_("Take this analysis as the baseline?"),
        intro=_("Its figures are what later analyses of %(name)s are compared with.") % {"name": row.setup},
        submit=_("Take it"), cancel_url=back,
    )  # fmt: skip


@page(permissions.VIEW)
def asset_imaging(request: HttpRequest, asset_id: int) -> HttpResponse:
    """The box on a device's page; empty for a device without phantom or dose report."""
    asset = subject_or_404(request, Asset, asset_id)
    of_device = ImagingSetup.objects.visible_to(request.user).filter(asset=asset, is_active=True)
    reports = DoseReport.objects.visible_to(request.user).filter(asset=asset)
    if not of_device.order_by().values("pk").union(reports.order_by().values("pk")).exists():
        return HttpResponse("")  # as on most devices, whose page pays one query for it
    setups, has_doses = list(of_device), reports.exists()
    newest: dict[int, ImagingRun] = {}
    for run in ImagingRun.objects.visible_to(request.user).filter(asset=asset).select_related("setup")[:50]:
        newest.setdefault(run.setup_id, run)
    lines = [
        (one, newest.get(one.pk), *(run_state(newest[one.pk]) if one.pk in newest else ("", ""))) for one in setups
    ]
    return render(request, "testing/imaging_panel.html", {"asset": asset, "lines": lines, "has_doses": has_doses})
