"""The files that openFDA offers for download (open.fda.gov/apis/downloads): ``download.json`` lists the parts of each
set; all of them are exchanged when the day of export changes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urljoin, urlsplit

from wardwright.kernel.said import say

from .model import Ask, Cursor, Page, Plan, Unusable, as_object, shrunk


def walk(ask: Ask, plan: Plan, cursor: Cursor) -> Iterator[Page]:
    """The parts of one set; ``plan.only`` names it: ``device/recall`` or ``device/enforcement``."""
    answer = ask(plan.address, etag=cursor.get("etag", ""), last_modified=cursor.get("last_modified", ""))
    if answer.status == 304:
        yield Page(unchanged=True, cursor=cursor)
        return
    exported, files, records = _set(as_object(answer, say("a list of files to download")), plan)
    if exported == cursor.get("exported") and not cursor.get("done"):
        yield Page(unchanged=True, cursor={**cursor, **_validators(answer)})
        return
    begun = cursor.get("done") if cursor.get("export") == exported else None
    done = begun if isinstance(begun, int) and 0 <= begun <= len(files) else 0
    notes = shrunk(records, cursor.get("records"), say("records"))
    last = {"exported": exported, "records": records, **_validators(answer)}
    for number, url in enumerate(files[done:], done + 1):
        part = ask(url)
        if part.status != 200:
            raise Unusable(say("{url} answered {status} instead of {what}.", url=url, status=str(part.status),
                               what=say("a file of the set")))  # fmt: skip
        kept = {**cursor, "export": exported, "done": number} if number < len(files) else last
        yield Page(urlsplit(url).path.rsplit("/", 1)[-1], part.body, kept, notes=notes if number == 1 else ())
    if not files[done:]:
        yield Page(cursor=last)


def _validators(answer: Any) -> dict[str, str]:
    return {"etag": answer.etag, "last_modified": answer.last_modified}


def _set(found: Mapping[str, Any], plan: Plan) -> tuple[str, list[str], int]:
    """Day of export, addresses of the parts, and number of records."""
    names = [name for name in (plan.only or "device/recall").split("/") if name]
    at: Any = found.get("results")
    for name in names:
        at = at.get(name) if isinstance(at, Mapping) else None
    parts = at.get("partitions") if isinstance(at, Mapping) else None
    if not isinstance(parts, list) or not isinstance(at, Mapping):
        raise Unusable(say("{url} lists no set “{name}”.", url=plan.address, name="/".join(names)))
    files = [urljoin(plan.address, one["file"]) for one in parts if isinstance(one, Mapping) and _is_name(one)]
    if not files:
        raise Unusable(say("{url} lists no file of “{name}”.", url=plan.address, name="/".join(names)))
    total = at.get("total_records")
    return str(at.get("export_date", "")), files, total if isinstance(total, int) else 0


def _is_name(part: Mapping[str, Any]) -> bool:
    return isinstance(part.get("file"), str) and bool(part["file"])
