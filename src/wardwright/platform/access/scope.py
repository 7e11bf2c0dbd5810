"""The only two doors: ``authorize`` before a write, ``visible_to`` (built with ``scope_q``) before a read."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from wardwright.platform.core.change import current_change
from wardwright.platform.core.errors import Denied

from .permissions import PERMISSIONS, Permission


@dataclass(frozen=True)
class Scope:
    """Where a row belongs; None means it belongs to no site, department or vendor in particular.

    ``subject_id`` is the subject of its history (``audit_subject``): a visitor may be shown that one alone.
    """

    site_id: int | None = None
    department_id: int | None = None
    vendor_id: int | None = None
    subject_id: int | None = None


@dataclass
class Reach:
    """How far one permission of one user goes."""

    everything: bool = False
    sites: set[int] = field(default_factory=set)
    departments: set[int] = field(default_factory=set)
    vendors: set[int] = field(default_factory=set)
    subjects: set[int] = field(default_factory=set)

    def add(self, kind: str, scope_id: int | None) -> None:
        if kind == "all":
            self.everything = True
        elif scope_id is not None:
            {"site": self.sites, "department": self.departments, "vendor": self.vendors}[kind].add(scope_id)

    def covers(self, scope: Scope) -> bool:
        return (
            self.everything
            or scope.site_id in self.sites
            or scope.department_id in self.departments
            or scope.vendor_id in self.vendors
            or scope.subject_id in self.subjects
        )


EVERYWHERE = Reach(everything=True)


def reaches(by: Any) -> dict[str, Reach]:
    """Permission code → reach of ``by``; read once for each loaded user (one query)."""
    found = getattr(by, "_reaches", None)
    if found is None:
        found = by._reaches = reaches_from(by.grants())
    return found


def reaches_from(grants: Iterable[tuple[str, int | None, Iterable[str]]]) -> dict[str, Reach]:
    """Permission code → reach, from (scope kind, scope id, permission codes) of each grant; "*" is every permission."""
    found: dict[str, Reach] = {}
    for kind, scope_id, codes in grants:
        for code in PERMISSIONS if "*" in codes else codes:
            found.setdefault(code, Reach()).add(kind, scope_id)
    return found


def reach(by: Any, perm: Permission | str) -> Reach | None:
    """How far ``perm`` of ``by`` goes; None when they do not have it at all."""
    if by is None or not getattr(by, "is_authenticated", False):
        return None
    if by.is_system:
        return EVERYWHERE
    return reaches(by).get(str(perm)) if by.is_active else None


def allowed(by: Any, perm: Permission | str, obj: Any = None) -> bool:
    """Whether ``by`` has ``perm``, and for an ``obj`` with ``scope()`` whether it lies within reach."""
    found = reach(by, perm)
    if found is None:
        return False
    return obj is None or found.covers(obj if isinstance(obj, Scope) else obj.scope())


def authorize(by: Any, perm: Permission | str, obj: Any = None) -> None:
    """Refuse unless ``by`` has ``perm`` (within the scope of ``obj``); marks the open change as authorized.

    Raises:
        Denied: with the words of the permission that is missing.
    """
    if not allowed(by, perm, obj):
        label = PERMISSIONS[str(perm)].label if str(perm) in PERMISSIONS else perm
        raise Denied(
            _("You may not do this here: it needs the permission “%(permission)s”.") % {"permission": label},
            _("Ask the person who manages access in your department."),
        )
    change = current_change()
    if change is not None:
        change.authorized = True
        if obj is not None:
            change.places.append(obj if isinstance(obj, Scope) else obj.scope())


def authorize_everywhere(by: Any, perm: Permission | str) -> None:
    """As ``authorize``, for rows that all sites share: the permission must have no limit to a place.

    Raises:
        Denied: also for those who have it at one site only.
    """
    if allowed(by, perm) and not allowed(by, perm, Scope()):
        label = PERMISSIONS[str(perm)].label if str(perm) in PERMISSIONS else perm
        raise Denied(
            _("This is shared by all sites: to change it, the permission “%(permission)s” must hold at all of them.")
            % {"permission": label},
            _("Ask somebody whose role is not limited to a place."),
        )
    authorize(by, perm, Scope())


def scope_q(
    by: Any, perm: Permission | str, *, site: str = "", department: str = "", vendor: str = "", subject: str = ""
) -> Q:
    """The filter that keeps the rows within reach of ``by``; the names are the columns (or paths) of each scope."""
    found = reach(by, perm)
    if found is None:
        return Q(pk__in=())
    if found.everything:
        return Q()
    kept = Q(pk__in=())
    places = ((site, found.sites), (department, found.departments), (vendor, found.vendors), (subject, found.subjects))
    for path, ids in places:
        if path and ids:
            kept |= Q(**{f"{path}__in": sorted(ids)})
    return kept
