"""What a device is found by, and finding it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import reduce

from django.db.models import QuerySet

from wardwright.kernel.names.fold import strip_accents

from ..models import Asset

LENGTH = 1000


def fold(text: str) -> str:
    """Lower case without accents, single spaces: how both sides of a search are compared."""
    return " ".join(strip_accents(text).casefold().split())


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
    """The parts folded into one text, without repeats."""
    return " ".join(dict.fromkeys(fold(part) for part in parts if part))[:LENGTH]


def _numbers(external_ids: object) -> Iterable[str]:
    return [str(value) for value in external_ids.values()] if isinstance(external_ids, dict) else []


def search_assets(queryset: QuerySet[Asset], text: str) -> QuerySet[Asset]:
    """The devices in which every word of ``text`` occurs."""
    words = [word for word in re.split(r"\s+", fold(text)) if word][:8]
    return reduce(lambda found, word: found.filter(search_text__contains=word), words, queryset)
