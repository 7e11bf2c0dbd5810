"""Image quality and dose: analyses of phantom images, dose reports, and figures by protocol.

Reading files is done by ``work`` in a process of its own; everything else here needs no library.
"""

from .analyses import ANALYSES, DOSES, Analysis, Option, Quantity, checked_options, customary, quantity
from .identity import IDENTITY, KEPT, RENUMBERED, same_serial, warnings_of
from .isolated import INSTALL, PICTURE, SERIES, Bounds, ImagingRefused, available, missing, work
from .protocols import ENOUGH, Distribution, distribution
from .taking_in import SENT

__all__ = [
    "ANALYSES", "DOSES", "ENOUGH", "IDENTITY", "INSTALL", "KEPT", "PICTURE", "RENUMBERED", "SENT", "SERIES", "Analysis",
    "Bounds", "Distribution", "ImagingRefused", "Option", "Quantity", "available", "checked_options", "customary",
    "distribution", "missing", "quantity", "same_serial", "warnings_of", "work",
]  # fmt: skip
