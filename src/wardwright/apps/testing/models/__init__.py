"""Procedures and their steps, test instruments and their calibrations, measurements."""

from .imaging import (
    DoseFigure,
    DoseReference,
    DoseReport,
    ImagingFigure,
    ImagingLimit,
    ImagingRun,
    ImagingSetup,
)
from .instruments import (
    Calibration,
    CalibrationPoint,
    CalibrationStandard,
    Instrument,
    InstrumentConnection,
    InstrumentFunction,
)
from .limits import OwnLimit
from .lookback import Lookback, LookbackItem
from .measurements import Measurement
from .procedures import Procedure, ProcedureVersion, Step
from .results import ResultFile, ResultMapping, TestReading, TestRecord

__all__ = [
    "Calibration",
    "CalibrationPoint",
    "CalibrationStandard",
    "DoseFigure",
    "DoseReference",
    "DoseReport",
    "ImagingFigure",
    "ImagingLimit",
    "ImagingRun",
    "ImagingSetup",
    "Instrument",
    "InstrumentConnection",
    "InstrumentFunction",
    "Lookback",
    "LookbackItem",
    "Measurement",
    "OwnLimit",
    "Procedure",
    "ProcedureVersion",
    "ResultFile",
    "ResultMapping",
    "Step",
    "TestReading",
    "TestRecord",
]
