"""Which devices a notice is about: the ladder from device identifier to brand, each match with its reason."""

from .aliases import Aliases
from .judging import explain
from .model import RULES, Device, Match, NoMatch, Rung, Standing, Subject
from .searching import Inventory, Notices

__all__ = [
    "RULES",
    "Aliases",
    "Device",
    "Inventory",
    "Match",
    "NoMatch",
    "Notices",
    "Rung",
    "Standing",
    "Subject",
    "explain",
]
