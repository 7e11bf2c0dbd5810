"""Lines for the log: in words or as JSON, each with the id of its request, without secrets, and none that is forged."""

from __future__ import annotations

import json
import logging
import re
from datetime import UTC, datetime
from typing import Any

from .tracing import current_trace

HIDDEN = "[hidden]"
_VALUE = r"(?:\"[^\"]*\"|'[^']*'|[^\s,;&'\"}\])]+)"
_SECRETS = [
    (re.compile(r"(?i)\b(authorization|proxy-authorization|cookie|set-cookie)(['\"]?\s*[:=]\s*)[^\r\n]+"), r"\1\2"),
    (re.compile(r"(?i)\b(bearer|basic)(\s+)[\w.~+/=-]{6,}"), r"\1\2"),
    (re.compile(r"(://[^\s:/@]*:)()[^\s/@]+(?=@)"), r"\1\2"),
    (
        re.compile(
            rf"(?i)(\b\w*(?:password|passwd|passwort|secret|token|api_?key|sessionid|otp|pin)\w*['\"]?)(\s*[:=]\s*){_VALUE}"
        ),
        r"\1\2",
    ),
    (re.compile(r"(\b)()ww_[\w-]{16,}"), r"\1\2"),
    (re.compile(r"(/shown/)()[^\s/\"']+"), r"\1\2"),
    (re.compile(r"(/[\w./-]*\?)()[^\s\"')\]]+"), r"\1\2"),  # a query string holds names, serial numbers, codes
]
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
#: What a record may carry besides its words (``extra=``).
CARRIED = ("who", "view", "rows", "method", "status", "ms", "queries", "address", "job", "task")


def without_secrets(text: str) -> str:
    """``text`` with whatever looks like a password, token, cookie, credential or query string hidden."""
    for pattern, kept in _SECRETS:
        text = pattern.sub(kept + HIDDEN, text)
    return text


def one_line(text: str) -> str:
    """``text`` with everything that ends a line or moves a terminal's pen written as an escape."""
    text = text.replace("\n", "\\n").replace("\t", " ")
    return _CONTROL.sub(lambda found: found[0].encode("unicode_escape").decode(), text)


def _words(record: logging.LogRecord) -> str:
    """What was said. Django names the path of a request that failed; a path can hold a ticket's code or a key."""
    request = getattr(record, "request", None)
    if record.name in ("django.request", "django.security.csrf") and request is not None:
        match = getattr(request, "resolver_match", None)
        return f"{record.getMessage().split(': ')[0]}: {match.route if match else 'no such address'}"
    return without_secrets(record.getMessage())


def _fault(record: logging.LogRecord) -> str:
    return without_secrets(logging.Formatter().formatException(record.exc_info)) if record.exc_info else ""


class LineFormatter(logging.Formatter):
    """``2026-11-21T07:00:00.000Z INFO wardwright.access words [id]``; a fault's lines follow, each behind a bar."""

    def format(self, record: logging.LogRecord) -> str:
        facts = _facts(record)
        told = " ".join(f"{name}={value}" for name, value in facts.items() if name in CARRIED)
        trace = f" [{facts['request']}]" if "request" in facts else ""
        line = one_line(" ".join(filter(None, (facts["words"], told))))
        fault = "".join(f"\n  | {one_line(part)}" for part in _fault(record).splitlines())
        return f"{facts['at']} {record.levelname} {record.name} {line}{trace}{fault}"


class JsonFormatter(logging.Formatter):
    """One JSON object in one line; docs/how-to/watch-it.md names its members."""

    def format(self, record: logging.LogRecord) -> str:
        facts = _facts(record)
        if record.exc_info:
            facts["fault"] = _fault(record)
        return json.dumps(facts, default=str)


def _facts(record: logging.LogRecord) -> dict[str, Any]:
    at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    facts = {"at": at, "level": record.levelname, "from": record.name, "words": _words(record)}
    trace = getattr(record, "trace", "") or current_trace()
    if trace:
        facts["request"] = trace
    return facts | {name: getattr(record, name) for name in CARRIED if getattr(record, name, None) is not None}
