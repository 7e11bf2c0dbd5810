"""Every write of maintenance."""

from .generate import Generated, generate_due_work
from .match import match_schedules
from .plans import activate_plan, change_plan, create_plan, pause_plan, replace_in_plans, retire_plan
from .propose import propose_plans
from .reference import load_reference
from .work import (
    add_labour,
    add_part,
    assign_work,
    cancel_work,
    close_work,
    hold_work,
    order_inspection,
    record_attempt,
    record_results,
    report_problem,
    reschedule_work,
    resume_work,
    start_work,
    verify_repair,
)

__all__ = [
    "Generated",
    "activate_plan",
    "add_labour",
    "add_part",
    "assign_work",
    "cancel_work",
    "change_plan",
    "close_work",
    "create_plan",
    "generate_due_work",
    "hold_work",
    "load_reference",
    "match_schedules",
    "order_inspection",
    "pause_plan",
    "propose_plans",
    "record_attempt",
    "record_results",
    "replace_in_plans",
    "report_problem",
    "reschedule_work",
    "resume_work",
    "retire_plan",
    "start_work",
    "verify_repair",
]
