"""A thin client of the Wardwright API: pages are followed, writes are safe to repeat, refusals are exceptions.

One module with one dependency (httpx): install it from this folder, or copy it.
"""

from __future__ import annotations

import hashlib
import hmac
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any

import httpx

__all__ = ["Client", "Problem", "Row", "is_ours"]
__version__ = "0.1.0"
AGAIN = (429, 502, 503, 504)
LONGEST_WAIT_SECONDS = 60.0


@dataclass
class Problem(Exception):
    """A refusal: ``title`` says what is wrong, ``detail`` what to do, ``errors`` which entry (name → words)."""

    status: int
    kind: str
    title: str
    detail: str = ""
    errors: dict[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        places = "; ".join(f"{name}: {words}" for name, words in self.errors.items())
        return " ".join(part for part in (f"{self.status} {self.title}", self.detail, places) if part)


class Row(dict[str, Any]):
    """A record as the API answers it; ``tag`` is its ETag, for reading and writing on condition."""

    tag: str = ""


class Client:
    """``Client("https://devices.example.org", token="ww_…")``; use it in a ``with`` block, or call ``close``.

    Args:
        retries: how often a request is sent again after a lost connection or a busy answer. Every write carries an
            ``Idempotency-Key``, so that it takes effect once however often it is sent.
        transport: for tests.
    """

    def __init__(
        self,
        address: str,
        *,
        token: str,
        retries: int = 4,
        timeout_seconds: float = 30.0,
        transport: httpx.BaseTransport | None = None,
    ):
        self._retries = retries
        self._http = httpx.Client(
            base_url=address.rstrip("/") + "/api/v1",
            headers={"Authorization": f"Bearer {token}", "User-Agent": f"wardwright-client/{__version__}"},
            timeout=timeout_seconds,
            transport=transport,
        )

    def __enter__(self) -> Client:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        self._http.close()

    # Reading ----------------------------------------------------------------------------------------------------

    def list(self, register: str, **filters: Any) -> Iterator[Row]:
        """Every row of a register (``"work-orders"``), page after page; ``sort``, ``q`` and filters by their names."""
        query = {name: value for name, value in {"limit": 200, **filters}.items() if value is not None}
        while True:
            page = self._send("GET", f"/{register}", params=query).json()
            yield from (Row(row) for row in page["items"])
            if not page["next"]:
                return
            query["after"] = page["next"]

    def get(self, register: str, number: int, *, unless: Row | None = None) -> Row:
        """One record. With ``unless``, the row you have: it is given back as it is when nothing changed."""
        headers = {"If-None-Match": unless.tag} if unless is not None and unless.tag else {}
        answer = self._send("GET", f"/{register}/{number}", headers=headers)
        return unless if answer.status_code == 304 and unless is not None else _row(answer)

    # Writing ----------------------------------------------------------------------------------------------------

    def create(self, register: str, **entries: Any) -> Row:
        """A new record, such as ``create("assets", site_id=1, maker="Dräger", model="Evita V500", …)``."""
        return self._write("POST", f"/{register}", entries, None)

    def change(self, register: str, row: Row, **entries: Any) -> Row:
        """Edit ``row`` as it was read: Problem 412 when somebody changed it meanwhile. Entries as the route's."""
        return self._write("PATCH", f"/{register}/{row['id']}", entries, row)

    def call(self, register: str, row: Row | int | None, operation: str, **entries: Any) -> Row:
        """An operation on a record: ``call("work-orders", order, "start")``. With a Row it must be as it was read,
        with a number it need not; without either it is an operation of the register (``call("assets", None, "move")``).
        """
        number = row["id"] if isinstance(row, Row) else row
        path = f"/{register}/{operation}" if number is None else f"/{register}/{number}/{operation}"
        return self._write("POST", path, entries, row if isinstance(row, Row) else None)

    def _write(self, method: str, path: str, entries: dict[str, Any], row: Row | None) -> Row:
        headers = {"Idempotency-Key": str(uuid.uuid4())}
        if row is not None and row.tag:
            headers["If-Match"] = row.tag
        return _row(self._send(method, path, json=entries, headers=headers))

    def _send(self, method: str, path: str, **given: Any) -> httpx.Response:
        tries = 0
        while True:
            answer: httpx.Response | None = None
            try:
                answer = self._http.request(method, path, **given)
            except httpx.TransportError:
                if tries >= self._retries:
                    raise
            if answer is not None and (answer.status_code not in AGAIN or tries >= self._retries):
                return _checked(answer)
            tries += 1
            time.sleep(_pause(answer, tries))


def is_ours(secret: str, header: str, body: bytes, *, now: float | None = None, tolerance_seconds: float = 300) -> bool:
    """Whether a webhook's message is genuine and new: its ``Wardwright-Signature`` and the raw bytes of its body."""
    parts = dict(part.split("=", 1) for part in header.split(",") if "=" in part)
    at = parts.get("t", "")
    if not at.isdigit() or abs((time.time() if now is None else now) - int(at)) > tolerance_seconds:
        return False
    made = hmac.new(secret.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()
    return hmac.compare_digest(made, parts.get("v1", ""))


def _checked(answer: httpx.Response) -> httpx.Response:
    if answer.status_code < 400:
        return answer
    try:
        said = answer.json()
    except ValueError:
        said = {}
    errors = {error["field"]: error["message"] for error in said.get("errors", [])}
    kind = str(said.get("type", "")).rpartition(":")[2]
    raise Problem(answer.status_code, kind, said.get("title", answer.reason_phrase), said.get("detail", ""), errors)


def _row(answer: httpx.Response) -> Row:
    row = Row(answer.json() if answer.content else {})
    row.tag = answer.headers.get("ETag", "")
    return row


def _pause(answer: httpx.Response | None, tries: int) -> float:
    wanted = answer.headers.get("Retry-After", "") if answer is not None else ""
    return min(LONGEST_WAIT_SECONDS, float(wanted) if wanted.isdigit() else 0.5 * 2.0**tries)
