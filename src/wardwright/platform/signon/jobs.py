"""Tidying up after sessions."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone
from django_tasks import task

from wardwright.platform.jobs.recurring import every

from .models import OpenSession

KEEP_DAYS = 90


@every(timedelta(hours=24))
@task(priority=-50)
def forget_sessions() -> int:
    """Sessions that began three months ago; that somebody signed in stays in the trail."""
    return OpenSession.objects.filter(started_at__lt=timezone.now() - timedelta(days=KEEP_DAYS)).delete()[0]
