"""The real server under measurement, and its clients: wrk where it is installed, else threads of our own."""

from __future__ import annotations

import http.client
import json
import os
import re
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tools"))
from postgres import free_port  # noqa: E402

SECONDS = float(os.environ.get("BENCH_SECONDS", "3"))
HAS_WRK = shutil.which("wrk") is not None


@contextmanager
def running_server(*, processes: int = 2, worker: bool = False) -> Iterator[tuple[int, int]]:
    """``wardwright serve`` on the house of this process's environment; yields (port, supervisor's process id)."""
    port = free_port()
    command = [
        sys.executable,
        "-m",
        "wardwright.config.cli",
        "serve",
        "--port",
        str(port),
        "--processes",
        str(processes),
    ]
    # One caller asks more in a second than a hospital in a day: the limit is measured along, far out of reach.
    told = {**os.environ, "WARDWRIGHT_API_RATE": str(10**9)}
    command = command if worker else [*command, "--no-worker"]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, cwd=ROOT, env=told)
    try:
        for _ in range(600):
            try:
                if fetch(port, "/alive", {})[0] == 200:
                    break
            except OSError:
                time.sleep(0.1)
        yield port, server.pid
    finally:
        server.terminate()
        server.wait(30)


def fetch(port: int, path: str, headers: dict[str, str]) -> tuple[int, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request("GET", path, headers=headers)
    response = connection.getresponse()
    return response.status, response.read()


def percentile(ordered: list[float], share: float) -> float:
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def latencies_ms(port: int, paths: list[str], headers: dict[str, str], count: int = 200) -> list[float]:
    """Sorted latencies of ``count`` requests one after another on one connection, going round ``paths``."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    found = []
    for number in range(count + 20):
        start = time.perf_counter()
        connection.request("GET", paths[number % len(paths)], headers=headers)
        response = connection.getresponse()
        response.read()
        if response.status != 200:
            raise AssertionError(f"{paths[number % len(paths)]}: {response.status}")
        if number >= 20:
            found.append((time.perf_counter() - start) * 1000)
    return sorted(found)


def requests_per_second(port: int, paths: list[str], headers: dict[str, str], connections: int = 8) -> float:
    """Throughput over ``paths``, each measured alike; the mean cost is what is averaged, not the rate."""
    each = SECONDS / len(paths)
    costs = [1 / (_wrk if HAS_WRK else _threads)(port, path, headers, connections, max(1.0, each)) for path in paths]
    return len(costs) / sum(costs)


def _wrk(port: int, path: str, headers: dict[str, str], connections: int, seconds: float) -> float:
    options = [part for name, value in headers.items() for part in ("-H", f"{name}: {value}")]
    url = f"http://127.0.0.1:{port}{path}"
    command = ["wrk", "-t1", f"-c{connections}", f"-d{max(1, round(seconds))}s", *options, url]
    output = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    if "Non-2xx" in output:
        raise AssertionError(f"{path}: {output}")
    return float(re.search(r"Requests/sec:\s+([\d.]+)", output).group(1))  # type: ignore[union-attr]


def under_load(port: int, kind: str, headers: dict[str, str], connections: int, about: list[int]) -> dict[str, float]:
    """Percentiles of one kind of request (``requests.lua``) with so many connections at once; none may be refused."""
    options = [part for name, value in headers.items() for part in ("-H", f"{name}: {value}")]
    script = str(Path(__file__).with_name("requests.lua"))
    command = ["wrk", "-t1", f"-c{connections}", f"-d{max(1, round(SECONDS))}s", "-s", script, *options]
    words = [kind, *map(str, about)]
    output = subprocess.run(
        [*command, f"http://127.0.0.1:{port}", "--", *words], capture_output=True, text=True, check=True
    ).stdout
    found = json.loads(output.strip().splitlines()[-1])
    if found.pop("refused"):
        raise AssertionError(f"{kind}: {output}")
    return found


def _threads(port: int, path: str, headers: dict[str, str], connections: int, seconds: float) -> float:
    counts = [0] * connections
    end = time.perf_counter() + seconds

    def client(number: int) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        while time.perf_counter() < end:
            connection.request("GET", path, headers=headers)
            connection.getresponse().read()
            counts[number] += 1

    threads = [threading.Thread(target=client, args=(number,)) for number in range(connections)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(counts) / seconds


def memory_mb(supervisor: int) -> float:
    """Proportional memory (PSS) of the supervisor and all its children, in MB."""
    total = 0
    for process in [supervisor, *_children(supervisor)]:
        text = Path(f"/proc/{process}/smaps_rollup").read_text()
        total += int(re.search(r"^Pss:\s+(\d+)", text, re.MULTILINE).group(1))  # type: ignore[union-attr]
    return total / 1024


def _children(parent: int) -> list[int]:
    output = subprocess.run(
        ["ps", "-o", "pid=", "--ppid", str(parent)], capture_output=True, text=True, check=False
    ).stdout
    return [int(word) for word in output.split()]
