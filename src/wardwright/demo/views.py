"""Two saved views, one of them shared and sent, so that their pages are alive."""

from __future__ import annotations

from typing import Any

from wardwright.platform.access.models import Role, User
from wardwright.platform.access.scope import authorize
from wardwright.platform.audit.operation import operation
from wardwright.platform.reports.models import MailSchedule, SavedView
from wardwright.platform.reports.operations import next_moment


@operation()
def make_views(*, by: Any) -> None:
    """What the head of the department keeps; nothing is sent as long as the house has no mail server."""
    authorize(by, "access.manage")
    head = User.objects.filter(username="hanna").first()
    if head is None:
        return
    role = Role.objects.filter(code="senior-technician").first()
    kept = {"owner": head, "role": role}
    SavedView.objects.create(name="Waiting, longest first", source="report:waiting", query="", **kept)
    month = SavedView.objects.create(
        name="Last month on time", source="report:maintenance-on-time", query="period=last-month", owner=head
    )
    MailSchedule.objects.create(
        view=month, user=head, rhythm="monthly", attach="pdf", next_at=next_moment("monthly", 6)
    )
