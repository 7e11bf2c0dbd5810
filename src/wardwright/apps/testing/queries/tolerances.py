"""A limit given as nominal value and tolerance, in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from wardwright.kernel.verification import Verification
from wardwright.platform.core.words import exact_words


def tolerance_words(limit: Mapping[str, Any], unit: str) -> str:
    """ "10 J ± 3 J or ± 15 %, whichever is more"; empty for a limit without a nominal value."""
    if not limit.get("nominal"):
        return ""
    named = {name: exact_words(limit.get(name)) for name in ("nominal", "plus_minus", "percent")}
    named |= {name: f"{named[name]} {unit}".strip() for name in ("nominal", "plus_minus") if named[name]}
    if named["plus_minus"] and named["percent"]:
        return _("%(nominal)s ± %(plus_minus)s or ± %(percent)s %%, whichever is more") % named
    if named["percent"]:
        return _("%(nominal)s ± %(percent)s %%") % named
    return _("%(nominal)s ± %(plus_minus)s") % named


def verification_of(step: Mapping[str, Any]) -> Verification | None:
    """In what the limit of a step was checked; None where nobody says so."""
    mark = (step.get("limit_row") or step.get("limit") or {}).get("verified")
    return Verification(mark) if mark else None
