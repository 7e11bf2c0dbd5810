"""The supervisor: granian's web processes and one worker, started and stopped together."""

from __future__ import annotations

import atexit
import ctypes
import gc
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from functools import partial
from importlib import import_module

import click

from wardwright.platform.core.errors import NotNow

STOP_SECONDS = 12  # for the answers under way, and then for the job; what takes longer is cut off


def refuse_busy_port(host: str, port: int) -> None:
    """Say so at once when another program already listens there."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_STREAM) as probe:
        # The server shares its port among its processes, so binding would succeed beside another one: ask who answers.
        probe.settimeout(1)
        if probe.connect_ex((host if host != "0.0.0.0" else "127.0.0.1", port)) == 0:  # noqa: S104
            raise NotNow(f"Port {port} on {host} is already in use.", "Stop the other program, or choose PORT=8001.")
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise NotNow(
                f"Port {port} on {host} cannot be used: {error.strerror}.",
                "Stop the other program, or choose PORT=8001.",
            ) from error


def count_together() -> None:
    """Let all processes of this server count into one folder; before Django is loaded, which brings the counters."""
    if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
        folder = tempfile.mkdtemp(prefix="wardwright-figures-")
        os.environ["PROMETHEUS_MULTIPROC_DIR"] = folder
        atexit.register(_remove, folder, os.getpid())


def _remove(folder: str, owner: int) -> None:
    if os.getpid() == owner:  # not when a process that was forked ends
        shutil.rmtree(folder, ignore_errors=True)


def serve_until_stopped(
    host: str, port: int, processes: int, *, with_worker: bool, greeting: list[str] | None = None
) -> int:
    """Serve until SIGINT or SIGTERM; a worker that dies is started again.

    Django is loaded once, here; web processes and worker are forked from it and share its memory.
    """
    from granian import Granian
    from granian.constants import Interfaces
    from granian.log import LogLevels

    refuse_busy_port(host, port)
    os.environ["WARDWRIGHT_SUPERVISOR"] = str(os.getpid())
    server = Granian(
        "wardwright.config.wsgi:application",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=processes,
        blocking_threads=4,
        backlog=512,
        websockets=False,
        log_level=LogLevels.warning,
        respawn_failed_workers=True,
        workers_kill_timeout=STOP_SECONDS,
    )
    _share_memory()
    stopping = threading.Event()
    keeper = (
        threading.Thread(target=_keep_worker, args=(_fork_worker(), stopping), daemon=True) if with_worker else None
    )
    click.echo(f"Wardwright is at http://{host}:{port}/  (stop with Ctrl-C)")
    for line in greeting or []:
        click.echo(line)
    sys.stdout.flush()
    try:
        if keeper:
            keeper.start()
        server.serve()
    except KeyboardInterrupt:
        pass
    finally:
        stopping.set()
        if keeper:
            keeper.join(timeout=STOP_SECONDS + 5)
    click.echo("Stopped.")
    return 0


def _share_memory() -> None:
    """Load what the children need, close the database, and keep the collector from touching what is shared."""
    from django.db import connections
    from django.urls import get_resolver

    import_module("wardwright.config.wsgi")
    get_resolver().url_patterns  # noqa: B018 - loads every page's module
    connections.close_all()
    os.register_at_fork(
        before=partial(signal.pthread_sigmask, signal.SIG_BLOCK, [signal.SIGTERM]),
        after_in_parent=partial(signal.pthread_sigmask, signal.SIG_UNBLOCK, [signal.SIGTERM]),
        after_in_child=_obey_supervisor,
    )
    gc.collect()
    gc.freeze()


def _obey_supervisor() -> None:
    """Let a child stop when the supervisor says so: with one SIGTERM, at any moment of its life, and with its death.

    The supervisor's own handler, which a child would have until it sets one, swallows SIGTERM. Ctrl-C reaches all
    processes at once, and a second signal while the first one is answered can make granian wait for itself.
    An orphan is left only where there is no Linux; there the next start finds the port busy.
    """
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_SETMASK, [signal.SIGINT])  # and SIGTERM through, which waited during the fork
    if sys.platform == "linux":
        pr_set_pdeathsig = 1
        ctypes.CDLL(None).prctl(pr_set_pdeathsig, signal.SIGKILL)


def _fork_worker() -> int:
    """Fork the job worker; returns its process id."""
    pid = os.fork()
    if pid:
        return pid
    code = 1
    try:
        from .house import work_until_stopped

        work_until_stopped()
        code = 0
    finally:
        os._exit(code)


def _keep_worker(pid: int, stopping: threading.Event) -> None:
    """Watch the worker; start another when it dies, stop it when the house stops."""
    process: subprocess.Popen[bytes] | None = None
    while not stopping.is_set():
        if _ended(pid, process):
            process = subprocess.Popen([sys.executable, "-m", "wardwright.config.cli", "worker"])
            pid = process.pid
            stopping.wait(1)
        stopping.wait(0.2)
    os.kill(pid, signal.SIGTERM)
    for _ in range(5 * STOP_SECONDS):
        if _ended(pid, process):
            return
        time.sleep(0.2)
    os.kill(pid, signal.SIGKILL)


def _ended(pid: int, process: subprocess.Popen[bytes] | None) -> bool:
    if process is not None:
        return process.poll() is not None
    return os.waitpid(pid, os.WNOHANG)[0] == pid
