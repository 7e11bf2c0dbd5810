"""Writing a register of devices: names first, then devices in portions, all in the one change that is open."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from wardwright.apps.directory.models import (
    Building,
    Company,
    CompanyAlias,
    CompanyRelation,
    Department,
    Floor,
    Room,
    Site,
)
from wardwright.platform.core.bulk import as_moment, column_default, insert_rows, reserve_ids
from wardwright.platform.core.change import require_change
from wardwright.platform.events.registry import publish

from ..events import AssetMoved, AssetRetired, AssetsImported, AssetStatusChanged
from ..models import (
    Asset,
    AssetMove,
    DeviceModel,
    DeviceModelAlias,
    DeviceType,
    DeviceTypeAlias,
    MergeCandidate,
    StatusPeriod,
)
from ..queries import fold, risk_score_of
from ..queries.searching import LENGTH
from ..states import CONDITION_OF, Condition, Status
from .registering import free_tags

PORTION = 4000
_ORDER: dict[str, type[Any]] = {
    "site": Site,
    "building": Building,
    "floor": Floor,
    "department": Department,
    "room": Room,
    "company": Company,
    "type": DeviceType,
    "model": DeviceModel,
}


@dataclass
class Draftlike:
    """What ``exchange`` hands over: columns by attribute, refs by foreign key, numbers of other systems, reasons out
    of service,
    the names to be made, and row → columns that change."""

    attrs: dict[str, list[Any]]
    refs: dict[str, list[Any]]
    external: list[dict[str, str] | None]
    out_reasons: list[str]
    names: Any
    changes: dict[int, dict[str, Any]]


def write_devices(by: Any, plan: Any, draft: Draftlike, file_name: str, progress: Any) -> None:
    """Write names, new devices, changed devices and questions. ``plan.object_ids`` has every device's id afterwards."""
    require_change()
    now = timezone.now()
    new = [i for i, code in enumerate(plan.codes) if code == "new"]
    total = len(new) + len(draft.changes)
    progress(0, total, _("Names and places"))
    make_names(draft.names, file_name)
    _give_tags(draft, new, len(plan.codes))
    types = _type_facts(draft.refs["device_type"])
    for start in range(0, len(new), PORTION):
        part = new[start : start + PORTION]
        _insert(by, plan, draft, part, types, now, file_name)
        progress(min(start + PORTION, len(new)), total, _("New devices"))
    _update(by, plan, draft, types, now, file_name, lambda done: progress(len(new) + done, total, _("Changed devices")))
    _ask(plan, draft, file_name)
    publish(AssetsImported(session_id=0, count=len(new)))


# Names ---------------------------------------------------------------------------------------------------------------


def make_names(names: Any, source: str) -> None:
    """Make the refs that do not exist yet, remember spellings, set what was learnt about known ones, and tell related
    makers."""
    waiting: dict[str, list[Any]] = defaultdict(list)
    for ref in names.refs:
        if ref.pk is None:
            waiting[ref.kind].append(ref)
    for kind, model in _ORDER.items():
        _make(model, waiting[kind])
    _remember_spellings(names, source)
    for one, other, why in names.related:
        if one.pk and other.pk and one.pk != other.pk:
            CompanyRelation.objects.get_or_create(company_id=one.pk, other_id=other.pk, defaults={"note": why[:200]})


def _make(model: type[Any], refs: list[Any]) -> None:
    rows = []
    for ref in refs:
        parents = {column: parent.pk if parent else None for column, parent in ref.parents.items()}
        rows.append(model(name=ref.name, **ref.facts, **parents))
    for ref, row in zip(refs, model.objects.bulk_create(rows, batch_size=500), strict=True):
        ref.pk = row.pk


def _remember_spellings(names: Any, source: str) -> None:
    for kind, alias, column in (
        ("company", CompanyAlias, "company_id"),
        ("type", DeviceTypeAlias, "device_type_id"),
        ("model", DeviceModelAlias, "device_model_id"),
    ):
        found = [(ref, key, text) for ref in names.touched(kind) for key, text in ref.spellings.items()]
        rows = []
        for ref, key, text in found:
            extra: dict[str, Any] = {"source": source[:80]} if kind == "company" else {}
            if kind == "model":
                extra["maker_id"] = ref.parents["maker_id"].pk
            rows.append(alias(**{column: ref.pk, "spelling": text[:160], "key": key[:160]}, **extra))
        alias.objects.bulk_create(rows, batch_size=500, ignore_conflicts=True)
    for ref in names.touched("company"):
        if ref.pk and ref.updates:
            Company.objects.filter(pk=ref.pk).update(**ref.updates, version=F("version") + 1)


# New devices ---------------------------------------------------------------------------------------------------------


def _give_tags(draft: Draftlike, new: list[int], size: int) -> None:
    """A number for each new device that has none."""
    tags = draft.attrs.setdefault("tag", [None] * size)
    without = [i for i in new if not tags[i]]
    for i, tag in zip(without, free_tags(len(without)) if without else [], strict=True):
        tags[i] = tag


@dataclass
class _TypeFacts:
    name: str
    risk_score: int | None


def _type_facts(refs: Iterable[Any]) -> dict[int, _TypeFacts]:
    ids = {ref.pk for ref in refs if ref is not None and ref.pk}
    return {row.pk: _TypeFacts(row.name, risk_score_of(row)) for row in DeviceType.objects.filter(pk__in=ids)}


def _insert(
    by: Any, plan: Any, draft: Draftlike, part: list[int], types: dict[int, _TypeFacts], now: datetime, note: str
) -> None:
    """Insert one portion of devices with their first place and first status. Columns are built whole, not row by
    row."""
    columns = _new_columns(draft, part, types, now)
    ids = reserve_ids(Asset, len(part))
    for i, pk in zip(part, ids, strict=True):
        plan.object_ids[i] = pk
    insert_rows(Asset, ("id", *columns), list(zip(ids, *columns.values(), strict=True)))
    at, who = as_moment(now), str(by)[:120]
    words = (_("From %(file)s") % {"file": note})[:200]
    places = [columns[name] for name in _PLACE]
    insert_rows(
        AssetMove,
        ("asset_id", *_PLACE, "moved_at", "moved_by_name", "note"),
        [(*row, at, who, words) for row in zip(ids, *places, strict=True)],
    )
    insert_rows(
        StatusPeriod,
        ("asset_id", "status", "out_reason", "from_at", "by_name"),
        [(*row, at, who) for row in zip(ids, columns["status"], columns["out_reason"], strict=True)],
    )


_PLACE = ("site_id", "department_id", "room_id")


def _new_columns(
    draft: Draftlike, part: list[int], types: dict[int, _TypeFacts], now: datetime
) -> dict[str, list[Any]]:
    """Column → values as the database takes them, for the rows of ``part``."""
    columns: dict[str, list[Any]] = {}
    for name, column in draft.attrs.items():
        field: Any = Asset._meta.get_field(name)
        default = column_default(field)
        columns[name] = [default if column[i] is None else _plain(column[i]) for i in part]
    for name, refs in draft.refs.items():
        columns[f"{name}_id"] = [ref.pk if (ref := refs[i]) is not None else None for i in part]
    for name in _PLACE:
        columns.setdefault(name, [None] * len(part))
    columns.setdefault("status", [Status.IN_SERVICE.value] * len(part))
    given = draft.attrs.get("condition")
    columns["condition"] = [
        int(given[i] if given and given[i] else CONDITION_OF.get(Status(status), Condition.ACTIVE))
        for i, status in zip(part, columns["status"], strict=True)
    ]
    columns["out_reason"] = [str(draft.out_reasons[i]) for i in part]
    columns["status_since"] = [as_moment(now)] * len(part)
    columns["risk_score"] = [types[pk].risk_score for pk in columns["device_type_id"]]
    columns["external_ids"] = [json.dumps(draft.external[i] or {}, ensure_ascii=False) for i in part]
    columns["search_text"] = [_search_text(draft, i, types) for i in part]
    return columns


def _plain(value: Any) -> Any:
    """Dates and moments as ISO text; words of a choice as plain text and numbers."""
    kind = type(value)
    if kind is str or kind is int:
        return value
    if isinstance(value, date):
        return value.isoformat()
    return int(value) if isinstance(value, int) else str(value)


def _search_text(draft: Draftlike, i: int, types: dict[int, _TypeFacts]) -> str:
    """The same text as ``queries.search_text_of``, with the folded names of type, maker and model kept for the next
    row."""
    model, kind = draft.refs["device_model"][i], draft.refs["device_type"][i]
    if not model.search:
        maker = model.parents["maker_id"]
        texts = (maker.name, model.name, model.facts.get("catalogue_no", ""))
        model.search = "\x1f".join(_folded(text or "") for text in texts)
    if not kind.search:
        kind.search = fold(types[kind.pk].name)
    parts = [_folded(draft.attrs["tag"][i]), _said(draft, "serial", i), kind.search, *model.search.split("\x1f")]
    parts += [_said(draft, name, i) for name in ("description", "lot", "udi_di") if name in draft.attrs]
    parts += [_folded(str(value)) for value in (draft.external[i] or {}).values()]
    return " ".join(dict.fromkeys(part for part in parts if part))[:LENGTH].strip()


def _said(draft: Draftlike, name: str, i: int) -> str:
    value = draft.attrs[name][i] if name in draft.attrs else None
    return _folded(value) if value else ""


def _folded(text: str) -> str:
    """``fold`` with a short cut for plain numbers."""
    return text.lower() if text.isascii() and text.isalnum() else fold(text)


# Changed devices -----------------------------------------------------------------------------------------------------


def _update(
    by: Any, plan: Any, draft: Draftlike, types: dict[int, _TypeFacts], now: datetime, note: str, told: Any
) -> None:
    from ..queries import search_text_of

    rows = [(plan.object_ids[i], i) for i in draft.changes]
    for start in range(0, len(rows), PORTION // 8):
        part = dict(rows[start : start + PORTION // 8])
        there = Asset.objects.select_for_update(of=("self",)).select_related("device_type", "device_model__maker")
        assets = list(there.filter(pk__in=list(part)).order_by("pk"))
        names: set[str] = {"version", "updated_at", "search_text"}
        moves, periods = [], []
        for asset in assets:
            before = (asset.status, asset.site_id, asset.department_id, asset.room_id)
            names |= _set(asset, draft.changes[part[asset.pk]], now)
            if (asset.site_id, asset.department_id, asset.room_id) != before[1:]:
                moves.append(asset)
            if asset.status != before[0]:
                periods.append((asset, before[0]))
        _refresh(assets, search_text_of)
        Asset.objects.bulk_update(assets, sorted(names), batch_size=200)
        _follow(by, moves, periods, now, note)
        told(start + len(part))


def _set(asset: Asset, changes: dict[str, Any], now: datetime) -> set[str]:
    """Put the changes on the row; returns the fields touched."""
    touched = set(changes)
    for name, value in changes.items():
        field: Any = Asset._meta.get_field(name)
        if field.is_relation:
            setattr(asset, field.attname, value.pk if value is not None else None)
        else:
            setattr(asset, name, value)
    if "site" in changes and "room" not in changes:
        asset.room_id = None
        touched.add("room")
    if "status" in changes:
        asset.status_since = now
        asset.condition = CONDITION_OF.get(Status(asset.status), asset.condition)
        touched |= {"status_since", "condition"}
        if asset.status in (Status.RETIRED, Status.DISPOSED) and asset.retired_on is None:
            asset.retired_on = timezone.localdate()
            touched.add("retired_on")
    asset.version += 1
    asset.updated_at = now
    return touched


def _refresh(assets: list[Asset], search_text_of: Any) -> None:
    """Search texts anew, with names of changed types and models read once."""
    kinds = DeviceType.objects.in_bulk({a.device_type_id for a in assets})
    models = DeviceModel.objects.select_related("maker").in_bulk({a.device_model_id for a in assets})
    for asset in assets:
        asset.device_type, asset.device_model = kinds[asset.device_type_id], models[asset.device_model_id]
        asset.search_text = search_text_of(asset)


def _follow(by: Any, moved: list[Asset], turned: list[tuple[Asset, str]], now: datetime, note: str) -> None:
    """The histories of place and status, and the events."""
    who, words = str(by)[:120], (_("From %(file)s") % {"file": note})[:200]
    AssetMove.objects.bulk_create(
        [
            AssetMove(
                asset=a,
                site_id=a.site_id,
                department_id=a.department_id,
                room_id=a.room_id,
                moved_at=now,
                moved_by_name=who,
                note=words,
            )
            for a in moved
        ]
    )
    StatusPeriod.objects.filter(asset_id__in=[a.pk for a, _b in turned], until_at=None).update(until_at=now)
    StatusPeriod.objects.bulk_create(
        [
            StatusPeriod(asset=a, status=a.status, out_reason=a.out_reason, from_at=now, by_name=who, reason=words)
            for a, _b in turned
        ]
    )
    for asset in moved:
        publish(AssetMoved(asset.pk, asset.site_id, asset.department_id, asset.room_id))
    for asset, before in turned:
        publish(AssetStatusChanged(asset.pk, before, asset.status, asset.out_reason))
        if asset.status in (Status.RETIRED, Status.DISPOSED):
            publish(AssetRetired(asset.pk))


# Questions -----------------------------------------------------------------------------------------------------------


def _ask(plan: Any, draft: Draftlike, source: str) -> None:
    """Put the pairs into the merge queue, smaller id first, none twice."""
    names = dict(_tags(plan, draft))
    rows = []
    for pair in draft.names.pairs:
        left, right = _side(pair.left, plan, names), _side(pair.right, plan, names)
        if left and right and left[0] != right[0]:
            (a, a_name), (b, b_name) = sorted([left, right])
            rows.append(
                MergeCandidate(
                    kind=pair.kind,
                    left_id=a,
                    right_id=b,
                    left_name=a_name[:200],
                    right_name=b_name[:200],
                    score=pair.score,
                    why=pair.why,
                    source=source[:120],
                )
            )
    MergeCandidate.objects.bulk_create(rows, batch_size=500, ignore_conflicts=True)


def _tags(plan: Any, draft: Draftlike) -> Iterator[tuple[int, str]]:
    tags = draft.attrs["tag"]
    wanted = {side[1] for pair in draft.names.pairs for side in (pair.left, pair.right) if isinstance(side, tuple)}
    for i in wanted:
        if plan.object_ids[i]:
            yield plan.object_ids[i], tags[i] or ""
    known = [side for pair in draft.names.pairs for side in (pair.left, pair.right) if isinstance(side, int)]
    yield from Asset.objects.filter(pk__in=known).values_list("pk", "tag")


def _side(side: Any, plan: Any, names: dict[int, str]) -> tuple[int, str] | None:
    """(id, name) of one side; None when it was not written."""
    if isinstance(side, tuple):
        pk = plan.object_ids[side[1]]
        return (pk, names.get(pk, "")) if pk else None
    if isinstance(side, int):
        return side, names.get(side, "")
    return (side.pk, side.name) if side.pk else None


# Catalogues ----------------------------------------------------------------------------------------------------------


def write_models(plan: Any, names: Any, changes: list[tuple[Any, dict[str, Any]]], source: str, progress: Any) -> None:
    """Write new models with their makers and types, complete known ones, and ask about doubtful names."""
    require_change()
    progress(0, len(names.refs), _("Names and models"))
    make_names(names, source)
    for ref, values in changes:
        DeviceModel.objects.filter(pk=ref.pk).update(**values, version=F("version") + 1, updated_at=timezone.now())
    _ask(plan, Draftlike({"tag": []}, {}, [], [], names, {}), source)
    progress(len(names.refs), len(names.refs), "")
