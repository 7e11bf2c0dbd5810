"""What the reports about work share: parameters, the first columns of a line, days as moments."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy

from wardwright.apps.assets.queries import types_in_use
from wardwright.apps.directory.queries import department_choices, provider_choices, site_choices
from wardwright.apps.maintenance.models import WorkOrder
from wardwright.apps.maintenance.queries import OUR_OWN
from wardwright.apps.maintenance.queries.compliance import known_day
from wardwright.apps.maintenance.states import Kind, WorkState
from wardwright.platform.reports.declaration import Asked, Column, Link, Parameter
from wardwright.platform.reports.declaration import Kind as Holds

SITE = Parameter("site", gettext_lazy("Site"), site_choices)
DEPARTMENT = Parameter("department", gettext_lazy("Department"), department_choices)
TYPE = Parameter("type", gettext_lazy("Device type"), lambda by: types_in_use(by).values_list("pk", "name"))
OWN = gettext_lazy("our own people")  # who does the work, where no company does
PROVIDER = Parameter(
    "provider",
    gettext_lazy("Who does it"),
    lambda by: [(OUR_OWN, str(OWN)), *provider_choices(by)],
)
PLACE = (SITE, DEPARTMENT, TYPE)
WORK = (*PLACE, PROVIDER)

ORDER = Column("order", gettext_lazy("Work order"), Holds.LINK)
DEVICE = Column("device", gettext_lazy("Device"), Holds.LINK)
OF_TYPE = Column("type", gettext_lazy("Type"), group=True)
AT_SITE = Column("site", gettext_lazy("Site"), group=True)
IN_DEPARTMENT = Column("department", gettext_lazy("Department"), group=True, within="site")
ORDER_COLUMNS = (ORDER, DEVICE, OF_TYPE, AT_SITE, IN_DEPARTMENT)
DEVICE_COLUMNS = (DEVICE, OF_TYPE, AT_SITE, IN_DEPARTMENT)
PROVIDER_COLUMN = Column("provider", gettext_lazy("Who does it"), group=True)

#: The columns that ``order_cells`` reads.
ORDER_VALUES = (
    "pk", "number", "asset_id", "asset__tag", "asset__device_type__name", "site__name", "department__name",
)  # fmt: skip
DEVICE_VALUES = ("pk", "tag", "device_type__name", "site__name", "department__name")


def order_cells(row: dict[str, Any]) -> tuple[Any, ...]:
    """The cells of ORDER_COLUMNS of a row of ``.values(*ORDER_VALUES, …)``."""
    return (
        Link(row["number"], "work-order", row["pk"]),
        Link(row["asset__tag"], "asset", row["asset_id"]),
        row["asset__device_type__name"],
        row["site__name"],
        row["department__name"],
    )


def device_cells(row: dict[str, Any]) -> tuple[Any, ...]:
    """The cells of DEVICE_COLUMNS of a row of ``.values(*DEVICE_VALUES, …)`` of devices."""
    return (Link(row["tag"], "asset", row["pk"]), row["device_type__name"], row["site__name"], row["department__name"])


def orders(by: Any, asked: Asked, **only: Any) -> Any:
    """The work orders within reach, narrowed to what was asked; cancelled ones are in it."""
    rows = WorkOrder.objects.visible_to(by).filter(**only)
    rows = asked.narrow(rows, site="site", department="department", type="asset__device_type")
    provider = asked["provider"]
    return rows if provider is None else rows.filter(provider=None if provider == OUR_OWN else provider)


def repairs(by: Any, asked: Asked, moment: str) -> Any:
    """Repairs whose ``moment`` ("reported_at", "done_at") lies within the period, cancelled ones left out."""
    rows = orders(by, asked, kind=Kind.CORRECTIVE, **within(asked, moment))
    return rows.exclude(state=WorkState.CANCELLED)


def within(asked: Asked, moment: str) -> dict[str, datetime]:
    """The filter that keeps moments of the period, both days included, in the time zone of the house."""
    return {f"{moment}__gte": start_of(asked.first), f"{moment}__lt": start_of(asked.last + timedelta(days=1))}


def start_of(day: date) -> datetime:
    return datetime.combine(day, time.min, timezone.get_current_timezone())


def day_of(moment: datetime | None) -> date | None:
    return known_day(moment) if moment else None


def hours(start: datetime | None, end: datetime | None) -> float | None:
    """Hours between two moments; None where one is missing, 0 where they are the wrong way round."""
    return max(0.0, (end - start).total_seconds() / 3600) if start and end else None
