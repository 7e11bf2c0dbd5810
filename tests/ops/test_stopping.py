"""Ctrl-C ends a served house, in the first moment and later, with web processes and worker."""

import http.client
import os
import signal
import time
from pathlib import Path

import pytest

from tests.served import environment_of, free_port, kill, own_database, started, told, wait_until_alive

PATIENCE = 60  # it takes less than a second; a stop that was swallowed takes for ever
GREETING = "Wardwright is at http://127.0.0.1:{port}/  (stop with Ctrl-C)\n"


@pytest.fixture(scope="module")
def environment(tmp_path_factory):
    environment = environment_of(tmp_path_factory.mktemp("stopping"), own_database("stopping"))
    assert told(environment, "init")[0] == 0
    return environment


@pytest.fixture
def served(environment):
    said, port = Path(environment["WARDWRIGHT_HOME"]) / "said.txt", free_port()
    said.write_text("")
    server = started(environment, "serve", "--port", str(port))
    yield server, port, said
    kill(server)


def children(server) -> list[int]:
    return [int(pid) for pid in Path(f"/proc/{server.pid}/task/{server.pid}/children").read_text().split()]


def test_in_the_first_moment(served):
    server, port, said = served
    while len(children(server)) < 3:  # forked, and not yet at the point where they mind signals
        assert server.poll() is None, said.read_text()
        time.sleep(0.001)
    server.send_signal(signal.SIGINT)
    assert server.wait(PATIENCE) == 0
    assert said.read_text() == GREETING.format(port=port) + "Stopped.\n"


def test_from_a_terminal_which_tells_every_process(served, environment):
    server, port, said = served
    wait_until_alive(server, port, environment)
    for pid in children(server):
        os.kill(pid, signal.SIGINT)
    asked = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    asked.request("GET", "/alive")
    assert asked.getresponse().status == 200, "only the server stops them, each with one signal"
    os.killpg(server.pid, signal.SIGINT)
    assert server.wait(PATIENCE) == 0
    assert said.read_text() == GREETING.format(port=port) + "Stopped.\n"
