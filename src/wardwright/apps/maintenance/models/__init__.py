"""Plans, schedules, inclusion rules and work orders with their results, attempts, labour and parts."""

from .codes import FailureCode, ServiceLevel
from .hours import Holiday, ServiceHours
from .plans import Plan, Schedule
from .rules import Rule
from .work import Attempt, Labour, Part, StepResult, WorkOrder

__all__ = [
    "Attempt",
    "FailureCode",
    "Holiday",
    "Labour",
    "Part",
    "Plan",
    "Rule",
    "Schedule",
    "ServiceHours",
    "ServiceLevel",
    "StepResult",
    "WorkOrder",
]
