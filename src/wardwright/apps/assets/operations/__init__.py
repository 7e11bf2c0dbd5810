"""Every write of the register and its catalogue."""

from .catalogue import (
    add_model_alias,
    add_type_alias,
    change_device_model,
    change_device_type,
    create_device_model,
    create_device_type,
    refresh_search_text,
)
from .changing import change_asset, set_parent
from .codes import give_codes, replace_code
from .counting import close_count, count_asset, move_counted, note_counted, start_count, uncount_asset
from .disposal import check_sanitising, dispose_asset, record_disposal, retire_asset
from .documents import ASSET_DOCUMENTS, MODEL_DOCUMENTS, TYPE_DOCUMENTS
from .label_formats import change_label_format, create_label_format, load_label_formats
from .links import make_link
from .locating import look_again
from .merging import decide_merge, propose_merge
from .moving import move_asset, move_assets, see_asset
from .registering import register_asset
from .status import change_status, change_statuses, held_back, hold_rule, quarantine_asset, status_rule

__all__ = [
    "ASSET_DOCUMENTS",
    "MODEL_DOCUMENTS",
    "TYPE_DOCUMENTS",
    "add_model_alias",
    "add_type_alias",
    "change_asset",
    "change_device_model",
    "change_device_type",
    "change_label_format",
    "change_status",
    "change_statuses",
    "check_sanitising",
    "close_count",
    "count_asset",
    "create_device_model",
    "create_device_type",
    "create_label_format",
    "decide_merge",
    "dispose_asset",
    "give_codes",
    "held_back",
    "hold_rule",
    "load_label_formats",
    "look_again",
    "make_link",
    "move_asset",
    "move_assets",
    "move_counted",
    "note_counted",
    "propose_merge",
    "quarantine_asset",
    "record_disposal",
    "refresh_search_text",
    "register_asset",
    "replace_code",
    "retire_asset",
    "see_asset",
    "set_parent",
    "start_count",
    "status_rule",
    "uncount_asset",
]
