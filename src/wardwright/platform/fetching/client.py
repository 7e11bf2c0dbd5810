"""An HTTP client for what sources publish. It asks seldom, takes no for an answer, and believes no size.

``Fetcher.get`` gives whatever the source answered; faults of the way (cut off, too slow, too much, too often) raise
:class:`Unfetched` once the tries are used up. Pauses grow by doubling with chance in them, or are what the source asks.
"""

from __future__ import annotations

import random
import ssl
import time
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import lru_cache
from typing import Self
from urllib.parse import urljoin, urlsplit
from urllib.request import getproxies, proxy_bypass

import httpx
from django.conf import settings

from wardwright import __version__
from wardwright.kernel.said import say

from .checking import addresses_of, parse
from .errors import Unfetched

AGAIN = (408, 425, 429, 500, 502, 503, 504)
MOVED = (301, 302, 303, 307, 308)
MOST_MOVES = 5
_PIECE = 1 << 16
_LONGEST_WAIT = 7 * 86_400.0


@dataclass(frozen=True, slots=True)
class Manners:
    """How to treat a source. Times in seconds; ``deadline``: for one answer, however slowly it trickles."""

    per_minute: int = 60
    tries: int = 4
    pause: float = 2.0
    longest_pause: float = 60.0
    connect: float = 15.0
    read: float = 60.0
    deadline: float = 900.0


@dataclass(frozen=True, slots=True)
class Fetched:
    """An answer. ``status``: 200, 304 (unchanged since the validators that were sent) or what the source refused with.
    ``links``: of the Link header, by their relation."""

    url: str
    status: int
    body: bytes
    etag: str = ""
    last_modified: str = ""
    content_type: str = ""
    links: Mapping[str, str] = field(default_factory=dict)


class Fetcher:
    """Fetches for one run. ``requests`` and ``received_bytes`` count what it cost; ``sleep`` and ``clock`` are time."""

    def __init__(
        self,
        manners: Manners | None = None,
        *,
        most_bytes: int | None = None,
        sleep: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.manners = manners or Manners()
        self.most_bytes = most_bytes or settings.FETCH_MB * 1_000_000
        self.sleep, self.clock = sleep, clock
        self.requests = self.received_bytes = 0
        self._next: dict[str, float] = {}
        self._clients: dict[str, httpx.Client] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        for client in self._clients.values():
            client.close()

    def get(self, url: str, *, etag: str = "", last_modified: str = "") -> Fetched:
        """One document. Raises Unfetched when it could not be had now, or may not be had at all."""
        headers = {"If-None-Match": etag, "If-Modified-Since": last_modified}
        headers = {name: value for name, value in headers.items() if value}
        for _move in range(MOST_MOVES + 1):
            found = self._tried(url, headers)
            if found.status not in MOVED:
                return found
            target = urljoin(url, found.links.get("moved", ""))
            if urlsplit(url).scheme == "https" and urlsplit(target).scheme != "https":
                raise Unfetched(say("The source leads from https to an open connection."), again=False)
            url = target
        raise Unfetched(say("The source leads from one address to the next without end."), again=False)

    def _tried(self, url: str, headers: Mapping[str, str]) -> Fetched:
        parse(url)
        for attempt in range(1, self.manners.tries + 1):
            last = attempt == self.manners.tries
            try:
                found, retry_after = self._once(url, headers)
            except httpx.TransportError as error:
                if last:
                    raise Unfetched(_words_of(error)) from None
                self.sleep(self._pause(attempt))
                continue
            if found.status not in AGAIN:
                return found
            wait = retry_after if retry_after is not None else self._pause(attempt)
            if last or wait > self.manners.longest_pause:
                raise Unfetched(_words_of_status(found.status, wait), wait_seconds=retry_after or 0.0)
            self.sleep(wait)
        raise AssertionError("unreachable")

    def _pause(self, attempt: int) -> float:
        most = min(self.manners.pause * 2 ** (attempt - 1), self.manners.longest_pause)
        return most / 2 + random.random() * most / 2

    def _once(self, url: str, headers: Mapping[str, str]) -> tuple[Fetched, float | None]:
        self._wait_turn(urlsplit(url).hostname or "")
        self.requests += 1
        with self._client(url).stream("GET", url, headers=dict(headers)) as answer:
            body = self._body(answer) if answer.status_code not in (304, *MOVED) else b""
            return _fetched(url, answer, body), _retry_after(answer.headers.get("retry-after", ""))

    def _wait_turn(self, host: str) -> None:
        now = self.clock()
        due = self._next.get(host, now)
        if due > now:
            self.sleep(due - now)
        self._next[host] = max(now, due) + 60.0 / max(self.manners.per_minute, 1)

    def _body(self, answer: httpx.Response) -> bytes:
        """Decoded; the count holds for what came and for what it unpacks to."""
        ends = self.clock() + self.manners.deadline
        said = answer.headers.get("content-length", "")
        if said.isascii() and said.isdigit() and len(said) < 19 and int(said) > self.most_bytes:
            raise self._too_much()
        body = bytearray()
        try:
            for part in _unpacked(answer):
                body += part
                if len(body) > self.most_bytes:
                    raise self._too_much()
                if self.clock() > ends:
                    raise Unfetched(say("The answer came too slowly."))
        finally:
            self.received_bytes += answer.num_bytes_downloaded
        return bytes(body)

    def _too_much(self) -> Unfetched:
        words = say(
            "The answer has more than {n} MB. Fetch it as a file, or raise WARDWRIGHT_FETCH_MB.",
            n=self.most_bytes // 1_000_000,
        )
        return Unfetched(words, again=False)

    def _client(self, url: str) -> httpx.Client:
        proxy = proxy_for(url)
        if proxy not in self._clients:
            limits = httpx.Timeout(self.manners.read, connect=self.manners.connect)
            transport: httpx.BaseTransport = (
                httpx.HTTPTransport(verify=_context(), proxy=proxy) if proxy else _Checked(verify=_context())
            )
            self._clients[proxy] = httpx.Client(
                transport=transport,
                timeout=limits,
                follow_redirects=False,
                trust_env=False,
                headers={"User-Agent": user_agent(), "Accept-Encoding": "gzip", "Accept": "*/*"},
            )
        return self._clients[proxy]


def _unpacked(answer: httpx.Response) -> Iterator[bytes]:
    """The body in pieces. One that ends before its gzip does was cut off, which the library does not notice."""
    coding = answer.headers.get("content-encoding", "").strip().lower()
    if coding in ("", "identity"):
        yield from answer.iter_raw(_PIECE)
        return
    if coding not in ("gzip", "x-gzip"):
        raise Unfetched(say("The source packs its answer in a way that was not asked for ({how}).", how=coding[:40]))
    engine = zlib.decompressobj(31)
    try:
        for packed in answer.iter_raw(_PIECE):
            while packed and not engine.eof:
                yield engine.decompress(packed, _PIECE)
                packed = engine.unconsumed_tail
    except zlib.error as error:
        raise httpx.ReadError(str(error)) from None
    if not engine.eof:
        raise httpx.ReadError("cut off")


def user_agent() -> str:
    """Who asks, and whom to write to."""
    contact = settings.FETCH_CONTACT.strip()
    told = f"; {contact}" if contact.isascii() and contact.isprintable() and contact else ""
    return f"Wardwright/{__version__} (notices for hospital equipment{told})"


def proxy_for(url: str) -> str:
    """The proxy that the environment names for an address (``HTTPS_PROXY``, ``NO_PROXY``), "" for none."""
    parts = urlsplit(url)
    if not parts.hostname or proxy_bypass(parts.hostname):
        return ""
    proxies = getproxies()
    return proxies.get(parts.scheme) or proxies.get("all") or ""


class _Checked(httpx.HTTPTransport):
    """Connects to an address that was checked; certificate and Host are those of the name."""

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        host, port = request.url.host, request.url.port or (443 if request.url.scheme == "https" else 80)
        trouble: httpx.TransportError | None = None
        for address in addresses_of(host, port):
            pinned = httpx.Request(
                request.method,
                request.url.copy_with(host=address),
                headers=request.headers,
                stream=request.stream,
                extensions={**request.extensions, "sni_hostname": host},
            )
            try:
                return super().handle_request(pinned)
            except (httpx.ConnectError, httpx.ConnectTimeout) as error:
                trouble = error
        raise trouble or httpx.ConnectError("no address")


@lru_cache(maxsize=1)
def _context() -> ssl.SSLContext:
    return ssl.create_default_context()


@contextmanager
def fetcher(manners: Manners | None = None) -> Iterator[Fetcher]:
    """A fetcher for one run."""
    with Fetcher(manners) as one:
        yield one


def _fetched(url: str, answer: httpx.Response, body: bytes) -> Fetched:
    links = {str(name): urljoin(url, link["url"]) for name, link in answer.links.items() if "url" in link}
    if answer.status_code in MOVED:
        links["moved"] = answer.headers.get("location", "")
    return Fetched(
        url,
        answer.status_code,
        body,
        answer.headers.get("etag", "")[:500],
        answer.headers.get("last-modified", "")[:100],
        answer.headers.get("content-type", "")[:200],
        links,
    )


def _retry_after(text: str) -> float | None:
    """Seconds to wait: a number, or until a moment (RFC 9110 section 10.2.3); None where it says neither."""
    if text.isascii() and text.strip().isdigit():
        return min(float(text.strip()[:9]), _LONGEST_WAIT)
    try:
        at = parsedate_to_datetime(text)
    except (TypeError, ValueError):
        return None
    at = at if at.tzinfo else at.replace(tzinfo=UTC)
    return min(max((at - datetime.now(UTC)).total_seconds(), 0.0), _LONGEST_WAIT)


def _words_of(error: httpx.TransportError) -> str:
    if isinstance(error, httpx.ConnectTimeout | httpx.ReadTimeout | httpx.WriteTimeout | httpx.PoolTimeout):
        return say("The source did not answer in time.")
    if isinstance(error, httpx.ConnectError):
        why = str(error)[:200]
        return say("The source could not be reached ({why}). Look whether firewall and proxy let it through.", why=why)
    if isinstance(error, httpx.ProxyError):
        return say("The proxy did not let the request through ({why}).", why=str(error)[:200])
    return say("The source cut the connection before its answer was complete.")


def _words_of_status(status: int, wait: float) -> str:
    if status == 429:
        return say("The source is asked too often (429); it wants a pause of {n} seconds.", n=round(wait))
    return say("The source has a fault ({status}).", status=status)
