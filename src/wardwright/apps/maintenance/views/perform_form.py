"""What the perform page shows and sends: one row for each step, read from what was recorded or from what was typed.

Each row carries the answer the page was made with. An answer that somebody else has changed since is never
overwritten: it is told apart by comparing that token with what is recorded now.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from wardwright.apps.maintenance.models import StepResult, WorkOrder
from wardwright.apps.maintenance.queries import steps_of
from wardwright.apps.testing.models import Measurement
from wardwright.apps.testing.queries import (
    Past,
    asks_for_mains,
    decision_rules,
    instrument_of_each,
    observation,
    past_of,
    take_reading,
    verification_of,
    why_words,
)
from wardwright.apps.testing.states import Outcome, Section, StepKind
from wardwright.kernel.metrology import Rule
from wardwright.platform.core.values import as_id
from wardwright.platform.core.words import day_words, exact_words, said_words

LONGEST_NOTE = 300
LONGEST_MARK = 1000


@dataclass
class Answer:
    """What stands or was typed for one step."""

    outcome: str = ""
    value: Decimal | None = None
    text: str = ""
    reason: str = ""
    attachment_id: int | None = None
    as_read: Decimal | None = None
    mains_volts: Decimal | None = None

    @property
    def token(self) -> str:
        value = "" if self.value is None else f"{round(self.value, 4).normalize():f}"
        volts = "" if self.mains_volts is None else f"|{self.mains_volts.normalize():f} V"
        return "|".join((self.outcome, value, self.text, self.reason, str(self.attachment_id or ""))) + volts

    @property
    def is_empty(self) -> bool:
        return not self.token.strip("|")


@dataclass
class StepRow:
    """One step on the page: what it asks, what is recorded, what was typed, and what is wrong with it."""

    step: dict[str, Any]
    recorded: Answer
    recorded_by: str = ""
    measurement: Measurement | None = None
    past: Past | None = None
    recorded_instrument_id: int | None = None
    typed: str = ""
    note: str = ""
    seen: str = ""
    live: str = ""
    readable: bool = False
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
        low, high = (exact_words(self.step.get(name)) for name in ("low", "high"))
        if low and high:
            return f"{low} – {high}"
        most = "<" if self.step.get("exclusive") else "≤"
        return f"{most} {high}" if high else f"≥ {low}" if low else ""

    @property
    def asks_for_mains(self) -> bool:
        return asks_for_mains(self.step)

    @property
    def normalised_words(self) -> str:
        """What was read and what it comes to at nominal voltage; empty where that is the same thing."""
        kept = self.recorded
        if kept.as_read is None or kept.value is None or kept.as_read == kept.value:
            return ""
        return _("read %(read)s at %(volts)s V, %(value)s %(unit)s at nominal voltage") % {
            "read": exact_words(kept.as_read), "volts": exact_words(kept.mains_volts),
            "value": exact_words(kept.value), "unit": self.step.get("unit") or "",
        }  # fmt: skip

    @property
    def past_words(self) -> str:
        """The reference value and the last one."""
        if self.past is None:
            return ""
        (first_on, first), (last_on, last) = self.past.reference, self.past.last
        unit = self.step.get("unit") or ""
        words = _("Reference %(value)s %(unit)s, %(day)s") % {
            "value": exact_words(first), "unit": unit, "day": day_words(first_on)}  # fmt: skip
        if len(self.past.readings) == 1:
            return words
        last_words = _("last %(value)s %(unit)s, %(day)s") % {
            "value": exact_words(last), "unit": unit, "day": day_words(last_on)}  # fmt: skip
        return f"{words}; {last_words}"

    @property
    def notes(self) -> list[str]:
        """What a recorded reading comes to besides pass and fail."""
        kept = self.measurement
        if kept is None:
            return []
        seen = observation(self.step, kept.value, self.past, timezone.localtime(kept.taken_at).date())
        read_from = _("read from %(instrument)s") % {"instrument": kept.identity} if kept.identity else ""
        found = (read_from, self.normalised_words, rule_words(self.step, kept), said_words(seen))
        return [words for words in found if words]

    @property
    def override_reason(self) -> str:
        """Why the limit is looser than the standard's."""
        return self.step.get("limit_row", {}).get("override_reason", "")

    @property
    def limit_unverified(self) -> bool:
        """Whether the limit is known from memory only."""
        mark = verification_of(self.step)
        return mark is not None and mark.is_unverified

    @property
    def why_words(self) -> str:
        """Why this step does not apply to the device, or why nobody knows its limit."""
        return why_words(self.step)

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
        return self.changed or bool(self.live) or self.recorded_instrument_id != instrument_id


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
    def asks_for_mains(self) -> bool:
        return any(row.asks_for_mains for row in self.rows)

    @property
    def mains_volts(self) -> Decimal | None:
        """The mains voltage that the readings of this order were taken at."""
        return next((row.recorded.mains_volts for row in self.rows if row.recorded.mains_volts is not None), None)

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

    def results(self, chosen: Sequence[int]) -> list[dict[str, Any]]:
        """What was changed on the page, as the operations take it; each reading with that of the ``chosen``
        instruments which measures it."""
        by = instrument_of_each([row.step for row in self.rows], chosen)
        return [_as_result(row, by.get(row.key)) for row in self.rows if row.differs(by.get(row.key))]


def sheet_of(order: WorkOrder, results: Mapping[str, StepResult]) -> Sheet:
    """The page as it is opened: recorded answers in their places."""
    sheet = Sheet()
    steps = steps_of(order)
    past = past_of(order.asset_id, steps, [row.measurement_id for row in results.values() if row.measurement_id])
    for step in steps:
        result = results.get(step["key"])
        recorded = _answer_of(result)
        row = StepRow(step, recorded, seen=recorded.token)
        if result is not None:
            row.recorded_by, row.recorded_instrument_id = result.recorded_by_name, result.instrument_id
            row.measurement = result.measurement
        row.past = past.get(row.key)
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
    row.live = post.get(f"v-{row.key}", "")[:LONGEST_MARK]
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
        return _read_reading(row, post)
    if row.kind == StepKind.CHOICE:
        return _read_choice(row)
    if row.kind == StepKind.PHOTO:
        given = as_id(post.get(f"p-{row.key}", ""))
        if given is not None:
            return Answer(outcome=Outcome.PASS, reason=note, attachment_id=given)
    return Answer(outcome=Outcome.SKIPPED, reason=note) if note else Answer()


def _read_reading(row: StepRow, post: Mapping[str, str]) -> Answer:
    """Read and judge as the operation will; it judges again for the record."""
    if not row.typed:
        return Answer(outcome=Outcome.SKIPPED, reason=row.note) if row.note else Answer()
    if row.typed == typed_of(row.step, row.recorded) and post.get("mains_volts") == post.get("mains_seen"):
        return replace(row.recorded, reason=row.note)
    try:
        taken = take_reading(row.step, row.typed, post.get("mains_volts"))
    except ValueError as error:
        row.wrong = str(error)
        return row.recorded
    outcome = Outcome.PASS if taken.passes else Outcome.FAIL
    return Answer(outcome, taken.value, taken.words, row.note, as_read=taken.as_read, mains_volts=taken.mains_volts)


def _read_choice(row: StepRow) -> Answer:
    offered = row.step.get("choices") or []
    number = as_id(row.typed)
    if number is not None and number < len(offered):
        text = offered[number]
        return Answer(Outcome.FAIL if text.startswith("!") else Outcome.PASS, text=text.lstrip("!"), reason=row.note)
    return Answer(outcome=Outcome.SKIPPED, reason=row.note) if row.note else Answer()


def typed_of(step: dict[str, Any], answer: Answer) -> str:
    """What the field of a step holds for an answer."""
    if step["kind"] == StepKind.CHECK:
        return answer.outcome
    if step["kind"] == StepKind.READING:
        return (
            answer.text
            if answer.value is None or (answer.text[:1] in "<>≤≥" and answer.text)
            else f"{(answer.value if answer.as_read is None else answer.as_read).normalize():f}"
        )
    if step["kind"] == StepKind.CHOICE:
        plain = [text.lstrip("!") for text in step.get("choices") or []]
        return str(plain.index(answer.text)) if answer.text in plain else ""
    return ""


def answer_words(step: dict[str, Any], answer: Answer) -> str:
    """An answer as one reads it: "82 µA, pass", "fail: cable cut"."""
    parts = []
    if answer.value is not None and not answer.text:
        parts.append(f"{exact_words(answer.value)} {step.get('unit') or ''}".strip())
    if answer.text:
        parts.append(answer.text)
    if answer.outcome:
        parts.append(str(Outcome(answer.outcome).label))
    words = ", ".join(parts) or _("no answer")
    return f"{words}: {answer.reason}" if answer.reason else words


def rule_words(step: Mapping[str, Any], kept: Measurement | None) -> str:
    """By which rule a reading was decided and how sure it is; empty for simple acceptance without uncertainty."""
    if kept is None or not kept.rule:
        return ""
    asked = Rule(step.get("rule") or Rule.SIMPLE)
    if kept.uncertainty is None:
        words = _("simple acceptance, because the uncertainty is not known; asked for: %(rule)s")
        return words % {"rule": _rule_name(asked)}
    shown = {
        "grade": kept.get_verdict_display(),
        "rule": _rule_name(Rule(kept.rule)),
        "u": exact_words(round(kept.uncertainty, 3)),
        "unit": kept.unit,
    }
    return _("%(grade)s; %(rule)s, U = %(u)s %(unit)s") % shown


def _rule_name(rule: Rule) -> str:
    return dict(decision_rules())[rule.value]


def _answer_of(result: StepResult | None) -> Answer:
    if result is None:
        return Answer()
    kept = result.measurement
    volts = {"as_read": kept.as_read, "mains_volts": kept.mains_volts} if kept else {}
    return Answer(result.outcome, result.value, result.text, result.reason, result.attachment_id, **volts)


def _as_result(row: StepRow, instrument_id: int | None) -> dict[str, Any]:
    answer = row.sent or Answer()
    given: dict[str, Any] = {"key": row.key, "reason": answer.reason}
    if row.kind == StepKind.READING and answer.value is not None:
        given |= {"value": row.typed, "mains_volts": answer.mains_volts, "live": row.live}
    elif row.kind == StepKind.CHOICE and answer.text:
        given["text"] = answer.text
    else:
        given["outcome"] = answer.outcome
    if row.step.get("needs_instrument"):
        given["instrument_id"] = instrument_id
    if answer.attachment_id:
        given["attachment_id"] = answer.attachment_id
    return given
