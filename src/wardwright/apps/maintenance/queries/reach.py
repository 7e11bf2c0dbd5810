"""Which devices a plan is for: the condition, and the devices behind it."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import FieldError, ValidationError
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from wardwright.apps.assets.models import Asset
from wardwright.apps.assets.states import MAINTAINED, Status
from wardwright.apps.maintenance.models import Plan, Schedule
from wardwright.apps.maintenance.states import AppliesTo
from wardwright.platform.core.errors import Invalid

LISTED = "listed"
FILTER_FIELDS = (
    "device_type_id",
    "device_model_id",
    "device_model__maker_id",
    "site_id",
    "department_id",
    "room_id",
    "status",
    "ownership",
    "provider_id",
    "device_type__life_support",
    "device_type__high_risk",
    "device_type__imaging",
    "device_type__laser",
    "device_type__emdn_code__startswith",
    "risk_score__gte",
    "manufactured_year__lte",
)


def filter_q(values: dict[str, Any]) -> Q:
    """The condition of a filter plan: names from FILTER_FIELDS, each with one value or a list of them.

    Raises:
        Invalid: for another name or a value that does not fit it.
    """
    condition = Q()
    for name, value in values.items():
        if name == LISTED:
            continue
        if name not in FILTER_FIELDS:
            raise Invalid(
                _("A plan cannot be filtered by “%(name)s”.") % {"name": name},
                _("Use one of: %(names)s.") % {"names": ", ".join(FILTER_FIELDS)},
                fields={"filter": name},
            )
        condition &= Q(**{f"{name}__in" if isinstance(value, list) else name: value})
    return condition


def plan_q(plan: Plan) -> Q:
    """The condition on devices under which a plan applies."""
    by_site = Q(site_id=plan.site_id) if plan.site_id else Q()
    match AppliesTo(plan.applies_to):
        case AppliesTo.ASSET:
            return by_site & Q(pk=plan.asset_id)
        case AppliesTo.MODEL:
            return by_site & Q(device_model_id=plan.device_model_id)
        case AppliesTo.TYPE:
            return by_site & Q(device_type_id=plan.device_type_id)
        case AppliesTo.FILTER:
            return by_site & filter_q(plan.filter) & (_listed_q(plan) if plan.filter.get(LISTED) else Q())


def _listed_q(plan: Plan) -> Q:
    """A register listed these devices with their dates: the plan is for whatever it has schedules on."""
    return Q(pk__in=Schedule.objects.filter(plan_id=plan.pk).values("asset_id"))


def devices_of_plan(by: Any, plan: Plan) -> QuerySet[Asset]:
    """The devices a plan would reach, as far as the reader may see them; more specific plans go before it."""
    return Asset.objects.visible_to(by).filter(plan_q(plan), status__in=(*MAINTAINED, Status.RECEIVED))


def check_filter(values: dict[str, Any]) -> None:
    """Refuse a filter that the register cannot be searched by."""
    if not values:
        raise Invalid(
            _("A filter plan needs a filter."),
            _("Say which devices it is for."),
            fields={"filter": _("Enter a filter.")},
        )
    try:
        Asset.objects.filter(filter_q(values)).exists()
    except (FieldError, ValueError, TypeError, ValidationError) as error:
        raise Invalid(
            _("The filter cannot be used: %(error)s") % {"error": error}, fields={"filter": str(error)}
        ) from error
