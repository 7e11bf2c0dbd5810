"""What test instruments say over a wire (IEEE 488.2, SCPI-99): who they are, what they read, what they object to.

Only words and numbers; nothing here opens a connection.
"""

from .addresses import Address, parse_address, printed_query
from .answers import NoReading, Overload, parse_error, parse_value
from .identity import Identity, mismatch, parse_identity

__all__ = [
    "Address",
    "Identity",
    "NoReading",
    "Overload",
    "mismatch",
    "parse_address",
    "parse_error",
    "parse_identity",
    "parse_value",
    "printed_query",
]
