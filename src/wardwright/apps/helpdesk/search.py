"""What the search box finds of requests."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from wardwright.apps.assets.queries import few_found
from wardwright.apps.maintenance.queries import in_title
from wardwright.web.finding import Asked, Hit, finder

from .models import Request
from .queries import plain_ticket


def _hit(request: Request, *, exact: bool = False) -> Hit:
    return Hit(
        request.title,
        f"{request.ticket} · {request.get_state_display()}",
        reverse("request", args=[request.pk]),
        exact,
    )


def _requests(asked: Asked) -> Iterable[Hit]:
    """The request with this ticket; else what is unfinished, by its title or its device."""
    rows = Request.objects.visible_to(asked.by).only("title", "code", "state")
    meant = rows.filter(code=plain_ticket(asked.text)).first() if asked.may_be_number else None
    if meant is not None:
        return [_hit(meant, exact=True)]
    said = in_title(asked.text) | Q(asset__in=asked.once(few_found))
    return [_hit(request) for request in rows.unfinished().filter(said).order_by("-received_at")[: asked.most]]


finder("requests", _("Requests"), "message", _requests, order=32, list_name="requests")
