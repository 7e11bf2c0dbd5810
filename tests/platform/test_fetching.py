"""The client that fetches what sources publish, against a real source on loopback that has bad days."""

from __future__ import annotations

import gzip
import socket
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from tests.replay import Reply, Source, source
from wardwright.platform.fetching.checking import addresses_of, parse
from wardwright.platform.fetching.client import Fetcher, Manners, proxy_for, user_agent
from wardwright.platform.fetching.errors import Unfetched


class Clock:
    """Time that passes by sleeping only."""

    def __init__(self) -> None:
        self.now = 0.0
        self.slept: list[float] = []

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds

    def __call__(self) -> float:
        return self.now


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch):
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


@pytest.fixture
def served(settings) -> Iterator[Source]:
    settings.FETCH_HOSTS = ["127.0.0.1"]
    with source() as server:
        yield server


def fetcher(clock: Clock | None = None, **how) -> Fetcher:
    clock = clock or Clock()
    manners = Manners(**{"per_minute": 60_000_000, "pause": 2.0, **how.pop("manners", {})})
    return Fetcher(manners, sleep=clock.sleep, clock=clock, **how)


def test_a_document_and_that_it_did_not_change(served):
    served.at["/a"] = b"x" * 1000
    with fetcher() as one:
        first = one.get(f"{served.url}/a")
        again = one.get(f"{served.url}/a", etag=first.etag)
    assert (first.status, first.body) == (200, b"x" * 1000)
    assert (again.status, again.body) == (304, b"")
    assert one.requests == 2
    assert one.received_bytes == len(gzip.compress(b"x" * 1000))


def test_it_says_who_asks(served, settings):
    settings.FETCH_CONTACT = "biomed@hospital.example"
    served.at["/a"] = b"x"
    with fetcher() as one:
        one.get(f"{served.url}/a")
    assert served.headers[0]["User-Agent"] == user_agent()
    assert user_agent().startswith("Wardwright/") and "biomed@hospital.example" in user_agent()
    settings.FETCH_CONTACT = "bad\r\nX-Header: 1"
    assert "X-Header" not in user_agent()


def test_faults_are_tried_again_with_growing_pauses(served):
    served.at["/a"] = b"fine"
    served.bad = [Reply(status=500), Reply(status=503), Reply(b"y" * 400, cut=10)]
    clock = Clock()
    with fetcher(clock) as one:
        assert one.get(f"{served.url}/a").body == b"fine"
    waits = [slept for slept in clock.slept if slept > 0.5]
    assert len(waits) == 3
    for wait, most in zip(waits, (2.0, 4.0, 8.0), strict=True):
        assert most / 2 <= wait <= most


CUT = "The source cut the connection before its answer was complete."


@pytest.mark.parametrize(
    ("reply", "words"),
    [
        (Reply(status=500), "The source has a fault (500)."),
        (Reply(b"y" * 400, cut=10), CUT),
        (Reply(gzip.compress(b"y" * 900)[:-20], headers={"Content-Encoding": "gzip"}), CUT),
        (Reply(b"no gzip", headers={"Content-Encoding": "gzip"}), CUT),
    ],
)
def test_after_the_last_try_it_is_said(served, reply, words):
    served.bad = [reply] * 4
    with fetcher() as one, pytest.raises(Unfetched) as error:
        one.get(f"{served.url}/a")
    assert (error.value.words, one.requests, error.value.again) == (words, 4, True)


def test_packed_in_another_way(served):
    served.at["/a"] = Reply(b"x", headers={"Content-Encoding": "br"})
    with fetcher() as one, pytest.raises(Unfetched) as error:
        one.get(f"{served.url}/a")
    assert error.value.words == "The source packs its answer in a way that was not asked for (br)."


def test_retry_after_is_honoured(served):
    served.at["/a"] = b"fine"
    served.bad = [Reply(status=429, headers={"Retry-After": "7"})]
    clock = Clock()
    with fetcher(clock) as one:
        one.get(f"{served.url}/a")
    assert [slept for slept in clock.slept if slept > 0.5] == [7.0]


@pytest.mark.parametrize("moment", [False, True])
def test_a_long_pause_ends_the_run(served, moment):
    said = format_datetime(datetime.now(UTC) + timedelta(hours=1), usegmt=True) if moment else "3600"
    served.bad = [Reply(status=429, headers={"Retry-After": said})]
    with fetcher() as one, pytest.raises(Unfetched) as error:
        one.get(f"{served.url}/a")
    assert 3000 <= error.value.wait_seconds <= 3600
    assert one.requests == 1


def test_a_source_is_asked_so_often_and_no_more(served):
    served.at["/a"] = b"x"
    clock = Clock()
    with fetcher(clock, manners={"per_minute": 30}) as one:
        for _ in range(4):
            one.get(f"{served.url}/a")
    assert clock.slept == [2.0, 2.0, 2.0]


def test_more_than_may_be_is_not_read(served):
    served.at["/a"] = b"x" * 2_000_000  # some kilobytes on the way
    served.at["/b"] = Reply(b"", headers={})
    with fetcher(most_bytes=1_000_000) as one, pytest.raises(Unfetched) as error:
        one.get(f"{served.url}/a")
    assert error.value.words == "The answer has more than 1 MB. Fetch it as a file, or raise WARDWRIGHT_FETCH_MB."
    assert error.value.again is False


def test_an_answer_that_trickles_is_left(served):
    served.at["/a"] = bytes(range(256)) * 4000
    ticks = iter(range(0, 10_000_000, 400))
    one = Fetcher(Manners(per_minute=60_000_000, tries=1), sleep=lambda seconds: None, clock=lambda: float(next(ticks)))
    with one, pytest.raises(Unfetched) as error:
        one.get(f"{served.url}/a")
    assert error.value.words == "The answer came too slowly."


def test_what_a_source_refuses_is_an_answer(served):
    with fetcher() as one:
        assert one.get(f"{served.url}/none").status == 404


def test_redirects(served):
    served.at["/a"] = Reply(status=302, headers={"Location": "/b"})
    served.at["/b"] = b"there"
    served.at["/c"] = Reply(status=301, headers={"Location": "/c"})
    with fetcher() as one:
        assert one.get(f"{served.url}/a").body == b"there"
        with pytest.raises(Unfetched) as error:
            one.get(f"{served.url}/c")
    assert error.value.words == "The source leads from one address to the next without end."


@pytest.mark.parametrize(
    "target",
    [
        "http://127.0.0.2/",
        "https://10.0.0.1/",
        "https://[::1]/",
        "https://169.254.169.254/",
        "https://localhost/",
        "ftp://x/",
    ],
)
def test_a_redirect_to_a_machine_inside_is_not_followed(served, target):
    served.at["/a"] = Reply(status=302, headers={"Location": target})
    with fetcher() as one, pytest.raises(Unfetched) as error:
        one.get(f"{served.url}/a")
    assert (error.value.again, one.requests) == (False, 1)


@pytest.mark.parametrize(
    "address",
    [
        "http://example.org/", "https://127.0.0.1/", "https://localhost/", "https://10.1.2.3/", "https://[::1]/",
        "https://192.168.1.1/", "https://user:word@example.org/", "https://exa mple.org/", "https://", "file:///etc/passwd",
        "https://example.org:0/", "https://[::ffff:10.0.0.1]/", "https://example.org/" + "x" * 2000, "https://exämple.org/",
    ],
)  # fmt: skip
def test_addresses_that_nothing_is_fetched_from(address, settings):
    settings.FETCH_HOSTS = []
    with pytest.raises(Unfetched) as error:
        parse(address)
    assert error.value.again is False


def test_one_bad_address_of_a_name_is_enough(monkeypatch, settings):
    settings.FETCH_HOSTS = []
    found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (one, 443)) for one in ("93.184.216.34", "10.0.0.1")]
    monkeypatch.setattr("wardwright.platform.fetching.checking.socket.getaddrinfo", lambda *a, **k: found)
    with pytest.raises(Unfetched):
        addresses_of("example.org", 443)
    settings.FETCH_HOSTS = ["example.org"]
    assert addresses_of("example.org", 443) == ["93.184.216.34", "10.0.0.1"]


def test_the_connection_goes_to_the_address_that_was_checked(served, monkeypatch, settings):
    """A name is looked up once for each request; what it means a moment later does not matter."""
    settings.FETCH_HOSTS = ["feed.example"]
    served.at["/a"] = b"x"
    looked = []

    def look(host, port, *rest, **kinds):
        looked.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))]

    monkeypatch.setattr("wardwright.platform.fetching.checking.socket.getaddrinfo", look)
    with fetcher() as one:
        one.get(f"http://feed.example:{served.server_address[1]}/a")
    assert looked[0] == "feed.example" and set(looked) <= {"feed.example", "127.0.0.1"}
    assert served.headers[0]["Host"] == f"feed.example:{served.server_address[1]}"


def test_a_name_that_leads_nowhere(settings):
    settings.FETCH_HOSTS = []
    with fetcher() as one, pytest.raises(Unfetched) as error:
        one.get("https://no-such-name.invalid/")
    assert error.value.words == (
        "The name no-such-name.invalid was not found. Look at the address, and whether this server reaches the "
        "internet or its proxy."
    )


def test_the_proxy_of_the_environment(served, monkeypatch):
    """The whole address goes to the proxy, which looks the name up; a machine inside is refused before."""
    monkeypatch.setenv("http_proxy", served.url)
    monkeypatch.setenv("no_proxy", "near.example")
    assert (proxy_for("http://far.example/a"), proxy_for("http://near.example/a")) == (served.url, "")


def test_fetching_through_a_proxy(served, monkeypatch, settings):
    settings.FETCH_HOSTS = ["far.example"]
    monkeypatch.setenv("http_proxy", served.url)
    served.at["/a"] = b"by way of the proxy"
    with fetcher() as one:
        assert one.get("http://far.example/a").body == b"by way of the proxy"
    assert served.asked == ["http://far.example/a"]
