"""The safety test of an order on paper."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from wardwright.apps.maintenance import permissions
from wardwright.apps.maintenance.safety_certificate import certificate_pdf
from wardwright.platform.core.errors import NotFound
from wardwright.web.views import page

from .orders import order_or_404


@page(permissions.VIEW)
def certificate(request: HttpRequest, work_order_id: int) -> HttpResponse:
    """The certificate as PDF; ``?second=fr`` chooses the language beside the reader's own, else it is English."""
    order = order_or_404(request, work_order_id)
    if not order.safety:
        raise NotFound(_("This order has no safety test."), _("A certificate is there once its work is closed."))
    second = request.GET.get("second", "")
    data = certificate_pdf(request.user, order, second if second in dict(settings.LANGUAGES) else "en")
    answer = HttpResponse(data, content_type="application/pdf")
    answer["Content-Disposition"] = f'inline; filename="safety-{order.number}.pdf"'
    return answer
