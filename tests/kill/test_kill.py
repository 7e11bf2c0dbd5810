"""A killed server loses nothing it acknowledged and leaves an intact trail (200 rounds: see docs/status.md)."""

import os
from urllib.parse import urlsplit

import pytest

from .driver import kill_rounds


@pytest.mark.kill
def test_sigkill_under_load_loses_no_acknowledged_write():
    url = os.environ.get("WARDWRIGHT_TEST_DATABASE_URL", "")
    result = kill_rounds(4, _own_database(url) if url else "")
    assert result["lost"] == []
    assert result["audit"]["problems"] == []
    assert result["acknowledged"] > 0


def _own_database(url: str) -> str:
    """A fresh database on the test server."""
    import psycopg

    name = f"kill_{os.getpid()}"
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    return urlsplit(url)._replace(path=f"/{name}").geturl()
