"""Kept up by itself: the words that corrections are made from."""

from __future__ import annotations

from datetime import timedelta

from django_tasks import task

from wardwright.platform.jobs.recurring import every

from . import spelling


@every(timedelta(minutes=15))
@task(priority=-10)
def learn_words() -> dict[str, int]:
    """Every quarter of an hour: the words of new names, so that a mistyped one is understood."""
    return spelling.learn_words()
