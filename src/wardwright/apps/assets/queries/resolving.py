"""Whatever a scanner or a camera read, as the device it means."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone

from wardwright.kernel.udi import Udi, UdiError, is_probably_udi, parse_udi
from wardwright.platform.core.words import error_words

from ..models import Asset, AssetCode
from .register import asset_tagged

MANY = 50
LONGEST = 500
#: The address on our labels, at whatever house it was printed: the code is what counts.
_ADDRESS = re.compile(r"(?:https?://[^\s/]+)?/r/([2-9a-z]{8,12})/?(?:[?#].*)?", re.IGNORECASE)
_CODE = re.compile(r"[2-9a-hjkmnp-z]{10}", re.IGNORECASE)
#: A GIAI (AI 8004) as scanned or bracketed; it has no check digit and is no UDI.
_GIAI = re.compile(r"(?:\][A-Za-z][0-9A-Za-z])?[\x1d~^]?(?:\(8004\)|8004)([!-~]{1,30})")


@dataclass
class Resolved:
    """``asset`` is the one device meant; otherwise ``candidates`` may be meant, ``more`` of them than are listed.

    ``udi`` is what a label said that was one; ``udi_error`` why a text that looks like one cannot be right.
    """

    text: str
    asset: Asset | None = None
    candidates: list[Asset] = field(default_factory=list)
    more: bool = False
    udi: Udi | None = None
    udi_error: str = ""


def resolve(by: Any, text: str) -> Resolved:
    """The device that a scanned or typed text means, within the reader's reach.

    Understood are the address or the code of our labels, a UDI (GS1, HIBCC, ICCBBA), a GIAI, an asset number, and a
    serial number, which several devices may share. Words are not: they are for the search.
    """
    given = text.replace("\x00", "")[:LONGEST]
    udi_like = is_probably_udi(given)
    found = Resolved(given.strip() if udi_like else " ".join(given.split()))
    if not found.text:
        return found
    found.asset = _coded(by, _ADDRESS.fullmatch(found.text)) or _of_giai(by, found.text)
    if found.asset is None and udi_like and _read_udi(by, found):
        return found
    if found.asset is None:
        found.asset = asset_tagged(by, found.text)
    if found.asset is None:
        _by_serial(by, found)
    if found.asset is None and not found.candidates and _CODE.fullmatch(found.text):
        found.asset = _with_code(by, found.text)
    return found


def giai_prefix() -> str:
    """The GS1 company prefix of the house; empty where it has none."""
    return str(getattr(settings, "GS1_PREFIX", ""))


def _coded(by: Any, match: re.Match[str] | None) -> Asset | None:
    return _with_code(by, match[1]) if match else None


def _with_code(by: Any, code: str) -> Asset | None:
    ids = AssetCode.objects.filter(code=code.lower(), is_active=True).values("asset_id")
    return _rows(by).filter(pk__in=ids).first()


def _of_giai(by: Any, text: str) -> Asset | None:
    match = _GIAI.fullmatch(text.strip())
    prefix = giai_prefix()
    if match is None or not prefix or not match[1].startswith(prefix):
        return None
    return asset_tagged(by, match[1][len(prefix) :])


def _read_udi(by: Any, found: Resolved) -> bool:
    """Whether the text was a UDI; then its device, or those of its identifier or serial number."""
    try:
        found.udi = parse_udi(found.text, today=timezone.localdate())
    except UdiError as error:
        found.udi_error = error_words(error)
        return False
    rows = _rows(by).filter(udi_di=found.udi.device_identifier)
    same = list(rows.filter(serial=found.udi.serial)[:2]) if found.udi.serial else []
    if len(same) == 1:
        found.asset = same[0]
        return True
    listed = same or list(rows.order_by("-id")[: MANY + 1])
    if not listed and found.udi.serial:
        listed = list(_rows(by).filter(serial=found.udi.serial, udi_di="")[:MANY])
    found.candidates, found.more = listed[:MANY], len(listed) > MANY
    return True


def _by_serial(by: Any, found: Resolved) -> None:
    rows = list(_rows(by).filter(serial=found.text).order_by("pk")[: MANY + 1])
    if len(rows) == 1:
        found.asset = rows[0]
    else:
        found.candidates, found.more = rows[:MANY], len(rows) > MANY


def _rows(by: Any) -> QuerySet[Asset]:
    return Asset.objects.visible_to(by).with_names()
