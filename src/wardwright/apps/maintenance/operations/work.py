"""The steps of a work order under one name: opening, progress, results, costs, closing and returning."""

from .closing import close_work
from .costs import add_labour, add_part
from .opening import order_inspection, report_problem
from .progress import assign_work, cancel_work, hold_work, record_attempt, reschedule_work, resume_work, start_work
from .results import record_results
from .returning import verify_repair

__all__ = [
    "add_labour",
    "add_part",
    "assign_work",
    "cancel_work",
    "close_work",
    "hold_work",
    "order_inspection",
    "record_attempt",
    "record_results",
    "report_problem",
    "reschedule_work",
    "resume_work",
    "start_work",
    "verify_repair",
]
