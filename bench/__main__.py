"""``make bench``: every part on SQLite and PostgreSQL, tabled in RESULTS.md. ``--full``: to 1,000,000 assets."""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from .report import write_report
from .serving import HAS_WRK, ROOT

sys.path.insert(0, str(ROOT / "tools"))
import postgres

WITHOUT_DATABASE = ("matching",)
RESULTS = Path(__file__).parent / "RESULTS.md"


def measure(part: str, url: str, *numbers: int) -> dict[str, Any]:
    """Run one part in a process of its own; on PostgreSQL in a database of its own."""
    print(f"  {part} {' '.join(map(str, numbers))}", file=sys.stderr, flush=True)
    if url:
        url = _fresh_database(url, part)
    command = [sys.executable, "-m", "bench.parts", part, url, *map(str, numbers)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        print(done.stderr[-3000:], file=sys.stderr)
        return {"failed": done.stderr.strip().splitlines()[-1] if done.stderr.strip() else "no message"}
    return json.loads(done.stdout.strip().splitlines()[-1])


def _fresh_database(url: str, part: str) -> str:
    import psycopg

    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE IF EXISTS bench_{part}")
        connection.execute(f"CREATE DATABASE bench_{part}")
    return url.rsplit("/", 1)[0] + f"/bench_{part}"


def measure_all(url: str, sizes: list[int], rows: int, records: int, parts: list[str]) -> dict[str, Any]:
    measured = sizes[-1:]
    small = [size for size in sizes if size <= 100_000]
    numbers = {
        "reads": sizes,
        "planning": small,
        "imports": [rows],
        "measuring": measured,
        "api": small[-1:],
        "trail": [records],
        "notices": [small[-1], 300 if sizes[-1] < 10_000 else 5000],
    }
    return {part: measure(part, url, *numbers.get(part, [])) for part in parts}


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--full", action="store_true", help="up to 1,000,000 assets and 5,000,000 audit records")
    parser.add_argument("--quick", action="store_true", help="small sizes, to try the benchmark itself")
    parser.add_argument("--parts", default="reads,writes,api,imports,planning,measuring,trail,memory,notices,matching")
    parser.add_argument("--databases", default="sqlite,postgresql")
    parser.add_argument("--output", default=str(RESULTS))
    options = parser.parse_args()
    sizes = [1000, 5000] if options.quick else [10_000, 100_000, 1_000_000] if options.full else [10_000, 100_000]
    rows = 5000 if options.quick else 100_000
    records = 30_000 if options.quick else 5_000_000 if options.full else 500_000
    asked = options.parts.split(",")
    parts = [part for part in asked if part not in WITHOUT_DATABASE]
    found: dict[str, Any] = {}
    if "matching" in asked:
        numbers = [2000, 1000, 40] if options.quick else [100_000, 50_000]
        found["Without a database"] = {"matching": measure("matching", "", *numbers)}
    if parts and "sqlite" in options.databases:
        print("SQLite", file=sys.stderr)
        found["SQLite"] = measure_all("", sizes, rows, records, parts)
    binaries = postgres.find_binaries()
    if parts and "postgresql" in options.databases and binaries:
        print("PostgreSQL", file=sys.stderr)
        with postgres.server(binaries, durable=True) as url:
            found["PostgreSQL"] = measure_all(url, sizes, rows, records, parts)
    text = write_report(found, sizes, wrk=HAS_WRK, cores=os.cpu_count() or 0)
    Path(options.output).write_text(text)
    Path(options.output).with_suffix(".json").write_text(json.dumps(found, indent=1))
    print(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
