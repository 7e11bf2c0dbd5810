"""Forms of procedures and their steps, test instruments and their calibrations."""

from .calibrations import CalibrationForm, FunctionsForm, LabelForm, SignForm, WithdrawForm, verdict_pills
from .connections import ConnectionForm
from .instruments import InstrumentForm
from .limits import AskForm, EndLimitForm, FilterForm, OwnLimitForm, of_choice, previews_of
from .lookback import ConcludeForm, DecideForm
from .procedures import ApproveForm, ProcedureForm, StepEditor, StepForm, VersionForm

__all__ = [
    "ApproveForm",
    "AskForm",
    "CalibrationForm",
    "ConcludeForm",
    "ConnectionForm",
    "DecideForm",
    "EndLimitForm",
    "FilterForm",
    "FunctionsForm",
    "InstrumentForm",
    "LabelForm",
    "OwnLimitForm",
    "ProcedureForm",
    "SignForm",
    "StepEditor",
    "StepForm",
    "VersionForm",
    "WithdrawForm",
    "of_choice",
    "previews_of",
    "verdict_pills",
]
