"""The register of permissions: apps declare theirs at import; roles refer to them by code."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Permission:
    """One thing a role may do, such as ``assets.change``; ``label`` is shown to whoever edits roles."""

    code: str
    label: Any

    def __str__(self) -> str:
        return self.code

    @property
    def home(self) -> str:
        """The app that asks for it; two are called otherwise than the beginning of their codes."""
        prefix = self.code.partition(".")[0]
        return {"guardrails": "access", "notify": "webhooks"}.get(prefix, prefix)


PERMISSIONS: dict[str, Permission] = {}


def permission(code: str, label: Any) -> Permission:
    """Declare a permission once; a second declaration of the same code is a programming error."""
    if code in PERMISSIONS:
        raise ValueError(f"Permission {code} is declared twice.")
    PERMISSIONS[code] = Permission(code, label)
    return PERMISSIONS[code]
