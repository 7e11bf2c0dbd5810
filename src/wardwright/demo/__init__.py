"""A believable hospital to try everything on: seeded, so that the same seed makes the same hospital."""

from .load import is_demo, is_half_loaded, load_demo
from .people import ACCOUNTS, PASSWORD

__all__ = ["ACCOUNTS", "PASSWORD", "is_demo", "is_half_loaded", "load_demo"]
