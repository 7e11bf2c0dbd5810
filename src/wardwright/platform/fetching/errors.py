"""Why nothing could be fetched."""

from __future__ import annotations

from wardwright.kernel.feeds import NoAnswer


class Unfetched(NoAnswer):
    """Nothing came over the network, or nothing may be asked for at that address."""
