"""What the search box finds of work and plans."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from wardwright.apps.assets.queries import few_found
from wardwright.web.finding import Asked, Hit, finder, named

from .models import Plan, WorkOrder
from .queries import in_title


def _hit(order: WorkOrder, *, exact: bool = False) -> Hit:
    words = f"{order.number} · {order.asset.tag} · {order.get_state_display()}"
    return Hit(order.title, words, reverse("work-order", args=[order.pk]), exact)


def _orders(asked: Asked) -> Iterable[Hit]:
    """The order with this number; else what is unfinished, by its number, its title or its device."""
    rows = WorkOrder.objects.visible_to(asked.by).select_related("asset").only("title", "number", "state", "asset__tag")
    meant = rows.filter(number=asked.text.upper()).first() if asked.may_be_number else None
    if meant is not None:
        return [_hit(meant, exact=True)]
    said = Q(number__istartswith=asked.text) | in_title(asked.text) | Q(asset__in=asked.once(few_found))
    return [_hit(order) for order in rows.unfinished().filter(said).order_by("due_on", "pk")[: asked.most]]


finder("work", _("Work"), "tool", _orders, order=30, list_name="work")
named(
    "plans", _("Plans"), "calendar-event", Plan, ("name",),
    lambda by: Plan.objects.visible_to(by).only("name", "state"),
    lambda row: Hit(row.name, row.get_state_display(), reverse("plan", args=[row.pk])),
    order=50, list_name="plans",
)  # fmt: skip
