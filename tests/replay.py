"""A source on loopback that is really asked over HTTP, and can be told to answer as sources do on bad days."""

from __future__ import annotations

import gzip
import hashlib
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit


@dataclass
class Reply:
    """One answer. ``cut``: the connection ends after so many bytes of the body, which was announced in full."""

    body: bytes = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    cut: int | None = None


Answering = Callable[["Source", str, dict[str, str]], Reply]


class Source(ThreadingHTTPServer):
    """``at[path]`` is what a path answers: bytes, a Reply, or a function. ``bad``: replies given first, in order, to
    whatever is asked. ``asked`` are the paths with their queries, ``headers`` what was sent along."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.at: dict[str, bytes | Reply | Answering] = {}
        self.bad: list[Reply] = []
        self.asked: list[str] = []
        self.headers: list[dict[str, str]] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def folder(self, prefix: str, root: Path, pattern: str = "*.json") -> list[str]:
        """Serve real files; gives their paths below ``prefix``."""
        paths = sorted(root.glob(pattern))
        for path in paths:
            self.at[f"{prefix}/{path.name}"] = path.read_bytes()
        return [path.name for path in paths]

    def reply(self, asked: str, headers: dict[str, str]) -> Reply:
        self.asked.append(asked)
        self.headers.append(headers)
        if self.bad:
            return self.bad.pop(0)
        found = self.at.get(urlsplit(asked).path)
        if found is None:
            return Reply(b"no such page", 404)
        if callable(found):
            return found(self, asked, headers)
        return found if isinstance(found, Reply) else validated(found, headers)


def validated(body: bytes, headers: dict[str, str]) -> Reply:
    """With an ETag, and 304 for whoever has it."""
    etag = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
    if headers.get("If-None-Match") == etag:
        return Reply(b"", 304, {"ETag": etag})
    return Reply(body, 200, {"ETag": etag})


class _Handler(BaseHTTPRequestHandler):
    server: Source
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        reply = self.server.reply(self.path, dict(self.headers))
        body = reply.body
        headers = dict(reply.headers)
        if "gzip" in self.headers.get("Accept-Encoding", "") and len(body) > 500 and "Content-Encoding" not in headers:
            body, headers["Content-Encoding"] = gzip.compress(body), "gzip"
        self.send_response(reply.status)
        for name, value in headers.items():
            self.send_header(name, value)
        if reply.status != 304:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if reply.cut is not None:
            self.wfile.write(body[: reply.cut])
            self.close_connection = True
            return
        if reply.status != 304:
            self.wfile.write(body)

    def log_message(self, *args: Any) -> None:
        pass


@contextmanager
def source() -> Iterator[Source]:
    server = Source()
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()


def openfda(records: list[dict[str, Any]], *, page: int, updated: str = "2024-05-30") -> Answering:
    """An endpoint as openFDA has it: ``limit``, a Link to the next page by ``search_after``, 404 for nothing.

    ``search`` is a range of days on any of the named fields.
    """

    def answer(source: Source, asked: str, headers: dict[str, str]) -> Reply:
        query = {name: values[0] for name, values in parse_qs(urlsplit(asked).query).items()}
        found = [one for one in records if _matches(one, query.get("search", ""))]
        start = int(query.get("search_after", "0"))
        some = found[start : start + min(page, int(query["limit"]))]
        if not some:
            return Reply(json.dumps({"error": {"code": "NOT_FOUND", "message": "No matches found!"}}).encode(), 404)
        meta = {"last_updated": updated, "results": {"skip": 0, "limit": page, "total": len(found)}}
        following = start + len(some)
        links = {}
        if following < len(found):
            kept = urlsplit(asked).query.split("&search_after=")[0]
            links["Link"] = f'<{source.url}{urlsplit(asked).path}?{kept}&search_after={following}>; rel="next"'
        return Reply(json.dumps({"meta": meta, "results": some}).encode(), 200, links)

    return answer


def _matches(record: dict[str, Any], search: str) -> bool:
    """``field:[a TO b] field:[c TO d]``: one is enough."""
    if not search:
        return True
    for part in search.split("] "):
        name, _, span = part.partition(":[")
        low, _, high = span.rstrip("]").partition(" TO ")
        if low <= str(record.get(name) or "") <= high:
            return True
    return False
