"""A catalogue of models (GUDID, a maker's price list): it names kinds of device and no single device."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from wardwright.kernel.names.keys import model_key as match_key
from wardwright.kernel.said import say
from wardwright.kernel.tabular.headings import ColumnGuess
from wardwright.kernel.tabular.profile import profile_column
from wardwright.kernel.tabular.table import Table
from wardwright.kernel.udi import has_gs1_check_digit
from wardwright.platform.access.scope import allowed
from wardwright.platform.exchange.plan import NEW, SAME, Difference, Plan, Progress, Warned, Why
from wardwright.platform.exchange.sheet import Sheet
from wardwright.platform.exchange.targets import Context

from ..operations.importing import write_models
from ..permissions import IMPORT
from ..queries.importing import known_pairs
from .draft import _TYPE_CODES
from .names import NO_MAKER, NO_TYPE, Companies, Models, Types, distinct
from .refs import Names, Ref


def is_catalogue(table: Table, guesses: Sequence[ColumnGuess]) -> str:
    """ "models" when every line has its own device identifier and a model, and none a serial or asset number."""
    fields = {guess.field: guess.index for guess in guesses if guess.field}
    if "udi_di" not in fields or "maker" not in fields or {"serial", "tag", "udi"} & set(fields):
        return ""
    profile = profile_column(table.rows, fields["udi_di"])
    return (
        "models"
        if profile.filled > 0.9 and profile.distinct > 0.95 and {"model", "catalogue_no", "brand"} & set(fields)
        else ""
    )


class ModelPlanner:
    """Plans and writes models."""

    def prepare(self, sheet: Sheet, plan: Plan, context: Context) -> None:
        names = Names()
        companies, types = Companies(names), Types(names)
        models = Models(names, companies, types)
        changes: dict[int, tuple[Ref, dict[str, Any]]] = {}
        seen: dict[Any, int] = {}
        may = allowed(context.by, IMPORT)
        for i in range(len(sheet)):
            if not may:
                plan.refuse(i, Why(say("You may not change the catalogue.")))
                continue
            _row(sheet, plan, i, companies, types, models, seen, changes)
        for name in _TYPE_CODES:
            _code(sheet, name, plan)
        names.pairs = distinct(names.pairs, {kind: known_pairs(kind) for kind in ("company", "model", "type")})
        plan.created = Counter(ref.kind for ref in names.refs if ref.kind != "model")
        plan.merges = [
            {"kind": p.kind, "left": p.left.name, "right": p.right.name, "score": p.score, "why": p.why}
            for p in names.pairs
        ]
        plan.data["models"] = (names, changes)

    def apply(self, sheet: Sheet, plan: Plan, context: Context, progress: Progress) -> None:
        names, changes = plan.data["models"]
        write_models(plan, names, list(changes.values()), context.file_name, progress)
        for i, ref in plan.data.get("model refs", {}).items():
            plan.object_ids[i] = ref.pk


def _row(
    sheet: Sheet,
    plan: Plan,
    i: int,
    companies: Companies,
    types: Types,
    models: Models,
    seen: dict[Any, int],
    changes: dict[int, tuple[Ref, dict[str, Any]]],
) -> None:
    said = {
        name: sheet.column(name)[i]
        for name in ("maker", "model", "brand", "catalogue_no", "udi_di", "gmdn_term", "type")
    }
    text = said["model"] or said["brand"] or said["catalogue_no"]
    if not text or not said["maker"]:
        plan.refuse(i, Why(say("The row names no maker or no model."), column=sheet.heading("model")))
        return
    facts = _facts(sheet, plan, i, said)
    maker = companies.find(said["maker"] or NO_MAKER, "maker")
    kind = types.find(said["type"] or said["gmdn_term"] or NO_TYPE)
    key = (maker, match_key(text), match_key(said["catalogue_no"] or ""))
    if seen.setdefault(key, i) != i:
        row = sheet.row_number(seen[key])
        plan.skip(
            i,
            Why(
                say("Another identifier of a model in an earlier row."),
                say("It is the model of row {row}.", row=row),
            ),
        )
        return
    there = models.by_di.get(facts.get("udi_di", "")) or _exact(models, maker, text, said["catalogue_no"])
    refs = plan.data.setdefault("model refs", {})
    if there is None:
        refs[i] = models.new(maker, text, kind, said["catalogue_no"] or "", **facts)
        plan.codes[i] = NEW
        return
    refs[i], plan.codes[i], plan.object_ids[i] = there, SAME, there.pk
    filled = {name: value for name, value in facts.items() if value and not there.facts.get(name)}
    if filled:
        changes[i] = (there, filled)
        plan.differ(i, [Difference(name, "", str(value)) for name, value in filled.items()])


def _exact(models: Models, maker: Ref, text: str, catalogue_no: str | None) -> Ref | None:
    """The model of this name; one without a catalogue number is completed, one with another number is another model."""
    ref = models.by_catalogue.get((maker, match_key(catalogue_no))) if catalogue_no else None
    if ref is not None and match_key(ref.name) == match_key(text):
        return ref
    ref = models.by_maker.get(maker, {}).get(match_key(text))
    if ref is None or ref.pk is None or (catalogue_no and ref.facts.get("catalogue_no")):
        return None if ref is None or catalogue_no != (ref.facts.get("catalogue_no") or None) else ref
    return ref


def _facts(sheet: Sheet, plan: Plan, i: int, said: dict[str, Any]) -> dict[str, Any]:
    facts: dict[str, Any] = {}
    identifier = said["udi_di"]
    if identifier:
        facts["udi_di"] = str(identifier)[:40]
        if (
            identifier.isdecimal()
            and len(identifier) in (8, 12, 13, 14)
            and not has_gs1_check_digit(identifier.zfill(14))
        ):
            plan.warned.append(
                Warned(sheet.row_number(i), sheet.heading("udi_di"), identifier, say("Its check digit is wrong."))
            )
    return facts


def _code(sheet: Sheet, name: str, plan: Plan) -> None:
    """Nomenclature codes belong to the type; the first one said is taken for a new type."""
    limit = 3 if name == "fda_product_code" else 20
    for i, ref in plan.data.get("model refs", {}).items():
        kind, code = ref.parents.get("device_type_id"), sheet.column(name)[i]
        if kind is not None and kind.is_new and code and name not in kind.facts and len(code) <= limit:
            kind.facts[name] = code
