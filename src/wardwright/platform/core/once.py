"""Submissions that arrive twice get one effect: the key is taken in the same transaction as the write."""

from __future__ import annotations

from datetime import timedelta

from django.db import IntegrityError, transaction
from django.utils import timezone

from .errors import Repeated
from .models import Once

KEEP_DAYS = 7
KEEP_ANSWERS = timedelta(hours=24)


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


def kept_answer(key: str) -> Once | None:
    """What a program got for ``key`` within the last day; an older one is forgotten here."""
    row = Once.objects.filter(key=key).first()
    if row is not None and row.at < timezone.now() - KEEP_ANSWERS:
        give_back(key)
        return None
    return row


def keep_answer(key: str, fingerprint: str, status: int, body: str) -> None:
    """Remember a program's whole answer for a day (same transaction as the write)."""
    Once.objects.filter(key=key).update(result=body, status=status, fingerprint=fingerprint)


def give_back(key: str) -> None:
    """A refused submission does not use up its key."""
    Once.objects.filter(key=key).delete()


def forget_old() -> int:
    """Drop the keys of forms after a week and the answers of programs after a day; returns how many."""
    now = timezone.now()
    answers = Once.objects.exclude(fingerprint="").filter(at__lt=now - KEEP_ANSWERS).delete()[0]
    return answers + Once.objects.filter(at__lt=now - timedelta(days=KEEP_DAYS)).delete()[0]
