"""Words that a password must not be made of: what anybody would try first here."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

#: The program and the trade; the name of the house is added. SECURITY.md lists them.
WORDS = ("wardwright", "hospital", "clinical", "biomed", "technician", "password")
LEAST_ELSE = 6


class ContextWords:
    """Refuses a password of which, without these words, fewer than six letters and digits are left."""

    def validate(self, password: str, user: Any = None) -> None:
        left = password.casefold()
        for word in sorted({*WORDS, *settings.HOUSE_NAME.casefold().split()}, key=len, reverse=True):
            left = left.replace(word, " ")
        if sum(sign.isalnum() for sign in left) < LEAST_ELSE:
            raise ValidationError(_("The password is made of words that anybody would try here."), code="context")

    def get_help_text(self) -> str:
        return _("Not made of the names of the program, of the house or of the trade.")
