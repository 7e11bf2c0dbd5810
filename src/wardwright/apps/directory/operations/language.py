"""The language somebody reads in."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from wardwright.platform.access.models import User
from wardwright.platform.audit.operation import operation
from wardwright.platform.core.change import require_change
from wardwright.platform.core.edits import lock
from wardwright.platform.core.errors import Invalid


@operation()
def choose_language(*, by: Any, language: str) -> User:
    """Everybody chooses the language of their own pages and messages.

    Raises:
        Invalid: for a language this house does not offer.
    """
    if language not in dict(settings.LANGUAGES):
        words = _("This language is not offered.")
        raise Invalid(words, fields={"language": words})
    row = lock(User.objects, by.id)
    require_change().authorized = True  # everybody's own affair: it needs no permission
    if row.language != language:
        row.language, row.version = language, row.version + 1
        row.save(update_fields=["language", "version", "updated_at"])
    return row
