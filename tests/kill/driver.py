"""Kills the whole server with SIGKILL again and again while clients write, then asks whether anything was lost.

``python -m tests.kill.driver --times 200 [--url postgresql://…]`` prints one JSON object; the suite runs a few rounds.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import suppress
from itertools import count
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools"))
from postgres import free_port  # noqa: E402


class Client(threading.Thread):
    """Registers devices and edits them, and remembers what the server acknowledged."""

    numbers = count(1)

    def __init__(self, port: int, known: dict[str, Any], acknowledged: dict[str, str], stop: threading.Event):
        super().__init__(daemon=True)
        self.port, self.known, self.acknowledged, self.stop = port, known, acknowledged, stop

    def run(self) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        while not self.stop.is_set():
            try:
                serial = f"K{next(self.numbers):07d}"
                body = {k: self.known[k] for k in ("site_id", "device_model_id")} | {
                    "status": "in_service",
                    "values": {"serial": serial},
                }
                made = self.send(connection, "POST", "/api/v1/assets", body)
                self.acknowledged[serial] = ""
                self.send(
                    connection,
                    "PATCH",
                    f"/api/v1/assets/{made['id']}",
                    {"expected_version": made["version"], "values": {"notes": "edited"}},
                )
                self.acknowledged[serial] = "edited"
            except (OSError, http.client.HTTPException):
                return

    def send(
        self, connection: http.client.HTTPConnection, method: str, path: str, body: dict[str, Any]
    ) -> dict[str, Any]:
        headers = {"Authorization": f"Bearer {self.known['token']}", "Content-Type": "application/json"}
        connection.request(method, path, json.dumps(body), headers)
        response = connection.getresponse()
        data = response.read()
        if response.status >= 300:
            raise AssertionError(f"{method} {path}: {response.status} {data[:300]!r}")
        return json.loads(data)


def kill_rounds(times: int, url: str = "", *, seed: int = 1) -> dict[str, Any]:
    """Run ``times`` rounds; returns counts, what was lost, and the verdict of ``audit verify --state``."""
    home = tempfile.mkdtemp(prefix="wardwright-kill-")
    environment = {
        **os.environ,
        "WARDWRIGHT_HOME": home,
        "WARDWRIGHT_DATABASE_URL": url,
        "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}",
        "DJANGO_SETTINGS_MODULE": "wardwright.config.settings",
    }
    known = json.loads(_python(["-m", "tests.kill.prepare"], environment))
    acknowledged: dict[str, str] = {}
    draw = random.Random(seed)
    for _ in range(times):
        _one_round(environment, known, acknowledged, draw.uniform(0.2, 0.9))
    found = json.loads(_python(["-m", "tests.kill.survivors"], environment))
    verdict = subprocess.run(
        [sys.executable, "-m", "wardwright.config.cli", "audit", "verify", "--state", "--json"],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
    )
    lost = [serial for serial, note in acknowledged.items() if serial not in found or (note and found[serial] != note)]
    return {
        "kills": times,
        "acknowledged": len(acknowledged),
        "found": len(found),
        "lost": lost,
        "audit": json.loads(verdict.stdout),
    }


def _one_round(
    environment: dict[str, str], known: dict[str, Any], acknowledged: dict[str, str], seconds: float
) -> None:
    port = free_port()
    server = subprocess.Popen(
        [sys.executable, "-m", "wardwright.config.cli", "serve", "--port", str(port), "--processes", "2"],
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=(Path(environment["WARDWRIGHT_HOME"]) / "stderr.log").open("w"),
        start_new_session=True,
        cwd=ROOT,
    )
    try:
        _wait_until_alive(port, server, environment)
        stop = threading.Event()
        clients = [Client(port, known, acknowledged, stop) for _ in range(4)]
        for client in clients:
            client.start()
        time.sleep(seconds)
    finally:
        with suppress(ProcessLookupError):
            os.killpg(server.pid, signal.SIGKILL)
        server.wait()
    stop.set()
    for client in clients:
        client.join(15)


def _wait_until_alive(port: int, server: subprocess.Popen, environment: dict[str, str]) -> None:
    for _ in range(1200):
        if server.poll() is not None:
            words = (Path(environment["WARDWRIGHT_HOME"]) / "stderr.log").read_text()[-1500:]
            raise AssertionError(f"the server stopped by itself with exit code {server.returncode}: {words}")
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
            connection.request("GET", "/alive")
            if connection.getresponse().status == 200:
                return
        except OSError:
            time.sleep(0.05)
    raise AssertionError("the server did not answer within a minute")


def _python(arguments: list[str], environment: dict[str, str]) -> str:
    return subprocess.run(
        [sys.executable, *arguments], env=environment, capture_output=True, text=True, check=True, cwd=ROOT
    ).stdout


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--times", type=int, default=200)
    parser.add_argument("--url", default=os.environ.get("WARDWRIGHT_TEST_DATABASE_URL", ""))
    options = parser.parse_args()
    result = kill_rounds(options.times, options.url)
    result["audit"]["problems"] = result["audit"]["problems"][:20]
    print(json.dumps(result, indent=1))
