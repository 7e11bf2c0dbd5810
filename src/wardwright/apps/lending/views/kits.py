"""Kits: complete or not, and what is in them."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from wardwright.apps.lending import operations, permissions, queries
from wardwright.apps.lending.forms import IssueKitForm, KitForm, KitPartForm, SwapForm
from wardwright.apps.lending.models import Kit, KitPart
from wardwright.platform.access.scope import allowed
from wardwright.web.site import begun_with, first_look
from wardwright.web.views import form_page, page, visible_or_404

from .narrowing import place, tabs


@page(permissions.VIEW)
def kit_list(request: HttpRequest) -> HttpResponse:
    if begun := begun_with(request, first_look(request)):
        return begun
    where = place(request)
    kits = queries.kits_with_state(request.user, where["site_id"])
    ready = sum(one.is_complete and not one.is_out for one in kits)
    title = ngettext("%(ready)s of %(n)s kit is ready", "%(ready)s of %(n)s kits are ready", len(kits))
    title = title % {"ready": ready, "n": len(kits)} if kits else _("No kits")
    return render(
        request,
        "lending/kits.html",
        {
            "tabs": tabs(request, "kits"),
            **where,
            "kits": kits,
            "title": title,
            "may_keep": allowed(request.user, permissions.KEEP),
        },
    )


@page(permissions.KEEP)
def new_kit(request: HttpRequest) -> HttpResponse:
    form = KitForm(request.user, None, request.POST or None)

    def run(cleaned: dict[str, Any]) -> str:
        return reverse("kit", args=[operations.keep_kit(by=request.user, **form.values()).pk])

    return form_page(request, form, run, title=_("Make a kit"), cancel_url=reverse("kits"))


def _kit_or_404(request: HttpRequest, kit_id: int) -> Kit:
    return visible_or_404(Kit.objects.visible_to(request.user).select_related("pool__site"), kit_id)


@page(permissions.VIEW)
def kit(request: HttpRequest, kit_id: int) -> HttpResponse:
    row = _kit_or_404(request, kit_id)
    state = queries.kit_state(row)
    return render(
        request,
        "lending/kit.html",
        {
            "row": row,
            "state": state,
            "title": _("%(kit)s is %(state)s") % {"kit": row.name, "state": state.words},
            "may_handle": allowed(request.user, permissions.HANDLE, row),
            "may_keep": allowed(request.user, permissions.KEEP, row),
        },
    )


@page(permissions.KEEP)
def edit_kit(request: HttpRequest, kit_id: int) -> HttpResponse:
    row = _kit_or_404(request, kit_id)
    initial = {"name": row.name, "note": row.note, "is_active": row.is_active, "expected_version": row.version}
    form = KitForm(request.user, row, request.POST or None, initial=initial)
    back = reverse("kit", args=[row.pk])

    def run(cleaned: dict[str, Any]) -> str:
        operations.keep_kit(
            by=request.user, kit_id=row.pk, expected_version=cleaned["expected_version"], **form.values()
        )
        return back

    return form_page(request, form, run, title=_("Change %(kit)s") % {"kit": row.name}, cancel_url=back)


@page(permissions.KEEP)
def add_part(request: HttpRequest, kit_id: int) -> HttpResponse:
    row = _kit_or_404(request, kit_id)
    form = KitPartForm(request.user, request.POST or None)
    back = reverse("kit", args=[row.pk])

    def run(cleaned: dict[str, Any]) -> str:
        kind = cleaned["device_type"]
        operations.add_kit_part(
            by=request.user, kit_id=row.pk, name=cleaned["name"], device_type_id=kind.pk if kind else None,
            is_required=cleaned["is_required"],
        )  # fmt: skip
        return back

    return form_page(request, form, run, title=_("What belongs to %(kit)s?") % {"kit": row.name}, cancel_url=back)


@page(permissions.HANDLE)
def kit_part(request: HttpRequest, kit_part_id: int) -> HttpResponse:
    """Another device in a place of the kit, or an accessory that is there or missing."""
    rows = KitPart.objects.visible_to(request.user).select_related("kit__pool", "asset", "device_type")
    part = visible_or_404(rows, kit_part_id)
    initial = {"tag": part.asset.tag if part.asset else "", "is_there": part.is_there}
    form = SwapForm(request.user, part, request.POST or None, initial=initial)
    back = reverse("kit", args=[part.kit_id])

    def run(cleaned: dict[str, Any]) -> str:
        operations.swap_kit_part(by=request.user, kit_part_id=part.pk, **form.values())
        return back

    return form_page(
        request, form, run, title=_("%(part)s of %(kit)s") % {"part": part.name, "kit": part.kit.name},
        cancel_url=back,
    )  # fmt: skip


@require_POST
@page(permissions.KEEP)
def remove_part(request: HttpRequest, kit_part_id: int) -> HttpResponse:
    part = visible_or_404(KitPart.objects.visible_to(request.user), kit_part_id)
    operations.remove_kit_part(by=request.user, kit_part_id=part.pk)
    return HttpResponseRedirect(reverse("kit", args=[part.kit_id]))


@page(permissions.HANDLE)
def issue_kit(request: HttpRequest, kit_id: int) -> HttpResponse:
    row = _kit_or_404(request, kit_id)
    form = IssueKitForm(request.user, row.pool.site_id, request.POST or None)

    def run(cleaned: dict[str, Any]) -> str:
        made = operations.issue_kit(
            by=request.user, kit_id=row.pk, department_id=cleaned["department"].pk,
            room_id=cleaned["room"].pk if cleaned["room"] else None, taken_by_name=cleaned["taken_by_name"],
            until_at=cleaned["until_at"],
        )  # fmt: skip
        return reverse("loan-request", args=[made.pk])

    return form_page(
        request, form, run, title=_("Hand out %(kit)s") % {"kit": row.name}, submit=_("Hand it out"),
        cancel_url=reverse("kit", args=[row.pk]),
    )  # fmt: skip
