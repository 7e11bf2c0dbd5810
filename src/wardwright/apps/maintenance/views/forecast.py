"""Four weeks of work against the hours there are, and the moves that would even them out."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from wardwright.apps.directory.models import Site
from wardwright.apps.maintenance import operations, permissions, queries
from wardwright.apps.maintenance.queries import Forecast, Group
from wardwright.apps.maintenance.tables import work_url
from wardwright.kernel.forecast import FEWEST_JOBS, FEWEST_WEEKS
from wardwright.platform.access.scope import allowed
from wardwright.platform.core.errors import Invalid
from wardwright.web.site import begun_with, first_look
from wardwright.web.views import OnceForm, form_page, page

from .narrowing import Address, site_of, within

DIVIDED = {
    "person": gettext_lazy("by person"),
    "site": gettext_lazy("by site"),
    "tier": gettext_lazy("by tier"),
}


@page(permissions.VIEW)
def work_forecast(request: HttpRequest) -> HttpResponse:
    if begun := begun_with(request, first_look(request)):
        return begun
    by, today = request.user, timezone.localdate()
    site = site_of(request)
    divided = request.GET.get("by", "")
    divided = divided if divided in DIVIDED else "person"
    found = queries.forecast(by, today, site_id=site.pk if site else None, divided=divided)
    address = Address("work-forecast", request.GET)
    links = [{"words": words, "url": address.but(by=key), "here": key == divided} for key, words in DIVIDED.items()]
    context = {
        "title": forecast_title(found),
        "forecast": found,
        "site": site,
        "sites": list(Site.objects.visible_to(by)[:50]),
        "weeks": [(week, week_url(n, site)) for n, week in enumerate(found.weeks)],
        **besides(found, site),
        "groups": [_group(group, divided, site, found) for group in found.groups],
        "links": links,
        "divided": divided,
        "unknown": unknown(found),
        "may_level": allowed(by, permissions.DISPATCH),
        "level_url": Address("level-work", request.GET, without=("by",)).but(site=str(site.pk) if site else ""),
    }
    return render(request, "maintenance/forecast.html", context)


def week_url(n: int, site: Site | None = None, /, **more: str) -> str:
    """The work that a week of the forecast counts."""
    return work_url(planned=f"week-{n}", doer="own", **within(site), **more)


def besides(found: Forecast, site: Site | None = None) -> dict[str, Any]:
    """What stands in no week, with the list of each."""
    return {
        "before": (found.before, work_url(planned="before", doer="own", **within(site))),
        "no_day": (found.no_day, work_url(planned="none", doer="own", **within(site))),
    }


def forecast_title(found: Forecast) -> str:
    """Does the work fit the hands?"""
    if not any(week.capacity_minutes for week in found.weeks):
        return _("Nobody's hours are entered, so nothing can be compared")
    over = [str(week.number) for week in found.weeks if week.is_over]
    if not over:
        return _("The work of the next four weeks fits the hands there are")
    return ngettext("Week %(weeks)s holds more than the hands there are", "Weeks %(weeks)s hold more than the hands there are", len(over)) % {"weeks": ", ".join(over)}  # fmt: skip  # noqa: E501


def _group(group: Group, divided: str, site: Site | None, found: Forecast) -> dict[str, Any]:
    value = "none" if group.value is None else str(group.value)
    chosen = {divided: value}
    inside = None if divided == "site" else site
    return {
        "words": group.words or _("nobody"),
        "weeks": [(load, week_url(n, inside, **chosen), found.weeks[n].number) for n, load in enumerate(group.weeks)],
    }


def unknown(found: Forecast) -> list[str]:
    """What the figures do not hold, in words."""
    told = []
    if found.estimated:
        told.append(
            ngettext(
                "%(n)s job is counted with the time of its plan: fewer than %(few)s like it have their time on record.",
                "%(n)s jobs are counted with the time of their plan: fewer than %(few)s like them have it on record.",
                found.estimated,
            )
            % {"n": found.estimated, "few": FEWEST_JOBS}
        )
    if found.repair_weeks < FEWEST_WEEKS:
        told.append(_("Repairs are not in it yet: fewer than %(n)s whole weeks are on record.") % {"n": FEWEST_WEEKS})
    elif not found.repairs_known:
        told.append(_("How long a repair takes is not known yet; each is counted with one hour."))
    if found.people_without_hours:
        told.append(
            ngettext(
                "%(n)s person who services devices has no hours per week entered.",
                "%(n)s people who service devices have no hours per week entered.",
                found.people_without_hours,
            )
            % {"n": found.people_without_hours}
        )
    if found.companies.jobs:
        told.append(
            ngettext(
                "%(n)s job of these weeks is done by a company and is not counted.",
                "%(n)s jobs of these weeks are done by companies and are not counted.",
                found.companies.jobs,
            )
            % {"n": found.companies.jobs}
        )
    told.append(_("No trend, no season, no travel and no meetings are in the figures."))
    return told


# Levelling ------------------------------------------------------------------------------------------------------


@page(permissions.DISPATCH)
def level_work(request: HttpRequest) -> HttpResponse:
    """The moves with their reasons; only those that are sent back are made, all of them as one change."""
    site = site_of(request)
    back = Address("work-forecast", request.GET).but()
    form = OnceForm(request.POST or None)
    found = queries.levelling(request.user, timezone.localdate(), site_id=site.pk if site else None)

    def run(_cleaned: dict[str, Any]) -> str:
        operations.level_work(by=request.user, moves=[_move(text) for text in request.POST.getlist("move")])
        return back

    shown = [(one, f"{one.order.pk}:{one.to_on.isoformat()}:{one.order.version}") for one in found.moves]
    return form_page(
        request, form, run, title=_level_title(found.moves), submit=_("Move these"), cancel_url=back,
        template="maintenance/level.html", found=found, moves=shown, site=site,
    )  # fmt: skip


def _level_title(moves: list[Any]) -> str:
    if not moves:
        return _("The weeks are as even as the windows allow")
    return ngettext(
        "Moving %(n)s job evens out the weeks", "Moving %(n)s jobs evens out the weeks", len(moves)
    ) % {"n": len(moves)}  # fmt: skip


def _move(text: str) -> dict[str, Any]:
    try:
        number, day, version = text.split(":")
        return {"work_order_id": int(number), "planned_on": date.fromisoformat(day), "version": int(version)}
    except ValueError:
        raise Invalid(_("A move could not be read."), _("Open the page again.")) from None
