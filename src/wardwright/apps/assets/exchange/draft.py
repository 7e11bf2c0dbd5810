"""What the rows of a register say about devices, column by column, before any device is looked for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from wardwright.kernel.names.makers import known_maker, split_maker
from wardwright.kernel.names.types import match_type
from wardwright.kernel.said import say
from wardwright.kernel.udi import UdiError, parse_udi
from wardwright.platform.core.errors import Invalid
from wardwright.platform.exchange.plan import Plan, Warned, Why
from wardwright.platform.exchange.sheet import Sheet
from wardwright.platform.exchange.targets import Context

from ..queries.importing import known_places, plain_key
from ..states import Condition, Status
from .names import NO_MAKER, NO_TYPE, Companies, Models, Types
from .places import Places, split_location
from .refs import Names, Ref
from .words import condition_of, ownership_of, status_of

Column = list[Any]

_PLAIN = {
    "tag": "tag",
    "serial": "serial",
    "description": "description",
    "software_version": "software_version",
    "notes": "notes",
    "country_of_origin": "country_of_origin",
    "power": "power_requirements",
    "purchased_on": "purchased_on",
    "installed_on": "installed_on",
    "manufactured_on": "manufactured_on",
    "manufactured_year": "manufactured_year",
    "warranty_until": "warranty_until",
    "expected_life_years": "expected_life_years",
}
_TYPE_CODES = {
    "emdn_code": "emdn_code",
    "gmdn_code": "gmdn_code",
    "umdns_code": "umdns_code",
    "fda_product_code": "fda_product_code",
}


_KIND_OF = {"device_type": "type", "device_model": "model", "site": "site", "department": "department", "room": "room"}


@dataclass
class Draft:
    """``attrs[column][i]`` is a plain value or None; ``refs[column][i]`` a Ref or None; ``external[i]`` numbers of
    other systems."""

    names: Names
    attrs: dict[str, Column] = field(default_factory=dict)
    refs: dict[str, list[Ref | None]] = field(default_factory=dict)
    external: list[dict[str, str] | None] = field(default_factory=list)
    out_reasons: Column = field(default_factory=list)
    site_said: list[bool] = field(default_factory=list)
    labels: dict[str, dict[int, str]] = field(default_factory=dict)

    def label(self, column: str, pk: int | None) -> str:
        """The name of a known row that a foreign key points to."""
        kind = _KIND_OF.get(column, "company")
        if kind not in self.labels:
            self.labels[kind] = {ref.pk: ref.name for ref in self.names.known.get(kind, []) if ref.pk is not None}
        return self.labels[kind].get(pk, "") if pk is not None else ""


def draw(sheet: Sheet, plan: Plan, context: Context) -> Draft:
    """Read the sheet into a draft: names resolved, words understood, UDIs taken apart. Reads the database for names
    only."""
    draft = Draft(Names())
    for field_name, attribute in _PLAIN.items():
        if field_name in sheet.values:
            draft.attrs[attribute] = list(sheet.values[field_name])
    _udi(sheet, plan, draft)
    _money(sheet, draft)
    _words(sheet, plan, draft)
    _catalogue(sheet, plan, draft)
    _places(sheet, plan, draft, context)
    _external(sheet, draft)
    _quantities(sheet, plan)
    return draft


def _udi(sheet: Sheet, plan: Plan, draft: Draft) -> None:
    if "udi" in sheet.values:
        _parsed_udis(sheet, plan, draft)
    identifiers = sheet.values.get("udi_di")
    if identifiers:
        own = draft.attrs.setdefault("udi_di", [None] * len(sheet))
        draft.attrs["udi_di"] = [
            mine or (str(given)[:40] if given else None) for mine, given in zip(own, identifiers, strict=True)
        ]


def _parsed_udis(sheet: Sheet, plan: Plan, draft: Draft) -> None:
    """Take scanned UDIs apart; what they say fills what the row leaves empty, and a contradiction is told."""
    today, size = timezone.localdate(), len(sheet)
    udis: Column = [None] * size
    identifiers: Column = [None] * size
    serials = draft.attrs.setdefault("serial", [None] * size)
    extra: dict[str, Column] = {}
    for i, text in enumerate(sheet.values["udi"]):
        if not text:
            continue
        try:
            udi = parse_udi(text, today=today)
        except UdiError as error:
            plan.warned.append(
                Warned(
                    sheet.row_number(i), sheet.heading("udi"), text[:120], say("The UDI is not valid."), error.message
                )
            )
            continue
        udis[i], identifiers[i] = text[:300], udi.device_identifier[:40]
        if udi.serial and not serials[i]:
            serials[i] = udi.serial[:120]
        elif udi.serial and serials[i] != udi.serial:
            plan.warned.append(
                Warned(
                    sheet.row_number(i),
                    sheet.heading("udi"),
                    text[:120],
                    say("Its serial number is not that of the row."),
                )
            )
        for name, value in (
            ("lot", udi.lot),
            ("manufactured_on", udi.manufactured_on),
            ("software_version", udi.software_version),
        ):
            if value:
                column = draft.attrs.get(name) or extra.setdefault(name, [None] * size)
                column[i] = column[i] or value
    draft.attrs.update(extra, udi=udis, udi_di=identifiers)


def _money(sheet: Sheet, draft: Draft) -> None:
    if "purchase_cost" in sheet.values:
        found = sheet.values["purchase_cost"]
        draft.attrs["purchase_cost_cents"] = [value[0] if value else None for value in found]
        draft.attrs["currency"] = [value[1] if value else None for value in found]


def _words(sheet: Sheet, plan: Plan, draft: Draft) -> None:
    """Status, condition and ownership by their words; an unknown word is told and left out. Where a register has one
    column for status and condition, its words may say either."""
    draft.out_reasons = [""] * len(sheet)
    status, condition = _meanings(sheet, "status", status_of), _meanings(sheet, "condition", condition_of)
    if condition is None:
        condition = _meanings(sheet, "status", _condition_alone)
        _tell_unknown(sheet, plan, "status", status, condition)
    elif status is None:
        status = _meanings(sheet, "condition", _status_said)
        _tell_unknown(sheet, plan, "condition", condition, status)
    else:
        _tell_unknown(sheet, plan, "status", status)
        _tell_unknown(sheet, plan, "condition", condition)
    if status and any(status):
        draft.attrs["status"] = [found[0] if found else None for found in status]
        draft.out_reasons = [found[1] if found else "" for found in status]
    if condition and any(condition):
        draft.attrs["condition"] = condition
    ownership = _meanings(sheet, "ownership", ownership_of)
    _tell_unknown(sheet, plan, "ownership", ownership)
    if ownership is not None:
        draft.attrs["ownership"] = ownership


def _condition_alone(text: str) -> Condition | None:
    """The condition that a word says which is no status: "good", "fair"."""
    return None if status_of(text) else condition_of(text)


def _status_said(text: str) -> tuple[Status, str] | None:
    """The status that a word about the condition says; a "new" device was received long ago."""
    found = status_of(text)
    return None if found and found[0] in (Status.RECEIVED, Status.ORDERED) else found


def _meanings(sheet: Sheet, name: str, understand: Callable[[str], Any]) -> Column | None:
    texts = sheet.values.get(name)
    return None if texts is None else [understand(text) if text else None for text in texts]


def _tell_unknown(sheet: Sheet, plan: Plan, name: str, *meanings: Column | None) -> None:
    for i, text in enumerate(sheet.values.get(name) or ()):
        if text and all(found is None or found[i] is None for found in meanings):
            plan.warned.append(
                Warned(sheet.row_number(i), sheet.heading(name), text[:120], say("This word is not known here."))
            )


def _catalogue(sheet: Sheet, plan: Plan, draft: Draft) -> None:
    """Companies, types and models of every row; a row that names no kind of device at all is refused."""
    companies, types = Companies(draft.names), Types(draft.names)
    models = Models(draft.names, companies, types)
    brands, numbers = sheet.column("brand"), sheet.column("catalogue_no")
    makers, names = _makers_and_models(sheet)
    kinds, terms, texts = (
        sheet.table.sections() if "type" not in sheet.values and sections_are_types(sheet) else sheet.column("type"),
        sheet.column("gmdn_term"),
        sheet.column("description"),
    )
    identifiers = draft.attrs.get("udi_di") or [None] * len(sheet)
    type_refs: list[Ref | None] = []
    model_refs: list[Ref | None] = []
    for i, values in enumerate(zip(makers, brands, numbers, names, kinds, terms, texts, identifiers, strict=True)):
        maker_text, brand, number, model_text, kind, term, text, identifier = values
        known = models.by_di.get(identifier) if identifier else None
        said = model_text or brand or number
        if known is None and not said and not (kind or term or text):
            plan.refuse(i, Why(say("The row says neither what kind of device it is nor which model.")))
            type_refs.append(None)
            model_refs.append(None)
            continue
        if known is not None and not said:
            model = known
        else:
            maker = companies.find(maker_text or NO_MAKER, "maker")
            guess = types.find(kind or term or _short(text) or _type_of(models, maker, said))
            model = models.find(maker, said or f"? {guess.name}", guess, number or "")
        model_refs.append(model)
        named = kind or term or (None if model.parents["device_type_id"] else _short(text))
        type_refs.append(types.find(named) if named else model.parents["device_type_id"])
    draft.refs.update(device_type=type_refs, device_model=model_refs)
    for name, field_name, role in (("supplier", "supplier", "supplier"), ("provider", "service_provider", "provider")):
        if field_name in sheet.values:
            draft.refs[name] = [companies.find(text, role) if text else None for text in sheet.values[field_name]]
    _codes(sheet, draft)


def sections_are_types(sheet: Sheet) -> bool:
    """Whether the lines between the rows (or the sheets) name kinds of device and not wards."""
    names = {name for name in sheet.table.sections() if name}
    return bool(names) and 2 * sum(match_type(name).id is not None for name in names) > len(names)


def _makers_and_models(sheet: Sheet) -> tuple[Column, Column]:
    """Makers and models; taken apart where one column says both and the other is not there or empty."""
    makers, models = sheet.column("maker"), sheet.column("model")
    if "model" in sheet.values:
        pairs = [
            (split_maker(model) or (None, model)) if model and not maker else (maker, model)
            for maker, model in zip(makers, models, strict=True)
        ]
    elif "maker" in sheet.values and not {"brand", "catalogue_no"} & sheet.values.keys():
        texts = {text for text in makers if text}
        both = 2 * sum(split_maker(text) is not None for text in texts) >= len(texts)
        parted = {text: split_maker(text) or _undivided(text, both) for text in texts}
        pairs = [parted.get(text, (None, None)) for text in makers]
    else:
        return makers, models
    return [maker for maker, _model in pairs], [model for _maker, model in pairs]


def _undivided(text: str, both: bool) -> tuple[str | None, str | None]:
    """A text that begins with no maker that we know, in a column of ``both`` makers and models: a model unless it is
    one word."""
    return (None, text) if both and " " in text and not known_maker(text) else (text, None)


def _short(text: str | None) -> str:
    """A description short enough to be the name of a kind of device."""
    return text if text and len(text) <= 60 else ""


def _type_of(models: Models, maker: Ref, said: str | None) -> str:
    from wardwright.kernel.names.keys import model_key

    ref = models.by_maker.get(maker, {}).get(model_key(said)) if said else None
    kind = ref.parents["device_type_id"] if ref else None
    return kind.name if kind else NO_TYPE


def _codes(sheet: Sheet, draft: Draft) -> None:
    """Nomenclature codes belong to the type; the first one said is taken for a new type."""
    for field_name, column in _TYPE_CODES.items():
        limit = 3 if column == "fda_product_code" else 20
        for ref, code in zip(draft.refs["device_type"], sheet.column(field_name), strict=True):
            if ref is not None and code and ref.is_new and column not in ref.facts and len(code) <= limit:
                ref.facts[column] = code


def _places(sheet: Sheet, plan: Plan, draft: Draft, context: Context) -> None:
    places = Places(draft.names, default_site(plan, context))
    columns = [sheet.column(name) for name in ("site", "department", "room", "location", "building", "floor")]
    if not any(name in sheet.values for name in ("department", "location")) and not sections_are_types(sheet):
        columns[1] = sheet.table.sections()
    known = places.known
    draft.labels.update(site=known.names, department=known.department_names, room=known.room_names)
    draft.site_said = [
        bool(site or (location and split_location(location)[0]))
        for site, location in zip(columns[0], columns[3], strict=True)
    ]
    found = [places.find(*values) for values in zip(*columns, strict=True)]
    draft.refs.update(
        site=[place[0] for place in found], department=[place[1] for place in found], room=[place[2] for place in found]
    )


def default_site(plan: Plan, context: Context) -> Ref | None:
    """Where a row belongs that names no site: the session's choice, else the only or first site (said in the notes).

    Raises:
        Invalid: when the chosen site does not exist.
    """
    places = known_places()
    chosen = context.defaults.get("site_id") or places.sites.get(plain_key(context.defaults.get("site_code", "")))
    if chosen in places.names:
        return Ref("site", places.names[chosen], chosen)
    if context.defaults.get("site_code"):
        raise Invalid(
            _("There is no site “%(code)s”.") % {"code": context.defaults["site_code"]},
            _("The sites are: %(names)s.") % {"names": ", ".join(places.names.values())},
        )
    if not places.names:
        return None
    first = min(places.names)
    if len(places.names) > 1:
        plan.notes.append(say("Rows that name no site were put at “{site}”.", site=places.names[first]))
    return Ref("site", places.names[first], first)


def _quantities(sheet: Sheet, plan: Plan) -> None:
    """A row that stands for several devices gives one: without numbers of their own the others cannot be told apart."""
    for i, count in enumerate(sheet.values.get("quantity") or ()):
        if count and count > 1:
            words = say("The row stands for several devices; one was registered.")
            detail = say("It stands for {count} devices: register the others once they carry a number.", count=count)
            plan.warned.append(Warned(sheet.row_number(i), sheet.heading("quantity"), str(count), words, detail))


def _external(sheet: Sheet, draft: Draft) -> None:
    """Numbers that other systems know the device by, and the register's own risk class."""
    columns = dict(sheet.extras)
    if "risk" in sheet.values:
        columns["risk"] = sheet.values["risk"]
    if not columns:
        draft.external = [None] * len(sheet)
        return
    labels = list(columns)
    draft.external = [
        {label: value for label, value in zip(labels, values, strict=True) if value} or None
        for values in zip(*columns.values(), strict=True)
    ]
