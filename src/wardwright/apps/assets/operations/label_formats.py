"""The sheets and labels that a house prints on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from wardwright.platform.access.scope import authorize_everywhere
from wardwright.platform.audit.operation import operation
from wardwright.platform.core.edits import apply_edit, lock
from wardwright.platform.core.errors import Invalid
from wardwright.platform.core.values import cleaned, unique_or_invalid

from ..data import label_formats
from ..models import LabelFormat
from ..permissions import CATALOGUE

COLUMNS = frozenset(
    ("code", "name", "page_width_mm", "page_height_mm", "columns", "rows", "width_mm", "height_mm", "left_mm", "top_mm",
     "pitch_x_mm", "pitch_y_mm", "halves", "order", "is_active")
)  # fmt: skip
#: What a new one has no usual value for.
NEEDED = ("code", "name", "page_width_mm", "page_height_mm", "width_mm", "height_mm")


@operation()
def create_label_format(*, by: Any, values: Mapping[str, Any]) -> LabelFormat:
    """A new sheet or label.

    Raises:
        Invalid: when a size is missing, or the labels do not fit on the page.
    """
    authorize_everywhere(by, CATALOGUE)
    row = LabelFormat()
    for name, value in cleaned(row, {**dict.fromkeys(NEEDED), **values}, COLUMNS).items():
        setattr(row, name, value)
    _check_fits(row)
    with unique_or_invalid(row):
        row.save()
    return row


@operation()
def change_label_format(
    *, by: Any, label_format_id: int, values: Mapping[str, Any], expected_version: int | None = None
) -> LabelFormat:
    """Change a sheet or label.

    Raises:
        Invalid: when the labels do not fit on the page; StaleEdit: when somebody changed it meanwhile.
    """
    authorize_everywhere(by, CATALOGUE)
    row = lock(LabelFormat.objects, label_format_id)
    with unique_or_invalid(row):
        apply_edit(row, cleaned(row, values, COLUMNS), expected_version=expected_version)
        _check_fits(row)
    return row


@operation()
def load_label_formats(*, by: Any) -> int:
    """Add the shipped formats that are missing and return how many; what was changed stays."""
    authorize_everywhere(by, CATALOGUE)
    known = set(LabelFormat.objects.values_list("code", flat=True))
    return len(
        LabelFormat.objects.bulk_create(LabelFormat(**row) for row in label_formats() if row["code"] not in known)
    )


def _check_fits(row: LabelFormat) -> None:
    sheet = row.sheet()
    if row.columns < 1 or row.rows < 1:
        raise Invalid(_("A page needs at least one label."), fields={"columns": _("Enter 1 or more.")})
    across = sheet.left + (sheet.columns - 1) * sheet.pitch_x + sheet.width
    down = sheet.top + (sheet.rows - 1) * sheet.pitch_y + sheet.height
    for name, used, there in (("width_mm", across, sheet.page_width), ("height_mm", down, sheet.page_height)):
        if used > there + 0.05:
            words = _("The labels need %(used).1f mm, the page has %(there).1f mm.") % {"used": used, "there": there}
            raise Invalid(words, _("Check margins, distances and the number of labels."), fields={name: words})
    for name, pitch, size, n in (
        ("pitch_x_mm", sheet.pitch_x, sheet.width, sheet.columns),
        ("pitch_y_mm", sheet.pitch_y, sheet.height, sheet.rows),
    ):
        if n > 1 and pitch < size - 0.05:
            words = _("From label to label must be at least as far as a label is large.")
            raise Invalid(words, fields={name: words})
