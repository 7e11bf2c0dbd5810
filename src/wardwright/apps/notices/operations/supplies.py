"""Lots in stock and with patients at home."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from wardwright.apps.assets.queries.importing import chunks
from wardwright.apps.directory.models import Department, Site
from wardwright.apps.notices.lot_lists import refuse_rows
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
#: What tells one entry of a lot from another at the same site.
KEY = ("department_id", "name", "maker", "catalogue_no", "udi_di", "lot", "serial", "holder")
#: What a search goes by.
LOOKED_AT = ("name", "maker", "catalogue_no", "udi_di", "lot", "serial", "expires_on")


@operation()
def add_supply(*, by: Any, site_id: int, department_id: int | None = None, **values: Any) -> Supply:
    """Enter so many of one lot at one place; all notices are asked about it at once.

    Raises:
        Invalid: without a product, or where the department is of another site.
    """
    authorize(by, HANDLE)
    site = _site(by, site_id)
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


@dataclass
class Brought:
    """Ids of lots by what a list did to them."""

    new: list[int] = field(default_factory=list)
    changed: list[int] = field(default_factory=list)
    same: list[int] = field(default_factory=list)


@operation()
def bring_supplies(*, by: Any, site_id: int, rows: list[dict[str, Any]]) -> Brought:
    """Enter a whole list of lots of one site, all of it or nothing; brought again, it changes only what differs.

    Each row has ``row`` (its number in the list), what ``add_supply`` takes, and ``department`` by its name. Rows of
    the same lot at the same place are added up. A lot that the list does not have stays as it was.

    Raises:
        Invalid: naming every row that cannot be entered.
    """
    authorize(by, HANDLE)
    site = _site(by, site_id)
    wards = {row.name.casefold(): row for row in Department.objects.visible_to(by).filter(site=site)}
    wanted: dict[tuple[Any, ...], dict[str, Any]] = {}
    wrong: list[str] = []
    for given in rows:
        try:
            values = _of_row(given, wards)
        except Invalid as error:
            wrong.append(_("Row %(n)s: %(words)s") % {"n": given.get("row", "?"), "words": error})
            continue
        key = tuple(values.get(name) or "" for name in KEY)
        if key in wanted:
            values["quantity"] = values.get("quantity", 1) + wanted[key].get("quantity", 1)
        wanted[key] = {**wanted.get(key, {}), **values}
    refuse_rows(wrong)
    there = {_key(row): row for row in Supply.objects.select_for_update(of=("self",)).filter(site=site).order_by("pk")}
    brought = Brought()
    for key, values in wanted.items():
        row = there.get(key) or Supply(site=site, department_id=values["department_id"])
        if row.quantity == 0:
            values.setdefault("quantity", 1)  # it was used up, and is in the list again
        authorize(by, HANDLE, row)
        differing = {name: value for name, value in values.items() if getattr(row, name) != value}
        if row.pk is not None and not differing:
            brought.same.append(row.pk)
            continue
        kind = brought.changed if row.pk is not None else brought.new
        for name, value in differing.items():
            setattr(row, name, value)
        row.version += row.pk is not None
        row.save()
        kind.append(row.pk)
    for some in chunks([*brought.new, *brought.changed]):
        search_things.enqueue(some, [])
    return brought


def _of_row(given: dict[str, Any], wards: dict[str, Department]) -> dict[str, Any]:
    """A row of a list as the columns of a lot. Raises Invalid."""
    said = {name: value for name, value in given.items() if name not in ("row", "department")}
    values = cleaned(Supply(), said, FIELDS)
    values["name"] = (values.get("name") or values.get("catalogue_no") or values.get("udi_di") or "").strip()
    if not values["name"]:
        raise Invalid(_("Say which product it is."))
    ward = str(given.get("department") or "").strip()
    if ward and ward.casefold() not in wards:
        raise Invalid(_("There is no department “%(name)s” at this site.") % {"name": ward[:80]})
    values["department_id"] = wards[ward.casefold()].pk if ward else None
    if values.get("holder"):
        values["at_home"] = True
    return values


def _key(row: Supply) -> tuple[Any, ...]:
    return tuple(getattr(row, name) or "" for name in KEY)


def _site(by: Any, site_id: Any) -> Site:
    found: Site | None = reachable(Site.objects.visible_to(by), site_id, "site_id")
    if found is None:
        raise Invalid(_("Say at which site it is."), fields={"site_id": _("Choose a site.")})
    return found


def _department(by: Any, site: Site, department_id: Any) -> Department | None:
    if department_id in (None, ""):
        return None
    found: Department | None = reachable(
        Department.objects.visible_to(by).filter(site=site), department_id, "department_id"
    )
    return found
