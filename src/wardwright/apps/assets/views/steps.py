"""Moving devices, changing their status, and what they belong to: one device, or those selected in the list."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from wardwright.platform.core.errors import NotFound
from wardwright.platform.core.values import as_id
from wardwright.web.views import form_page, page

from .. import operations, permissions
from ..forms import MoveForm, ParentForm, StatusForm
from ..models import Asset
from ..states import Status
from .devices import asset_or_404


@page(permissions.MOVE)
def move_device(request: HttpRequest, asset_id: int) -> HttpResponse:
    asset = asset_or_404(request, asset_id)
    return _move(request, [asset], reverse("asset", args=[asset.pk]))


@require_POST
@page(permissions.MOVE)
def move_devices(request: HttpRequest) -> HttpResponse:
    assets = _selected(request)
    return _move(request, assets, reverse("devices")) if assets else HttpResponseRedirect(reverse("devices"))


def _move(request: HttpRequest, assets: list[Asset], back: str) -> HttpResponse:
    form = MoveForm(request.user, _sent(request), initial=_initial(assets))

    def run(cleaned: dict[str, Any]) -> str:
        operations.move_assets(by=request.user, asset_ids=[a.pk for a in assets], **form.place())
        return back

    title = ngettext("Where is %(tag)s now?", "Where are these %(n)s devices now?", len(assets))
    return form_page(
        request, form, run, title=title % {"tag": assets[0].tag, "n": len(assets)}, submit=_("Move"), cancel_url=back,
        template="assets/step.html", assets=assets,
    )  # fmt: skip


@page(permissions.CHANGE_STATUS)
def change_device_status(request: HttpRequest, asset_id: int) -> HttpResponse:
    asset = asset_or_404(request, asset_id)
    return _status(request, [asset], reverse("asset", args=[asset.pk]))


@require_POST
@page(permissions.CHANGE_STATUS)
def change_devices_status(request: HttpRequest) -> HttpResponse:
    assets = _selected(request)
    return _status(request, assets, reverse("devices")) if assets else HttpResponseRedirect(reverse("devices"))


@page(permissions.CHANGE_STATUS)
def quarantine_device(request: HttpRequest, asset_id: int) -> HttpResponse:
    asset = asset_or_404(request, asset_id)
    return _status(request, [asset], reverse("asset", args=[asset.pk]), only=Status.QUARANTINED)


def _status(request: HttpRequest, assets: list[Asset], back: str, *, only: Status | None = None) -> HttpResponse:
    form = StatusForm({a.status for a in assets}, _sent(request), initial=_initial(assets, status=only))
    if only is not None:
        form.fields["status"].widget = form.fields["status"].hidden_widget()
        form.fields["out_reason"].widget = form.fields["out_reason"].hidden_widget()
        form.fields["reason"].required = True

    def run(cleaned: dict[str, Any]) -> str:
        operations.change_statuses(
            by=request.user, asset_ids=[a.pk for a in assets], status=only or cleaned["status"],
            reason=cleaned["reason"], out_reason=cleaned["out_reason"],
        )  # fmt: skip
        return back

    return form_page(
        request, form, run, title=_status_title(assets, only), submit=_("Quarantine") if only else _("Change status"),
        template="assets/step.html", cancel_url=back, assets=assets, dangerous=only is not None,
        nothing=not form.fields["status"].choices,
    )  # fmt: skip


def _status_title(assets: list[Asset], only: Status | None) -> str:
    names = {"tag": assets[0].tag, "n": len(assets), "status": assets[0].state_label}
    if only is not None:
        return _("Why is %(tag)s quarantined?") % names
    return ngettext("%(tag)s is %(status)s. What is it now?", "What are these %(n)s devices now?", len(assets)) % names


@page(permissions.CHANGE)
def device_parent(request: HttpRequest, asset_id: int) -> HttpResponse:
    asset = asset_or_404(request, asset_id)
    initial = {"parent_tag": asset.parent.tag if asset.parent else "", "part_kind": asset.part_kind}
    form = ParentForm(request.user, asset, request.POST or None, initial=initial)
    back = reverse("asset", args=[asset.pk])

    def run(cleaned: dict[str, Any]) -> str:
        operations.set_parent(
            by=request.user, asset_id=asset.pk, parent_id=form.parent_id, part_kind=cleaned["part_kind"] or "component"
        )
        return back

    return form_page(
        request, form, run, title=_("What does %(tag)s belong to?") % {"tag": asset.tag}, cancel_url=back,
        template="assets/step.html", assets=[asset],
    )  # fmt: skip


def _selected(request: HttpRequest) -> list[Asset]:
    """The devices chosen in the list; one that the reader may not see is answered like one that does not exist."""
    given = [part for value in request.POST.getlist("selected") for part in value.split(",")]
    ids = {pk for part in given[:1000] if (pk := as_id(part)) is not None}
    found = list(Asset.objects.visible_to(request.user).filter(pk__in=ids).with_names().order_by("tag"))
    if len(found) != len(ids):
        raise NotFound(_("Some of these devices do not exist, or you may not see them."), _("Reload the list."))
    return found


def _sent(request: HttpRequest) -> Any:
    """The form's own data; the first arrival from the list carries only the selection."""
    return request.POST if "once" in request.POST else None


def _initial(assets: list[Asset], **more: Any) -> dict[str, Any]:
    same_room = {a.room_id for a in assets}
    return {
        "selected": ",".join(str(a.pk) for a in assets),
        "room": same_room.pop() if len(same_room) == 1 else None,
        **more,
    }
