"""Sending to an address that somebody typed: only to the world outside, unless the house says otherwise.

The name is looked up first, every address it has must lie outside, and the connection goes to the very address that was
checked, so that a name cannot mean another machine a moment later. Redirects are not followed.
"""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Sequence
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from ipaddress import ip_address
from urllib.parse import SplitResult, urlsplit

from django.conf import settings
from django.utils.translation import gettext as _

from wardwright.platform.core.outside import is_outside

TIMEOUT_SECONDS = 10
DEADLINE_SECONDS = 20
MOST_BYTES = 2_000


class Refused(Exception):
    """The address is one that nothing is sent to; says why."""


class Failed(Exception):
    """Nothing was taken there; says why."""


def parse(address: str) -> SplitResult:
    """The parts of an address.

    Raises:
        Refused: when it is none that a message can be sent to.
    """
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError:
        raise Refused(_("This is no web address.")) from None
    if not address.isascii() or not address.isprintable() or " " in address or not parts.hostname or port == 0:
        raise Refused(_("This is no web address."))
    if parts.username or parts.password or parts.fragment:
        raise Refused(_("An address holds no password and no part after #."))
    allowed = ("https", "http") if is_known(parts.hostname) else ("https",)
    if parts.scheme not in allowed:
        raise Refused(_("Give an address that begins with https://."))
    return parts


def is_known(host: str) -> bool:
    """A machine inside, named by the house itself (``WARDWRIGHT_WEBHOOK_HOSTS``)."""
    return host.lower() in settings.WEBHOOK_HOSTS


def addresses_of(parts: SplitResult) -> list[str]:
    """Where a name leads.

    Raises:
        Refused: when any of its addresses lies inside.
        Failed: when it leads nowhere.
    """
    host = parts.hostname or ""
    try:
        found = socket.getaddrinfo(host, parts.port or 443, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise Failed(_("The name %(host)s was not found.") % {"host": host}) from None
    addresses = list(dict.fromkeys(str(entry[4][0]).partition("%")[0] for entry in found))
    if not is_known(host) and not all(is_outside(ip_address(one)) for one in addresses):
        raise Refused(_("%(host)s is inside the network; nothing is sent there.") % {"host": host})
    return addresses


def post(address: str, body: bytes, headers: dict[str, str]) -> tuple[int, str]:
    """Send ``body``; gives the status and the beginning of the answer.

    Raises:
        Refused, Failed.
    """
    parts = parse(address)
    connection = _connection(parts, addresses_of(parts))
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    watch = threading.Timer(DEADLINE_SECONDS, _cut, [connection])  # one who answers a byte at a time is not waited for
    watch.daemon = True
    watch.start()
    try:
        connection.request("POST", path, body, headers)
        response = connection.getresponse()
        return response.status, response.read(MOST_BYTES).decode(errors="replace")
    except (OSError, HTTPException, ValueError) as error:
        raise Failed(str(error) or type(error).__name__) from None
    finally:
        watch.cancel()
        connection.close()


class _Plain(HTTPConnection):
    """A connection to the first of the checked addresses that answers."""

    checked: Sequence[str] = ()

    def connect(self) -> None:
        trouble: OSError | None = None
        for one in self.checked:
            try:
                self.sock = socket.create_connection((one, self.port), self.timeout)
                return
            except OSError as error:
                trouble = error
        raise trouble or OSError("no address")


class _Secure(HTTPSConnection, _Plain):
    """The same with TLS; the certificate must be that of the name."""

    def connect(self) -> None:
        _Plain.connect(self)
        self.sock = _context().wrap_socket(self.sock, server_hostname=self.host)


def _context() -> ssl.SSLContext:
    return ssl.create_default_context()


def _connection(parts: SplitResult, addresses: list[str]) -> _Plain:
    kind = _Secure if parts.scheme == "https" else _Plain
    connection = kind(parts.hostname or "", parts.port, timeout=TIMEOUT_SECONDS)
    connection.checked = addresses
    return connection


def _cut(connection: _Plain) -> None:
    if connection.sock is not None:
        try:
            connection.sock.shutdown(socket.SHUT_RDWR)
        except OSError:
            return
