"""The file of rows that were not taken and cells that were not used, for correcting and sending again."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable

from django.utils.translation import gettext as _

from wardwright.platform.core.cells import safe_cell


def error_csv(lines: Iterable[tuple[int | str, str, str, str, str]]) -> bytes:
    """UTF-8 with a mark. One line for each (row, what happened, column, value, reason)."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([_("Row"), _("What happened"), _("Column"), _("Value"), _("Reason")])
    for row, happened, column, value, reason in lines:
        first = row if isinstance(row, int) else safe_cell(row)
        writer.writerow([first, *(safe_cell(cell) for cell in (happened, column, value, reason))])
    return ("\ufeff" + out.getvalue()).encode()
