"""What a test instrument measures: ranges, resolution, accuracy."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from wardwright.apps.testing.models import Instrument, InstrumentFunction
from wardwright.apps.testing.permissions import INSTRUMENTS
from wardwright.kernel.limits import convert
from wardwright.kernel.scpi import printed_query
from wardwright.platform.access.scope import authorize
from wardwright.platform.audit.operation import operation
from wardwright.platform.core.edits import check_version
from wardwright.platform.core.words import error_words

from .calibrations import lock_instrument
from .entries import entered_rows

FUNCTION_FIELDS = ("quantity", "unit", "low", "high", "resolution", "accuracy", "query", "answer_unit")


@operation()
def set_functions(
    *, by: Any, instrument_id: int, functions: list[dict[str, Any]], expected_version: int | None = None
) -> Instrument:
    """Write down what an instrument measures; ``functions`` (named as in FUNCTION_FIELDS) replaces what was there.

    A row that names no ``query`` keeps the one it had.

    Readings beyond these ranges are refused from then on; an instrument without any is not checked.

    Raises:
        Invalid: an entry that makes no sense, named ``functions.NUMBER.NAME``. StaleEdit: changed meanwhile.
    """
    row = lock_instrument(instrument_id)
    authorize(by, INSTRUMENTS, row)
    check_version(row, expected_version)
    needed = ("quantity", "unit")
    wanted = entered_rows(
        "functions", functions, lambda: InstrumentFunction(instrument=row), FUNCTION_FIELDS, needed, _fault
    )
    there = list(InstrumentFunction.objects.filter(instrument=row))
    _keep_queries(functions, wanted, there)
    if sorted(map(_entries, wanted)) != sorted(map(_entries, there)):
        InstrumentFunction.objects.filter(instrument=row).delete()
        InstrumentFunction.objects.bulk_create(wanted)
        row.version += 1
        row.save(update_fields=["version", "updated_at"])
    return row


def _keep_queries(
    entries: list[dict[str, Any]], wanted: list[InstrumentFunction], there: list[InstrumentFunction]
) -> None:
    """An entry that does not name a query leaves the one that the same range has."""
    before = {(one.quantity, one.unit, one.low): one for one in there}
    for entry, one in zip(entries, wanted, strict=True):
        same = before.get((one.quantity, one.unit, one.low))
        for name in ("query", "answer_unit"):
            if name not in entry and same is not None:
                setattr(one, name, getattr(same, name))


def _entries(function: InstrumentFunction) -> tuple[str, ...]:
    numbers = (function.low, function.high, function.resolution)
    return (
        function.quantity, function.unit, function.accuracy, function.query, function.answer_unit,
        *("" if n is None else f"{n.normalize():f}" for n in numbers),
    )  # fmt: skip


def _fault(function: InstrumentFunction, others: list[InstrumentFunction]) -> dict[str, Any]:
    if function.low is not None and function.high is not None and function.low >= function.high:
        return {"high": _("This is not above the beginning of the range.")}
    if any((f.quantity, f.unit, f.low) == (function.quantity, function.unit, function.low) for f in others):
        return {"low": _("This range is written down already.")}
    return _wrong_query(function) if function.query else {}


def _wrong_query(function: InstrumentFunction) -> dict[str, Any]:
    try:
        function.query = printed_query(function.query)
    except ValueError as error:
        return {"query": error_words(error)}
    try:
        convert(Decimal(1), function.answer_unit, function.unit)
    except ValueError as error:
        return {"answer_unit": error_words(error)}
    return {}
