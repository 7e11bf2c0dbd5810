"""The keys under which spellings meet; the one place of this app that chooses the rule."""

from __future__ import annotations

from wardwright.kernel.names import keys

LENGTH = 160


def model_key(name: str) -> str:
    """The key of a model's name; a name without letters or digits is its own key."""
    return (keys.model_key(name) or _as_written(name))[:LENGTH]


def type_key(name: str) -> str:
    """The key of a device type's name; a name without letters or digits is its own key."""
    return (keys.type_key(name) or _as_written(name))[:LENGTH]


def _as_written(name: str) -> str:
    return " ".join(name.casefold().split())
