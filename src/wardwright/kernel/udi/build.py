"""Writing a UDI for a label, for any issuing agency."""

from .gs1 import build_gs1
from .hibcc import build_hibcc
from .iccbba import build_iccbba
from .model import Agency, ProductionIdentifiers, UdiText

_BUILDERS = {"GS1": build_gs1, "HIBCC": build_hibcc, "ICCBBA": build_iccbba}
_NOTHING = ProductionIdentifiers()


def build_udi(agency: Agency, device_identifier: str, production: ProductionIdentifiers = _NOTHING) -> UdiText:
    """The human-readable line and the machine string of a UDI, check characters included.

    ``device_identifier``: GS1 a GTIN with its check digit; HIBCC labeler, product and unit of measure
    without ``+`` or check character; ICCBBA 16 characters, or 10 for a blood bag. Raises ``UdiError``
    for values the agency's format does not allow or has no place for.
    """
    return _BUILDERS[agency](device_identifier, production)
