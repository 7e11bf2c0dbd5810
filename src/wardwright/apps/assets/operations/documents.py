"""Whose documents the register keeps: devices, their models (manuals) and their types (the picture everybody sees)."""

from __future__ import annotations

from typing import Any

from wardwright.platform.attachments.models import DocumentKind as Kind
from wardwright.platform.attachments.owners import owner

from ..models import Asset, DeviceModel, DeviceType
from ..permissions import CATALOGUE, CHANGE, VIEW

PICTURE_BYTES = 300_000  # of a type: it goes to any phone that scans a label, and nothing here can make it smaller


def _of_model(asset: Any) -> list[tuple[str, int]]:
    return [(MODEL_DOCUMENTS.key, asset.device_model_id)]


ASSET_DOCUMENTS = owner(
    "asset", Asset, view=VIEW, add=CHANGE, subject="pk", beside=_of_model,
    kinds=(Kind.CERTIFICATE, Kind.CALIBRATION, Kind.REPORT, Kind.INVOICE, Kind.PHOTO, Kind.USER_MANUAL,
           Kind.SERVICE_MANUAL, Kind.OTHER),
)  # fmt: skip
MODEL_DOCUMENTS = owner(
    "device-model", DeviceModel, view=VIEW, add=CATALOGUE, shared=True,
    kinds=(Kind.USER_MANUAL, Kind.SERVICE_MANUAL, Kind.PICTURE, Kind.CERTIFICATE, Kind.REPORT, Kind.OTHER),
)  # fmt: skip
TYPE_DOCUMENTS = owner(
    "device-type", DeviceType, view=VIEW, add=CATALOGUE, shared=True,
    kinds=(Kind.PICTURE, Kind.REPORT, Kind.OTHER), one_of=frozenset({Kind.PICTURE}),
    limits={Kind.PICTURE: PICTURE_BYTES},
)  # fmt: skip
