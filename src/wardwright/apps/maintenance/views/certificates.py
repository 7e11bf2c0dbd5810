"""Certificates that have not come: the list, oldest first, and giving one up with a reason."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from wardwright.apps.directory.models import Company, Site
from wardwright.apps.maintenance import operations, permissions, queries
from wardwright.apps.maintenance.forms import ReasonForm
from wardwright.apps.maintenance.models import WorkOrder
from wardwright.apps.maintenance.tables import device_words
from wardwright.apps.testing import permissions as testing_permissions
from wardwright.apps.testing.queries import calibrations_without_certificate
from wardwright.platform.access.scope import allowed
from wardwright.web.tables import Column, Filter, Table, by_id, list_page
from wardwright.web.templatetags import ui
from wardwright.web.views import form_page, page

from .orders import order_or_404

INSTRUMENTS_SHOWN = 20


def _rows(by: Any) -> Any:
    return queries.certificates_missing(by).select_related("asset__device_type", "site", "provider", "done_by")


def _companies(by: Any) -> Any:
    """The companies that owe one."""
    owing = _rows(by).order_by().values("provider_id")
    return Company.objects.visible_to(by).filter(pk__in=owing).order_by("name").values_list("pk", "name")


def _by_company(rows: Any, value: str) -> Any:
    return rows.filter(provider=None) if value == "none" else by_id("provider_id")(rows, value)


def _sentence(count: str, request: HttpRequest) -> str:
    return _("Certificate missing: %(count)s") % {"count": count}


def _closed(order: WorkOrder) -> Any:
    words = ui.ago(order.closed_at)
    return format_html('{}<span class="cell-2">{}</span>', ui.date(timezone.localtime(order.closed_at).date()), words)


def who_words(order: WorkOrder) -> Any:
    """The company that owes the certificate, or who of ours did the work."""
    return order.provider or order.done_by or _("our own department")


MISSING = Table(
    key="certificates",
    url_name="certificates-missing",
    rows=_rows,
    columns=[
        Column(
            "number",
            gettext_lazy("Work order"),
            lambda r: format_html('{}<span class="cell-2">{}</span>', r.title, r.number),
            text=lambda r: r.number,
        ),
        Column("company", gettext_lazy("Done by"), who_words),
        Column("device", gettext_lazy("Device"), device_words, text=lambda r: r.asset.tag),
        Column("closed", gettext_lazy("Closed"), _closed, order="closed_at", text=lambda r: r.closed_at.date()),
        Column("site", gettext_lazy("Site"), lambda r: r.site),
    ],
    row_url=lambda order: f"{reverse('work-order', args=[order.pk])}#panel-documents",
    sentence=_sentence,
    order="closed_at",
    filters=[
        Filter(
            "company",
            gettext_lazy("Company"),
            _by_company,
            lambda by: [("none", _("our own department")), *_companies(by)],
        ),
        Filter(
            "site",
            gettext_lazy("Site"),
            by_id("site_id"),
            lambda by: Site.objects.visible_to(by).values_list("pk", "name"),
        ),
    ],
    empty=(
        gettext_lazy("No certificate is missing"),
        gettext_lazy(
            "Work done by a company, calibrations and procedures that say so leave one. What has not come stands here."
        ),
    ),
    noun=(gettext_lazy("work order"), gettext_lazy("work orders")),
)


@page(permissions.VIEW)
def certificates_missing(request: HttpRequest) -> HttpResponse:
    """Finished work whose certificate has not come, and calibrations without theirs above it."""
    instruments: list[Any] = []
    if allowed(request.user, testing_permissions.VIEW):
        instruments = list(calibrations_without_certificate(request.user)[:INSTRUMENTS_SHOWN])
    return list_page(request, MISSING, template="maintenance/certificates.html", instruments=instruments)


@page(permissions.CLOSE)
def waive_certificate(request: HttpRequest, work_order_id: int) -> HttpResponse:
    order = order_or_404(request, work_order_id)
    back = reverse("work-order", args=[order.pk])

    def run(cleaned: dict[str, Any]) -> str:
        operations.waive_certificate(by=request.user, work_order_id=order.pk, reason=cleaned["reason"])
        return back

    title = _("No certificate is due for %(number)s") % {"number": order.number}
    return form_page(request, ReasonForm(request.POST or None), run, title=title, cancel_url=back)
