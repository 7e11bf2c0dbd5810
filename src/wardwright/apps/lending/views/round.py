"""The round of the library assistant, on foot with a phone: scan, and the page says what comes next."""

from __future__ import annotations

from itertools import groupby
from typing import Any

from csp.decorators import csp_update
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from wardwright.apps.assets.models import Asset
from wardwright.apps.assets.queries import resolve
from wardwright.apps.lending import operations, permissions, queries
from wardwright.apps.lending.forms import CheckForm, EndForm, ScannedForm, StepForm
from wardwright.apps.lending.models import Loan, LoanRequest
from wardwright.apps.lending.states import LENT, UNCLEAN, CleanMethod
from wardwright.platform.access.scope import allowed
from wardwright.platform.core.errors import Invalid
from wardwright.web.site import begun_with, first_look
from wardwright.web.tables import entry
from wardwright.web.views import form_page, page, run_form, visible_or_404

from .narrowing import place, tabs

SHOWN = 60
#: For pages on which the camera reads codes: their policy lets WebAssembly run, and nothing else more.
with_scanner = csp_update({"script-src": ["'wasm-unsafe-eval'"]})


@with_scanner
@page(permissions.HANDLE)
def library_round(request: HttpRequest) -> HttpResponse:
    """What to deliver, collect and clean, by ward; a field to scan into."""
    if begun := begun_with(request, first_look(request)):
        return begun
    by, now = request.user, timezone.now()
    where = place(request)
    here = queries.within(where["site_id"])
    wanted = LoanRequest.objects.visible_to(by).unmet().filter(**here).with_names()
    wanted = wanted.order_by("-is_urgent", "from_at", "pk")
    loans = Loan.objects.visible_to(by).filter(**here).with_names()
    ready = loans.running().filter(ready_at__isnull=False)
    late = loans.overdue(now).filter(ready_at=None, delivered_at__isnull=False)
    unclean = queries.held(by).filter(custody__in=UNCLEAN, **here).with_names().order_by("since_at", "pk")
    collect = [
        {"ward": ward, "loans": list(some)}
        for ward, some in groupby(
            [*ready.order_by("department__name", "pk")[:SHOWN], *late.order_by("department__name", "pk")[:SHOWN]],
            key=lambda loan: loan.department.name,
        )
    ]
    deliver, to_clean = list(wanted[:SHOWN]), list(unclean[:SHOWN])
    return render(
        request,
        "lending/round.html",
        {
            "tabs": tabs(request, "library-round"),
            **where,
            "title": _round_title(len(deliver), sum(len(one["loans"]) for one in collect), len(to_clean)),
            "deliver": deliver,
            "collect": _merged(collect),
            "unclean": to_clean,
        },
    )


def _merged(groups: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """One group for each ward: what it gives back, then what it keeps too long."""
    found: dict[str, dict[str, Any]] = {}
    for group in groups:
        found.setdefault(group["ward"], {"ward": group["ward"], "loans": []})["loans"] += group["loans"]
    return [found[ward] for ward in sorted(found)]


def _round_title(deliver: int, collect: int, clean: int) -> str:
    if not deliver + collect + clean:
        return _("Nothing to do: all is delivered, collected and clean")
    return _("%(deliver)s to deliver, %(collect)s to collect, %(clean)s to clean") % {
        "deliver": deliver, "collect": collect, "clean": clean,
    }  # fmt: skip


@with_scanner
@page(permissions.HANDLE)
def library_scan(request: HttpRequest) -> HttpResponse:
    """From whatever was scanned to the page of the device."""
    text = entry(request, "q", 500)
    found = resolve(request.user, text) if text else None
    if found and found.asset:
        return redirect("library-device", asset_id=found.asset.pk)
    return render(
        request,
        "lending/scan.html",
        {"query": text, "found": found.candidates if found else [], "tabs": tabs(request, "library-round")},
    )


@page(permissions.HANDLE)
def collect_many(request: HttpRequest) -> HttpResponse:
    """Many devices come back at once: each is scanned, one step takes them all."""
    form = ScannedForm(request.user, request.POST or None)

    def run(cleaned: dict[str, Any]) -> str:
        operations.collect_devices(by=request.user, asset_ids=form.asset_ids)
        return reverse("library-round")

    return form_page(
        request, form, run, title=_("Which devices came back?"), submit=_("They are back"),
        cancel_url=reverse("library-round"), intro=_("They go to their store and are to be cleaned."),
    )  # fmt: skip


# One device -----------------------------------------------------------------------------------------------------


@page(permissions.VIEW)
def library_device(request: HttpRequest, asset_id: int) -> HttpResponse:
    """A device of the library: where it is in its round, what comes next, and what was."""
    asset = visible_or_404(Asset.objects.visible_to(request.user).with_names(), asset_id)
    form = StepForm(request.POST or None)
    answer = run_form(request, form, lambda cleaned: _step(request, asset, cleaned))
    if answer is not None:
        return answer
    by = request.user
    history = queries.history_of(by, asset)
    holding = history.holding if history.holding and history.holding.left_at is None else None
    kind = queries.pool_type_of(holding.pool_id, asset.device_type_id) if holding else None
    unchecked = next((loan for loan in history.loans if loan.collected_at and not loan.checked_at), None)
    status = getattr(form, "status", 422) if form.is_bound and form.errors else 200
    return render(
        request,
        "lending/device.html",
        {
            "asset": asset,
            "holding": holding,
            "history": history,
            "loan": history.loan,
            "kind": kind,
            "unchecked": unchecked,
            "wanting": _wanting(by, asset, holding),
            "late": bool(holding) and asset.pk in queries.overdue_for_maintenance([asset.pk]),
            "methods": CleanMethod.choices,
            "method": kind.method if kind else CleanMethod.DISINFECT,
            "may_handle": holding is not None and allowed(by, permissions.HANDLE, holding),
            "may_keep": holding is not None and holding.custody not in LENT and allowed(by, permissions.KEEP, holding),
            "form": form,
            "title": _("%(tag)s is %(state)s") % {"tag": asset.tag, "state": _state_words(history)},
        },
        status=status,
    )


def _state_words(history: queries.History) -> str:
    if history.holding is None or history.holding.left_at is not None:
        return _("not in the equipment library")
    return history.holding.custody_label


def _wanting(by: Any, asset: Asset, holding: Any) -> list[LoanRequest]:
    """The requests this device could go out for, the most urgent first."""
    if holding is None or holding.custody in LENT:
        return []
    rows = LoanRequest.objects.visible_to(by).unmet().with_names()
    rows = rows.filter(pool_id=holding.pool_id, device_type_id=asset.device_type_id)
    return [row for row in rows.order_by("-is_urgent", "from_at", "pk")[:12] if row.to_pick]


def _step(request: HttpRequest, asset: Asset, given: dict[str, Any]) -> str:
    """The step that a button of the page names; each is one operation."""
    by, ids = request.user, [asset.pk]
    method = given["method"] or CleanMethod.DISINFECT
    if given["step"] == "collect":
        operations.collect_devices(by=by, asset_ids=ids)
    elif given["step"] == "start-cleaning":
        operations.start_cleaning(by=by, asset_ids=ids, method=method)
    elif given["step"] == "finish-cleaning":
        operations.finish_cleaning(by=by, asset_ids=ids, method=method)
    elif given["step"] == "put-back":
        operations.put_back(by=by, loan_id=given["loan"] or 0)
    elif given["step"] == "pick":
        row = operations.pick_devices(
            by=by, loan_request_id=given["loan_request"] or 0, asset_ids=ids, override_reason=given["reason"]
        )
        return reverse("loan-request", args=[row.pk])
    else:
        raise Invalid(_("There is no such step."), _("Reload the page."))
    return reverse("library-device", args=[asset.pk])


@page(permissions.HANDLE)
def check_loan(request: HttpRequest, loan_id: int) -> HttpResponse:
    """The quick look at what came back."""
    loan = visible_or_404(Loan.objects.visible_to(request.user).with_names(), loan_id)
    kind = queries.pool_type_of(loan.pool_id, loan.asset.device_type_id)
    form = CheckForm(loan, kind, request.POST or None)
    back = reverse("library-device", args=[loan.asset_id])

    def run(cleaned: dict[str, Any]) -> str:
        operations.check_return(by=request.user, loan_id=loan.pk, **form.values())
        return back

    return form_page(
        request, form, run, title=_("Is %(tag)s in order?") % {"tag": loan.asset.tag}, submit=_("Checked"),
        cancel_url=back, template="lending/check.html", loan=loan, kind=kind,
        intro=_("Tick only what is wrong. With nothing ticked it is in order and complete."),
    )  # fmt: skip


@page(permissions.KEEP)
def remove_device(request: HttpRequest, asset_id: int) -> HttpResponse:
    asset = visible_or_404(Asset.objects.visible_to(request.user), asset_id)
    back = reverse("library-device", args=[asset.pk])

    def run(cleaned: dict[str, Any]) -> str:
        operations.remove_device(by=request.user, asset_id=asset.pk, reason=cleaned["reason"])
        return back

    return form_page(
        request, EndForm(request.POST or None), run, cancel_url=back, submit=_("Take it out"), dangerous=True,
        title=_("Why does %(tag)s leave the library?") % {"tag": asset.tag},
    )  # fmt: skip
