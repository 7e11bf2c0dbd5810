"""Starting beside another program: said at once, in words."""

import socket

import pytest

from wardwright.config.cli.serving import refuse_busy_port
from wardwright.platform.core.errors import NotNow


def test_a_port_that_somebody_listens_on_is_refused_even_if_they_share_it():
    with socket.socket() as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        other.bind(("127.0.0.1", 0))
        other.listen()
        with pytest.raises(NotNow, match="already in use"):
            refuse_busy_port("127.0.0.1", other.getsockname()[1])


def test_a_free_port_is_taken():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    refuse_busy_port("127.0.0.1", port)
