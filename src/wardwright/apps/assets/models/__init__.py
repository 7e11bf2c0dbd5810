"""Device types, models and their spellings, devices and where they have been."""

from .catalogue import CatalogueQuerySet, DeviceModel, DeviceModelAlias, DeviceType, DeviceTypeAlias
from .codes import AssetCode
from .counts import CountLine, CycleCount, NotLocated
from .devices import Asset, AssetMove, AssetQuerySet, OfAssetQuerySet, StatusPeriod
from .disposal import Disposal
from .labels import LabelFormat
from .merging import MergeCandidate

__all__ = [
    "Asset",
    "AssetCode",
    "AssetMove",
    "AssetQuerySet",
    "CatalogueQuerySet",
    "CountLine",
    "CycleCount",
    "DeviceModel",
    "DeviceModelAlias",
    "DeviceType",
    "DeviceTypeAlias",
    "Disposal",
    "LabelFormat",
    "MergeCandidate",
    "NotLocated",
    "OfAssetQuerySet",
    "StatusPeriod",
]
