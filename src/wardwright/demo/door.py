"""Who came by a link last month, and a group of the hospital's directory with its role."""

from __future__ import annotations

import secrets
from datetime import date, datetime, time, timedelta
from typing import Any

from django.utils import timezone

from wardwright.apps.assets.models import Asset
from wardwright.platform.access.models import Role, User
from wardwright.platform.access.scope import authorize
from wardwright.platform.audit.operation import operation
from wardwright.platform.links.models import Link, LinkVisit
from wardwright.platform.links.permissions import MAKE
from wardwright.platform.links.visiting import link_digest
from wardwright.platform.signon.models import Group, GroupRole


@operation()
def make_door(*, by: Any, today: date) -> None:
    """The surveyor of last month, whose link is over, and the technicians' group."""
    authorize(by, MAKE)
    noon = timezone.make_aware(datetime.combine(today - timedelta(days=20), time(12)))
    link = Link.objects.create(
        visitor="State surveyor, A. Keller",
        purpose="Yearly survey of life-support devices",
        opens="all",
        digest=link_digest(secrets.token_urlsafe(32)),
        made_by=User.objects.get(username="hanna"),
        expires_at=noon,
    )
    first = Asset.objects.order_by("id").values_list("pk", flat=True)[0]
    for path in ("/devices/?q=ventilator", f"/devices/{first}/", "/reports/"):
        LinkVisit.objects.create(link=link, path=path, address="203.0.113.7")
    group = Group.objects.create(name="CE technicians")
    GroupRole.objects.create(group=group, role=Role.objects.get(code="technician"))
