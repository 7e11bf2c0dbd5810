"""Unique device identification: reading and writing UDIs of GS1, HIBCC and ICCBBA.

``parse_udi`` reads any of them, ``build_udi`` writes one; a refused text raises ``UdiError``, which
says what is wrong, where, and what to do.
"""

from .ai_rules import missing_companions
from .build import build_udi
from .checks import gmn_check_pair, gs1_check_digit, gtin_to_14, has_gs1_check_digit, hibcc_check_character
from .elements import FNC1, check_value, split_elements
from .model import MAX_TEXT_LENGTH, Agency, ProductionIdentifiers, Reason, Udi, UdiError, UdiText
from .parse import is_probably_udi, parse_udi
from .register import register_forms

__all__ = [
    "FNC1",
    "MAX_TEXT_LENGTH",
    "Agency",
    "ProductionIdentifiers",
    "Reason",
    "Udi",
    "UdiError",
    "UdiText",
    "build_udi",
    "check_value",
    "gmn_check_pair",
    "gs1_check_digit",
    "gtin_to_14",
    "has_gs1_check_digit",
    "hibcc_check_character",
    "is_probably_udi",
    "missing_companions",
    "parse_udi",
    "register_forms",
    "split_elements",
]
