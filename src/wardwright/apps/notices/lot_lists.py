"""A list of lots, as a store or a pharmacy exports it, read row by row for ``bring_supplies``."""

from __future__ import annotations

import json
from collections.abc import Iterable
from functools import lru_cache
from importlib.resources import files
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from wardwright.kernel.tabular.dates import decide_date_order, parse_date
from wardwright.kernel.tabular.errors import TableError
from wardwright.kernel.tabular.read import read_table
from wardwright.kernel.tabular.table import Cell, Table
from wardwright.kernel.tabular.values import clean_serial, clean_text, parse_quantity
from wardwright.kernel.tabular.vocabulary import heading_key
from wardwright.kernel.udi import UdiError, parse_udi
from wardwright.platform.core.errors import Invalid
from wardwright.platform.core.words import said_words

MOST_SHOWN = 20
_CODES = ("catalogue_no", "udi_di", "lot", "serial", "holder")


@lru_cache(maxsize=1)
def _words() -> dict[str, str]:
    """Heading as it compares → column of a lot."""
    found = json.loads(files(__package__).joinpath("data/lot_headings.json").read_text("utf-8"))
    return {heading_key(word): name for name, words in found.items() for word in words}


def read_list(data: bytes, file_name: str) -> list[dict[str, Any]]:
    """The rows of a list: what each says of a lot, and ``row``, its number in the file.

    A UDI as scanned gives the identifier, the lot, the serial number and the expiry that have no column.

    Raises:
        Invalid: where the file is no table, names no product, or single cells cannot be read; each is named.
    """
    try:
        table = read_table(data, file_name)
    except TableError as error:
        raise _refused(said_words(error.what), said_words(error.remedy)) from None
    columns = _columns(table)
    if not {"name", "catalogue_no", "udi_di"} & set(columns):
        raise _refused(
            _("No column says which product it is."),
            _("The columns are: %(names)s. Call one Product, REF or UDI-DI.") % {"names": ", ".join(table.headings)},
        )
    order = decide_date_order(table.column(columns["expires_on"])) if "expires_on" in columns else None
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
        _from_scan(said)
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
    found: dict[str, int] = {}
    for index, heading in enumerate(table.headings):
        name = _words().get(heading_key(heading))
        if name is not None:
            found.setdefault(name, index)
    return found


def _value(name: str, cell: Cell, order: Any) -> tuple[Any, str]:
    text = clean_text(cell)
    if not text:
        return None, ""
    if name == "expires_on":
        read = parse_date(cell, order)
        return read.on, said_words(read.problem)
    if name == "quantity":
        quantity = parse_quantity(cell)
        return quantity, "" if quantity is not None else _("“%(text)s” is not a quantity.") % {"text": text[:40]}
    if name in _CODES:
        code = clean_serial(cell)
        if "digits are lost" in code.note:
            return None, _("A spreadsheet has rounded this number: digits are lost. Make the column text.")
        return code.text, ""
    return text, ""


def _from_scan(said: dict[str, Any]) -> None:
    try:
        udi = parse_udi(str(said.get("udi_di", "")), today=timezone.localdate())
    except UdiError:
        return
    said["udi_di"] = udi.device_identifier
    for name, value in (("lot", udi.lot), ("serial", udi.serial), ("expires_on", udi.expires_on)):
        if value and not said.get(name):
            said[name] = value
