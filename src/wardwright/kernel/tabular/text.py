"""Bytes to text: which encoding, with proof where there is proof and the better reading where there is none."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass

from wardwright.kernel.said import say

from .errors import TableError
from .vocabulary import field_words, heading_key

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_SAMPLE_BYTES = 200_000
# Tried in this order; an earlier one wins a tie.
_LEGACY = (
    "cp1252",
    "cp1250",
    "cp1251",
    "cp1254",
    "cp1256",
    "cp1258",
    "gb18030",
    "big5",
    "cp932",
    "euc_kr",
    "mac_roman",
    "cp850",
    "cp1253",
    "cp1255",
    "cp874",
    "cp866",
)
_SCRIPTS = {
    "cp1251": "\u0400-\u045f",
    "cp866": "\u0400-\u045f",
    "cp1253": "\u0370-\u03ff",
    "cp1255": "\u05d0-\u05ea",
    "cp1256": "\u0621-\u0652",
    "cp874": "\u0e01-\u0e5b",
    "gb18030": "\u4e00-\u9fff\u3000-\u303f\uff00-\uff5e",
    "big5": "\u4e00-\u9fff\u3000-\u303f\uff00-\uff5e",
    "cp932": "\u3040-\u30ff\u4e00-\u9fff",
    "euc_kr": "\uac00-\ud7a3",
}
_WEST = "àâäáãåçèéêëìíîïñòóôöõøùúûüýÿßæœÀÂÄÁÃÅÇÈÉÊËÌÍÎÏÑÒÓÔÖÕØÙÚÛÜÝŸÆŒ"
_LATIN = {
    "cp1252": _WEST,
    "mac_roman": _WEST,
    "cp850": _WEST,
    "cp1250": "áäčćďéěęíłľĺňńóôöőřŕšśťúůüűýžźżąăâîşţßÁÄČĆĎÉĚĘÍŁĽĹŇŃÓÔÖŐŘŔŠŚŤÚŮÜŰÝŽŹŻĄĂÂÎŞŢđĐ",
    "cp1254": "çğıöşüâîûÇĞİÖŞÜ" + "éèêàáóúñäß",
    "cp1258": "àáâãèéêìíòóôõùúýăđơưÀÁÂÃÈÉÊÌÍÒÓÔÕÙÚĂĐƠƯ\u0300\u0301\u0303\u0309\u0323",
}
_SIGNS = "€£¥°²³µ·©®™–—‘’“”…«»±½¼¾ºª§¿¡•\u00a0\u202f"


@dataclass(frozen=True)
class Decoded:
    """The text, the encoding it was read in, and whether that was proved (BOM, valid UTF-8) or only likely."""

    text: str
    encoding: str
    proved: bool


def decode(data: bytes, filename: str, encoding: str | None = None) -> Decoded:
    """Decode a delimited text file. Raises TableError for binary data, NUL bytes, or an encoding that does not fit."""
    chosen = (encoding, True) if encoding else detect_encoding(data)
    if chosen is None:
        raise TableError(
            "binary",
            say("This is not a text file and not a workbook that we know."),
            filename,
            say("Export the register as CSV or XLSX and try again."),
        )
    text = _decode_strict(data, chosen[0], filename)
    if "\x00" in text:
        row = text.count("\n", 0, text.index("\x00")) + 1
        raise TableError(
            "nul",
            say("There is a NUL byte in line {row}: the file is damaged or binary.", row=row),
            filename,
            say("Export it again as CSV (UTF-8) or XLSX."),
        )
    return Decoded(text, chosen[0], chosen[1])


def _decode_strict(data: bytes, encoding: str, filename: str) -> str:
    try:
        text = data.decode(encoding)
    except LookupError:
        raise TableError(
            "encoding-unknown",
            say("There is no encoding called “{encoding}”.", encoding=encoding),
            filename,
            say("Choose one of the list, for example utf-8 or cp1252."),
        ) from None
    except UnicodeError as error:
        at = getattr(error, "start", 0)
        line = data.count(b"\n", 0, at) + 1
        raise TableError(
            "encoding-wrong",
            say("Line {line} cannot be read as {encoding}.", line=line, encoding=encoding),
            filename,
            say("Choose another encoding or export the file as UTF-8."),
        ) from None
    return text[1:] if text.startswith("\ufeff") else text


def detect_encoding(data: bytes) -> tuple[str, bool] | None:
    """(encoding, proved), or None for binary data."""
    for bom, name in _BOMS:
        if data.startswith(bom):
            return name, True
    sample = data[:_SAMPLE_BYTES]
    wide = _utf16_without_bom(sample)
    if wide:
        return wide, False
    if b"\x00" in sample[:4096] or _control_share(sample) > 0.02:
        return None
    if _is_utf8(data):
        return "utf-8", True
    return _best_legacy(sample)


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _utf16_without_bom(sample: bytes) -> str | None:
    """Latin text in UTF-16 has a NUL in every second byte."""
    if len(sample) < 8:
        return None
    even, odd, half = sample[0::2].count(0), sample[1::2].count(0), len(sample) / 2
    if odd > 0.4 * half and even < 0.05 * half:
        return "utf-16-le"
    if even > 0.4 * half and odd < 0.05 * half:
        return "utf-16-be"
    return None


def _control_share(sample: bytes) -> float:
    control = len(sample) - len(sample.translate(None, bytes(set(range(32)) - {9, 10, 12, 13, 26, 27})))
    return control / max(1, len(sample))


def _best_legacy(sample: bytes) -> tuple[str, bool] | None:
    scored = [
        (score, -order, name)
        for order, name in enumerate(_LEGACY)
        if (score := _legacy_score(sample, name)) is not None
    ]
    best = max(scored, default=None)
    return (best[2], False) if best and best[0] > 0 else None


def _legacy_score(sample: bytes, encoding: str) -> float | None:
    """How much of the non-ASCII text is what people write in that encoding, plus a bonus for headings that we know."""
    text = _decode_sample(sample, encoding)
    if text is None:
        return None
    foreign = [c for c in text if ord(c) > 127]
    if not foreign:
        return 1.0
    letters = set(_LATIN[encoding]) if encoding in _LATIN else None
    script = re.compile(f"[{_SCRIPTS[encoding]}]") if encoding in _SCRIPTS else None
    good = sum(1 for c in foreign if (letters and c in letters) or (script and script.match(c)))
    signs = sum(1 for c in foreign if c in _SIGNS)
    score = (good + 0.9 * signs - 2 * (len(foreign) - good - signs)) / len(foreign)
    return (
        score + 0.5 * _known_headings(text) - 2 * _odd_neighbours(text, latin=letters is not None, count=len(foreign))
    )


def _decode_sample(sample: bytes, encoding: str) -> str | None:
    try:
        return codecs.getincrementaldecoder(encoding)("strict").decode(sample, False)
    except UnicodeDecodeError:
        return None


_LATIN_RUN = re.compile(r"[^\x00-\x7f€£°–—‘’“”®™\u00a0]{4,}")
_ALONE = re.compile(r"(?<=[A-Za-z])[^\x00-\x7f\W](?=[A-Za-z])")


def _odd_neighbours(text: str, *, latin: bool, count: int) -> float:
    """Accented Latin letters stand between plain ones; letters of another script stand together.

    The share that does not.
    """
    if latin:
        return sum(len(run) for run in _LATIN_RUN.findall(text)) / count
    return len(_ALONE.findall(text)) / count


def _known_headings(text: str) -> int:
    """How many cells of the first lines are headings in a language with letters of its own."""
    cells = re.split(r"[,;\t|\r\n]", text[:4000])
    words = field_words()
    return sum(1 for cell in cells if not cell.isascii() and heading_key(cell.strip(' "')) in words)
