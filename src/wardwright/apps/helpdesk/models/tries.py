"""How often something open to the world was tried lately: one row for each who, what and stretch of time."""

from __future__ import annotations

from django.db import models


class Tries(models.Model):
    """A count that every process adds to. Not audited: it says nothing about the hospital and is gone tomorrow."""

    key = models.CharField(max_length=120, primary_key=True)
    n = models.PositiveIntegerField(default=0)
    until_at = models.DateTimeField(db_index=True)

    class Meta:
        db_table = "helpdesk_tries"

    def __str__(self) -> str:
        return self.key
