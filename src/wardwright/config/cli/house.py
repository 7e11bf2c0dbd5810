"""Making a house, serving it, and the log-ins of the people in it."""

from __future__ import annotations

import multiprocessing
import os
import secrets
from typing import Any

import click

from .answer import command, django_ready, emit, json_option


@click.command()
@click.option("--admin", default="admin", show_default=True, help="User name of the first administrator.")
@json_option
@command
def init(admin: str, as_json: bool) -> int:
    """Make an empty house in WARDWRIGHT_HOME (or bring an existing one up to date)."""
    django_ready(house=False)
    from django.conf import settings

    from wardwright.config.setup import make_administrator, prepare_house

    steps = prepare_house()
    password = make_administrator(admin, os.environ.get("WARDWRIGHT_ADMIN_PASSWORD") or secrets.token_urlsafe(12))
    answer = {
        "ok": True,
        "home": str(settings.WARDWRIGHT_HOME),
        "done": steps,
        "administrator": admin if password else None,
    }
    if as_json:
        emit({**answer, "password": password})
        return 0
    click.echo(f"The house is ready in {settings.WARDWRIGHT_HOME}.")
    if password:
        click.echo(f"Log in as {admin} with the password {password} (shown once; change it under My account).")
    return 0


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True, envvar="PORT", type=click.IntRange(1, 65535))
@click.option("--processes", default=2, show_default=True, type=click.IntRange(1, 64), help="Web processes.")
@click.option("--worker/--no-worker", default=True, help="Also run one worker for background jobs.")
@command
def serve(host: str, port: int, processes: int, worker: bool) -> int:
    """Serve the house: web server and worker under one command, until Ctrl-C."""
    from .serving import count_together, serve_until_stopped

    count_together()
    django_ready()
    from wardwright.config.setup import prepare_house

    prepare_house()
    return serve_until_stopped(host, port, processes, with_worker=worker)


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True, envvar="PORT", type=click.IntRange(1, 65535))
@click.option("--processes", default=2, show_default=True, type=click.IntRange(1, 64), help="Web processes.")
@click.option("--assets", default=1500, show_default=True, type=click.IntRange(1, 2_000_000), help="Demo devices.")
@command
def run(host: str, port: int, processes: int, assets: int) -> int:
    """Make the house if there is none, load the demo hospital on the first start, and serve it."""
    from .serving import count_together, refuse_busy_port, serve_until_stopped

    count_together()
    django_ready(house=False)
    from django.db import connections

    from wardwright.config.setup import house_is_empty, prepare_house
    from wardwright.demo import ACCOUNTS, PASSWORD, is_demo, is_half_loaded

    refuse_busy_port(host, port)
    prepare_house()
    if house_is_empty() or is_half_loaded():
        click.echo("First start: a demo hospital is being made. This takes about a minute.")
        connections.close_all()
        # Apart from this process: the threads of the typesetter, once started here, would be missing in the web
        # processes, which are forked from it, and every sheet of paper would wait for them without end.
        made = multiprocessing.get_context("fork").Process(target=_first_demo, args=(assets,))
        made.start()
        made.join()
        if made.exitcode:
            return made.exitcode if made.exitcode > 0 else 130
    lines = []
    if is_demo():
        lines = [f"  {name:<14} {words}" for name, words in ACCOUNTS]
        lines.append(f"  The password of each is {PASSWORD}")
    return serve_until_stopped(host, port, processes, with_worker=True, greeting=lines)


@command
def _first_demo(assets: int) -> None:
    from wardwright.demo import load_demo

    from .answer import progress

    with progress("Demo hospital", quiet=False) as report:
        load_demo(seed=1, assets=assets, progress=report)


@click.command()
@click.option("--once", is_flag=True, help="Stop when no job is ready.")
@json_option
@command
def worker(once: bool, as_json: bool) -> int:
    """Run background jobs."""
    django_ready()
    from wardwright.platform.audit.succession import refuse_other_key

    refuse_other_key()
    count = work_until_stopped(once=once)
    if as_json:
        emit({"ok": True, "jobs": count})
    return 0


def work_until_stopped(*, once: bool = False) -> int:
    """Run jobs until SIGINT or SIGTERM, or until the supervisor that started this process is gone."""
    import signal
    import threading

    from wardwright.platform.jobs.worker import work

    stopping = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopping.set())
    supervisor = os.environ.get("WARDWRIGHT_SUPERVISOR")
    orphaned = (lambda: str(os.getppid()) != supervisor) if supervisor else (lambda: False)
    return work(stop=lambda: stopping.is_set() or orphaned(), once=once)


@click.group()
def user() -> None:
    """People's log-ins."""


@user.command("password")
@click.argument("username")
@json_option
@command
def user_password(username: str, as_json: bool) -> int:
    """Set a new password (from WARDWRIGHT_PASSWORD, or a random one that is printed once); second factors go."""
    django_ready()
    from wardwright.config.setup import set_password

    password = set_password(username, os.environ.get("WARDWRIGHT_PASSWORD") or secrets.token_urlsafe(12))
    answer: dict[str, Any] = {"ok": True, "username": username, "password": password}
    if as_json:
        emit(answer)
    else:
        click.echo(f"New password of {username}: {password}")
    return 0


COMMANDS = [init, serve, run, worker, user]
