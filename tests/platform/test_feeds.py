"""Walks over feeds, over real HTTP against sources on loopback: new, changed, unchanged, stopped in the middle, shrunk,
lying, broken. Files of our own; with real files in ``tests/real/test_feeds.py``."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterator

import pytest

from tests.replay import Reply, Source, openfda, source
from tests.spec.test_bulletins import RECALL, REPORT, advisory
from wardwright.kernel.bulletins import Bulletin, read
from wardwright.kernel.feeds import Feed, Page, Plan, Unusable, walk
from wardwright.platform.fetching.client import Fetcher, Manners
from wardwright.platform.fetching.errors import Unfetched

DAY = dt.date(2024, 6, 1)


@pytest.fixture
def served(settings, monkeypatch) -> Iterator[Source]:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    settings.FETCH_HOSTS = ["127.0.0.1"]
    with source() as server:
        yield server


def quick() -> Fetcher:
    return Fetcher(Manners(per_minute=60_000_000), sleep=lambda seconds: None)


def run(feed: Feed, plan: Plan, cursor: dict | None = None) -> tuple[list[Page], dict]:
    """A whole run; the cursor goes through JSON, as it is kept."""
    kept, pages = cursor or {}, []
    with quick() as fetcher:
        for page in walk(feed, fetcher.get, plan, json.loads(json.dumps(kept))):
            pages.append(page)
            kept = page.cursor if page.cursor is not None else kept
    return pages, json.loads(json.dumps(kept))


def refs(pages: list[Page]) -> list[str]:
    every = (one for page in pages if page.data for one in read(page.data, name=page.name))
    return [one.ref for one in every if isinstance(one, Bulletin)]


def recalls(count: int, posted: str = "2024-05-01") -> list[dict]:
    return [
        {**RECALL, "product_res_number": f"Z-{n:04}-2024", "event_date_posted": posted, "event_date_terminated": None}
        for n in range(1, count + 1)
    ]


# openFDA ---------------------------------------------------------------------------------------------------------


def test_all_records_come_page_by_page(served):
    served.at["/device/recall.json"] = openfda(recalls(7), page=3)
    plan = Plan(f"{served.url}/device/recall.json", DAY)
    pages, cursor = run(Feed.OPENFDA, plan)
    assert refs(pages) == [f"Z-{n:04}-2024" for n in range(1, 8)]
    assert len(served.asked) == 3
    assert served.asked[0].endswith("?sort=event_date_posted%3Aasc&limit=1000".replace("%3A", ":"))
    assert cursor == {"since": "2024-06-01", "full_on": "2024-06-01", "last_updated": "2024-05-30", "total": 7}


def test_a_source_that_was_not_updated_costs_one_request(served):
    served.at["/device/recall.json"] = openfda(recalls(7), page=3)
    plan = Plan(f"{served.url}/device/recall.json", DAY)
    _pages, cursor = run(Feed.OPENFDA, plan)
    served.asked.clear()
    pages, cursor = run(Feed.OPENFDA, Plan(plan.address, dt.date(2024, 6, 2)), cursor)
    assert ([page.unchanged for page in pages], len(served.asked)) == ([True], 1)
    assert cursor["since"] == "2024-06-02"


def test_later_only_what_is_new_is_asked_for_with_an_overlap(served):
    old, new = recalls(3, "2020-01-01"), recalls(1)[0] | {"product_res_number": "Z-9000-2024"}
    ended = old[1] | {"event_date_terminated": "2024-06-02"}  # old, and over now
    served.at["/device/recall.json"] = openfda(old, page=10)
    plan = Plan(f"{served.url}/device/recall.json", DAY)
    _pages, cursor = run(Feed.OPENFDA, plan)
    served.at["/device/recall.json"] = openfda([old[0], ended, old[2], new], page=10, updated="2024-06-03")
    later = Plan(plan.address, dt.date(2024, 6, 3))
    pages, cursor = run(Feed.OPENFDA, later, cursor)
    assert refs(pages) == ["Z-0002-2024", "Z-9000-2024"]
    assert "event_date_posted:[2024-04-02+TO+2100-01-01]" in served.asked[-1]
    # after a month all are asked for again: an old record may have changed without a new day
    pages, cursor = run(Feed.OPENFDA, Plan(plan.address, dt.date(2024, 7, 2)), cursor)
    assert refs(pages) == ["Z-0001-2024", "Z-0002-2024", "Z-0003-2024", "Z-9000-2024"]


def test_enforcement_reports_have_their_own_form_of_days(served):
    reports = [{**REPORT, "report_date": "20240501"}]
    served.at["/device/enforcement.json"] = openfda(reports, page=10)
    plan = Plan(f"{served.url}/device/enforcement.json", DAY)
    _pages, cursor = run(Feed.OPENFDA, plan)
    served.at["/device/enforcement.json"] = openfda(reports, page=10, updated="2024-06-03")
    pages, _cursor = run(Feed.OPENFDA, Plan(plan.address, dt.date(2024, 6, 3)), cursor)
    assert refs(pages) == ["Z-1234-2020"]
    assert "report_date:[20240402+TO+21000101]" in served.asked[-1]


def test_a_run_that_is_stopped_goes_on_from_there(served):
    served.at["/device/recall.json"] = openfda(recalls(9), page=3)
    plan = Plan(f"{served.url}/device/recall.json", DAY)
    with quick() as fetcher:
        first = next(walk(Feed.OPENFDA, fetcher.get, plan))
    served.asked.clear()
    pages, cursor = run(Feed.OPENFDA, Plan(plan.address, dt.date(2024, 6, 2)), first.cursor)
    assert refs([first]) + refs(pages) == [f"Z-{n:04}-2024" for n in range(1, 10)]
    assert len(served.asked) == 2
    assert cursor["since"] == cursor["full_on"] == "2024-06-01"  # the day on which it began


def test_where_the_source_forgot_the_place_it_begins_anew(served):
    served.at["/device/recall.json"] = openfda(recalls(2), page=3)
    plan = Plan(f"{served.url}/device/recall.json", DAY)
    lost = {"next": f"{plan.address}?limit=1000&search_after=999", "began": "2024-06-01", "sweep": True}
    pages, _cursor = run(Feed.OPENFDA, plan, lost)
    assert refs(pages) == ["Z-0001-2024", "Z-0002-2024"]


def test_a_next_page_on_another_machine_is_not_asked_for(served):
    body = json.dumps({"meta": {}, "results": recalls(1)}).encode()
    served.at["/device/recall.json"] = Reply(body, headers={"Link": '<https://evil.example/?a>; rel="next"'})
    pages, _cursor = run(Feed.OPENFDA, Plan(f"{served.url}/device/recall.json", DAY))
    assert (refs(pages), len(served.asked)) == (["Z-0001-2024"], 1)


def test_the_key_is_sent_to_its_own_source_only_and_kept_nowhere(served):
    from wardwright.kernel.feeds.openfda import with_key

    served.at["/device/recall.json"] = openfda(recalls(4), page=3)
    plan = Plan(f"{served.url}/device/recall.json", DAY, key="secret")
    with quick() as fetcher:
        page = next(walk(Feed.OPENFDA, fetcher.get, plan))
    assert "secret" not in " ".join(served.asked) + json.dumps(page.cursor) + repr(plan)
    own = Plan("https://api.fda.gov/device/recall.json", DAY, key="secret")
    assert with_key("https://api.fda.gov/device/recall.json?limit=1", own).endswith("&api_key=secret")


def test_days_that_lie_do_not_move_the_next_run(served):
    served.at["/device/recall.json"] = openfda(recalls(2, "2999-01-01"), page=3)
    _pages, cursor = run(Feed.OPENFDA, Plan(f"{served.url}/device/recall.json", DAY))
    assert cursor["since"] == "2024-06-01"


def test_a_feed_that_shrinks_is_said(served):
    served.at["/device/recall.json"] = openfda(recalls(40), page=50)
    plan = Plan(f"{served.url}/device/recall.json", DAY)
    _pages, cursor = run(Feed.OPENFDA, plan)
    served.at["/device/recall.json"] = openfda(recalls(5), page=50)
    pages, _cursor = run(Feed.OPENFDA, Plan(plan.address, dt.date(2024, 8, 1)), cursor)
    assert [page.notes for page in pages] == [
        ("The source lists 5 records; before it were 40. Nothing was deleted here.",)
    ]


@pytest.mark.parametrize(
    ("reply", "words"),
    [
        (Reply(b"<html>busy</html>"), "{url} answered a web page instead of records of openFDA."),
        (Reply(b'{"results": {}}'), "{url} answered JSON without records. Is it an address of the API?"),
        (
            Reply(b'{"error": {"code": "API_KEY_INVALID", "message": "An invalid api_key was supplied."}}', 403),
            "{url} answered 403 instead of records of openFDA. It says: An invalid api_key was supplied.",
        ),
        (Reply(b'{"meta": {}, "results": [{"cut":'), "{url} answered something else instead of records of openFDA."),
    ],
)
def test_answers_that_are_none(served, reply, words):
    served.at["/device/recall.json"] = reply
    plan = Plan(f"{served.url}/device/recall.json", DAY)
    with pytest.raises(Unusable) as error:
        run(Feed.OPENFDA, plan)
    said = str(error.value).replace("?sort=event_date_posted:asc&limit=1000", "")
    assert said == words.format(url=plan.address)


def test_a_connection_that_is_cut_keeps_the_pages_before_it(served):
    served.at["/device/recall.json"] = openfda(recalls(9), page=3)
    plan = Plan(f"{served.url}/device/recall.json", DAY)
    kept: dict = {}
    with quick() as fetcher:
        pages = walk(Feed.OPENFDA, fetcher.get, plan)
        kept = next(pages).cursor or {}
        served.bad = [Reply(b"x" * 100, cut=5)] * 4
        with pytest.raises(Unfetched):
            next(pages)
    again, _cursor = run(Feed.OPENFDA, plan, kept)
    assert refs(again) == [f"Z-{n:04}-2024" for n in range(4, 10)]


# Files of openFDA ------------------------------------------------------------------------------------------------


def download(source: Source, exported: str, *parts: list[dict]) -> None:
    listed = []
    for number, records in enumerate(parts, 1):
        path = f"/part-{number}.json"
        source.at[path] = json.dumps({"meta": {}, "results": records}).encode()
        listed.append({"file": f"{source.url}{path}", "records": len(records)})
    about = {"export_date": exported, "total_records": sum(map(len, parts)), "partitions": listed}
    source.at["/download.json"] = json.dumps({"results": {"device": {"recall": about}}}).encode()


def test_files_are_fetched_when_they_were_exported_anew(served):
    records = recalls(5)
    download(served, "2024-05-30", records[:3], records[3:])
    plan = Plan(f"{served.url}/download.json", DAY, only="device/recall")
    pages, cursor = run(Feed.OPENFDA_FILES, plan)
    assert refs(pages) == [f"Z-{n:04}-2024" for n in range(1, 6)]
    pages, cursor = run(Feed.OPENFDA_FILES, plan, cursor)
    assert [page.unchanged for page in pages] == [True]
    download(served, "2024-06-06", records[:1])
    pages, cursor = run(Feed.OPENFDA_FILES, plan, cursor)
    assert refs(pages) == ["Z-0001-2024"]


def test_files_go_on_where_they_were_stopped(served):
    records = recalls(6)
    download(served, "2024-05-30", records[:2], records[2:4], records[4:])
    plan = Plan(f"{served.url}/download.json", DAY, only="device/recall")
    with quick() as fetcher:
        first = next(walk(Feed.OPENFDA_FILES, fetcher.get, plan))
    pages, _cursor = run(Feed.OPENFDA_FILES, plan, first.cursor)
    assert refs(pages) == ["Z-0003-2024", "Z-0004-2024", "Z-0005-2024", "Z-0006-2024"]


def test_a_set_that_is_not_listed(served):
    download(served, "2024-05-30", recalls(1))
    with pytest.raises(Unusable) as error:
        run(Feed.OPENFDA_FILES, Plan(f"{served.url}/download.json", DAY, only="device/enforcement"))
    assert str(error.value) == f"{served.url}/download.json lists no set “device/enforcement”."


# CSAF ------------------------------------------------------------------------------------------------------------


def document(number: int, version: str = "1") -> bytes:
    data = advisory()
    data["document"]["tracking"] |= {"id": f"ICSMA-24-{number:03}-01", "version": version}
    return json.dumps(data).encode()


def provider(
    source: Source, documents: dict[int, str], *, rolie: bool, hashes: bool = True, changes: bool = True
) -> None:
    """A provider with documents: number → when it changed."""
    entries, rows = [], []
    for number, changed in documents.items():
        name = f"icsma-24-{number:03}-01.json"
        source.at.setdefault(f"/white/2024/{name}", document(number))
        body = source.at[f"/white/2024/{name}"]
        if hashes and isinstance(body, bytes):
            source.at[f"/white/2024/{name}.sha256"] = f"{hashlib.sha256(body).hexdigest()}  {name}\n".encode()
        links = [{"rel": "self", "href": f"white/2024/{name}"}]
        links += [{"rel": "hash", "href": f"white/2024/{name}.sha256"}] if hashes else []
        entries.append({"id": name, "updated": changed, "link": links, "content": {"src": f"white/2024/{name}"}})
        rows.append(f'"2024/{name}","{changed}"')
    feed = {"url": f"{source.url}/feed.json", "tlp_label": "WHITE"}
    closed = {"url": f"{source.url}/closed.json", "tlp_label": "RED"}
    source.at["/feed.json"] = json.dumps({"feed": {"id": "x", "entry": entries}}).encode()
    source.at.pop("/white/changes.csv", None)
    if changes:
        source.at["/white/changes.csv"] = "\n".join(rows).encode()
    source.at["/white/index.txt"] = "\n".join(f"2024/icsma-24-{n:03}-01.json" for n in documents).encode()
    places = [{"rolie": {"feeds": [feed, closed]}}] if rolie else [{"directory_url": f"{source.url}/white/"}]
    source.at["/.well-known/csaf/provider-metadata.json"] = json.dumps({"distributions": places}).encode()


FIRST = {3: "2024-03-01T00:00:00Z", 1: "2024-01-01T00:00:00Z", 2: "2024-02-01T00:00:00Z"}


@pytest.mark.parametrize("rolie", [True, False])
def test_documents_of_a_provider_oldest_change_first(served, rolie):
    provider(served, FIRST, rolie=rolie)
    plan = Plan(served.url, DAY)
    pages, cursor = run(Feed.CSAF, plan)
    assert refs(pages) == ["ICSMA-24-001-01", "ICSMA-24-002-01", "ICSMA-24-003-01"]
    assert [page.refused for page in pages if page.refused] == []
    served.asked.clear()
    pages, cursor = run(Feed.CSAF, plan, cursor)
    assert ([page.unchanged for page in pages], len(served.asked)) == ([True], 2)  # metadata, and 304 for the listing
    served.at["/white/2024/icsma-24-002-01.json"] = document(2, "2")
    provider(served, {**FIRST, 2: "2024-05-01T00:00:00Z", 4: "2023-01-01T00:00:00Z"}, rolie=rolie)
    pages, cursor = run(Feed.CSAF, plan, cursor)
    assert refs(pages) == ["ICSMA-24-004-01", "ICSMA-24-002-01"]  # an old date does not hide a new document
    assert not any("closed" in asked for asked in served.asked)


def test_a_folder_that_says_nothing_of_changes_is_read_anew_from_time_to_time(served):
    provider(served, FIRST, rolie=False, changes=False)
    plan = Plan(served.url, DAY)
    _pages, cursor = run(Feed.CSAF, plan)
    served.at["/white/index.txt"] += b"\n"
    assert refs(run(Feed.CSAF, plan, cursor)[0]) == []
    later = Plan(served.url, dt.date(2024, 7, 2))
    assert len(refs(run(Feed.CSAF, later, cursor)[0])) == 3


def test_only_documents_of_some_names(served):
    provider(served, FIRST, rolie=False)
    served.at["/white/changes.csv"] += (
        b'\n"2024/icsa-24-009-01.json","2024-04-01"\n"../../secret.json","2024"\n"https://x/a.json","2024"'
    )
    pages, _cursor = run(Feed.CSAF, Plan(served.url, DAY, only="icsma-"))
    assert len(refs(pages)) == 3
    assert not any("icsa" in asked or "secret" in asked for asked in served.asked)


def test_a_document_with_another_digest_is_not_taken(served):
    provider(served, FIRST, rolie=True)
    served.at["/white/2024/icsma-24-002-01.json.sha256"] = b"0" * 64
    plan = Plan(served.url, DAY)
    pages, cursor = run(Feed.CSAF, plan)
    assert refs(pages) == ["ICSMA-24-001-01", "ICSMA-24-003-01"]
    told = "Its SHA-256 is not the one that the source gives, so it was not taken. The next run fetches it again."
    url = f"{served.url}/white/2024/icsma-24-002-01.json"
    assert [page.refused for page in pages if page.refused] == [((url, told),)]
    provider(served, FIRST, rolie=True)
    assert refs(run(Feed.CSAF, plan, cursor)[0]) == ["ICSMA-24-002-01"]


def test_a_document_that_is_listed_and_not_there(served):
    provider(served, FIRST, rolie=False, hashes=False)
    served.at["/white/2024/icsma-24-001-01.json"] = Reply(b"gone", 410)
    pages, _cursor = run(Feed.CSAF, Plan(served.url, DAY))
    assert refs(pages) == ["ICSMA-24-002-01", "ICSMA-24-003-01"]
    assert pages[0].refused[0][1] == "It is listed, and the source answered 410 for it."
    assert sum(asked.endswith(".sha256") for asked in served.asked) == 2  # a folder without digests is soon known


@pytest.mark.parametrize("start", ["https://10.0.0.1", "https://localhost", "http://example.org", "ftp://x"])
def test_a_listing_that_leads_inside_costs_that_document_only(served, start):
    target = f"{start}/icsma-24-001-01.json"
    provider(served, FIRST, rolie=True, hashes=False)
    feed = json.loads(served.at["/feed.json"])
    feed["feed"]["entry"][1]["link"] = [{"rel": "self", "href": target}]
    served.at["/feed.json"] = json.dumps(feed).encode()
    pages, _cursor = run(Feed.CSAF, Plan(served.url, DAY))
    assert refs(pages) == ["ICSMA-24-002-01", "ICSMA-24-003-01"]
    assert [page.refused[0][0] for page in pages if page.refused] == [target]


def test_metadata_that_lead_inside_end_the_run(served):
    metadata = {"distributions": [{"rolie": {"feeds": [{"url": "https://169.254.169.254/feed.json"}]}}]}
    served.at["/p.json"] = json.dumps(metadata).encode()
    with pytest.raises(Unfetched) as error:
        run(Feed.CSAF, Plan(f"{served.url}/p.json", DAY))
    assert error.value.again is False and "169.254.169.254 is inside the network" in error.value.words


def test_one_document_that_the_source_cannot_give_does_not_hold_back_the_others(served):
    provider(served, FIRST, rolie=False, hashes=False)
    served.at["/white/2024/icsma-24-001-01.json"] = Reply(status=500)
    plan = Plan(served.url, DAY)
    pages, cursor = run(Feed.CSAF, plan)
    assert refs(pages) == ["ICSMA-24-002-01", "ICSMA-24-003-01"]
    assert pages[0].refused == ((f"{served.url}/white/2024/icsma-24-001-01.json", "The source has a fault (500)."),)
    served.at["/white/2024/icsma-24-001-01.json"] = document(1)
    assert refs(run(Feed.CSAF, plan, cursor)[0]) == ["ICSMA-24-001-01"]


def test_a_source_that_gives_nothing_more_is_left(served):
    """Three documents in a row: it is the source. One that wants a pause is left at once."""
    many = {n: f"2024-01-{n:02}T00:00:00Z" for n in range(1, 9)}
    provider(served, many, rolie=False, hashes=False)
    for number in range(2, 9):
        served.at[f"/white/2024/icsma-24-{number:03}-01.json"] = Reply(status=503)
    with pytest.raises(Unfetched):
        run(Feed.CSAF, Plan(served.url, DAY))
    assert len({asked for asked in served.asked if "icsma" in asked and asked.endswith(".json")}) == 4
    served.asked.clear()
    served.at["/white/2024/icsma-24-002-01.json"] = Reply(status=429, headers={"Retry-After": "3600"})
    with pytest.raises(Unfetched) as error:
        run(Feed.CSAF, Plan(served.url, DAY))
    assert (error.value.wait_seconds, "icsma-24-003-01" in str(served.asked)) == (3600, False)


def test_a_long_walk_goes_on_where_it_was_stopped(served):
    many = {n: f"2024-01-01T00:{n:02}:00Z" for n in range(1, 31)}
    provider(served, many, rolie=True, hashes=False)
    plan = Plan(served.url, DAY)
    kept: dict = {}
    with quick() as fetcher:
        for number, page in enumerate(walk(Feed.CSAF, fetcher.get, plan), 1):
            kept = page.cursor or kept
            if number == 25:
                break
    pages, _cursor = run(Feed.CSAF, plan, kept)
    assert refs(pages) == [f"ICSMA-24-{n:03}-01" for n in range(21, 31)]


def test_a_provider_that_lists_less(served):
    provider(served, dict.fromkeys(range(1, 21), "2024-01-01"), rolie=True, hashes=False)
    _pages, cursor = run(Feed.CSAF, Plan(served.url, DAY))
    provider(served, {1: "2024-01-01", 21: "2024-05-01"}, rolie=True, hashes=False)
    pages, cursor = run(Feed.CSAF, Plan(served.url, DAY), cursor)
    assert [note for page in pages for note in page.notes] == [
        "The source lists 2 documents; before it were 20. Nothing was deleted here."
    ]
    assert len(cursor["seen"]) == 21


@pytest.mark.parametrize(
    ("metadata", "words"),
    [
        (b"<html>", "{url} answered a web page instead of the metadata of a CSAF provider."),
        (b"{}", "{url} names no feed and no folder that is open to everybody."),
        (b'{"distributions": [{"rolie": {"feeds": [{"url": "a", "tlp_label": "AMBER"}]}}]}',
         "{url} names no feed and no folder that is open to everybody."),
        (b'{"distributions": [5, {"rolie": 7}, {"directory_url": 9}]}',
         "{url} names no feed and no folder that is open to everybody."),
    ],
)  # fmt: skip
def test_providers_that_are_none(served, metadata, words):
    served.at["/p.json"] = metadata
    with pytest.raises(Unusable) as error:
        run(Feed.CSAF, Plan(f"{served.url}/p.json", DAY))
    assert str(error.value) == words.format(url=f"{served.url}/p.json")


# A file ----------------------------------------------------------------------------------------------------------


def test_a_file_is_read_when_it_changed(served):
    served.at["/list.csv"] = b"Recall Number,Product\nR1,Dropline\n"
    plan = Plan(f"{served.url}/list.csv", DAY)
    pages, cursor = run(Feed.FILE, plan)
    assert refs(pages) == ["R1"]
    assert [page.unchanged for page in run(Feed.FILE, plan, cursor)[0]] == [True]
    served.at["/list.csv"] = b"Recall Number,Product\nR1,Dropline\nR2,Warmline\n"
    assert refs(run(Feed.FILE, plan, cursor)[0]) == ["R1", "R2"]


def test_a_source_that_knows_moments_and_no_etag(served):
    moment = "Wed, 01 May 2024 10:00:00 GMT"

    def answers(source, asked, headers):
        known = headers.get("If-Modified-Since") == moment
        return Reply(b"" if known else b"Recall Number,Product\nR1,Dropline\n", 304 if known else 200,
                     {"Last-Modified": moment})  # fmt: skip

    served.at["/list.csv"] = answers
    plan = Plan(f"{served.url}/list.csv", DAY)
    _pages, cursor = run(Feed.FILE, plan)
    with quick() as fetcher:
        assert [page.unchanged for page in walk(Feed.FILE, fetcher.get, plan, cursor)] == [True]
        assert fetcher.received_bytes == 0


def test_a_file_without_validators_is_known_by_its_content(served):
    served.at["/list.csv"] = Reply(b"Recall Number,Product\nR1,Dropline\n")
    plan = Plan(f"{served.url}/list.csv", DAY)
    _pages, cursor = run(Feed.FILE, plan)
    assert [page.unchanged for page in run(Feed.FILE, plan, cursor)[0]] == [True]
