"""``python -m bench.matching FOLDER [--seed 1] [--worst 20]``: the labelled set, measured."""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

from .measures import Measures
from .set import measured


def lines(found: Measures) -> list[str]:
    rows = []
    for source in found.notices:
        affected = found.affected[source]
        at = {s: found.found[source, s] for s in ("confirmed", "model_only", "review", "excluded", "absent")}
        rows.append(
            f"| {source} | {found.notices[source]} | {found.understood[source]} | {affected:,} | {found.lost[source]}"
            f" | {found.lost_unread[source]} | {at['confirmed']:,} | {at['model_only']:,} | {at['review']:,}"
            f" | {found.confirmed[source]:,} | {found.wrong[source]} |"
        )
    return rows


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--worst", type=int, default=20)
    parser.add_argument("--notices", type=int, default=400)
    parser.add_argument("--each", type=int, default=12)
    parser.add_argument("--mangles", type=int, default=2)
    asked = parser.parse_args()
    start = time.perf_counter()
    found = measured(asked.folder, asked.seed, asked.notices, asked.each, asked.mangles)
    print(f"{sum(found.notices.values())} notices, {found.devices:,} devices, {time.perf_counter() - start:.1f} s")
    print("| source | notices | wholly understood | meant | lost | lost, not understood | confirmed | model only | review | all confirmed | wrong |")  # fmt: skip  # noqa: E501
    print(*lines(found), sep="\n")
    print(f"precision {found.precision():.4f}; {dict(found.standings)}; weak reviews {found.review_weak}")
    print(*found.worst[: asked.worst], sep="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
