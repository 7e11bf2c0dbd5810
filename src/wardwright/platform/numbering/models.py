"""Gapless-enough running numbers for people: WO-2026-000123."""

from django.db import models


class Sequence(models.Model):
    """The last number given out under a name."""

    name = models.CharField(max_length=60, primary_key=True)
    last = models.BigIntegerField(default=0)

    class Meta:
        db_table = "numbering_sequence"
