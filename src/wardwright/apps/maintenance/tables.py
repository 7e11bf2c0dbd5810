"""The lists of work, plans and failure codes, and the words their cells share with the pages."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from wardwright.apps.assets.models import DeviceType
from wardwright.apps.directory.models import Department, Person, Site
from wardwright.kernel.periods import weekend_began
from wardwright.platform.access.scope import Scope, allowed
from wardwright.web.tables import Action, Column, Filter, Table
from wardwright.web.templatetags import ui

from . import permissions
from .models import FailureCode, Plan, Rule, Schedule, WorkOrder
from .queries import week_spans
from .states import (
    UNFINISHED,
    CodeKind,
    HoldReason,
    IntervalKind,
    Kind,
    PlanState,
    Priority,
    RuleState,
    Strategy,
    WorkState,
)

RULE_MEANING = {RuleState.DRAFT: "due", RuleState.ACTIVE: "ok", RuleState.ASIDE: "out"}
PLAN_MEANING = {PlanState.PROPOSED: "info", PlanState.ACTIVE: "ok", PlanState.PAUSED: "due", PlanState.RETIRED: "out"}


#: The four weeks of the forecast as choices of the work list; see ``queries.week_spans``.
WEEKS_AHEAD = {
    "week-0": gettext_lazy("by Sunday, late ones too"),
    "week-1": gettext_lazy("next week"),
    "week-2": gettext_lazy("in two weeks"),
    "week-3": gettext_lazy("in three weeks"),
}


def week_end(today: date) -> date:
    """The Sunday of the week of ``today``."""
    return today + timedelta(days=6 - today.weekday())


def state_words(order: WorkOrder) -> Any:
    """The order's state in words, with what it waits for or how it ended."""
    if order.state == WorkState.ON_HOLD and order.hold_reason:
        return order.get_hold_reason_display()
    if order.state == WorkState.CLOSED and order.verdict:
        return order.get_verdict_display()
    return order.get_state_display()


def state_meaning(order: WorkOrder) -> str:
    """Which of the six meanings the state has. Being late is told by the due date, not by the colour of the state."""
    if order.state in (WorkState.CLOSED, WorkState.CANCELLED):
        return order.meaning_on(timezone.localdate())
    return "due" if order.state in (WorkState.ON_HOLD, WorkState.TO_VERIFY) else "info"


def state_pill(order: WorkOrder) -> SafeString:
    return ui.pill(state_meaning(order), state_words(order))


def device_words(order: WorkOrder) -> SafeString:
    """The tag, and the type under it."""
    tag, kind = order.asset.tag, order.asset.device_type
    return format_html('<span class="code">{}</span><span class="cell-2">{}</span>', tag, kind)


def model_words(asset: Any) -> str:
    return f"{asset.device_model.maker} {asset.device_model}, {asset.device_type}"


def due_cell(order: WorkOrder) -> Any:
    """The deadline (of a repair its service level's); for finished work only the date."""
    by_on = order.due_on or (timezone.localtime(order.finish_by_at).date() if order.finish_by_at else None)
    return ui.due(by_on) if order.state in UNFINISHED else ui.date(order.due_on)


# Work -----------------------------------------------------------------------------------------------------------


def _by_due(rows: QuerySet, value: str) -> QuerySet:
    today = timezone.localdate()
    unfinished = rows.filter(state__in=UNFINISHED)
    return {
        "late": unfinished.filter(due_on__lt=today),
        "today": unfinished.filter(due_on=today),
        "week": unfinished.filter(due_on__gte=today, due_on__lte=week_end(today)),
        "month": unfinished.filter(due_on__gte=today, due_on__lte=today + timedelta(days=30)),
        "out": unfinished.filter(out_of_compliance_on__lte=today),
        "none": unfinished.filter(due_on__isnull=True),
        **{week: unfinished.filter(span) for week, span in week_spans(today).items()},
    }.get(value, rows)


def _by_reported(rows: QuerySet, value: str) -> QuerySet:
    if value != "weekend":
        return rows
    return rows.filter(reported_at__gte=weekend_began(timezone.localtime()))


def _by_promise(rows: QuerySet, value: str) -> QuerySet:
    """Past the moment promised: not answered, or not finished. What waits has its clock stopped."""
    if value != "missed":
        return rows
    now = timezone.now()
    late = Q(finish_by_at__lt=now) | Q(respond_by_at__lt=now, responded_at__isnull=True)
    return rows.filter(late, state__in=UNFINISHED).exclude(state=WorkState.ON_HOLD)


def _by_doer(rows: QuerySet, value: str) -> QuerySet:
    return rows.filter(provider__isnull=value == "own") if value in ("own", "company") else rows


def _by_state(rows: QuerySet, value: str) -> QuerySet:
    if value == "unfinished":
        return rows.filter(state__in=UNFINISHED)
    if value == "parts":
        return rows.filter(state=WorkState.ON_HOLD, hold_reason=HoldReason.PARTS)
    if value == "parts-long":
        long_ago = timezone.now() - timedelta(days=7)
        return rows.filter(state=WorkState.ON_HOLD, hold_reason=HoldReason.PARTS, held_since_at__lt=long_ago)
    return rows.filter(state=value) if value in WorkState.values else rows


def _states(by: Any) -> list[tuple[str, Any]]:
    return [
        ("unfinished", _("not finished")),
        *WorkState.choices,
        ("parts", _("waiting for parts")),
        ("parts-long", _("waiting for parts more than 7 days")),
    ]


def _by_person(rows: QuerySet, value: str) -> QuerySet:
    if value == "none":
        return rows.filter(assigned_to__isnull=True)
    return rows.filter(assigned_to_id=value) if value.isdigit() else rows


def _people(by: Any) -> list[tuple[Any, Any]]:
    people = Person.objects.visible_to(by).filter(is_active=True).exclude(tier=Person.Tier.NONE)
    return [("none", _("nobody")), *people.values_list("pk", "name")]


def by_id(field: str) -> Callable[[QuerySet, str], QuerySet]:
    """A filter by the id of a related row; anything that is no number filters nothing."""
    return lambda rows, value: rows.filter(**{field: value}) if value.isdigit() else rows


def _departments(by: Any) -> list[tuple[Any, Any]]:
    rows = Department.objects.visible_to(by).select_related("site").order_by("site__name", "name")
    return [("none", _("no department")), *((row.pk, f"{row.name} · {row.site.code}") for row in rows)]


def _by_department(rows: QuerySet, value: str) -> QuerySet:
    return rows.filter(department__isnull=True) if value == "none" else by_id("department_id")(rows, value)


def _types(by: Any) -> Iterable[tuple[Any, Any]]:
    return DeviceType.objects.visible_to(by).filter(merged_into__isnull=True).values_list("pk", "name")


def _search(rows: QuerySet, query: str) -> QuerySet:
    return rows.filter(
        Q(number__istartswith=query) | Q(title__icontains=query) | Q(asset__search_text__contains=query.lower())
    )


def _work_sentence(count: str, request: HttpRequest) -> str:
    """What the list shows in words: how many, which, and how many of them are late."""
    due, state = request.GET.get("due", ""), request.GET.get("state", "")
    if due == "late":
        return _("%(count)s late") % {"count": count}
    if due == "today":
        return _("%(count)s due today") % {"count": count}
    if due == "week":
        return _("%(count)s due this week, besides what is late") % {"count": count}
    if due == "month":
        return _("%(count)s due in the next 30 days") % {"count": count}
    if due == "out":
        return _("%(count)s out of compliance") % {"count": count}
    if due in WEEKS_AHEAD:
        return _("%(count)s due %(when)s") % {"count": count, "when": WEEKS_AHEAD[due]}
    if request.GET.get("promise") == "missed":
        return _("%(count)s past what was promised") % {"count": count}
    if request.GET.get("reported") == "weekend":
        return _("%(count)s reported since Friday, 16:00") % {"count": count}
    if state == "parts-long":
        return _("%(count)s waiting for parts for more than 7 days") % {"count": count}
    if state in WorkState.values:
        return _("%(count)s: %(state)s") % {"count": count, "state": WorkState(state).label}
    if state == "unfinished":
        return _("%(count)s not finished") % {"count": count}
    return _("%(count)s in all, finished ones too") % {"count": count}


def _work_actions(by: Any) -> list[Action]:
    if not allowed(by, permissions.REPORT):
        return []
    return [Action(_("Report a problem"), reverse("report-problem"), permissions.REPORT, "message-report", True)]


def _bulk(by: Any) -> list[Action]:
    if not allowed(by, permissions.DISPATCH):
        return []
    return [
        Action(_("Assign"), reverse("assign-many"), permissions.DISPATCH, "user-plus"),
        Action(_("Reschedule"), reverse("reschedule-many"), permissions.DISPATCH, "calendar-event"),
    ]


def _row_url(order: WorkOrder) -> str:
    return reverse("work-order", args=[order.pk])


WORK = Table(
    key="work",
    rows=lambda by: WorkOrder.objects.visible_to(by).with_names(),
    columns=[
        Column(
            "number",
            gettext_lazy("Work order"),
            lambda r: format_html('{}<span class="cell-2">{}</span>', r.title, r.number),
            order="number",
            text=lambda r: r.number,
        ),
        Column("device", gettext_lazy("Device"), device_words, text=lambda r: r.asset.tag),
        Column(
            "where",
            gettext_lazy("Where"),
            lambda r: format_html('{}<span class="cell-2">{}</span>', r.department or r.site, r.asset.room or ""),
            text=lambda r: r.department or r.site,
        ),
        Column("state", gettext_lazy("State"), state_pill, text=state_words),
        Column("due", gettext_lazy("Due"), due_cell, order="due_on", text=lambda r: r.due_on or ""),
        Column("priority", gettext_lazy("Priority"), lambda r: r.get_priority_display()),
        Column("person", gettext_lazy("Assigned to"), lambda r: r.assigned_to or _("nobody")),
    ],
    row_url=_row_url,
    sentence=_work_sentence,
    order="due_on",
    nulls_last=True,
    filters=[
        Filter(
            "due",
            gettext_lazy("Due"),
            _by_due,
            lambda by: [
                ("late", _("late")),
                ("today", _("today")),
                ("week", _("this week")),
                *WEEKS_AHEAD.items(),
                ("month", _("next 30 days")),
                ("out", _("out of compliance")),
                ("none", _("no date")),
            ],
        ),
        Filter("state", gettext_lazy("State"), _by_state, _states),
        Filter(
            "kind",
            gettext_lazy("Kind"),
            lambda rows, v: rows.filter(kind=v) if v in Kind.values else rows,
            lambda by: Kind.choices,
        ),
        Filter("person", gettext_lazy("Assigned to"), _by_person, _people),
        Filter("department", gettext_lazy("Department"), _by_department, _departments),
        Filter(
            "site",
            gettext_lazy("Site"),
            by_id("site_id"),
            lambda by: Site.objects.visible_to(by).values_list("pk", "name"),
        ),
        Filter("type", gettext_lazy("Device type"), by_id("asset__device_type_id"), _types),
        Filter("priority", gettext_lazy("Priority"), by_id("priority"), lambda by: Priority.choices),
        Filter(
            "life",
            gettext_lazy("Life support"),
            lambda rows, v: rows.filter(asset__device_type__life_support=v == "yes"),
            lambda by: [("yes", _("life support")), ("no", _("other"))],
        ),
        Filter(
            "reported",
            gettext_lazy("Reported"),
            _by_reported,
            lambda by: [("weekend", _("since Friday, 16:00"))],
        ),
        Filter("promise", gettext_lazy("Promise"), _by_promise, lambda by: [("missed", _("not kept so far"))]),
        Filter(
            "doer",
            gettext_lazy("Done by"),
            _by_doer,
            lambda by: [("company", _("a company")), ("own", _("our own department"))],
        ),
    ],
    search=_search,
    empty=(gettext_lazy("No work fits"), gettext_lazy("Nothing is due here. Clear the filters to see other work.")),
    noun=("work order", "work orders"),
    actions=_work_actions,
    bulk_actions=_bulk,
)


# Plans ----------------------------------------------------------------------------------------------------------


def interval_words(plan: Plan) -> str:
    """How often, in words: "every 6 months", "every 2,000 hours of use", "every May and November"."""
    if plan.strategy == Strategy.NONE:
        return _("no planned maintenance")
    if plan.interval_kind == IntervalKind.SEASONAL:
        months = [date(2000, int(m), 1) for m in plan.season_months if str(m).isdigit() and 1 <= int(m) <= 12]
        return _("every %(months)s") % {"months": ", ".join(date_format(m, "F") for m in months)}
    if plan.meter_interval is not None:
        both = {"calendar": _calendar_words(plan), "n": f"{plan.meter_interval:,}"}
        return _("%(calendar)s or %(n)s hours of use, whichever comes first") % both
    return _calendar_words(plan)


def _calendar_words(plan: Plan) -> str:
    if plan.interval_kind == IntervalKind.MONTHS and plan.interval % 12 == 0:
        years = plan.interval // 12
        return _("every year") if years == 1 else _("every %(n)s years") % {"n": years}
    return _("every %(n)s %(unit)s") % {"n": plan.interval, "unit": plan.get_interval_kind_display()}


def applies_words(plan: Plan) -> str:
    """Which devices, in words; the plan's device, model and type must be loaded."""
    what = {"asset": plan.asset, "model": plan.device_model, "type": plan.device_type}.get(plan.applies_to)
    return str(what) if what else _("devices found by a filter")


def _plans(by: Any) -> QuerySet:
    schedules = Schedule.objects.visible_to(by).filter(plan=OuterRef("pk"), is_active=True)
    counted = schedules.order_by().values("plan").annotate(n=Count("pk")).values("n")
    rows = Plan.objects.visible_to(by).select_related("device_type", "device_model", "asset", "site", "procedure")
    return rows.annotate(
        devices=counted,
        has_late=Exists(
            WorkOrder.objects.visible_to(by).filter(
                plan=OuterRef("pk"), state__in=UNFINISHED, due_on__lt=timezone.localdate()
            )
        ),
    )


def _plan_state(row: Plan) -> SafeString:
    return ui.pill(PLAN_MEANING[PlanState(row.state)], row.get_state_display())


def _plan_actions(by: Any) -> list[Action]:
    actions = []
    if allowed(by, permissions.GENERATE):
        actions.append(Action(_("Make due work"), reverse("generate-work"), permissions.GENERATE, "calendar-event"))
    if allowed(by, permissions.PLAN):
        actions.append(Action(_("Propose plans"), reverse("propose-plans"), permissions.PLAN, "scale"))
        actions.append(Action(_("New plan"), reverse("new-plan"), permissions.PLAN, "plus", True))
    return actions


PLANS = Table(
    key="plans",
    rows=_plans,
    columns=[
        Column("name", gettext_lazy("Plan"), lambda r: r.name, order="name"),
        Column("state", gettext_lazy("State"), _plan_state, text=lambda r: r.get_state_display()),
        Column("applies", gettext_lazy("Applies to"), applies_words),
        Column("interval", gettext_lazy("How often"), interval_words),
        Column("strategy", gettext_lazy("Strategy"), lambda r: r.get_strategy_display()),
        Column("devices", gettext_lazy("Devices"), lambda r: r.devices or 0, numeric=True),
        Column(
            "risk", gettext_lazy("Risk score"), lambda r: "–" if r.risk_score is None else r.risk_score, numeric=True
        ),
        Column(
            "late",
            gettext_lazy("Late work"),
            lambda r: ui.pill("late", _("late work")) if r.has_late else "",
            text=lambda r: _("yes") if r.has_late else "",
        ),
    ],
    row_url=lambda r: reverse("plan", args=[r.pk]),
    sentence=lambda count, request: _("%(count)s for planned maintenance") % {"count": count},
    order="name",
    filters=[
        Filter(
            "state",
            gettext_lazy("State"),
            lambda rows, v: rows.filter(state=v) if v in PlanState.values else rows,
            lambda by: PlanState.choices,
        ),
        Filter(
            "strategy",
            gettext_lazy("Strategy"),
            lambda rows, v: rows.filter(strategy=v) if v in Strategy.values else rows,
            lambda by: Strategy.choices,
        ),
        Filter(
            "site",
            gettext_lazy("Site"),
            lambda rows, v: rows.filter(Q(site_id=v) | Q(site__isnull=True)) if v.isdigit() else rows,
            lambda by: Site.objects.visible_to(by).values_list("pk", "name"),
        ),
    ],
    search=lambda rows, q: rows.filter(
        Q(name__icontains=q) | Q(device_type__name__icontains=q) | Q(device_model__name__icontains=q)
    ),
    empty=(
        gettext_lazy("No plan fits"),
        gettext_lazy("Let the system propose plans from the risk scores, or write one."),
    ),
    noun=("plan", "plans"),
    actions=_plan_actions,
)


# Inclusion rules ------------------------------------------------------------------------------------------------

RULES = Table(
    key="rules",
    rows=lambda by: Rule.objects.visible_to(by),
    columns=[
        Column(
            "name",
            gettext_lazy("Rule"),
            lambda r: format_html(
                '<span class="nowrap">{}</span><span class="cell-2">{} {}</span>', r.name, _("version"), r.number
            ),
            order="name",
            text=lambda r: str(r),
        ),
        Column(
            "state",
            gettext_lazy("State"),
            lambda r: ui.pill(RULE_MEANING[RuleState(r.state)], r.get_state_display()),
            text=lambda r: r.get_state_display(),
        ),
        Column("formula", gettext_lazy("Formula"), lambda r: r.formula),
        Column(
            "included_from", gettext_lazy("Included from"), lambda r: f"{r.included_from.normalize():f}", numeric=True
        ),
    ],
    row_url=lambda r: reverse("rule", args=[r.pk]),
    sentence=lambda count, request: _("%(count)s to decide what is in the programme and how often") % {"count": count},
    order="name",
    filters=[
        Filter(
            "state",
            gettext_lazy("State"),
            lambda rows, v: rows.filter(state=v) if v in RuleState.values else rows,
            lambda by: RuleState.choices,
        )
    ],
    search=lambda rows, q: rows.filter(Q(name__icontains=q) | Q(formula__icontains=q)),
    empty=(gettext_lazy("No rule fits"), gettext_lazy("Clear the filter to see all of them.")),
    noun=("rule", "rules"),
)


# Failure codes --------------------------------------------------------------------------------------------------


def _code_actions(by: Any) -> list[Action]:
    if not allowed(by, permissions.PLAN, Scope()):
        return []
    return [Action(_("Add a code"), reverse("new-code"), permissions.PLAN, "plus", True)]


CODES = Table(
    key="failure-codes",
    rows=lambda by: FailureCode.objects.visible_to(by),
    columns=[
        Column(
            "code",
            gettext_lazy("Code"),
            lambda r: format_html('<span class="code">{}</span>', r.code),
            order="code",
            text=lambda r: r.code,
        ),
        Column("label", gettext_lazy("What it means"), lambda r: r.label, order="label"),
        Column("kind", gettext_lazy("Used for"), lambda r: r.get_kind_display()),
        Column("source", gettext_lazy("Source"), lambda r: r.source or "–"),
        Column(
            "verified",
            gettext_lazy("Source checked"),
            lambda r: ui.pill("ok", _("verified")) if r.verified else ui.pill("due", _("not verified")),
            text=lambda r: _("verified") if r.verified else _("not verified"),
        ),
        Column("active", gettext_lazy("In use"), lambda r: _("yes") if r.is_active else _("no")),
    ],
    row_url=lambda r: reverse("edit-code", args=[r.pk]),
    actions=_code_actions,
    sentence=lambda count, request: _("%(count)s for what was wrong, why, and what was done") % {"count": count},
    order="code",
    filters=[
        Filter(
            "kind",
            gettext_lazy("Used for"),
            lambda rows, v: rows.filter(kind=v) if v in CodeKind.values else rows,
            lambda by: CodeKind.choices,
        ),
        Filter(
            "active",
            gettext_lazy("In use"),
            lambda rows, v: rows.filter(is_active=v == "yes"),
            lambda by: [("yes", _("yes")), ("no", _("no"))],
        ),
    ],
    search=lambda rows, q: rows.filter(Q(code__icontains=q) | Q(label__icontains=q)),
    empty=(gettext_lazy("No code fits"), gettext_lazy("Clear the filter to see all of them.")),
    noun=("code", "codes"),
)


def work_rows(by: Any, **chosen: str) -> QuerySet:
    """The work list's rows under these filters: what a line on another page counts is what its link opens."""
    rows: QuerySet = WorkOrder.objects.visible_to(by)
    for item in WORK.filters:
        if item.key in chosen:
            rows = item.apply(rows, chosen[item.key])
    return rows


def work_url(**chosen: str) -> str:
    """The address of the work list under these filters."""
    return f"{reverse('work')}?{urlencode(chosen)}"
