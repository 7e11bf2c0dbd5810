"""Reads of the help desk with a business meaning."""

from .rota import OnCall, current_shifts, handover_for, is_on_call, on_call_at
from .suggesting import Choice, choices_for, suggestions
from .symptoms import symptoms_for
from .tickets import (
    Spare,
    already_reported,
    has_picture,
    open_question,
    photos_of,
    plain_ticket,
    request_of_ticket,
    settled_request,
    spares_near,
    stage_of,
)

__all__ = [
    "Choice",
    "OnCall",
    "Spare",
    "already_reported",
    "choices_for",
    "current_shifts",
    "handover_for",
    "has_picture",
    "is_on_call",
    "on_call_at",
    "open_question",
    "photos_of",
    "plain_ticket",
    "request_of_ticket",
    "settled_request",
    "spares_near",
    "stage_of",
    "suggestions",
    "symptoms_for",
]
