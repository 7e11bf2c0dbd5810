"""What people say and do about single devices of a case: affected or not, located, settled with evidence."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from wardwright.apps.assets.operations import add_model_alias
from wardwright.apps.assets.queries.keys import model_key
from wardwright.apps.directory.operations import add_company_alias
from wardwright.apps.directory.queries import company_named
from wardwright.apps.notices.events import ExposureDecided, ExposureSettled, NameLearnt
from wardwright.apps.notices.models import Exposure
from wardwright.apps.notices.permissions import HANDLE, REVIEW, VIEW
from wardwright.apps.notices.states import CaseState, Decision, Outcome
from wardwright.platform.access.scope import authorize, authorize_everywhere
from wardwright.platform.attachments.owners import owner
from wardwright.platform.audit.operation import operation
from wardwright.platform.core.change import System
from wardwright.platform.core.errors import Invalid, NotFound, NotNow
from wardwright.platform.events.registry import publish, publish_all

from .common import lock_cases, recount
from .following import follow

EXPOSURES = owner("exposure", Exposure, view=VIEW, add=HANDLE)


def take_exposures(by: Any, exposure_ids: list[int], permission: Any) -> list[Exposure]:
    """The rows, locked with their cases, of somebody who may do this at the place of each. Raises NotFound where one is
    missing."""
    ids = sorted(set(exposure_ids))
    cases = lock_cases(Exposure.objects.filter(pk__in=ids).values_list("case", flat=True))
    rows = list(Exposure.objects.select_for_update(of=("self",)).filter(pk__in=ids).with_names().order_by("pk"))
    if len(rows) != len(ids) or not rows:
        raise NotFound(_("There is no such device in this case."), _("Reload the page."))
    for row in rows:
        authorize(by, permission, row)
        row.case = cases[row.case_id]
    return rows


@operation()
def decide_exposures(*, by: Any, exposure_ids: list[int], decision: str, reason: str = "") -> list[Exposure]:
    """Say of devices whether they are affected, or leave it to the rules again.

    Raises:
        Invalid: not affected without a reason. NotNow: once something was done about one.
    """
    rows = take_exposures(by, exposure_ids, REVIEW)
    if decision not in Decision.values:
        raise Invalid(_("There is no such decision."), fields={"decision": _("Choose one from the list.")})
    reason = reason.strip()[:300]
    if decision == Decision.CLEARED and not reason:
        raise Invalid(_("Say why it is not affected: it stands in the evidence."), fields={"reason": _("Enter why.")})
    done = next((row for row in rows if row.done_at is not None), None)
    if done is not None and decision != Decision.AFFECTED:
        raise NotNow(
            _("For %(device)s it is recorded that something was done.") % {"device": done.thing},
            _("Take that back first."),
        )
    joined = next((row.case for row in rows if row.case.state == CaseState.MERGED), None)
    if joined is not None:
        raise NotNow(_("%(number)s was joined to another case.") % {"number": joined.number}, _("Decide it there."))
    for row in rows:
        say_decision(row, by, Decision(decision), reason)
        row.version += 1
    Exposure.objects.bulk_update(
        rows, ["rank", "decision", "decision_reason", "decided_at", "decided_by_name", "version"], batch_size=200
    )
    for case in {row.case_id: row.case for row in rows}.values():
        follow(by, case, [])
    publish_all(ExposureDecided(row.pk, row.case_id, row.asset_id, decision) for row in rows)
    return rows


@operation()
def locate_exposures(*, by: Any, exposure_ids: list[int]) -> list[Exposure]:
    """Somebody stands before these devices. Said twice, the first counts."""
    rows = take_exposures(by, exposure_ids, HANDLE)
    now = timezone.now()
    for row in rows:
        if row.located_at is None:
            row.located_at, row.located_by_name = now, str(by)[:120]
            row.version += 1
    Exposure.objects.bulk_update(rows, ["located_at", "located_by_name", "version"], batch_size=200)
    recount({row.case_id: row.case for row in rows}.values())
    return rows


@operation()
def settle_exposures(*, by: Any, exposure_ids: list[int], outcome: str, evidence: str = "") -> list[Exposure]:
    """Record what was done about devices; ``outcome`` "" takes it back.

    Raises:
        Invalid: without evidence. NotNow: for a device of which nobody knows whether it is affected.
    """
    rows = take_exposures(by, exposure_ids, HANDLE)
    if outcome not in Outcome.values:
        raise Invalid(_("There is no such result."), fields={"outcome": _("Choose one from the list.")})
    evidence = evidence.strip()[:500]
    if outcome and not evidence:
        raise Invalid(
            _("Say what was seen or done: it is the evidence for this device."),
            fields={"evidence": _("Enter what was done.")},
        )
    unsure = next((row for row in rows if outcome and not row.is_affected), None)
    if unsure is not None:
        raise NotNow(
            _("It is not decided that %(device)s is affected.") % {"device": unsure.thing},
            _("Decide that first; what is not affected needs nothing."),
        )
    shut = next((row for row in rows if row.case.state in (CaseState.CLOSED, CaseState.MERGED)), None)
    if shut is not None:
        raise NotNow(_("%(number)s is closed.") % {"number": shut.case.number}, _("Open the case again first."))
    _write_outcome(by, rows, outcome, evidence)
    return rows


def _write_outcome(by: Any, rows: Sequence[Exposure], outcome: str, evidence: str) -> None:
    now = timezone.now() if outcome else None
    for row in rows:
        row.outcome, row.evidence = outcome, evidence
        row.done_at, row.done_by_name = now, str(by)[:120] if now else ""
        if now and row.located_at is None and outcome != Outcome.NOT_FOUND:
            row.located_at, row.located_by_name = now, str(by)[:120]
        row.version += 1
    Exposure.objects.bulk_update(
        rows,
        ["outcome", "evidence", "done_at", "done_by_name", "located_at", "located_by_name", "version"],
        batch_size=200,
    )
    recount({row.case_id: row.case for row in rows}.values())
    if outcome:
        publish_all(ExposureSettled(row.pk, row.case_id, row.asset_id, outcome) for row in rows)


@operation()
def settle_order(*, by: Any, order_number: str, words: str) -> int:
    """The work that was ordered for a device is done: it is settled by that, if nothing else was recorded."""
    authorize(by, HANDLE)
    rows = Exposure.objects.filter(order_number=order_number, done_at=None).exclude(decision=Decision.CLEARED)
    cases = lock_cases(rows.values_list("case", flat=True))
    found = [row for row in rows.select_for_update() if cases[row.case_id].state == CaseState.OPEN]
    for row in found:
        row.case = cases[row.case_id]
        if not row.is_affected:
            say_decision(row, by, Decision.AFFECTED, row.decision_reason)
            row.save()
    if found:
        _write_outcome(by, found, Outcome.CORRECTED, words[:500])
    return len(found)


def say_decision(row: Exposure, by: Any, decision: Decision, reason: str) -> None:
    """What is decided of a device; OPEN leaves it to the rules again."""
    said = decision != Decision.OPEN
    row.decision, row.decision_reason = decision, reason
    row.decided_at, row.decided_by_name = timezone.now() if said else None, str(by)[:120] if said else ""
    row.set_rank()


@operation()
def learn_alias(*, by: Any, exposure_id: int, what: str, spelling: str) -> Exposure:
    """A person says that ``spelling``, as the notice writes it, is the maker or the model of this device.

    The name is a spelling in the catalogue from now on, so that it is found by everything. ``what``: maker or model.

    Raises:
        Invalid: for a device outside the register, an unknown ``what`` or a spelling that leads elsewhere.
    """
    authorize_everywhere(by, REVIEW)
    row = Exposure.objects.with_names().filter(pk=exposure_id).first()
    if row is None:
        raise NotFound(_("There is no such device in this case."), _("Reload the page."))
    asset = row.asset
    if asset is None:
        raise Invalid(_("Only devices of the register have names in the catalogue."), _("Correct its name there."))
    spelling = " ".join(spelling.split())
    learner = System(str(by))
    if what == "maker":
        found = company_named(spelling)
        if found is None:
            add_company_alias(
                by=learner, company_id=asset.device_model.maker_id, spelling=spelling, source=str(row.notice)
            )
        elif found.pk != asset.device_model.maker_id:
            _taken(found.name)
    elif what == "model":
        if model_key(spelling) != asset.device_model.key:
            add_model_alias(by=learner, device_model_id=asset.device_model_id, spelling=spelling)
    else:
        raise Invalid(_("Say whether it is the maker or the model."), fields={"what": _("Choose one of the two.")})
    publish(NameLearnt(row.pk, asset.pk))
    return row


def _taken(name: str) -> None:
    words = _("This is already the name or a spelling of %(company)s.") % {"company": name}
    raise Invalid(words, _("If the two are one company, merge them."), fields={"spelling": words})
