"""The merge queue: pairs of names that may be one, and what is known of each side."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _

from wardwright.apps.directory.models import Company, CompanyAlias
from wardwright.platform.access.scope import Scope, allowed

from ..models import Asset, DeviceModel, DeviceModelAlias, DeviceType, DeviceTypeAlias, MergeCandidate
from ..permissions import MERGE

Kind = MergeCandidate.Kind


def open_candidates(by: Any) -> QuerySet[MergeCandidate]:
    """What waits for a decision, the most likely first: names that all sites share for those who may decide for all."""
    found = MergeCandidate.objects.visible_to(by).filter(decision=MergeCandidate.Decision.OPEN)
    mine = found if allowed(by, MERGE, Scope()) else found.filter(kind=Kind.ASSET)
    return mine.order_by("-score", "id")


def remembered_pairs(kind: str) -> set[tuple[int, int]]:
    """Every pair of ids (smaller first) already proposed or decided: never propose them again."""
    return set(MergeCandidate.objects.filter(kind=kind).values_list("left_id", "right_id"))


@dataclass(frozen=True)
class MergeSide:
    """One side of a pair as the queue shows it."""

    row: Any
    name: str
    devices: int
    facts: tuple[tuple[str, str], ...] = ()
    spellings: list[str] = field(default_factory=list)


def merge_sides(by: Any, candidate: MergeCandidate) -> tuple[MergeSide | None, MergeSide | None]:
    """Both sides with their number of devices; None for a side that is not there any more or out of reach."""
    read = {Kind.COMPANY: _companies, Kind.MODEL: _models, Kind.TYPE: _types, Kind.ASSET: _assets}[Kind(candidate.kind)]
    sides = read(by, [candidate.left_id, candidate.right_id])
    return sides.get(candidate.left_id), sides.get(candidate.right_id)


def _devices(by: Any, path: str, ids: list[int]) -> dict[int, int]:
    found = Asset.objects.visible_to(by).filter(**{f"{path}__in": ids}).order_by()
    return dict(found.values_list(path).annotate(n=Count("pk")))


def _companies(by: Any, ids: list[int]) -> dict[int, MergeSide]:
    rows = Company.objects.visible_to(by).filter(pk__in=ids)
    devices = _devices(by, "device_model__maker_id", ids)
    spellings = _grouped(CompanyAlias.objects.filter(company_id__in=ids).values_list("company_id", "spelling"))
    models = dict(
        DeviceModel.objects.filter(maker_id__in=ids).order_by().values_list("maker_id").annotate(n=Count("pk"))
    )
    return {
        row.pk: MergeSide(
            row,
            row.name,
            devices.get(row.pk, 0),
            ((_("models"), str(models.get(row.pk, 0))), (_("country"), row.country)),
            spellings.get(row.pk, []),
        )
        for row in rows
    }


def _models(by: Any, ids: list[int]) -> dict[int, MergeSide]:
    rows = DeviceModel.objects.visible_to(by).filter(pk__in=ids).select_related("maker", "device_type")
    devices = _devices(by, "device_model_id", ids)
    spellings = _grouped(
        DeviceModelAlias.objects.filter(device_model_id__in=ids).values_list("device_model_id", "spelling")
    )
    return {
        row.pk: MergeSide(
            row,
            f"{row.maker.name} {row.name}",
            devices.get(row.pk, 0),
            ((_("type"), row.device_type.name), (_("catalogue number"), row.catalogue_no)),
            spellings.get(row.pk, []),
        )
        for row in rows
    }


def _types(by: Any, ids: list[int]) -> dict[int, MergeSide]:
    rows = DeviceType.objects.visible_to(by).filter(pk__in=ids)
    devices = _devices(by, "device_type_id", ids)
    spellings = _grouped(
        DeviceTypeAlias.objects.filter(device_type_id__in=ids).values_list("device_type_id", "spelling")
    )
    return {
        row.pk: MergeSide(
            row,
            row.name,
            devices.get(row.pk, 0),
            (("EMDN", row.emdn_code), ("GMDN", row.gmdn_code)),
            spellings.get(row.pk, []),
        )
        for row in rows
    }


def _assets(by: Any, ids: list[int]) -> dict[int, MergeSide]:
    rows = Asset.objects.visible_to(by).filter(pk__in=ids).with_names()
    return {
        row.pk: MergeSide(
            row,
            row.tag,
            1,
            (
                (_("type"), row.device_type.name),
                (_("model"), f"{row.device_model.maker.name} {row.device_model.name}"),
                (_("serial number"), row.serial),
                (_("site"), row.site.name),
                (_("status"), row.state_label),
            ),
        )
        for row in rows
    }


def _grouped(pairs: Any) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    for key, spelling in pairs:
        found.setdefault(key, []).append(spelling)
    return found


def pair_q(kind: str, ids: list[int]) -> Q:
    """Candidates of ``kind`` that mention one of ``ids``."""
    return Q(kind=kind) & (Q(left_id__in=ids) | Q(right_id__in=ids))
