"""Reads of the register with a meaning."""

from ..data import search_days
from .catalogue import (
    RISK_FIELDS,
    model_named,
    model_with_identifier,
    models_in_use,
    risk_of,
    risk_score_of,
    spellings_of_model,
    spellings_of_type,
    type_named,
    types_in_use,
    usual_type,
)
from .counting import being_looked_for, figures_of_count, lines_of, progress_of, search_for
from .disposal import disposal_of
from .documents import device_type_picture, manuals_of_model
from .history import History, history_of
from .keys import model_key, type_key
from .labels import (
    SYMBOLS,
    WORDINGS,
    Tested,
    devices_of_import,
    due_on_label,
    label_formats_in_use,
    next_due,
    tested_on_label,
)
from .merging import MergeSide, merge_sides, open_candidates, remembered_pairs
from .register import asset_coded, asset_tagged, counts_per_model, counts_per_type, parts_of, place_of, possible_parents
from .resolving import Resolved, resolve
from .searching import (
    SEARCHED,
    all_found,
    few_found,
    fold,
    joined,
    newest_found,
    search_assets,
    search_text_of,
)
from .warning import public_reason, reasons_not_to_use

__all__ = [
    "RISK_FIELDS",
    "SEARCHED",
    "SYMBOLS",
    "WORDINGS",
    "History",
    "MergeSide",
    "Resolved",
    "Tested",
    "all_found",
    "asset_coded",
    "asset_tagged",
    "being_looked_for",
    "counts_per_model",
    "counts_per_type",
    "device_type_picture",
    "devices_of_import",
    "disposal_of",
    "due_on_label",
    "few_found",
    "figures_of_count",
    "fold",
    "history_of",
    "joined",
    "label_formats_in_use",
    "lines_of",
    "manuals_of_model",
    "merge_sides",
    "model_key",
    "model_named",
    "model_with_identifier",
    "models_in_use",
    "newest_found",
    "next_due",
    "open_candidates",
    "parts_of",
    "place_of",
    "possible_parents",
    "progress_of",
    "public_reason",
    "reasons_not_to_use",
    "remembered_pairs",
    "resolve",
    "risk_of",
    "risk_score_of",
    "search_assets",
    "search_days",
    "search_for",
    "search_text_of",
    "spellings_of_model",
    "spellings_of_type",
    "tested_on_label",
    "type_key",
    "type_named",
    "types_in_use",
    "usual_type",
]
