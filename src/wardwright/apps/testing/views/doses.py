"""Doses of a device by protocol, reading reports, and reference levels."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from wardwright.apps.assets.models import Asset
from wardwright.apps.testing import operations, permissions
from wardwright.apps.testing.forms.imaging import DoseForm, ReferenceForm
from wardwright.apps.testing.imaging_tables import REPORTS
from wardwright.apps.testing.models import DoseReference, DoseReport
from wardwright.apps.testing.queries.imaging import ProtocolDose, doses_of
from wardwright.kernel.imaging import DOSES, available, missing, quantity
from wardwright.kernel.verification import Verification
from wardwright.platform.access.scope import allowed
from wardwright.platform.core.errors import NotFound
from wardwright.platform.core.words import said_words
from wardwright.web.tables import list_page
from wardwright.web.views import form_page, page, visible_or_404

from .reading_words import figure

PERIODS = (("365", gettext_lazy("the last year")), ("90", gettext_lazy("the last 90 days")), ("", gettext_lazy("ever")))
SAID = 5


@page(permissions.VIEW)
def report_list(request: HttpRequest) -> HttpResponse:
    return list_page(request, REPORTS)


@page(permissions.IMAGING)
def send_doses(request: HttpRequest) -> HttpResponse:
    by = request.user
    form = DoseForm(
        by, request.POST or None, request.FILES or None, initial={"device": request.GET.get("device", "")[:60]}
    )  # fmt: skip

    def run(cleaned: dict[str, Any]) -> str:
        asset = cleaned["device"]
        received = operations.receive_doses(by, asset, cleaned["files"])
        kept = operations.keep_doses(by=by, asset_id=asset.pk, reports=received["reports"])
        _tell(request, len(kept), len(received["reports"]) - len(kept), received["problems"])
        return reverse("device-doses", args=[asset.pk])

    return form_page(
        request, form, run, title=_("Read dose reports"), submit=_("Read them"), cancel_url=reverse("dose-reports"),
        intro="" if available() else " ".join(map(said_words, (missing().message, missing().way_forward))),
    )  # fmt: skip


def _tell(request: HttpRequest, new: int, known: int, problems: list[str]) -> None:
    said = ngettext("%(n)s report was read.", "%(n)s reports were read.", new) % {"n": new}
    if known:
        more = ngettext("%(n)s was known already.", "%(n)s were known already.", known) % {"n": known}
        said = f"{said} {more}"
    messages.success(request, said)
    for words in problems[:SAID]:
        messages.warning(request, said_words(words))


@page(permissions.VIEW)
def device_doses(request: HttpRequest, asset_id: int) -> HttpResponse:
    """Each protocol of a device: how many, the median and the quartiles, and against its reference level."""
    by = request.user
    asset = visible_or_404(Asset.objects.visible_to(by).select_related("device_model__maker", "device_type"), asset_id)
    days = request.GET.get("days", PERIODS[0][0])
    days = days if days in dict(PERIODS) else PERIODS[0][0]
    found = doses_of(by, asset_id, timezone.now() - timedelta(days=int(days)) if days else None)
    above = sum(one.is_above for one in found)
    title = _("%(tag)s: doses by protocol") % {"tag": asset.tag}
    if above:
        words = ngettext("%(n)s above its reference level", "%(n)s above their reference level", above) % {"n": above}
        title = f"{title}, {words}"
    return render(
        request,
        "testing/doses.html",
        {
            "asset": asset,
            "title": title,
            "days": days,
            "periods": PERIODS,
            "lines": [_line(asset, one) for one in found],
            "reports": DoseReport.objects.visible_to(by).filter(asset=asset).count(),
            "may_send": allowed(by, permissions.IMAGING, asset),
            "may_set": allowed(by, permissions.BASELINES, asset),
        },
    )


def _line(asset: Asset, one: ProtocolDose) -> dict[str, Any]:
    spread, unit, percent = one.spread, one.about.unit, one.percent
    query = urlencode({"protocol": one.protocol, "quantity": one.about.key})
    return {
        "one": one,
        "median": f"{figure(spread.median)} {unit}",
        "quartiles": _("%(low)s to %(high)s") % {"low": figure(spread.low), "high": figure(spread.high)},
        "level": f"{figure(one.reference.level)} {unit}" if one.reference else "",
        "percent": "" if percent is None else f"{figure(percent)} %",
        "unverified": bool(one.reference and Verification(one.reference.verified).is_unverified),
        "url": f"{reverse('dose-reference', args=[asset.pk])}?{query}",
    }


@page(permissions.BASELINES)
def edit_reference(request: HttpRequest, asset_id: int) -> HttpResponse:
    """The reference level of ``?protocol=…&quantity=…``."""
    asset = visible_or_404(Asset.objects.visible_to(request.user), asset_id)
    protocol, key = request.GET.get("protocol", "")[:120], request.GET.get("quantity", DOSES[0].key)
    about = quantity(key) if key in {one.key for one in DOSES} else None
    if about is None:
        raise NotFound(_("There is no such dose figure."), _("Go back to the doses."))
    row = DoseReference.objects.visible_to(request.user).filter(asset=asset, protocol=protocol, quantity=key).first()
    form = ReferenceForm(row, request.POST or None)
    back = reverse("device-doses", args=[asset.pk])

    def run(cleaned: dict[str, Any]) -> str:
        operations.set_dose_reference(
            by=request.user, asset_id=asset.pk, protocol=protocol, quantity=key, **form.values()
        )
        return back

    return form_page(
        request, form, run,
        title=_("Reference level of %(figure)s (%(unit)s), %(protocol)s")
        % {"figure": said_words(about.words), "unit": about.unit, "protocol": protocol or _("whole examination")},
        intro=_("The median of many examinations is compared with it. It is no limit for one patient."),
        cancel_url=back, action_url=f"{request.path}?{urlencode({'protocol': protocol, 'quantity': key})}",
    )  # fmt: skip
