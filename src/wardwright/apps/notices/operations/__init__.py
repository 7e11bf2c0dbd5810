"""Every write of notices."""

from .bringing import bring_files, open_run_of_files
from .carrying import carry_over
from .cases import (
    answer_maker,
    change_case,
    check_effectiveness,
    close_case,
    dismiss_case,
    file_many,
    file_none_owned,
    merge_cases,
    note_case,
    open_case,
    reopen_case,
    take_up_case,
)
from .clocks import escalate_cases
from .exposures import EXPOSURES, decide_exposures, learn_alias, locate_exposures, settle_exposures, settle_order
from .fetching import ask_source, close_run, keep_place
from .guarding import check_open_notices, held_by_notices
from .letters import type_letter
from .reference import change_response_time, load_reference
from .rereading import read_again
from .response import order_work, quarantine_exposed
from .scopes import confirm_scope, correct_scope
from .searching import search_again, search_devices, search_models, search_notices, search_supplies
from .sources import add_source, edit_source, load_sources, pause_source, resume_source
from .supplies import add_supply, bring_supplies, change_supply
from .taking_in import finish_run, house_source, start_run, take_in

__all__ = [
    "EXPOSURES",
    "add_source",
    "add_supply",
    "answer_maker",
    "ask_source",
    "bring_files",
    "bring_supplies",
    "carry_over",
    "change_case",
    "change_response_time",
    "change_supply",
    "check_effectiveness",
    "check_open_notices",
    "close_case",
    "close_run",
    "confirm_scope",
    "correct_scope",
    "decide_exposures",
    "dismiss_case",
    "edit_source",
    "escalate_cases",
    "file_many",
    "file_none_owned",
    "finish_run",
    "held_by_notices",
    "house_source",
    "keep_place",
    "learn_alias",
    "load_reference",
    "load_sources",
    "locate_exposures",
    "merge_cases",
    "note_case",
    "open_case",
    "open_run_of_files",
    "order_work",
    "pause_source",
    "quarantine_exposed",
    "read_again",
    "reopen_case",
    "resume_source",
    "search_again",
    "search_devices",
    "search_models",
    "search_notices",
    "search_supplies",
    "settle_exposures",
    "settle_order",
    "start_run",
    "take_in",
    "take_up_case",
    "type_letter",
]
