"""The ready-made reports about work: planned maintenance, repairs, promises, people and money."""

from . import costs, people, planned, programme, repairs, waiting  # noqa: F401 - declared by being imported
