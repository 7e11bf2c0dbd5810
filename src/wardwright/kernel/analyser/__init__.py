"""Results of analysers: files of any maker into one open form.

:func:`read_results` reads bytes into a :class:`ResultFile`: records as plain data, and problems with place and way
forward. :mod:`own` is the open form itself, :mod:`front` decides which form a file has, :mod:`checks` finds what cannot
be right whoever wrote it. Judging readings against limits is not done here (``kernel.limits``).
"""

from .checks import Arrival, check
from .front import FORMATS, TABLE, format_of, read_results, read_tables_of
from .mapping import FIELDS, LONG_FIELDS, Mapping, MappingError, Rule, fits, load_mapping
from .own import plain_record, record_from, write
from .propose import propose
from .records import (
    LEAKAGES,
    TESTS,
    UNITS,
    Analyser,
    AppliedPart,
    Check,
    Device,
    Environment,
    Problem,
    Reading,
    ResultFile,
    TestRecord,
)

__all__ = [
    "FIELDS",
    "FORMATS",
    "LEAKAGES",
    "LONG_FIELDS",
    "TABLE",
    "TESTS",
    "UNITS",
    "Analyser",
    "AppliedPart",
    "Arrival",
    "Check",
    "Device",
    "Environment",
    "Mapping",
    "MappingError",
    "Problem",
    "Reading",
    "ResultFile",
    "Rule",
    "TestRecord",
    "check",
    "fits",
    "format_of",
    "load_mapping",
    "plain_record",
    "propose",
    "read_results",
    "read_tables_of",
    "record_from",
    "write",
]
