"""Giving a stored file to a browser without letting it run anything."""

from __future__ import annotations

from django.http import FileResponse

from .kinds import INLINE
from .models import Attachment
from .store import open_checked

#: Whatever the bytes are, they load nothing, run nothing and have no origin.
POLICY = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; sandbox"


def file_response(row: Attachment, *, download: bool = False, cache: str = "private, max-age=86400") -> FileResponse:
    """The file, checked against its hash. Pictures and PDF open in the browser; anything else is for download only.

    Raises:
        NotFound: it is gone from the store. Damaged: its bytes have changed.
    """
    inline = row.media_type in INLINE and not download
    response = FileResponse(
        open_checked(row.sha256),
        as_attachment=not inline,
        filename=row.name,
        content_type=row.media_type if row.media_type in INLINE else "application/octet-stream",
    )
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = POLICY
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    response["Cache-Control"] = f"{cache}, immutable"
    return response
