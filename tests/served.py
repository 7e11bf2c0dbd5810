"""Houses that are really served: ``wardwright`` in processes of its own, as a hospital runs it."""

from __future__ import annotations

import http.client
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tools"))
from postgres import free_port  # noqa: E402

Environment = dict[str, str]


def own_database(name: str) -> str:
    """A fresh database on the PostgreSQL server of the test run; nothing for SQLite."""
    server = os.environ.get("WARDWRIGHT_TEST_DATABASE_URL", "")
    if not server:
        return ""
    import psycopg

    name = f"{name}_{os.getpid()}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {name}")
        connection.execute(f"CREATE DATABASE {name}")
    return urlsplit(server)._replace(path=f"/{name}").geturl()


def environment_of(home: Path, url: str, **settings: str) -> Environment:
    """What a process of the house at ``home`` is told; nothing else of this process's own settings."""
    return {
        **{name: value for name, value in os.environ.items() if not name.startswith("WARDWRIGHT_")},
        "WARDWRIGHT_HOME": str(home),
        "WARDWRIGHT_DATABASE_URL": url,
        "DJANGO_SETTINGS_MODULE": "wardwright.config.settings",
        "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}",
        **settings,
    }


def started(environment: Environment, *words: str) -> subprocess.Popen:
    """``wardwright …`` in a process group of its own; what it says goes to a file in the house."""
    with _said(environment).open("a") as out:
        return subprocess.Popen(
            [sys.executable, "-m", "wardwright.config.cli", *words],
            env=environment,
            stdout=out,
            stderr=out,
            start_new_session=True,
            cwd=ROOT,
        )


def _said(environment: Environment) -> Path:
    return Path(environment["WARDWRIGHT_HOME"]) / "said.txt"


def wait_until_alive(server: subprocess.Popen, port: int, environment: Environment) -> None:
    """Until it answers; a minute is enough on a busy machine."""
    for _ in range(1200):
        assert server.poll() is None, f"the server stopped by itself: {_said(environment).read_text()[-2000:]}"
        with suppress(OSError):
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
            connection.request("GET", "/alive")
            if connection.getresponse().status == 200:
                return
        time.sleep(0.05)
    raise AssertionError("the server did not answer within a minute")


def kill(process: subprocess.Popen) -> None:
    """End the whole process group at once, as a power cut does."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


@contextmanager
def serving(environment: Environment, *words: str, port: int = 0) -> Iterator[tuple[subprocess.Popen, int]]:
    """``wardwright serve``, alive; it must stop cleanly at the end, unless it was killed."""
    port = port or free_port()
    server = started(environment, "serve", "--port", str(port), *words)
    try:
        wait_until_alive(server, port, environment)
        yield server, port
        if server.poll() is None:
            server.send_signal(signal.SIGINT)
            assert server.wait(30) == 0, f"it did not stop cleanly: {_said(environment).read_text()[-2000:]}"
    finally:
        kill(server)


def told(environment: Environment, *words: str, **more: str) -> tuple[int, Any]:
    """``wardwright … --json``: its exit code and its answer."""
    done = subprocess.run(
        [sys.executable, "-m", "wardwright.config.cli", *words, "--json"],
        env={**environment, **more},
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
    )
    assert "Traceback" not in done.stderr, done.stderr[-3000:]
    return done.returncode, json.loads(done.stdout or "{}")
