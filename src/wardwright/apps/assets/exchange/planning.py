"""The plan of a register of devices: matched, compared, and checked against what the importer may change."""

from __future__ import annotations

from collections import Counter
from typing import Any

from wardwright.kernel.said import say
from wardwright.platform.access.scope import Scope, allowed
from wardwright.platform.core.words import number_words
from wardwright.platform.exchange.plan import NEW, SAME, Difference, Plan, Progress, Warned, Why
from wardwright.platform.exchange.sheet import Sheet
from wardwright.platform.exchange.targets import Context

from ..models import Asset
from ..operations import held_back
from ..operations.importing import Draftlike, write_devices
from ..operations.registering import TAG_PREFIX
from ..permissions import IMPORT
from ..queries.importing import assets_now, chunks, known_pairs, plain_key
from ..states import TRANSITIONS, Status
from .draft import Draft, draw
from .matching import ROW_MARK, Matcher
from .names import distinct
from .refs import Ref

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
        changes = _compare(sheet, plan, draft, context)
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
                i, Why(say("The row belongs to a place that you may not change."), column=sheet.heading("department"))
            )


# Differences to the devices that are there ---------------------------------------------------------------------------


def _compare(sheet: Sheet, plan: Plan, draft: Draft, context: Context) -> dict[int, dict[str, Any]]:
    """Row → columns that change (values or refs), for rows about a known device. An empty cell never erases
    anything."""
    rows = {plan.object_ids[i]: i for i, code in enumerate(plan.codes) if code == SAME}
    columns = {*_ALWAYS, *draft.attrs, *(f"{name}_id" for name in draft.refs)}
    changes: dict[int, dict[str, Any]] = {}
    known = [pk for pk in rows if pk is not None]
    held = {pk for some in chunks(known) for pk in held_back(some)} if "status" in draft.attrs else set()
    for asset in assets_now(known, sorted(columns)):
        i = rows[asset["id"]]
        scope = Scope(asset["site_id"], asset["department_id"], asset["provider_id"])
        if not allowed(context.by, IMPORT, scope):
            plan.refuse(
                i, Why(say("The device belongs to a place that you may not change."), column=sheet.heading("tag"))
            )
            continue
        row = _Row(sheet, plan, draft, i, asset, is_held=asset["id"] in held)
        row.compare()
        if row.found:
            changes[i] = row.found
            plan.differ(i, row.differences)
    return changes


_ALWAYS = (
    "id",
    "tag",
    "serial",
    "status",
    "currency",
    "external_ids",
    "site_id",
    "department_id",
    "room_id",
    "provider_id",
)
_PLACE = ("site", "department", "room")


class _Row:
    """One row beside the device it is about (``asset``: column → value)."""

    def __init__(self, sheet: Sheet, plan: Plan, draft: Draft, i: int, asset: dict[str, Any], *, is_held: bool) -> None:
        self.is_held = is_held
        self.sheet, self.plan, self.draft, self.i, self.asset = sheet, plan, draft, i, asset
        self.found: dict[str, Any] = {}
        self.differences: list[Difference] = []

    def compare(self) -> None:
        for name, column in self.draft.attrs.items():
            value = column[self.i]
            if value is not None and value != "" and self.asset[name] != value and self._may_change(name, value):
                self._change(name, value)
        stays = self._place_unsaid()
        for name, refs in self.draft.refs.items():
            ref = refs[self.i]
            if (
                ref is not None
                and (ref.pk is None or ref.pk != self.asset[f"{name}_id"])
                and not (stays and name in _PLACE)
            ):
                self.found[name] = ref
                before = self.draft.label(name, self.asset[f"{name}_id"])
                self.differences.append(Difference(_label(name), before, ref.name))
        if "site" in self.found and "department" not in self.found:
            self.found["department"] = None
        if "status" in self.found:
            self.found["out_reason"] = self.draft.out_reasons[self.i]
        self._numbers()

    def _change(self, name: str, value: Any) -> None:
        self.found[name] = value
        if name != "currency":  # Told with the amount.
            self.differences.append(Difference(_label(name), _shown(name, self.asset[name]), _shown(name, value)))

    def _may_change(self, name: str, value: Any) -> bool:
        """A register does not rename devices, and it moves none along a way that the transition table does not have."""
        if name == "tag":
            return self.asset["tag"].startswith(TAG_PREFIX)
        if name == "serial":
            return not self.asset["serial"]
        if name == "condition":
            return "status" not in self.sheet.values
        return self._may_become(value) if name == "status" else True

    def _may_become(self, status: str) -> bool:
        now = Status(self.asset["status"])
        held = self.is_held and status == Status.IN_SERVICE
        if now != Status.QUARANTINED and status in TRANSITIONS[now] and not held:
            return True
        words = say("The status stays “{status}”: a register cannot make this step.", status=str(now.label))
        self._warn("status", str(Status(status).label), words)
        return False

    def _place_unsaid(self) -> bool:
        """Whether the row names no site while the device is at another one than such rows belong to: then it stays
        there."""
        site = self.draft.refs["site"][self.i]
        if self.draft.site_said[self.i] or site is None or site.pk == self.asset["site_id"]:
            return False
        ward = self.draft.refs["department"][self.i]
        if ward is not None and plain_key(ward.name) != plain_key(
            self.draft.label("department", self.asset["department_id"])
        ):
            self._warn(
                "department", ward.name, say("The device is at another site and the row names none: it stays there.")
            )
        return True

    def _warn(self, field: str, value: str, words: str) -> None:
        self.plan.warned.append(Warned(self.sheet.row_number(self.i), self.sheet.heading(field), value, words))

    def _numbers(self) -> None:
        """Numbers of other systems are added to those that are known."""
        known = self.asset["external_ids"] or {}
        added = {k: v for k, v in (self.draft.external[self.i] or {}).items() if known.get(k) != v}
        if added:
            self.found["external_ids"] = {**known, **added}
            self.differences += [Difference(k, str(known.get(k, "")), v) for k, v in added.items() if k != ROW_MARK]


def _label(name: str) -> str:
    return str(_LABELS[name]).replace(" (cents)", "")


def _shown(name: str, value: Any) -> str:
    if value is None or value == "":
        return ""
    if name.endswith("_cents"):
        return number_words(value / 100, 2)
    field: Any = Asset._meta.get_field(name)
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
        if pair.kind == "asset" or (_lives(pair.left, used) and _lives(pair.right, used))
    ]
    draft.names.related = [item for item in draft.names.related if item[0] in used]


def _lives(ref: Any, used: set[Ref]) -> bool:
    return not isinstance(ref, Ref) or ref.pk is not None or ref in used


def _tell(plan: Plan, draft: Draft) -> None:
    plan.created = Counter(ref.kind for ref in draft.names.refs)
    plan.merges = [
        {
            "kind": pair.kind,
            "left": pair.left_name or _name(pair.left),
            "right": pair.right_name or _name(pair.right),
            "score": pair.score,
            "why": pair.why,
        }
        for pair in draft.names.pairs
    ]


def _name(side: Any) -> str:
    return side.name if isinstance(side, Ref) else ""
