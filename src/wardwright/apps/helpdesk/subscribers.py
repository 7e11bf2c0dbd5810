"""What the help desk does when work is opened elsewhere. Each may run twice with the same effect."""

from __future__ import annotations

from wardwright.apps.maintenance.events import WorkOrderOpened
from wardwright.apps.maintenance.states import Kind
from wardwright.platform.core.change import System
from wardwright.platform.events.registry import subscribe

from .operations import note_reported_work

HELPDESK = System("help desk")


@subscribe(WorkOrderOpened)
def put_on_the_desk(event: WorkOrderOpened) -> None:
    """A repair that somebody reported after logging in stands on the desk beside those from the portal."""
    if event.kind == Kind.CORRECTIVE:
        note_reported_work(by=HELPDESK, work_order_id=event.work_order_id)
