"""Files inside archives, unpacked under a budget: sizes that an archive states are not believed."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterator

from wardwright.kernel.said import say

from .model import Refused

MOST_BYTES = 1 << 29  # it is held in memory
MOST_FILES = 50_000
_PIECE = 1 << 20
_PASSED_OVER = (".sha256", ".sha512", ".asc", ".sig", ".md", ".html", ".png", ".xsd", ".yml", ".yaml", ".lock")
_LISTS = ("index.txt", "changes.csv", "provider-metadata.json", "license.txt", "readme.txt", "download.json")


def is_archive(data: bytes) -> bool:
    """A ZIP that is no workbook, or a gzip file."""
    if data.startswith(b"\x1f\x8b"):
        return True
    if not data.startswith(b"PK\x03\x04") and not data.startswith(b"PK\x05\x06"):
        return False
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return not {"[Content_Types].xml", "xl/workbook.xml", "content.xml"} & set(archive.namelist())
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        return True  # what cannot be opened is refused as an archive


def files_of(name: str, data: bytes, most: int = MOST_BYTES) -> Iterator[tuple[str, bytes] | Refused]:
    """The files of an archive that may hold notices; what cannot be unpacked is refused, and the others still come."""
    if data.startswith(b"\x1f\x8b"):
        unpacked = _gunzip(name, data, most)
        yield unpacked if isinstance(unpacked, Refused) else (name.removesuffix(".gz"), unpacked)
        return
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        yield Refused(name, say("The archive is damaged or was not wholly transferred. Fetch or copy it again."))
        return
    with archive:
        members = [one for one in archive.infolist() if _may_hold(one.filename)]
        if len(members) > MOST_FILES:
            words = say("The archive holds {n:,} files; up to {most:,} are read.", n=len(members), most=MOST_FILES)
            yield Refused(name, words)
            return
        if not members:
            yield Refused(name, say("The archive holds no file with notices (JSON, CSV, XLSX or text)."))
        for member in members:
            found = _member(archive, member, f"{name} › {member.filename}", most)
            if isinstance(found, Refused):
                yield found
                if most <= 0:
                    return
                continue
            most -= len(found)
            yield member.filename, found
            if most <= 0:
                yield Refused(name, _too_much())
                return


def _may_hold(path: str) -> bool:
    name = path.rsplit("/", 1)[-1].lower()
    hidden = name.startswith(".") or "__MACOSX/" in path or path.endswith("/")
    return not hidden and name not in _LISTS and not name.endswith(_PASSED_OVER)


def _member(archive: zipfile.ZipFile, member: zipfile.ZipInfo, where: str, most: int) -> bytes | Refused:
    if member.flag_bits & 1:
        return Refused(where, say("The file is protected by a password. Save it without one."))
    found = bytearray()
    try:
        with archive.open(member) as file:
            while piece := file.read(_PIECE):
                found += piece
                if len(found) > most:
                    return Refused(where, _too_much())
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, NotImplementedError, RuntimeError):
        return Refused(where, say("The archive is damaged or was not wholly transferred. Fetch or copy it again."))
    return bytes(found)


def _gunzip(name: str, data: bytes, most: int) -> bytes | Refused:
    engine = zlib.decompressobj(31)
    found = bytearray()
    try:
        while data and not engine.eof:
            found += engine.decompress(data, _PIECE)
            data = engine.unconsumed_tail
            if len(found) > most:
                return Refused(name, _too_much())
    except zlib.error:
        return Refused(name, say("The archive is damaged or was not wholly transferred. Fetch or copy it again."))
    if not engine.eof:
        return Refused(name, say("The archive is damaged or was not wholly transferred. Fetch or copy it again."))
    return bytes(found)


def _too_much() -> str:
    return say("The archive unpacks to more than is allowed. Take the files out and give them one by one.")
