"""Reading a value from a test instrument. No operation: nothing is written, and nothing is held while it is waited for.

Whoever calls this has decided that the reader may.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from decimal import Context, Decimal
from typing import Any

from django.conf import settings
from django.core import signing
from django.utils import timezone
from django.utils.translation import gettext as _

from wardwright.apps.testing.live.conversation import Asked, Heard, hear, is_installed, not_installed
from wardwright.apps.testing.live.reach import resource_of
from wardwright.apps.testing.models import Instrument, InstrumentConnection, InstrumentFunction
from wardwright.apps.testing.queries import fitting_function, unfit
from wardwright.kernel.limits import convert
from wardwright.kernel.scpi import Identity, NoReading, Overload, mismatch, parse_error, parse_identity, parse_value
from wardwright.platform.access.scope import authorize
from wardwright.platform.core.errors import Denied, Invalid, NotNow
from wardwright.platform.core.words import error_words, said_words

SEAL = "testing.live"
SEAL_HOLDS_SECONDS = 12 * 3600
DIGITS = Context(prec=12)


@dataclass(frozen=True)
class LiveReading:
    """What an instrument showed, in the unit that was asked for, and who it said it is."""

    instrument_id: int
    function: InstrumentFunction
    value: Decimal
    unit: str
    shown: Decimal
    shown_unit: str
    identity: Identity
    ms: int

    @property
    def typed(self) -> str:
        """As a person would type it."""
        return f"{self.value.normalize():f}"

    def sealed(self, purpose: str) -> str:
        """A mark by which this reading is known again when it is recorded, for ``purpose`` and nothing else."""
        return signing.dumps(
            [self.instrument_id, str(self.value), self.unit, str(self.identity), purpose], salt=SEAL, compress=True
        )


def sealed_identity(mark: str, *, instrument_id: int | None, value: Decimal, unit: str, purpose: str) -> str:
    """Who answered, if ``mark`` is of this very reading; "" for one that was typed or changed."""
    try:
        given = signing.loads(mark, salt=SEAL, max_age=SEAL_HOLDS_SECONDS)
    except signing.BadSignature:
        return ""
    number, read, its_unit, identity, meant = given
    same = (number, Decimal(read), its_unit, meant) == (instrument_id, value, unit, purpose)
    return identity if same else ""


def read_value(instrument: Instrument, *, quantity: str, unit: str) -> LiveReading:
    """The value an instrument shows now, in ``unit``.

    Raises:
        NotNow: it must not be used, is not connected, does not answer, is another one, or has no value to give.
        Invalid: it does not measure this.
    """
    _refuse_unfit(instrument)
    connection = _connection(instrument)
    functions = list(InstrumentFunction.objects.filter(instrument=instrument).exclude(query=""))
    try:
        function = fitting_function(functions, quantity, unit)
    except ValueError as error:
        raise Invalid(_sentence(error), _("Type the value instead.")) from error
    heard = _ask(instrument, connection, [function.query])
    identity = _right_one(instrument, connection, heard)
    answer = _answer(heard, function.query)
    try:
        shown = parse_value(answer.answer, function.answer_unit or function.unit)
        value = convert(shown, function.answer_unit or function.unit, unit)
    except Overload as error:
        raise NotNow(_sentence(error), _overload(function, error.sign)) from error
    except NoReading as error:
        raise NotNow(
            _sentence(error), " ".join(filter(None, (_objection(heard), _("Type the value instead."))))
        ) from error
    value, shown = (DIGITS.plus(one) for one in (value, shown))
    return LiveReading(
        instrument.pk, function, value, unit, shown, function.answer_unit or function.unit, identity, answer.ms
    )


@dataclass(frozen=True)
class Trial:
    """What came of trying a connection: who answers, whether it is the right one, and each function's answer."""

    identity: Identity | None
    refusal: str
    lines: list[dict[str, Any]]
    ms: int


def try_connection(instrument: Instrument) -> Trial:
    """Ask who answers and, if it is the right one, every function. Nothing of it is recorded.

    Raises:
        NotNow, Invalid: the instrument has no connection, or none that may be used.
    """
    connection = _connection(instrument)
    functions = list(InstrumentFunction.objects.filter(instrument=instrument).exclude(query=""))
    began = time.perf_counter()
    heard = _ask(instrument, connection, list(dict.fromkeys(function.query for function in functions)))
    ms = round(1000 * (time.perf_counter() - began))
    identity, refusal = None, ""
    try:
        identity = parse_identity(heard[0].answer) if heard[0].answer else None
        _right_one(instrument, connection, heard)
    except (NotNow, ValueError) as error:
        refusal = str(error) if isinstance(error, NotNow) else _sentence(error)
    lines = [] if refusal else [_tried(function, heard) for function in functions]
    return Trial(identity, refusal, lines, ms)


def _tried(function: InstrumentFunction, heard: list[Heard]) -> dict[str, Any]:
    line: dict[str, Any] = {"function": function, "value": None, "trouble": "", "ms": 0}
    try:
        answer = _answer(heard, function.query)
        line["ms"] = answer.ms
        line["value"] = parse_value(answer.answer, function.answer_unit or function.unit)
    except (NotNow, NoReading) as error:
        line["trouble"] = str(error) if isinstance(error, NotNow) else _sentence(error)
    return line


def may_ask(by: Any, permission: Any, row: Any) -> None:
    """Refuse one who may not make this server speak with an instrument; who only looks never may.

    Raises:
        Denied.
    """
    if getattr(by, "read_only", False):
        raise Denied(_("You may look, but not ask an instrument."), _("Ask whoever let you look."))
    authorize(by, permission, row)


def _sentence(error: Exception) -> str:
    """What the kernel says, as a sentence that others may follow."""
    words = error_words(error)
    return f"{words[:1].upper()}{words[1:].rstrip('.')}."


# One conversation -----------------------------------------------------------------------------------------------


def _refuse_unfit(instrument: Instrument) -> None:
    since = unfit(instrument, timezone.localdate())
    if since:
        raise NotNow(
            _("%(instrument)s must not be used: %(since)s.") % {"instrument": instrument, "since": since},
            _("Take another instrument."),
        )


def _connection(instrument: Instrument) -> InstrumentConnection:
    if not settings.LIVE_INSTRUMENTS:
        raise NotNow(_("Reading instruments is switched off in this house."), _("Type the value instead."))
    if not is_installed():
        raise NotNow(not_installed(), _("Type the value instead."))
    row = InstrumentConnection.objects.filter(instrument=instrument).first()
    if row is None:
        raise NotNow(
            _("%(instrument)s has no connection.") % {"instrument": instrument},
            _("Whoever keeps instruments enters its address on its page. Type the value until then."),
        )
    return row


def _ask(instrument: Instrument, connection: InstrumentConnection, queries: list[str]) -> list[Heard]:
    asked = Asked(
        resource_of(connection.resource), queries, instrument.serial, connection.identity, connection.timeout_ms,
        connection.line_end, connection.baud,
    )  # fmt: skip
    return hear(asked)


def _right_one(instrument: Instrument, connection: InstrumentConnection, heard: list[Heard]) -> Identity:
    first = heard[0]
    if first.trouble:
        raise NotNow(first.trouble, _("Type the value until then."))
    expected = parse_identity(connection.identity) if connection.identity else None
    try:
        found = parse_identity(first.answer)
        wrong = mismatch(found, serial=instrument.serial, expected=expected)
    except ValueError as error:
        raise NotNow(
            _sentence(error), _("Check that this is the address of an instrument that speaks SCPI.")
        ) from error
    if wrong:
        raise NotNow(
            _("This is not %(instrument)s: %(wrong)s.") % {"instrument": instrument, "wrong": said_words(wrong)},
            _("Check the address, or confirm on the instrument's page which one it is."),
        )
    return found


def _answer(heard: list[Heard], query: str) -> Heard:
    """The answer to ``query``; where there is none, why."""
    found = next((one for one in heard[1:] if one.question == query), heard[-1])
    if found.trouble:
        raise NotNow(found.trouble, _objection(heard))
    if found.question != query:
        raise NotNow(_("It was not asked any more."))
    return found


def _objection(heard: list[Heard]) -> str:
    """What the instrument itself says is wrong, where it does."""
    said = parse_error(heard[-1].answer)
    if said is None or said[0] == 0:
        return ""
    return _("The instrument says: %(words)s (%(number)s).") % {"words": said[1], "number": said[0]}


def _overload(function: InstrumentFunction, sign: int) -> str:
    end, mark = (function.high, ">") if sign > 0 else (function.low, "<")
    if end is None:
        return _("Choose a larger range on the instrument and read again.")
    return _("Choose a larger range and read again. If it is on its largest, enter %(mark)s %(end)s %(unit)s.") % {
        "mark": mark,
        "end": f"{end.normalize():f}",
        "unit": function.unit,
    }
