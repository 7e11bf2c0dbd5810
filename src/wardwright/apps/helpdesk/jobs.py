"""What the help desk does by itself."""

from __future__ import annotations

from datetime import timedelta

from django_tasks import task

from wardwright.platform.jobs.recurring import every

from .operations.tries import forget_tries


@every(timedelta(hours=1))
@task(priority=-20)
def tidy_tries() -> int:
    """Every hour: forget how often something was tried longer ago."""
    return forget_tries()
