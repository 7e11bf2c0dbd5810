"""How somebody else's table or JSON becomes bulletins: proposed by its headings, corrected by a person, and saved."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from collections.abc import Mapping as AnyMapping
from dataclasses import dataclass, field
from functools import lru_cache
from importlib.resources import files
from typing import Any, get_args

from wardwright.kernel.said import say
from wardwright.kernel.tabular.dates import Order
from wardwright.kernel.tabular.vocabulary import heading_key

from .model import Kind, Severity, Status

FIELDS = (
    *("ref", "title", "kind", "issuer", "maker", "severity", "status"),
    *("published_on", "updated_on", "started_on", "ended_on", "event", "also_known_as"),
    *("reason", "action", "url", "brands", "product_codes", "cves", "description", "code_info", "text"),
)
"""What a column can say. ``description`` is which product, ``code_info`` which units, ``text`` both in prose."""
SEVERAL = ("also_known_as", "brands", "product_codes", "cves", "description", "code_info", "text", "reason", "action")
"""What several columns can say together."""
_FORM, _VERSION = "wardwright-notice-mapping", 1


class MappingError(ValueError):
    """A mapping that cannot be used; the message says what to change."""


@dataclass(frozen=True, slots=True)
class Mapping:
    """Our field → columns by their headings, or paths in a JSON record (``product.lots[].number``).

    ``constants``: our field → a value that holds for all. ``records``: the path to the list in a JSON file ("" finds
    it). ``date_order``: None decides by the dates themselves. ``words``: what the source's words for kind, severity and
    status mean, as ours.
    """

    columns: AnyMapping[str, tuple[str, ...]]
    constants: AnyMapping[str, str] = field(default_factory=dict)
    records: str = ""
    date_order: Order | None = None
    words: AnyMapping[str, str] = field(default_factory=dict)

    def plain(self) -> dict[str, Any]:
        """As JSON, for saving."""
        return {
            "mapping": _FORM,
            "version": _VERSION,
            "columns": {name: list(columns) for name, columns in self.columns.items()},
            "constants": dict(self.constants),
            "records": self.records,
            "date_order": self.date_order,
            "words": dict(self.words),
        }

    def check(self, headings: Iterable[str] | None = None, fields: Iterable[str] = FIELDS) -> None:
        """Raises MappingError where records read by it would have no number, or columns of ``fields`` are not there:
        a notice whose column for the product is gone would seem to mean nothing."""
        if not self.columns.get("ref"):
            raise MappingError(
                say("The mapping does not say which column holds the number of a notice (“ref”); without it a notice "
                    "could not be found again.")
            )  # fmt: skip
        if not any(self.columns.get(name) for name in ("description", "code_info", "text", "title")):
            raise MappingError(say("The mapping does not say which column names the product (“description”)."))
        known = {heading_key(one) for one in headings} if headings is not None else None
        named = [column for name in fields for column in self.columns.get(name, ())]
        missing = [one for one in named if known is not None and not known & {heading_key(one), heading_key(_top(one))}]
        if missing:
            raise MappingError(say("The file has no column “{name}”, which the mapping names.", name=missing[0]))


def _top(column: str) -> str:
    """Where a path begins: ``product`` of ``product.lots[].number``."""
    return column.replace("[]", "").split(".")[0]


def load_mapping(plain: Any) -> Mapping:
    """A saved mapping, or ``{our field: column}`` alone. Raises MappingError saying what is wrong with it."""
    if isinstance(plain, str | bytes):
        try:
            plain = json.loads(plain)
        except (ValueError, RecursionError):
            raise MappingError(say("The mapping is no JSON.")) from None
    if not isinstance(plain, dict):
        raise MappingError(say("A mapping is one JSON object: our field → the source's column."))
    if "mapping" not in plain:
        plain = {"columns": plain}
    elif plain.get("mapping") != _FORM or plain.get("version") != _VERSION:
        raise MappingError(say("This is no mapping of notices of version {n}.", n=_VERSION))
    order = plain.get("date_order") or None
    if order not in (None, *get_args(Order)):
        raise MappingError(say("“date_order” is day-first, month-first or nothing."))
    records = plain.get("records") or ""
    if not isinstance(records, str):
        raise MappingError(say("“{name}” is a text.", name="records"))
    columns = _columns(plain.get("columns"))
    return Mapping(columns, _constants(plain.get("constants")), records, order, _words(plain.get("words")))


def mapping_from_words(text: str) -> Mapping:
    """A mapping as a person writes it, a line for each: ``ref = Reference number``, ``description = Product + Model``,
    ``issuer: MHRA`` for what holds for all, ``“Hoch” means I`` for a word. JSON is one, too. Raises MappingError."""
    if text.lstrip().startswith("{"):
        return load_mapping(text)
    plain: dict[str, Any] = {"mapping": _FORM, "version": _VERSION, "columns": {}, "constants": {}, "words": {}}
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        if found := re.fullmatch(r"\s*[“\"](.+)[”\"]\s+means\s+(\S+)\s*", line):
            plain["words"][found[1]] = found[2]
        elif found := re.fullmatch(r"\s*(\w+)\s*=\s*(.+?)\s*", line):
            name, columns = found[1], [one.strip() for one in found[2].split(" + ")]
            target = plain if name in ("records", "date_order") else plain["columns"]
            target[name] = columns[0] if len(columns) == 1 else columns
        elif found := re.fullmatch(r"\s*(\w+)\s*:\s*(.+?)\s*", line):
            plain["constants"][found[1]] = found[2]
        else:
            raise MappingError(say("Line {n} of the mapping is none such as “ref = Reference number”.", n=number))
    return load_mapping(plain)


def mapping_to_words(mapping: Mapping) -> str:
    """The mapping as a person can change it; ``mapping_from_words`` reads it."""
    lines = [f"{name} = {' + '.join(columns)}" for name, columns in mapping.columns.items()]
    lines += [f"{name} = {value}" for name in ("records", "date_order") if (value := getattr(mapping, name))]
    lines += [f"{name}: {value}" for name, value in mapping.constants.items()]
    lines += [f"“{said}” means {meant}" for said, meant in mapping.words.items()]
    return "\n".join(lines)


def _object(plain: Any, name: str) -> dict[str, Any]:
    if plain is not None and not isinstance(plain, dict):
        raise MappingError(say("“{name}” is a JSON object.", name=name))
    return plain or {}


def _columns(plain: Any) -> dict[str, tuple[str, ...]]:
    found = {}
    for name, said in _object(plain, "columns").items():
        _known_field(name)
        columns = tuple(said) if isinstance(said, list) else (said,)
        if not all(isinstance(one, str) and one.strip() for one in columns):
            raise MappingError(say("“{name}” is a column, or a list of columns.", name=name))
        if len(columns) > 1 and name not in SEVERAL:
            raise MappingError(say("“{name}” comes from one column.", name=name))
        if columns:
            found[name] = columns
    return found


def _known_field(name: str) -> None:
    if name not in FIELDS:
        told = ", ".join(FIELDS)
        raise MappingError(say("A notice has no “{name}”; it has {names}.", name=name, names=told))


def _constants(plain: Any) -> dict[str, str]:
    constants = _object(plain, "constants")
    for name, value in constants.items():
        _known_field(name)
        if not isinstance(value, str):
            raise MappingError(say("“{name}” is a text.", name=name))
    if constants.get("kind", Kind.RECALL) not in list(Kind):
        raise MappingError(say("“kind” is one of {names}.", names=", ".join(Kind)))
    return dict(constants)


def _words(plain: Any) -> dict[str, str]:
    ours = {*Kind, *Severity, *Status}
    words = _object(plain, "words")
    for said, meant in words.items():
        if meant not in ours:
            names = ", ".join(sorted(filter(None, ours)))
            raise MappingError(say("What “{said}” means is one of {names}.", said=said, names=names))
    return {heading_key(said): meant for said, meant in words.items()}


@lru_cache(maxsize=1)
def _vocabulary() -> dict[str, tuple[str, int]]:
    """Heading key → our field, and how early it stands among the words of that field."""
    known: dict[str, tuple[str, int]] = {}
    for name, words in json.loads(files(__package__).joinpath("data/columns.json").read_text("utf-8")).items():
        for rank, word in enumerate(words):
            known.setdefault(heading_key(word), (name, rank))
    return known


def propose(headings: Iterable[str]) -> Mapping:
    """A mapping by the names of columns alone; the web address is the number where there is no other."""
    found: dict[str, list[tuple[int, str]]] = {}
    for heading in headings:
        field_, rank = _vocabulary().get(heading_key(heading.rsplit(".", 1)[-1]), ("", 0))
        if field_:
            found.setdefault(field_, []).append((rank, heading))
    columns = {
        name: tuple(heading for _, heading in (ranked if name in SEVERAL else sorted(ranked, key=lambda r: r[0])[:1]))
        for name, ranked in found.items()
    }
    if "ref" not in columns and "url" in columns:
        columns["ref"] = columns["url"]
    return Mapping({name: columns[name] for name in FIELDS if name in columns})
