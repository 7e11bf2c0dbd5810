"""The table of a run, with the goal beside each figure."""

from __future__ import annotations

import platform
from datetime import UTC, datetime
from typing import Any

from .matching.part import report as _matching
from .notices import report as _notices

PEER = {"list": 175, "create_ms": 31.0, "update_ms": 29.0}
GOALS = {"list": 35, "deep": 35, "search": 35, "detail": 12, "register_page": 60}
NAMES = {
    "list": "API list of 50, filtered and sorted",
    "deep": "deep page",
    "search": "text search",
    "detail": "detail",
    "register_page": "register page (HTML)",
}


def write_report(found: dict[str, Any], sizes: list[int], *, wrk: bool, cores: int) -> str:
    """Markdown of everything measured."""
    lines = [
        "# Results of `make bench`",
        "",
        f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC · {cores} cores · Python {platform.python_version()} · client:"
        f" {'wrk' if wrk else 'threads'} · sizes {', '.join(f'{s:,}' for s in sizes)} assets. Two web processes.",
        "Costs are in hello-world views of the same server in the same run (requests per second of `/alive` divided by"
        " those of the page, 8 connections). The best open peer needed 175 hello-worlds for its list, 31 ms for an"
        " audited create, 29 ms for an update.",
        "",
    ]
    for database, parts in found.items():
        lines += [f"## {database}", ""]
        for part, figures in parts.items():
            lines += (
                [f"{part}: could not be measured: {figures['failed']}", ""]
                if "failed" in figures
                else _PARTS[part](figures)
            )
    return "\n".join(lines)


def _reads(figures: dict[str, Any]) -> list[str]:
    sizes = list(figures)
    lines = ["| what | assets | hello-worlds | goal | p50 ms | p95 ms | per second |", "|---|---|---|---|---|---|---|"]
    for name, words in NAMES.items():
        for size in sizes:
            f = figures[size][name]
            lines.append(
                f"| {words} | {int(size):,} | {_mark(f['in_hellos'] <= GOALS[name])}{f['in_hellos']:.1f}"
                f" | ≤ {GOALS[name]} | {f['p50_ms']:.2f} | {f['p95_ms']:.2f} | {f['per_second']:.0f} |"
            )
    first, last = figures[sizes[0]], figures[sizes[-1]]
    growth = {words: last[name]["p95_ms"] / first[name]["p95_ms"] for name, words in NAMES.items()}
    lines += [
        "",
        f"p95 growth from {int(sizes[0]):,} to {int(sizes[-1]):,} assets (goal ≤ 1.5): "
        + " · ".join(f"{words} {_mark(times <= 1.5)}{times:.2f}" for words, times in growth.items()),
        f"Hello-world: {last['hello']['per_second']:.0f} per second, p50 {last['hello']['p50_ms']:.2f} ms.",
        "",
    ]
    return lines


def _writes(f: dict[str, Any]) -> list[str]:
    create, update = PEER["create_ms"] / f["create_audited_ms"], PEER["update_ms"] / f["update_audited_ms"]
    names = {
        "create": "register a device",
        "update": "change a device",
        "insert": "the smallest change there is: one insert",
        "change": "the smallest change there is: one update",
    }
    ratios = [
        f"| {words}, with the trail ÷ without | {_mark(f[f'{name}_ratio'] <= 2)}{f[f'{name}_ratio']:.2f}"
        f" ({f[f'{name}_audited_ms']:.2f} / {f[f'{name}_plain_ms']:.2f} ms) | ≤ 2 |"
        for name, words in names.items()
    ]
    return [
        "| what | figure | goal |",
        "|---|---|---|",
        *ratios,
        f"| register a device | {_mark(create >= 5)}{create:.1f}× the peer | ≥ 5× |",
        f"| change a device | {_mark(update >= 5)}{update:.1f}× the peer | ≥ 5× |",
        f"| changes sealed per second | {f['changes_sealed_per_second']:,.0f} | |",
        f"| records verified per second (small changes) | {f['records_verified_per_second']:,.0f} | |",
        "",
    ]


def _imports(f: dict[str, Any]) -> list[str]:
    return [
        f"Import of {f['rows']:,} rows × 20 columns: {f['import_rows_per_second']:,.0f} rows/s;"
        f" raw `bulk_create` {f['raw_rows_per_second']:,.0f} rows/s;"
        f" share {_mark(f['share_of_raw'] >= 0.25)}{f['share_of_raw']:.2f} (goal ≥ 0.25; peer 0.04)."
        f" Records verified per second (one large change): {f['records_verified_per_second']:,.0f}.",
        "",
    ]


def _planning(figures: dict[str, Any]) -> list[str]:
    return [
        "A year of due work: "
        + " · ".join(
            f"{int(size):,} devices: {f['orders']:,} orders at"
            f" {_mark(f['orders_per_second'] >= 5000)}{f['orders_per_second']:,.0f}/s"
            for size, f in figures.items()
        )
        + " (goal ≥ 5,000/s; peer 151/s).",
        "",
    ]


def _measuring(figures: dict[str, Any]) -> list[str]:
    judging = figures["judging"]
    lines = [
        f"Judging: {judging['judged_per_second']:,} readings a second with the sentence that says why,"
        f" {judging['outcomes_per_second']:,} for the outcome alone ({judging['judge_in_numpy']:.0f} and"
        f" {judging['outcome_in_numpy']:.0f} times the floor: NumPy comparing the same values as floats in an array).",
        "",
        "| looking back over | with the wrong instrument or its children | in doubt | s | times the floor |",
        "|---|---|---|---|---|",
    ]
    for size, f in figures.items():
        if size != "judging":
            lines.append(
                f"| {int(size):,} measurements | {f['counts']['readings']:,} | {f['items']:,} | {f['seconds']:.1f}"
                f" | {f['in_floors']:.1f} |"
            )
    return [*lines, "", "The floor reads those rows without objects and compares each with its limit.", ""]


def _memory(f: dict[str, Any]) -> list[str]:
    words = f"{_mark(f['pss_mb'] <= 250)}{f['pss_mb']:.0f} MB"
    return [f"Memory at rest (PSS of supervisor, two web processes and a worker): {words} (goal ≤ 250; peer 339).", ""]


def _api(f: dict[str, Any]) -> list[str]:
    names = {"list": "list of 50", "detail": "detail", "create": "register a device", "update": "change a device"}
    lines = [
        f"The API with {f['connections']} connections at once, {f['assets']:,} devices, in hello-worlds at the same"
        f" load ({f['hello']['p50_ms']:.1f} ms, {f['hello']['per_second']:,.0f} per second):",
        "",
        "| what | p50 | p95 | p50 ms | p95 ms | per second |",
        "|---|---|---|---|---|---|",
    ]
    for name, words in names.items():
        g = f[name]
        lines.append(
            f"| {words} | {g['p50_in_hellos']:.1f} | {g['p95_in_hellos']:.1f} | {g['p50_ms']:.1f} | {g['p95_ms']:.1f}"
            f" | {g['per_second']:.0f} |"
        )
    return [*lines, ""]


def _trail(f: dict[str, Any]) -> list[str]:
    names = {
        "create": "register a device",
        "update": "change a device",
        "explorer": "audit explorer",
        "history": "history of a device",
    }
    seconds = f["seconds"]
    return [
        f"A trail of {f['records']:,} records in {f['changes']:,} changes ({f['database_mb']:,.0f} MB): made at"
        f" {f['made_per_second']:,.0f} records/s, sealed at {f['changes_sealed_per_second']:,.0f} changes/s, verified"
        f" at {f['records_verified_per_second']:,.0f} records/s ({seconds['verify']:.0f} s), compared with the state in"
        f" {seconds['state']:.0f} s more.",
        "",
        "| what | ms before | ms beside that trail | times |",
        "|---|---|---|---|",
        *(
            f"| {words} | {f['small'][f'{name}_ms']:.1f} | {f['large'][f'{name}_ms']:.1f}"
            f" | {f['large'][f'{name}_ms'] / f['small'][f'{name}_ms']:.2f} |"
            for name, words in names.items()
        ),
        "",
    ]


def _mark(good: bool) -> str:
    return "" if good else "**missed** "


_PARTS = {
    "reads": _reads,
    "writes": _writes,
    "api": _api,
    "imports": _imports,
    "planning": _planning,
    "trail": _trail,
    "measuring": _measuring,
    "memory": _memory,
    "notices": _notices,
    "matching": _matching,
}
