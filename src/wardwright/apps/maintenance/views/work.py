"""The work list, the page of one order, and the steps around the work itself."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from wardwright.apps.assets import permissions as assets_permissions
from wardwright.apps.maintenance import operations, permissions, queries
from wardwright.apps.maintenance.forms import (
    AssignForm,
    AttemptForm,
    HoldForm,
    LabourForm,
    PartForm,
    ReasonForm,
    RescheduleForm,
    VerifyForm,
)
from wardwright.apps.maintenance.models import Attempt, Labour, Part, StepResult, WorkOrder
from wardwright.apps.maintenance.states import SAFETY_MEANING
from wardwright.apps.maintenance.tables import WORK, state_meaning, state_words
from wardwright.apps.testing.models import Lookback
from wardwright.apps.testing.states import Outcome
from wardwright.kernel.said import from_plain
from wardwright.platform.access.scope import allowed
from wardwright.platform.core.errors import Refused
from wardwright.platform.core.words import said_words
from wardwright.platform.signatures.signing import signatures_of
from wardwright.web.tables import list_page
from wardwright.web.views import OnceForm, form_page, go, page, visible_or_404

from .orders import is_repair, me, order_or_404, order_sentence, selected_orders, steps_allowed, where_words
from .perform_form import answer_words, sheet_of

OUTCOME_MEANING = {Outcome.PASS: "ok", Outcome.FAIL: "late", Outcome.NOT_APPLICABLE: "out", Outcome.SKIPPED: "due"}


@page(permissions.VIEW)
def work_list(request: HttpRequest) -> HttpResponse:
    return list_page(request, WORK)


# One order ------------------------------------------------------------------------------------------------------


@page(permissions.VIEW)
def work_order(request: HttpRequest, work_order_id: int) -> HttpResponse:
    order = order_or_404(request, work_order_id)
    of_order = {"work_order": order}
    answers = StepResult.objects.visible_to(request.user).filter(**of_order)
    results = {row.key: row for row in answers.select_related("instrument", "measurement")}
    attempts = list(Attempt.objects.visible_to(request.user).filter(**of_order).order_by("-id"))
    linked = WorkOrder.objects.visible_to(request.user).filter(parent=order).select_related("asset")
    return render(
        request,
        "maintenance/work_order.html",
        {
            "order": order,
            "sentence": order_sentence(order),
            "where": where_words(order),
            "repair": is_repair(order),
            "meaning": state_meaning(order),
            "state_words": state_words(order),
            "why": queries.why_words(order),
            "results": _result_lines(order, results),
            "may_label": allowed(request.user, assets_permissions.CHANGE, order.asset),
            "safety_meaning": SAFETY_MEANING.get(order.safety),
            "safety_reasons": [said_words(from_plain(words)) for words in order.safety_reasons],
            "attempts": attempts,
            "clocks": _clocks(order),
            "labour": Labour.objects.visible_to(request.user).filter(**of_order).order_by("id"),
            "parts": Part.objects.visible_to(request.user).filter(**of_order).order_by("id"),
            "linked": [*([order.parent] if order.parent else []), *linked],
            "signatures": signatures_of(order),
            "history": _history(order, attempts),
            "may": steps_allowed(request.user, order),
        },
    )


@require_POST
@page(permissions.DISPATCH)
def order_retests(request: HttpRequest, lookback_id: int) -> HttpResponse:
    """Test again whatever was measured with a wrong instrument and is not decided yet."""
    visible_or_404(Lookback.objects.visible_to(request.user), lookback_id)
    operations.order_retests(by=request.user, lookback_id=lookback_id)
    return go(request, reverse("lookback", args=[lookback_id]))


def _result_lines(order: WorkOrder, results: dict[str, StepResult]) -> list[dict[str, Any]]:
    lines = []
    for row in sheet_of(order, results).rows:
        result = results.get(row.key)
        if result is not None:
            lines.append(
                {
                    "row": row,
                    "result": result,
                    "words": answer_words(row.step, row.recorded),
                    "notes": row.notes,
                    "meaning": OUTCOME_MEANING[Outcome(result.outcome)],
                }
            )
    return lines


def _clocks(order: WorkOrder) -> list[dict[str, Any]]:
    """The two promises of the service level: by when, whether it was kept, and by how much it stands."""
    clocks = ((_("Answer"), order.respond_by_at, order.responded_at), (_("Finish"), order.finish_by_at, order.done_at))
    now = timezone.now()
    shown = []
    for label, by_at, kept_at in clocks:
        if by_at is None:
            continue
        late = (kept_at or now) > by_at
        if kept_at is not None:
            meaning, words = ("late", _("too late")) if late else ("ok", _("kept"))
        else:
            meaning, words = ("late", _("overdue")) if late else ("info", _("running"))
        shown.append({"label": label, "by_at": by_at, "kept_at": kept_at, "meaning": meaning, "words": words})
    return shown


def _history(order: WorkOrder, attempts: list[Attempt]) -> list[dict[str, Any]]:
    """What happened and when, newest first, from the order's own moments."""
    # Work taken over from another system was done before it was made here.
    is_taken_over = order.done_at is not None and order.done_at < order.created_at
    made_at = None if order.reported_at or is_taken_over else order.created_at
    points = [
        (order.reported_at, "message-report", "", _("Reported"), order.reported_by_name),
        (made_at, "plus", "", pgettext("created", "Made"), ""),
        (order.responded_at, "user-check", "info", _("Answered"), ""),
        (order.started_at, "player-play", "info", _("Work began"), ""),
        (order.done_at, "tool", "info", _("Work done"), order.done_by),
        (order.verified_at, "circle-check", "ok", _("Repair verified"), order.verified_by),
        (order.returned_to_service_at, "heart-rate-monitor", "ok", _("Returned to service"), ""),
        (order.closed_at, "check", "ok", _("Closed"), ""),
    ]
    points += [
        (a.at, "map-pin", "due", _("Attempt: %(why)s") % {"why": a.get_kind_display()}, a.by_name) for a in attempts
    ]
    lines: list[dict[str, Any]] = [
        {"at": at, "icon": icon, "meaning": meaning, "words": words, "who": who}
        for at, icon, meaning, words, who in points
        if at
    ]
    return sorted(lines, key=lambda line: line["at"])[::-1]


# Steps around the work ------------------------------------------------------------------------------------------


def _order_form(
    request: HttpRequest,
    order: WorkOrder,
    form: OnceForm,
    act: Callable[[dict[str, Any]], Any],
    title: str,
    submit: str,
    **context: Any,
) -> HttpResponse:
    """A form about one order that leads back to the order's page."""
    back = reverse("work-order", args=[order.pk])

    def run(cleaned: dict[str, Any]) -> str:
        act(cleaned)
        return back

    context.setdefault("template", "maintenance/order_form.html")
    return form_page(
        request,
        form,
        run,
        title=title,
        submit=submit,
        cancel_url=back,
        order=order,
        where=where_words(order),
        **context,
    )


@page(permissions.DISPATCH)
def assign_work(request: HttpRequest, work_order_id: int) -> HttpResponse:
    order = order_or_404(request, work_order_id)
    form = AssignForm(
        request.user, request.POST or None, initial={"person": order.assigned_to_id, "expected_version": order.version}
    )

    def act(cleaned: dict[str, Any]) -> None:
        person = cleaned["person"]
        operations.assign_work(
            by=request.user,
            work_order_id=order.pk,
            person_id=person and person.pk,
            expected_version=cleaned["expected_version"],
        )

    return _order_form(request, order, form, act, _("Who does it?"), _("Assign"))


@page(permissions.DISPATCH)
def reschedule_work(request: HttpRequest, work_order_id: int) -> HttpResponse:
    order = order_or_404(request, work_order_id)
    form = RescheduleForm(request.POST or None, initial={"due_on": order.due_on})

    def act(cleaned: dict[str, Any]) -> None:
        operations.reschedule_work(by=request.user, work_order_id=order.pk, **cleaned)

    return _order_form(request, order, form, act, _("Until when?"), _("Reschedule"))


@page(permissions.PERFORM)
def hold_work(request: HttpRequest, work_order_id: int) -> HttpResponse:
    order = order_or_404(request, work_order_id)
    form = HoldForm(request.POST or None, initial={"hold_reason": order.hold_reason or "parts"})

    def act(cleaned: dict[str, Any]) -> None:
        operations.hold_work(by=request.user, work_order_id=order.pk, **cleaned)

    return _order_form(
        request,
        order,
        form,
        act,
        _("The work has to wait"),
        _("Let it wait"),
        intro=_("The clock of the service level stops until the work goes on."),
    )


@require_POST
@page(permissions.PERFORM)
def resume_work(request: HttpRequest, work_order_id: int) -> HttpResponse:
    order = order_or_404(request, work_order_id)
    operations.resume_work(by=request.user, work_order_id=order.pk)
    return go(request, reverse("work-order", args=[order.pk]))


@page(permissions.PERFORM)
def record_attempt(request: HttpRequest, work_order_id: int) -> HttpResponse:
    """In use, or not located: recorded with the next try, so that it is never forgotten and never counted as done."""
    order = order_or_404(request, work_order_id)
    form = AttemptForm(
        request.POST or None, initial=AttemptForm.initial_for(request.GET.get("kind", ""), timezone.localdate())
    )

    def act(cleaned: dict[str, Any]) -> None:
        operations.record_attempt(by=request.user, work_order_id=order.pk, **cleaned)

    return _order_form(request, order, form, act, _("It could not be done now"), _("Record the attempt"))


@page(permissions.PERFORM)
def add_labour(request: HttpRequest, work_order_id: int) -> HttpResponse:
    order = order_or_404(request, work_order_id)
    form = LabourForm(request.user, request.POST or None, initial={"on": timezone.localdate()})

    def act(cleaned: dict[str, Any]) -> None:
        person: Any = cleaned["person"] or me(request)
        operations.add_labour(
            by=request.user,
            work_order_id=order.pk,
            minutes=cleaned["minutes"],
            on=cleaned["on"],
            person_id=person and person.pk,
        )

    return _order_form(request, order, form, act, _("Time spent on this work"), _("Add the time"))


@page(permissions.PERFORM)
def add_part(request: HttpRequest, work_order_id: int) -> HttpResponse:
    order = order_or_404(request, work_order_id)
    form = PartForm(request.POST or None)
    form.fields["unit_cost_cents"].widget.attrs["data-unit"] = order.currency or order.site.currency

    def act(cleaned: dict[str, Any]) -> None:
        cost = cleaned.pop("unit_cost_cents") or 0
        operations.add_part(by=request.user, work_order_id=order.pk, unit_cost_cents=cost, **cleaned)

    return _order_form(request, order, form, act, _("A part that was used"), _("Add the part"))


@page(permissions.CANCEL)
def cancel_work(request: HttpRequest, work_order_id: int) -> HttpResponse:
    order = order_or_404(request, work_order_id)
    form = ReasonForm(request.POST or None)

    def act(cleaned: dict[str, Any]) -> None:
        operations.cancel_work(by=request.user, work_order_id=order.pk, reason=cleaned["reason"])

    return _order_form(
        request,
        order,
        form,
        act,
        _("Cancel %(number)s?") % {"number": order.number},
        _("Cancel the work"),
        cancel_label=_("Keep it"),
        dangerous=True,
        intro=_("It stays in the history and in the figures, with your reason."),
    )


@sensitive_post_parameters("password")
@page(permissions.VERIFY)
def verify_repair(request: HttpRequest, work_order_id: int) -> HttpResponse:
    """Somebody checks the repaired device before it returns to its ward."""
    order = order_or_404(request, work_order_id)
    form = VerifyForm(request.POST or None)

    def act(cleaned: dict[str, Any]) -> None:
        operations.verify_repair(
            by=request.user,
            work_order_id=order.pk,
            passed=cleaned["passed"],
            note=cleaned["note"],
            password=cleaned["password"] or None,
        )

    return _order_form(
        request,
        order,
        form,
        act,
        _("Verify the repair of %(tag)s") % {"tag": order.asset.tag},
        _("Verify"),
        intro=order.work_done,
    )


# Many at once ---------------------------------------------------------------------------------------------------


def _many(
    request: HttpRequest, form: OnceForm, act: Callable[[WorkOrder, dict[str, Any]], Any], title: str, submit: str
) -> HttpResponse:
    """A form about the selected orders. The first arrival only chooses; ``go`` is sent by the form itself."""
    orders = selected_orders(request)
    refused: list[tuple[WorkOrder, Refused]] = []
    if "go" in request.POST and form.is_valid():
        cleaned = {name: value for name, value in form.cleaned_data.items() if name != "once"}
        for order in orders:
            try:
                act(order, cleaned)
            except Refused as error:
                refused.append((order, error))
        if not refused:
            return go(request, reverse("work"))
        orders = [order for order, _error in refused]
    status = 409 if refused else 422 if form.is_bound and form.errors else 200
    return render(
        request,
        "maintenance/many.html",
        {"form": form, "orders": orders, "refused": refused, "title": title, "submit": submit},
        status=status,
    )


def _count(request: HttpRequest) -> dict[str, str]:
    n = len(selected_orders(request))
    return {"orders": ngettext("%(n)s work order", "%(n)s work orders", n) % {"n": n}}


@require_POST
@page(permissions.DISPATCH)
def assign_many(request: HttpRequest) -> HttpResponse:
    form = AssignForm(request.user, request.POST if "go" in request.POST else None)

    def act(order: WorkOrder, cleaned: dict[str, Any]) -> None:
        person = cleaned["person"]
        operations.assign_work(by=request.user, work_order_id=order.pk, person_id=person and person.pk)

    return _many(request, form, act, _("Who does these %(orders)s?") % _count(request), _("Assign"))


@require_POST
@page(permissions.DISPATCH)
def reschedule_many(request: HttpRequest) -> HttpResponse:
    form = RescheduleForm(request.POST if "go" in request.POST else None)

    def act(order: WorkOrder, cleaned: dict[str, Any]) -> None:
        operations.reschedule_work(by=request.user, work_order_id=order.pk, **cleaned)

    return _many(request, form, act, _("Until when may these %(orders)s wait?") % _count(request), _("Reschedule"))
