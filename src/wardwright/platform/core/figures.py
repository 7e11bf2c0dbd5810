"""What each process counts as it works. All web processes of a host count together (see ``config.cli.serving``)."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Histogram

COUNTED = CollectorRegistry()
REQUESTS = Counter(
    "wardwright_requests",
    "Requests answered, by page or route, method and status.",
    ["view", "method", "status"],
    registry=COUNTED,
)
REQUEST_SECONDS = Histogram(
    "wardwright_request_seconds",
    "How long an answer took.",
    ["view"],
    buckets=(0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10),
    registry=COUNTED,
)
QUERIES = Counter("wardwright_database_queries", "Statements sent to the database by requests.", registry=COUNTED)
SIGN_INS = Counter(
    "wardwright_sign_ins", "What happened at the door, by kind (in, refused, locked …).", ["kind"], registry=COUNTED
)
