"""The README of an export: every file and every column, written from the models themselves."""

from __future__ import annotations

import inspect
from collections.abc import Iterable
from typing import Any

from django.db.models import Field, ForeignKey, Model
from django.utils.translation import override

from .canon import LEFT_OUT, columns_of, kind_of

_HEAD = """# A whole house of Wardwright

This folder holds everything that was in one house at one moment, in formats that need no program of ours.
**It is as confidential as the house itself**: names of people, password hashes and token digests are in it{keys}.

| what | where |
|---|---|
| every table, one row per line (JSON, UTF-8), in the order of its key | `tables/` |
| the main registers for a spreadsheet (CSV, UTF-8); derived from the tables, not read when restoring | `registers/` |
| photos, certificates and other files, each named by the SHA-256 of its content | `files/` |
| lines that were noted beside the database, as evidence for the audit trail | `audit/` |
| names, sizes and SHA-256 of all of these, signed by the house | `manifest.json` |

Take it in again, into an empty house, with `wardwright restore FOLDER`. Without Wardwright: each line of a table is one
JSON object; a column named `…_id` holds the `id` of a row of the table that is named beside it.

## How values are written
| kind | how |
|---|---|
| text, integer, number, boolean | as JSON has them; `null` where nothing is known |
| decimal | text with all its places: `"12.50"` |
| date, time | `"2026-11-20"`, `"08:30:00.000000"` |
| moment | UTC to the microsecond: `"2026-11-20T08:30:00.000000Z"` |
| bytes | base64 |
| duration | microseconds |
| json | any JSON, keys sorted |

Names say their unit: `_cents` is the smallest unit of the currency, `_ua` microampere, `_at` a moment, `_on` a date.

Not in the folder: {left}.

## The tables
"""


def guide(models: Iterable[type[Model]], *, with_keys: bool) -> bytes:
    """The README as Markdown."""
    keys = ", and the private keys" if with_keys else "; the private keys are not"
    left = "; ".join(f"{app} ({why})" for app, why in LEFT_OUT.items())
    with override("en"):
        parts = [_HEAD.format(keys=keys, left=left), *(_table(model) for model in models)]
    return "\n".join(parts).encode()


def _table(model: type[Model]) -> str:
    rows = [f"| `{field.column}` | {kind_of(field)} | {_meaning(field)} |" for field in columns_of(model)]
    words = _words(model)
    return "\n".join(
        [
            f"### tables/{model._meta.db_table}.jsonl",
            *([words] if words else []),
            "",
            "| column | kind | meaning |",
            "|---|---|---|",
            *rows,
            "",
        ]
    )


def _words(model: type[Model]) -> str:
    text = "" if model._meta.auto_created else inspect.cleandoc(model.__doc__ or "")
    return "" if text.startswith(f"{model.__name__}(") else text  # Django's own words name the columns only


def _meaning(field: Any) -> str:
    words = []
    if isinstance(field, ForeignKey):
        words.append(f"`{field.target_field.column}` of `{field.related_model._meta.db_table}`")
    if field.primary_key:
        words.append("the row's own number" if not isinstance(field, ForeignKey) else "key")
    label = str(field.verbose_name)
    if label.replace(" ", "_") not in (field.name, field.column):
        words.append(label)
    if field.choices:
        words.append("one of " + ", ".join(f"`{value}` {label}" for value, label in _flat(field)))
    return "; ".join(words).replace("|", "\\|").replace("\n", " ")


def _flat(field: Field) -> list[tuple[Any, Any]]:
    return [(value, label) for value, label in field.flatchoices if value is not None]
