"""Reads of test instruments with a meaning."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Case, Q, QuerySet, Value, When
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from wardwright.apps.testing.models import Instrument, InstrumentFunction
from wardwright.apps.testing.states import Fitness
from wardwright.kernel.limits import convertible
from wardwright.platform.attachments.models import CERTIFICATES, Attachment

# Which instrument must not judge a device: the one rule of guardrails, lists and reports, as a filter and for one row.
# The first that holds says why.
_RULE: tuple[tuple[Fitness, Callable[[date], Q], Callable[[Instrument, date], bool]], ...] = (
    (Fitness.UNUSED, lambda _today: Q(is_active=False), lambda row, _today: not row.is_active),
    (Fitness.OUT, lambda _today: Q(out_of_tolerance=True), lambda row, _today: row.out_of_tolerance),
    (Fitness.NEVER, lambda _today: Q(calibration_due_on=None), lambda row, _today: row.calibration_due_on is None),
    (
        Fitness.ENDED,
        lambda today: Q(calibration_due_on__lt=today),
        lambda row, today: bool(row.calibration_due_on and row.calibration_due_on < today),
    ),
)


def fitness_of(instrument: Instrument, today: date) -> Fitness:
    """Whether an instrument may judge a device on ``today``."""
    return next((why for why, _q, holds in _RULE if holds(instrument, today)), Fitness.USABLE)


def fitness(today: date) -> Case:
    """``fitness_of`` as a column of a query."""
    return Case(*(When(q(today), then=Value(why.value)) for why, q, _ in _RULE), default=Value(Fitness.USABLE.value))


def unfit(instrument: Instrument, today: date) -> str:
    """Why an instrument must not judge a device on ``today``, in words; "" when it may."""
    due_on = instrument.calibration_due_on
    return {
        Fitness.USABLE: "",
        Fitness.UNUSED: _("it was taken out of use"),
        Fitness.OUT: _("its last calibration left it out of tolerance"),
        Fitness.NEVER: _("no calibration is on record"),
        Fitness.ENDED: _("its calibration was due on %(on)s") % {"on": date_format(due_on) if due_on else ""},
    }[fitness_of(instrument, today)]


def unfit_q(today: date) -> Q:
    """Those of the instruments in use that must not judge a device."""
    return reduce(or_, (q(today) for why, q, _holds in _RULE if why is not Fitness.UNUSED))


def usable_instruments(by: Any, today: date) -> QuerySet[Instrument]:
    """Instruments in use that may judge a device on ``today``."""
    return Instrument.objects.visible_to(by).filter(~unfit_q(today), is_active=True)


def instruments_past_calibration(by: Any, today: date) -> QuerySet[Instrument]:
    """Instruments in use that must not judge a device: past their date, without one, or left out of tolerance."""
    return Instrument.objects.visible_to(by).filter(unfit_q(today), is_active=True)


def has_certificate(instrument: Instrument) -> bool:
    """Whether a certificate in use belongs to the last calibration: dated on its day or later, or undated and added
    since."""
    since = instrument.calibrated_on
    found = Attachment.objects.of(Instrument._meta.db_table, instrument.pk).in_force().filter(kind__in=CERTIFICATES)
    return found.filter(Q(dated_on__gte=since) | Q(dated_on=None, added_at__date__gte=since)).exists()


def calibrations_without_certificate(by: Any) -> QuerySet[Instrument]:
    """Instruments whose last calibration left no certificate, the oldest first."""
    return Instrument.objects.visible_to(by).filter(certificate_missing=True).order_by("calibrated_on", "pk")


def instrument_of_each(steps: Iterable[dict[str, Any]], chosen: Sequence[int]) -> dict[str, int]:
    """For each step that is taken with an instrument, which of the ``chosen`` takes it: by key, one query.

    The first that is written down to measure the step's quantity; else one that measures in a unit of its kind; else
    one of which nothing is written down; else the first chosen, whose refusal then says what is wrong.
    """
    if not chosen:
        return {}
    functions = _functions_of(chosen)

    def best(step: dict[str, Any]) -> int:
        return max(chosen, key=lambda pk: _fit(functions[pk], step))

    return {step["key"]: best(step) for step in steps if step.get("needs_instrument")}


def steps_measured(steps: Iterable[dict[str, Any]], instruments: Sequence[int]) -> dict[int, int]:
    """How many of the steps each of the ``instruments`` is written down to measure. One query."""
    wanted = [step for step in steps if step.get("needs_instrument")]
    functions = _functions_of(instruments)
    return {pk: sum(bool(own) and _fit(own, step) > 0 for step in wanted) for pk, own in functions.items()}


def _functions_of(instruments: Sequence[int]) -> dict[int, list[InstrumentFunction]]:
    found: dict[int, list[InstrumentFunction]] = {pk: [] for pk in instruments}
    for function in InstrumentFunction.objects.filter(instrument__in=instruments):
        found[function.instrument_id].append(function)
    return found


def _fit(functions: list[InstrumentFunction], step: dict[str, Any]) -> int:
    """How well an instrument fits: 3 for the quantity, 2 for the unit, 1 where nothing is known of it, else 0."""
    if not functions:
        return 1
    fitting = [function for function in functions if convertible(step.get("unit") or "", function.unit)]
    if any(function.quantity == step.get("quantity") for function in fitting):
        return 3
    return 2 if fitting else 0
