"""A safety test on paper: what was tested by which limits, each reading, each check, and who stands for it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from wardwright.apps.assets.queries import next_due
from wardwright.apps.testing.queries import asked_words, by_table, figure_words, frozen_limit, why_words
from wardwright.apps.testing.states import Graded, Outcome, StepKind
from wardwright.kernel.labels import qr_code
from wardwright.kernel.limits import SafetyLimit
from wardwright.kernel.said import from_plain
from wardwright.platform.core.words import NOTHING, day_words, exact_words, moment_words, said_words
from wardwright.platform.paper.bilingual import Said, bilingual, signature_lines
from wardwright.platform.paper.typeset import typeset
from wardwright.platform.signatures.signing import signatures_of

from .models import StepResult, WorkOrder
from .states import SafetyVerdict

PAPER = "apps/maintenance/paper/safety.typ"


def address_of(order: WorkOrder) -> str:
    """Where the living record is."""
    return f"{settings.BASE_URL}{reverse('work-order', args=[order.pk])}"


def certificate_pdf(by: Any, order: WorkOrder, second: str = "en") -> bytes:
    """The certificate in the reader's language with a ``second`` beside it."""
    return typeset(PAPER, certificate_data(by, order, second))


def certificate_data(by: Any, order: WorkOrder, second: str) -> dict[str, Any]:
    """The certificate as the paper takes it: every text as a list of one or two languages."""
    said = bilingual(second)
    rows = StepResult.objects.visible_to(by).filter(work_order=order)
    results = {row.key: row for row in rows.select_related("measurement", "instrument")}
    tests = [step for step in order.steps if by_table(step)]
    due_on = next_due(by, [order.asset_id]).get(order.asset_id)
    return {
        "title": _("Safety test certificate"),
        "titles": said(lambda: _("Safety test certificate")),
        "statement": said(lambda: statement_of(order)),
        "valid": said(
            lambda: (
                _("Tested on %(on)s, next due %(due)s")
                % {"on": day_words(order.done_at.date() if order.done_at else None), "due": day_words(due_on)}
            )
        ),
        "reasons": [said(partial(said_words, from_plain(words))) for words in order.safety_reasons],
        "facts": [
            {"label": said(label), "value": value} for label, value in _facts(order, tests, results, said) if value
        ],
        "heads": [said(words) for words in _HEADS],
        "readings_words": said(lambda: _("Readings")),
        "readings": [_reading(step, results.get(step["key"]), said) for step in tests],
        "unverified": _unverified(tests, said),
        "checks_words": said(lambda: _("Inspection and function")),
        "checks": [
            [step["text"], said(result.get_outcome_display), result.reason or result.text]
            for step in order.steps
            if not by_table(step)
            and step["kind"] != StepKind.SIGNATURE
            and (result := results.get(step["key"])) is not None
        ],
        "recorded": said(
            lambda: (
                _("Work order %(number)s, done by %(who)s, %(when)s")
                % {
                    "number": order.number,
                    "who": order.done_by or NOTHING,
                    "when": moment_words(order.done_at) if order.done_at else NOTHING,
                }
            )
        ),
        "signatures": signature_lines(signatures_of(order), said, lambda: _("superseded: changed since it was signed")),
        "unsigned": said(lambda: _("Not signed.")),
        "scan": said(lambda: _("The code opens the living record.")),
        "url": address_of(order),
        "qr": qr_code(address_of(order)).svg(),
    }


def statement_of(order: WorkOrder) -> str:
    """What the test came to, in one sentence."""
    name = f"{order.asset.tag} {order.asset.device_model.maker} {order.asset.device_model}"
    words = {
        SafetyVerdict.PASS: _("%(device)s passed its safety test"),
        SafetyVerdict.PASS_WITH_OBSERVATION: _("%(device)s passed its safety test with an observation"),
        SafetyVerdict.INCOMPLETE: _("The safety test of %(device)s is incomplete"),
        SafetyVerdict.FAIL: _("%(device)s failed its safety test"),
    }
    return words[SafetyVerdict(order.safety)] % {"device": name}


_HEADS: tuple[Callable[[], str], ...] = (
    lambda: _("Test"),
    lambda: _("Read"),
    lambda: _("At nominal voltage"),
    lambda: _("Limit"),
    lambda: _("Where the limit comes from"),
    lambda: _("Result"),
)


def _facts(
    order: WorkOrder, tests: list[dict[str, Any]], results: dict[str, StepResult], said: Said
) -> list[tuple[Callable[[], str], Any]]:
    """What stands above the readings: label in each language, and value, empty where nothing is known."""
    asset, model = order.asset, order.asset.device_model
    kept = [row.measurement for row in results.values() if row.measurement]
    volts = sorted({exact_words(row.mains_volts) for row in kept if row.mains_volts is not None})
    gear = {row.instrument.pk: row.instrument for row in results.values() if row.instrument}
    limits = {limit.title for step in tests if (limit := frozen_limit(step))}
    return [
        (lambda: _("Asset number"), asset.tag),
        (lambda: _("Serial number"), asset.serial),
        (lambda: _("Device"), f"{asset.device_type}, {model.maker} {model}"),
        (lambda: _("Site"), f"{order.site.name}{f', {order.department.name}' if order.department else ''}"),
        (lambda: _("Electrical class"), " / ".join(said(model.get_electrical_class_display))),
        (lambda: _("Applied parts"), model.applied_parts),
        (lambda: _("Standard"), ", ".join(sorted(limits))),
        (lambda: _("Reason"), " / ".join(said(order.get_kind_display))),
        (lambda: _("Mains voltage"), ", ".join(f"{one} V" for one in volts)),
        (
            lambda: _("Test instrument"),
            "; ".join(f"{one}, {day_words(one.calibration_due_on)}" for one in gear.values()),
        ),
    ]


def _reading(step: dict[str, Any], result: StepResult | None, said: Said) -> list[Any]:
    limit, kept = frozen_limit(step), result.measurement if result else None
    how = asked_words({name: value for name, value in step["limit"].items() if name in ("method", "condition")})
    read = normal = NOTHING
    if kept is not None:
        shown = kept.value if kept.as_read is None else kept.as_read
        read = f"{kept.bound}{exact_words(shown)} {kept.unit}"
        normal = NOTHING if kept.as_read is None else f"{kept.bound}{exact_words(kept.value)} {kept.unit}"
    mark = " *" if limit and limit.verified.is_unverified else ""
    return [
        f"{step['text']}{f' ({how[:1].lower()}{how[1:]})' if how else ''}",
        read,
        normal,
        f"{figure_words(limit)}{mark}" if limit else NOTHING,
        f"{step.get('limit_source') or ''}{_looser(limit)}",
        said(lambda: _outcome(step, result)),
    ]


def _looser(limit: SafetyLimit | None) -> str:
    """An own limit that is looser than the standard's says why."""
    if limit is None or not limit.override_reason:
        return ""
    return f"; {_('looser than the standard')}: {limit.override_reason}"


def _outcome(step: dict[str, Any], result: StepResult | None) -> str:
    if step.get("not_applicable"):
        return f"{Outcome.NOT_APPLICABLE.label}. {why_words(step)}"
    if result is None:
        return _("not measured")
    if result.measurement and result.measurement.verdict in (Graded.MARGINAL_PASS, Graded.MARGINAL_FAIL):
        return str(result.measurement.get_verdict_display())
    if step.get("missing") and result.outcome == Outcome.PASS:
        return _("not judged")
    words = str(result.get_outcome_display())
    return f"{words}: {result.reason}" if result.reason else words


def _unverified(tests: list[dict[str, Any]], said: Said) -> list[str]:
    limits = [limit for step in tests if (limit := frozen_limit(step))]
    if not any(limit.verified.is_unverified for limit in limits):
        return []
    return said(lambda: _("* This figure could not be checked in a source; compare it with the standard."))
