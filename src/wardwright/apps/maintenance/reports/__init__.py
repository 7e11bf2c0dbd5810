"""The ready-made reports about work: planned maintenance, repairs, promises, people and money."""

from . import repairs  # noqa: F401 - declared by being imported
