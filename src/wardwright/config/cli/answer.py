"""How a command answers: words on a terminal or one JSON object, and an exit code that scripts can use."""

from __future__ import annotations

import os
import sys
import tempfile
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import wraps
from pathlib import Path
from typing import Any, Protocol

import click
import orjson
from django.core.exceptions import ImproperlyConfigured
from django.db.utils import DatabaseError

from wardwright.config.home import home_folder
from wardwright.platform.core.errors import Refused

json_option = click.option("--json", "as_json", is_flag=True, help="Answer with one JSON object on standard output.")


def emit(data: dict[str, Any]) -> None:
    """Write the one JSON object."""
    sys.stdout.write(
        orjson.dumps(data, default=str, option=orjson.OPT_INDENT_2 | orjson.OPT_NON_STR_KEYS).decode() + "\n"
    )


def command(func: Callable[..., int | None]) -> Callable[..., None]:
    """Run a command: set Django up, turn refusals into words (or JSON) and exit codes, never a stack trace.

    The function returns its exit code (None is 0).
    """

    @wraps(func)
    def run(*args: Any, **kwargs: Any) -> None:
        as_json = kwargs.get("as_json", False)
        try:
            code = func(*args, **kwargs)
        except Refused as error:
            fail(as_json, error.code, str(error.message), str(error.way_forward), error.exit_code)
        except DatabaseError as error:
            words = f"The database refused: {' '.join(str(error).split())}."
            fail(as_json, "system", words, "Nothing half-done was kept. Check its disk and its server, then retry.", 8)
        except ImproperlyConfigured as error:
            fail(as_json, "configuration", str(error), "The settings are in docs/reference/settings.md.", 2)
        except FileNotFoundError as error:
            fail(as_json, "no-file", f"There is no file {error.filename}.", "Check the path.", 3)
        except (PermissionError, IsADirectoryError) as error:
            fail(as_json, "unreadable", f"{error.filename} cannot be opened: {error.strerror}.", "Check its rights.", 3)
        except OSError as error:
            fail(
                as_json, "system", f"The machine refused: {error.strerror or error}.", "Nothing half-done was kept.", 8
            )
        except (click.ClickException, click.Abort, click.exceptions.Exit):
            raise
        except Exception as error:  # whatever it is, people are told in words
            fault = f"This is a fault of the program ({type(error).__name__}), and nothing half-done was kept."
            fail(as_json, "fault", fault, f"Please report it with what is in {_written_down()}.", 70)
        else:
            sys.exit(code or 0)

    return run


def _written_down() -> Path:
    """The file, in the house or beside it, that says where the present exception came from."""
    folder = home_folder() / "faults"
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
    except OSError:
        folder = Path(tempfile.gettempdir())
    descriptor, name = tempfile.mkstemp(".txt", f"{datetime.now(UTC):%Y%m%dT%H%M%S}-", folder)
    with os.fdopen(descriptor, "w") as file:
        traceback.print_exc(file=file)
    return Path(name)


def fail(as_json: bool, code: str, message: str, way_forward: str, exit_code: int) -> None:
    """Answer a failure and exit."""
    if as_json:
        emit({"ok": False, "error": {"code": code, "message": message, "way_forward": way_forward}})
    else:
        click.secho(" ".join(part for part in (message, way_forward) if part), fg="red", err=True)
    sys.exit(exit_code or 1)


def django_ready(*, house: bool = True) -> None:
    """Load Django; with ``house``, refuse in words when there is no house in WARDWRIGHT_HOME yet."""
    import django

    from wardwright.platform.core.change import set_source

    django.setup()
    set_source("command line")
    if house:
        _require_house()


def _require_house() -> None:
    from django.conf import settings
    from django.db import connection
    from django.db.utils import DatabaseError

    from wardwright.platform.core.errors import NotFound
    from wardwright.platform.moving.restore import refuse_interrupted

    try:
        path = settings.DATABASES["default"]["NAME"]
        exists = connection.vendor != "sqlite" or Path(path).exists()
        tables = connection.introspection.table_names() if exists else []
        ready = "core_once" in tables
    except DatabaseError as error:
        raise NotFound(
            f"The database cannot be reached: {str(error).strip()}", "Check WARDWRIGHT_DATABASE_URL."
        ) from error
    refuse_interrupted(tables)
    if not ready:
        raise NotFound(
            f"There is no house in {settings.WARDWRIGHT_HOME} yet.", "Run `wardwright init`, or set WARDWRIGHT_HOME."
        )


class Report(Protocol):
    """How long work tells where it is: so much of a total, and what it is at."""

    def __call__(self, done: int, total: int, words: str = "") -> None: ...


def _say_nothing(done: int, total: int, words: str = "") -> None:
    """The report of a run that nobody watches."""


@contextmanager
def progress(label: str, *, quiet: bool) -> Iterator[Report]:
    """A progress bar on a terminal's standard error; nothing elsewhere. Gives ``report(done, total, words)``."""
    if quiet or not sys.stderr.isatty():
        yield _say_nothing
        return
    with click.progressbar(length=1000, label=label, file=sys.stderr) as bar:

        def report(done: int, total: int, words: str = "") -> None:
            bar.label = f"{label} {words}".strip()
            bar.update(int(1000 * done / total) - bar.pos if total else 0)

        yield report
