"""Which device a row is about: one of the register, a new one, a repeat of an earlier row, or a question."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import Any

from wardwright.kernel.said import say
from wardwright.platform.exchange.plan import NEW, SAME, Near, Plan, Why
from wardwright.platform.exchange.sheet import Sheet
from wardwright.platform.exchange.targets import Context

from ..operations.registering import TAG_PREFIX
from ..queries.importing import KnownAsset, assets_without_serial, code_key, known_assets
from .draft import Draft
from .refs import Pair, Ref

ROW_MARK = "imported row"


@dataclass
class _Seen:
    """The rows so far: by asset number, and by model and serial number."""

    by_tag: dict[str, int] = field(default_factory=dict)
    by_device: dict[tuple[Any, str], int] = field(default_factory=dict)
    by_asset: dict[int, int] = field(default_factory=dict)


class Matcher:
    """Goes through the rows in order and gives each its code."""

    def __init__(self, sheet: Sheet, plan: Plan, draft: Draft, context: Context) -> None:
        self.sheet, self.plan, self.draft, self.context = sheet, plan, draft, context
        self.tags = draft.attrs.get("tag") or [None] * len(sheet)
        self.serials = draft.attrs.get("serial") or [None] * len(sheet)
        self.tag_keys = [code_key(tag) if tag else "" for tag in self.tags]
        self.serial_keys = [code_key(serial) if serial else "" for serial in self.serials]
        self.models: list[Ref | None] = draft.refs["device_model"]
        self.by_tag, self.by_serial = known_assets(set(self.tag_keys) - {""}, set(self.serial_keys) - {""})
        self.seen = _Seen()
        self.columns = [*sheet.values.values(), *(column for group in sheet.groups for column in group.values.values())]
        self.pairs: list[Pair] = []

    def run(self) -> None:
        plan = self.plan
        for i in range(len(self.sheet)):
            if plan.codes[i] == NEW:
                self._row(i)
        self._nameless()

    def _row(self, i: int) -> None:
        if self._repeated(i):
            return
        found = self._found(i)
        if found is None:
            return
        other = self.seen.by_asset.setdefault(found.id, i)
        if other != i:
            self._repeat(i, other)
        else:
            self.plan.codes[i], self.plan.object_ids[i] = SAME, found.id

    def _repeated(self, i: int) -> bool:
        """Whether an earlier row is about the same device."""
        tag, serial = self.tag_keys[i], self.serial_keys[i]
        if tag:
            earlier = self.seen.by_tag.setdefault(tag, i)
            if earlier != i:
                self._repeat(i, earlier)
                return True
        if not serial:
            return False
        earlier = self.seen.by_device.setdefault((self.models[i], serial), i)
        if earlier == i:
            return False
        if not tag or not self.tag_keys[earlier]:
            self._repeat(i, earlier)
            return True
        self._near(
            i,
            ("row", earlier),
            self._says(earlier),
            say("The same model and serial number under another asset number."),
        )
        return False

    def _repeat(self, i: int, earlier: int) -> None:
        row = self.sheet.row_number(earlier)
        different = self._different(i, earlier)
        if not different:
            self.plan.skip(i, Why(say("The row repeats an earlier one."), say("It repeats row {row}.", row=row)))
            return
        self.plan.refuse(
            i,
            Why(
                say("The device stands in an earlier row with other values."),
                say("It is the device of row {row}, but differs in: {columns}.", row=row, columns=", ".join(different)),
            ),
        )

    def _different(self, i: int, j: int) -> list[str]:
        """Headings of the columns in which two rows say different things."""
        fields = [name for name, column in self.sheet.values.items() if column[i] != column[j]]
        labels = [
            f"{group.label} {role}"
            for group in self.sheet.groups
            for role, column in group.values.items()
            if column[i] != column[j]
        ]
        return [self.sheet.heading(name) for name in fields] + labels

    def _found(self, i: int) -> KnownAsset | None:
        """The device of the register that the row is about; None for a new or refused one."""
        tag, serial = self.tag_keys[i], self.serial_keys[i]
        found = self.by_tag.get(tag) if tag else None
        if found is not None:
            return self._confirmed(i, found)
        return self._by_serial(i, serial) if serial else None

    def _confirmed(self, i: int, found: KnownAsset) -> KnownAsset | None:
        serial = code_key(found.serial) if found.serial else ""
        if not serial or not self.serial_keys[i] or serial == self.serial_keys[i]:
            return found
        self.plan.refuse(
            i,
            Why(
                say("The asset number is in the register for a device with another serial number."),
                say(
                    "{tag} has the serial number {there} there and {here} here: correct the one that is wrong.",
                    tag=found.tag,
                    there=found.serial,
                    here=self.serials[i],
                ),
                self.sheet.heading("tag"),
                str(self.tags[i]),
            ),
        )
        return None

    def _by_serial(self, i: int, serial: str) -> KnownAsset | None:
        model = self.models[i]
        same = [a for a in self.by_serial.get(serial, ()) if model is not None and a.model_id == model.pk]
        if len(same) > 1:
            self.plan.refuse(
                i,
                Why(
                    say("More than one device of the register has this model and serial number."),
                    say("They are: {tags}.", tags=", ".join(a.tag for a in same[:5])),
                    self.sheet.heading("serial"),
                    str(self.serials[i]),
                ),
            )
            return None
        if same and (not self.tag_keys[i] or same[0].tag.startswith(TAG_PREFIX)):
            return same[0]
        if same:
            self._near(i, same[0].id, same[0].tag, say("The same model and serial number under another asset number."))
        elif model is not None:
            self._similar(i, serial, model)
        return None

    def _similar(self, i: int, serial: str, model: Ref) -> None:
        """The same serial number and maker under another model: a long serial number is hardly a coincidence."""
        maker = model.parents["maker_id"]
        if len(serial) < 6 or maker is None or maker.pk is None:
            return
        for asset in self.by_serial.get(serial, ()):
            if asset.maker_id == maker.pk:
                self._near(i, asset.id, asset.tag, say("The same maker and serial number, but another model."))

    def _near(self, i: int, other: Any, name: str, words: str) -> None:
        """A question for the merge queue: row ``i`` and ``other``, which is a device's id or ("row", index)."""
        self.plan.near.append(Near(self.sheet.row_number(i), self._says(i), name, words))
        self.pairs.append(Pair("asset", other, ("row", i), 90, words, name, self._says(i)))

    def _says(self, i: int) -> str:
        return self.tags[i] or self.serials[i] or say("row {row}", row=self.sheet.row_number(i))

    # Rows without any number -------------------------------------------------------------------------------------

    def _nameless(self) -> None:
        """Rows with neither asset number nor serial number are told apart by what they say, and by how often they say
        it."""
        new = [i for i, code in enumerate(self.plan.codes) if code == NEW and not self.tag_keys[i]]
        if not new:
            return
        there: dict[str, int] = {}
        without: dict[int, list[tuple[int, str]]] = {}
        for pk, tag, external, model_id in assets_without_serial():
            mark = external.get(ROW_MARK) if isinstance(external, dict) else None
            if mark:
                there[mark] = pk
            without.setdefault(model_id, []).append((pk, tag))
        self._by_mark([i for i in new if not self.serial_keys[i]], there)
        self._perhaps([i for i in new if self.serial_keys[i]], without)

    def _by_mark(self, rows: list[int], there: dict[str, int]) -> None:
        counted: dict[str, int] = {}
        for i in rows:
            text = self._fingerprint(i)
            counted[text] = counted.get(text, 0) + 1
            mark = hashlib.sha256(f"{text}\x1e{counted[text]}".encode()).hexdigest()[:16]
            if mark in there:
                self.plan.codes[i], self.plan.object_ids[i] = SAME, there[mark]
            self.draft.external[i] = {**(self.draft.external[i] or {}), ROW_MARK: mark}

    def _perhaps(self, rows: list[int], without: dict[int, list[tuple[int, str]]]) -> None:
        """A row with a serial number may be a device that the register has without one; asked only where few come into
        question."""
        by_model: dict[int, list[int]] = {}
        for i in rows:
            model = self.models[i]
            if model is not None and model.pk in without:
                by_model.setdefault(model.pk, []).append(i)
        for model_id, few in by_model.items():
            for pk, tag in without[model_id][:5]:
                if len(few) * len(without[model_id]) <= 2:
                    self._near(few[0], pk, tag, say("The register has a device of this model without a serial number."))
                else:
                    rows_named = ", ".join(str(self.sheet.row_number(i)) for i in few[:20])
                    words = say(
                        "It has no serial number in the register and may be the device of one of the rows {rows}.",
                        rows=rows_named,
                    )
                    self.plan.near.append(Near(self.sheet.row_number(few[0]), tag, "", words))

    def _fingerprint(self, i: int) -> str:
        model, place = self.models[i], self.draft.refs["department"][i]
        kind = self.draft.refs["device_type"][i]
        maker = model.parents["maker_id"] if model else None
        named = [ref.name if ref else "" for ref in (maker, model, kind, place, self.draft.refs["room"][i])]
        return "\x1f".join([self.context.layout_key, *named])
