"""Reads of the register with a meaning."""

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
from .history import History, history_of
from .keys import model_key, type_key
from .merging import MergeSide, merge_sides, open_candidates, remembered_pairs
from .register import asset_coded, asset_tagged, counts_per_model, counts_per_type, parts_of, possible_parents
from .searching import SEARCHED, fold, joined, search_assets, search_text_of

__all__ = [
    "RISK_FIELDS",
    "SEARCHED",
    "History",
    "MergeSide",
    "asset_coded",
    "asset_tagged",
    "counts_per_model",
    "counts_per_type",
    "fold",
    "history_of",
    "joined",
    "merge_sides",
    "model_key",
    "model_named",
    "model_with_identifier",
    "models_in_use",
    "open_candidates",
    "parts_of",
    "possible_parents",
    "remembered_pairs",
    "risk_of",
    "risk_score_of",
    "search_assets",
    "search_text_of",
    "spellings_of_model",
    "spellings_of_type",
    "type_key",
    "type_named",
    "types_in_use",
    "usual_type",
]
