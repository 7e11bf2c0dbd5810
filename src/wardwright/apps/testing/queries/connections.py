"""Which test instruments can be read over a wire, and by which of their functions."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal

from django.conf import settings
from django.utils.translation import gettext as _

from wardwright.apps.testing.models import InstrumentConnection, InstrumentFunction
from wardwright.kernel.limits import convert


def readable_functions(instruments: Iterable[int]) -> dict[int, list[InstrumentFunction]]:
    """The functions with a query of those among ``instruments`` that have a connection. Two queries."""
    numbers = list(instruments)
    if not numbers or not settings.LIVE_INSTRUMENTS:
        return {}
    connected = InstrumentConnection.objects.filter(instrument__in=numbers).values_list("instrument_id", flat=True)
    found: dict[int, list[InstrumentFunction]] = {}
    for function in InstrumentFunction.objects.filter(instrument__in=list(connected)).exclude(query=""):
        found.setdefault(function.instrument_id, []).append(function)
    return found


def fitting_function(functions: Sequence[InstrumentFunction], quantity: str, unit: str) -> InstrumentFunction:
    """The one function that reads ``quantity`` in ``unit``; by its name where one has it, else by its unit alone.

    Raises:
        ValueError: in words, when none does, or when it would be a guess.
    """
    fitting = [function for function in functions if _fits(function, unit)]
    named = [function for function in fitting if quantity and function.quantity == quantity] or fitting
    if not named:
        raise ValueError(_("The instrument has no query for a value in %(unit)s.") % {"unit": unit or _("this unit")})
    if len({(function.query, function.answer_unit or function.unit) for function in named}) > 1:
        raise ValueError(
            _("Several functions of the instrument measure in %(unit)s: %(names)s. None is called %(quantity)s.")
            % {"unit": unit, "names": ", ".join(sorted({f.quantity for f in named})), "quantity": quantity or "–"}
        )
    return max(named, key=lambda function: (function.high is None, function.high or Decimal(0)))


def _fits(function: InstrumentFunction, unit: str) -> bool:
    try:
        convert(Decimal(1), function.unit, unit)
    except ValueError:
        return False
    return bool(unit)
