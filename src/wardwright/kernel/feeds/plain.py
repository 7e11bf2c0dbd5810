"""A file at an address: a table, JSON or one advisory, exchanged as a whole."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from urllib.parse import urlsplit

from wardwright.kernel.said import say

from .model import Ask, Cursor, Page, Plan, Unusable


def walk(ask: Ask, plan: Plan, cursor: Cursor) -> Iterator[Page]:
    """The file, where it changed."""
    answer = ask(plan.address, etag=cursor.get("etag", ""), last_modified=cursor.get("last_modified", ""))
    if answer.status == 304:
        yield Page(unchanged=True, cursor=cursor)
        return
    if answer.status != 200:
        what = say("a file of notices")
        raise Unusable(
            say("{url} answered {status} instead of {what}.", url=plan.address, status=str(answer.status), what=what)
        )
    digest = hashlib.sha256(answer.body).hexdigest()
    kept = {"etag": answer.etag, "last_modified": answer.last_modified, "digest": digest}
    if digest == cursor.get("digest"):
        yield Page(unchanged=True, cursor=kept)
        return
    yield Page(urlsplit(plan.address).path.rsplit("/", 1)[-1] or "answer", answer.body, kept)
