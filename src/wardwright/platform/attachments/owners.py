"""What files may belong to: each app declares its tables once; views, routes and operations serve every owner alike."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Model, QuerySet

from wardwright.platform.access.scope import Scope, allowed

from .kinds import DocumentKind

Hook = Callable[[Any, int], None]


@dataclass(frozen=True)
class Owner:
    """One table whose rows have documents.

    ``key`` is its name in addresses (``work-order``). Who may see a row (``visible_to``) sees its documents; adding and
    withdrawing needs ``add`` for the row, or everywhere for rows that all sites ``shared``. ``kinds``: what may be
    added, the usual one first; a kind of ``one_of`` replaces the one before; ``limits``: bytes for a kind, where fewer
    than the setting allows. ``subject``: the column with the device whose history the file belongs to. ``beside``:
    (key of another owner, id) whose manuals are shown with a row. ``changed(by, owner_id)`` runs in the same change.
    """

    key: str
    model: type[Model]
    view: Any
    add: Any
    shared: bool = False
    kinds: tuple[DocumentKind, ...] = tuple(DocumentKind)
    one_of: frozenset[DocumentKind] = frozenset()
    limits: dict[DocumentKind, int] = field(default_factory=dict)
    subject: str = ""
    beside: Callable[[Any], Iterable[tuple[str, int]]] = lambda row: ()
    changed: Hook = lambda by, owner_id: None

    @property
    def table(self) -> str:
        return self.model._meta.db_table

    @property
    def parameter(self) -> str:
        """The name of a row of this table in an address: ``work_order_id``."""
        return self.key.replace("-", "_") + "_id"

    @property
    def document_parameter(self) -> str:
        return self.key.replace("-", "_") + "_document_id"

    def rows(self, by: Any) -> QuerySet:
        """The rows within reach of ``by``."""
        return self.model.objects.visible_to(by)  # type: ignore[attr-defined]

    def may_add(self, by: Any, row: Any) -> bool:
        """Whether ``by`` may add to ``row`` and withdraw from it: what the operations ask for."""
        return allowed(by, self.add, Scope() if self.shared else row)


OWNERS: dict[str, Owner] = {}


def owner(key: str, model: type[Model], **given: Any) -> Owner:
    """Declare an owner once."""
    if key in OWNERS:
        raise ValueError(f"Documents of {key} are declared twice.")
    OWNERS[key] = Owner(key, model, **given)
    return OWNERS[key]


def owner_of(table: str) -> Owner | None:
    """The declaration for a table."""
    return next((one for one in OWNERS.values() if one.table == table), None)
