"""Device types, models and their spellings, devices and where they have been."""

from .catalogue import CatalogueQuerySet, DeviceModel, DeviceModelAlias, DeviceType, DeviceTypeAlias
from .codes import AssetCode
from .devices import Asset, AssetMove, AssetQuerySet, OfAssetQuerySet, StatusPeriod
from .merging import MergeCandidate

__all__ = [
    "Asset",
    "AssetCode",
    "AssetMove",
    "AssetQuerySet",
    "CatalogueQuerySet",
    "DeviceModel",
    "DeviceModelAlias",
    "DeviceType",
    "DeviceTypeAlias",
    "MergeCandidate",
    "OfAssetQuerySet",
    "StatusPeriod",
]
