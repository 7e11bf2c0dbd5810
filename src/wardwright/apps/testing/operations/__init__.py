"""Every write of procedures and test instruments."""

from .calibrations import POINT_FIELDS, decision_rule_named, judged_points, note_calibrations, record_calibration
from .certifying import sign_calibration
from .connections import CONNECTION_FIELDS, confirm_identity, connect_instrument, disconnect_instrument
from .documents import INSTRUMENT_DOCUMENTS
from .doses import keep_doses, receive_doses, set_dose_reference
from .functions import FUNCTION_FIELDS, set_functions
from .imaging import add_imaging_setup, change_imaging_setup, set_imaging_baseline, set_imaging_limit
from .imaging_runs import RUN_DOCUMENTS, analyse_again, fail_run, keep_figures, receive_series, send_series
from .instruments import keep_instrument, use_as_instrument
from .limits import OWN_LIMIT_FIELDS, end_own_limit, set_own_limit
from .lookback import conclude_lookback, decide_items, look_back
from .measuring import Gear, keep_measurements, measured
from .procedures import approve_version, change_draft, create_procedure, draft_version, load_procedures, replace_type
from .reading import LiveReading, Trial, may_ask, read_value, sealed_identity, try_connection
from .results import (
    Gears,
    checked_mapping,
    digest_of,
    examine_results,
    form_words,
    kept_bytes,
    leave_out_record,
    look_at_record,
    map_result_file,
    match_record,
    method_of,
    name_instrument,
    off_by_clock,
    read_by,
    read_result_file,
    receive_results,
    record_fails,
    save_mapping,
    shift_clock,
    tables_of,
    take_in_records,
    told_of,
)
from .tolerances import TOLERANCE_FIELDS, read_tolerance
from .withdrawing import withdraw_calibration

__all__ = [
    "CONNECTION_FIELDS",
    "FUNCTION_FIELDS",
    "INSTRUMENT_DOCUMENTS",
    "OWN_LIMIT_FIELDS",
    "POINT_FIELDS",
    "RUN_DOCUMENTS",
    "TOLERANCE_FIELDS",
    "Gear",
    "Gears",
    "LiveReading",
    "Trial",
    "add_imaging_setup",
    "analyse_again",
    "approve_version",
    "change_draft",
    "change_imaging_setup",
    "checked_mapping",
    "conclude_lookback",
    "confirm_identity",
    "connect_instrument",
    "create_procedure",
    "decide_items",
    "decision_rule_named",
    "digest_of",
    "disconnect_instrument",
    "draft_version",
    "end_own_limit",
    "examine_results",
    "fail_run",
    "form_words",
    "judged_points",
    "keep_doses",
    "keep_figures",
    "keep_instrument",
    "keep_measurements",
    "kept_bytes",
    "leave_out_record",
    "load_procedures",
    "look_at_record",
    "look_back",
    "map_result_file",
    "match_record",
    "may_ask",
    "measured",
    "method_of",
    "name_instrument",
    "note_calibrations",
    "off_by_clock",
    "read_by",
    "read_result_file",
    "read_tolerance",
    "read_value",
    "receive_doses",
    "receive_results",
    "receive_series",
    "record_calibration",
    "record_fails",
    "replace_type",
    "save_mapping",
    "sealed_identity",
    "send_series",
    "set_dose_reference",
    "set_functions",
    "set_imaging_baseline",
    "set_imaging_limit",
    "set_own_limit",
    "shift_clock",
    "sign_calibration",
    "tables_of",
    "take_in_records",
    "told_of",
    "try_connection",
    "use_as_instrument",
    "withdraw_calibration",
]
