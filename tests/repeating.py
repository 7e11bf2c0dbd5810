"""Which tests are run again on the second database: all but those whose outcome no database can change.

A test is left out of the second pass if pytest-django would refuse it any query (no ``django_db``, no fixture of the
database) and nothing in its module, or in a module of ours that this one uses, starts a process or holds a connection;
or if it is marked ``once`` with the reason. Whoever is in doubt is run again.
"""

from __future__ import annotations

import subprocess
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from django.db import connection, connections
from django.test import SimpleTestCase

ROOT = Path(__file__).resolve().parents[1]
#: What they start is a tool (a linter, the builder of the documentation) or a kernel without a database.
TOOLS_ONLY = ("tests/architecture/", "tests/spec/")
OF_THE_DATABASE = {"db", "transactional_db", "live_server"}
#: What a fixture of ours asks for to reach it by itself (those of pytest-django ask for it in every test).
OPENS_THE_DATABASE = {"django_db_setup", "django_db_blocker"}
NO_DATABASE = "they use no database"


def why_once(item: pytest.Item) -> str:
    """Why a second run of this test on another database would tell nothing new; empty if it might."""
    if mark := item.get_closest_marker("once"):
        return str(mark.kwargs["because"])
    return "" if _may_reach_a_database(item) else NO_DATABASE


def _may_reach_a_database(item: pytest.Item) -> bool:
    if {"django_db", "e2e", "kill"} & {mark.name for mark in item.iter_markers()}:
        return True
    if OF_THE_DATABASE & set(getattr(item, "fixturenames", ())):
        return True
    cls = getattr(item, "cls", None)
    if cls is not None and issubclass(cls, SimpleTestCase):
        return True
    if item.path.relative_to(ROOT).as_posix().startswith(TOOLS_ONLY):
        return False
    definitions = getattr(item, "_fixtureinfo").name2fixturedefs.values()  # noqa: B009 - pytest has no open name for it
    makers = [one for found in definitions for one in found if _ours(one.func.__module__)]
    if any(OPENS_THE_DATABASE & set(one.argnames) for one in makers):
        return True
    names = {item.module.__name__, *(one.func.__module__ for one in makers)}
    return any(_starts_or_connects(name) for name in names)


@cache
def _starts_or_connects(name: str) -> bool:
    """Whether a module of the tests, or one that it uses, starts processes or holds a connection."""
    import sys

    waiting, seen = [name], {name, __name__}
    while waiting:
        module = sys.modules.get(waiting.pop())
        if module is None:
            return True
        for value in vars(module).values():
            if value is subprocess or value is connection or value is connections:
                return True
            used = value.__name__ if isinstance(value, ModuleType) else getattr(value, "__module__", None)
            if used == "subprocess":
                return True
            if isinstance(used, str) and _ours(used) and used not in seen:
                seen.add(used)
                waiting.append(used)
    return False


def _ours(name: Any) -> bool:
    return "tests" in str(name).split(".") or name == "conftest"
