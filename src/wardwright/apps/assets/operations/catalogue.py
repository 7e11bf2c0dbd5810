"""Device types and models, and their other spellings."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.db.models import F, QuerySet
from django.utils.translation import gettext as _

from wardwright.apps.directory.models import Company, CompanyAlias
from wardwright.apps.directory.queries import companies_in_use, company_key, company_named
from wardwright.kernel.limits import parse_applied_parts, write_applied_parts
from wardwright.kernel.names.companies import match_company
from wardwright.kernel.names.matching import Candidate
from wardwright.kernel.names.models import match_model
from wardwright.platform.access.scope import authorize, authorize_everywhere
from wardwright.platform.audit.operation import operation
from wardwright.platform.core.change import require_change
from wardwright.platform.core.edits import apply_edit, lock
from wardwright.platform.core.errors import Invalid
from wardwright.platform.core.values import cleaned, reachable, unique_or_invalid
from wardwright.platform.core.words import error_words
from wardwright.platform.events.registry import publish

from ..events import DeviceTypeChanged
from ..models import Asset, DeviceModel, DeviceModelAlias, DeviceType, DeviceTypeAlias, MergeCandidate
from ..permissions import CATALOGUE
from ..queries import (
    RISK_FIELDS,
    model_key,
    model_named,
    remembered_pairs,
    risk_score_of,
    search_text_of,
    type_key,
    type_named,
    types_in_use,
    usual_type,
)

TYPE_FIELDS = (
    "name",
    "emdn_code",
    "gmdn_code",
    "umdns_code",
    "fda_product_code",
    *RISK_FIELDS,
    "life_support",
    "high_risk",
    "imaging",
    "laser",
    "holds_data",
    "law_mandated",
    "expected_life_years",
    "icon",
)
MODEL_FIELDS = (
    "name",
    "catalogue_no",
    "udi_di",
    "electrical_class",
    "applied_parts",
    "power_requirements",
    "expected_life_years",
    "end_of_support_on",
)
RANGES = {"fs_function": (2, 10), "fs_risk": (1, 5), "fs_maintenance": (1, 5)}
CHUNK = 2000
Kind = MergeCandidate.Kind


# Types ----------------------------------------------------------------------------------------------------------


@operation()
def create_device_type(*, by: Any, name: str, values: Mapping[str, Any] | None = None) -> DeviceType:
    """A new kind of device; refused when its name is already a known spelling."""
    authorize(by, CATALOGUE)
    return _new_type(name, values or {})


def _new_type(name: str, values: Mapping[str, Any]) -> DeviceType:
    row = DeviceType()
    good = _clean_type(row, {**values, "name": name})
    _check_free_type(good["name"], None)
    for field, value in good.items():
        setattr(row, field, value)
    row.key = type_key(row.name)
    with unique_or_invalid(row):
        row.save(force_insert=True)
    return row


@operation()
def change_device_type(
    *, by: Any, device_type_id: int, values: Mapping[str, Any], expected_version: int | None = None
) -> DeviceType:
    """Change TYPE_FIELDS; new risk attributes reach every device of the type, a name given up stays as a spelling."""
    row = lock(DeviceType.objects, device_type_id)
    authorize_everywhere(by, CATALOGUE)
    good = _clean_type(row, values)
    former = row.name
    if good.get("name", former) != former:
        _check_free_type(good["name"], row)
        good["key"] = type_key(good["name"])
    with unique_or_invalid(row):
        changed = apply_edit(row, good, expected_version=expected_version)
    if "name" in changed:
        _keep_type_spelling(row, former)
        refresh_search_text(Asset.objects.filter(device_type=row))
    if set(changed) & set(RISK_FIELDS):
        score = risk_score_of(row)
        Asset.objects.filter(device_type=row).update(risk_score=score, version=F("version") + 1)
    if changed:
        publish(DeviceTypeChanged(device_type_id=row.pk, fields=",".join(changed)))
    return row


@operation()
def add_type_alias(*, by: Any, device_type_id: int, spelling: str) -> DeviceTypeAlias:
    """Another name of a type."""
    authorize_everywhere(by, CATALOGUE)
    row = lock(DeviceType.objects, device_type_id)
    _need_spelling(type_key(spelling))
    _check_free_type(spelling, None, field="spelling")
    return DeviceTypeAlias.objects.create(device_type=row, spelling=_neat(spelling), key=type_key(spelling))


def _clean_type(row: DeviceType, values: Mapping[str, Any]) -> dict[str, Any]:
    good = cleaned(row, values, TYPE_FIELDS)
    wrong = {
        name: _("Enter a whole number from %(low)s to %(high)s.") % {"low": low, "high": high}
        for name, (low, high) in RANGES.items()
        if good.get(name) is not None and not low <= good[name] <= high
    }
    if wrong:
        raise Invalid(_("A risk attribute is outside its scale."), fields=wrong)
    return good


def _check_free_type(name: str, own: DeviceType | None, *, field: str = "name") -> None:
    taken = type_named(name)
    if taken is not None and (own is None or taken.pk != own.pk):
        words = _("This is already the name or a spelling of %(name)s.") % {"name": taken.name}
        raise Invalid(words, _("Use that type."), fields={field: words})


def _keep_type_spelling(row: DeviceType, spelling: str) -> None:
    key = type_key(spelling)
    if key and key != row.key and not DeviceTypeAlias.objects.filter(key=key).exists():
        DeviceTypeAlias.objects.create(device_type=row, spelling=spelling, key=key)


# Models ---------------------------------------------------------------------------------------------------------


@operation()
def create_device_model(
    *, by: Any, maker_id: int, name: str, device_type_id: int, values: Mapping[str, Any] | None = None
) -> DeviceModel:
    """A new model of a maker; refused when its name is already a known spelling."""
    authorize(by, CATALOGUE)
    maker = reachable(companies_in_use(by), maker_id, "maker_id")
    device_type = reachable(types_in_use(by), device_type_id, "device_type_id")
    _need(maker=maker, device_type=device_type)
    return _new_model(maker, name, device_type, values or {})


def _new_model(maker: Company, name: str, device_type: DeviceType, values: Mapping[str, Any]) -> DeviceModel:
    row = DeviceModel(maker=maker, device_type=device_type)
    for field, value in _with_parts(cleaned(row, {**values, "name": name}, MODEL_FIELDS)).items():
        setattr(row, field, value)
    row.key = model_key(row.name)
    taken = model_named(maker, row.name, row.catalogue_no)
    if taken is not None and taken.catalogue_no == row.catalogue_no:
        words = _("%(maker)s %(name)s is already there.") % {"maker": maker.name, "name": taken.name}
        raise Invalid(
            words, _("Use that model, or say how they differ in the catalogue number."), fields={"name": words}
        )
    with unique_or_invalid(row):
        row.save(force_insert=True)
    if not maker.is_maker:
        apply_edit(maker, {"is_maker": True})
    return row


@operation()
def change_device_model(
    *, by: Any, device_model_id: int, values: Mapping[str, Any], expected_version: int | None = None
) -> DeviceModel:
    """Change MODEL_FIELDS, ``maker_id`` or ``device_type_id``; the devices of the model follow."""
    row = lock(DeviceModel.objects, device_model_id)
    authorize_everywhere(by, CATALOGUE)
    good = _with_parts(cleaned(row, values, (*MODEL_FIELDS, "maker_id", "device_type_id")))
    device_type = reachable(types_in_use(by), good.get("device_type_id"), "device_type_id")
    reachable(companies_in_use(by), good.get("maker_id"), "maker_id")
    former = row.name
    if "name" in good:
        good["key"] = model_key(good["name"])
    with unique_or_invalid(row):
        changed = apply_edit(row, good, expected_version=expected_version)
    if "name" in changed:
        keep_model_spelling(row, former)
    if "device_type_id" in changed and device_type is not None:
        Asset.objects.filter(device_model=row).update(
            device_type=device_type, risk_score=risk_score_of(device_type), version=F("version") + 1
        )
    if set(changed) & {"name", "catalogue_no", "maker_id", "device_type_id"}:
        refresh_search_text(Asset.objects.filter(device_model=row))
    return row


def _with_parts(values: dict[str, Any]) -> dict[str, Any]:
    """The values with the applied parts in their usual form: limits of electrical safety are looked up by them."""
    try:
        parts = parse_applied_parts(values.get("applied_parts") or "")
    except ValueError as error:
        words = error_words(error)
        raise Invalid(_("The applied parts cannot be read."), words, fields={"applied_parts": words}) from None
    return values if parts is None else {**values, "applied_parts": write_applied_parts(parts)}


@operation()
def add_model_alias(*, by: Any, device_model_id: int, spelling: str) -> DeviceModelAlias:
    """Another spelling of a model's name."""
    authorize_everywhere(by, CATALOGUE)
    row = lock(DeviceModel.objects.select_related("maker"), device_model_id)
    key = model_key(spelling)
    _need_spelling(key)
    taken = model_named(row.maker, spelling)
    if taken is not None:
        words = _("This is already the name or a spelling of %(name)s.") % {"name": taken.name}
        raise Invalid(words, _("Use that model."), fields={"spelling": words})
    return DeviceModelAlias.objects.create(device_model=row, maker_id=row.maker_id, spelling=_neat(spelling), key=key)


def keep_model_spelling(row: DeviceModel, spelling: str) -> None:
    """Within a change: ``spelling`` leads to ``row`` from now on, if it leads nowhere yet."""
    key = model_key(spelling)
    if key and key != row.key and not DeviceModelAlias.objects.filter(maker_id=row.maker_id, key=key).exists():
        DeviceModelAlias.objects.create(device_model=row, maker_id=row.maker_id, spelling=spelling, key=key)


# By names -------------------------------------------------------------------------------------------------------


def find_or_make_model(
    by: Any, *, maker: str, name: str, type_name: str, catalogue_no: str = "", udi_di: str = ""
) -> DeviceModel:
    """Within a change: the model of these names; what is not there yet is made (which needs CATALOGUE).

    Raises:
        Invalid: naming the entry that is missing.
    """
    require_change()
    _need(maker=maker.strip(), model=name.strip())
    company = company_named(maker)
    found = model_named(company, name, catalogue_no) if company else None
    if found is not None:
        return found
    _need(device_type=type_name.strip())
    authorize(by, CATALOGUE)
    company = company or _new_maker(maker)
    device_type = _type_for(type_name)
    known = dict(DeviceModel.objects.filter(maker=company, merged_into=None).values_list("name", "pk"))
    alike = match_model(name, known).candidates
    row = _new_model(company, name, device_type, {"catalogue_no": catalogue_no, "udi_di": udi_di})
    ask_about(Kind.MODEL, row, alike, {pk: sibling for sibling, pk in known.items()})
    return row


def _new_maker(text: str) -> Company:
    """A maker under its usual name; whatever resembles it goes to the merge queue."""
    known = dict(Company.objects.filter(merged_into=None).values_list("name", "pk"))
    match = match_company(text, known)
    row = Company(is_maker=True, key=company_key(match.name))
    row.name = cleaned(row, {"name": _neat(match.name)}, ("name",))["name"]
    with unique_or_invalid(row):
        row.save(force_insert=True)
    if company_key(text) != row.key:
        CompanyAlias.objects.create(company=row, spelling=_neat(text), key=company_key(text))
    ask_about(Kind.COMPANY, row, match.candidates, {pk: name for name, pk in known.items()})
    return row


def _type_for(text: str) -> DeviceType:
    """The type of this name; a usual one is made with its usual name and risk attributes."""
    found = type_named(text)
    if found is not None:
        return found
    name, values = usual_type(text)
    row = type_named(name) or _new_type(name, values)
    _keep_type_spelling(row, _neat(text))
    return row


def ask_about(kind: str, row: Any, candidates: Iterable[Candidate], names: Mapping[int, str]) -> None:
    """Within a change: put a new row's look-alikes into the merge queue; ``names`` are those of the rows there are."""
    names = {**names, row.pk: row.name}
    known = remembered_pairs(kind)
    pairs = {_pair(candidate.id, row.pk): candidate for candidate in list(candidates)[:3] if candidate.id in names}
    MergeCandidate.objects.bulk_create(
        MergeCandidate(
            kind=kind,
            left_id=left,
            right_id=right,
            left_name=names[left][:200],
            right_name=names[right][:200],
            score=round(candidate.score),
            why=candidate.why,
        )
        for (left, right), candidate in pairs.items()
        if (left, right) not in known
    )


def _pair(one: Any, other: int) -> tuple[int, int]:
    return min(int(one), other), max(int(one), other)


def _need(**entries: Any) -> None:
    words = {
        "maker": _("Enter the maker."),
        "model": _("Enter the model."),
        "device_type": _("Enter or choose the device type."),
    }
    wrong = {name: words[name] for name, entry in entries.items() if not entry}
    if wrong:
        raise Invalid(" ".join(wrong.values()), fields=wrong)


def _need_spelling(key: str) -> None:
    if not key:
        raise Invalid(_("Enter the other spelling."), fields={"spelling": _("Enter the other spelling.")})


def _neat(text: str) -> str:
    return " ".join(text.split())[:160]


def refresh_search_text(assets: QuerySet[Asset]) -> int:
    """Within a change: write anew what these devices are found by, in chunks; returns how many differed."""
    require_change()
    written = 0
    last = 0
    while True:
        rows = list(
            assets.filter(pk__gt=last).select_related("device_model__maker", "device_type").order_by("pk")[:CHUNK]
        )
        if not rows:
            return written
        last = rows[-1].pk
        stale = [row for row in rows if row.search_text != search_text_of(row)]
        for row in stale:
            row.search_text = search_text_of(row)
        Asset.objects.bulk_update(stale, ["search_text"], batch_size=500)
        written += len(stale)
