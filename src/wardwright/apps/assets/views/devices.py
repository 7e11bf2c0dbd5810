"""The register, one device, registering and editing it."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from wardwright.platform.access.scope import allowed
from wardwright.platform.core.errors import Invalid
from wardwright.platform.core.values import as_id
from wardwright.platform.links.permissions import MAKE as MAKE_LINK
from wardwright.web.slots import panels_for
from wardwright.web.tables import entry, list_page
from wardwright.web.views import form_page, page, visible_or_404

from .. import operations, permissions
from ..forms import AssetForm, RegisterForm
from ..models import Asset, AssetMove, DeviceModel, StatusPeriod
from ..operations.registering import udi_prefill
from ..queries import disposal_of, history_of, parts_of, risk_of, search_for
from ..states import TRANSITIONS, Status
from ..tables import DEVICES, GONE
from .facts import asset_facts, icon_of, missing_facts

LATEST = 6


@page(permissions.VIEW)
def device_list(request: HttpRequest) -> HttpResponse:
    return list_page(request, DEVICES)


def asset_or_404(request: HttpRequest, asset_id: int) -> Asset:
    """The device with everything its page names, if the reader may see it."""
    rows = Asset.objects.visible_to(request.user).with_names()
    return visible_or_404(
        rows.select_related("room__floor__building", "owner", "supplier", "provider", "parent"), asset_id
    )


@page(permissions.VIEW)
def device(request: HttpRequest, asset_id: int) -> HttpResponse:
    asset = asset_or_404(request, asset_id)
    by = request.user
    moves = AssetMove.objects.visible_to(by).filter(asset=asset).select_related("site", "department", "room")
    periods = StatusPeriod.objects.visible_to(by).filter(asset=asset)
    return render(
        request,
        "assets/asset.html",
        {
            "asset": asset,
            "title": _("%(tag)s (%(type)s) is %(status)s")
            % {"type": asset.device_type.name, "tag": asset.tag, "status": asset.state_label},
            "icon": icon_of(asset.device_type),
            "search": search_for(by, asset),
            "facts": asset_facts(asset),
            "missing": missing_facts(asset),
            "risk": risk_of(asset.device_type),
            "parts": list(parts_of(by, asset)),
            "moves": list(moves.order_by("-id")[:LATEST]),
            "periods": list(periods.order_by("-id")[:LATEST]),
            "actions": _actions(by, asset),
            "disposal": disposal_of(by, asset) if asset.status in GONE else None,
            "links": _links(by, asset, "asset-action"),
            "menu": _links(by, asset, "asset-menu"),
        },
    )


def _actions(by: Any, asset: Asset) -> dict[str, bool]:
    """What the reader may do with this device now; the same permissions as the operations ask for."""
    open_record = asset.status != Status.DISPOSED
    return {
        "edit": open_record and allowed(by, permissions.CHANGE, asset),
        "move": open_record and allowed(by, permissions.MOVE, asset),
        "status": bool(TRANSITIONS[Status(asset.status)]) and allowed(by, permissions.CHANGE_STATUS, asset),
        "quarantine": Status.QUARANTINED in TRANSITIONS[Status(asset.status)]
        and allowed(by, permissions.CHANGE_STATUS, asset),
        "dispose": asset.status in GONE and allowed(by, permissions.RETIRE, asset),
        "show": allowed(by, MAKE_LINK, asset),
        "retire": Status.RETIRED in TRANSITIONS[Status(asset.status)] and allowed(by, permissions.RETIRE, asset),
    }


def _links(by: Any, asset: Asset, place: str) -> list[dict[str, Any]]:
    """Steps that apps above offer for a device, such as reporting a problem; the rarer ones in the menu."""
    return [
        {
            "label": panel.title,
            "url": reverse(panel.url_name, args=[asset.pk]),
            "primary": panel.key == "report-problem",
        }
        for panel in panels_for(by, place)
        if allowed(by, panel.permission, asset)
    ]


@page(permissions.VIEW)
def device_history(request: HttpRequest, asset_id: int) -> HttpResponse:
    """What happened, the newest first; for HTMX only the entries."""
    asset = asset_or_404(request, asset_id)
    found = history_of(request.user, asset, before=as_id(request.GET.get("before", "")) or 0)
    template = "assets/_history.html" if getattr(request, "htmx", False) else "assets/history.html"
    return render(request, template, {"asset": asset, "history": found})


# Registering ----------------------------------------------------------------------------------------------------


@page(permissions.REGISTER)
def register_device(request: HttpRequest) -> HttpResponse:
    """A new device, prefilled from a scanned label (``?udi=``) or number (``?tag=``)."""
    prefill, hint, known = _prefill(request)
    form = RegisterForm(request.user, request.POST or None, initial=prefill)

    def run(cleaned: dict[str, Any]) -> str:
        asset = operations.register_asset(
            by=request.user, **form.place(), **form.names(), status=cleaned["status"], values=form.values()
        )
        return reverse("asset", args=[asset.pk])

    return form_page(
        request, form, run, title=_("Register a device"), submit=_("Register"), template="assets/register.html",
        cancel_url=reverse("devices"), hint=hint, known=known,
    )  # fmt: skip


def _prefill(request: HttpRequest) -> tuple[dict[str, Any], str, DeviceModel | None]:
    udi, tag = entry(request, "udi", 500), entry(request, "tag", 60)
    if not udi:
        return ({"tag": tag} if tag else {}), "", None
    try:
        said = udi_prefill(udi)
    except Invalid as error:
        return {"udi": udi}, str(error.way_forward), None
    known = None
    model_id = said.pop("device_model_id", None)
    if model_id:
        models = DeviceModel.objects.visible_to(request.user).select_related("maker", "device_type")
        known = models.filter(pk=model_id).first()
        said |= {"device_model": model_id} if known else {}
    return {**said, "tag": tag}, "", known


@page(permissions.REGISTER)
def model_options(request: HttpRequest) -> HttpResponse:
    """The models of the maker typed so far, for the register form's list of suggestions."""
    maker = entry(request, "maker")
    names = DeviceModel.objects.visible_to(request.user).filter(merged_into=None, maker__name__iexact=maker)
    return render(
        request, "assets/_options.html", {"names": names.values_list("name", flat=True)[:300] if maker else []}
    )


# Editing --------------------------------------------------------------------------------------------------------


@page(permissions.CHANGE)
def edit_device(request: HttpRequest, asset_id: int) -> HttpResponse:
    asset = asset_or_404(request, asset_id)
    form = AssetForm(request.user, request.POST or None, row=asset)

    def run(cleaned: dict[str, Any]) -> str:
        operations.change_asset(
            by=request.user, asset_id=asset.pk, values=form.values(), expected_version=cleaned["expected_version"]
        )
        return reverse("asset", args=[asset.pk])

    return form_page(
        request, form, run, title=_("Change %(tag)s") % {"tag": asset.tag}, template="assets/edit.html",
        cancel_url=reverse("asset", args=[asset.pk]), asset=asset,
    )  # fmt: skip
