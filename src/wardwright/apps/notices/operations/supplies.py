"""Lots in stock and with patients at home."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from wardwright.apps.directory.models import Department, Site
from wardwright.apps.notices.models import Supply
from wardwright.apps.notices.permissions import HANDLE
from wardwright.platform.access.scope import authorize
from wardwright.platform.audit.operation import operation
from wardwright.platform.core.edits import apply_edit, lock
from wardwright.platform.core.errors import Invalid, NotFound
from wardwright.platform.core.values import cleaned, reachable

from .background import search_things

FIELDS = (
    "name", "maker", "catalogue_no", "udi_di", "lot", "serial", "expires_on", "quantity", "at_home", "holder", "note",
)  # fmt: skip
#: What a search goes by.
LOOKED_AT = ("name", "maker", "catalogue_no", "udi_di", "lot", "serial", "expires_on")


@operation()
def add_supply(*, by: Any, site_id: int, department_id: int | None = None, **values: Any) -> Supply:
    """Enter so many of one lot at one place; all notices are asked about it at once.

    Raises:
        Invalid: without a product, or where the department is of another site.
    """
    authorize(by, HANDLE)
    site = reachable(Site.objects.visible_to(by), site_id, "site_id")
    if site is None:
        raise Invalid(_("Say at which site it is."), fields={"site_id": _("Choose a site.")})
    row = Supply(site=site, department=_department(by, site, department_id))
    authorize(by, HANDLE, row)
    for name, value in cleaned(row, values, FIELDS).items():
        setattr(row, name, value)
    if not row.name.strip():
        raise Invalid(_("Say which product it is."), fields={"name": _("Enter the product.")})
    row.save()
    search_things.enqueue([row.pk], [])
    return row


@operation()
def change_supply(*, by: Any, supply_id: int, expected_version: int | None = None, **values: Any) -> Supply:
    """Change a lot: another quantity (0: used up or discarded), another place."""
    try:
        row: Supply = lock(Supply.objects.select_related("site", "department"), supply_id)
    except Supply.DoesNotExist:
        raise NotFound(_("There is no such lot."), _("Go back to the list.")) from None
    authorize(by, HANDLE, row)
    given = dict(values)
    if "department_id" in given:
        row.department = _department(by, row.site, given.pop("department_id"))
        authorize(by, HANDLE, row)
        row.save()
    before = [getattr(row, name) for name in LOOKED_AT]
    apply_edit(row, cleaned(row, given, FIELDS), expected_version=expected_version)
    if [getattr(row, name) for name in LOOKED_AT] != before:
        search_things.enqueue([row.pk], [])
    return row


def _department(by: Any, site: Site, department_id: Any) -> Department | None:
    if department_id in (None, ""):
        return None
    found: Department | None = reachable(
        Department.objects.visible_to(by).filter(site=site), department_id, "department_id"
    )
    return found
