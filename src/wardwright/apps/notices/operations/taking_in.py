"""Taking in what a source published: each notice once, each revision kept, what belongs together in one case."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from wardwright.apps.notices.events import NoticesTakenIn
from wardwright.apps.notices.models import Case, Notice, Refusal, Run, Source, SourceDocument
from wardwright.apps.notices.permissions import SOURCES
from wardwright.apps.notices.states import ASIDE, CaseState, RunState, ScopeState, SourceKind
from wardwright.kernel.bulletins import Bulletin, Refused
from wardwright.kernel.feeds.model import shrunk
from wardwright.kernel.said import in_a_row, say
from wardwright.kernel.scope import READER
from wardwright.kernel.scope.printing import to_plain
from wardwright.platform.access.scope import authorize_everywhere
from wardwright.platform.audit.operation import operation
from wardwright.platform.core.errors import NotFound
from wardwright.platform.events.registry import publish

from .common import back_on_desk, new_numbers, say_of, set_clocks, set_severity
from .grouping import Groups
from .scopes import anchored

#: Sources that every house has, for what comes by hand.
BY_HAND = {SourceKind.FILES: "Files", SourceKind.LETTERS: "Letters"}
MOST_RECORD = 2000
_COPIED = (
    "title", "issuer", "maker", "cvss", "published_on", "updated_on", "started_on", "ended_on", "event", "reason",
    "action", "url", "revision",
)  # fmt: skip
_LISTS = ("also_known_as", "brands", "product_codes", "cves", "remarks")


@dataclass
class Taken:
    """What became of a batch: ids of notices by what happened, and how much was refused."""

    new: list[int] = field(default_factory=list)
    changed: list[int] = field(default_factory=list)
    unchanged: int = 0
    refused: int = 0

    @property
    def ids(self) -> list[int]:
        return [*self.new, *self.changed]


@operation()
def start_run(*, by: Any, source_id: int, part_of_id: int | None = None) -> Run:
    """Open the log of one run of a source; as a part of another it has the files, and whoever asked, of that one."""
    authorize_everywhere(by, SOURCES)
    source = Source.objects.filter(pk=source_id).first()
    if source is None:
        raise NotFound(_("There is no such source."), _("Go back to the sources."))
    whole = Run.objects.get(pk=part_of_id) if part_of_id is not None else None
    return Run.objects.create(
        source=source, part_of=whole, began_at=timezone.now(),
        asked_by_name=whole.asked_by_name if whole else str(by)[:120],
        files=[one["name"] for one in whole.files] if whole else [],
    )  # fmt: skip


def house_source(kind: SourceKind) -> Source:
    """Within a change: the source that stands for what is brought or typed by hand."""
    return Source.objects.get_or_create(kind=kind, name=BY_HAND[kind])[0]


@operation()
def take_in(*, by: Any, run_id: int, bulletins: Iterable[Bulletin | Refused]) -> Taken:
    """Take in one batch of a run, all of it or nothing: again, with the same effect.

    What a person corrected in a scope stays, and the new text is shown beside it, to be looked at. What the source no
    longer has stays as it was.
    """
    authorize_everywhere(by, SOURCES)
    run = Run.objects.select_related("source").get(pk=run_id)
    taken = Taken()
    good: dict[str, Bulletin] = {}
    refused: list[Refused] = []
    for one in bulletins:
        if isinstance(one, Refused):
            refused.append(one)
        else:
            good[one.ref[:120]] = one  # a batch that says a number twice means its last
    taken.refused = _refuse(run, refused)
    groups, known = _at_home(run.source, good)
    for ref, bulletin in good.items():
        row = known.get(ref)
        if row is not None and row.revision == bulletin.revision[:80]:
            taken.unchanged += 1
        elif row is not None:
            _renew(row, bulletin, run)
            taken.changed.append(row.pk)
        else:
            taken.new.append(_enter(bulletin, run, groups).pk)
    Run.objects.filter(pk=run.pk).update(
        fetched=F("fetched") + len(good) + taken.refused, new=F("new") + len(taken.new),
        changed=F("changed") + len(taken.changed), unchanged=F("unchanged") + taken.unchanged,
        refused=F("refused") + taken.refused,
    )  # fmt: skip
    if taken.ids:
        publish(NoticesTakenIn(run_id=run.pk, source_id=run.source_id, notice_ids=taken.ids))
    return taken


def _at_home(source: Source, good: dict[str, Bulletin]) -> tuple[Groups, dict[str, Notice]]:
    """The cases that a batch belongs to and the notices of it that are there, all locked. Looked up anew where somebody
    joined cases between looking and locking."""
    there = Notice.objects.filter(source=source, ref__in=good)
    while True:
        homes = dict(there.values_list("ref", "case"))
        groups = Groups(source, [one for ref, one in good.items() if ref not in homes], homes.values())
        known = {row.ref: row for row in there.select_for_update(of=("self",)).order_by("pk")}
        if groups.are_apart() and all(row.case_id in groups.cases for row in known.values()):
            break
    for row in known.values():
        row.case = groups.cases[row.case_id]
    return groups, known


def _refuse(run: Run, refused: list[Refused]) -> int:
    """Log what was refused, each once, also where a page is read again after a stop; gives how many are new."""
    rows = [Refusal(run=run, where=one.where[:240], words=one.words, record=one.excerpt[:MOST_RECORD])
            for one in refused]  # fmt: skip
    known = set(Refusal.objects.filter(run=run, where__in={row.where for row in rows}).values_list("where", "record"))
    fresh = [row for row in rows if (row.where, row.record) not in known]
    return len(Refusal.objects.bulk_create(fresh, batch_size=500))


def _values(bulletin: Bulletin) -> dict[str, Any]:
    """The columns of a notice. Texts that do not fit a column are in the document, whole."""
    values: dict[str, Any] = {name: getattr(bulletin, name) for name in _COPIED}
    for name, value in values.items():
        limit = getattr(Notice._meta.get_field(name), "max_length", None)
        if isinstance(value, str) and limit:
            values[name] = value[:limit]
    values |= {name: list(getattr(bulletin, name)) for name in _LISTS}
    values |= {
        "kind": bulletin.kind.value, "severity": bulletin.severity.value, "status": bulletin.status.value,
        "text": bulletin.text, "scope": to_plain(bulletin.scope), "understood": bulletin.scope.understood,
        "conditions": len(bulletin.scope.conditions), "read_by": READER,
    }  # fmt: skip
    return values


def _enter(bulletin: Bulletin, run: Run, groups: Groups) -> Notice:
    values = _values(bulletin)
    case = groups.case_of(bulletin) or _new_case(bulletin, run)
    row = Notice.objects.create(source=run.source, case=case, ref=bulletin.ref[:120], **values)
    groups.add(bulletin, case)
    _keep_document(row, bulletin, run)
    _raise_case(case, bulletin, run)
    _stir(case, bulletin, run)
    return row


def _new_case(bulletin: Bulletin, run: Run) -> Case:
    now = timezone.now()
    case = Case(
        number=new_numbers(now, 1)[0], title=bulletin.title[:400], maker=(bulletin.maker or bulletin.issuer)[:200],
        kind=bulletin.kind.value, came_at=now, published_on=_earliest(None, bulletin),
    )  # fmt: skip
    set_severity(case, [bulletin.severity.value])
    set_clocks(case)
    case.save()
    return case


def _raise_case(case: Case, bulletin: Bulletin, run: Run) -> None:
    """A further notice of a case may be graver, and newer than what was decided."""
    severities = set(Notice.objects.filter(case=case).values_list("severity", flat=True))
    published = _earliest(case.published_on, bulletin)
    if set_severity(case, severities):
        set_clocks(case, again=True)
    elif published == case.published_on:
        return
    case.published_on = published
    case.version += 1
    case.save()
    say_of(case, run.source, _("%(ref)s: %(title)s") % {"ref": bulletin.ref, "title": bulletin.title})


def _stir(case: Case, bulletin: Bulletin, run: Run) -> None:
    """What was put aside or closed was so for the texts of then; the search that follows may file it again."""
    if case.state in ASIDE:
        back_on_desk(case)
    elif case.state == CaseState.CLOSED:
        case.state, case.closed_at = CaseState.OPEN, None
    else:
        return
    say_of(case, run.source, _("To be looked at again: %(ref)s says something new.") % {"ref": bulletin.ref})
    case.version += 1
    case.save()


def _earliest(day: date | None, bulletin: Bulletin) -> date | None:
    days = [one for one in (day, bulletin.published_on, bulletin.started_on) if one is not None]
    return min(days, default=None)


def _renew(row: Notice, bulletin: Bulletin, run: Run) -> None:
    """The source says something else now. A scope that a person settled is kept until a person looks again."""
    values = _values(bulletin)
    settled = row.scope_state != ScopeState.PROPOSED or row.text_changed
    same_text = row.text == values["text"]
    if settled and same_text:
        for name in ("scope", "understood", "conditions"):
            values.pop(name)
    elif settled:
        kept = anchored(row.read_scope, values["text"])
        values |= {"scope": to_plain(kept), "understood": kept.understood, "conditions": len(kept.conditions)}
        values |= {"scope_state": ScopeState.PROPOSED, "text_changed": True}
    for name, value in values.items():
        setattr(row, name, value)
    row.version += 1
    row.save()
    _keep_document(row, bulletin, run)
    say_of(row.case, run.source, _("%(ref)s was changed by its source.") % {"ref": row.ref})
    _raise_case(row.case, bulletin, run)
    if not same_text:
        _stir(row.case, bulletin, run)


def _keep_document(row: Notice, bulletin: Bulletin, run: Run) -> None:
    digest = hashlib.sha256(bulletin.raw.encode()).hexdigest()
    SourceDocument.objects.get_or_create(
        notice=row, revision=bulletin.revision[:80],
        defaults={"run": run, "came_at": timezone.now(), "digest": digest, "body": bulletin.raw},
    )  # fmt: skip


def less_than_before(run: Run) -> str:
    """The note on a list that holds much less than when it was last read; "" where it does not."""
    if run.source.kind != SourceKind.LISTED:
        return ""
    earlier = Run.objects.filter(source=run.source, state=RunState.DONE, fetched__gt=0, pk__lt=run.pk)
    now = Run.objects.values_list("fetched", flat=True).get(pk=run.pk)
    before = earlier.order_by("-pk").values_list("fetched", flat=True).first()
    return in_a_row(*shrunk(now, before, say("records")))


@operation()
def finish_run(*, by: Any, run_id: int, failed: str = "", words: str = "") -> Run:
    """Close the log of a run; ``failed`` says why it did not come to its end, ``words`` what else is worth saying."""
    authorize_everywhere(by, SOURCES)
    run = Run.objects.select_related("source").get(pk=run_id)
    if run.state != RunState.RUNNING:
        return run
    run.state, run.ended_at = (RunState.FAILED if failed else RunState.DONE), timezone.now()
    run.words = failed or words
    run.save()
    Source.objects.filter(pk=run.source_id).update(
        last_run_at=run.ended_at,
        last_words=failed or words,
        failures=F("failures") + 1 if failed else 0,
        **({} if failed else {"last_good_at": run.ended_at}),
        version=F("version") + 1,
    )
    return run
