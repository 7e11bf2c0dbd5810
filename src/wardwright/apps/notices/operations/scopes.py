"""Which devices a notice means, as a person settles it after reading: as the program read it, or corrected."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from wardwright.apps.notices.models import Notice
from wardwright.apps.notices.permissions import REVIEW
from wardwright.apps.notices.states import CaseState, ScopeState
from wardwright.kernel.scope import Clause, Element, Of, Scope, Span, findings
from wardwright.kernel.scope.printing import BadScope, from_text, to_plain
from wardwright.platform.access.scope import authorize_everywhere
from wardwright.platform.audit.operation import operation
from wardwright.platform.core.change import System
from wardwright.platform.core.edits import check_version, lock
from wardwright.platform.core.errors import Invalid, NotFound, NotNow
from wardwright.platform.core.words import error_words, said_words

from .common import say_of
from .searching import search_notices


@operation()
def confirm_scope(
    *, by: Any, notice_id: int, nothing_unread: bool = False, expected_version: int | None = None
) -> Notice:
    """A person read the notice, and it means what the program made of it. It is searched for again.

    ``nothing_unread``: what was not understood says nothing about which devices are meant; it is kept as a remark.

    Raises:
        NotNow: where nothing was understood, or the scope contradicts itself: then it has to be corrected.
    """
    row = _take(by, notice_id, expected_version)
    scope = row.read_scope
    wrong = findings(scope)
    if wrong:
        raise NotNow(
            _("The text contradicts itself: %(words)s") % {"words": said_words(wrong[0].words)},
            _("Correct the structure; the maker can say which is meant."),
        )
    if nothing_unread:
        scope = without_residue(scope)
    if not any(element.of is not Of.UNREAD for clause in scope.clauses for element in clause.elements):
        raise NotNow(
            _("Nothing in the text was understood that devices could be found by."),
            _("Write what is meant into the structure, or say that none is owned."),
        )
    return _settle(by, row, scope, ScopeState.CONFIRMED)


def without_residue(scope: Scope) -> Scope:
    """What was not understood as remarks: never fewer devices are meant by that.

    A clause that loses a condition means more; an exception that would lose one would spare more, so it falls away.
    """
    clauses = tuple(replace(one, elements=_read(one)) for one in scope.clauses)
    clauses = tuple(one for one in clauses if one.elements)
    excluded = tuple(one for one in scope.excluded if _read(one) == one.elements)
    remarks = tuple(sorted({*scope.remarks, *scope.residue}))
    return replace(scope, clauses=clauses, excluded=excluded, unread=(), remarks=remarks)


def _read(clause: Clause) -> tuple[Element, ...]:
    return tuple(element for element in clause.elements if element.of is not Of.UNREAD)


@operation()
def correct_scope(*, by: Any, notice_id: int, scope_text: str, expected_version: int | None = None) -> Notice:
    """A person wrote the structure anew (kernel.scope's canonical text). It is searched for again.

    Raises:
        Invalid: naming the line that cannot be read, a contradiction, or that nothing is meant.
    """
    row = _take(by, notice_id, expected_version)
    try:
        written = from_text(scope_text.replace("\r\n", "\n").strip("\n"))
    except BadScope as error:
        words = error_words(error)
        raise Invalid(_("The structure cannot be read."), words, fields={"scope_text": words}) from None
    if not written.clauses and not written.unread:
        words = _("The structure names nothing.")
        raise Invalid(words, _("Say that none is owned, if so."), fields={"scope_text": words})
    scope = anchored(written, row.text)
    wrong = findings(scope)
    if wrong:
        words = said_words(wrong[0].words)
        raise Invalid(_("The structure contradicts itself."), words, fields={"scope_text": words})
    return _settle(by, row, scope, ScopeState.CORRECTED)


def anchored(scope: Scope, text: str) -> Scope:
    """A scope on another text: each element at the place where its words stand there, or at none."""
    unread, words = [], text
    for span in scope.unread:
        at = text.find(span.of(scope.text))
        if at < 0:
            words = f"{words}\n{span.of(scope.text)}"
            at = len(words) - (span.end - span.start)
        unread.append(Span(at, at + span.end - span.start))
    clauses = tuple(_anchored(one, text) for one in scope.clauses)
    return Scope(words, clauses, tuple(_anchored(one, text) for one in scope.excluded), tuple(sorted(unread)))


def _anchored(clause: Clause, text: str) -> Clause:
    return replace(clause, elements=tuple(replace(one, span=_place(one, text)) for one in clause.elements))


def _place(element: Element, text: str) -> Span:
    ends = [end for end in (element.low, element.high) if end]
    if not ends:
        return Span()
    found = re.search(r".{1,40}?".join(rf"(?<!\w){re.escape(end)}(?!\w)" for end in ends), text, re.IGNORECASE)
    return Span(*found.span()) if found else Span()


def _take(by: Any, notice_id: int, expected_version: int | None) -> Notice:
    try:
        row: Notice = lock(Notice.objects.select_related("case"), notice_id)
    except Notice.DoesNotExist:
        raise NotFound(_("There is no such notice."), _("Go back to the notices.")) from None
    authorize_everywhere(by, REVIEW)
    check_version(row, expected_version)
    if row.case.state == CaseState.CLOSED:
        raise NotNow(_("%(number)s is closed.") % {"number": row.case.number}, _("Open the case again first."))
    return row


def _settle(by: Any, row: Notice, scope: Scope, state: ScopeState) -> Notice:
    row.scope, row.understood, row.conditions = to_plain(scope), scope.understood, len(scope.conditions)
    row.scope_state, row.scope_by_name, row.scope_at = state, str(by)[:120], timezone.now()
    row.text_changed = False
    row.version += 1
    row.save()
    say_of(row.case, by, f"{row.ref}: {state.label}")
    search_notices(by=System(str(by)), notice_ids=[row.pk], cause="scope")
    return Notice.objects.get(pk=row.pk)
