"""The supervisor: granian's web processes and one worker, started and stopped together."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading

import click

from wardwright.platform.core.errors import NotNow


def refuse_busy_port(host: str, port: int) -> None:
    """Say so at once when another program already listens there."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise NotNow(
                f"Port {port} on {host} cannot be used: {error.strerror}.", "Stop the other program, or choose PORT=8001."
            ) from error


def serve_until_stopped(host: str, port: int, processes: int, *, with_worker: bool, greeting: list[str] | None = None) -> int:
    """Serve until SIGINT or SIGTERM; a worker that dies is started again."""
    from granian import Granian
    from granian.constants import Interfaces
    from granian.log import LogLevels

    refuse_busy_port(host, port)
    os.environ["WARDWRIGHT_SUPERVISOR"] = str(os.getpid())
    stopping = threading.Event()
    keeper = threading.Thread(target=_keep_worker, args=(stopping,), daemon=True)
    if with_worker:
        keeper.start()
    server = Granian(
        "wardwright.config.wsgi:application", address=host, port=port, interface=Interfaces.WSGI, workers=processes,
        blocking_threads=4, backlog=512, websockets=False, log_level=LogLevels.warning, respawn_failed_workers=True,
    )
    click.echo(f"Wardwright is at http://{host}:{port}/  (stop with Ctrl-C)")
    for line in greeting or []:
        click.echo(line)
    sys.stdout.flush()
    try:
        server.serve()
    except KeyboardInterrupt:
        pass
    finally:
        stopping.set()
        if with_worker:
            keeper.join(timeout=20)
    click.echo("Stopped.")
    return 0


def _keep_worker(stopping: threading.Event) -> None:
    while not stopping.is_set():
        process = subprocess.Popen([sys.executable, "-m", "wardwright.config.cli", "worker"])
        while process.poll() is None:
            if stopping.wait(0.2):
                process.terminate()
                try:
                    process.wait(15)
                except subprocess.TimeoutExpired:
                    process.kill()
                return
        stopping.wait(2)
