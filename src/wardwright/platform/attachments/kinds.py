"""What documents are: by their meaning as people say it, and by their content, which no name or claim overrides."""

from __future__ import annotations

import codecs
import unicodedata
from pathlib import PurePosixPath

from django.db import models
from django.utils.translation import gettext_lazy as _

HEAD_BYTES = 4096
_SIGNATURES = (
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"%PDF-", "application/pdf"),
    (b"PK\x03\x04", "application/zip"),
)
#: A browser that finds one of these may run what follows, whatever the file's first bytes say.
_MARKUP = ("<script", "<html", "<!doctype html", "<svg", "<iframe", "<body", "<object", "<embed", "<meta")

PICTURES = {"image/jpeg": "jpg", "image/png": "png", "image/webp": "webp", "image/gif": "gif"}
#: Media type → the endings its name may have; the first is given to a name that has another.
ENDINGS: dict[str, tuple[str, ...]] = {
    "image/jpeg": ("jpg", "jpeg"),
    "image/png": ("png",),
    "image/webp": ("webp",),
    "image/gif": ("gif",),
    "image/heic": ("heic", "heif"),
    "application/pdf": ("pdf",),
    "application/zip": ("zip", "docx", "xlsx", "pptx", "odt", "ods", "odp"),
    "application/dicom": ("dcm",),
    "application/xml": ("xml",),
    "text/plain": ("txt", "csv", "log", "json", "dat"),
}
#: Shown in the browser; everything else is offered for download.
INLINE = frozenset({*PICTURES, "application/pdf"})


class DocumentKind(models.TextChoices):
    PICTURE = "picture", _("picture")
    USER_MANUAL = "user_manual", _("user manual")
    SERVICE_MANUAL = "service_manual", _("service manual")
    CERTIFICATE = "certificate", _("certificate")
    CALIBRATION = "calibration", _("calibration certificate")
    REPORT = "report", _("report")
    INVOICE = "invoice", _("invoice")
    PHOTO = "photo", _("photo")
    OTHER = "other", _("other")


MANUALS = (DocumentKind.USER_MANUAL, DocumentKind.SERVICE_MANUAL)
CERTIFICATES = (DocumentKind.CERTIFICATE, DocumentKind.CALIBRATION)


def sniff(head: bytes) -> str:
    """The media type by the first bytes of the content; ``application/octet-stream`` where it is none we know.

    Markup that a browser would run is told as such (``text/html``, ``image/svg+xml``), also inside another format's
    first bytes: a file that can be read as two kinds is taken as the dangerous one.
    """
    head = head[:HEAD_BYTES]
    text = _as_text(head)
    lowered = (text if text is not None else head.decode("latin-1")).lower()
    if any(mark in lowered for mark in _MARKUP):
        return "image/svg+xml" if "<svg" in lowered and "<html" not in lowered else "text/html"
    for magic, media_type in _SIGNATURES:
        if head.startswith(magic):
            return media_type
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "image/webp"
    if head[4:8] == b"ftyp" and head[8:12] in (b"heic", b"heix", b"mif1", b"heim", b"heis"):
        return "image/heic"
    if head[128:132] == b"DICM":
        return "application/dicom"
    if text is None:
        return "application/octet-stream"
    return "application/xml" if lowered.lstrip("\ufeff \t\r\n").startswith("<?xml") else "text/plain"


def _as_text(head: bytes) -> str | None:
    """The beginning of a text (UTF-8, UTF-16 with its mark, or a code page of the West); None for anything else."""
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return codecs.getincrementaldecoder("utf-16")("replace").decode(head)
    if any(byte < 9 or (13 < byte < 32 and byte != 27) for byte in head):
        return None
    try:
        return codecs.getincrementaldecoder("utf-8")().decode(head)  # a character cut in two at the end is no fault
    except UnicodeDecodeError:
        return head.decode("cp1252", "replace")


def safe_name(name: str, media_type: str = "") -> str:
    """A file name fit to show and to offer for download: no folders, no control or direction characters.

    With ``media_type`` its last ending is one of that type: ``report.pdf.exe`` that is a PDF becomes
    ``report.pdf.exe.pdf``.
    """
    plain = unicodedata.normalize("NFC", name).replace("\\", "/").rsplit("/", 1)[-1]
    kept = "".join(c for c in plain if unicodedata.category(c)[0] != "C").strip(" .")
    endings = ENDINGS.get(media_type, ())
    if endings and PurePosixPath(kept).suffix.lstrip(".").lower() not in endings:
        kept = f"{kept[:190] or 'file'}.{endings[0]}"
    return kept[-200:] or "file"
