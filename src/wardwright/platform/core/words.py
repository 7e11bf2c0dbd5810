"""Numbers, days, moments and the names of the code as the reader's language writes them: the one place that knows."""

from __future__ import annotations

import re
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.apps import apps
from django.utils import formats, timezone
from django.utils.translation import gettext, gettext_noop, ngettext

from wardwright.kernel.said import Said, fill

NOTHING = "–"
_PACKAGES_WITH_STEPS = {"config": gettext_noop("Set-up"), "demo": gettext_noop("Demonstration")}  # and are no app


def number_words(value: Any, decimals: int = 1) -> str:
    """With the separators of the language, without needless zeros behind the point."""
    if value is None:
        return NOTHING
    places = 0 if isinstance(value, int) or float(value).is_integer() else decimals
    return formats.number_format(round(value, places), decimal_pos=places, use_l10n=True, force_grouping=True)


def exact_words(value: Any) -> str:
    """A measured value or a limit with all its digits; "" for none."""
    return "" if value is None else formats.number_format(Decimal(str(value)).normalize(), use_l10n=True)


def day_words(value: date | None) -> str:
    return formats.date_format(value, "DATE_FORMAT") if value else NOTHING


def moment_words(value: datetime) -> str:
    """In the time zone of the house."""
    return formats.date_format(timezone.localtime(value) if timezone.is_aware(value) else value, "DATETIME_FORMAT")


# What the kernel says, which knows no other language than English.


def said_words(text: str) -> str:
    """A sentence of the kernel in the reader's language; any other text as it is."""
    if not isinstance(text, Said):
        return text
    values = {name: said_words(value) for name, value in text.values.items()}
    one, *many = text.templates
    template = ngettext(one, many[0], text.values["n"]) if many else gettext(one)
    return fill(template, values, lambda value: number_words(value, 0))


def error_words(error: Exception) -> str:
    """What an exception of the kernel says."""
    return said_words(error.args[0]) if error.args and isinstance(error.args[0], Said) else str(error)


# The names of the code. `tools/messages.py` collects them, so that a name is translated like any other word.


def step_words(name: str) -> str:
    """``assets.move_asset``, an operation or a task, as “Move asset”."""
    return gettext(name.rsplit(".", 1)[-1].replace("_", " ").strip().capitalize())


def event_words(name: str) -> str:
    """``assets.AssetStatusChanged`` as “Asset status changed”."""
    return gettext(re.sub("(?<!^)[A-Z]", lambda sign: f" {sign[0].lower()}", name.rpartition(".")[2]))


def noun_words(named: Any) -> str:
    """What a table or a column holds: of a model's ``_meta`` or a field, also when nobody gave it a name."""
    return gettext(str(named.verbose_name))


def home_words(label: str) -> str:
    """The app where an operation or a permission is at home, as people call it."""
    if label in apps.app_configs:
        return str(apps.get_app_config(label).verbose_name)
    return gettext(_PACKAGES_WITH_STEPS.get(label, label.capitalize()))
