"""Where an instrument is and what it may be asked. Only forms that are known; everything else is refused in words.

An address is a VISA resource name (VPP-4.3, 4.3.1): a raw socket, VXI-11 or HiSLIP, USB-TMC, or a serial port.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from wardwright.kernel.said import say

LOWEST_PORT = 1024  # below are a machine's own services, and no maker's instruments
# What listens above: databases, caches, remote control, container engines. Nothing that measures.
NOT_INSTRUMENTS = frozenset({1433, 1521, 2049, 2375, 2376, 2379, 3306, 3389, 5432, 5985, 5986, 6379, 6443, 8080, 8443,
                             9200, 10250, 11211, 27017})  # fmt: skip
LONGEST_QUERY = 80


class Wire(StrEnum):
    SOCKET = "socket"
    NETWORK = "network"  # VXI-11, HiSLIP
    USB = "usb"
    SERIAL = "serial"


_HOST = r"(?P<host>[A-Z0-9](?:[A-Z0-9.-]{0,251}[A-Z0-9])?)"
_SERIAL_PORT = r"/dev/(?:tty(?:USB|ACM|S|AMA)\d{1,3}|serial/by-(?:id|path)/[\w.:+-]{1,120})|COM\d{1,3}|\d{1,3}"
_FORMS = {
    Wire.SOCKET: rf"TCPIP\d?::{_HOST}::(?P<port>\d{{1,5}})::SOCKET",
    Wire.NETWORK: rf"TCPIP\d?::{_HOST}(?:::(?:inst|hislip)\d{{1,2}}|::gpib\d,\d{{1,2}})?::INSTR",
    Wire.USB: r"USB\d?::(?:0x)?[0-9A-F]{1,5}::(?:0x)?[0-9A-F]{1,5}::[\w.+-]{1,60}(?:::\d{1,3})?::INSTR",
    Wire.SERIAL: rf"ASRL(?:{_SERIAL_PORT})::INSTR",
}
_QUERY = re.compile(r"[A-Z:][A-Z0-9:_]*\?(?: [ -:<-~]{1,40})?", re.IGNORECASE)
_NO_MEASUREMENT = ("CAL", "DIAG", "SYST", "TEST", "MMEM", "PROG")  # these adjust, test and store


@dataclass(frozen=True)
class Address:
    """A resource name that was read, with its machine where it has one."""

    text: str
    wire: Wire
    host: str = ""
    port: int = 0

    def at(self, host: str) -> str:
        """The resource name with its machine by number, so that no name is looked up a second time."""
        return self.text.replace(f"::{self.host}::", f"::{host}::", 1)


def parse_address(text: str) -> Address:
    """The address that ``text`` names.

    Raises:
        ValueError: in words, with an example.
    """
    for wire, form in _FORMS.items():
        match = re.fullmatch(form, text.strip(), re.IGNORECASE | re.ASCII)
        if match is None:
            continue
        named = match.groupdict()
        port = int(named.get("port") or 0)
        if wire is Wire.SOCKET and (not LOWEST_PORT <= port < 65536 or port in NOT_INSTRUMENTS):
            raise ValueError(say("no instrument listens on port {port}; usual is 5025", port=port))
        return Address(match[0], wire, named.get("host") or "", port)
    raise ValueError(
        say("this is no address of an instrument; one is TCPIP::10.0.0.7::5025::SOCKET or ASRL/dev/ttyUSB0::INSTR")
    )


def printed_query(text: str) -> str:
    """``text`` as the one question for a measurement, such as ``MEAS:RES?``.

    Raises:
        ValueError: in words, for a command, several commands, or a question that does more than measure.
    """
    query = text.strip()
    if len(query) > LONGEST_QUERY or not _QUERY.fullmatch(query):
        raise ValueError(say("a query is one SCPI question such as MEAS:RES?, in plain letters and without ;"))
    if query.lstrip(":").upper().startswith(_NO_MEASUREMENT):
        raise ValueError(say("{query} does more than read a value; write a query that measures", query=query))
    return query
