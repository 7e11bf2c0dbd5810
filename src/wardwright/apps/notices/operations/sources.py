"""Keeping sources: added, changed, asked by themselves or not. None is asked before somebody switches it on."""

from __future__ import annotations

import json
from importlib.resources import files
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from wardwright.apps.notices.models import Source
from wardwright.apps.notices.permissions import SOURCES
from wardwright.apps.notices.states import SourceKind
from wardwright.kernel.bulletins import MappingError, load_mapping
from wardwright.platform.access.scope import authorize_everywhere
from wardwright.platform.audit.operation import operation
from wardwright.platform.core.edits import apply_edit, lock
from wardwright.platform.core.errors import Invalid, NotNow
from wardwright.platform.core.values import cleaned, unique_or_invalid
from wardwright.platform.core.words import said_words
from wardwright.platform.fetching.checking import parse
from wardwright.platform.fetching.errors import Unfetched

COLUMNS = ("name", "url", "every_hours")
FETCHED = (SourceKind.OPENFDA, SourceKind.CSAF, SourceKind.LISTED)
MOST_HOURS = 24 * 31
MOST_PER_MINUTE = 240


@operation()
def load_sources(*, by: Any) -> int:
    """Add the shipped sources that are missing, switched off, and return how many; what was changed stays."""
    authorize_everywhere(by, SOURCES)
    there = set(Source.objects.values_list("name", flat=True))
    shipped = json.loads((files("wardwright.apps.notices.data") / "sources.json").read_text(encoding="utf-8"))
    return len(Source.objects.bulk_create(Source(**row) for row in shipped["sources"] if row["name"] not in there))


@operation()
def add_source(
    *,
    by: Any,
    name: str,
    kind: str,
    url: str = "",
    every_hours: int = 24,
    only: str = "",
    per_minute: int = 30,
    mapping: dict[str, Any] | None = None,
) -> Source:
    """Add a feed, switched off. ``only``: names of documents begin so (CSAF), or the set of a list of files
    (``device/recall``). ``mapping``: what the columns of a list mean (``kernel.bulletins.Mapping``).

    Raises:
        Invalid: an address that nothing is fetched from, a mapping that cannot be used, a name that is taken.
    """
    authorize_everywhere(by, SOURCES)
    if kind not in FETCHED:
        raise Invalid(
            _("A source of this kind is there already."), fields={"kind": _("Choose one that can be fetched.")}
        )
    row = Source(kind=kind)
    values = cleaned(row, {"name": name, "url": url, "every_hours": every_hours}, COLUMNS)
    row.options = _options(only, per_minute)
    row.mapping = _mapping(mapping)
    for column, value in values.items():
        setattr(row, column, value)
    _check(row)
    with unique_or_invalid(row):
        row.save(force_insert=True)
    return row


@operation()
def edit_source(
    *,
    by: Any,
    source_id: int,
    expected_version: int | None = None,
    name: str | None = None,
    url: str | None = None,
    every_hours: int | None = None,
    only: str | None = None,
    per_minute: int | None = None,
    mapping: dict[str, Any] | None = None,
) -> Source:
    """Change a feed; what is not given stays. With another address it is read from its beginning, without one it is
    switched off; what it brought so far stays as it is. Raises Invalid as ``add_source``."""
    row: Source = lock(Source.objects, source_id)
    authorize_everywhere(by, SOURCES)
    given = {"name": name, "url": url, "every_hours": every_hours}
    values = cleaned(row, {column: value for column, value in given.items() if value is not None}, COLUMNS)
    if only is not None or per_minute is not None:
        values["options"] = _options(
            str(row.options.get("only", "")) if only is None else only,
            int(row.options.get("per_minute", 30)) if per_minute is None else per_minute,
        )
    if mapping is not None:
        values["mapping"] = _mapping(mapping)
    if any(column in values and values[column] != getattr(row, column) for column in ("url", "options", "mapping")):
        values["cursor"] = {}
    if values.get("url") == "":
        values |= {"is_on": False, "next_run_at": None}
    after = Source(kind=row.kind, url=row.url, every_hours=row.every_hours)
    for column in ("url", "every_hours"):
        setattr(after, column, values.get(column, getattr(row, column)))
    _check(after)
    with unique_or_invalid(row):
        apply_edit(row, values, expected_version=expected_version)
    return row


@operation()
def resume_source(*, by: Any, source_id: int) -> Source:
    """Ask a source by itself from now on. Raises NotNow where it has no address."""
    row: Source = lock(Source.objects, source_id)
    authorize_everywhere(by, SOURCES)
    if not row.url or row.kind not in FETCHED:
        raise NotNow(_("%(name)s has no address to ask.") % {"name": row}, _("Bring its files by hand."))
    apply_edit(row, {"is_on": True, "next_run_at": timezone.now()} if not row.is_on else {})
    return row


@operation()
def pause_source(*, by: Any, source_id: int) -> Source:
    """Ask a source no more by itself. What it brought stays, and a run that goes on comes to its end."""
    row: Source = lock(Source.objects, source_id)
    authorize_everywhere(by, SOURCES)
    apply_edit(row, {"is_on": False, "next_run_at": None})
    return row


def _options(only: str, per_minute: int) -> dict[str, Any]:
    if isinstance(per_minute, bool) or not 1 <= per_minute <= MOST_PER_MINUTE:
        words = _("From 1 to %(n)s requests a minute.") % {"n": MOST_PER_MINUTE}
        raise Invalid(words, fields={"per_minute": words})
    only = only.strip()
    if len(only) > 60 or not only.isprintable():
        words = _("Give the beginning of a name, such as icsma-.")
        raise Invalid(words, fields={"only": words})
    return {**({"only": only} if only else {}), "per_minute": per_minute}


def _mapping(plain: dict[str, Any] | None) -> dict[str, Any]:
    if not plain:
        return {}
    try:
        mapping = load_mapping(plain)
        mapping.check()
    except MappingError as error:
        words = said_words(error.args[0])
        raise Invalid(words, fields={"mapping": words}) from None
    return mapping.plain()


def _check(row: Source) -> None:
    """An address that may be fetched from, and a sensible rhythm."""
    if not 1 <= row.every_hours <= MOST_HOURS:
        words = _("Ask every 1 to %(n)s hours.") % {"n": MOST_HOURS}
        raise Invalid(words, fields={"every_hours": words})
    if not row.url and row.kind == SourceKind.LISTED:
        return  # its files are brought by hand
    try:
        parse(row.url)
    except Unfetched as error:
        words = said_words(error.words)
        raise Invalid(words, fields={"url": words}) from None
