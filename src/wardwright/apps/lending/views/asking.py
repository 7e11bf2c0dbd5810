"""Wards ask and give back; the library promises, picks and delivers."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from wardwright.apps.assets.queries import resolve
from wardwright.apps.directory.models import Department
from wardwright.apps.lending import operations, permissions, queries
from wardwright.apps.lending.forms import AskForm, BatchForm, DeliverForm, EndForm, KeepForm, ReserveForm, StepForm
from wardwright.apps.lending.models import Loan, LoanRequest, PatientDevice
from wardwright.platform.access.scope import allowed
from wardwright.platform.core.errors import Invalid
from wardwright.platform.core.values import as_id
from wardwright.web.site import begun_with, first_look
from wardwright.web.views import form_page, page, run_form, visible_or_404

from .narrowing import tabs
from .round import with_scanner

SHOWN = 100


@page(permissions.ASK)
def ask(request: HttpRequest) -> HttpResponse:
    """Three taps: what, how many, ask. The rest has its usual value."""
    ward = as_id(request.GET.get("department", ""))
    form = AskForm(request.user, request.POST or None, initial={"department": ward} if ward else {})

    def run(cleaned: dict[str, Any]) -> str:
        row = operations.ask_for_equipment(by=request.user, **form.values())
        return reverse("loan-request", args=[row.pk])

    return form_page(
        request, form, run, title=_("What do you need?"), submit=_("Ask for it"), template="lending/ask.html",
        cancel_url=reverse("ward-equipment"),
    )  # fmt: skip


@page(permissions.ASK)
def ward_equipment(request: HttpRequest) -> HttpResponse:
    """What my ward has from the library and waits for; giving it back is one tick and one tap."""
    if request.method == "GET" and (begun := begun_with(request, first_look(request))):
        return begun
    by = request.user
    wards = list(queries.wards_of(by)[:300])
    ward = _ward_of(request, wards)
    form = StepForm(request.POST or None)
    answer = run_form(request, form, lambda cleaned: _ward_step(request, cleaned, ward))
    if answer is not None:
        return answer
    mine = {"department": ward}
    loans = Loan.objects.visible_to(by).running().filter(**mine, delivered_at__isnull=False).with_names()
    asked = LoanRequest.objects.visible_to(by).unmet().filter(**mine).with_names().order_by("from_at", "pk")
    brought = PatientDevice.objects.visible_to(by).filter(**mine, left_at=None).order_by("-pk")
    shown = list(loans.order_by("ready_at", "asset__device_type__name", "asset__tag")[:SHOWN])
    return render(
        request,
        "lending/ward.html",
        {
            "tabs": tabs(request, "ward-equipment"),
            "wards": wards if len(wards) > 1 else [],
            "ward": ward,
            "loans": shown,
            "asked": list(asked[:SHOWN]),
            "brought": list(brought[:SHOWN]),
            "title": ngettext(
                "%(ward)s has %(n)s device of the library", "%(ward)s has %(n)s devices of the library", len(shown)
            )
            % {"ward": ward or "–", "n": len(shown)},
            "form": form,
        },
        status=getattr(form, "status", 422) if form.is_bound and form.errors else 200,
    )


def _ward_of(request: HttpRequest, wards: list[Department]) -> Department | None:
    """The ward that the address names; else the first at the site that it names; else the first."""
    wanted, site = (as_id(request.GET.get(key, "")) for key in ("department", "site"))
    named = [one for one in wards if one.pk == wanted] or [one for one in wards if one.site_id == site] or wards
    return named[0] if named else None


def _ward_step(request: HttpRequest, given: dict[str, Any], ward: Any) -> str:
    if given["step"] != "ready":
        raise Invalid(_("There is no such step."), _("Reload the page."))
    ids = [pk for value in request.POST.getlist("selected")[:200] if (pk := as_id(value)) is not None]
    seen = list(Loan.objects.visible_to(request.user).filter(pk__in=ids).values_list("pk", flat=True))
    operations.say_ready(by=request.user, loan_ids=seen)
    return f"{reverse('ward-equipment')}?department={ward.pk}" if ward else reverse("ward-equipment")


@page(permissions.ASK)
def keep_loan(request: HttpRequest, loan_id: int) -> HttpResponse:
    loan = visible_or_404(Loan.objects.visible_to(request.user).with_names(), loan_id)
    back = f"{reverse('ward-equipment')}?department={loan.department_id}"

    def run(cleaned: dict[str, Any]) -> str:
        operations.still_needed(by=request.user, loan_id=loan.pk, due_at=cleaned["due_at"])
        return back

    return form_page(
        request, KeepForm(request.POST or None, initial={"due_at": None}), run, cancel_url=back, submit=_("Keep it"),
        title=_("%(ward)s still needs %(tag)s") % {"ward": loan.department.name, "tag": loan.asset.tag},
    )  # fmt: skip


# One request ----------------------------------------------------------------------------------------------------


def _request_or_404(request: HttpRequest, loan_request_id: int) -> LoanRequest:
    return visible_or_404(LoanRequest.objects.visible_to(request.user).with_names(), loan_request_id)


@with_scanner
@page(permissions.VIEW)
def loan_request(request: HttpRequest, loan_request_id: int) -> HttpResponse:
    """What was asked for and how far it is; those who hand out pick here, by scan or as proposed."""
    row = _request_or_404(request, loan_request_id)
    by = request.user
    form = StepForm(request.POST or None)
    answer = run_form(request, form, lambda cleaned: _request_step(request, row, cleaned))
    if answer is not None:
        return answer
    loans = list(Loan.objects.visible_to(by).filter(loan_request=row, put_back_at=None).with_names().order_by("pk"))
    may_handle = allowed(by, permissions.HANDLE, row)
    found = None
    if row.device_type_id and row.to_pick:
        found = queries.availability(
            pool_id=row.pool_id, device_type_id=row.device_type_id, asset_id=row.asset_id, wanted=row.to_pick,
            from_at=row.from_at, until_at=row.until_at, without_id=row.pk,
        )  # fmt: skip
    return render(
        request,
        "lending/request.html",
        {
            "row": row,
            "title": _request_title(row),
            "loans": loans,
            "picked": [loan for loan in loans if loan.delivered_at is None],
            "proposals": queries.proposed(row, row.to_pick) if may_handle and row.to_pick else [],
            "kit": queries.kit_state(row.kit) if row.kit and row.to_pick else None,
            "found": found,
            "may_handle": may_handle,
            "may_end": row.is_unmet and not row.to_deliver and (may_handle or allowed(by, permissions.ASK, row)),
            "form": form,
        },
        status=getattr(form, "status", 422) if form.is_bound and form.errors else 200,
    )


def _request_title(row: LoanRequest) -> str:
    names = {"n": row.quantity, "what": row.asset or row.what, "ward": row.department.name, "state": row.state_label}
    return (
        _("%(what)s for %(ward)s: %(state)s") % names
        if row.quantity == 1
        else _("%(n)s × %(what)s for %(ward)s: %(state)s") % names
    )


def _request_step(request: HttpRequest, row: LoanRequest, given: dict[str, Any]) -> str:
    by = request.user
    if given["step"] == "pick-proposed":
        operations.pick_proposed(by=by, loan_request_id=row.pk)
    elif given["step"] == "pick":
        asset = resolve(by, given["tag"]).asset
        if asset is None:
            words = _("No device has this number.")
            raise Invalid(words, _("Check the tag, or scan it again."))
        operations.pick_devices(by=by, loan_request_id=row.pk, asset_ids=[asset.pk], override_reason=given["reason"])
    elif given["step"] == "put-back":
        operations.put_back(by=by, loan_id=given["loan"] or 0)
    else:
        raise Invalid(_("There is no such step."), _("Reload the page."))
    return reverse("loan-request", args=[row.pk])


@page(permissions.HANDLE)
def deliver(request: HttpRequest, loan_request_id: int) -> HttpResponse:
    row = _request_or_404(request, loan_request_id)
    back = reverse("loan-request", args=[row.pk])
    form = DeliverForm(request.user, row.site_id, request.POST or None, initial={"room": row.room_id})

    def run(cleaned: dict[str, Any]) -> str:
        operations.deliver_request(
            by=request.user, loan_request_id=row.pk, room_id=cleaned["room"].pk if cleaned["room"] else None,
            taken_by_name=cleaned["taken_by_name"],
        )  # fmt: skip
        return back

    return form_page(
        request, form, run, title=_("Delivered to %(ward)s") % {"ward": row.department.name}, submit=_("Delivered"),
        cancel_url=back,
    )  # fmt: skip


@page(permissions.ASK)
def cancel(request: HttpRequest, loan_request_id: int) -> HttpResponse:
    row = _request_or_404(request, loan_request_id)
    return _end(request, row, operations.cancel_request, _("Why is %(number)s no longer needed?"), _("Cancel it"))


@page(permissions.HANDLE)
def refuse(request: HttpRequest, loan_request_id: int) -> HttpResponse:
    row = _request_or_404(request, loan_request_id)
    return _end(request, row, operations.refuse_request, _("Why can %(number)s not be met?"), _("Refuse it"))


def _end(request: HttpRequest, row: LoanRequest, step: Any, title: str, submit: str) -> HttpResponse:
    back = reverse("loan-request", args=[row.pk])

    def run(cleaned: dict[str, Any]) -> str:
        step(by=request.user, loan_request_id=row.pk, reason=cleaned["reason"])
        return back

    return form_page(
        request, EndForm(request.POST or None), run, title=title % {"number": row.number}, submit=submit,
        cancel_url=back, cancel_label=_("Back"), dangerous=True,
    )  # fmt: skip


@page(permissions.HANDLE)
def issue_batch(request: HttpRequest) -> HttpResponse:
    form = BatchForm(request.user, request.POST or None)

    def run(cleaned: dict[str, Any]) -> str:
        return reverse("loan-request", args=[operations.issue_batch(by=request.user, **form.values()).pk])

    return form_page(
        request, form, run, title=_("Hand out many at once"), submit=_("Hand them out"),
        cancel_url=reverse("loan-requests"),
        intro=_("Where there are too few, those there are go out and the rest waits."),
    )  # fmt: skip


def _wanted(request: HttpRequest) -> dict[str, Any]:
    """What another page's link asks for: ``device_type`` and ``quantity``."""
    found = queries.lent_types(request.user).filter(device_type=as_id(request.GET.get("device_type", ""))).first()
    quantity = as_id(request.GET.get("quantity", ""))
    return {**({"pool_type": found} if found else {}), **({"quantity": quantity} if quantity else {})}


@page(permissions.HANDLE)
def reserve(request: HttpRequest) -> HttpResponse:
    form = ReserveForm(request.user, request.POST or None, initial=_wanted(request))

    def run(cleaned: dict[str, Any]) -> str:
        return reverse("loan-request", args=[operations.reserve_equipment(by=request.user, **form.values()).pk])

    return form_page(
        request, form, run, title=_("Reserve equipment"), submit=_("Reserve"), cancel_url=reverse("loan-requests"),
        intro=_("Only what is free then can be promised. If it is not, you see who has it and when it is free."),
    )  # fmt: skip
