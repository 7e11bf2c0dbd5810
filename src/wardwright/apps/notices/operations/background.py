"""Searching in the background: some notices or devices at a time, so that nobody waits for all of them."""

from __future__ import annotations

from typing import Any

from django_tasks import task

from wardwright.apps.assets.models import Asset
from wardwright.apps.assets.queries.importing import chunks
from wardwright.apps.notices.models import Candidate, Notice
from wardwright.apps.notices.queries.stock import Stock
from wardwright.platform.core.change import System
from wardwright.platform.jobs.progress import report_progress

from .searching import changed_models, mark_models, search_devices, search_models, search_notices, search_supplies

NOTICES = System("notices")
BATCH = 100


@task(priority=1)
def search_taken_in(notice_ids: list[int]) -> dict[str, Any]:
    """Search the inventory for notices that came in; some at a time, so that nobody waits for all of them.

    One that was searched for since, as a letter is when it is typed, is not searched for twice.
    """
    waiting = Notice.objects.filter(pk__in=notice_ids).unsearched().order_by("pk")
    return search_many(list(waiting.values_list("pk", flat=True)), "new")


def search_many(notice_ids: list[int], cause: str) -> dict[str, Any]:
    stock, done, found = Stock(), 0, 0
    for some in chunks(notice_ids, BATCH):
        stock = stock.fresh()
        for search in search_notices(by=NOTICES, notice_ids=some, cause=cause, stock=stock):
            found += search.confirmed + search.model_only + search.review
        done += len(some)
        report_progress(done, len(notice_ids), "Notices")
    return {"notices": done, "found": found}


@task(priority=2)
def search_things(supply_ids: list[int], patient_device_ids: list[int]) -> dict[str, Any]:
    """Ask all notices about lots and patients' devices that came or are called something else now."""
    return {"cases": search_supplies(by=NOTICES, supply_ids=supply_ids, patient_device_ids=patient_device_ids)}


@task(priority=1)
def search_inventory() -> dict[str, Any]:
    """Ask about models that are new or called something else, and about all their devices."""
    models = changed_models()
    for some in chunks(models):
        search_models(by=NOTICES, device_model_ids=some)
    about = Candidate.objects.values_list("device_model", flat=True).distinct().order_by()
    devices = list(Asset.objects.filter(device_model__in=about).order_by("pk").values_list("pk", flat=True))
    touched = 0
    for some in chunks(devices):
        touched += search_devices(by=NOTICES, asset_ids=some)
    mark_models(by=NOTICES, device_model_ids=models)
    return {"models": len(models), "devices": len(devices), "cases": touched}
