"""Service hours, holidays, and what the service levels promise."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from wardwright.apps.directory.models import Department, Site
from wardwright.apps.maintenance.models import Holiday, ServiceHours, ServiceLevel
from wardwright.apps.maintenance.permissions import PLAN
from wardwright.kernel.hours import Hours, Spans, spans_of, text_of
from wardwright.platform.access.scope import Scope, authorize
from wardwright.platform.audit.operation import operation
from wardwright.platform.core.edits import apply_edit, lock
from wardwright.platform.core.errors import Invalid
from wardwright.platform.core.values import cleaned, reachable, unique_or_invalid
from wardwright.platform.core.words import error_words

DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
LEVEL = ("respond_hours", "finish_hours", "respond_in_hours", "finish_in_hours", "source")
MOST_HOURS = 24 * 366


@operation()
def set_service_hours(
    *,
    by: Any,
    week: list[str],
    site_id: int | None = None,
    department_id: int | None = None,
    open_on_holidays: bool = False,
    expected_version: int | None = None,
) -> ServiceHours:
    """Say when somebody is there: at a department, a site, or (without both) the whole house.

    ``week`` is seven texts from Monday such as "07:00-12:00, 13:00-17:00", "24h", or empty for a closed day. Promises
    made before keep the hours they were made with.

    Raises:
        Invalid: naming the day that cannot be read, or a week in which nobody is ever there. Denied. StaleEdit.
    """
    site, department = _place(by, site_id, department_id)
    authorize(by, PLAN, Scope(site.pk if site else None, department.pk if department else None))
    texts = _week(week)
    values = {"week": texts, "open_on_holidays": open_on_holidays}
    known = ServiceHours.objects.filter(site=site, department=department).first()
    if known is not None:
        apply_edit(known, values, expected_version=expected_version)
        return known
    row = ServiceHours(site=site, department=department, **values)
    with unique_or_invalid(row):
        row.save()
    return row


def _place(by: Any, site_id: int | None, department_id: int | None) -> tuple[Site | None, Department | None]:
    department = reachable(Department.objects.visible_to(by).select_related("site"), department_id, "department_id")
    if department is not None:
        return department.site, department
    return reachable(Site.objects.visible_to(by), site_id, "site_id"), None


def _week(week: list[str]) -> list[str]:
    if len(week) != len(DAYS):
        raise Invalid(_("A week has seven days."), fields={"week": _("Give seven texts, Monday first.")})
    spans: list[Spans] = []
    wrong: dict[str, Any] = {}
    for day, text in zip(DAYS, week, strict=True):
        try:
            spans.append(spans_of(str(text)[:200]))
        except ValueError as error:
            wrong[day] = _("%(why)s. Write for example 07:00-17:00, 24h, or nothing for a closed day.") % {
                "why": error_words(error)
            }
    if wrong:
        raise Invalid(_("Some opening times cannot be read."), "; ".join(map(str, wrong.values())), fields=wrong)
    try:
        Hours(tuple(spans), settings.TIME_ZONE)
    except ValueError:
        words = _("Nobody is ever there. Give at least one day its hours.")
        raise Invalid(words, fields={"monday": words}) from None
    return [text_of(one) for one in spans]


@operation()
def remove_service_hours(*, by: Any, service_hours_id: int) -> ServiceHours:
    """Let the hours of the wider place hold here again; without any, promises count round the clock."""
    row = lock(ServiceHours.objects, service_hours_id)
    authorize(by, PLAN, row)
    row.delete()
    row.pk = service_hours_id
    return row


@operation()
def add_holiday(*, by: Any, on: date, name: str, site_id: int | None = None) -> Holiday:
    """A day on which the service is closed, at one site or everywhere. Raises Invalid when it is there already."""
    site = reachable(Site.objects.visible_to(by), site_id, "site_id")
    row = Holiday(site=site)
    authorize(by, PLAN, row)
    for key, value in cleaned(row, {"on": on, "name": name}, ("on", "name")).items():
        setattr(row, key, value)
    with unique_or_invalid(row):
        row.save()
    return row


@operation()
def remove_holiday(*, by: Any, holiday_id: int) -> Holiday:
    """Take a day out of the list of holidays."""
    row = lock(Holiday.objects, holiday_id)
    authorize(by, PLAN, row)
    row.delete()
    row.pk = holiday_id
    return row


@operation()
def change_level(*, by: Any, service_level_id: int, expected_version: int | None = None, **values: Any) -> ServiceLevel:
    """Change what is promised to work of one kind and priority; orders that are there keep their promise.

    Raises:
        Invalid: for hours of none, or more than a year, or an end before the answer. StaleEdit. Denied.
    """
    row = lock(ServiceLevel.objects, service_level_id)
    authorize(by, PLAN, Scope())
    good = cleaned(row, values, LEVEL)
    respond, finish = (good.get(name, getattr(row, name)) for name in LEVEL[:2])
    if not 1 <= respond <= MOST_HOURS or not 1 <= finish <= MOST_HOURS:
        raise Invalid(
            _("A promise is at least one hour and at most a year."),
            fields={"respond_hours": _("Enter hours, for example 8.")},
        )
    apply_edit(row, good, expected_version=expected_version)
    return row
