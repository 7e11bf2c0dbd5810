"""Words and cells of work that lists and pages share."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from wardwright.apps.maintenance.models import WorkOrder
from wardwright.apps.maintenance.states import UNFINISHED, WorkState
from wardwright.web.templatetags import ui


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
