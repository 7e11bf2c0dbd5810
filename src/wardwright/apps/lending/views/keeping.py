"""Stores, what they lend, and which devices they hold."""

from __future__ import annotations

from typing import Any

from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from wardwright.apps.lending import operations, permissions, queries
from wardwright.apps.lending.forms import PoolForm, PoolTypeForm, ScannedForm
from wardwright.apps.lending.models import Pool, PoolType
from wardwright.apps.lending.tables import POOLS
from wardwright.platform.access.scope import allowed
from wardwright.web.tables import list_page
from wardwright.web.views import form_page, page, visible_or_404

from .narrowing import tabs

SHOWN = 200


@page(permissions.VIEW)
def pool_list(request: HttpRequest) -> HttpResponse:
    return list_page(request, POOLS, template="lending/list.html", tabs=tabs(request, "pools"))


@page(permissions.KEEP)
def new_pool(request: HttpRequest) -> HttpResponse:
    form = PoolForm(request.user, request.POST or None)

    def run(cleaned: dict[str, Any]) -> str:
        return reverse("pool", args=[operations.keep_pool(by=request.user, **form.values()).pk])

    return form_page(
        request, form, run, title=_("Open an equipment library"), submit=_("Open it"), cancel_url=reverse("pools")
    )


def _pool_or_404(request: HttpRequest, pool_id: int) -> Pool:
    rows = Pool.objects.visible_to(request.user).select_related("site", "department", "room")
    return visible_or_404(rows, pool_id)


@page(permissions.VIEW)
def pool(request: HttpRequest, pool_id: int) -> HttpResponse:
    row = _pool_or_404(request, pool_id)
    by = request.user
    types = PoolType.objects.visible_to(by).filter(pool=row).select_related("device_type")
    counted = queries.held(by).filter(pool=row).order_by().values_list("asset__device_type_id").annotate(n=Count("pk"))
    counts = dict(counted)
    devices = queries.held(by).filter(pool=row).with_names().order_by("asset__device_type__name", "asset__tag")
    return render(
        request,
        "lending/pool.html",
        {
            "row": row,
            "types": [
                {"row": one, "count": counts.get(one.device_type_id, 0)}
                for one in types.order_by("-is_active", "device_type__name")
            ],
            "devices": list(devices[:SHOWN]),
            "title": _("%(pool)s holds %(n)s devices") % {"pool": row.name, "n": sum(counts.values())},
            "may_keep": allowed(by, permissions.KEEP, row),
        },
    )


@page(permissions.KEEP)
def edit_pool(request: HttpRequest, pool_id: int) -> HttpResponse:
    row = _pool_or_404(request, pool_id)
    form = PoolForm(request.user, request.POST or None, initial=PoolForm.initial_of(row))
    back = reverse("pool", args=[row.pk])

    def run(cleaned: dict[str, Any]) -> str:
        operations.keep_pool(
            by=request.user, pool_id=row.pk, expected_version=cleaned["expected_version"], **form.values()
        )
        return back

    return form_page(request, form, run, title=_("Change %(pool)s") % {"pool": row.name}, cancel_url=back)


@page(permissions.KEEP)
def lend_type(request: HttpRequest, pool_id: int) -> HttpResponse:
    row = _pool_or_404(request, pool_id)
    form = PoolTypeForm(request.user, None, request.POST or None)
    back = reverse("pool", args=[row.pk])

    def run(cleaned: dict[str, Any]) -> str:
        operations.lend_type(by=request.user, pool_id=row.pk, device_type_id=cleaned["device_type"].pk, **form.values())
        return back

    return form_page(request, form, run, title=_("What does %(pool)s lend?") % {"pool": row.name}, cancel_url=back)


@page(permissions.KEEP)
def pool_type(request: HttpRequest, pool_type_id: int) -> HttpResponse:
    rows = PoolType.objects.visible_to(request.user).select_related("pool", "device_type")
    row = visible_or_404(rows, pool_type_id)
    form = PoolTypeForm(request.user, row, request.POST or None, initial=PoolTypeForm.initial_of(row))
    back = reverse("pool", args=[row.pool_id])

    def run(cleaned: dict[str, Any]) -> str:
        operations.change_pool_type(
            by=request.user, pool_type_id=row.pk, expected_version=cleaned["expected_version"], **form.values()
        )
        return back

    title = _("How %(pool)s lends: %(type)s") % {"pool": row.pool.name, "type": row.device_type.name}
    return form_page(request, form, run, title=title, cancel_url=back)


@page(permissions.KEEP)
def add_devices(request: HttpRequest, pool_id: int) -> HttpResponse:
    row = _pool_or_404(request, pool_id)
    form = ScannedForm(request.user, request.POST or None)
    back = reverse("pool", args=[row.pk])

    def run(cleaned: dict[str, Any]) -> str:
        operations.add_devices(by=request.user, pool_id=row.pk, asset_ids=form.asset_ids)
        return back

    return form_page(
        request, form, run, title=_("Which devices come into %(pool)s?") % {"pool": row.name}, submit=_("Add them"),
        cancel_url=back, intro=_("They count as clean and ready. Their types are lent from then on."),
    )  # fmt: skip
