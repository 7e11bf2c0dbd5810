"""GS1 Digital Link web addresses as element strings (GS1 Digital Link URI Syntax 1.4)."""

import re
from datetime import date
from urllib.parse import parse_qsl, unquote, urlsplit

from wardwright.kernel.said import say

from .ai_table import AI_TABLE
from .checks import gtin_to_14
from .elements import Elements, check_value
from .model import Reason, UdiError

# A GTIN's qualifiers in the only order allowed: variant, lot, serial; or a third-party extension alone.
_QUALIFIER_ORDERS = (("22", "10", "21"), ("235",))
_ADDRESS = re.compile(r"https?://[^/?#\s]+/(?:[^?#\s]*/)?(?:01|gtin)/[0-9]{8,14}(?:[/?#]|$)", re.IGNORECASE)
# Not allowed in the query: they are keys or qualifiers of their own.
_NOT_ATTRIBUTES = frozenset(
    ("03", "21", "22", "235", "254", "7040", "7041", "8011", "8014", "8019", "8020", "8040", "8041", "8042", "8043")
)


def is_digital_link(text: str) -> bool:
    """Whether the text is shaped like a web address that carries a GTIN (check digit not looked at)."""
    return _ADDRESS.match(text) is not None


def link_elements(text: str, *, today: date) -> Elements:
    """The (AI, value) pairs of a Digital Link, checked. Raises ``UdiError``."""
    try:
        address = urlsplit(text)
    except ValueError as error:
        raise _bad_link(say("The web address cannot be read"), say("address")) from error
    pairs = [*_path_pairs(address.path), *_query_pairs(address.query)]
    for ai, value in pairs:
        check_value(ai, value, today=today)
    return tuple(pairs)


def _path_pairs(path: str) -> list[tuple[str, str]]:
    segments = ["01" if s == "gtin" else s for s in path.strip("/").split("/")]
    start = next((i for i, s in enumerate(segments[:-1]) if s == "01" and segments[i + 1].isdecimal()), None)
    if start is None:
        raise UdiError(
            Reason.NO_DEVICE_IDENTIFIER,
            say("The web address carries no GTIN"),
            where=say("path"),
            remedy=say("Look for …/01/ and 14 digits in the address, or scan the label's bar code."),
        )
    rest = segments[start:]
    if len(rest) % 2:
        raise _bad_link(
            say("The web address has an identifier without a value"),
            say("{text} at the end of the path", text=ascii(rest[-1])),
        )
    qualifiers = [(ai, unquote(value)) for ai, value in zip(rest[2::2], rest[3::2], strict=True)]
    _refuse_disorder([ai for ai, _ in qualifiers])
    return [("01", gtin_to_14(rest[1])), *qualifiers]


def _refuse_disorder(qualifiers: list[str]) -> None:
    for order in _QUALIFIER_ORDERS:
        if qualifiers == [ai for ai in order if ai in qualifiers]:
            return
    raise _bad_link(say("After the GTIN only 22, 10 and 21 may follow in that order, or 235 alone"), say("path"))


def _query_pairs(query: str) -> list[tuple[str, str]]:
    pairs = [(key, value) for key, value in parse_qsl(query, keep_blank_values=True) if key.isdecimal()]
    for ai, _ in pairs:
        if ai in _NOT_ATTRIBUTES or ai not in AI_TABLE:
            raise _bad_link(say("{ai} may not stand in the query of a web address", ai=ascii(ai)), say("after the ?"))
    return pairs


def _bad_link(what: str, where: str) -> UdiError:
    return UdiError(
        Reason.BAD_STRUCTURE,
        what,
        where=where,
        remedy=say("Scan the label's bar code, or type its bracketed line (01)…"),
    )
