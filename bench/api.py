"""The API under 32 connections at once: a list, a detail, creating and changing, each beside a hello-world view."""

from __future__ import annotations

import json
from typing import Any

from . import house, serving

CONNECTIONS = 32
KINDS = ("list", "detail", "create", "update")


def api(url: str, size: int) -> dict[str, Any]:
    """Percentiles under load, in milliseconds and in those of a hello-world at the same load, before and after."""
    if not serving.HAS_WRK:
        raise SystemExit("This part needs wrk (Debian package: wrk).")
    house.prepare(url)
    house.make_caller()
    catalogue = house.make_catalogue()
    house.fill(catalogue, 0, size)
    token = {"Authorization": f"Bearer {house.TOKEN}"}
    with serving.running_server() as (port, _):
        first = json.loads(serving.fetch(port, "/api/v1/assets?limit=1", token)[1])["items"][0]["id"]
        about = [first, size, catalogue["sites"][0].pk, catalogue["models"][0].pk]

        def under_load(kind: str) -> dict[str, float]:
            return serving.under_load(port, kind, token, CONNECTIONS, about)

        for kind in ("hello", "list", "detail"):  # what is asked for the first time is slower
            under_load(kind)
        found: dict[str, Any] = {"assets": size, "connections": CONNECTIONS}
        hello = under_load("hello")
        for kind in KINDS:
            before, figures, hello = hello, under_load(kind), under_load("hello")
            unit = (before["p50_ms"] + hello["p50_ms"]) / 2  # a machine's speed drifts
            in_hellos = {f"{name}_in_hellos": figures[f"{name}_ms"] / unit for name in ("p50", "p95")}
            found[kind] = figures | in_hellos
        found["hello"] = hello
    return found
