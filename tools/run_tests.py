"""Runs the whole suite on SQLite and then on PostgreSQL, and says in its last lines what it did not run and why.

The second pass leaves out the tests whose outcome no database can change (``tests/repeating.py``) and says how many.

``WARDWRIGHT_REQUIRE_ALL=1`` turns "not found" into a failure (the build server sets it).
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
import postgres

ROOT = Path(__file__).resolve().parents[1]
SHARED = ROOT.parent / "shared" / "data"


def run(name: str, environment: dict[str, str], arguments: list[str]) -> tuple[int, dict[str, int], list[str]]:
    """One pass of pytest; returns its exit code, its counts, and its lines about what it left out."""
    print(f"\n=== {name} ===", flush=True)
    # By file: a journey's steps follow each other, and pytest-xdist 3.8 does not see its groups under pytest 9.2.
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-n",
        "2",
        "--dist",
        "loadfile",
        "--no-loadscope-reorder",
        "-rs",
        *arguments,
    ]
    process = subprocess.Popen(
        command,
        cwd=ROOT,
        env={**os.environ, **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    tail, left_out = "", []
    assert process.stdout is not None
    for line in process.stdout:
        print(line, end="", flush=True)
        if re.search(r"\d+ (passed|failed|error)", line):
            tail = line
        if line.startswith("LEFT OUT: "):
            left_out.append(f"{name}: {line.strip()}")
    counts = {word: int(number) for number, word in re.findall(r"(\d+) (passed|failed|errors?|skipped)", tail)}
    return process.wait(), counts, left_out


def main() -> int:
    required = os.environ.get("WARDWRIGHT_REQUIRE_ALL") == "1"
    arguments = sys.argv[1:]
    missing: list[str] = []
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if not chromium:
        missing.append("browser tests: no Chromium was found (Debian package: chromium)")
    if not SHARED.is_dir():
        print(f"Tests over real registers are skipped: there is no {SHARED}.")
    results = [run("SQLite", {"WARDWRIGHT_TEST_DATABASE_URL": ""}, arguments)]
    binaries = postgres.find_binaries()
    if binaries is None:
        missing.append("the whole suite on PostgreSQL: no server was found (Debian package: postgresql)")
    else:
        with postgres.server(binaries) as url:
            second = ["--second-database", *arguments]
            results.append(run("PostgreSQL", {"WARDWRIGHT_TEST_DATABASE_URL": url}, second))
    totals = {
        word: sum(counts.get(word, 0) for _, counts, _left in results) for word in ("passed", "failed", "skipped")
    }
    totals["failed"] += sum(counts.get("error", 0) + counts.get("errors", 0) for _, counts, _left in results)
    print()
    left_out = [words for _, _counts, left in results for words in left]
    for words in left_out:
        print(words)
    for words in missing:
        print(f"NOT RUN: {words}")
    if not missing:
        print(f"Everything {'else ' if left_out else ''}was run: SQLite, PostgreSQL and Chromium.")
    print(f"{totals['passed']} passed, {totals['failed']} failed, {totals['skipped']} skipped")
    bad = any(code != 0 for code, _counts, _left in results)
    return 1 if bad or (required and missing) else 0


if __name__ == "__main__":
    sys.exit(main())
