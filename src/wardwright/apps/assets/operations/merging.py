"""Deciding about similar names. A decision is remembered, so that the same pair is never asked about again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from wardwright.apps.directory.models import Company
from wardwright.apps.directory.operations import absorb_company, relate_companies
from wardwright.platform.access.scope import authorize, authorize_everywhere
from wardwright.platform.attachments.models import Attachment
from wardwright.platform.audit.operation import operation
from wardwright.platform.core.change import require_change
from wardwright.platform.core.edits import apply_edit, lock
from wardwright.platform.core.errors import Invalid, NotNow
from wardwright.platform.events.registry import publish

from ..events import AssetsMerged, DeviceModelsMerged, DeviceTypesMerged
from ..models import Asset, DeviceModel, DeviceModelAlias, DeviceType, DeviceTypeAlias, MergeCandidate
from ..permissions import MERGE
from ..queries import risk_score_of, search_text_of
from ..queries.merging import pair_q
from ..states import Status
from .catalogue import _keep_type_spelling, keep_model_spelling, refresh_search_text
from .status import change_status

Decision = MergeCandidate.Decision
Kind = MergeCandidate.Kind
MODELS = {Kind.COMPANY: Company, Kind.MODEL: DeviceModel, Kind.TYPE: DeviceType, Kind.ASSET: Asset}


@operation()
def propose_merge(
    *, by: Any, kind: str, left_id: int, right_id: int, score: int = 0, why: str = "", source: str = ""
) -> MergeCandidate:
    """Put a pair into the queue; a pair already proposed or decided stays as it is."""
    authorize(by, MERGE)  # also for names that all sites share: only deciding changes them
    if kind not in Kind.values or left_id == right_id:
        raise Invalid(_("Choose two different records of the same kind."))
    left, right = (lock(MODELS[Kind(kind)].objects, pk) for pk in sorted((left_id, right_id)))
    if kind == Kind.ASSET:
        _authorize_pair(by, left.pk, right.pk)
    given = {
        "left_name": _name(left),
        "right_name": _name(right),
        "score": score,
        "why": why,
        "source": source[:120],
    }
    return MergeCandidate.objects.get_or_create(kind=kind, left_id=left.pk, right_id=right.pk, defaults=given)[0]


def _name(row: Any) -> str:
    if isinstance(row, DeviceModel):
        return f"{row.maker.name} {row.name}"[:200]
    return str(row)[:200]


@operation()
def decide_merge(
    *, by: Any, candidate_id: int, decision: str, keep: str = "left", relation: str = "related", reason: str = ""
) -> MergeCandidate:
    """Decide a pair: ``same`` (``keep`` left or right), ``related`` or ``different``.

    Same: everything that points to the other one points to the one kept, whose name the other's becomes a spelling of;
    the other one stays as a signpost. Related companies get a relation of kind ``relation``.

    Raises:
        NotNow: when it was decided already. Invalid: an unknown decision.
    """
    row = lock(MergeCandidate.objects, candidate_id)
    if row.kind == Kind.ASSET:
        _authorize_pair(by, row.left_id, row.right_id)
    else:
        authorize_everywhere(by, MERGE)
    if row.decision != Decision.OPEN:
        raise NotNow(
            _("This was already decided: %(decision)s, by %(who)s.")
            % {"decision": row.get_decision_display(), "who": row.decided_by_name},
            _("Go on with the next pair."),
        )
    if decision not in (Decision.SAME, Decision.RELATED, Decision.DIFFERENT) or keep not in ("left", "right"):
        words = _("Say whether they are the same, related or different.")
        raise Invalid(words, fields={"decision": words})
    if decision == Decision.SAME:
        kept, lost = (row.left_id, row.right_id) if keep == "left" else (row.right_id, row.left_id)
        _merge(by, Kind(row.kind), kept, lost, reason)
    elif decision == Decision.RELATED and row.kind == Kind.COMPANY:
        relate_companies(by=by, company_id=row.left_id, other_id=row.right_id, kind=relation, note=reason[:200])
    apply_edit(row, {"decision": decision, "decided_by_name": str(by)[:120], "decided_at": timezone.now()})
    return row


def _authorize_pair(by: Any, left_id: int, right_id: int) -> None:
    for asset_id in sorted((left_id, right_id)):
        authorize(by, MERGE, lock(Asset.objects, asset_id))


def _merge(by: Any, kind: Kind, kept_id: int, lost_id: int, reason: str) -> None:
    kept, lost = (lock(MODELS[kind].objects, pk) for pk in (kept_id, lost_id))
    gone = next((side for side in (kept, lost) if getattr(side, "merged_into_id", None)), None)
    if gone is not None:
        raise NotNow(
            _("%(name)s was merged into another one meanwhile.") % {"name": gone},
            _("Reload the queue: the pair has moved."),
        )
    if kind == Kind.ASSET:
        _merge_assets(by, kept, lost, reason)
    else:
        merges: dict[str, Callable[[Any, Any], None]] = {
            Kind.COMPANY: merge_companies,
            Kind.MODEL: merge_models,
            Kind.TYPE: merge_types,
        }
        merges[kind](kept, lost)
    _move_candidates(kind, kept.pk, lost.pk)


def _move_candidates(kind: Kind, kept_id: int, lost_id: int) -> None:
    """Open pairs with the one that is gone are about the one that is kept from now on; repeated ones fall away."""
    known = set(MergeCandidate.objects.filter(pair_q(kind, [kept_id])).values_list("left_id", "right_id"))
    for row in MergeCandidate.objects.filter(pair_q(kind, [lost_id]), decision=Decision.OPEN):
        other = row.right_id if row.left_id == lost_id else row.left_id
        if other == kept_id:
            continue
        pair = (min(other, kept_id), max(other, kept_id))
        if pair in known:
            row.delete()
            continue
        names = {row.left_id: row.left_name, row.right_id: row.right_name}
        names[kept_id] = _name(MODELS[kind].objects.get(pk=kept_id))
        apply_edit(
            row, {"left_id": pair[0], "right_id": pair[1], "left_name": names[pair[0]], "right_name": names[pair[1]]}
        )
        known.add(pair)


# What "the same" does, within an open and authorized change ------------------------------------------------------


def merge_companies(kept: Company, lost: Company) -> None:
    """Models, spellings and devices' companies move to ``kept``; models of the same name become one."""
    require_change()
    for model in DeviceModel.objects.filter(maker=lost).order_by("pk"):
        twin = DeviceModel.objects.filter(maker=kept, key=model.key, catalogue_no=model.catalogue_no).first()
        if twin is None:
            apply_edit(model, {"maker_id": kept.pk})
        elif model.merged_into_id is None and twin.merged_into_id is None:
            merge_models(twin, model)
    taken = set(DeviceModelAlias.objects.filter(maker=kept).values_list("key", flat=True))
    DeviceModelAlias.objects.filter(maker=lost).exclude(key__in=taken).update(maker=kept)
    for column in ("owner", "supplier", "provider"):
        Asset.objects.filter(**{column: lost}).update(**{column: kept}, version=F("version") + 1)
    absorb_company(kept, lost)
    refresh_search_text(Asset.objects.filter(device_model__maker=kept))


def merge_models(kept: DeviceModel, lost: DeviceModel) -> None:
    """The devices of ``lost`` are of model ``kept``, and of its type, from now on."""
    require_change()
    Asset.objects.filter(device_model=lost).update(
        device_model=kept,
        device_type_id=kept.device_type_id,
        risk_score=risk_score_of(kept.device_type),
        version=F("version") + 1,
    )
    DeviceModelAlias.objects.filter(device_model=lost, maker_id=kept.maker_id).update(device_model=kept)
    if lost.maker_id != kept.maker_id:
        taken = set(DeviceModelAlias.objects.filter(maker_id=kept.maker_id).values_list("key", flat=True))
        DeviceModelAlias.objects.filter(device_model=lost).exclude(key__in=taken).update(
            device_model=kept, maker_id=kept.maker_id
        )
    keep_model_spelling(kept, lost.name)
    DeviceModel.objects.filter(merged_into=lost).update(merged_into=kept)
    _fill_gaps(
        kept,
        lost,
        (
            "catalogue_no",
            "udi_di",
            "electrical_class",
            "applied_parts",
            "power_requirements",
            "expected_life_years",
            "end_of_support_on",
        ),
        unless_taken=True,
    )
    _move_documents(kept, lost)
    apply_edit(lost, {"merged_into_id": kept.pk})
    refresh_search_text(Asset.objects.filter(device_model=kept))
    publish(DeviceModelsMerged(kept_id=kept.pk, lost_id=lost.pk))


def merge_types(kept: DeviceType, lost: DeviceType) -> None:
    """Models and devices of ``lost`` are of type ``kept`` from now on."""
    require_change()
    _fill_gaps(
        kept,
        lost,
        (
            "emdn_code",
            "gmdn_code",
            "umdns_code",
            "fda_product_code",
            "fs_function",
            "fs_risk",
            "fs_maintenance",
            "expected_life_years",
            "icon",
        ),
    )
    DeviceModel.objects.filter(device_type=lost).update(device_type=kept, version=F("version") + 1)
    score = risk_score_of(kept)
    Asset.objects.filter(device_type=lost).update(device_type=kept, version=F("version") + 1)
    Asset.objects.filter(device_type=kept).exclude(risk_score=score).update(risk_score=score)
    DeviceTypeAlias.objects.filter(device_type=lost).update(device_type=kept)
    _keep_type_spelling(kept, lost.name)
    DeviceType.objects.filter(merged_into=lost).update(merged_into=kept)
    _move_documents(kept, lost)
    apply_edit(lost, {"merged_into_id": kept.pk})
    refresh_search_text(Asset.objects.filter(device_type=kept))
    publish(DeviceTypesMerged(kept_id=kept.pk, lost_id=lost.pk))


def _move_documents(kept: Any, lost: Any, **more: Any) -> None:
    Attachment.objects.of(kept._meta.db_table, lost.pk).update(owner_id=kept.pk, **more)


def _fill_gaps(kept: Any, lost: Any, names: tuple[str, ...], *, unless_taken: bool = False) -> None:
    gaps = {n: getattr(lost, n) for n in names if getattr(kept, n) in (None, "") and getattr(lost, n) not in (None, "")}
    if unless_taken and "catalogue_no" in gaps:
        same = Q(maker_id=kept.maker_id, key=kept.key, catalogue_no=gaps["catalogue_no"])
        if DeviceModel.objects.filter(same).exists():
            del gaps["catalogue_no"]
    apply_edit(kept, gaps)


ASSET_GAPS = (
    "serial",
    "lot",
    "description",
    "udi",
    "udi_di",
    "software_version",
    "firmware_version",
    "purchased_on",
    "purchase_cost_cents",
    "currency",
    "installed_on",
    "accepted_on",
    "warranty_until",
    "manufactured_year",
    "manufactured_on",
    "country_of_origin",
    "power_requirements",
    "owner_id",
    "supplier_id",
    "provider_id",
)


def _merge_assets(by: Any, kept: Asset, lost: Asset, reason: str) -> None:
    """One device that was in the register twice: the gaps of one record are filled from the other, which is retired."""
    _fill_gaps(kept, lost, ASSET_GAPS)
    apply_edit(kept, {"external_ids": {**lost.external_ids, **kept.external_ids, "also": lost.tag}})
    Asset.objects.filter(pk=kept.pk).update(search_text=search_text_of(kept))
    _move_documents(kept, lost, subject_id=kept.pk)
    Asset.objects.filter(parent=lost).exclude(pk=kept.pk).update(parent=kept, version=F("version") + 1)
    if lost.status not in (Status.RETIRED, Status.DISPOSED):
        words = _("The same device as %(tag)s.") % {"tag": kept.tag}
        change_status(by=by, asset_id=lost.pk, status=Status.RETIRED, reason=f"{words} {reason}".strip())
    publish(AssetsMerged(kept_id=kept.pk, lost_id=lost.pk))
