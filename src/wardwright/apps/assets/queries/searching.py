"""What a device is found by, and finding it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet

from wardwright.platform.core.keyset import Page, keyset_page
from wardwright.platform.search.matching import match
from wardwright.platform.search.text import normalise

from ..models import Asset

LENGTH = 1000


#: The columns of a device that its search text is made of.
SEARCHED = frozenset(["tag", "serial", "description", "lot", "udi_di", "external_ids", "device_model", "device_type"])


def search_text_of(asset: Asset) -> str:
    """Everything ``asset`` is found by. Reads its model, maker and type, so have them at hand (no query per row).

    Every write of a device goes through this, bulk import included.
    """
    model = asset.device_model
    return joined(
        asset.tag,
        asset.serial,
        asset.device_type.name,
        model.maker.name,
        model.name,
        model.catalogue_no,
        asset.description,
        asset.lot,
        asset.udi_di,
        *_numbers(asset.external_ids),
    )


def joined(*parts: str) -> str:
    """The parts normalised into one text, each part once."""
    return " ".join(dict.fromkeys(normalise(part) for part in parts if part))[:LENGTH].strip()


def fold(text: str) -> str:
    """``text`` as it is compared in a search."""
    return normalise(text)


def _numbers(external_ids: object) -> Iterable[str]:
    return [str(value) for value in external_ids.values()] if isinstance(external_ids, dict) else []


def search_assets(queryset: QuerySet[Asset], text: str) -> QuerySet[Asset]:
    """The devices whose number, serial, type, maker or model has every word of ``text``."""
    return match(queryset, text)


def newest_found(queryset: QuerySet[Asset], text: str, most: int) -> Page:
    """The newest of those devices; with a next page if there are more than ``most``."""
    return keyset_page(search_assets(queryset, text), "-id", size=most)


def few_found(by: Any, text: str, most: int = 50) -> list[int]:
    """The devices within reach that have every word, if they are few enough to ask what belongs to them; else none."""
    page = keyset_page(search_assets(Asset.objects.visible_to(by), text), "-id", size=most, columns=["id"])
    return [] if page.next_cursor else [row["id"] for row in page.rows]


def all_found(text: str) -> QuerySet:
    """The numbers of all devices that have every word: for rows of devices that are within reach already."""
    return match(Asset.objects.all(), text).values("pk")
