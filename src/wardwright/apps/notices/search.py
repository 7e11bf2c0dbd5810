"""What the search box finds of notices."""

from __future__ import annotations

from collections.abc import Iterable

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from wardwright.web.finding import Asked, Hit, finder

from .models import Case, SharedNumber
from .queries import cases_found


def _hit(case: Case, *, exact: bool = False) -> Hit:
    words = f"{case.number} · {case.get_severity_display()} · {case.get_state_display()}"
    return Hit(case.title, words, reverse("notice-case", args=[case.pk]), exact)


def _cases(asked: Asked) -> Iterable[Hit]:
    """The case with this number, ours or a source's; else those whose title or maker has the words."""
    rows = Case.objects.visible_to(asked.by)
    if asked.may_be_number:
        number = asked.text.upper()
        shared = SharedNumber.objects.visible_to(asked.by).filter(number=number).values("case")
        meant = rows.filter(number=number).first() or rows.filter(pk__in=shared).first()
        if meant is not None:
            return [_hit(meant, exact=True)]
    return [_hit(case) for case in cases_found(rows, asked.text).order_by("gravity", "-pk")[: asked.most]]


finder("notices", _("Notices"), "shield-check", _cases, order=35, list_name="notices")
