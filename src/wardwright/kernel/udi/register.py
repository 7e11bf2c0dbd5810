"""How device registers write a device identifier, for looking one up.

In the FDA's GUDID most HIBCC identifiers carry the check character of the primary code and the others
do not; GTINs are sometimes listed with fewer than 14 digits.
"""

from .checks import gtin_to_14, hibcc_check_character
from .model import Agency


def register_forms(agency: Agency, device_identifier: str) -> tuple[str, ...]:
    """Every spelling a register may list this identifier under, the usual one first.

    ``device_identifier`` as in ``Udi``. Raises ``UdiError`` for a GTIN that is wrong or a HIBCC
    identifier with characters HIBCC lacks.
    """
    if agency == "GS1":
        gtin = gtin_to_14(device_identifier)
        return (gtin, *(gtin[-size:] for size in (13, 12, 8) if not gtin[:-size].strip("0")))
    if agency == "HIBCC":
        return (device_identifier, device_identifier + hibcc_check_character("+" + device_identifier))
    return (device_identifier,)
