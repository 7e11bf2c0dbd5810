"""Forms of work orders, plans, inclusion rules and codes."""

from .codes import CodeForm, RenameCodeForm
from .plans import GenerateForm, PlanForm, ProposeForm
from .rules import ActivateRuleForm, RuleForm
from .work import (
    AssignForm,
    AttemptForm,
    HoldForm,
    LabourForm,
    PartForm,
    PlanWorkForm,
    ReasonForm,
    ReportForm,
    RescheduleForm,
    VerifyForm,
    codes_for_closing,
)

__all__ = [
    "ActivateRuleForm",
    "AssignForm",
    "AttemptForm",
    "CodeForm",
    "GenerateForm",
    "HoldForm",
    "LabourForm",
    "PartForm",
    "PlanForm",
    "PlanWorkForm",
    "ProposeForm",
    "ReasonForm",
    "RenameCodeForm",
    "ReportForm",
    "RescheduleForm",
    "RuleForm",
    "VerifyForm",
    "codes_for_closing",
]
