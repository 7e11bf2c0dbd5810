"""A small IMAP4rev1 server on the loopback for tests: it keeps messages and flags and speaks what our client asks.

No IMAP server comes from the package index. It understands LOGIN, SELECT, UID SEARCH UNSEEN, UID FETCH (RFC822.SIZE or
BODY.PEEK[]), UID STORE +FLAGS and LOGOUT (RFC 3501), and drops the line when told to.
"""

from __future__ import annotations

import re
import socketserver
import threading
from dataclasses import dataclass, field


@dataclass
class Box:
    messages: dict[int, bytes] = field(default_factory=dict)
    seen: set[int] = field(default_factory=set)
    commands: list[str] = field(default_factory=list)
    breaks_at: str = ""

    def add(self, raw: bytes) -> None:
        self.messages[len(self.messages) + 1] = raw


class Session(socketserver.StreamRequestHandler):
    server: Server

    def say(self, text: str | bytes) -> None:
        self.wfile.write((text.encode() if isinstance(text, str) else text) + b"\r\n")

    def handle(self) -> None:
        box = self.server.box
        self.say("* OK ready")
        while line := self.rfile.readline().decode().strip():
            tag, command = line.split(" ", 1)
            box.commands.append(re.sub(r"LOGIN .*", "LOGIN", command))
            if box.breaks_at and box.breaks_at in command:
                return
            if not self.answer(tag, command, box):
                return

    def answer(self, tag: str, command: str, box: Box) -> bool:
        words = command.split()
        name = " ".join(words[:2]) if words[0] == "UID" else words[0]
        if name == "CAPABILITY":
            self.say("* CAPABILITY IMAP4rev1")
        elif name == "LOGIN" and command != 'LOGIN desk "secret word"':
            self.say(f"{tag} NO wrong")
            return True
        elif name == "SELECT":
            self.say(f"* {len(box.messages)} EXISTS")
        elif name == "UID SEARCH":
            unseen = [str(uid) for uid in box.messages if uid not in box.seen]
            self.say(" ".join(["* SEARCH", *unseen]))
        elif name == "UID FETCH":
            uid = int(words[2])
            raw = box.messages[uid]
            if "SIZE" in command:
                self.say(f"* {uid} FETCH (UID {uid} RFC822.SIZE {len(raw)})")
            else:
                self.say(f"* {uid} FETCH (UID {uid} BODY[] {{{len(raw)}}}".encode() + b"\r\n" + raw + b")")
        elif name == "UID STORE":
            box.seen.add(int(words[2]))
        elif name == "LOGOUT":
            self.say("* BYE")
            self.say(f"{tag} OK")
            return False
        self.say(f"{tag} OK done")
        return True


class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Session)
        self.box = Box()
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()

    @property
    def url(self) -> str:
        return f"imap://desk:secret%20word@127.0.0.1:{self.server_address[1]}/INBOX"
