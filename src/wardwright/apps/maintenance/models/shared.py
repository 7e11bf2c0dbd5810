"""What every site shares: plans, rules, codes and service levels."""

from __future__ import annotations

from typing import Any

from wardwright.platform.access.scope import allowed
from wardwright.platform.core.models import AuditedQuerySet


class SharedQuerySet(AuditedQuerySet):
    def visible_to(self, by: Any) -> SharedQuerySet:
        return self if allowed(by, "maintenance.view") else self.none()
