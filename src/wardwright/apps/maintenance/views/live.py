"""A value straight from the chosen instrument into a step."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from wardwright.apps.maintenance import operations, permissions
from wardwright.apps.maintenance.models import WorkOrder
from wardwright.apps.maintenance.queries import steps_of
from wardwright.apps.testing.models import Instrument
from wardwright.apps.testing.operations import may_ask, read_value
from wardwright.apps.testing.queries import fitting_function, instrument_of_each, readable_functions
from wardwright.apps.testing.states import StepKind
from wardwright.platform.core.errors import Invalid, NotNow, Refused
from wardwright.platform.core.values import as_id
from wardwright.platform.core.words import exact_words
from wardwright.web.views import page

from .orders import PERFORMABLE, order_or_404
from .perform_form import Sheet


def sent_instruments(request: HttpRequest) -> list[int]:
    """The instruments of this sitting, the main one first."""
    given = (
        as_id((text or "").strip()) for text in (request.POST.get("instrument"), *request.POST.getlist("also")[:20])
    )
    return list(dict.fromkeys(number for number in given if number))


@dataclass(frozen=True)
class ForStep:
    """A value as it would be typed, the mark by which it is known as read, and words about it."""

    typed: str
    mark: str
    words: str


def reads_of(sheet: Sheet, instrument_ids: Sequence[int]) -> dict[int, str]:
    """The keys of the steps that each instrument can read, as JSON for the page; marks those rows as readable."""
    reads: dict[int, str] = {}
    for instrument_id, functions in readable_functions(instrument_ids).items():
        rows = [row for row in sheet.rows if _is_read_by(functions, row.step)]
        for row in rows:
            row.readable = True
        reads[instrument_id] = json.dumps([row.key for row in rows])
    return reads


def _is_read_by(functions: Sequence[Any], step: dict[str, Any]) -> bool:
    if step["kind"] != StepKind.READING or not step.get("needs_instrument") or step.get("not_applicable"):
        return False
    try:
        fitting_function(functions, step.get("quantity") or "", step.get("unit") or "")
    except ValueError:
        return False
    return True


def read_for_step(request: HttpRequest, order: WorkOrder, step: dict[str, Any], chosen: Sequence[int]) -> ForStep:
    """Ask that of the ``chosen`` instruments which takes the step for its value. Nothing is recorded.

    Raises:
        Refused: in words, when it may not, does not, or has no such value.
    """
    may_ask(request.user, permissions.PERFORM, order)
    rows = Instrument.objects.visible_to(request.user).filter(site_id=order.site_id)
    takes = instrument_of_each([step], chosen).get(step["key"])
    instrument = rows.filter(pk=takes).first() if takes else None
    if instrument is None:
        raise Invalid(_("Choose the test instrument first."), _("The list of instruments is above the steps."))
    got = read_value(instrument, quantity=step.get("quantity") or "", unit=step.get("unit") or "")
    words = _("%(instrument)s shows %(value)s %(unit)s") % {
        "instrument": instrument,
        "value": exact_words(got.shown),
        "unit": got.shown_unit,
    }
    return ForStep(got.typed, got.sealed(operations.live_purpose(order, step["key"])), words)


@require_POST
@page(permissions.PERFORM)
def read_step(request: HttpRequest, work_order_id: int, key: str) -> JsonResponse:
    """The value that the chosen instrument shows, for the field of a step: ``typed``, ``mark`` and ``words``."""
    order = order_or_404(request, work_order_id)
    try:
        if order.state not in PERFORMABLE:
            raise NotNow(_("This work is not being done any more."))
        step = next((step for step in steps_of(order) if step["key"] == key and step["kind"] == StepKind.READING), None)
        if step is None:
            raise Invalid(_("This order has no such step."))
        got = read_for_step(request, order, step, sent_instruments(request))
    except Refused as error:
        return JsonResponse({"words": str(error)}, status=error.status)
    return JsonResponse({"typed": got.typed, "mark": got.mark, "words": got.words})
