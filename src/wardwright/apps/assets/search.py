"""Finding devices by words."""

from __future__ import annotations

from django.db.models import QuerySet

from wardwright.platform.search.text import match


def search_assets(queryset: QuerySet, text: str) -> QuerySet:
    """Devices whose number, serial, type, maker, model or place has every word of ``text``."""
    return match(queryset, text)
