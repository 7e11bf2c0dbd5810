"""Why a device must not be used, in words that everybody who stands before it may read."""

from __future__ import annotations

from collections.abc import Callable

from ..models import Asset
from ..states import Status

PublicReason = Callable[[int], list[str]]
_reasons: list[PublicReason] = []
OUT_OF_USE = (Status.QUARANTINED, Status.OUT_OF_SERVICE)


def public_reason(source: PublicReason) -> PublicReason:
    """Let an app above say why a device is out of use: ``source(asset id)`` gives sentences that hold no secret."""
    _reasons.append(source)
    return source


def reasons_not_to_use(asset: Asset) -> list[str] | None:
    """None while the device may be used; else the reasons that may be public, which may be none."""
    if asset.status not in OUT_OF_USE:
        return None
    return [words for source in _reasons for words in source(asset.pk)]
