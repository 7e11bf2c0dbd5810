"""Analysers' files: read, mapped, matched, looked at, taken in."""

from .deciding import (
    examine_results,
    leave_out_record,
    look_at_record,
    match_record,
    name_instrument,
    off_by_clock,
    shift_clock,
)
from .examining import told_of
from .gears import Gears
from .judging import failed_unjudged, fails_as_a_whole, method_of, record_fails
from .reading import (
    checked_mapping,
    digest_of,
    form_words,
    kept_bytes,
    map_result_file,
    read_by,
    read_result_file,
    receive_results,
    save_mapping,
    tables_of,
)
from .taking import take_in_records

__all__ = [
    "Gears",
    "checked_mapping",
    "digest_of",
    "examine_results",
    "failed_unjudged",
    "fails_as_a_whole",
    "form_words",
    "kept_bytes",
    "leave_out_record",
    "look_at_record",
    "map_result_file",
    "match_record",
    "method_of",
    "name_instrument",
    "off_by_clock",
    "read_by",
    "read_result_file",
    "receive_results",
    "record_fails",
    "save_mapping",
    "shift_clock",
    "tables_of",
    "take_in_records",
    "told_of",
]
