"""Bytes of any form to bulletins: which form, told by the content, and nothing that is read stops the rest."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import PurePath
from typing import Any

from wardwright.kernel.said import in_a_row, say
from wardwright.kernel.scope.clean import clean
from wardwright.kernel.scope.csaf import is_csaf
from wardwright.kernel.tabular.errors import TableError
from wardwright.kernel.tabular.read import read_table
from wardwright.kernel.tabular.text import decode

from . import csaf, letter, openfda
from .jsontext import LISTS, Broken, Piece, pieces, whole
from .mapped import Row, bulletins, rows_of_table
from .mapping import Mapping, MappingError, propose
from .model import Bulletin, Refused, Unfit
from .unpack import files_of, is_archive
from .values import canonical, short

MOST_BYTES = 1 << 29
_HEAD = 4096
_BINARY = (
    (b"%PDF", say("a PDF document; copy its text and paste it in as a letter")),
    (b"\x89PNG", say("a picture; type its text in as a letter")),
    (b"\xff\xd8\xff", say("a picture; type its text in as a letter")),
    (b"{\\rtf", say("an RTF document; copy its text and paste it in as a letter")),
)
_TITLE = re.compile(r"<title[^>]*>(.*?)</title", re.IGNORECASE | re.DOTALL)


class Format(StrEnum):
    """What a file is, where its content alone should not decide."""

    OPENFDA = "openfda"
    CSAF = "csaf"
    TABLE = "table"
    JSON = "json"
    LETTER = "letter"


@dataclass(frozen=True, slots=True)
class _Asked:
    """How to read: as told, or as it shows itself."""

    as_: Format | None
    mapping: Mapping | None
    today: dt.date | None


def read(
    data: bytes,
    *,
    name: str,
    as_: Format | None = None,
    mapping: Mapping | None = None,
    today: dt.date | None = None,
    join: bool = True,
) -> Iterator[Bulletin | Refused]:
    """The bulletins of one file, and what of it is refused. Never raises.

    ``name``: the file's name, for messages. ``as_`` overrules what the content shows. ``mapping``: for tables and JSON
    of other sources; without one it is proposed by the headings. ``today``: days behind it are remarked on.
    """
    return read_files([(name, data)], as_=as_, mapping=mapping, today=today, join=join)


def read_files(
    files: Iterable[tuple[str, bytes]],
    *,
    as_: Format | None = None,
    mapping: Mapping | None = None,
    today: dt.date | None = None,
    join: bool = True,
) -> Iterator[Bulletin | Refused]:
    """The bulletins of several files of one source, in their order. With ``join`` recalls and enforcement reports of
    one number come as one, at the end. A number that stands twice with other content is kept under another name."""
    asked = _Asked(as_, mapping, today)
    every = (one for name, data in files for one in _file(name, data, asked, 0))
    yield from _once(_joined(every, today) if join else every)


def _joined(every: Iterable[Bulletin | Refused], today: dt.date | None) -> Iterator[Bulletin | Refused]:
    """Recalls and enforcement reports joined. They are held back until all is read; nothing else is."""
    held: dict[str, dict[bool, Bulletin]] = {}
    for one in every:
        if isinstance(one, Refused) or one.issuer != openfda.ISSUER:
            yield one
            continue
        sides = held.setdefault(one.ref, {})
        if sides.setdefault(openfda.is_report(one), one) is not one:
            yield one  # twice the same side: looked at below
    for sides in held.values():
        yield openfda.joined(sides[False], sides[True], today) if len(sides) == 2 else next(iter(sides.values()))


def _once(every: Iterable[Bulletin | Refused]) -> Iterator[Bulletin | Refused]:
    seen: dict[str, set[str]] = {}
    for one in every:
        if isinstance(one, Refused):
            yield one
            continue
        revisions = seen.setdefault(one.ref, set())
        if one.revision in revisions:
            continue
        revisions.add(one.revision)
        if len(revisions) > 1:
            told = say("Its number stands twice in the source, with other content each time; both are kept.")
            one = replace(one, ref=f"{one.ref} #{len(revisions)}", remarks=(*one.remarks, told))
        yield one


def _file(name: str, data: bytes, asked: _Asked, depth: int) -> Iterator[Bulletin | Refused]:
    if not data.strip(b"\0 \t\r\n\xef\xbb\xbf"):
        yield Refused(name, say("The file is empty. Fetch or export it again."))
    elif len(data) > MOST_BYTES:
        told = say("The file has {size:,} MB; up to {most:,} MB are read.", size=len(data) >> 20, most=MOST_BYTES >> 20)
        yield Refused(name, told)
    elif is_archive(data):
        if depth:
            yield Refused(name, say("It is an archive within an archive. Unpack it, and give its files."))
            return
        for found in files_of(name, data):
            if isinstance(found, Refused):
                yield found
            else:
                yield from _file(f"{name} › {found[0]}", found[1], asked, 1)
    else:
        yield from _content(name, data, asked)


def _content(name: str, data: bytes, asked: _Asked) -> Iterator[Bulletin | Refused]:
    head = data[:_HEAD].lstrip(b"\xef\xbb\xbf \t\r\n")
    kind = next((told for magic, told in _BINARY if head.startswith(magic)), "")
    page = head[:400].lower().startswith((b"<!doctype html", b"<html", b"<head", b"<body"))
    workbook = data.startswith((b"PK", b"\xd0\xcf\x11\xe0"))
    if kind:
        yield Refused(name, say("This is {what}.", what=kind))
    elif head[:6].lower().startswith((b"<?xml", b"<rss", b"<feed")) and b"spreadsheet" not in head.lower():
        told = say(
            "This is XML, which is not read. Ask the source for CSV, JSON or CSAF, or paste the text in as a letter."
        )
        yield Refused(name, told, _start(data))
    elif page and asked.as_ not in (Format.LETTER, Format.TABLE) and asked.mapping is None:
        yield Refused(name, _page(data), _start(data))
    elif asked.as_ is Format.LETTER or (asked.as_ is None and _is_letter(name, head)):
        yield from _letter(name, data, asked)
    elif workbook or asked.as_ is Format.TABLE or (not head.startswith((b"{", b"[")) and not _is_json(data, asked)):
        yield from _table(name, data, asked)
    else:
        yield from _json(name, data, asked)


def _is_letter(name: str, head: bytes) -> bool:
    ending = PurePath(name.lower()).suffix
    return ending in (".txt", ".text", ".eml") and not head.startswith((b"{", b"["))


def _is_json(data: bytes, asked: _Asked) -> bool:
    if asked.as_ in (Format.JSON, Format.OPENFDA, Format.CSAF):
        return True
    return data[:64].lstrip(b"\xef\xbb\xbf\xff\xfe\0 \t\r\n")[:1] in (b"{", b"[")


def _page(data: bytes) -> str:
    title = _TITLE.search(data[: 1 << 16].decode("utf-8", "replace"))
    told = short(clean(title[1]), 120) if title else "HTML"
    return say(
        "A web page came (“{title}”) where notices were expected: an error or a log-in of the source. Try again later, "
        "or open its address in a browser.",
        title=told,
    )


def _in(name: str, place: str) -> str:
    return say("{name}, {place}", name=name, place=place)


def _start(data: bytes) -> str:
    return data[:500].decode("utf-8", "replace")


# Text ------------------------------------------------------------------------------------------------------------


def _text(name: str, data: bytes) -> str:
    """A file's text: UTF-8 with single bad signs marked, or what the signs show it to be."""
    wide = data[:4].count(0) or data.startswith((b"\xff\xfe", b"\xfe\xff"))
    encoding = json.detect_encoding(data) if wide else "utf-8"
    text = data.decode(encoding, "replace").lstrip("\ufeff")
    if "\ufffd" not in text or not text.replace("\ufffd", "").isascii():
        return text
    try:
        return decode(data.replace(b"\0", b" "), name).text
    except TableError:
        return text


def _letter(name: str, data: bytes, asked: _Asked) -> Iterator[Bulletin | Refused]:
    text = _text(name, data)
    yield from _safely(name, lambda: letter.bulletin(text, name, asked.today), text)


# Tables ----------------------------------------------------------------------------------------------------------


def _table(name: str, data: bytes, asked: _Asked) -> Iterator[Bulletin | Refused]:
    try:
        table = read_table(data, PurePath(name.rsplit("›", 1)[-1].strip()).name or "file")
    except TableError as error:
        yield Refused(name, in_a_row(error.what, error.remedy), _start(data))
        return
    for aside in table.set_aside:
        if aside.kind not in ("blank", "title") and not aside.above:
            cells = [str(cell) for cell in aside.cells if cell is not None]
            yield Refused(_in(name, say("row {n}", n=aside.row_number)), aside.reason, " | ".join(cells)[:500])
    rows = rows_of_table(table)
    if asked.mapping is None and rows and _knows(rows[0].values):
        for row in rows:
            record = {heading: cell for heading, cell in row.values.items() if cell is not None}
            yield from _record(_in(name, row.place), record, asked)
        return
    yield from _mapped(name, rows, table.headings, asked)


def _knows(record: Any) -> bool:
    """Whether a record says by its fields that it is openFDA's."""
    return isinstance(record, dict) and (openfda.is_recall(record) or openfda.is_enforcement(record))


def _mapped(
    name: str, rows: list[Row], headings: Iterable[str], asked: _Asked, *needed: Iterable[str]
) -> Iterator[Bulletin | Refused]:
    there = list(headings)
    mapping = asked.mapping or propose(there)
    try:
        mapping.check(there, *needed)
    except MappingError as error:
        wrong = _unmapped(mapping, error) if asked.mapping is None else error.args[0]
        told = say("Its columns are: {names}.", names=short(", ".join(there), 400)) if there else ""
        yield Refused(name, in_a_row(wrong, told, _what_to_do(asked)))
        return
    yield from bulletins(rows, mapping, name, asked.today)


def _unmapped(mapping: Mapping, error: MappingError) -> str:
    if not mapping.columns.get("ref"):
        return say("None of its columns is known to hold the number of a notice; without it a notice could not be "
                   "found again.")  # fmt: skip
    names_none = not any(mapping.columns.get(name) for name in ("description", "code_info", "text", "title"))
    return say("None of its columns is known to name the product.") if names_none else error.args[0]


def _what_to_do(asked: _Asked) -> str:
    if asked.mapping is None:
        return say("Add a source for this list, say there what its columns mean, and bring the file for that source.")
    return say("Bring the right file, or change what the columns of this source mean.")


# JSON ------------------------------------------------------------------------------------------------------------

_NEEDED = ("ref", "description", "text")
"""Fields that some record has to have: others are left out of JSON where they are empty."""


def _json(name: str, data: bytes, asked: _Asked) -> Iterator[Bulletin | Refused]:
    text = _text(name, data)
    if asked.mapping is not None and ("." in asked.mapping.records or "[]" in asked.mapping.records):
        yield from _deep(name, text, asked)
        return
    mapped: list[Row] = []
    headings: dict[str, None] = {}
    for piece in pieces(text, asked.mapping.records if asked.mapping else ""):
        where = _in(name, say("record {n}", n=piece.number)) if piece.number else name
        if piece.wrong:
            yield Refused(where, piece.wrong, piece.excerpt)
        elif asked.mapping is None and (_knows(piece.value) or is_csaf(piece.value)):
            yield from _record(where, piece.value, asked)
        elif piece.number and isinstance(piece.value, dict):
            mapped.append(Row(say("record {n}", n=piece.number), piece.value))
            headings |= dict.fromkeys(map(str, piece.value))
        else:
            yield from _around(where, piece, asked)
    if mapped:
        yield from _mapped(name, mapped, headings, asked, _NEEDED)


def _around(where: str, piece: Piece, asked: _Asked) -> Iterator[Bulletin | Refused]:
    """What stands around a list, or instead of one."""
    value = piece.value
    if piece.number or not isinstance(value, dict):
        yield Refused(where, say("The record is no JSON object."), str(value)[:500])
    elif isinstance(value.get("error"), dict):
        told = value["error"]
        words = short(clean(str(told.get("message") or told.get("code") or "")), 300)
        yield Refused(where, say("The source answered with an error: {words}", words=words))
    elif asked.mapping is not None and _row_like(value, asked.mapping):
        yield from bulletins([Row(say("record {n}", n=1), value)], asked.mapping, where, asked.today)
    elif not any(value.get(name) == [] for name in (*LISTS, asked.mapping.records if asked.mapping else "")):
        yield Refused(where, _what_instead(value), canonical(value)[:500])


def _row_like(value: dict[str, Any], mapping: Mapping) -> bool:
    return any(column.split(".")[0] in value for columns in mapping.columns.values() for column in columns)


def _what_instead(value: dict[str, Any]) -> str:
    if "feed" in value or "distributions" in value or "publisher" in value:
        return say("This lists advisories and is none: add its address as a source, and they are fetched.")
    if "catalogVersion" in value or "vulnerabilities" in value:
        return say("This is a catalogue of vulnerabilities; it names no products as a notice does.")
    if "partitions" in value or "results" in value:
        return say("This lists files to download and holds no notice: add its address as a source.")
    return say("It holds nothing that is known as a notice. Say with a mapping what its fields mean.")


def _deep(name: str, text: str, asked: _Asked) -> Iterator[Bulletin | Refused]:
    """JSON whose list lies deeper inside."""
    assert asked.mapping is not None
    try:
        found: list[Any] = [whole(text)]
    except Broken as error:
        yield Refused(name, error.args[0])
        return
    for step in asked.mapping.records.replace("[]", "").split("."):
        found = [one.get(step) for one in found if isinstance(one, dict)]
        found = [inner for one in found for inner in (one if isinstance(one, list) else [one])]
    rows = [Row(say("record {n}", n=n), one) for n, one in enumerate(found, 1) if isinstance(one, dict)]
    if not rows:
        yield Refused(name, say("There is no list at “{path}”, where the mapping has it.", path=asked.mapping.records))
        return
    yield from _mapped(name, rows, list(dict.fromkeys(key for row in rows for key in row.values)), asked, _NEEDED)


# What was kept -------------------------------------------------------------------------------------------------------


def read_kept(raw: str, mapping: Mapping | None = None, today: dt.date | None = None) -> Bulletin:
    """One bulletin again, from its own ``raw``. Its number may differ from what it was kept under.

    ``mapping``: that of its source, for rows of a table; without one it is proposed by their headings.

    Raises:
        Unfit: where it cannot be read (any more).
    """
    kept = json.loads(raw)
    if isinstance(kept, list):
        rows = [Row(say("row {n}", n=n), one) for n, one in enumerate(kept, 1)]
        mapping = mapping or propose(dict.fromkeys(key for one in kept for key in one))
        try:
            mapping.check()
        except MappingError as error:
            raise Unfit(error.args[0]) from None
        found = next(bulletins(rows, mapping, "", today), None)
        if isinstance(found, Bulletin):
            return found
        raise Unfit(found.words if found else say("It holds no row."))
    if set(kept) == {"recall", "enforcement"}:
        sides = [openfda.bulletin(kept[one], today) for one in ("recall", "enforcement")]
        return openfda.joined(sides[0], sides[1], today)
    if set(kept) == {"name", "text"}:
        return letter.bulletin(kept["text"], kept["name"], today)
    return (csaf.bulletin if is_csaf(kept) else openfda.bulletin)(kept, today)


# One record ------------------------------------------------------------------------------------------------------


def _record(where: str, record: dict[str, Any], asked: _Asked) -> Iterator[Bulletin | Refused]:
    reader = csaf.bulletin if is_csaf(record) else openfda.bulletin
    yield from _safely(where, lambda: reader(record, asked.today), record)


def _safely(where: str, read_one: Any, record: Any) -> Iterator[Bulletin | Refused]:
    """One record. A fault of ours costs this one only, is said as such, and the record is in the log."""
    excerpt = (record if isinstance(record, str) else canonical(record))[:500]
    try:
        yield read_one()
    except Unfit as error:
        yield Refused(where, error.args[0], excerpt)
    except Exception as error:
        told = f"{type(error).__name__}: {short(str(error), 120)}"
        yield Refused(where, say("It could not be read because of a fault in Wardwright ({error}). Report it.",
                                 error=told), excerpt)  # fmt: skip
