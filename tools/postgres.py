"""Runs a command beside a private PostgreSQL server: ``python tools/postgres.py -- pytest …``.

The server lives in a temporary folder, listens on a free loopback port, and is stopped afterwards. Its address is given
in WARDWRIGHT_TEST_DATABASE_URL. Exit code 77 means that no PostgreSQL was found on this machine.
"""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

NOT_FOUND = 77
LOCALE = "--locale=C.UTF-8" if sys.platform == "linux" else "--locale=C"  # whatever the machine is set to


def find_binaries() -> Path | None:
    """The folder of ``initdb``, newest Debian version first, else wherever PATH has it."""
    versions = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda p: int(p.parts[-3]), reverse=True)
    if versions:
        return versions[0].parent
    found = shutil.which("initdb")
    return Path(found).resolve().parent if found else None


def as_user() -> list[str]:
    """PostgreSQL refuses to run as root: then it runs as the user ``postgres``."""
    return ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"] if os.geteuid() == 0 else []


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def server(binaries: Path, *, durable: bool = False) -> Iterator[str]:
    """A fresh server; yields the URL of its database. ``durable`` keeps fsync on (for crash tests and benchmarks)."""
    folder = Path(tempfile.mkdtemp(prefix="wardwright-pg-"))
    port = free_port()
    prefix = as_user()
    if prefix:
        shutil.chown(folder, "postgres", "postgres")
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "check": True, "cwd": "/"}
    data = folder / "data"
    subprocess.run(
        [
            *prefix,
            binaries / "initdb",
            "-D",
            data,
            "-U",
            "wardwright",
            "--auth=trust",
            "-E",
            "UTF8",
            LOCALE,
            "--no-sync",
        ],
        **quiet,
    )
    options = (
        f"-c port={port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={folder}"
        " -c shared_buffers=256MB -c max_wal_size=4GB"
    )
    if not durable:
        options += " -c fsync=off -c synchronous_commit=off -c full_page_writes=off"
    subprocess.run(
        [*prefix, binaries / "pg_ctl", "-D", data, "-w", "-l", folder / "log", "-o", options, "start"], **quiet
    )
    try:
        subprocess.run(
            [binaries / "createdb", "-h", "127.0.0.1", "-p", str(port), "-U", "wardwright", "wardwright"], **quiet
        )
        yield f"postgresql://wardwright@127.0.0.1:{port}/wardwright"
    finally:
        subprocess.run(
            [*prefix, binaries / "pg_ctl", "-D", data, "-m", "immediate", "stop"], **{**quiet, "check": False}
        )
        shutil.rmtree(folder, ignore_errors=True)


def main() -> int:
    arguments = sys.argv[1:]
    durable = "--durable" in arguments[: arguments.index("--")] if "--" in arguments else False
    command = arguments[arguments.index("--") + 1 :] if "--" in arguments else arguments
    binaries = find_binaries()
    if binaries is None:
        print("No PostgreSQL server was found (Debian package: postgresql).")
        return NOT_FOUND
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that the server goes too
    with server(binaries, durable=durable) as url:
        return subprocess.run(command, env={**os.environ, "WARDWRIGHT_TEST_DATABASE_URL": url}, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
