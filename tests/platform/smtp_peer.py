"""A small mail server on loopback that speaks enough SMTP to take mail, or to refuse it."""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any


@dataclass
class Taken:
    """One mail as it arrived."""

    sender: str
    to: list[str]
    mail: EmailMessage


@dataclass
class Peer:
    """``refuse`` maps an address to the answer to its RCPT, such as "550 unknown"."""

    port: int = 0
    taken: list[Taken] = field(default_factory=list)
    refuse: dict[str, str] = field(default_factory=dict)

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}/?tls=off"


@contextmanager
def smtp_peer() -> Iterator[Peer]:
    """A server on a free port until the end of the block."""
    peer = Peer()

    class Talk(socketserver.StreamRequestHandler):
        def say(self, words: str) -> None:
            self.wfile.write(words.encode() + b"\r\n")

        def handle(self) -> None:
            self.say("220 peer")
            sender, to = "", []
            while line := self.rfile.readline().decode().strip():
                word = line.upper()
                if word.startswith("MAIL FROM:"):
                    sender, to = _address(line), []
                    self.say("250 ok")
                elif word.startswith("RCPT TO:"):
                    answer = peer.refuse.get(_address(line), "250 ok")
                    to += [_address(line)] if answer.startswith("250") else []
                    self.say(answer)
                elif word == "DATA":
                    self.say("354 go on")
                    mail: Any = message_from_bytes(self.data(), policy=policy.default)
                    peer.taken.append(Taken(sender, to, mail))
                    self.say("250 taken")
                elif word == "QUIT":
                    self.say("221 bye")
                    return
                else:
                    self.say("250 peer" if word.startswith(("EHLO", "HELO", "RSET", "NOOP")) else "502 no")

        def data(self) -> bytes:
            lines = []
            while (line := self.rfile.readline()) not in (b".\r\n", b""):
                lines.append(line[1:] if line.startswith(b"..") else line)
            return b"".join(lines)

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Talk) as server:
        server.daemon_threads = True
        peer.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        try:
            yield peer
        finally:
            server.shutdown()
            thread.join()


def _address(line: str) -> str:
    return line.partition("<")[2].partition(">")[0]
