"""Reading again, with a better reader, the notices whose scope nobody settled."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from wardwright.apps.notices.models import Notice, SourceDocument
from wardwright.apps.notices.permissions import REVIEW
from wardwright.apps.notices.states import ScopeState
from wardwright.kernel.bulletins import Bulletin, read_kept
from wardwright.kernel.scope import READER
from wardwright.kernel.scope.printing import to_plain
from wardwright.platform.access.scope import authorize
from wardwright.platform.audit.operation import operation

from .common import say_of
from .fetching import mapping_of


def read_by_others(notice_ids: Collection[int] | None = None) -> Any:
    """Notices that another version of the reader read, and nobody settled."""
    rows = Notice.objects.filter(scope_state=ScopeState.PROPOSED, text_changed=False).exclude(read_by=READER)
    return rows if notice_ids is None else rows.filter(pk__in=notice_ids)


@operation()
def read_again(*, by: Any, notice_ids: Collection[int]) -> list[Notice]:
    """Read these notices again from what came; gives those that say something else now, which are to be searched for.

    What a person confirmed or corrected stays, and so does what cannot be read any more.
    """
    authorize(by, REVIEW)
    rows = read_by_others(notice_ids).select_related("source", "case").select_for_update(of=("self",)).order_by("pk")
    changed = []
    for row in rows:
        found = _read(row)
        row.read_by = READER
        if found is not None and to_plain(found.scope) != row.scope:
            row.text, row.scope = found.text, to_plain(found.scope)
            row.understood, row.conditions = found.scope.understood, len(found.scope.conditions)
            row.searched_rules = ""  # by none that knew this scope
            row.version += 1
            say_of(row.case, by, _("%(ref)s was read again by better rules.") % {"ref": row.ref})
            changed.append(row)
        row.save()
    return changed


def _read(row: Notice) -> Bulletin | None:
    """What came, as it is read now; None where it cannot be."""
    kept = SourceDocument.objects.filter(notice=row, revision=row.revision).order_by("-pk").first()
    try:
        return read_kept(kept.body, mapping_of(row.source), timezone.localdate()) if kept is not None else None
    except ValueError:
        return None
