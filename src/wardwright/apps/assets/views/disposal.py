"""Retiring a device, removing what data it holds, and letting it go."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from wardwright.platform.access.guardrails import OVERRIDE
from wardwright.platform.access.scope import allowed
from wardwright.web.tables import list_page
from wardwright.web.views import OnceForm, form_page, page

from .. import operations, permissions
from ..disposal_forms import DisposalForm, RetireForm
from ..disposal_tables import LEAVING
from ..models import Disposal
from ..queries import disposal_of
from .devices import asset_or_404


@page(permissions.RETIRE)
def leaving(request: HttpRequest) -> HttpResponse:
    return list_page(request, LEAVING)


@page(permissions.RETIRE)
def retire_device(request: HttpRequest, asset_id: int) -> HttpResponse:
    asset = asset_or_404(request, asset_id)
    form = RetireForm(request.POST or None, initial={"data_held": asset.device_type.holds_data})
    back = reverse("asset", args=[asset.pk])

    def run(cleaned: dict[str, Any]) -> str:
        operations.retire_asset(by=request.user, asset_id=asset.pk, **cleaned)
        return reverse("asset-disposal", args=[asset.pk])

    return form_page(
        request, form, run, title=_("Why is %(tag)s retired?") % {"tag": asset.tag}, submit=_("Retire"),
        template="assets/step.html", cancel_url=back, assets=[asset], dangerous=True,
    )  # fmt: skip


@page(permissions.RETIRE)
def edit_disposal(request: HttpRequest, asset_id: int) -> HttpResponse:
    """One form: the data, the way out, and whether it is gone."""
    asset = asset_or_404(request, asset_id)
    row = disposal_of(request.user, asset)
    usual = Disposal(asset=asset, data_held=asset.device_type.holds_data)
    form = DisposalForm(
        request.user, asset, request.POST or None, row=row or usual,
        may_override=allowed(request.user, OVERRIDE, asset),
    )  # fmt: skip
    back = reverse("asset", args=[asset.pk])

    def run(cleaned: dict[str, Any]) -> str:
        operations.record_disposal(
            by=request.user, asset_id=asset.pk, values=form.values(),
            expected_version=cleaned["expected_version"] if row else None, gone=cleaned.get("gone", False),
            override_reason=cleaned.get("override_reason", ""),
        )  # fmt: skip
        return back

    return form_page(
        request, form, run, title=_("What becomes of %(tag)s?") % {"tag": asset.tag}, template="assets/disposal.html",
        cancel_url=back, asset=asset, disposal=row,
    )  # fmt: skip


@page(permissions.RETIRE)
def check_sanitised(request: HttpRequest, asset_id: int) -> HttpResponse:
    """The second person's word."""
    asset = asset_or_404(request, asset_id)
    row = disposal_of(request.user, asset)
    form = OnceForm(request.POST or None)
    back = reverse("asset", args=[asset.pk])

    def run(cleaned: dict[str, Any]) -> str:
        operations.check_sanitising(by=request.user, asset_id=asset.pk)
        return back

    return form_page(
        request, form, run, title=_("Are the data gone from %(tag)s?") % {"tag": asset.tag},
        submit=_("I have checked: they are gone"), template="assets/check_sanitising.html", cancel_url=back,
        asset=asset, disposal=row,
    )  # fmt: skip
