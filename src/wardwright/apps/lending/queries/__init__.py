"""Reads of the equipment library with a business meaning."""

from .availability import Availability, availability, fleet_of
from .kits import KitState, kit_state, kits_with_state
from .stock import (
    History,
    TypeLine,
    fit_to_lend,
    held,
    history_of,
    lent_types,
    library_figures,
    overdue_for_maintenance,
    pool_type_of,
    proposed,
    ready_at_site,
    stock_board,
    wards_of,
    within,
)
from .utilisation import UseLine, has_waited, library_use

__all__ = [
    "Availability",
    "History",
    "KitState",
    "TypeLine",
    "UseLine",
    "availability",
    "fit_to_lend",
    "fleet_of",
    "has_waited",
    "held",
    "history_of",
    "kit_state",
    "kits_with_state",
    "lent_types",
    "library_figures",
    "library_use",
    "overdue_for_maintenance",
    "pool_type_of",
    "proposed",
    "ready_at_site",
    "stock_board",
    "wards_of",
    "within",
]
