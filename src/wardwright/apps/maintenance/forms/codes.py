"""The form of a problem, cause or action code."""

from __future__ import annotations

from typing import Any, ClassVar

from django.utils.translation import gettext as _

from wardwright.apps.maintenance.models import FailureCode
from wardwright.web.row_forms import RowForm


class CodeForm(RowForm):
    """A code: what it is used for and its letters are fixed once it is there, because finished work names it."""

    model = FailureCode
    columns: ClassVar[tuple[str, ...]] = ("kind", "code", "label", "source")

    def __init__(self, by: Any, *args: Any, **kwargs: Any):
        super().__init__(by, *args, **kwargs)
        if "code" in self.fields:
            self.fields["code"].help_text = _("Short and never used again for something else, for example P-31.")
        self.fields["source"].help_text = _("Where it comes from: a standard, a list of the house.")


class RenameCodeForm(CodeForm):
    columns = ("label", "source")
