"""CSAF providers (OASIS CSAF 2.0, section 7): ``provider-metadata.json`` leads to ROLIE feeds (RFC 8322) or to folders
with ``changes.csv`` or ``index.txt``. Documents are fetched that are new or have another date than when last fetched,
and checked against their SHA-256 where one is offered."""

from __future__ import annotations

import csv
import datetime as dt
import hashlib
import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin, urlsplit

from wardwright.kernel.said import say

from .model import Answer, Ask, Cursor, NoAnswer, Page, Plan, Unusable, as_object, shrunk

WELL_KNOWN = "/.well-known/csaf/provider-metadata.json"
OPEN = ("WHITE", "CLEAR", "UNLABELED", "")
MOST_MISSED = 3  # documents in a row that did not come: it is the source then
EVERY = 20  # documents between two places from which a run can go on
_PATH = re.compile(r"[\w.+~%-]+(?:/[\w.+~%-]+)*\.json\Z", re.IGNORECASE)
_DIGEST = re.compile(rb"\b([0-9a-fA-F]{64})\b")


@dataclass(frozen=True, slots=True)
class Document:
    """A document that a listing names: its address, when the listing says it changed, and where its digest is."""

    url: str
    changed: str
    digest_url: str = ""


@dataclass(slots=True)
class _Listings:
    """What the listings say, and what became of them."""

    documents: dict[str, Document]
    validators: dict[str, dict[str, str]]
    asked: int = 0
    unchanged: int = 0


def walk(ask: Ask, plan: Plan, cursor: Cursor) -> Iterator[Page]:
    """Documents that changed, oldest change first."""
    listings = _listings(ask, plan, cursor)
    if listings.asked and listings.asked == listings.unchanged:
        yield Page(unchanged=True, cursor=cursor)
        return
    seen: dict[str, str] = dict(cursor.get("seen") or {})
    documents = listings.documents
    full_on = _day(cursor.get("full_on"))
    again = full_on is None or (plan.today - full_on).days >= plan.full_days
    due = [one for one in documents.values() if seen.get(one.url) != one.changed or (again and not one.changed)]
    notes = shrunk(len(documents), cursor.get("listed"), say("documents")) if not listings.unchanged else ()
    hashes = _Hashes(ask)
    trouble, missed = False, 0
    for number, one in enumerate(sorted(due, key=lambda document: (document.changed, document.url)), 1):
        try:
            page = _document(ask, one, hashes)
            missed = 0
        except NoAnswer as error:
            missed += error.again
            if error.wait_seconds or missed == MOST_MISSED:
                raise
            page = Page(refused=((one.url, error.words),))
        if not page.refused:
            seen[one.url] = one.changed
        trouble = trouble or bool(page.refused)
        keep = {**cursor, "seen": dict(seen)} if number % EVERY == 0 else None
        yield Page(page.name, page.data, keep, page.refused, notes if number == 1 else ())
    # With a document that could not be had the listing is asked for in full again.
    last: Cursor = {"seen": seen, "listings": {} if trouble else listings.validators}
    last["full_on"] = plan.today.isoformat() if again or full_on is None else full_on.isoformat()
    last["listed"] = cursor.get("listed") if listings.unchanged else len(documents)
    yield Page(cursor=last, unchanged=not due, notes=() if due else notes)


def _day(value: object) -> dt.date | None:
    """Of an earlier run; None where there was none."""
    try:
        return dt.date.fromisoformat(str(value))
    except ValueError:
        return None


def _document(ask: Ask, one: Document, hashes: _Hashes) -> Page:
    name = urlsplit(one.url).path.rsplit("/", 1)[-1]
    for _attempt in (1, 2):
        answer = ask(one.url)
        if answer.status != 200:
            return Page(name, refused=((one.url, say("It is listed, and the source answered {status} for it.",
                                                      status=str(answer.status))),))  # fmt: skip
        expected = hashes.of(one)
        if not expected or hashlib.sha256(answer.body).hexdigest() == expected:
            return Page(name, answer.body)
    told = say("Its SHA-256 is not the one that the source gives, so it was not taken. The next run fetches it again.")
    return Page(name, refused=((one.url, told),))


class _Hashes:
    """Digests of documents; a folder that has none is not asked for the next."""

    def __init__(self, ask: Ask) -> None:
        self.ask, self.none = ask, 0

    def of(self, one: Document) -> str:
        guessed = not one.digest_url
        if guessed and self.none >= 2:
            return ""
        answer = self.ask(one.digest_url or f"{one.url}.sha256")
        found = _DIGEST.search(answer.body[:1000]) if answer.status == 200 else None
        if guessed:
            self.none = 0 if found else self.none + 1
        return found[1].decode().lower() if found else ""


# Listings --------------------------------------------------------------------------------------------------------


def _listings(ask: Ask, plan: Plan, cursor: Cursor) -> _Listings:
    found = _Listings({}, dict(cursor.get("listings") or {}))
    address = plan.address
    if address.endswith((".csv", "index.txt")):
        _folder(ask, plan, found, address.rsplit("/", 1)[0] + "/", [address])
        return found
    if urlsplit(address).path in ("", "/"):
        address = urljoin(address, WELL_KNOWN)
    metadata = as_object(ask(address), say("the metadata of a CSAF provider"))
    if isinstance(metadata.get("feed"), Mapping):  # the address of a ROLIE feed itself
        _entries(metadata["feed"], address, plan, found)
        found.asked = 1
        return found
    feeds, folders = _distributions(metadata, address)
    if not feeds and not folders:
        raise Unusable(say("{url} names no feed and no folder that is open to everybody.", url=address))
    if feeds:
        for feed in feeds:
            _feed(ask, plan, found, feed)
    else:
        for folder in folders:
            base = folder if folder.endswith("/") else f"{folder}/"
            _folder(ask, plan, found, base, [urljoin(base, "changes.csv"), urljoin(base, "index.txt")])
    return found


def _distributions(metadata: Mapping[str, Any], address: str) -> tuple[list[str], list[str]]:
    """Addresses of ROLIE feeds and of folders; what is not for everybody is left out."""
    feeds, folders = [], []
    distributions = metadata.get("distributions")
    for one in distributions if isinstance(distributions, list) else []:
        if not isinstance(one, Mapping):
            continue
        rolie = one.get("rolie")
        listed = rolie.get("feeds") if isinstance(rolie, Mapping) else None
        for feed in listed if isinstance(listed, list) else []:
            if isinstance(feed, Mapping) and isinstance(feed.get("url"), str) and _is_open(feed):
                feeds.append(urljoin(address, feed["url"]))
        if isinstance(one.get("directory_url"), str):
            folders.append(urljoin(address, one["directory_url"]))
    return feeds, folders


def _is_open(feed: Mapping[str, Any]) -> bool:
    return str(feed.get("tlp_label", "")).upper().removeprefix("TLP:") in OPEN


def _ask_listing(ask: Ask, found: _Listings, url: str) -> Answer:
    kept = found.validators.get(url) or {}
    answer = ask(url, etag=kept.get("etag", ""), last_modified=kept.get("last_modified", ""))
    if answer.status == 200:
        told = {"etag": answer.etag, "last_modified": answer.last_modified}
        found.validators[url] = {name: value for name, value in told.items() if value}
    return answer


def _feed(ask: Ask, plan: Plan, found: _Listings, url: str) -> None:
    answer = _ask_listing(ask, found, url)
    found.asked += 1
    if answer.status == 304:
        found.unchanged += 1
        return
    feed = as_object(answer, say("a ROLIE feed")).get("feed")
    if not isinstance(feed, Mapping):
        raise Unusable(say("{url} answered {found} instead of {what}.", url=url, found=say("something else"),
                           what=say("a ROLIE feed")))  # fmt: skip
    _entries(feed, url, plan, found)


def _entries(feed: Mapping[str, Any], base: str, plan: Plan, found: _Listings) -> None:
    entries = feed.get("entry")
    for entry in entries if isinstance(entries, list) else []:
        if not isinstance(entry, Mapping):
            continue
        links = [link for link in entry.get("link") or [] if isinstance(link, Mapping)]
        content = entry.get("content")
        source = content.get("src") if isinstance(content, Mapping) else None
        own = next((link.get("href") for link in links if link.get("rel") == "self"), source)
        hashes = [str(link.get("href")) for link in links if link.get("rel") == "hash"]
        digest = next((one for one in hashes if one.endswith(".sha256")), "")
        if isinstance(own, str) and _wanted(own, plan):
            url = urljoin(base, own)
            found.documents[url] = Document(url, str(entry.get("updated", "")), urljoin(base, digest) if digest else "")


def _folder(ask: Ask, plan: Plan, found: _Listings, base: str, addresses: list[str]) -> None:
    """``changes.csv`` where there is one, else ``index.txt``, which says nothing of changes."""
    found.asked += 1
    for url in addresses:
        answer = _ask_listing(ask, found, url)
        if answer.status == 304:
            found.unchanged += 1
            return
        if answer.status == 200:
            break
    else:
        raise Unusable(say("{url} has neither changes.csv nor index.txt.", url=base))
    text = answer.body.decode("utf-8-sig", "replace")
    rows = list(csv.reader(io.StringIO(text))) if url.endswith(".csv") else [[line] for line in text.splitlines()]
    for row in rows:
        path = row[0].strip() if row else ""
        if _PATH.fullmatch(path) and ".." not in path and _wanted(path, plan):
            at = urljoin(base, path)
            found.documents[at] = Document(at, row[1].strip() if len(row) > 1 else "")


def _wanted(path: str, plan: Plan) -> bool:
    return urlsplit(path).path.rsplit("/", 1)[-1].lower().startswith(plan.only.lower())
