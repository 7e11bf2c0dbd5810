"""What notices do by themselves: ask again where rules or the catalogue changed, and watch the clocks of cases."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django_tasks import task

from wardwright.apps.assets.queries.importing import chunks
from wardwright.apps.notices.models import Notice
from wardwright.kernel.matching import RULES
from wardwright.platform.jobs.recurring import every

from .operations import escalate_cases, read_again
from .operations.background import BATCH, NOTICES, search_inventory, search_many
from .operations.bringing import read_brought_files
from .operations.fetching import ask_due_sources, fetch_source
from .operations.rereading import read_by_others
from .operations.searching import changed_models


@every(timedelta(hours=24))
@task(priority=-10)
def search_by_new_rules() -> dict[str, Any]:
    """Every day: what an older reader read is read again, and what was last searched for by older rules is searched for
    again; and so are models that were never asked about."""
    for some in chunks(list(read_by_others().order_by("pk").values_list("pk", flat=True)), BATCH):
        read_again(by=NOTICES, notice_ids=some)
    old = list(Notice.objects.exclude(searched_rules=RULES).order_by("pk").values_list("pk", flat=True))
    done = search_many(old, "rules") if old else {"notices": 0, "found": 0}
    return {**done, **(search_inventory.func() if changed_models() else {})}


@every(timedelta(hours=1))
@task(priority=5)
def watch_clocks() -> dict[str, Any]:
    """Every hour: tell of cases whose time is over."""
    return {"escalated": escalate_cases(by=NOTICES)}


@every(timedelta(minutes=10))
@task(priority=-5)
def ask_sources() -> dict[str, Any]:
    """Every ten minutes: fetch the sources that are switched on and whose time has come."""
    return {"asked": ask_due_sources()}


__all__ = ["ask_sources", "fetch_source", "read_brought_files", "search_by_new_rules", "watch_clocks"]
