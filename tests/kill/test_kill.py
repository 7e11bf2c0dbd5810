"""Killed servers lose nothing they acknowledged and leave an intact trail (the long runs: see docs/status.md)."""

import pytest

from tests.served import own_database

from .driver import kill_rounds, kill_under_load

pytestmark = pytest.mark.kill


def test_sigkill_of_the_whole_server_loses_no_acknowledged_write():
    assert_nothing_was_lost(kill_rounds(4, own_database("kill")))


def test_people_go_on_while_web_processes_and_workers_are_killed():
    result = kill_under_load(users=8, seconds=15, kill_every=5, url=own_database("load"))
    assert_nothing_was_lost(result)
    assert (result["kills"], result["verified_meanwhile"]["problems"]) == (2, [])


def assert_nothing_was_lost(result):
    assert result["acknowledged_devices"] > 0
    assert result["acknowledged_writes"] > 0
    found = {name: result[name] for name in ("troubles", "lost", "twice", "jobs_failed")}
    assert found == {"troubles": [], "lost": [], "twice": [], "jobs_failed": []}
    assert result["audit"]["problems"] == []
