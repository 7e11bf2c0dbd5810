"""Every write of the help desk."""

from .answering import (
    ask_requester,
    attach_request,
    change_request,
    close_request,
    match_request,
    merge_request,
    order_request,
    reopen_request,
    take_request,
)
from .mailing import receive_mail
from .receiving import echo_request, give_feedback, note_reported_work, receive_request, reply_request, send_request
from .reference import load_reference
from .rota import (
    add_shift,
    change_rota,
    drop_shift,
    make_rota,
    plan_shifts,
    swap_shift,
    write_handover,
)
from .symptoms import add_symptom, change_symptom, restore_symptom, retire_symptom

__all__ = [
    "add_shift",
    "add_symptom",
    "ask_requester",
    "attach_request",
    "change_request",
    "change_rota",
    "change_symptom",
    "close_request",
    "drop_shift",
    "echo_request",
    "give_feedback",
    "load_reference",
    "make_rota",
    "match_request",
    "merge_request",
    "note_reported_work",
    "order_request",
    "plan_shifts",
    "receive_mail",
    "receive_request",
    "reopen_request",
    "reply_request",
    "restore_symptom",
    "retire_symptom",
    "send_request",
    "swap_shift",
    "take_request",
    "write_handover",
]
