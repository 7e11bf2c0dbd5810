"""Searching the inventory for what a notice means, and all notices for what a device is; and what follows for cases."""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from wardwright.apps.assets.models import Asset
from wardwright.apps.assets.states import Status
from wardwright.apps.lending.models import PatientDevice
from wardwright.apps.notices.events import NoticeMatched
from wardwright.apps.notices.models import (
    Candidate,
    Case,
    Exposure,
    Notice,
    Search,
    SearchedModel,
    Supply,
)
from wardwright.apps.notices.permissions import REVIEW
from wardwright.apps.notices.queries import devices_of, notices_about, products, subject_of
from wardwright.apps.notices.queries.inventory import ASSET, GUEST, SUPPLY, guests, supplies
from wardwright.apps.notices.queries.stock import Stock
from wardwright.apps.notices.states import Decision, Standing
from wardwright.kernel.matching import RULES, Device, Inventory, Match, Subject
from wardwright.kernel.said import Said, say, say_n
from wardwright.platform.access.scope import authorize
from wardwright.platform.audit.operation import operation
from wardwright.platform.events.registry import publish

from .common import lock_cases, say_of
from .following import follow

#: The graver first: of several notices of a case the gravest counts for a device.
GRAVER = (Standing.CONFIRMED, Standing.MODEL_ONLY, Standing.REVIEW, Standing.EXCLUDED, Standing.GONE)
MOST_CHANGES = 500
_DECIDED = ("decision", "decision_reason", "decided_at", "decided_by_name")
_SAID = ("notice", "standing", "rank", "rung", "score", "reason", "start", "end", *_DECIDED)
Key = tuple[str, int]


@operation()
def search_notices(
    *, by: Any, notice_ids: Collection[int], cause: str = "new", stock: Stock | None = None
) -> list[Search]:
    """Search everything we own for these notices and for the others of their cases; keep what was found, and that it
    was searched. Again: the same, with what differs.

    ``cause``: new, changed, scope, rules or asked. ``stock``: of the caller's, who searches several batches in a row.
    """
    authorize(by, REVIEW)
    cases = lock_cases(Notice.objects.filter(pk__in=notice_ids).values_list("case", flat=True))
    rows = list(Notice.objects.filter(case__in=cases).select_related("source").order_by("pk"))
    for row in rows:
        row.case = cases[row.case_id]
    stock = stock or Stock()
    made = []
    by_case: dict[int, list[tuple[Notice, Subject, list[Match]]]] = defaultdict(list)
    for row in rows:
        subject = subject_of(row)
        models, matches = stock.against(subject)
        _keep_candidates(row, models)
        by_case[row.case_id].append((row, subject, matches))
    wanted = set(notice_ids)
    for found in by_case.values():
        changes = _keep_exposures(found[0][0].case, [(row, matches) for row, _what, matches in found])
        for row, subject, matches in found:
            if row.pk in wanted:
                made.append(_log(by, row, subject, matches, changes.get(row.pk, []), cause, stock))
        follow(by, found[0][0].case, [subject for _row, subject, _found in found])
    return made


@operation()
def search_again(*, by: Any, notice_id: int) -> Notice:
    """Search for one notice now, by the rules and the inventory of now."""
    search_notices(by=by, notice_ids=[notice_id], cause="asked")
    return Notice.objects.get(pk=notice_id)


@operation()
def search_devices(*, by: Any, asset_ids: Collection[int]) -> int:
    """Ask the notices that may be about the models of these devices; returns how many cases were touched."""
    authorize(by, REVIEW)
    _search_changed_models(by, asset_ids)
    found = devices_of(asset_ids=asset_ids)
    models = {model for model, _device in found}
    about: dict[int, set[int]] = defaultdict(set)
    for notice_id, model_id in Candidate.objects.filter(device_model__in=models).values_list("notice", "device_model"):
        about[notice_id].add(model_id)
    rows = {row.pk: row for row in notices_about(models).select_related("case")}
    held = set(_held([(ASSET, pk) for pk in asset_ids]))
    rows |= {row.pk: row for row in Notice.objects.filter(case__in=held).exclude(pk__in=rows).select_related("case")}
    by_case: dict[int, list[tuple[Notice, list[Match]]]] = defaultdict(list)
    for row in rows.values():
        # A case in which they stand already is asked about all of them: they were found by their numbers there.
        known = row.case_id in held
        asked = Inventory([device for model, device in found if known or model in about[row.pk]])
        by_case[row.case_id].append((row, list(asked.against(subject_of(row)))))
    return _keep_for(by, by_case, {(ASSET, pk) for pk in asset_ids})


@operation()
def search_supplies(*, by: Any, supply_ids: Collection[int] = (), patient_device_ids: Collection[int] = ()) -> int:
    """The same for lots in stock and patients' devices, which have no model in the catalogue: every notice is asked."""
    authorize(by, REVIEW)
    things = [*supplies(supply_ids), *guests(patient_device_ids)]
    keys = {*((SUPPLY, pk) for pk in supply_ids), *((GUEST, pk) for pk in patient_device_ids)}
    by_case: dict[int, list[tuple[Notice, list[Match]]]] = defaultdict(list)
    inventory = Inventory(things)
    held = set(_held(keys))
    for row in Notice.objects.select_related("case").order_by("pk").iterator(chunk_size=500):
        matches = list(inventory.against(subject_of(row))) if things else []
        if matches or row.case_id in held:
            by_case[row.case_id].append((row, matches))
    return _keep_for(by, by_case, keys)


def _held(keys: Iterable[Key]) -> Iterable[int]:
    """Cases in which these things stand already."""
    found: set[int] = set()
    for kind in (ASSET, SUPPLY, GUEST):
        ids = [pk for name, pk in keys if name == kind]
        if ids:
            found |= set(Exposure.objects.filter(**{f"{kind}__in": ids}).values_list("case_id", flat=True))
    return found


def _keep_for(by: Any, by_case: dict[int, list[tuple[Notice, list[Match]]]], keys: set[Key]) -> int:
    """Keep what was found of some things only; the others of a case stay as they are."""
    touched, cases = 0, lock_cases(by_case)
    for pk, found in by_case.items():
        case = cases[pk]
        if any(_keep_exposures(case, found, only=keys).values()):
            touched += 1
            follow(by, case, [])
    return touched


@operation()
def search_models(*, by: Any, device_model_ids: Collection[int]) -> int:
    """Ask all notices about models that are new, or are called something else now; returns how many may be meant.

    They count as searched when all their devices were asked (``mark_models``).
    """
    authorize(by, REVIEW)
    wanted = products(device_model_ids)
    inventory = Inventory(wanted)
    pairs = [
        (row.pk, match.device)
        for row in Notice.objects.order_by("pk").iterator(chunk_size=500)
        for match in inventory.against(subject_of(row))
    ]
    keys = [one.key for one in wanted]
    there = set(Candidate.objects.filter(device_model__in=keys).values_list("notice", "device_model"))
    fresh = [pair for pair in dict.fromkeys(pairs) if pair not in there]
    Candidate.objects.bulk_create(
        [Candidate(notice_id=notice, device_model_id=model) for notice, model in fresh], batch_size=1000
    )
    return len(set(pairs))


@operation()
def mark_models(*, by: Any, device_model_ids: Collection[int]) -> int:
    """Note that these models and all their devices were searched for by what they are called now."""
    authorize(by, REVIEW)
    known = {row.device_model_id: row for row in SearchedModel.objects.filter(device_model__in=device_model_ids)}
    wanted = products(device_model_ids)
    for one in wanted:
        row = known.get(one.key) or SearchedModel(device_model_id=one.key)
        row.digest, row.rules = digest_of(one), RULES
        row.save()
    return len(wanted)


def digest_of(product: Device) -> str:
    """Differs whenever the rules might say something else of a model."""
    unit = product.unit
    parts: list[Any] = [unit.maker, unit.model, unit.ref, unit.udi_di, product.product_code]
    parts += [sorted(product.udi_dis), sorted(product.makers), sorted(product.names)]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


def changed_models(model_ids: Collection[int] | None = None) -> list[int]:
    """Models that were never looked for among the notices, or are called something else since, or by other rules."""
    there = {row.device_model_id: row for row in SearchedModel.objects.all()}
    return [
        one.key
        for one in products(model_ids)
        if one.key not in there or there[one.key].rules != RULES or there[one.key].digest != digest_of(one)
    ]


def _search_changed_models(by: Any, asset_ids: Collection[int]) -> None:
    models = {model for model, _device in devices_of(asset_ids=asset_ids)}
    changed = changed_models(models) if models else []
    if not changed:
        return
    search_models(by=by, device_model_ids=changed)
    others = Asset.objects.filter(device_model__in=changed).exclude(pk__in=asset_ids)
    waiting = set(others.values_list("device_model", flat=True))
    mark_models(by=by, device_model_ids=[one for one in changed if one not in waiting])


# Keeping what was found -------------------------------------------------------------------------------------------


def _keep_candidates(row: Notice, models: Sequence[int]) -> None:
    there = set(Candidate.objects.filter(notice=row).values_list("device_model_id", flat=True))
    gone = there - set(models)
    if gone:
        Candidate.objects.filter(notice=row, device_model__in=gone).delete()
    Candidate.objects.bulk_create(
        [Candidate(notice=row, device_model_id=one) for one in models if one not in there], batch_size=1000
    )


def _keep_exposures(
    case: Case, found: Sequence[tuple[Notice, list[Match]]], only: set[Key] | None = None
) -> dict[int, list[list[Any]]]:
    """Write what the rules say of each thing; what a person decided stays. Returns what differs, by notice."""
    best: dict[Key, tuple[Notice, Match]] = {}
    for row, matches in found:
        for match in matches:
            before = best.get(match.device)
            if before is None or _rank(match) < _rank(before[1]):
                best[match.device] = (row, match)
    there = {_key(one): one for one in Exposure.objects.filter(case=case)}
    changes: dict[int, list[list[Any]]] = defaultdict(list)
    fresh: list[Exposure] = []
    other: list[Exposure] = []
    for key, (row, match) in best.items():
        exposure = there.get(key) or Exposure(case=case, **{f"{key[0]}_id": key[1]})
        said = (exposure.standing, exposure.notice_id, exposure.reason, exposure.start, exposure.end)
        _say(exposure, row, match)
        if said[0] and said[0] != Standing.CONFIRMED == exposure.standing and exposure.decision == Decision.CLEARED:
            _undecide(case, exposure)
        after = (exposure.standing, exposure.notice_id, exposure.reason, exposure.start, exposure.end)
        if said[0] != after[0]:
            changes[row.pk].append([*key, said[0] or "", after[0]])
        if exposure.pk is None:
            fresh.append(exposure)
        elif said != after:
            other.append(exposure)
    lost = {key for key in there if key not in best and (only is None or key in only)}
    lost -= _not_here(lost)
    for key, exposure in there.items():
        if key in lost and exposure.standing != Standing.GONE:
            changes[exposure.notice_id].append([*key, exposure.standing, Standing.GONE.value])
            exposure.standing = Standing.GONE
            exposure.set_rank()
            exposure.reason = say("It was found by an earlier search, and is not found any more.")
            other.append(exposure)
    Exposure.objects.bulk_create(fresh, batch_size=500)
    for exposure in other:
        exposure.version += 1
    Exposure.objects.bulk_update(other, [*_SAID, "version"], batch_size=200)
    return changes


def _not_here(keys: set[Key]) -> set[Key]:
    """Those of these things that have left: what a notice says of them still holds, and somebody has to see to it."""
    found: set[Key] = set()
    for kind, left in (
        (ASSET, Asset.objects.filter(status=Status.DISPOSED)),
        (SUPPLY, Supply.objects.filter(quantity=0)),
        (GUEST, PatientDevice.objects.exclude(left_at=None)),
    ):
        ids = [pk for name, pk in keys if name == kind]
        if ids:
            found |= {(kind, pk) for pk in left.filter(pk__in=ids).values_list("pk", flat=True)}
    return found


def _undecide(case: Case, exposure: Exposure) -> None:
    """Somebody said "not affected" when no notice named the device. Now one does: it is to be decided again."""
    told = {"device": exposure.thing, "why": exposure.decision_reason}
    say_of(case, "", _("%(device)s was not affected by decision (%(why)s); a notice names it now.") % told)
    exposure.decision, exposure.decision_reason = Decision.OPEN, ""
    exposure.decided_at, exposure.decided_by_name = None, ""
    exposure.set_rank()


def _rank(match: Match) -> tuple[int, int]:
    return GRAVER.index(Standing(match.standing.value)), -match.score


def _key(one: Exposure) -> Key:
    if one.asset_id is not None:
        return ASSET, one.asset_id
    return (SUPPLY, one.supply_id) if one.supply_id is not None else (GUEST, one.patient_device_id or 0)


def _say(exposure: Exposure, row: Notice, match: Match) -> None:
    exposure.notice, exposure.standing, exposure.rung = row, match.standing.value, match.rung.value[:16]
    exposure.score, exposure.reason = match.score, match.reason
    exposure.set_rank()
    exposure.start, exposure.end = (match.span.start, match.span.end) if match.span else (0, 0)


def _log(
    by: Any, row: Notice, subject: Subject, matches: list[Match], changes: list[list[Any]], cause: str, stock: Stock
) -> Search:
    counts = dict.fromkeys(Standing, 0)
    for match in matches:
        counts[Standing(match.standing.value)] += 1
    now = timezone.now()
    made = Search.objects.create(
        notice=row, searched_at=now, by_name=str(by)[:120], cause=cause, rules=RULES,
        scope_digest=hashlib.sha256(json.dumps(row.scope, sort_keys=True).encode()).hexdigest(),
        confirmed=counts[Standing.CONFIRMED], model_only=counts[Standing.MODEL_ONLY],
        review=counts[Standing.REVIEW], excluded=counts[Standing.EXCLUDED], changes=changes[:MOST_CHANGES],
        words=result_words(subject, counts), **stock.size,
    )  # fmt: skip
    Notice.objects.filter(pk=row.pk).update(searched_at=now, searched_rules=RULES, search_words=made.words)
    unsure = made.model_only + made.review
    publish(
        NoticeMatched(
            notice_id=row.pk, case_id=row.case_id, confirmed=made.confirmed, unsure=unsure, added=len(changes)
        )
    )
    return made


def result_words(subject: Subject, counts: dict[Standing, int]) -> Said | str:
    """What a search came to, in a sentence. It says "none owned" only where everything was read."""
    found, unsure = counts[Standing.CONFIRMED], counts[Standing.MODEL_ONLY] + counts[Standing.REVIEW]
    if found:
        return say_n(
            "{n} is affected; {unsure} to be looked at.",
            "{n} are affected; {unsure} to be looked at.",
            n=found,
            unsure=unsure,
        )
    if unsure:
        return say_n(
            "{n} may be affected and has to be looked at.", "{n} may be affected and have to be looked at.", n=unsure
        )
    if subject.unsearchable:
        return say("The notice names nothing that can be searched for. Read it.")
    if subject.scope.residue:
        return say("None was found, but a part of the notice was not understood. Read it.")
    excluded = counts[Standing.EXCLUDED]
    if excluded:
        return say_n(
            "None owned: {n} of the product is here, and not among the units meant.",
            "None owned: {n} of the product are here, and none is among the units meant.",
            n=excluded,
        )
    return say("None owned.")
