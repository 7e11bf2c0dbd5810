"""Reading again, with a better reader, the notices whose scope nobody settled."""

from __future__ import annotations

import logging
from collections.abc import Collection
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from wardwright.apps.notices.models import Notice, SourceDocument
from wardwright.apps.notices.permissions import REVIEW
from wardwright.apps.notices.states import ScopeState
from wardwright.kernel.bulletins import read_kept
from wardwright.kernel.scope import READER, Scope
from wardwright.kernel.scope.printing import to_plain
from wardwright.platform.access.scope import authorize
from wardwright.platform.audit.operation import operation

from .common import lock_cases, say_of
from .fetching import mapping_of

logger = logging.getLogger(__name__)


def read_by_others(notice_ids: Collection[int] | None = None) -> Any:
    """Notices that another version of the reader read, and nobody settled."""
    rows = Notice.objects.filter(scope_state=ScopeState.PROPOSED, text_changed=False).exclude(read_by=READER)
    return rows if notice_ids is None else rows.filter(pk__in=notice_ids)


@operation()
def read_again(*, by: Any, notice_ids: Collection[int]) -> list[Notice]:
    """Read these notices again from what came; gives those that say something else now, which are to be searched for.

    What a person confirmed or corrected stays, and so does what cannot be read any more, or has other words than those
    that were read: then it is not the reader that is better, but what its columns mean that changed.
    """
    authorize(by, REVIEW)
    cases = lock_cases(read_by_others(notice_ids).values_list("case", flat=True))
    wanted = read_by_others(notice_ids).filter(case__in=cases).select_related("source")
    rows = list(wanted.select_for_update(of=("self",)))
    bodies = {
        (one.notice_id, one.revision): one.body for one in SourceDocument.objects.filter(notice__in=rows).order_by("pk")
    }
    changed, same = [], []
    for row in rows:
        found = _read(row, bodies.get((row.pk, row.revision)))
        plain = to_plain(found) if found is not None and found.text == row.text else row.scope
        if found is None or plain == row.scope or (row.scope.get("clauses") and not found.clauses):
            same.append(row.pk)
            continue
        row.scope, row.understood, row.conditions = plain, found.understood, len(found.conditions)
        row.read_by, row.searched_rules = READER, ""  # searched for by none that knew this scope
        row.version += 1
        row.save()
        say_of(cases[row.case_id], by, _("%(ref)s was read again by better rules.") % {"ref": row.ref})
        changed.append(row)
    Notice.objects.filter(pk__in=same).update(read_by=READER)
    return changed


def _read(row: Notice, body: str | None) -> Scope | None:
    """What came, as it is read now; None where it cannot be: a fault of ours costs this notice only."""
    try:
        return read_kept(body, mapping_of(row.source), timezone.localdate()).scope if body is not None else None
    except Exception as error:
        logger.warning("Notice %s could not be read again: %s: %s", row.pk, type(error).__name__, error)
        return None
