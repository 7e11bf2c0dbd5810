"""Every write of procedures and test instruments."""

from .documents import INSTRUMENT_DOCUMENTS
from .instruments import keep_instrument, record_calibration
from .procedures import approve_version, change_draft, create_procedure, draft_version, load_procedures, replace_type

__all__ = [
    "INSTRUMENT_DOCUMENTS",
    "approve_version",
    "change_draft",
    "create_procedure",
    "draft_version",
    "keep_instrument",
    "load_procedures",
    "record_calibration",
    "replace_type",
]
