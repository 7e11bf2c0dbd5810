"""Limits of the table on pages: the figure as one reads it, and how far it was checked."""

from __future__ import annotations

from django import template
from django.utils.safestring import SafeString

from wardwright.apps.testing.queries import figure_words
from wardwright.kernel.limits import SafetyLimit
from wardwright.kernel.verification import Verification
from wardwright.platform.core.words import said_words
from wardwright.web.templatetags import ui

register = template.Library()


@register.filter
def figure(row: SafetyLimit) -> str:
    """The figure with sign and unit."""
    return figure_words(row)


@register.simple_tag
def verified(row: SafetyLimit) -> SafeString:
    """In what the figure was checked; one that nobody could check stands out."""
    return verification(row.verified)


@register.simple_tag
def verification(mark: Verification) -> SafeString:
    """The pill of one mark."""
    return ui.pill("due" if mark.is_unverified else "info", said_words(mark.words))
