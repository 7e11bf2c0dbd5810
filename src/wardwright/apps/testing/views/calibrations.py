"""Calibrations: recording one with its points, its page, its signature, its certificate and its label."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.debug import sensitive_post_parameters

from wardwright.apps.testing import operations, permissions, queries
from wardwright.apps.testing.certificate import certificate_pdf, label_pdf, label_zpl, statement_of, withdrawn_words
from wardwright.apps.testing.forms import CalibrationForm, LabelForm, SignForm, WithdrawForm, verdict_pills
from wardwright.apps.testing.models import Calibration, CalibrationPoint, CalibrationStandard, Measurement
from wardwright.apps.testing.states import RESULT_MEANING, CalibrationResult
from wardwright.apps.testing.tables import CALIBRATIONS, MEASUREMENTS
from wardwright.platform.access.scope import allowed
from wardwright.platform.core.errors import NotNow
from wardwright.platform.core.words import day_words
from wardwright.platform.signatures.signing import signatures_of
from wardwright.web.tables import list_page
from wardwright.web.views import form_page, go, page, visible_or_404

from .instruments import instrument_or_404


@page(permissions.VIEW)
def calibration_list(request: HttpRequest) -> HttpResponse:
    return list_page(request, CALIBRATIONS)


@page(permissions.VIEW)
def measurement_list(request: HttpRequest) -> HttpResponse:
    return list_page(request, MEASUREMENTS)


@page(permissions.INSTRUMENTS)
def record_calibration(request: HttpRequest, instrument_id: int) -> HttpResponse:
    """The certificate typed in: its head, and its points as rows."""
    by, row = request.user, instrument_or_404(request, instrument_id)
    mine = Calibration.objects.visible_to(by).filter(instrument=row)
    form = CalibrationForm(
        by, row, mine.standing().first(), timezone.localdate(), request.POST or None, request.FILES or None
    )
    if "press" in request.POST:
        form.pressed(request.POST["press"])

    def run(cleaned: dict[str, Any]) -> str:
        operations.record_calibration(by=by, instrument_id=row.pk, **form.values())
        return reverse("calibration", args=[mine.order_by("-pk").values_list("pk", flat=True)[0]])

    return form_page(
        request, form, run, title=_("How did the calibration of %(name)s go?") % {"name": row},
        submit=_("Record the calibration"), cancel_url=reverse("instrument", args=[row.pk]),
        template="testing/record_calibration.html", quantities=queries.known_quantities(by),
    )  # fmt: skip


def calibration_or_404(request: HttpRequest, calibration_id: int) -> Calibration:
    rows = Calibration.objects.visible_to(request.user).select_related("instrument__site", "instrument__asset")
    return visible_or_404(rows, calibration_id)


def points_of(request: HttpRequest, made: Calibration) -> list[CalibrationPoint]:
    """Its points, each with its error, how much of the tolerance that uses up, and its verdict."""
    points = list(CalibrationPoint.objects.visible_to(request.user).filter(calibration=made))
    for point in points:
        for name in ("found", "left"):
            value = getattr(point, name)
            setattr(point, f"{name}_error", None if value is None else value - point.reference)
            setattr(point, f"{name}_percent", queries.percent_of_tolerance(point, value))
        point.pills = verdict_pills(point)
    return points


@page(permissions.VIEW)
def calibration_page(request: HttpRequest, calibration_id: int) -> HttpResponse:
    by, made = request.user, calibration_or_404(request, calibration_id)
    standards = CalibrationStandard.objects.visible_to(by).filter(calibration=made).select_related("instrument")
    signatures = signatures_of(made)
    may_keep = allowed(by, permissions.INSTRUMENTS, made)
    return render(
        request,
        "testing/calibration.html",
        {
            "made": made,
            "instrument": made.instrument,
            "title": statement_of(made),
            "found_meaning": RESULT_MEANING[CalibrationResult(made.as_found)],
            "left_meaning": RESULT_MEANING[CalibrationResult(made.as_left)],
            "points": points_of(request, made),
            "rule_words": dict(queries.decision_rules()).get(made.decision_rule, made.decision_rule),
            "standards": [one.instrument for one in standards],
            "signatures": signatures,
            "withdrawn_words": withdrawn_words(made),
            "may_withdraw": may_keep and made.withdrawn_at is None,
            "may_sign": may_keep
            and made.withdrawn_at is None
            and not any(s.signature.signer_id == by.pk and not s.superseded for s in signatures),
            "documents": list(queries.certificates_of(by, made)),
        },
    )


@sensitive_post_parameters("password")
@page(permissions.INSTRUMENTS)
def sign_calibration(request: HttpRequest, calibration_id: int) -> HttpResponse:
    """Read every point once more and sign."""
    made = calibration_or_404(request, calibration_id)
    back = reverse("calibration", args=[made.pk])

    def run(cleaned: dict[str, Any]) -> str:
        operations.sign_calibration(by=request.user, calibration_id=made.pk, password=cleaned["password"])
        return back

    return form_page(
        request, SignForm(request.POST or None), run, title=_("Approve this calibration?"),
        submit=_("Sign and approve"), template="testing/sign_calibration.html", cancel_url=back,
        intro=statement_of(made), made=made, points=points_of(request, made),
    )  # fmt: skip


@page(permissions.INSTRUMENTS)
def withdraw_calibration(request: HttpRequest, calibration_id: int) -> HttpResponse:
    """Strike a calibration through that was entered by mistake."""
    made = calibration_or_404(request, calibration_id)
    back = reverse("calibration", args=[made.pk])
    if made.withdrawn_at is not None:
        return go(request, back)

    def run(cleaned: dict[str, Any]) -> str:
        operations.withdraw_calibration(by=request.user, calibration_id=made.pk, reason=cleaned["reason"])
        return back

    return form_page(
        request, WithdrawForm(request.POST or None), run,
        title=_("Withdraw the calibration of %(name)s?") % {"name": made.instrument},
        submit=_("Withdraw"), dangerous=True, cancel_url=back, intro=_withdraw_words(request, made),
    )  # fmt: skip


def _withdraw_words(request: HttpRequest, made: Calibration) -> str:
    """What follows from withdrawing it."""
    standing = Calibration.objects.visible_to(request.user).standing().filter(instrument=made.instrument)
    newest, left = standing.first(), standing.exclude(pk=made.pk).first()
    count = Measurement.objects.visible_to(request.user).filter(calibration=made).count()
    words = [_("It stays readable, struck through with your reason, and counts for nothing.")]
    if left is None:
        words.append(_("No other is left: the instrument then counts as never calibrated and cannot be used."))
    elif newest == made:
        words.append(
            _("The calibration of %(on)s is in force again, due on %(due)s.")
            % {"on": day_words(left.calibrated_on), "due": day_words(left.due_on)}
        )
    if count:
        words.append(
            ngettext(
                "%(n)d reading that rests on it will rest on the one in force on its day, or on none.",
                "%(n)d readings that rest on it will rest on the one in force on their day, or on none.",
                count,
            )
            % {"n": count}
        )
    return " ".join(words)


# On paper -------------------------------------------------------------------------------------------------------


@page(permissions.VIEW)
def certificate(request: HttpRequest, calibration_id: int) -> HttpResponse:
    """The certificate as PDF; ``?second=fr`` chooses the language beside the reader's own, else it is English."""
    made = calibration_or_404(request, calibration_id)
    second = request.GET.get("second", "")
    second = second if second in dict(settings.LANGUAGES) else "en"
    return _pdf(certificate_pdf(request.user, made, second), f"calibration-{made.pk}.pdf")


@page(permissions.VIEW)
def calibration_label(request: HttpRequest, calibration_id: int) -> HttpResponse:
    """Choose a label; with ``?label_format=`` the label itself: PDF, or ZPL with ``&dpi=203`` or ``300``."""
    made = calibration_or_404(request, calibration_id)
    if made.withdrawn_at is not None:
        raise NotNow(_("This calibration was withdrawn; it has no label."), _("Print that of the one in force."))
    form = LabelForm(request.user, request.GET if "label_format" in request.GET else None)
    if form.is_bound and form.is_valid():
        chosen = form.formats[form.cleaned_data["label_format"]]
        if dpi := form.cleaned_data["dpi"]:
            text = HttpResponse(label_zpl(made, chosen, int(dpi)), content_type="text/plain; charset=utf-8")
            text["Content-Disposition"] = f'attachment; filename="calibration-label-{made.pk}-{dpi}dpi.zpl"'
            return text
        return _pdf(label_pdf(made, chosen, form.cleaned_data["start"]), f"calibration-label-{made.pk}.pdf")
    context = {"form": form, "made": made, "title": _("A label for %(name)s") % {"name": made.instrument}}
    return render(request, "testing/calibration_label.html", context, status=422 if form.errors else 200)


def _pdf(data: bytes, name: str) -> HttpResponse:
    answer = HttpResponse(data, content_type="application/pdf")
    answer["Content-Disposition"] = f'inline; filename="{name}"'
    return answer
