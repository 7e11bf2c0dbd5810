"""What the perform page shows and sends: one row for each step, read from what was recorded or from what was typed.

Each row carries the answer the page was made with. An answer that somebody else has changed since is never
overwritten: it is told apart by comparing that token with what is recorded now.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.utils.formats import number_format
from django.utils.translation import gettext as _

from wardwright.apps.maintenance.models import StepResult, WorkOrder
from wardwright.apps.testing.states import Outcome, Section, StepKind
from wardwright.kernel.limits import Bound, Limits, convert, explain, judge, parse_reading
from wardwright.kernel.limits import Outcome as Judged
from wardwright.platform.core.values import as_id
from wardwright.platform.core.words import error_words, said_words

LONGEST_NOTE = 300


@dataclass
class Answer:
    """What stands or was typed for one step."""

    outcome: str = ""
    value: Decimal | None = None
    text: str = ""
    reason: str = ""
    attachment_id: int | None = None

    @property
    def token(self) -> str:
        value = "" if self.value is None else f"{round(self.value, 4).normalize():f}"
        return "|".join((self.outcome, value, self.text, self.reason, str(self.attachment_id or "")))

    @property
    def is_empty(self) -> bool:
        return not self.token.strip("|")


@dataclass
class StepRow:
    """One step on the page: what it asks, what is recorded, what was typed, and what is wrong with it."""

    step: dict[str, Any]
    recorded: Answer
    recorded_by: str = ""
    recorded_instrument_id: int | None = None
    typed: str = ""
    note: str = ""
    seen: str = ""
    sent: Answer | None = None
    wrong: str = ""
    conflict: str = ""

    @property
    def key(self) -> str:
        return self.step["key"]

    @property
    def kind(self) -> str:
        return self.step["kind"]

    @property
    def limit_words(self) -> str:
        low, high = (plain_number(self.step.get(name)) for name in ("low", "high"))
        if low and high:
            return f"{low} – {high}"
        return f"≤ {high}" if high else f"≥ {low}" if low else ""

    @property
    def choices(self) -> list[dict[str, Any]]:
        """The choices with their place as value; those that fail are marked."""
        return [
            {"value": str(n), "label": text.lstrip("!"), "fails": text.startswith("!"), "chosen": self.typed == str(n)}
            for n, text in enumerate(self.step.get("choices") or [])
        ]

    @property
    def is_answered(self) -> bool:
        return not self.recorded.is_empty

    @property
    def changed(self) -> bool:
        return self.sent is not None and self.sent.token != self.recorded.token

    def differs(self, instrument_id: int | None) -> bool:
        """Whether there is something to record: another answer, or the same reading with another instrument."""
        if self.sent is None or self.sent.value is None or not self.step.get("needs_instrument"):
            return self.changed
        return self.changed or self.recorded_instrument_id != instrument_id


@dataclass
class Sheet:
    """All steps of an order, in order, with their answers."""

    rows: list[StepRow] = field(default_factory=list)

    @property
    def sections(self) -> list[dict[str, Any]]:
        gathered: dict[str, list[StepRow]] = {}
        for number, row in enumerate(self.rows, 1):
            row.number = number  # type: ignore[attr-defined]
            gathered.setdefault(row.step["section"], []).append(row)
        return [
            {
                "key": key,
                "label": Section(key).label,
                "rows": rows,
                "checks": sum(r.kind == StepKind.CHECK for r in rows),
            }
            for key, rows in gathered.items()
        ]

    @property
    def check_sections(self) -> int:
        return sum(1 for section in self.sections if section["checks"])

    @property
    def check_count(self) -> int:
        return sum(row.kind == StepKind.CHECK for row in self.rows)

    @property
    def uses_instrument(self) -> bool:
        return any(row.step.get("needs_instrument") for row in self.rows)

    @property
    def needs_signature(self) -> bool:
        return any(row.kind == StepKind.SIGNATURE for row in self.rows)

    @property
    def failed(self) -> list[StepRow]:
        return [row for row in self.rows if (row.sent or row.recorded).outcome == Outcome.FAIL]

    @property
    def is_wrong(self) -> bool:
        return any(row.wrong or row.conflict for row in self.rows)

    def blame(self, fields: Mapping[str, Any]) -> None:
        """Put a refusal's words beside the steps they are about."""
        for row in self.rows:
            row.wrong = row.wrong or str(fields.get(row.key, ""))

    def results(self, instrument_id: int | None) -> list[dict[str, Any]]:
        """What was changed on the page, as the operations take it."""
        return [_as_result(row, instrument_id) for row in self.rows if row.differs(instrument_id)]


def steps_of(order: WorkOrder) -> list[dict[str, Any]]:
    """The steps the order keeps, or before work began those of its procedure's version."""
    if order.steps:
        return list(order.steps)
    return order.procedure_version.frozen_steps() if order.procedure_version else []


def sheet_of(order: WorkOrder, results: Mapping[str, StepResult]) -> Sheet:
    """The page as it is opened: recorded answers in their places."""
    sheet = Sheet()
    for step in steps_of(order):
        result = results.get(step["key"])
        recorded = _answer_of(result)
        row = StepRow(step, recorded, seen=recorded.token)
        if result is not None:
            row.recorded_by, row.recorded_instrument_id = result.recorded_by_name, result.instrument_id
        row.typed, row.note = typed_of(step, recorded), recorded.reason
        sheet.rows.append(row)
    return sheet


def read_sheet(order: WorkOrder, results: Mapping[str, StepResult], post: Mapping[str, str]) -> Sheet:
    """The page as it was sent back: every answer read and compared, nothing typed lost. Steps not sent stay."""
    sheet = sheet_of(order, results)
    for row in sheet.rows:
        if f"w-{row.key}" in post:
            _read_row(row, post)
    return sheet


def _read_row(row: StepRow, post: Mapping[str, str]) -> None:
    row.typed = post.get(f"a-{row.key}", "").strip()
    row.note = post.get(f"n-{row.key}", "").strip()[:LONGEST_NOTE]
    row.seen = post.get(f"w-{row.key}", "")
    row.sent = _read_answer(row, post)
    if row.wrong or not row.changed:
        return
    if row.seen != row.recorded.token:
        row.conflict = _(
            "%(who)s has answered this meanwhile: %(what)s. Nothing of yours was saved here; choose one."
        ) % {
            "who": row.recorded_by or _("Somebody"),
            "what": answer_words(row.step, row.recorded),
        }


def _read_answer(row: StepRow, post: Mapping[str, str]) -> Answer:
    typed, note = row.typed, row.note
    if row.kind == StepKind.CHECK:
        return Answer(outcome=typed if typed in Outcome.values else "", reason=note if typed else "")
    if row.kind == StepKind.READING:
        return _read_reading(row)
    if row.kind == StepKind.CHOICE:
        return _read_choice(row)
    if row.kind == StepKind.PHOTO:
        given = as_id(post.get(f"p-{row.key}", ""))
        if given is not None:
            return Answer(outcome=Outcome.PASS, reason=note, attachment_id=given)
    return Answer(outcome=Outcome.SKIPPED, reason=note) if note else Answer()


def _read_reading(row: StepRow) -> Answer:
    """Read and judge as the operation will; it judges again for the record."""
    if not row.typed:
        return Answer(outcome=Outcome.SKIPPED, reason=row.note) if row.note else Answer()
    limits = limits_of(row.step)
    try:
        reading = parse_reading(row.typed)
        judgement = judge(reading, limits)
        value = convert(reading.value, reading.unit, limits.unit) if limits.unit else reading.value
    except ValueError as error:
        row.wrong = error_words(error)
        return row.recorded
    if judgement.outcome is Judged.UNDETERMINED or abs(value) >= 10**10:
        row.wrong = (
            said_words(explain(judgement))
            if abs(value) < 10**10
            else _("The value is too large to be a reading; check the unit.")
        )
        return row.recorded
    outcome = Outcome.FAIL if judgement.outcome is Judged.FAIL else Outcome.PASS
    text = "" if reading.bound is Bound.EXACT else f"{reading.bound} {value.normalize():f} {limits.unit}".strip()
    return Answer(outcome=outcome, value=value, text=text, reason=row.note)


def limits_of(step: dict[str, Any]) -> Limits:
    low, high = (None if step.get(name) in (None, "") else Decimal(str(step[name])) for name in ("low", "high"))
    return Limits(low, high, step.get("unit") or "")


def _read_choice(row: StepRow) -> Answer:
    offered = row.step.get("choices") or []
    number = as_id(row.typed)
    if number is not None and number < len(offered):
        text = offered[number]
        return Answer(Outcome.FAIL if text.startswith("!") else Outcome.PASS, text=text.lstrip("!"), reason=row.note)
    return Answer(outcome=Outcome.SKIPPED, reason=row.note) if row.note else Answer()


def plain_number(value: Any) -> str:
    """A limit as people write it in their language; empty for none."""
    return "" if value is None else number_format(Decimal(str(value)).normalize(), use_l10n=True)


def typed_of(step: dict[str, Any], answer: Answer) -> str:
    """What the field of a step holds for an answer."""
    if step["kind"] == StepKind.CHECK:
        return answer.outcome
    if step["kind"] == StepKind.READING:
        return (
            answer.text
            if answer.value is None or (answer.text[:1] in "<>≤≥" and answer.text)
            else f"{answer.value.normalize():f}"
        )
    if step["kind"] == StepKind.CHOICE:
        plain = [text.lstrip("!") for text in step.get("choices") or []]
        return str(plain.index(answer.text)) if answer.text in plain else ""
    return ""


def answer_words(step: dict[str, Any], answer: Answer) -> str:
    """An answer as one reads it: "82 µA, pass", "fail: cable cut"."""
    parts = []
    if answer.value is not None and not answer.text:
        parts.append(f"{plain_number(answer.value)} {step.get('unit') or ''}".strip())
    if answer.text:
        parts.append(answer.text)
    if answer.outcome:
        parts.append(str(Outcome(answer.outcome).label))
    words = ", ".join(parts) or _("no answer")
    return f"{words}: {answer.reason}" if answer.reason else words


def _answer_of(result: StepResult | None) -> Answer:
    if result is None:
        return Answer()
    return Answer(result.outcome, result.value, result.text, result.reason, result.attachment_id)


def _as_result(row: StepRow, instrument_id: int | None) -> dict[str, Any]:
    answer = row.sent or Answer()
    given: dict[str, Any] = {"key": row.key, "reason": answer.reason}
    if row.kind == StepKind.READING and answer.value is not None:
        given["value"] = row.typed
    elif row.kind == StepKind.CHOICE and answer.text:
        given["text"] = answer.text
    else:
        given["outcome"] = answer.outcome
    if row.step.get("needs_instrument"):
        given["instrument_id"] = instrument_id
    if answer.attachment_id:
        given["attachment_id"] = answer.attachment_id
    return given
