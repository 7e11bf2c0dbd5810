"""Letting somebody look: which place or device a link opens."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from wardwright.apps.directory.models import Site
from wardwright.platform.access.scope import Scope, authorize, authorize_everywhere
from wardwright.platform.audit.operation import operation
from wardwright.platform.core.errors import Invalid
from wardwright.platform.core.values import reachable
from wardwright.platform.links.models import Opens
from wardwright.platform.links.operations import MadeLink, write_link
from wardwright.platform.links.permissions import MAKE

from ..models import Asset


@operation()
def make_link(
    *,
    by: Any,
    visitor: str,
    purpose: str,
    days: int,
    site_id: int | None = None,
    asset_id: int | None = None,
    pin: str = "",
) -> MadeLink:
    """A link to the whole house, to one site or to one device, for at most 30 days. It lets nobody change anything.

    Raises:
        Denied: for a place where the maker may not let people look.
    """
    values: dict[str, Any] = {"visitor": visitor, "purpose": purpose, "opens": Opens.EVERYTHING, "start": "/"}
    if site_id is not None and asset_id is not None:
        raise Invalid(_("Choose a site or a device, not both."))
    if asset_id is not None:
        asset = reachable(Asset.objects.visible_to(by), asset_id, "asset_id")
        authorize(by, MAKE, asset)
        values |= {"opens": Opens.SUBJECT, "scope_id": asset.pk, "start": reverse("asset", args=[asset.pk])}
    elif site_id is not None:
        site = reachable(Site.objects.visible_to(by), site_id, "site_id")
        authorize(by, MAKE, Scope(site_id=site.pk))
        values |= {"opens": Opens.SITE, "scope_id": site.pk}
    else:
        authorize_everywhere(by, MAKE)
    return write_link(by, values, days=days, pin=pin)
