"""The list of devices that are retired and not gone yet."""

from __future__ import annotations

from typing import Any

from django.db.models import F, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from django.http import HttpRequest
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from wardwright.apps.directory.models import Site
from wardwright.web.tables import Column, Filter, Table, by_id
from wardwright.web.templatetags import ui

from .models import Asset, Disposal
from .states import DataHeld, DisposalRoute, Status

_OWN = Disposal._base_manager.filter(asset_id=OuterRef("pk"))
_HELD = ~Q(leaving_held=DataHeld.NO)
_STEPS = {
    "sanitise": _HELD & Q(leaving_method=""),
    "check": ~Q(leaving_method="") & Q(leaving_checked=None),
    "leave": Q(leaving_held=DataHeld.NO) | (~Q(leaving_method="") & Q(leaving_checked__isnull=False)),
}


def _own(column: str) -> Subquery:
    return Subquery(_OWN.values(column)[:1])


def _leaving(by: Any) -> QuerySet:
    rows = Asset.objects.visible_to(by).filter(status=Status.RETIRED)
    return rows.select_related("device_type", "device_model__maker", "site", "department", "room").annotate(
        leaving_held=Coalesce(_own("data_held"), F("device_type__holds_data")),
        leaving_method=Coalesce(_own("method"), Value("")),
        leaving_checked=_own("verified_at"),
        leaving_route=Coalesce(_own("route"), Value("")),
    )


def next_step(row: Any) -> tuple[str, Any]:
    """(meaning, words) of what a device waits for."""
    if row.leaving_held != DataHeld.NO and not row.leaving_method:
        unknown = row.leaving_held == DataHeld.UNKNOWN
        return ("due", _("does it hold data?")) if unknown else ("late", _("remove the data"))
    if row.leaving_method and row.leaving_checked is None:
        return "due", _("a second person checks")
    return ("ok", _("may leave")) if row.leaving_route else ("info", _("say where it goes"))


def _step(row: Any) -> SafeString:
    meaning, words = next_step(row)
    return ui.pill(meaning, str(words))


def _route(row: Any) -> Any:
    return DisposalRoute(row.leaving_route).label if row.leaving_route else "–"


def _model(row: Any) -> str:
    return f"{row.device_model.maker.name} {row.device_model.name}"


LEAVING = Table(
    key="leaving-devices",
    rows=_leaving,
    columns=[
        Column("tag", gettext_lazy("Asset number"), lambda r: r.tag, order="tag"),
        Column(
            "type",
            gettext_lazy("Type"),
            lambda r: ui.two_lines(r.device_type.name, _model(r)),
            text=lambda r: f"{r.device_type.name}, {_model(r)}",
        ),
        Column("step", gettext_lazy("Next"), _step, text=lambda r: next_step(r)[1]),
        Column("route", gettext_lazy("Where it goes"), _route),
        Column("site", gettext_lazy("Site"), lambda r: r.site.name),
        Column(
            "since", gettext_lazy("Retired"), lambda r: ui.date(r.retired_on), text=lambda r: r.retired_on or "",
        ),
    ],
    row_url=lambda r: reverse("asset-disposal", args=[r.pk]),
    sentence=lambda count, request: _sentence(count, request),
    order="tag",
    filters=[
        Filter(
            "step",
            gettext_lazy("Next"),
            lambda rows, value: rows.filter(_STEPS[value]) if value in _STEPS else rows.none(),
            lambda by: [("sanitise", _("remove the data")), ("check", _("check")), ("leave", _("may leave"))],
        ),
        Filter(
            "site", gettext_lazy("Site"), by_id("site_id"),
            lambda by: Site.objects.visible_to(by).values_list("pk", "name"),
        ),
    ],
    empty=(
        gettext_lazy("No retired device waits"),
        gettext_lazy("A device comes here when it is retired, until it is recorded as disposed of."),
    ),
    noun=(gettext_lazy("retired device"), gettext_lazy("retired devices")),
)  # fmt: skip


def _sentence(count: str, request: HttpRequest) -> str:
    return _("%(count)s: still in the house") % {"count": count}
