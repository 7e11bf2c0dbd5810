"""``ETag``, ``If-None-Match`` and ``If-Match``: read again only what changed, write only over what was read.

A row's tag is ``"<version>-<hash of the answer>"``. For ``If-Match`` the version alone counts where a row has one: the
answer also holds names of other rows, and their change is no change of this one.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.http import parse_etags
from django.utils.translation import gettext as _

from wardwright.platform.core.edits import check_version, lock, together
from wardwright.platform.core.errors import NotFound, Refused, StaleEdit
from wardwright.platform.core.kept import row_by_number


class NotMatching(Refused):
    """The row is not any more what ``If-Match`` says; nothing was written."""

    status, code, exit_code = 412, "not-matching", 6


def missing() -> NotFound:
    """What is out of reach is answered like what is not there."""
    return NotFound(_("There is no such record, or you may not see it."))


def tag_of(body: bytes, version: int | None) -> str:
    """The ETag of an answer."""
    return f'"{"" if version is None else version}-{hashlib.blake2b(body, digest_size=6).hexdigest()}"'


def unless_known(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """``response``, or 304 when the caller has it already."""
    known = request.headers.get("If-None-Match")
    if not known:
        return response
    tag = response["ETag"]
    if not {"*", tag, f"W/{tag}"} & set(parse_etags(known)):
        return response
    unchanged = HttpResponse(status=304)
    unchanged["ETag"] = tag
    return unchanged


@contextmanager
def matched(request: HttpRequest, queryset: QuerySet, pk: int, now: Any) -> Iterator[None]:
    """The row ``pk`` of a scoped queryset, as ``If-Match`` says it is, until the block has ended.

    Args:
        now: gives the row's present ETag; asked for rows without a version.

    Raises:
        NotFound: when it is out of reach.
        NotMatching: when it is not as the header says.
    """
    if row_by_number(queryset.values("pk"), pk) is None:
        raise missing()
    wanted = request.headers.get("If-Match")
    if not wanted:
        yield
        return
    with together():
        _check(lock(queryset.model._base_manager.all(), pk), wanted, now)
        yield


def _check(row: Any, wanted: str, now: Any) -> None:
    tags = parse_etags(wanted) or [f'"{wanted.strip()}"']
    if tags == ["*"]:
        return
    if hasattr(row, "version"):
        versions = {tag.strip('"').partition("-")[0] for tag in tags if not tag.startswith("W/")}
        if str(row.version) in versions:
            return
        try:
            check_version(row, 0)
        except StaleEdit as error:
            raise NotMatching(error.message, _("Read it again, and decide.")) from None
    if now() not in tags:
        raise NotMatching(_("This is not any more what you read."), _("Read it again, and decide."))
