"""A letter that came on paper or by mail, typed or pasted in: its text is read like any notice, and a person checks."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from wardwright.apps.notices.models import Notice
from wardwright.apps.notices.permissions import REVIEW
from wardwright.apps.notices.states import Kind, Severity, SourceKind
from wardwright.kernel.bulletins import Bulletin, Format, Refused, action_number, read
from wardwright.platform.access.scope import authorize_everywhere
from wardwright.platform.audit.operation import operation
from wardwright.platform.core.change import System
from wardwright.platform.core.errors import Invalid
from wardwright.platform.core.words import said_words

from .common import set_clocks, set_severity
from .searching import search_notices
from .taking_in import finish_run, house_source, start_run, take_in

LONGEST = 400_000


@operation()
def type_letter(
    *,
    by: Any,
    text: str,
    title: str = "",
    maker: str = "",
    reference: str = "",
    severity: str = "",
    kind: str = Kind.LETTER,
    published_on: date | None = None,
) -> Notice:
    """Take in a letter by its text; what is said beside it counts before what the text says. It is searched for.

    Raises:
        Invalid: without text, with far too much of it, or an unknown class or kind.
    """
    authorize_everywhere(by, REVIEW)
    if not text.strip():
        raise Invalid(_("Paste or type the text of the letter."), fields={"text": _("Enter the text.")})
    if len(text) > LONGEST:
        raise Invalid(
            _("The text is too long: %(n)s characters are the most.") % {"n": LONGEST},
            _("Leave out what does not say which devices are meant."),
            fields={"text": _("Shorten the text.")},
        )
    if severity and severity not in Severity.values:
        raise Invalid(_("There is no such class."), fields={"severity": _("Choose one from the list.")})
    if kind not in Kind.values:
        raise Invalid(_("There is no such kind."), fields={"kind": _("Choose one from the list.")})
    found = next(iter(read(text.encode(), name="letter.txt", as_=Format.LETTER)), None)
    if not isinstance(found, Bulletin):
        words = said_words(found.words) if isinstance(found, Refused) else _("The letter holds no text.")
        raise Invalid(words, fields={"text": words})
    ref = action_number(reference) or found.ref
    found = replace(
        found,
        ref=ref,
        title=" ".join(title.split()) or found.title,
        maker=" ".join(maker.split()) or found.maker,
        published_on=published_on or found.published_on,
        also_known_as=tuple(one for one in (found.ref, *found.also_known_as) if one != ref and one[:7] != "letter-"),
    )
    keeper = System(str(by))
    run = start_run(by=keeper, source_id=house_source(SourceKind.LETTERS).pk)
    taken = take_in(by=keeper, run_id=run.pk, bulletins=[found])
    finish_run(by=keeper, run_id=run.pk)
    row = Notice.objects.select_related("case").get(source=run.source_id, ref=found.ref[:120])
    if taken.ids:
        _set_by_hand(row, severity, kind)
        search_notices(by=keeper, notice_ids=[row.pk], cause="new")
    return Notice.objects.get(pk=row.pk)


def _set_by_hand(row: Notice, severity: str, kind: str) -> None:
    """The class and the kind that the person gave."""
    row.kind, row.updated_at = kind, timezone.now()
    row.severity = severity or row.severity
    row.save()
    case = row.case
    case.kind = kind if Notice.objects.filter(case=case).count() == 1 else case.kind
    if set_severity(case, Notice.objects.filter(case=case).values_list("severity", flat=True)):
        set_clocks(case, again=True)
    case.save()
