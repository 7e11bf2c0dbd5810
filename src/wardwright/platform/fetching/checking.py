"""Where may be fetched from: the world outside by HTTPS, and machines inside that the house itself names.

A name is looked up first, every address it has must lie outside, and the connection goes to an address that was
checked, so that a name cannot mean another machine a moment later. Behind a proxy the proxy looks names up, and what it
lets through is its rule; a machine inside that is named by its number is refused all the same.
"""

from __future__ import annotations

import socket
from ipaddress import ip_address
from urllib.parse import SplitResult, urlsplit

from django.conf import settings

from wardwright.kernel.said import say
from wardwright.platform.core.outside import is_outside

from .errors import Unfetched

LONGEST = 2_000


def parse(address: str) -> SplitResult:
    """The parts of an address that may be fetched. Raises Unfetched."""
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError:
        raise _refused(say("This is no web address.")) from None
    if not address.isascii() or not address.isprintable() or " " in address or not parts.hostname or port == 0:
        raise _refused(say("This is no web address."))
    if len(address) > LONGEST:
        raise _refused(say("The address has more than {n} characters.", n=LONGEST))
    if parts.username or parts.password:
        raise _refused(say("An address of a source holds no password."))
    if parts.scheme != "https" and not (parts.scheme == "http" and is_known(parts.hostname)):
        raise _refused(say("Give an address that begins with https://."))
    if not is_known(parts.hostname) and (_is_inside(parts.hostname) or parts.hostname == "localhost"):
        raise _inside(parts.hostname)
    return parts


def is_known(host: str) -> bool:
    """A machine inside, named by the house itself (``WARDWRIGHT_FETCH_HOSTS``)."""
    return host.lower() in settings.FETCH_HOSTS


def addresses_of(host: str, port: int) -> list[str]:
    """Where a name leads; every address has been checked. Raises Unfetched."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        told = say(
            "The name {host} was not found. Look at the address, and whether this server reaches the internet or its "
            "proxy.",
            host=host,
        )
        raise Unfetched(told) from None
    addresses = list(dict.fromkeys(str(entry[4][0]).partition("%")[0] for entry in found))
    if not is_known(host) and not all(is_outside(ip_address(one)) for one in addresses):
        raise _inside(host)
    return addresses


def _is_inside(host: str) -> bool:
    try:
        return not is_outside(ip_address(host))
    except ValueError:
        return False


def _inside(host: str) -> Unfetched:
    words = say(
        "{host} is inside the network; nothing is fetched there unless WARDWRIGHT_FETCH_HOSTS names it.", host=host
    )
    return _refused(words)


def _refused(words: str) -> Unfetched:
    return Unfetched(words, again=False)
