"""The codes on labels that anybody may scan."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from typing import Any

from wardwright.platform.access.scope import authorize
from wardwright.platform.audit.operation import operation

from ..models import AssetCode
from ..permissions import CHANGE
from .moving import lock_assets

ALPHABET = "23456789abcdefghjkmnpqrstvwxyz"  # without what is easily mistaken for something else
LENGTH = 10  # 30 to the 10th: nobody finds a device by trying


@operation()
def give_codes(*, by: Any, asset_ids: Iterable[int]) -> dict[int, str]:
    """The code of each device, made where there is none yet: asset id → code."""
    rows = lock_assets(asset_ids)
    for row in rows:
        authorize(by, CHANGE, row)
    ids = [row.pk for row in rows]
    known = dict(AssetCode.objects.filter(asset_id__in=ids, is_active=True).values_list("asset_id", "code"))
    new = [AssetCode(asset_id=pk, code=new_code()) for pk in ids if pk not in known]
    AssetCode.objects.bulk_create(new)
    return known | {code.asset_id: code.code for code in new}


@operation(needs_reason=True)
def replace_code(*, by: Any, asset_id: int, reason: str) -> AssetCode:
    """A new code for a device whose label was lost or copied; the old one no longer leads anywhere."""
    (row,) = lock_assets([asset_id])
    authorize(by, CHANGE, row)
    AssetCode.objects.filter(asset=row, is_active=True).update(is_active=False)
    return AssetCode.objects.create(asset=row, code=new_code())


def new_code() -> str:
    """A random code."""
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))
