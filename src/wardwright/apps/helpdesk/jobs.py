"""What the help desk does by itself."""

from __future__ import annotations

from dataclasses import asdict
from datetime import timedelta
from typing import Any

from django.conf import settings
from django_tasks import task

from wardwright.platform.jobs.recurring import every

from .mailbox import read_mailbox


@every(timedelta(minutes=1))
@task(priority=5)
def read_mail() -> dict[str, Any]:
    """Every minute: make requests of what came into the mailbox, where there is one."""
    return asdict(read_mailbox()) if settings.MAIL_IN_URL else {}
