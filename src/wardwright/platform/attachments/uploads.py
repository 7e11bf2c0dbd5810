"""Files on their way in: looked at before they are kept, so that what is refused anyway leaves nothing behind."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from wardwright.platform.core.errors import Invalid

from .kinds import ENDINGS, HEAD_BYTES, PICTURES, DocumentKind, safe_name, sniff
from .owners import Owner
from .store import Stored, keep

_OF_PICTURES = (DocumentKind.PICTURE, DocumentKind.PHOTO)


def keep_files(by: Any, owner: Owner, row: Any, kind: str, files: Iterable[Any]) -> list[dict[str, str]]:
    """Put sent files into the store, for ``add_documents``; nothing for somebody who may not add to ``row``, whom the
    operation then refuses.

    Raises:
        Invalid: as ``check_file``, or when the store is full.
    """
    if not owner.may_add(by, row):
        return []
    wanted, given = checked_kind(owner, kind), list(files)
    for file in given:
        file.seek(0)
        check_file(owner, wanted, Stored("", sniff(file.read(HEAD_BYTES)), file.size), file.name or "")
        file.seek(0)
    return [{"sha256": keep(file.chunks()).sha256, "name": file.name or ""} for file in given]


def checked_kind(declared: Owner, kind: str) -> DocumentKind:
    if kind not in declared.kinds:
        names = ", ".join(str(one.label) for one in declared.kinds)
        words = _("Choose one of: %(names)s.") % {"names": names}
        raise Invalid(_("This kind of document does not belong here."), words, fields={"kind": words})
    return DocumentKind(kind)


def check_file(declared: Owner, kind: DocumentKind, found: Stored, name: str) -> None:
    """Refuse what is not taken. Raises Invalid with the file's name."""
    shown = safe_name(name)
    limit = min(settings.FILE_BYTES, declared.limits.get(kind, settings.FILE_BYTES))
    if not found.size_bytes:
        _refuse(_("“%(name)s” is empty.") % {"name": shown}, _("Check the file, and choose it again."))
    if kind in _OF_PICTURES and found.media_type not in PICTURES:
        _refuse(
            _("“%(name)s” is not a picture.") % {"name": shown}, _("Take a photo, or choose a JPEG, PNG or WebP file.")
        )
    if found.media_type not in ENDINGS:
        _refuse(
            _("“%(name)s” is of a kind that is not kept here.") % {"name": shown},
            _("Pictures, PDF, office files, text, DICOM and ZIP are. Put anything else into a ZIP file."),
        )
    if found.size_bytes > limit:
        size = f"{limit // 1000} kB" if limit < 1_000_000 else f"{limit // 1_000_000} MB"
        _refuse(
            _("“%(name)s” is larger than %(limit)s, the most for this kind of document.")
            % {"name": shown, "limit": size},
            _("Make it smaller and choose it again."),
        )


def _refuse(message: str, way_forward: str) -> None:
    words = f"{message} {way_forward}"
    raise Invalid(words, fields={"files": words})
