"""The lists of notices: cases, the devices of one, lots in stock, searches, response times."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import JSONObject
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext, pgettext_lazy

from wardwright.apps.assets.states import Status
from wardwright.apps.directory.models import Person, Site
from wardwright.platform.access.scope import Scope, allowed
from wardwright.platform.core.words import number_words, said_words
from wardwright.web.tables import Action, Column, Filter, Table, by_id, one_of
from wardwright.web.templatetags import ui

from . import permissions
from .models import Case, Exposure, Notice, ResponseTime, Search, Supply
from .models.exposures import AFFECTED, UNDECIDED
from .operations.background import NOTICES
from .queries import cases_found
from .states import (
    CASE_MEANING,
    RUNNING,
    SEVERITY_MEANING,
    STANDING_MEANING,
    CaseState,
    Decision,
    Kind,
    Severity,
    Standing,
)


def severity_pill(row: Any) -> SafeString:
    return ui.pill(SEVERITY_MEANING[Severity(row.severity)], str(row.get_severity_display()))


def state_pill(row: Case) -> SafeString:
    return ui.pill(CASE_MEANING[CaseState(row.state)], str(row.get_state_display()))


def clock_of(case: Case) -> tuple[str, datetime] | None:
    """Which clock of a case runs, in words, and until when."""
    if case.state == CaseState.NEW and case.triage_by_at is not None:
        return _("decide"), case.triage_by_at
    if case.state != CaseState.OPEN:
        return None
    if case.located_at is None and case.locate_by_at is not None and case.counts.get("affected"):
        return _("locate"), case.locate_by_at
    return (_("close"), case.close_by_at) if case.close_by_at is not None else None


def _clock(row: Case) -> Any:
    found = clock_of(row)
    if found is None:
        return _("checked") if row.check_result else ui.date(row.closed_at)
    words, at = found
    return ui.two_lines(ui.due(timezone.localtime(at).date()), words)


def _clock_text(row: Case) -> str:
    found = clock_of(row)
    return found[1].isoformat() if found else ""


def is_elsewhere(case: Case, counts: dict[str, int]) -> bool:
    """Whether a case means something of ours, and nothing where the reader of ``counts`` sees."""
    whole, seen = ([found.get(name) for name in ("affected", "undecided")] for found in (case.counts, counts))
    return any(whole) and not any(seen)


def owned_words(counts: dict[str, int], *, elsewhere: bool = False, waiting: bool = False) -> str:
    """What of ours a case means, in words: "3 affected, 2 to look at"; ``elsewhere`` as in ``is_elsewhere``,
    ``waiting``: a notice of it was not searched for yet, so that nobody can say "none"."""
    affected, unsure, excluded = (int(counts.get(name, 0)) for name in ("affected", "undecided", "excluded"))
    parts = []
    if affected:
        parts.append(ngettext("%(n)s affected", "%(n)s affected", affected) % {"n": number_words(affected)})
    if unsure:
        parts.append(_("%(n)s to look at") % {"n": number_words(unsure)})
    if waiting and not parts:
        return _("not searched for yet")
    if elsewhere:
        return _("none at the sites that you see")
    if not parts and excluded:
        return _("none of the units (%(n)s of the product)") % {"n": number_words(excluded)}
    return ", ".join(parts) or _("none found")


def _title(row: Case) -> Any:
    second = format_html('<span class="code">{}</span> {}', row.number, row.maker)
    return ui.two_lines(row.title, second)


def _cases(by: Any) -> QuerySet:
    """The cases, each with whether a search for it is ``waiting``, and for those who do not see all sites with what
    they see of it, as ``here``; in the same query."""
    unsearched = Notice.objects.visible_to(by).filter(case=OuterRef("pk")).unsearched()
    rows = Case.objects.visible_to(by).select_related("owner").annotate(waiting=Exists(unsearched))
    if allowed(by, permissions.VIEW, Scope()):
        return rows
    seen = Exposure.objects.visible_to(by).filter(case=OuterRef("pk")).order_by().values("case")
    excluded = Q(decision=Decision.OPEN, standing=Standing.EXCLUDED)
    names = {"affected": AFFECTED, "undecided": UNDECIDED, "excluded": excluded}
    counted = seen.annotate(here=JSONObject(**{name: Count("pk", filter=kept) for name, kept in names.items()}))
    return rows.annotate(here=Subquery(counted.values("here")))


def _owned_text(row: Case) -> str:
    counts = (row.here or {}) if hasattr(row, "here") else row.counts
    return owned_words(counts, elsewhere=is_elsewhere(row, counts), waiting=getattr(row, "waiting", False))


def _owned(row: Case) -> Any:
    words = _owned_text(row)
    return ui.two_lines(words, _("part not understood")) if row.needs_reading else words


def _sentence(count: str, request: HttpRequest) -> str:
    state = request.GET.get("state", "")
    if state == "new":
        return _("%(count)s to be decided") % {"count": count}
    if state == "late":
        return _("%(count)s late") % {"count": count}
    return count


def late_cases(now: datetime) -> Q:
    """Cases of which a clock ran out."""
    return Q(state=CaseState.NEW, triage_by_at__lt=now) | Q(
        Q(close_by_at__lt=now) | Q(locate_by_at__lt=now, located_at=None), state=CaseState.OPEN
    )


def _in_state(rows: QuerySet, value: str) -> QuerySet:
    if value == "late":
        return rows.filter(late_cases(timezone.now()))
    if value == "check":
        return rows.filter(state=CaseState.CLOSED, check_result="", check_on__lte=timezone.localdate())
    if value == "reading":
        return rows.filter(state__in=RUNNING, needs_reading=True)
    return rows.filter(state=value) if value in CaseState.values else rows


def _states(by: Any) -> list[tuple[Any, Any]]:
    more = [("reading", _("to be read")), ("late", _("late")), ("check", _("effectiveness check due"))]
    return [*CaseState.choices, *more]


def _owner_of(rows: QuerySet, value: str) -> QuerySet:
    return rows.filter(owner=None) if value == "none" else by_id("owner_id")(rows, value)


CASES = Table(
    key="notices",
    rows=_cases,
    columns=[
        Column("title", gettext_lazy("Notice"), _title, text=lambda r: f"{r.number} {r.title}"),
        Column(
            "severity", gettext_lazy("Class"), severity_pill, order="gravity", text=lambda r: r.get_severity_display()
        ),
        Column("owned", gettext_lazy("Of ours"), _owned, text=_owned_text),
        Column("owner", pgettext_lazy("case", "Owner"), lambda r: r.owner or "–"),
        Column("clock", gettext_lazy("By when"), _clock, text=_clock_text),
        Column("state", gettext_lazy("State"), state_pill, text=lambda r: r.get_state_display()),
        Column("came", gettext_lazy("Came"), lambda r: ui.date(timezone.localtime(r.came_at).date()), order="came_at",
               text=lambda r: r.came_at.isoformat()),
        Column("published", gettext_lazy("Published"), lambda r: ui.date(r.published_on),
               text=lambda r: r.published_on or ""),
    ],
    row_url=lambda r: reverse("notice-case", args=[r.pk]),
    sentence=_sentence,
    order="gravity",
    first_look="state=new",
    filters=[
        Filter("state", gettext_lazy("State"), _in_state, choices=_states),
        one_of("severity", gettext_lazy("Class"), Severity),
        one_of("kind", pgettext_lazy("notice", "Kind"), Kind),
        Filter(
            "owner",
            pgettext_lazy("case", "Owner"),
            _owner_of,
            choices=lambda by: [("none", _("nobody yet")), *Person.objects.visible_to(by).filter(
                pk__in=Case.objects.visible_to(by).exclude(owner=None).values("owner")
            ).values_list("pk", "name")],
        ),
    ],
    search=cases_found,
    empty=(
        gettext_lazy("No notice waits"),
        gettext_lazy("Notices come from the sources that are switched on, from files, or as a letter typed in."),
    ),
    noun=("notice", "notices"),
    actions=lambda by: [
        Action(_("Type a letter"), reverse("type-letter"), permissions.REVIEW, icon="pencil"),
    ],
    bulk_actions=lambda by: [
        Action(_("None owned"), reverse("cases-none-owned"), permissions.REVIEW, icon="check"),
    ],
)  # fmt: skip


# One case's devices -----------------------------------------------------------------------------------------------


def thing_words(row: Exposure) -> tuple[Any, str]:
    """What it is and what it is called: two lines of a cell."""
    if row.asset is not None:
        return row.asset.tag, f"{row.asset.device_model} · {row.asset.serial or _('no serial number')}"
    if row.supply is not None:
        home = _("with a patient at home") if row.supply.at_home else _("in stock")
        lot = row.supply.lot or _("no lot")
        return f"{row.supply.name} · {lot}", f"{number_words(row.supply.quantity)} × {home}"
    guest = row.patient_device
    return (str(guest), f"{guest.serial or _('no serial number')} · {_('of a patient')}") if guest else ("", "")


def thing_url(row: Exposure) -> str:
    """The page of what it is about."""
    if row.asset_id is not None:
        return reverse("asset", args=[row.asset_id])
    if row.supply_id is not None:
        return reverse("supply", args=[row.supply_id])
    return reverse("patient-device", args=[row.patient_device_id])


def place_words(row: Exposure) -> str:
    thing = row.thing
    room = row.asset.room if row.asset is not None else None
    return ", ".join(str(part) for part in (thing.department or thing.site, room) if part)


def standing_pill(row: Exposure) -> SafeString:
    """What counts now: a person's decision, else what the rules say."""
    if row.decision == Decision.AFFECTED:
        return ui.pill("late", _("affected"))
    if row.decision == Decision.CLEARED:
        return ui.pill("ok", _("not affected"))
    return ui.pill(STANDING_MEANING[Standing(row.standing)], str(row.get_standing_display()))


def progress_pill(row: Exposure) -> Any:
    """How far the device is."""
    if row.done_at is not None:
        return ui.two_lines(ui.pill("ok", str(row.get_outcome_display())), row.evidence)
    if not row.is_affected:
        return "–"
    if row.order_number:
        return ui.two_lines(ui.pill("info", pgettext("work", "ordered")), row.order_number)
    if row.located_at is not None:
        return ui.pill("info", _("located"))
    return ui.pill("due", _("to be located"))


def _progress_text(row: Exposure) -> str:
    parts = (row.get_outcome_display() if row.outcome else "", row.order_number, row.evidence)
    return " ".join(str(part) for part in parts if part)


def why_words(row: Exposure) -> str:
    """Why it stands so: the person's reason, else the rules'."""
    return row.decision_reason or said_words(row.reason)


_SHOWN = {
    "ours": AFFECTED | UNDECIDED,
    "affected": AFFECTED,
    "undecided": UNDECIDED,
    "excluded": Q(decision=Decision.OPEN, standing=Standing.EXCLUDED),
    "cleared": Q(decision=Decision.CLEARED),
    "unlocated": AFFECTED & Q(located_at=None, done_at=None),
    "undone": AFFECTED & Q(done_at=None),
    "done": AFFECTED & Q(done_at__isnull=False),
}
_SHOWN_WORDS = {
    "ours": gettext_lazy("affected, or to be looked at"),
    "affected": gettext_lazy("affected"),
    "undecided": gettext_lazy("to be looked at"),
    "unlocated": gettext_lazy("to be located"),
    "undone": gettext_lazy("nothing done yet"),
    "done": gettext_lazy("done"),
    "excluded": gettext_lazy("not among the units"),
    "cleared": gettext_lazy("not affected, as decided"),
}


def devices_of(case: Case, sentence: Callable[[str, HttpRequest], Any], actions: list[Action]) -> Table:
    """The devices, lots and patients' devices of one case, the gravest first."""
    return Table(
        key="case-devices",
        rows=lambda by: Exposure.objects.visible_to(by).filter(case=case).with_names(),
        columns=[
            Column("thing", gettext_lazy("Device"), _thing, text=lambda r: " ".join(map(str, thing_words(r)))),
            Column("place", gettext_lazy("Where"), _place, text=place_words),
            Column(
                "standing",
                gettext_lazy("Affected?"),
                standing_pill,
                text=lambda r: r.get_decision_display() if r.decision != "open" else r.get_standing_display(),
            ),
            Column("why", gettext_lazy("Why"), why_words),
            Column("progress", gettext_lazy("What was done"), progress_pill, text=_progress_text),
        ],
        row_url=lambda r: reverse("exposure", args=[r.pk]),
        sentence=sentence,
        order="rank",
        first_look="show=ours",
        filters=[
            Filter(
                "show",
                gettext_lazy("Show"),
                lambda found, value: found.filter(_SHOWN[value]) if value in _SHOWN else found,
                choices=lambda by: list(_SHOWN_WORDS.items()),
            ),
            Filter(
                "site",
                gettext_lazy("Site"),
                _at_site,
                choices=lambda by: list(Site.objects.visible_to(by).values_list("pk", "name")),
            ),
        ],
        empty=(
            gettext_lazy("Nothing of ours was found"),
            gettext_lazy("The searches of this case say when that was looked for, and by which rules."),
        ),
        noun=("device", "devices"),
        bulk_actions=lambda by: actions,
    )


def _at_site(rows: QuerySet, value: str) -> QuerySet:
    if not value.isdecimal():
        return rows
    site = int(value)
    return rows.filter(Q(asset__site=site) | Q(supply__site=site) | Q(patient_device__site=site))


def _thing(row: Exposure) -> Any:
    first, second = thing_words(row)
    return ui.two_lines(format_html('<span class="code">{}</span>', first), second)


def _place(row: Exposure) -> Any:
    """Where it is, and whether it is in use there."""
    asset = row.asset
    in_use = asset is None or asset.status == Status.IN_SERVICE
    return ui.two_lines(place_words(row), "" if in_use or asset is None else ui.pill(asset.meaning, asset.state_label))


# Lots in stock ----------------------------------------------------------------------------------------------------

SUPPLIES = Table(
    key="supplies",
    rows=lambda by: Supply.objects.visible_to(by).select_related("site", "department"),
    columns=[
        Column("name", gettext_lazy("Product"), lambda r: ui.two_lines(r.name, r.maker), order="name",
               text=lambda r: f"{r.name} {r.maker}".strip()),
        Column("ref", gettext_lazy("Catalogue number"), lambda r: r.catalogue_no or "–"),
        Column("lot", gettext_lazy("Lot"), lambda r: r.lot or r.serial or "–"),
        Column("expires", gettext_lazy("Expires"), lambda r: ui.date(r.expires_on), text=lambda r: r.expires_on or ""),
        Column("quantity", pgettext_lazy("lot", "Quantity"), lambda r: number_words(r.quantity), numeric=True,
               text=lambda r: r.quantity),
        Column("where", gettext_lazy("Where"),
               lambda r: ui.two_lines(r.department or r.site, _("with a patient at home") if r.at_home else "")),
    ],
    row_url=lambda r: reverse("supply", args=[r.pk]),
    sentence=lambda count, request: _("%(count)s in stock or with patients") % {"count": count},
    order="name",
    filters=[
        Filter("here", gettext_lazy("Show"),
               lambda rows, value: rows.filter(quantity__gt=0) if value == "yes" else rows,
               choices=lambda by: [("yes", _("what is still there"))]),
        Filter("home", gettext_lazy("Where"), lambda rows, value: rows.filter(at_home=value == "yes"),
               choices=lambda by: [("yes", _("with patients at home")), ("no", _("in stock"))]),
        Filter("site", gettext_lazy("Site"), by_id("site_id"),
               choices=lambda by: list(Site.objects.visible_to(by).values_list("pk", "name"))),
    ],
    search=lambda rows, text: rows.filter(
        Q(name__icontains=text) | Q(lot__iexact=text) | Q(catalogue_no__iexact=text) | Q(udi_di__iexact=text)
    ),
    empty=(
        gettext_lazy("No lots are entered yet"),
        gettext_lazy("Enter consumables by lot, and devices that patients have at home, so that notices find them."),
    ),
    noun=("lot", "lots"),
    actions=lambda by: [
        Action(_("Bring a list"), reverse("bring-lots"), permissions.HANDLE, icon="upload"),
        Action(_("Enter a lot"), reverse("new-supply"), permissions.HANDLE, icon="plus", primary=True),
    ],
)  # fmt: skip


# Searches ---------------------------------------------------------------------------------------------------------

CAUSES = {
    "new": gettext_lazy("the notice came"),
    "changed": gettext_lazy("the notice changed"),
    "scope": gettext_lazy("a person settled its scope"),
    "rules": gettext_lazy("the rules changed"),
    "asked": gettext_lazy("somebody asked"),
}


def searcher(row: Search) -> str:
    """Who searched; "by itself" where a notice came or the rules improved."""
    return _("by itself") if row.by_name == str(NOTICES) else row.by_name


SEARCHES = Table(
    key="notice-searches",
    rows=lambda by: Search.objects.visible_to(by).select_related("notice__case"),
    columns=[
        Column("when", gettext_lazy("Searched"), lambda r: ui.two_lines(ui.date(r.searched_at), searcher(r)),
               text=lambda r: f"{r.searched_at.isoformat()} {searcher(r)}"),
        Column("notice", gettext_lazy("Notice"), lambda r: ui.two_lines(r.notice.title, r.notice.ref),
               text=lambda r: r.notice.ref),
        Column("result", gettext_lazy("Result"), lambda r: said_words(r.words), text=lambda r: said_words(r.words)),
        Column("of", gettext_lazy("Looked through"),
               lambda r: number_words(r.devices + r.supplies + r.guests), numeric=True,
               text=lambda r: r.devices + r.supplies + r.guests),
        Column("changes", gettext_lazy("Different from before"), lambda r: number_words(len(r.changes)), numeric=True,
               text=lambda r: len(r.changes)),
        Column("cause", gettext_lazy("Because"), lambda r: CAUSES.get(r.cause, r.cause)),
        Column("rules", gettext_lazy("Rules"), lambda r: r.rules),
    ],
    row_url=lambda r: reverse("notice-search", args=[r.pk]),
    sentence=lambda count, request: _("%(count)s on record, found or not") % {"count": count},
    filters=[
        Filter("notice", gettext_lazy("Notice"), by_id("notice_id")),
        Filter("result", gettext_lazy("Result"),
               lambda rows, value: rows.filter(confirmed=0, model_only=0, review=0) if value == "none" else
               rows.exclude(confirmed=0, model_only=0, review=0),
               choices=lambda by: [("none", _("none owned")), ("some", _("something found"))]),
        Filter("different", gettext_lazy("Different from before"),
               lambda rows, value: rows.exclude(changes=[]) if value == "yes" else rows,
               choices=lambda by: [("yes", _("yes"))]),
    ],
    search=lambda rows, text: rows.filter(Q(notice__ref__iexact=text) | Q(notice__title__icontains=text)),
    empty=(gettext_lazy("Nothing was searched for yet"), gettext_lazy("Every notice that comes in is searched for.")),
    noun=("search", "searches"),
)  # fmt: skip

TIMES = Table(
    key="response-times",
    rows=lambda by: ResponseTime.objects.visible_to(by),
    columns=[
        Column("severity", gettext_lazy("Class"), severity_pill, text=lambda r: r.get_severity_display()),
        Column("triage", gettext_lazy("Decide within (hours)"), lambda r: number_words(r.triage_hours), numeric=True),
        Column("locate", gettext_lazy("Locate within (days)"), lambda r: number_words(r.locate_days), numeric=True),
        Column("close", gettext_lazy("Close within (days)"), lambda r: number_words(r.close_days), numeric=True),
        Column("check", gettext_lazy("Check after (days)"), lambda r: number_words(r.check_days), numeric=True),
    ],
    row_url=lambda r: reverse("response-time", args=[r.pk]),
    sentence=lambda count, request: _("How fast we answer notices"),
    order="id",
    empty=(gettext_lazy("No times are set"), gettext_lazy("They come with the reference data of the program.")),
    noun=("class", "classes"),
)
