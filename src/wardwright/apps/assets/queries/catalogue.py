"""Types and models by id, by name and by device identifier, following merges."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from wardwright.apps.directory.models import Company
from wardwright.kernel import risk
from wardwright.kernel.names.types import device_type, match_type

from ..models import DeviceModel, DeviceModelAlias, DeviceType, DeviceTypeAlias
from .keys import model_key, type_key

RISK_FIELDS = ("fs_function", "fs_risk", "fs_maintenance")


def types_in_use(by: Any) -> QuerySet[DeviceType]:
    """Device types that were not merged into another."""
    return DeviceType.objects.visible_to(by).filter(merged_into=None)


def models_in_use(by: Any) -> QuerySet[DeviceModel]:
    """Models that were not merged into another, with maker and type."""
    return DeviceModel.objects.visible_to(by).filter(merged_into=None).select_related("maker", "device_type")


def type_named(name: str) -> DeviceType | None:
    """The type of exactly this name or spelling (by key); None when there is none."""
    key = type_key(name)
    alias = DeviceTypeAlias.objects.filter(key=key).select_related("device_type__merged_into").first()
    found = alias.device_type if alias else DeviceType.objects.filter(key=key).select_related("merged_into").first()
    return found.merged_into or found if found else None


def model_named(maker: Company, name: str, catalogue_no: str = "") -> DeviceModel | None:
    """The model of exactly this name or spelling (by key) of ``maker``; None when there is none."""
    key = model_key(name)
    found = DeviceModel.objects.filter(maker=maker, key=key).select_related("merged_into", "device_type")
    exact = next((m for m in found if m.catalogue_no == catalogue_no), None) or found.first()
    if exact is None:
        alias = DeviceModelAlias.objects.filter(maker=maker, key=key).select_related(
            "device_model__merged_into", "device_model__device_type"
        )
        exact = next((a.device_model for a in alias), None)
    return exact.merged_into or exact if exact else None


def model_with_identifier(udi_di: str) -> DeviceModel | None:
    """The model that carries this UDI device identifier; None when none or more than one does."""
    found = list(DeviceModel.objects.filter(udi_di=udi_di, merged_into=None).select_related("maker", "device_type")[:2])
    return found[0] if udi_di and len(found) == 1 else None


def spellings_of_type(by: Any, kind: DeviceType) -> QuerySet[DeviceTypeAlias]:
    return DeviceTypeAlias.objects.visible_to(by).filter(device_type=kind).order_by("spelling")


def spellings_of_model(by: Any, device_model: DeviceModel) -> QuerySet[DeviceModelAlias]:
    return DeviceModelAlias.objects.visible_to(by).filter(device_model=device_model).order_by("spelling")


def _codes() -> dict[str, dict[int, str]]:
    """For each of the three scales: points → level code."""
    scales = risk.shipped_scales()
    names = {"fs_function": "function", "fs_risk": "physical_risk", "fs_maintenance": "maintenance"}
    return {
        field: {int(f.value or 0): f.key.partition(".")[2] for f in scales.levels(risk.FENNIGKOH_SMITH, scale)}
        for field, scale in names.items()
    }


def risk_of(kind: DeviceType) -> risk.RiskScore | None:
    """The Fennigkoh–Smith score of a type; None until all three attributes are known."""
    codes = _codes()
    found = {name: codes[name].get(getattr(kind, name) or 0) for name in RISK_FIELDS}
    if None in found.values():
        return None
    return risk.fennigkoh_smith(
        risk.FennigkohSmithFactors(str(found["fs_function"]), str(found["fs_risk"]), str(found["fs_maintenance"]))
    )


def risk_score_of(kind: DeviceType) -> int | None:
    """What a device of this type gets as ``risk_score``."""
    score = risk_of(kind)
    return int(score.total) if score else None


def usual_type(text: str) -> tuple[str, dict[str, Any]]:
    """The usual name of a kind of device and its proposed attributes; the text itself and none when it is not known.

    The attributes are proposals (``kernel.names``: "Wardwright default, editable"), for a person to confirm.
    """
    match = match_type(text)
    known = device_type(str(match.id)) if match.kind in ("exact", "alias", "sure") and match.id else None
    if known is None:
        return " ".join(text.split()), {}
    return known.name, {
        "fs_function": known.function_score,
        "fs_risk": known.risk_score,
        "fs_maintenance": known.maintenance_score,
        "life_support": known.life_support,
        "high_risk": known.high_risk,
        "imaging": known.imaging,
        "laser": known.laser,
        "expected_life_years": known.life_years,
    }
