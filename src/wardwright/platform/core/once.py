"""Submissions that arrive twice get one effect: the key is taken in the same transaction as the write."""

from __future__ import annotations

from datetime import timedelta

from django.db import IntegrityError, transaction
from django.utils import timezone

from .errors import Repeated
from .models import Once

KEEP_DAYS = 7


def take_once(key: str) -> None:
    """Claim ``key`` inside the running transaction; raises Repeated with the first answer if it was taken before."""
    try:
        with transaction.atomic():
            Once.objects.create(key=key)
    except IntegrityError:
        raise Repeated(Once.objects.filter(key=key).values_list("result", flat=True).first() or "") from None


def answer_once(key: str, result: str) -> None:
    """Remember the answer for the next arrival of ``key`` (same transaction)."""
    Once.objects.filter(key=key).update(result=result[:400])


def forget_old() -> int:
    """Drop keys older than a week; returns how many."""
    return Once.objects.filter(at__lt=timezone.now() - timedelta(days=KEEP_DAYS)).delete()[0]
