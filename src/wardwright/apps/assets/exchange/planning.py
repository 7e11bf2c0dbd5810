"""The plan of a register of devices: matched, compared, and checked against what the importer may change."""

from __future__ import annotations

from collections import Counter
from typing import Any

from django.utils.translation import gettext as _

from wardwright.platform.access.scope import Scope, allowed
from wardwright.platform.exchange.plan import NEW, SAME, Difference, Plan, Progress, Warned, Why
from wardwright.platform.exchange.sheet import Sheet
from wardwright.platform.exchange.targets import Context

from ..models import Asset
from ..operations.importing import Draftlike, write_devices
from ..operations.registering import TAG_PREFIX
from ..permissions import IMPORT
from ..queries.importing import assets_now, known_pairs
from ..states import TRANSITIONS, Status
from .draft import Draft, draw
from .matching import Matcher
from .names import distinct
from .refs import Ref

_TEXT_LIMITS = {"serial": 120}
_LABELS = {f.attname: f.verbose_name for f in Asset._meta.concrete_fields} | {
    f.name: f.verbose_name for f in Asset._meta.concrete_fields
}


class DevicePlanner:
    """Plans and writes devices."""

    def prepare(self, sheet: Sheet, plan: Plan, context: Context) -> None:
        draft = draw(sheet, plan, context)
        matcher = Matcher(sheet, plan, draft, context)
        matcher.run()
        _check_reach(sheet, plan, draft, context)
        changes = _compare(sheet, plan, draft)
        draft.names.pairs = distinct(
            [*draft.names.pairs, *matcher.pairs],
            {kind: known_pairs(kind) for kind in ("company", "model", "type", "asset")},
        )
        _drop_unused(plan, draft)
        _tell(plan, draft)
        plan.data["devices"] = Draftlike(
            draft.attrs, draft.refs, draft.external, draft.out_reasons, draft.names, changes
        )

    def apply(self, sheet: Sheet, plan: Plan, context: Context, progress: Progress) -> None:
        write_devices(context.by, plan, plan.data["devices"], context.file_name, progress)


def _check_reach(sheet: Sheet, plan: Plan, draft: Draft, context: Context) -> None:
    """Rows outside the importer's reach are refused."""
    known: dict[tuple[Any, Any], bool] = {}
    sites, departments = draft.refs["site"], draft.refs["department"]
    for i, code in enumerate(plan.codes):
        if code not in (NEW, SAME):
            continue
        key = (sites[i], departments[i])
        if key not in known:
            scope = Scope(*(ref.pk if ref else None for ref in key))
            known[key] = allowed(context.by, IMPORT, scope)
        if not known[key]:
            plan.refuse(
                i, Why(_("The row belongs to a place that you may not change."), column=sheet.heading("department"))
            )


# Differences to the devices that are there ---------------------------------------------------------------------------


def _compare(sheet: Sheet, plan: Plan, draft: Draft) -> dict[int, dict[str, Any]]:
    """Row → columns that change (values or refs), for rows about a known device. An empty cell never erases anything."""
    rows = {plan.object_ids[i]: i for i, code in enumerate(plan.codes) if code == SAME}
    changes: dict[int, dict[str, Any]] = {}
    for asset in assets_now([pk for pk in rows if pk is not None]):
        i = rows[asset.pk]
        if not allowed_row(plan, i, asset, draft):
            continue
        found, differences = _row_changes(sheet, plan, draft, i, asset)
        if found:
            changes[i] = found
            plan.differ(i, differences)
    return changes


def allowed_row(plan: Plan, i: int, asset: Asset, draft: Draft) -> bool:
    return plan.codes[i] == SAME


def _row_changes(
    sheet: Sheet, plan: Plan, draft: Draft, i: int, asset: Asset
) -> tuple[dict[str, Any], list[Difference]]:
    found: dict[str, Any] = {}
    differences: list[Difference] = []
    for name, column in draft.attrs.items():
        value = column[i]
        if value is None or value == "" or not _may_change(sheet, plan, name, asset, value, i):
            continue
        before = getattr(asset, name)
        if before != value:
            found[name] = value
            if name == "currency":
                continue  # Told with the amount.
            differences.append(Difference(_label(name), _shown(asset, name, before), _shown(asset, name, value)))
    for name, column in draft.refs.items():
        ref = column[i]
        if ref is not None and (ref.pk is None or ref.pk != getattr(asset, f"{name}_id")):
            found[name] = ref
            differences.append(Difference(_label(name), str(getattr(asset, name) or ""), ref.name))
    if "site" in found and "department" not in found:
        found["department"] = None
    added = {k: v for k, v in (draft.external[i] or {}).items() if (asset.external_ids or {}).get(k) != v}
    if added:
        found["external_ids"] = {**(asset.external_ids or {}), **added}
        differences += [Difference(k, str((asset.external_ids or {}).get(k, "")), v) for k, v in added.items()]
    if "status" in found:
        found["out_reason"] = draft.out_reasons[i]
    return found, differences


def _label(name: str) -> str:
    return str(_LABELS[name]).replace(" (cents)", "")


def _may_change(sheet: Sheet, plan: Plan, name: str, asset: Asset, value: Any, i: int) -> bool:
    """A register does not rename devices, and it moves no device along a way that the transition table does not have."""
    if name == "tag":
        return asset.tag.startswith(TAG_PREFIX)
    if name == "serial":
        return not asset.serial
    if name == "currency":
        return value != asset.currency
    if name == "condition" and "status" in sheet.values:
        return False
    if name != "status" or value == asset.status:
        return name != "status"
    if asset.status == Status.QUARANTINED or value not in TRANSITIONS[asset.status]:
        words = _("The status stays “%(status)s”: a register cannot make this step.") % {"status": asset.state_label}
        plan.warned.append(Warned(sheet.row_number(i), sheet.heading("status"), str(value), words))
        return False
    return True


def _shown(asset: Asset, name: str, value: Any) -> str:
    if value is None or value == "":
        return ""
    if name.endswith("_cents"):
        return f"{value / 100:,.2f}"
    field = Asset._meta.get_field(name)
    return str(dict(field.flatchoices).get(value, value)) if field.choices else str(value)


# What is left to write -----------------------------------------------------------------------------------------------


def _drop_unused(plan: Plan, draft: Draft) -> None:
    """Names that only refused or skipped rows mention are not made."""
    used: set[Ref] = set()
    for column in draft.refs.values():
        for i, ref in enumerate(column):
            if ref is not None and ref not in used and plan.codes[i] not in ("refused", "skipped"):
                used.add(ref)
    for pair in draft.names.pairs:
        if pair.kind == "type" and pair.right in used:
            used.add(pair.left)
    waiting = list(used)
    while waiting:
        for parent in waiting.pop().parents.values():
            if parent is not None and parent not in used:
                used.add(parent)
                waiting.append(parent)
    draft.names.refs = [ref for ref in draft.names.refs if ref in used]
    draft.names.pairs = [
        pair
        for pair in draft.names.pairs
        if pair.kind == "asset" or _lives(pair.left, used) and _lives(pair.right, used)
    ]
    draft.names.related = [item for item in draft.names.related if item[0] in used]


def _lives(ref: Any, used: set[Ref]) -> bool:
    return not isinstance(ref, Ref) or ref.pk is not None or ref in used


def _tell(plan: Plan, draft: Draft) -> None:
    plan.created = Counter({kind: count for kind, count in Counter(ref.kind for ref in draft.names.refs).items()})
    plan.merges = [
        {"kind": pair.kind, "left": _name(pair.left), "right": _name(pair.right), "score": pair.score, "why": pair.why}
        for pair in draft.names.pairs
    ]


def _name(side: Any) -> str:
    return side.name if isinstance(side, Ref) else ""
