"""What sources publish, in one shape: recalls, field safety notices, makers' letters and security advisories.

:func:`read` turns the bytes of any file that a source gives into :class:`Bulletin` and :class:`Refused`, and never
raises. Which units a bulletin means is its ``scope`` (``kernel.scope``); fetching is not done here.
"""

from .front import Format, read, read_files, read_kept
from .mapping import (
    FIELDS,
    Mapping,
    MappingError,
    load_mapping,
    mapping_from_words,
    mapping_to_words,
    propose,
)
from .model import Bulletin, Kind, Refused, Severity, Status
from .numbers import action_number, numbers_in
from .openfda import joined

__all__ = [
    "FIELDS",
    "Bulletin",
    "Format",
    "Kind",
    "Mapping",
    "MappingError",
    "Refused",
    "Severity",
    "Status",
    "action_number",
    "joined",
    "load_mapping",
    "mapping_from_words",
    "mapping_to_words",
    "numbers_in",
    "propose",
    "read",
    "read_files",
    "read_kept",
]
