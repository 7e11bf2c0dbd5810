"""Device types and models."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from wardwright.platform.access.scope import Scope, allowed
from wardwright.web.row_forms import edit_page
from wardwright.web.tables import list_page
from wardwright.web.views import form_page, page, visible_or_404

from .. import operations, permissions
from ..forms import DeviceModelForm, SpellingForm, TypeForm
from ..models import Asset, DeviceModel, DeviceType
from ..queries import models_in_use, risk_of, spellings_of_model, spellings_of_type
from ..tables import MODELS, TYPES
from .facts import icon_of

SHOWN = 12


@page(permissions.VIEW)
def type_list(request: HttpRequest) -> HttpResponse:
    return list_page(request, TYPES)


@page(permissions.VIEW)
def device_type(request: HttpRequest, device_type_id: int) -> HttpResponse:
    row = visible_or_404(DeviceType.objects.visible_to(request.user).select_related("merged_into"), device_type_id)
    assets = Asset.objects.visible_to(request.user).filter(device_type=row)
    context = {
        "row": row,
        "icon": icon_of(row),
        "risk": risk_of(row),
        "models": list(models_in_use(request.user).filter(device_type=row).order_by("maker__name", "name")[:200]),
        "spellings": list(spellings_of_type(request.user, row)),
        "list_url": f"{reverse('devices')}?type={row.pk}",
        "edit_url": reverse("edit-device-type", args=[row.pk]),
        "spelling_url": reverse("add-type-spelling", args=[row.pk]),
    }
    return render(request, "assets/device_type.html", {**context, **_devices(request, assets)})


@page(permissions.CATALOGUE)
def new_type(request: HttpRequest) -> HttpResponse:
    form = TypeForm(request.user, request.POST or None)

    def run(cleaned: dict[str, Any]) -> str:
        given = form.values()
        row = operations.create_device_type(by=request.user, name=given.pop("name"), values=given)
        return reverse("device-type", args=[row.pk])

    return form_page(
        request, form, run, title=_("New device type"), template="web/edit_row.html", cancel_url=reverse("device-types")
    )


@page(permissions.CATALOGUE)
def edit_type(request: HttpRequest, device_type_id: int) -> HttpResponse:
    row = visible_or_404(DeviceType.objects.visible_to(request.user), device_type_id)
    form = TypeForm(request.user, request.POST or None, row=row)
    back = reverse("device-type", args=[row.pk])

    title = _("Change the type %(name)s") % {"name": row.name}
    return edit_page(request, form, operations.change_device_type, "device_type_id", back, title)


@page(permissions.VIEW)
def model_list(request: HttpRequest) -> HttpResponse:
    return list_page(request, MODELS)


@page(permissions.VIEW)
def device_model(request: HttpRequest, device_model_id: int) -> HttpResponse:
    models = DeviceModel.objects.visible_to(request.user).select_related("maker", "device_type", "merged_into")
    row = visible_or_404(models, device_model_id)
    assets = Asset.objects.visible_to(request.user).filter(device_model=row)
    context = {
        "row": row,
        "icon": icon_of(row.device_type),
        "spellings": list(spellings_of_model(request.user, row)),
        "list_url": f"{reverse('devices')}?maker={row.maker_id}&type={row.device_type_id}",
        "edit_url": reverse("edit-device-model", args=[row.pk]),
        "spelling_url": reverse("add-model-spelling", args=[row.pk]),
    }
    return render(request, "assets/device_model.html", {**context, **_devices(request, assets)})


@page(permissions.CATALOGUE)
def new_model(request: HttpRequest) -> HttpResponse:
    form = DeviceModelForm(request.user, request.POST or None)

    def run(cleaned: dict[str, Any]) -> str:
        given = form.values()
        row = operations.create_device_model(
            by=request.user, maker_id=given.pop("maker_id"), name=given.pop("name"),
            device_type_id=given.pop("device_type_id"), values=given,
        )  # fmt: skip
        return reverse("device-model", args=[row.pk])

    return form_page(
        request, form, run, title=_("New model"), template="web/edit_row.html", cancel_url=reverse("device-models")
    )


@page(permissions.CATALOGUE)
def edit_model(request: HttpRequest, device_model_id: int) -> HttpResponse:
    row = visible_or_404(DeviceModel.objects.visible_to(request.user), device_model_id)
    form = DeviceModelForm(request.user, request.POST or None, row=row)
    back = reverse("device-model", args=[row.pk])

    title = _("Change the model %(name)s") % {"name": row.name}
    return edit_page(request, form, operations.change_device_model, "device_model_id", back, title)


@page(permissions.CATALOGUE)
def add_type_spelling(request: HttpRequest, device_type_id: int) -> HttpResponse:
    row = visible_or_404(DeviceType.objects.visible_to(request.user), device_type_id)
    back = reverse("device-type", args=[row.pk])

    def run(cleaned: dict[str, Any]) -> str:
        operations.add_type_alias(by=request.user, device_type_id=row.pk, spelling=cleaned["spelling"])
        return back

    return _spelling(request, run, row, back)


@page(permissions.CATALOGUE)
def add_model_spelling(request: HttpRequest, device_model_id: int) -> HttpResponse:
    row = visible_or_404(DeviceModel.objects.visible_to(request.user), device_model_id)
    back = reverse("device-model", args=[row.pk])

    def run(cleaned: dict[str, Any]) -> str:
        operations.add_model_alias(by=request.user, device_model_id=row.pk, spelling=cleaned["spelling"])
        return back

    return _spelling(request, run, row, back)


def _spelling(request: HttpRequest, run: Any, row: Any, back: str) -> HttpResponse:
    title = _("How else is %(name)s written?") % {"name": row.name}
    return form_page(request, SpellingForm(request.POST or None), run, title=title, submit=_("Add"), cancel_url=back)


def _devices(request: HttpRequest, assets: Any) -> dict[str, Any]:
    return {
        "assets": list(assets.with_names().order_by("-id")[:SHOWN]),
        "count": assets.count(),
        "may_edit": allowed(request.user, permissions.CATALOGUE, Scope()),
    }
