"""How much of real notices is understood, and the worst of them: ``python -m bench.scope FOLDER [--worst 20]``.

FOLDER holds CSAF advisories (``*.json``, also in folders below), tables with a column ``code_info`` (``*.csv``) and
pages (``*.jsonl`` with ``text``). Also: what reading costs against splitting the same text into words, and what a
decision costs where one serial is named and where twenty thousand are.
"""

from __future__ import annotations

import argparse
import csv
import json
import re
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

from wardwright.kernel.scope import Decider, Of, Unit, read_notice, read_scope
from wardwright.kernel.scope.csaf import BadCsaf, Leaf, is_csaf, read_csaf

Row = tuple[str, str, str]  # how it was understood, what it is, what was not understood


def leaves(folder: Path) -> Iterator[Row]:
    for path in sorted(folder.rglob("*.json")):
        data = json.loads(path.read_text("utf-8"))
        if not is_csaf(data):
            continue
        try:
            found = read_csaf(data)
        except BadCsaf as error:
            yield "refused", path.name, str(error)
            continue
        for leaf in found.leaves:
            unread = " | ".join(e.span.of(found.scope.text) for e in leaf.unread)
            yield _of_leaf(leaf), f"{path.stem}: {leaf.product} · {leaf.version}", unread


def _of_leaf(leaf: Leaf) -> str:
    said = [e for e in leaf.elements if e.of not in (Of.MAKER, Of.MODEL, Of.UNREAD)]
    if leaf.unread:
        return "partly" if said else "not"
    return "with a condition" if any(e.of is Of.CONDITION for e in said) else "wholly"


def reports(folder: Path) -> Iterator[Row]:
    for path in sorted(folder.rglob("*.csv")):
        with path.open(encoding="utf-8", errors="replace") as file:
            for row in csv.DictReader(file):
                if row.get("code_info"):
                    scope = read_notice(row.get("product_description") or "", row["code_info"])
                    unread = " | ".join(span.of(scope.text) for span in scope.residue)
                    yield scope.understood, row["code_info"][:80], unread


def pages(folder: Path) -> Iterator[Row]:
    for path in sorted(folder.rglob("*.jsonl")):
        for line in path.read_text("utf-8").splitlines():
            page = json.loads(line)
            if "text" not in page:
                continue
            scope = read_scope(page["text"])
            unread = " | ".join(span.of(scope.text) for span in scope.residue)
            yield scope.understood, str(page.get("slug", ""))[:80], unread


def patterns() -> Iterator[Row]:
    """Texts of our own for each way of writing that STANDARDS 5.5 names, and more."""
    for text in (Path(__file__).parent / "matching" / "patterns.txt").read_text("utf-8").split("\n%\n"):
        scope = read_scope(text)
        yield scope.understood, text[:80], " | ".join(span.of(scope.text) for span in scope.residue)


def costs() -> Iterator[tuple[str, float]]:
    """Ratios within this run."""
    text = "Serial numbers: " + ", ".join(f"SN{n:07}" for n in range(0, 40_000, 2))
    words = _seconds(lambda: [one.upper() for one in re.findall(r"\w+|\W", text)])
    yield "reading 20,000 serials, in splittings of the text into words", _seconds(lambda: read_scope(text)) / words
    short = "Serial numbers: " + ", ".join(f"SN{n:07}" for n in range(0, 4_000, 2))
    yield (
        "reading ten times as many serials, in readings",
        _seconds(lambda: read_scope(text)) / _seconds(lambda: read_scope(short)),
    )
    one, many = Decider(read_scope("Serial number: SN0000001")), Decider(read_scope(text))
    unit = Unit(serial="SN0012345")
    few, more = (_seconds(lambda d=d: [d.decide(unit) for _ in range(1000)]) for d in (one, many))  # type: ignore[misc]
    yield "a decision among 20,000 serials, in decisions about one", more / few


def _seconds(run: Callable[[], object]) -> float:
    """The best of three, of the process's own time."""
    found = []
    for _ in range(3):
        start = time.process_time()
        run()
        found.append(time.process_time() - start)
    return min(found)


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--worst", type=int, default=20)
    asked = parser.parse_args()
    for title, rows in (
        ("CSAF products", leaves),
        ("code_info", reports),
        ("pages", pages),
        ("patterns", lambda _folder: patterns()),
    ):
        found = list(rows(asked.folder))
        counts = Counter(kind for kind, _what, _unread in found)
        shares = ", ".join(f"{kind} {n} ({n / len(found):.1%})" for kind, n in counts.most_common())
        print(f"{title}: {len(found)}: {shares}")
        worst = sorted((row for row in found if row[0] in ("not", "partly", "refused")), key=lambda row: -len(row[2]))
        for kind, what, unread in worst[: asked.worst]:
            print(f"  {kind:<8} {' '.join(what.split())}  [{' '.join(unread.split())[:160]}]")
    for what, ratio in costs():
        print(f"{what}: {ratio:.1f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
