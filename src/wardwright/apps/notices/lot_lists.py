"""A list of lots, as a store or a pharmacy exports it, read row by row for ``bring_supplies``."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from functools import lru_cache
from importlib.resources import files
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from wardwright.kernel.tabular.dates import DateOrder, decide_date_order, parse_date
from wardwright.kernel.tabular.errors import TableError
from wardwright.kernel.tabular.read import read_table
from wardwright.kernel.tabular.table import MEBIBYTE, Cell, ReadOptions, Table
from wardwright.kernel.tabular.values import clean_serial, clean_text, parse_quantity
from wardwright.kernel.tabular.vocabulary import heading_key
from wardwright.kernel.udi import UdiError, is_probably_udi, parse_udi
from wardwright.platform.core.errors import Invalid
from wardwright.platform.core.words import said_words

MOST_SHOWN = 20
_OPTIONS = ReadOptions(max_bytes=5 * MEBIBYTE, max_unpacked_bytes=100 * MEBIBYTE, max_rows=20_000)
_CODES = ("catalogue_no", "udi_di", "lot", "serial", "holder")
_WHOLE = re.compile(r"\d+(?:[.,]0+)?\Z")
_THOUSANDS = re.compile(r"\d{1,3}(?:[., '’\u00a0\u202f]\d{3})+\Z")


@lru_cache(maxsize=1)
def _words() -> dict[str, tuple[str, int]]:
    """Heading as it compares → column of a lot, and its rank among those that may say it."""
    found = json.loads(files(__package__).joinpath("data/lot_headings.json").read_text("utf-8"))
    return {heading_key(word): (name, rank) for name, words in found.items() for rank, word in enumerate(words)}


def read_list(data: bytes, file_name: str) -> list[dict[str, Any]]:
    """The rows of a list: what each says of a lot, and ``row``, its number in the file.

    A UDI as scanned gives the identifier, the lot, the serial number and the expiry that have no column.

    Raises:
        Invalid: where the file is no table, names no product, or single cells cannot be read; each is named.
    """
    try:
        table = read_table(data, file_name, options=_OPTIONS)
    except TableError as error:
        raise _refused(said_words(error.what), said_words(error.remedy)) from None
    columns = _columns(table)
    if not {"name", "catalogue_no", "udi_di"} & set(columns):
        raise _refused(
            _("No column says which product it is."),
            _("The columns are: %(names)s. Call one Product, REF or UDI-DI.") % {"names": ", ".join(table.headings)},
        )
    order = _order(table, columns.get("expires_on"))
    found, wrong = [], list[str]()
    for number, cells in zip(table.row_numbers, table.rows, strict=True):
        said: dict[str, Any] = {"row": number}
        for name, index in columns.items():
            value, problem = _value(name, cells[index], order)
            if problem:
                wrong.append(_("Row %(n)s, %(column)s: %(words)s") % {"n": number, "column": table.headings[index],
                                                                     "words": problem})  # fmt: skip
            elif value not in (None, ""):
                said[name] = value
        if problem := _from_scan(said):
            wrong.append(_("Row %(n)s, %(column)s: %(words)s") % {"n": number, "column": "UDI", "words": problem})
        found.append(said)
    refuse_rows(wrong)
    if not found:
        raise _refused(_("The list has no row."), _("Check the file and its sheet."))
    return found


def refuse_rows(wrong: Iterable[str]) -> None:
    """Raise Invalid where something is wrong with rows: nothing of a list is taken in then."""
    every = list(wrong)
    if not every:
        return
    more = len(every) - MOST_SHOWN
    shown = [*every[:MOST_SHOWN], *([_("And %(n)s more.") % {"n": more}] if more > 0 else [])]
    words = _("Nothing was entered, because of these rows:")
    raise Invalid(words, "\n" + "\n".join(shown), fields={"file": words})


def _refused(words: str, remedy: str) -> Invalid:
    return Invalid(words, remedy, fields={"file": words})


def _columns(table: Table) -> dict[str, int]:
    """What the headings say, the plainest of several: a maker's REF before the house's article number."""
    found: dict[str, tuple[int, int]] = {}
    for index, heading in enumerate(table.headings):
        name, rank = _words().get(heading_key(heading), ("", 0))
        if name:
            found[name] = min(found.get(name, (rank, index)), (rank, index))
    return {name: index for name, (_rank, index) in found.items()}


def _order(table: Table, index: int | None) -> DateOrder | None:
    """Whether day or month stands first. Raises Invalid where the list proves neither."""
    if index is None:
        return None
    order = decide_date_order(table.column(index))
    if order.ambiguous and not order.proved:
        raise _refused(
            _("In “%(column)s” day and month cannot be told apart.") % {"column": table.headings[index]},
            _("Write the dates as 2027-12-31."),
        )
    return order


def _value(name: str, cell: Cell, order: Any) -> tuple[Any, str]:
    text = clean_text(cell)
    if not text:
        return None, ""
    if name == "expires_on":
        read = parse_date(cell, order)
        return read.on, said_words(read.problem)
    if name == "quantity":
        quantity = _quantity(text)
        return quantity, "" if quantity is not None else _("“%(text)s” is not a quantity.") % {"text": text[:40]}
    if name in _CODES:
        code = clean_serial(cell)
        if "digits are lost" in code.note:
            return None, _("A spreadsheet has rounded this number: digits are lost. Make the column text.")
        return code.text if name == "serial" else text, ""
    return text, ""


def _quantity(text: str) -> int | None:
    if _THOUSANDS.match(text):
        return int(re.sub(r"\D", "", text))
    return int(re.split("[.,]", text)[0]) if _WHOLE.match(text) and len(text) < 10 else parse_quantity(text)


def _from_scan(said: dict[str, Any]) -> str:
    """Take apart a UDI as scanned; gives what is wrong with it, or with the columns beside it."""
    text = str(said.get("udi_di", ""))
    if not is_probably_udi(text):
        return ""
    try:
        udi = parse_udi(text, today=timezone.localdate())
    except UdiError as error:
        return said_words(error.message)
    said["udi_di"] = udi.device_identifier
    for name, value in (("lot", udi.lot), ("serial", udi.serial), ("expires_on", udi.expires_on)):
        if value and said.get(name, value) != value:
            return _("The code says %(code)s, and the list %(said)s.") % {"code": value, "said": said[name]}
        if value:
            said[name] = value
    return ""
