"""CSAF 2.0 advisories (OASIS CSAF 2.0, section 3.2) as bulletins; their product trees are read by ``scope.csaf``."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from wardwright.kernel.said import say
from wardwright.kernel.scope import Scope
from wardwright.kernel.scope.csaf import Advisory, BadCsaf, read_csaf
from wardwright.kernel.scope.read import MOST_CHARACTERS

from .model import Bulletin, Kind, Status, Unfit
from .numbers import cves_in, numbers_in, other_numbers
from .scopes import unread_scope
from .values import (
    Notes,
    address,
    canonical,
    check_signs,
    day,
    digest,
    line,
    rated,
    score,
    short,
    status,
    texts,
    words,
)

_OF_A_VENDOR = re.compile(r"\b(?:SSA-\d{6}|[A-Z]{2,8}-(?:SA|SB|PSA)-?\d[\w-]*)\b")
_RISK = ("summary", "description")
_SCORES = ("cvss_v3", "cvss_v4", "cvss_v2")
_MOST_TEXT = 20_000


def bulletin(data: Mapping[str, Any], today: dt.date | None = None) -> Bulletin:
    """Of an advisory. One whose product tree cannot be read is kept with its text unread. Raises Unfit."""
    notes = Notes(today)
    document = _object(data, "document")
    tracking = _object(document, "tracking")
    ref = line(tracking.get("id"), notes)[:100]
    if not ref:
        raise Unfit(say("The advisory has no document.tracking.id, so it could not be found again. Ask its publisher."))
    advisory, scope = _scope(data, document, notes)
    vulnerabilities = _objects(data.get("vulnerabilities"))
    highest = _highest(vulnerabilities, notes)
    published = day(tracking.get("initial_release_date"), say("Published"), notes)
    updated = day(tracking.get("current_release_date"), say("Updated"), notes)
    if published and updated and updated < published:
        notes.add(say("It is said to have been updated before it was published."))
    raw = canonical(data)
    check_signs(raw, notes)
    return Bulletin(
        ref=ref,
        kind=Kind.SECURITY_ADVISORY,
        title=_title(line(document.get("title"), notes), ref),
        scope=scope,
        revision=_revision(data, document, tracking),
        raw=raw,
        issuer=line(_object(document, "publisher").get("name")),
        maker=", ".join(_vendors(advisory)),
        severity=rated(highest),
        cvss=highest,
        status=_status(tracking, notes),
        published_on=published,
        updated_on=updated,
        also_known_as=other_numbers(_also(document, tracking, ref), ref),
        reason=_joined(_risks(document, vulnerabilities)),
        action=_joined(_remedies(vulnerabilities)),
        url=_page(document),
        brands=tuple(dict.fromkeys(leaf.product for leaf in advisory.leaves if leaf.product)) if advisory else (),
        cves=_cves(vulnerabilities),
        remarks=tuple(notes.said),
    )


def _title(said: str, ref: str) -> str:
    """Without the number that some titles begin with."""
    bare = said[len(ref) :].lstrip(" _:-") if said.casefold().startswith(ref.casefold()) else said
    return short(bare or ref)


def _object(data: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = data.get(name)
    return found if isinstance(found, Mapping) else {}


def _objects(value: Any) -> list[Mapping[str, Any]]:
    return [one for one in value if isinstance(one, Mapping)] if isinstance(value, list) else []


def _scope(data: Mapping[str, Any], document: Mapping[str, Any], notes: Notes) -> tuple[Advisory | None, Scope]:
    try:
        advisory = read_csaf(data)
        if len(advisory.scope.text) <= MOST_CHARACTERS and advisory.leaves:
            return advisory, advisory.scope
        wrong: str = say("It names no product, or too much.")
    except BadCsaf as error:
        wrong = error.args[0]
    notes.add(say("Its products cannot be read: {why} A person must read it.", why=wrong))
    parts = [words(document.get("title")), *(words(one.get("text")) for one in _objects(document.get("notes")))]
    return None, unread_scope("\n".join(filter(None, parts)) or words(canonical(data))[:_MOST_TEXT])


def _status(tracking: Mapping[str, Any], notes: Notes) -> Status:
    """Draft or nothing: a final or interim advisory does not say whether its action is done."""
    said = line(tracking.get("status")).lower()
    return Status.UNKNOWN if said in ("final", "interim", "") else status(said, notes)


def _revision(data: Mapping[str, Any], document: Mapping[str, Any], tracking: Mapping[str, Any]) -> str:
    """Its version and its content, without the program that wrote it: a silent change is a change."""
    bare = {name: value for name, value in tracking.items() if name != "generator"}
    content = canonical({**data, "document": {**document, "tracking": bare}})
    return f"{line(tracking.get('version'))[:40]}-{digest([content])}"


def _vendors(advisory: Advisory | None) -> tuple[str, ...]:
    named = [leaf.vendor for leaf in advisory.leaves] if advisory else []
    return tuple(dict.fromkeys(name for name in named if name and name.lower() not in ("multiple", "various")))


def _also(document: Mapping[str, Any], tracking: Mapping[str, Any], ref: str) -> Iterator[str]:
    """Aliases, and the numbers of the maker's own advisory that this one passes on."""
    yield from texts(tracking.get("aliases") or [])
    yield from numbers_in(ref)
    for reference in _objects(document.get("references")):
        if reference.get("category") == "self":
            summary = line(reference.get("summary"))
            yield from numbers_in(summary)
            yield from _OF_A_VENDOR.findall(summary)


def _page(document: Mapping[str, Any]) -> str:
    """Where a person reads it."""
    own = [one for one in _objects(document.get("references")) if one.get("category") == "self"]
    found = [url for url in (address(one.get("url")) for one in own) if url]
    return next((url for url in found if not url.lower().endswith(".json")), found[0] if found else "")


def _highest(vulnerabilities: list[Mapping[str, Any]], notes: Notes) -> Decimal | None:
    """The highest base score of any version of CVSS 3 and 4; of CVSS 2 where there is no other."""
    found: dict[str, list[Decimal]] = {name: [] for name in _SCORES}
    for one in vulnerabilities:
        for rating in _objects(one.get("scores")):
            for name in _SCORES:
                said = _object(rating, name).get("baseScore")
                value = score(said)
                if value is not None:
                    found[name].append(value)
                elif said is not None:
                    notes.add(say("The CVSS base score “{value}” is none; it is left out.", value=short(str(said), 40)))
    modern = [*found["cvss_v3"], *found["cvss_v4"]]
    return max(modern or found["cvss_v2"], default=None)


def _cves(vulnerabilities: list[Mapping[str, Any]]) -> tuple[str, ...]:
    return cves_in(line(one.get("cve")) for one in vulnerabilities)


def _risks(document: Mapping[str, Any], vulnerabilities: list[Mapping[str, Any]]) -> Iterator[str]:
    own = [one for one in _objects(document.get("notes")) if one.get("category") in _RISK]
    for note in own or [n for one in vulnerabilities for n in _objects(one.get("notes")) if n.get("category") in _RISK]:
        yield words(note.get("text"))


def _remedies(vulnerabilities: list[Mapping[str, Any]]) -> Iterator[str]:
    for one in vulnerabilities:
        for remedy in _objects(one.get("remediations")):
            yield words(remedy.get("details"))


def _joined(parts: Iterator[str]) -> str:
    """Each once, one to a paragraph."""
    return "\n".join(dict.fromkeys(filter(None, parts)))[:_MOST_TEXT]
