"""Looking into a workbook's container before a parser opens it: what it really is, and whether it is a bomb.

A zip member may claim any size, and one cell at XFD1048576 makes a parser allocate the whole sheet, so members are
inflated here in
small pieces under a budget and cell addresses are checked on the way.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Iterator

from wardwright.kernel.said import say

from .errors import TableError
from .table import ReadOptions

_OLE = bytes.fromhex("d0cf11e0a1b11ae1")
_PIECE = 1 << 20
_OVERLAP = 512
_MAX_MEMBERS = 10_000
_KNOWN = (
    (b"%PDF", say("a PDF document")),
    (b"\x89PNG", say("a PNG picture")),
    (b"\xff\xd8\xff", say("a JPEG picture")),
    (b"GIF8", "a GIF picture"),
    (b"\x1f\x8b", say("a gzip archive")),
    (b"7z\xbc\xaf", say("a 7-Zip archive")),
    (b"Rar!", say("a RAR archive")),
    (b"MZ", say("a program")),
    (b"\x7fELF", say("a program")),
    (b"SQLite format 3", say("a SQLite database")),
    (b"{\\rtf", say("an RTF document")),
    (b"BZh", say("a bzip2 archive")),
)
# The first finds a suspect address fast; the second looks at the whole cell (an empty one does no harm).
_FAR_ADDRESS = re.compile(rb"r\s*=\s*[\"'](?:[A-Z]{3}|[A-Z]{1,2}\d{6})")
_FAR_CELL = re.compile(
    rb"<(?:\w+:)?c\s(?:[^>]*?\s)?r\s*=\s*[\"'](?:([A-Z]{3,})\d+|[A-Z]{1,2}(\d{6,}))[\"'][^>]*(?<!/)>"
)
_FAR_COLUMN_REPEAT = re.compile(rb"number-columns-repeated=\"(\d{4,})\"[^>]*?value-type")
_FAR_ROW_REPEAT = re.compile(
    rb"<table:table-row[^>]*number-rows-repeated=\"(\d{3,})\"[^>]*>(?:(?!</table:table-row>).)*?value-type", re.DOTALL
)


def container_kind(data: bytes, filename: str) -> str:
    """xlsx, xls, ods, html or csv (= any text). Raises TableError for what can be named and not read."""
    if not data.strip():
        raise TableError(
            "empty", say("The file is empty."), filename, say("Export the register again and check that it has rows.")
        )
    if data.startswith(_OLE):
        return _ole_kind(data, filename)
    if data.startswith(b"PK"):
        return _zip_kind(data, filename)
    for magic, name in _KNOWN:
        if data.startswith(magic):
            raise TableError(
                "not-a-table",
                say("This is {name}, not a table.", name=name),
                filename,
                say("Export the register as CSV or XLSX."),
            )
    return "html" if _is_page(data, filename) else "csv"


def _is_page(data: bytes, filename: str) -> bool:
    """Whether the file is a web page; XML of another kind is refused."""
    head = data[:2048].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if head.startswith((b"<html", b"<!doctype html", b"<table", b"<meta", b"<style", b"<head", b"<body", b"<div")):
        return True
    if head.startswith(b"<?xml") and b"<" in head[5:]:
        if b"<html" in head:
            return True
        raise TableError(
            "markup",
            say("This is an XML file saved under another name."),
            filename,
            say("Open it in a spreadsheet program and save it as XLSX or CSV."),
        )
    return False


def _ole_kind(data: bytes, filename: str) -> str:
    if "EncryptedPackage".encode("utf-16-le") in data:
        raise TableError(
            "encrypted",
            say("The workbook is protected by a password."),
            filename,
            say("Save a copy without the password and try again."),
        )
    if "WordDocument".encode("utf-16-le") in data:
        raise TableError(
            "not-a-table",
            say("This is a Word document, not a table."),
            filename,
            say("Copy the table into a spreadsheet and save it as XLSX."),
        )
    return "xls"


def _zip_kind(data: bytes, filename: str) -> str:
    names = {info.filename for info in _members(data, filename)}
    if "xl/workbook.xml" in names:
        return "xlsx"
    if "xl/workbook.bin" in names:
        raise TableError(
            "xlsb", say("This is a binary workbook (XLSB)."), filename, say("Save it as XLSX and try again.")
        )
    if "content.xml" in names and "mimetype" in names:
        return _ods_kind(data, filename)
    if "word/document.xml" in names:
        raise TableError(
            "not-a-table",
            say("This is a Word document, not a table."),
            filename,
            say("Copy the table into a spreadsheet and save it as XLSX."),
        )
    raise TableError(
        "zip-not-workbook",
        say("This is a zip archive, not a workbook."),
        filename,
        say("Unpack it and choose the CSV or XLSX file inside."),
    )


def _ods_kind(data: bytes, filename: str) -> str:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        manifest = "META-INF/manifest.xml"
        info = archive.NameToInfo.get(manifest)
        if info and info.file_size < _PIECE and b"encryption-data" in b"".join(_inflate(data, info, filename, _PIECE)):
            raise TableError(
                "encrypted",
                say("The workbook is protected by a password."),
                filename,
                say("Save a copy without the password and try again."),
            )
    return "ods"


def _members(data: bytes, filename: str) -> list[zipfile.ZipInfo]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        raise TableError(
            "truncated",
            say("The workbook is damaged or was not completely transferred."),
            filename,
            say("Copy or export it again."),
        ) from None
    if len(members) > _MAX_MEMBERS:
        raise TableError(
            "zip-bomb",
            say("The archive holds {count:,} parts.", count=len(members)),
            filename,
            say("Export the register again as CSV."),
        )
    return members


def inspect_archive(data: bytes, filename: str, options: ReadOptions) -> None:
    """Inflate every part once under a budget and check cell addresses.

    Raises TableError for bombs and damaged parts.
    """
    budget = options.max_unpacked_bytes
    for info in _members(data, filename):
        if info.flag_bits & 1:
            raise TableError(
                "encrypted",
                say("The workbook is protected by a password."),
                filename,
                say("Save a copy without the password and try again."),
            )
        watched = info.filename.startswith("xl/worksheets/") or info.filename == "content.xml"
        tail = b""
        for piece in _inflate(data, info, filename, budget):
            budget -= len(piece)
            if watched:
                _check_addresses(tail + piece, filename, options)
                tail = piece[-_OVERLAP:]


def _inflate(data: bytes, info: zipfile.ZipInfo, filename: str, budget: int) -> Iterator[bytes]:
    """The real contents of one part in pieces; the sizes written in the archive are not believed."""
    offset = info.header_offset
    if data[offset : offset + 4] != b"PK\x03\x04":
        raise _damaged(info, filename)
    start = (
        offset
        + 30
        + int.from_bytes(data[offset + 26 : offset + 28], "little")
        + int.from_bytes(data[offset + 28 : offset + 30], "little")
    )
    packed = data[start : start + info.compress_size]
    if info.compress_type == zipfile.ZIP_STORED:
        pieces: Iterator[bytes] = iter([packed])
    elif info.compress_type == zipfile.ZIP_DEFLATED:
        pieces = _deflated(packed, info, filename)
    else:
        raise TableError(
            "zip-method",
            say("The part “{filename}” is packed in a way that workbooks do not use.", filename=info.filename),
            filename,
            say("Save it as XLSX again."),
        )
    total = 0
    for piece in pieces:
        total += len(piece)
        if total > budget:
            raise TableError(
                "zip-bomb",
                say("The workbook unpacks to more than is allowed."),
                filename,
                say("Delete unused sheets and pictures, or export the register as CSV."),
            )
        yield piece


def _deflated(packed: bytes, info: zipfile.ZipInfo, filename: str) -> Iterator[bytes]:
    engine = zlib.decompressobj(-15)
    try:
        while packed and not engine.eof:
            piece = engine.decompress(packed, _PIECE)
            packed = engine.unconsumed_tail
            yield piece
    except zlib.error:
        raise _damaged(info, filename) from None
    if not engine.eof:
        raise _damaged(info, filename)


def _damaged(info: zipfile.ZipInfo, filename: str) -> TableError:
    return TableError(
        "truncated",
        say("The part “{filename}” of the workbook is damaged.", filename=info.filename),
        filename,
        say("Copy or export the file again."),
    )


def _check_addresses(xml: bytes, filename: str, options: ReadOptions) -> None:
    for match in _FAR_CELL.finditer(xml) if _FAR_ADDRESS.search(xml) else ():
        letters, digits = match.groups()
        if letters and _column_number(letters) > options.max_columns:
            raise _too_wide(say("a cell in column {letters}", letters=letters.decode()), filename, options)
        if digits and _number(digits) > options.max_rows:
            raise _too_long(filename, options)
    if b"-repeated" not in xml:
        return
    if any(_number(m.group(1)) > options.max_columns for m in _FAR_COLUMN_REPEAT.finditer(xml)):
        raise _too_wide(say("a cell repeated over more columns"), filename, options)
    if sum(_number(m.group(1)) for m in _FAR_ROW_REPEAT.finditer(xml)) > options.max_rows:
        raise _too_long(filename, options)


def _number(digits: bytes) -> int:
    """What the digits say; as large as any limit where they are more than Python reads."""
    told = digits.lstrip(b"0")
    return int(told or b"0") if len(told) < 10 else 10**9


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def _too_wide(what: str, filename: str, options: ReadOptions) -> TableError:
    return TableError(
        "too-wide",
        say("There is {what}; up to {max_columns:,} columns can be read.", what=what, max_columns=options.max_columns),
        filename,
        say("Delete the columns to the right of the register and save it again."),
    )


def _too_long(filename: str, options: ReadOptions) -> TableError:
    return TableError(
        "too-many-rows",
        say("There are cells below row {max_rows:,}.", max_rows=options.max_rows),
        filename,
        say("Delete the rows below the register, or split it into several files."),
    )
