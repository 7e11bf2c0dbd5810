"""Kills servers with SIGKILL again and again while people write, then asks whether anything was lost.

``python -m tests.kill.driver --times 200`` kills the whole server 200 times. With ``--users 32 --minutes 10
--kill-every 60`` one web process and the worker are killed each minute under people who go on. ``--url postgresql://…``
for PostgreSQL. Prints one JSON object; the suite runs short forms of both.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import random
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from itertools import count
from pathlib import Path
from typing import Any

import psutil

from tests.served import ROOT, Environment, environment_of, kill, serving, started, told

AGAIN = (429, 502, 503, 504)


class Stopped(Exception):
    """The time is over while an answer was waited for."""


class Client(threading.Thread):
    """Somebody who registers devices, edits and reads them, and remembers what the server acknowledged.

    What got no answer is sent again under its key, as a careful program does: it may take effect once.
    """

    numbers = count(1)

    def __init__(self, port: int, known: dict[str, Any], token: str, stop: threading.Event, pause_seconds: float):
        super().__init__(daemon=True)
        self.known, self.token, self.stop, self.pause_seconds = known, token, stop, pause_seconds
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self.acknowledged: dict[str, int] = {}  # serial number → edits that were answered
        self.requests = self.writes = 0
        self.errors: Counter[str] = Counter()
        self.troubles: list[str] = []

    def run(self) -> None:
        try:
            while True:
                self.look_after_one()
        except Stopped:
            return
        except Exception as error:
            self.troubles.append(f"{type(error).__name__}: {error}")

    def look_after_one(self) -> None:
        serial = f"K{next(self.numbers):07d}"
        places = {name: self.known[name] for name in ("site_id", "device_model_id")}
        row = self.send("POST", "/assets", {**places, "status": "in_service", "values": {"serial": serial}})
        self.acknowledged[serial] = 0
        for edit in (1, 2, 3):
            body = {"expected_version": row["version"], "values": {"notes": str(edit)}}
            row = self.send("PATCH", f"/assets/{row['id']}", body)
            self.acknowledged[serial] = edit
            if self.send("GET", f"/assets/{row['id']}")["notes"] != str(edit):
                self.troubles.append(f"{serial}: edit {edit} was answered and is not seen")
        self.send("GET", "/assets?status=in_service&sort=tag")

    def send(self, method: str, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}
        if body is not None:
            headers["Idempotency-Key"] = f"{self.token} {next(self.numbers)}"
        time.sleep(random.uniform(0.5, 1.5) * self.pause_seconds)
        while not self.stop.is_set():
            self.requests += 1
            try:
                self.connection.request(method, f"/api/v1{path}", json.dumps(body) if body else None, headers)
                response = self.connection.getresponse()
                data = response.read()
            except (OSError, http.client.HTTPException) as error:
                self.again(type(error).__name__)
                continue
            if response.status in AGAIN:
                self.again(str(response.status))
                continue
            if response.status >= 300:
                raise AssertionError(f"{method} {path}: {response.status} {data[:300]!r}")
            self.writes += body is not None
            return json.loads(data)
        raise Stopped

    def again(self, error: str) -> None:
        self.errors[error] += 1
        self.connection.close()
        time.sleep(0.1)


class House:
    """A house on either database whose servers are killed, and everybody who works in it."""

    def __init__(self, url: str, users: int):
        self.environment: Environment = environment_of(Path(tempfile.mkdtemp(prefix="wardwright-kill-")), url)
        self.known = json.loads(self.python("-m", "tests.kill.prepare", str(users)))
        self.clients: list[Client] = []

    def python(self, *words: str) -> str:
        done = subprocess.run(
            [sys.executable, *words], env=self.environment, capture_output=True, text=True, check=True, cwd=ROOT
        )
        return done.stdout

    def work(self, port: int, stop: threading.Event, pause_seconds: float) -> list[Client]:
        clients = [Client(port, self.known, token, stop, pause_seconds) for token in self.known["tokens"]]
        self.clients += clients
        for client in clients:
            client.start()
        return clients

    def verdict(self) -> dict[str, Any]:
        return told(self.environment, "audit", "verify", "--state")[1]

    def result(self) -> dict[str, Any]:
        """What was acknowledged, what of it is not there, what is there twice, and whether the trail is whole."""
        found: dict[str, list[str]] = {}
        answer = json.loads(self.python("-m", "tests.kill.survivors"))
        for serial, notes in answer["devices"]:
            found.setdefault(serial, []).append(notes)
        acknowledged = {serial: edit for client in self.clients for serial, edit in client.acknowledged.items()}
        return {
            "requests": sum(client.requests for client in self.clients),
            "acknowledged_writes": sum(client.writes for client in self.clients),
            "acknowledged_devices": len(acknowledged),
            "found": len(found),
            "errors": dict(sum((client.errors for client in self.clients), Counter())),
            "troubles": [trouble for client in self.clients for trouble in client.troubles],
            # An edit whose answer was lost may be there too, hence at least.
            "lost": [s for s, edit in acknowledged.items() if int(max(found.get(s, ["-1"])) or 0) < edit],
            "twice": [serial for serial, notes in found.items() if len(notes) > 1],
            "jobs_failed": answer["jobs_failed"],
            "audit": self.verdict(),
        }


def kill_rounds(times: int, url: str = "", *, seed: int = 1) -> dict[str, Any]:
    """Kill the whole server ``times`` times under four people."""
    house, draw = House(url, 4), random.Random(seed)
    for _ in range(times):
        stop = threading.Event()
        with serving(house.environment, "--processes", "2") as (server, port):
            clients = house.work(port, stop, 0)
            time.sleep(draw.uniform(0.2, 0.9))
            kill(server)
        stop.set()
        for client in clients:
            client.join(15)
    return {"kills": times, **house.result()}


def kill_under_load(*, users: int, seconds: float, kill_every: float, url: str = "", pause: float = 0.4) -> dict:
    """Kill one web process and the worker every so often under ``users`` people; both are there again by themselves.

    The supervisor replaces the web process; for the worker, this stands in for the system's service manager. Midway
    and at the end the trail is verified, the first time with everybody at work.
    """
    house, stop = House(url, users), threading.Event()
    kills, meanwhile = 0, {}
    with serving(house.environment, "--processes", "2", "--no-worker") as (server, port):
        worker = started(house.environment, "worker")
        clients = house.work(port, stop, pause)
        begun = time.monotonic()
        try:
            for at in _moments(kill_every, seconds):
                time.sleep(max(0, begun + at - time.monotonic()))
                random.choice(psutil.Process(server.pid).children()).kill()
                kill(worker)
                worker = started(house.environment, "worker")
                kills += 1
                meanwhile = meanwhile or (house.verdict() if at >= seconds / 2 else {})
            time.sleep(max(0, begun + seconds - time.monotonic()))
        finally:
            stop.set()
            for client in clients:
                client.join(90)
            kill(worker)
    found = house.result()
    return {"users": users, "seconds": seconds, "kills": kills, "verified_meanwhile": meanwhile, **found}


def _moments(step: float, end: float) -> list[float]:
    return [step * number for number in range(1, int(end / step) + 1) if step * number < end]


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--times", type=int, default=200, help="kills of the whole server")
    parser.add_argument("--users", type=int, help="instead: so many people, with --minutes and --kill-every")
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--kill-every", type=float, default=60, help="seconds")
    parser.add_argument("--url", default=os.environ.get("WARDWRIGHT_TEST_DATABASE_URL", ""))
    options = parser.parse_args()
    result = (
        kill_under_load(
            users=options.users, seconds=options.minutes * 60, kill_every=options.kill_every, url=options.url
        )
        if options.users
        else kill_rounds(options.times, options.url)
    )
    for report in (result["audit"], result.get("verified_meanwhile") or {"problems": []}):
        report["problems"] = report["problems"][:20]
    print(json.dumps(result, indent=1))
