"""The API of openFDA (open.fda.gov/apis): ``device/recall.json`` and ``device/enforcement.json``, 1,000 records a page.

Pages follow one another by the Link header (``search_after``), which has no end at 26,000 records as ``skip`` has. New
records are asked for by their days, with an overlap; as a record that is older may change without a new day, all are
asked for again from time to time. The days in the records are not believed: the next run counts from this one's day.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from urllib.parse import parse_qsl, urlencode, urlsplit

from wardwright.kernel.said import say

from .model import Answer, Ask, Cursor, Page, Plan, Unusable, as_object, shrunk

LIMIT = 1000
MOST_PAGES = 500
_DAYS = {
    "recall": (("event_date_posted", "event_date_terminated"), "%Y-%m-%d"),
    "enforcement": (("report_date", "termination_date"), "%Y%m%d"),
}


def walk(ask: Ask, plan: Plan, cursor: Cursor) -> Iterator[Page]:
    """All new pages; one request where the source says that nothing was updated since."""
    kind = kind_of(plan.address)
    full = _is_full(plan, cursor)
    began = cursor.get("began") or plan.today.isoformat()
    first = _first(plan, kind, None if full else _since(cursor, plan))
    url = _again(cursor.get("next"), plan) or first
    for number in range(1, MOST_PAGES + 1):
        answer = ask(with_key(url, plan))
        if answer.status in (400, 404) and url != first and number == 1:
            answer = ask(with_key(first, plan))  # the place where we stopped is not known there any more
        if answer.status == 404 and b"NOT_FOUND" in answer.body:
            notes = shrunk(0, cursor.get("total"), say("records")) if full and number == 1 else ()
            yield Page(cursor=_done(cursor, plan, full, began, None), unchanged=number == 1, notes=notes)
            return
        found = as_object(answer, say("records of openFDA"))
        results = found.get("results")
        if not isinstance(results, list):
            raise Unusable(say("{url} answered JSON without records. Is it an address of the API?", url=plan.address))
        meta = found.get("meta") if isinstance(found.get("meta"), dict) else {}
        updated = str(meta.get("last_updated", "")) if isinstance(meta, dict) else ""
        if number == 1 and not full and not cursor.get("next") and updated and updated == cursor.get("last_updated"):
            yield Page(unchanged=True, cursor=_done(cursor, plan, full, began, updated))
            return
        total = _total(meta)
        notes = shrunk(total, cursor.get("total"), say("records")) if full and total is not None else ()
        following = _next(answer, plan)
        name = f"{kind}-{number}.json"
        if following is None:
            done = _done(cursor, plan, full, began, updated)
            yield Page(name, answer.body, {**done, "total": total} if full and total is not None else done, notes=notes)
            return
        yield Page(name, answer.body, {**cursor, "next": following, "began": began, "sweep": full}, notes=notes)
        url = following
    raise Unusable(say("{url} has no last page.", url=plan.address))


def kind_of(address: str) -> str:
    return "recall" if "recall" in urlsplit(address).path else "enforcement"


def _is_full(plan: Plan, cursor: Cursor) -> bool:
    """Whether all is asked for: the first time, when it is due, and where such a run was stopped."""
    if cursor.get("next"):
        return bool(cursor.get("sweep"))
    last = _day(cursor.get("full_on"))
    return last is None or last > plan.today or (plan.today - last).days >= plan.full_days


def _since(cursor: Cursor, plan: Plan) -> dt.date | None:
    last = _day(cursor.get("since"))
    return last - dt.timedelta(days=plan.overlap_days) if last and last <= plan.today else None


def _day(value: object) -> dt.date | None:
    try:
        return dt.date.fromisoformat(str(value))
    except ValueError:
        return None


def _first(plan: Plan, kind: str, since: dt.date | None) -> str:
    parts = urlsplit(plan.address)
    own = {name: value for name, value in parse_qsl(parts.query) if name not in ("limit", "skip", "api_key", "sort")}
    names, form = _DAYS[kind]
    if since is not None:
        spans = " ".join(f"{name}:[{since.strftime(form)} TO {dt.date(2100, 1, 1).strftime(form)}]" for name in names)
        own["search"] = f"({own['search']}) AND ({spans})" if own.get("search") else spans
    query = {**own, "sort": f"{names[0]}:asc", "limit": str(LIMIT)}
    return parts._replace(query=urlencode(query, safe=":[]()"), fragment="").geturl()


def _next(answer: Answer, plan: Plan) -> str | None:
    """Where the next page is, without the key; never on another machine."""
    url = answer.links.get("next", "")
    return _again(url, plan)


def _again(url: object, plan: Plan) -> str | None:
    if not isinstance(url, str) or not url:
        return None
    parts, own = urlsplit(url), urlsplit(plan.address)
    if (parts.scheme, parts.netloc) != (own.scheme, own.netloc):
        return None
    query = [(name, value) for name, value in parse_qsl(parts.query) if name != "api_key"]
    return parts._replace(query=urlencode(query, safe=":[]()")).geturl()


def with_key(url: str, plan: Plan) -> str:
    """The key goes to the source that it is of, and is kept nowhere."""
    if not plan.key or urlsplit(url).hostname != "api.fda.gov":
        return url
    return f"{url}{'&' if '?' in url else '?'}{urlencode({'api_key': plan.key})}"


def _total(meta: object) -> int | None:
    results = meta.get("results") if isinstance(meta, dict) else None
    total = results.get("total") if isinstance(results, dict) else None
    return total if isinstance(total, int) and not isinstance(total, bool) else None


def _done(cursor: Cursor, plan: Plan, full: bool, began: str, updated: str | None) -> Cursor:
    """Behind the last page."""
    kept = {name: value for name, value in cursor.items() if name not in ("next", "began", "sweep")}
    kept |= {"since": min(began, plan.today.isoformat())}
    if updated is not None:
        kept["last_updated"] = updated
    if full:
        kept["full_on"] = kept["since"]
    return kept
