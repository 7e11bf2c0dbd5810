"""Which addresses lie in the open network. Whoever sends or fetches where somebody typed asks here first."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network

_NAT64 = IPv6Network("64:ff9b::/96")
_PROTOCOLS = IPv4Network("192.0.0.0/24")  # RFC 6890; Python before 3.13 calls parts of it global
Address = IPv4Address | IPv6Address


def is_outside(address: Address) -> bool:
    """Whether an address lies in the open network: not this machine, not the hospital's, not a provider's own."""
    if isinstance(address, IPv6Address):
        inner = address.ipv4_mapped or (IPv4Address(int(address) & 0xFFFFFFFF) if address in _NAT64 else None)
        if inner is not None:
            return is_outside(inner)
        if address.sixtofour or address.teredo:
            return False
    elif address in _PROTOCOLS:
        return False
    return address.is_global and not address.is_multicast and not address.is_reserved
