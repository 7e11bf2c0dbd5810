"""An instrument on loopback that speaks SCPI over TCP, as raw sockets of multimeters do."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable
from typing import Any

Answer = str | Callable[["Line"], None]


class Line:
    """One connection: what it was asked, and how it answers."""

    def __init__(self, connection: socket.socket):
        self.connection = connection

    def send(self, text: str) -> None:
        self.connection.sendall(text.encode("latin-1"))

    def drop(self) -> None:
        self.connection.shutdown(socket.SHUT_RDWR)

    def drip(self) -> None:
        """A byte at a time, for ever."""
        while True:
            self.send("1")
            time.sleep(0.02)


class ScpiPeer:
    """Answers as ``answers`` says; keeps every question, and the greatest number of connections at once."""

    def __init__(self, answers: dict[str, Answer] | None = None, end: str = "\n"):
        self.answers: dict[str, Answer] = {"*IDN?": "ACME,DMM-1,SN-77,1.0", **(answers or {})}
        self.end = end
        self.asked: list[str] = []
        self.open = self.most_open = 0
        self._lock = threading.Lock()
        self._server = socket.create_server(("127.0.0.1", 0))
        self.port = self._server.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    @property
    def resource(self) -> str:
        return f"TCPIP::127.0.0.1::{self.port}::SOCKET"

    def close(self) -> None:
        self._server.shutdown(socket.SHUT_RDWR)  # or who waits in accept keeps it open
        self._server.close()

    def _serve(self) -> None:
        while True:
            try:
                connection, _address = self._server.accept()
            except OSError:
                return
            threading.Thread(target=self._talk, args=[connection], daemon=True).start()

    def _talk(self, connection: socket.socket) -> None:
        with self._lock:
            self.open += 1
            self.most_open = max(self.most_open, self.open)
        try:
            with connection, connection.makefile("r", encoding="latin-1", newline="\n") as lines:
                for text in lines:
                    self._answer(Line(connection), text.strip())
        except OSError:
            pass
        finally:
            with self._lock:
                self.open -= 1

    def _answer(self, line: Line, question: str) -> None:
        self.asked.append(question)
        answer: Any = self.answers.get(question)
        if callable(answer):
            answer(line)
        elif answer is not None:
            line.send(answer + self.end)
