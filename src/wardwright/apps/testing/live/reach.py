"""Which machines an instrument may be: those inside the hospital, and none that is anything else.

The reverse of where webhooks go (`platform.notify.webhooks.outside`): instruments are inside, everything outside is
refused, and so is the server itself and a cloud provider's own service. The connection goes to the address that was
checked.
"""

from __future__ import annotations

import errno
import socket
from ipaddress import IPv4Address, IPv4Network

from django.conf import settings
from django.utils.translation import gettext as _

from wardwright.kernel.scpi import Address, parse_address
from wardwright.platform.core.errors import Invalid
from wardwright.platform.core.words import error_words

_INSIDE = [IPv4Network(text) for text in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16")]
# What providers answer inside their virtual machines: credentials.
_PROVIDERS = [IPv4Network(text) for text in ("169.254.169.0/24", "169.254.170.0/24", "168.63.129.16/32")]


def checked_address(text: str) -> Address:
    """The address, refused in words where it is none or of a machine that is no instrument."""
    try:
        address = parse_address(text)
    except ValueError as error:
        words = error_words(error)
        raise Invalid(words, _("The manual of the instrument says it."), fields={"resource": words}) from error
    with_number = _as_number(address.host)
    if with_number is not None:
        _check(with_number, address)
    return address


def resource_of(text: str) -> str:
    """The resource name to open, its machine looked up and checked.

    Raises:
        Invalid: the machine is not known, or none that may be asked.
    """
    address = checked_address(text)
    if not address.host:
        return address.text
    try:
        entries = socket.getaddrinfo(address.host, address.port or None, socket.AF_INET, socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise Invalid(
            _("The name %(host)s was not found in the network.") % {"host": address.host},
            _("Check the cable and the address of the instrument."),
        ) from None
    found = [IPv4Address(entry[4][0]) for entry in entries]
    for one in found:
        _check(one, address)
    return address.at(str(found[0]))


def _as_number(host: str) -> IPv4Address | None:
    try:
        return IPv4Address(host)
    except ValueError:
        return None


def _check(number: IPv4Address, address: Address) -> None:
    if is_named(number):
        return
    if any(number in network for network in _PROVIDERS) or not any(number in network for network in _INSIDE):
        words = _("%(host)s is not a machine inside the hospital's network.") % {"host": address.host}
    elif _is_this_machine(number):
        words = _("%(host)s is this server itself.") % {"host": address.host}
    else:
        return
    way_forward = _("Instruments elsewhere are named in the setting WARDWRIGHT_INSTRUMENT_HOSTS.")
    raise Invalid(words, way_forward, fields={"resource": words})


def is_named(number: IPv4Address) -> bool:
    """A machine or network that the house itself has named."""
    return any(number in network for network in settings.INSTRUMENT_HOSTS)


def _is_this_machine(number: IPv4Address) -> bool:
    """Whether it is an address of this server: only one's own can be taken."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.bind((str(number), 0))
        except OSError as error:
            return error.errno != errno.EADDRNOTAVAIL
    return True
