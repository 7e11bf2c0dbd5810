"""Which device types an inclusion rule puts in the programme and how often, and what another rule would change."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.db.models import Count, Min
from django.utils.translation import gettext as _

from wardwright.apps.assets.models import Asset, DeviceType
from wardwright.apps.assets.states import MAINTAINED, Status
from wardwright.apps.maintenance.models import Rule, WorkOrder
from wardwright.apps.maintenance.states import Kind, RuleState, WorkState
from wardwright.kernel.formula import FormulaError
from wardwright.kernel.risk import InclusionRule, explain, incident_history, judge, points_of, preset_rule
from wardwright.platform.core.words import error_words, said_words

USUAL_MONTHS = 12
HISTORY_MONTHS = 18
DAYS_PER_MONTH = 30.4375
COUNTED = (*MAINTAINED, Status.RECEIVED)

Inputs = Mapping[str, Decimal | int | bool | None]


@dataclass(frozen=True)
class Decision:
    """What a rule decides about one device type.

    ``score`` is None where the rule asks for something that is not known (``why`` says what). ``kept`` says why a type
    with a low score stays in the programme all the same.
    """

    included: bool
    months: int | None
    score: Decimal | None
    why: str
    kept: str = ""
    inputs: tuple[tuple[str, Decimal | int], ...] = ()

    @property
    def outcome(self) -> tuple[bool, int | None]:
        return self.included, self.months


def row_in_force() -> Rule | None:
    """The rule that was put in force; None in a house that has none yet."""
    return Rule.objects.filter(state=RuleState.ACTIVE).first()


def rule_in_force() -> tuple[Rule | None, InclusionRule]:
    """The rule that proposals go by: the one put in force, or preset A."""
    row = row_in_force()
    return row, row.read() if row else preset_rule("A")


def types_with_devices() -> list[DeviceType]:
    """The device types that have devices, by name."""
    used = Asset.objects.filter(status__in=COUNTED).values("device_type_id")
    return list(DeviceType.objects.filter(pk__in=used, merged_into=None).order_by("name"))


def inputs_of_types(types: Iterable[DeviceType], today: date) -> dict[int, dict[str, Decimal | int | bool | None]]:
    """Type id → what a formula may ask for (``kernel.risk.INPUTS``), over all devices of the house."""
    counts = dict(
        Asset.objects.filter(status__in=COUNTED).values_list("device_type_id").annotate(n=Count("pk")).order_by()
    )
    repairs_year = _repairs(today - timedelta(days=365), today)
    months = _months_on_record(today)
    repairs = _repairs(today - timedelta(days=round(months * DAYS_PER_MONTH)), today) if months else {}
    found: dict[int, dict[str, Decimal | int | bool | None]] = {}
    for kind in types:
        devices = counts.get(kind.pk, 0)
        level = incident_history(repairs.get(kind.pk, 0), devices * months)
        found[kind.pk] = {
            "function": kind.fs_function,
            "physical_risk": kind.fs_risk,
            "maintenance": kind.fs_maintenance,
            "incident_history": points_of("incident_history", level) if level else 0,
            "life_support": kind.life_support,
            "high_risk": kind.high_risk,
            "imaging": kind.imaging,
            "laser": kind.laser,
            "law_mandated": kind.law_mandated,
            "devices": devices,
            "repairs_per_year": round(Decimal(repairs_year.get(kind.pk, 0)) / max(1, devices), 2),
        }
    return found


def _repairs(since: date, today: date) -> dict[int, int]:
    """Device type id → repairs asked for in this time, cancelled ones left out."""
    orders = WorkOrder.objects.filter(kind=Kind.CORRECTIVE, reported_at__date__range=(since, today))
    orders = orders.exclude(state=WorkState.CANCELLED)
    return dict(orders.values_list("asset__device_type_id").annotate(n=Count("pk")).order_by())


def _months_on_record(today: date) -> int:
    """How many months the house's repairs reach back, at most the longest step of the incident history."""
    first = WorkOrder.objects.filter(kind=Kind.CORRECTIVE).aggregate(at=Min("reported_at"))["at"]
    return min(HISTORY_MONTHS, int((today - first.date()).days / DAYS_PER_MONTH)) if first else 0


def decide(rule: InclusionRule, kind: DeviceType, inputs: Inputs) -> Decision:
    """What the rule decides about a type; where something is not known, a yearly visit until somebody has judged it."""
    missing = rule.missing(inputs)
    if missing:
        unknown = _("Not known of this type: %(names)s. A yearly visit until somebody has judged it.")
        return Decision(True, USUAL_MONTHS, None, unknown % {"names": ", ".join(missing)})
    try:
        judgement = judge(rule, inputs)
    except FormulaError as error:
        words = _("The formula has no result here: %(error)s. A yearly visit until it has.") % {
            "error": error_words(error)
        }
        return Decision(True, USUAL_MONTHS, None, words)
    score, proposal = judgement.score, judgement.proposal
    words = said_words(explain(proposal.because))
    if proposal.included:
        return Decision(True, proposal.interval_months or USUAL_MONTHS, score.total, words, inputs=score.parts)
    kept = keeps_maker(kind)
    if kept:
        words += " " + _("The score alone would leave it out, but it stays in: %(why)s.") % {"why": kept}
        return Decision(True, USUAL_MONTHS, score.total, words, kept, score.parts)
    return Decision(False, None, score.total, words, inputs=score.parts)


def keeps_maker(kind: DeviceType) -> str:
    """Why a type with a low score keeps the maker's maintenance (CMS S&C 14-07; high risk is never left out)."""
    grounds = {
        _("imaging equipment keeps the maker's maintenance"): kind.imaging,
        _("medical lasers keep the maker's maintenance"): kind.laser,
        _("a law requires the maker's maintenance"): kind.law_mandated,
        _("it is life support or high risk"): kind.life_support or kind.high_risk,
    }
    return "; ".join(words for words, holds in grounds.items() if holds)


# What a rule would change -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Change:
    """One device type under the rule in force and under another one."""

    kind: DeviceType
    devices: int
    before: Decision
    after: Decision

    @property
    def differs(self) -> bool:
        return self.before.outcome != self.after.outcome


def compare_with_force(rule: InclusionRule, today: date) -> list[Change]:
    """Every device type with devices under the rule in force and under ``rule``, those that change first."""
    _row, force = rule_in_force()
    types = types_with_devices()
    inputs = inputs_of_types(types, today)
    changes = [
        Change(
            kind,
            int(inputs[kind.pk]["devices"] or 0),
            decide(force, kind, inputs[kind.pk]),
            decide(rule, kind, inputs[kind.pk]),
        )
        for kind in types
    ]
    return sorted(changes, key=lambda change: (not change.differs, change.kind.name))
