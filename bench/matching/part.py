"""``make bench -- --parts matching``: reading, the labelled set and speed, in figures that the report tables."""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from pathlib import Path
from typing import Any

from bench.scope import leaves, pages, patterns, reports

from .measures import Measures
from .set import measured
from .speed import speed

SHARED = Path(__file__).resolve().parents[4] / "shared" / "data"
SEEDS = (1, 2, 3)
STANDINGS = ("confirmed", "model_only", "review", "excluded", "absent")


def matching(_url: str, devices: int, notices: int, composed: int = 400) -> dict[str, Any]:
    """Speed first, while memory is only its own. Needs no database; without the shared data only speed."""
    found: dict[str, Any] = {"speed": speed(devices, notices), "patterns": _counted(patterns())}
    if not SHARED.is_dir():
        return found | {"skipped": f"no {SHARED.parent.name}/{SHARED.name} beside the repository"}
    found["reading"] = reading(SHARED)
    found["labelled"] = {str(seed): labelled(measured(SHARED, seed, composed, 12)) for seed in SEEDS}
    return found


def reading(folder: Path) -> dict[str, dict[str, int]]:
    """By source: how many texts were wholly, partly, not understood."""
    sources = {
        "products of medical advisories (CSAF)": leaves(folder / "01_csaf_kev" / "icsma"),
        "products of other advisories (CSAF)": leaves(folder / "01_csaf_kev" / "icsa_sample"),
        "enforcement reports": reports(folder),
        "pages of class I recalls": pages(folder),
    }
    return {name: _counted(rows) for name, rows in sources.items()}


def _counted(rows: Any) -> dict[str, int]:
    return dict(Counter(kind for kind, _what, _unread in rows))


def labelled(found: Measures) -> dict[str, Any]:
    """One labelled set: by source, and as a whole."""
    return {
        "devices": found.devices,
        "precision": found.precision(),
        "standings": {str(name): count for name, count in found.standings.items()},
        "review_weak": found.review_weak,
        "sources": {
            source: {
                "notices": found.notices[source],
                "understood": dict(found.how[source]),
                "meant": found.affected[source],
                "lost": found.lost[source],
                "lost_unread": found.lost_unread[source],
                "at": {name: found.found[source, name] for name in STANDINGS},
                "confirmed": found.confirmed[source],
                "wrong": found.wrong[source],
            }
            for source in found.notices
        },
    }


def report(f: dict[str, Any]) -> list[str]:
    """The tables of ``matching``."""
    lines = _speed(f["speed"])
    if "skipped" in f:
        return [*lines, f"Reading and the labelled set were not measured: {f['skipped']}.", ""]
    lines += ["| read | texts | wholly | with a condition | partly | not |", "|---|---|---|---|---|---|"]
    sources = {"patterns of `code_info` written for it": f["patterns"], **f["reading"]}
    for name, counts in sources.items():
        total = sum(counts.values())
        shares = (f"{counts.get(how, 0) / total:.1%}" for how in ("wholly", "with a condition", "partly", "not"))
        lines.append(f"| {name} | {total} | {' | '.join(shares)} |")
    lines += [
        "",
        "| set | source | notices (wholly, partly, not) | devices meant | lost (goal 0)"
        " | lost where not wholly understood | confirmed | model only | review | all confirmed | wrong |",
        "|---|---|---|---|---|---|---|---|---|---|---|",
    ]
    for seed, one in f["labelled"].items():
        lines += [_source(seed, name, source) for name, source in one["sources"].items()]
    for seed, one in f["labelled"].items():
        standings, good = one["standings"], one["precision"] >= 0.98
        all_of_them = sum(standings.values())
        lines += [
            "",
            f"Set {seed}: {one['devices']:,} devices; precision of confirmed {'' if good else '**missed** '}"
            f"{one['precision']:.4f} (goal ≥ 0.98). Of {all_of_them:,} matches of all notices with all devices"
            f" {standings.get('review', 0) / all_of_them:.0%} are review, {one['review_weak'] / all_of_them:.0%} by no"
            " more than the maker.",
        ]
    return [*lines, ""]


def _source(seed: str, name: str, f: dict[str, Any]) -> str:
    how, at, lost = f["understood"], f["at"], f["lost"]
    read = ", ".join(str(how.get(word, 0)) for word in ("wholly", "partly", "not"))
    return (
        f"| {seed} | {name} | {f['notices']} ({read}) | {f['meant']:,} | {'**missed** ' if lost else ''}{lost}"
        f" | {f['lost_unread']} | {at['confirmed']:,} | {at['model_only']:,} | {at['review']:,} | {f['confirmed']:,}"
        f" | {f['wrong']} |"
    )


def _speed(f: dict[str, Any]) -> list[str]:
    return [
        f"{f['devices']:,} devices ({f['products']:,} spellings of products) against {f['notices']:,} notices from"
        f" nothing: {f['built_seconds'] + f['searched_seconds']:,.0f} s of one core ({f['per_notice_ms']:.1f} ms a"
        f" notice), the floor {f['floor_seconds']:,} s: {f['times_the_floor']:.1f} times as fast. The floor compares"
        " maker and model of all pairs by likeness (rapidfuzz, `ratio`) and decides nothing; it was measured on 500,000"
        " pairs and scaled.",
        "",
        f"A day: a new notice against all devices {f['new_notice_ms']:.0f} ms (worst of 10:"
        f" {f['new_notice_worst_ms']:.0f}), a changed device against all notices {f['changed_device_ms']:.1f} ms (worst"
        f" of 200: {f['changed_device_worst_ms']:.0f}). Making the notices ready for that takes"
        f" {f['notices_built_seconds']:.0f} s. Memory of the process at its highest: {f['peak_mb']:,} MB.",
        "",
    ]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--devices", type=int, default=10_000)
    parser.add_argument("--notices", type=int, default=5_000)
    parser.add_argument("--composed", type=int, default=400)
    asked = parser.parse_args()
    print("\n".join(report(matching("", asked.devices, asked.notices, asked.composed))))
    return 0


if __name__ == "__main__":
    sys.exit(main())
