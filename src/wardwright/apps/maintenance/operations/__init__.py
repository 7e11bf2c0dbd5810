"""Every write of maintenance."""

from .background import FEW_SCHEDULES, as_data, ask_generation, generate_until
from .carrying import carry_readings
from .certificates import WORK_DOCUMENTS, waive_certificate
from .codes import add_code, rename_code, restore_code, retire_code
from .correcting import order_corrections
from .generate import Generated, count_schedules, generate_due_work
from .hours import add_holiday, change_level, remove_holiday, remove_service_hours, set_service_hours
from .match import match_schedules
from .planning import LEAVE, level_work, plan_work
from .plans import (
    Activated,
    activate_plan,
    activate_waiting,
    change_plan,
    create_plan,
    pause_plan,
    replace_in_plans,
    retire_plan,
)
from .propose import propose_plans
from .recorded import Settled, settle_record
from .reference import load_reference
from .results import live_purpose
from .rules import activate_rule, change_rule, draft_rule
from .verifying import order_retests
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
    "FEW_SCHEDULES",
    "LEAVE",
    "WORK_DOCUMENTS",
    "Activated",
    "Generated",
    "Settled",
    "activate_plan",
    "activate_rule",
    "activate_waiting",
    "add_code",
    "add_holiday",
    "add_labour",
    "add_part",
    "as_data",
    "ask_generation",
    "assign_work",
    "cancel_work",
    "carry_readings",
    "change_level",
    "change_plan",
    "change_rule",
    "close_work",
    "count_schedules",
    "create_plan",
    "draft_rule",
    "generate_due_work",
    "generate_until",
    "hold_work",
    "level_work",
    "live_purpose",
    "load_reference",
    "match_schedules",
    "order_corrections",
    "order_inspection",
    "order_retests",
    "pause_plan",
    "plan_work",
    "propose_plans",
    "record_attempt",
    "record_results",
    "remove_holiday",
    "remove_service_hours",
    "rename_code",
    "replace_in_plans",
    "report_problem",
    "reschedule_work",
    "restore_code",
    "resume_work",
    "retire_code",
    "retire_plan",
    "set_service_hours",
    "settle_record",
    "start_work",
    "verify_repair",
    "waive_certificate",
]
