"""The list of visitors' links."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from wardwright.platform.links.models import Link
from wardwright.platform.links.permissions import MAKE
from wardwright.web.tables import Action, Column, Filter, Table
from wardwright.web.templatetags import ui


def state_of(row: Link) -> Any:
    """Open, ended or over."""
    if row.is_open:
        return ui.pill("ok", _("open"))
    return ui.pill("out", _("ended") if row.revoked_at else _("over"))


def _by_state(rows: QuerySet, value: str) -> QuerySet:
    still = Q(revoked_at=None, expires_at__gt=timezone.now())
    return rows.filter(still if value == "open" else ~still)


LINKS = Table(
    key="visitor-links",
    rows=lambda by: Link.objects.visible_to(by).select_related("made_by"),
    columns=[
        Column("visitor", gettext_lazy("Who looks"), lambda r: r.visitor),
        Column("purpose", gettext_lazy("What for"), lambda r: r.purpose),
        Column("opens", gettext_lazy("What it opens"), lambda r: r.get_opens_display()),
        Column("until", gettext_lazy("Until"), lambda r: ui.date(r.expires_at), order="expires_at"),
        Column("by", gettext_lazy("Made by"), lambda r: r.made_by.name),
        Column("state", gettext_lazy("State"), state_of, text=lambda r: _("open") if r.is_open else _("ended")),
    ],
    row_url=lambda r: reverse("visitor-link", args=[r.pk]),
    sentence=lambda count, request: _("%(count)s for visitors who only look") % {"count": count},
    order="-id",
    filters=[
        Filter(
            "state", gettext_lazy("State"), _by_state, lambda by: [("open", _("open")), ("ended", _("ended or over"))]
        )
    ],
    empty=(gettext_lazy("No link yet"), gettext_lazy("Make one for a surveyor who comes next week.")),
    noun=("link", "links"),
    actions=lambda by: [Action(_("Let somebody look"), reverse("new-visitor-link"), MAKE, "plus", True)],
)
