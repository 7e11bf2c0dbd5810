"""What goes out of the house on paper: the evidence of a search, the maker's form, the committee's report."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from wardwright.kernel.scope.printing import to_text
from wardwright.platform.core.words import day_words, moment_words, number_words, said_words
from wardwright.platform.signatures.signing import signatures_of

from .models import Case, Exposure, Notice, Search
from .queries import board_counts
from .states import CaseState, CheckResult, Severity
from .tables import CAUSES, place_words, searcher, thing_words

PRINTED = 1000
MONTHS = 12


def search_evidence(by: Any, notice: Notice, url: str) -> dict[str, Any]:
    """Every search for one notice, the newest first, and the scope they went by."""
    searches = list(Search.objects.visible_to(by).filter(notice=notice)[:100])
    newest = searches[0] if searches else None
    return {
        "title": _("Evidence of a search"),
        "subtitle": f"{notice.ref} · {notice.title}",
        "facts": [
            [_("Case"), notice.case.number],
            [_("Maker"), notice.maker or "–"],
            [_("Class"), str(notice.get_severity_display())],
            [_("Published"), day_words(notice.published_on) if notice.published_on else "–"],
        ],
        "result": said_words(newest.words) if newest else _("It was not searched for yet."),
        "scope_words": _("What was searched for (%(state)s)") % {"state": notice.get_scope_state_display()},
        "scope": to_text(notice.read_scope)[:6000],
        "columns": [
            {"heading": _("Searched"), "width": 3},
            {"heading": _("Because"), "width": 3},
            {"heading": _("Rules")},
            {"heading": _("Devices"), "align": "right"},
            {"heading": _("Lots"), "align": "right"},
            {"heading": _("Patients' own"), "align": "right"},
            {"heading": _("Result"), "width": 5},
        ],
        "rows": [
            [
                f"{moment_words(one.searched_at)}, {searcher(one)}",
                str(CAUSES.get(one.cause, one.cause)),
                one.rules,
                number_words(one.devices),
                number_words(one.supplies),
                number_words(one.guests),
                said_words(one.words),
            ]
            for one in searches
        ],
        "url": url,
    }


def response_form(by: Any, case: Case, url: str) -> dict[str, Any]:
    """What is here of what a case means, and what was done about each: the form that a maker wants back."""
    rows = Exposure.objects.visible_to(by).filter(case=case).affected().with_names().order_by("pk")
    lines = list(rows[:PRINTED])
    notices = list(Notice.objects.visible_to(by).filter(case=case))
    return {
        "title": _("Response to a notice"),
        "subtitle": case.title,
        "facts": [
            [_("Maker"), case.maker or "–"],
            [_("Numbers of the notice"), ", ".join(row.ref for row in notices[:6])],
            [_("Our number"), case.number],
            [_("Affected devices"), number_words(case.counts.get("affected", 0))],
            [_("Settled"), number_words(case.counts.get("done", 0))],
        ],
        "statement": " ".join(_statement(case, notices, len(lines))),
        "columns": [
            {"heading": _("Device"), "width": 3},
            {"heading": _("Model, serial number or lot"), "width": 4},
            {"heading": _("Where"), "width": 3},
            {"heading": _("What was done"), "width": 4},
            {"heading": pgettext("device", "Done"), "width": 2},
        ],
        "rows": [_response_line(row) for row in lines],
        "sign_words": [_("Name"), _("Function"), _("Date"), _("Signature")],
        "signatures": [
            " · ".join((sign.printed_name, str(sign.get_meaning_display()), moment_words(sign.signed_at)))
            for sign in (one.signature for one in signatures_of(case))
        ],
        "conclusion_words": _("Conclusion"),
        "conclusion": case.conclusion,
        "url": url,
    }  # fmt: skip


def _statement(case: Case, notices: list[Notice], listed: int) -> list[str]:
    """What the hospital says: that it owns none only once everything was searched for, read and decided, everywhere."""
    if any(row.searched_at is None for row in notices):
        return [_("We have received this notice. Our inventory was not searched for it yet.")]
    affected, undecided = (case.counts.get(name, 0) for name in ("affected", "undecided"))
    if not affected and not undecided and not case.needs_reading:
        return [_("We have received this notice, have searched our whole inventory for it, and own none of it.")]
    said = [_("We have received this notice and have searched our whole inventory for it.")]
    if undecided:
        words = ngettext(
            "This is not finished: %(n)s device is still to be looked at.",
            "This is not finished: %(n)s devices are still to be looked at.",
            undecided,
        )
        said.append(words % {"n": number_words(undecided)})
    if case.needs_reading:
        said.append(_("This is not finished: a part of the notice is still to be read."))
    if listed < affected:
        said.append(_("%(n)s of the affected devices are listed here.") % {"n": number_words(listed)})
    return said


def _response_line(row: Exposure) -> list[str]:
    name, detail = thing_words(row)
    done = " · ".join(part for part in (str(row.get_outcome_display()) if row.outcome else "", row.evidence) if part)
    when = day_words(timezone.localtime(row.done_at).date()) if row.done_at else "–"
    return [str(name), detail, place_words(row), done or str(_("nothing yet")), when]


def committee_report(by: Any, url: str) -> dict[str, Any]:
    """The notices of the last twelve months: how many came, how fast they were answered, which are open."""
    since = timezone.now() - timedelta(days=365)
    rows = list(
        Case.objects.visible_to(by)
        .filter(came_at__gte=since)
        .exclude(state=CaseState.MERGED)
        .select_related("owner")
        .order_by("gravity", "-pk")
    )
    ours = [row for row in rows if row.state in (CaseState.NEW, CaseState.OPEN, CaseState.CLOSED)]
    shown = ours[:PRINTED]
    counts = board_counts(by, [row.pk for row in shown])
    return {
        "title": _("Recalls and safety notices"),
        "subtitle": _("%(since)s to %(today)s")
        % {"since": day_words(timezone.localtime(since).date()), "today": day_words(timezone.localdate())},
        "facts": [
            [pgettext("cases", "Came"), number_words(len(rows))],
            [_("None owned"), number_words(sum(row.state == CaseState.NONE_OWNED for row in rows))],
            [_("Not for us"), number_words(sum(row.state == CaseState.DISMISSED for row in rows))],
            [_("Of ours"), number_words(len(ours))],
            [pgettext("cases", "Closed"), number_words(sum(row.state == CaseState.CLOSED for row in rows))],
            [_("Class I, open"), number_words(sum(_is_open_class_one(row) for row in rows))],
            [_("Found effective"), number_words(sum(row.check_result == CheckResult.EFFECTIVE for row in rows))],
        ],
        "times": _median_words(ours),
        "columns": [
            {"heading": _("Notice"), "width": 6},
            {"heading": _("Class")},
            {"heading": _("Came"), "width": 2},
            {"heading": pgettext("case", "Owner"), "width": 2},
            {"heading": _("Affected"), "align": "right"},
            {"heading": _("Settled"), "align": "right"},
            {"heading": _("State"), "width": 2},
        ],
        "rows": [
            [
                f"{row.number} {row.title}",
                str(row.get_severity_display()),
                day_words(timezone.localtime(row.came_at).date()),
                str(row.owner or "–"),
                number_words(counts.get(row.pk, {}).get("affected", 0)),
                number_words(counts.get(row.pk, {}).get("done", 0)),
                str(row.get_state_display()),
            ]
            for row in shown
        ],
        "none": _("No notice of these months meant anything of ours."),
        "url": url,
    }


def _is_open_class_one(row: Case) -> bool:
    return row.severity == Severity.CLASS_I and row.state in (CaseState.NEW, CaseState.OPEN)


def _median_words(rows: list[Case]) -> list[list[str]]:
    """From a notice's coming to its decision, its devices located, its closing: medians in days, with their number."""
    found = []
    for words, ends in (
        (_("until decided"), [(row.came_at, row.triaged_at) for row in rows]),
        (_("until all located"), [(row.came_at, row.located_at) for row in rows]),
        (_("until closed"), [(row.came_at, row.closed_at) for row in rows if row.state == CaseState.CLOSED]),
    ):
        days = sorted((end - start).total_seconds() / 86400 for start, end in ends if end is not None)
        if days:
            middle = (days[(len(days) - 1) // 2] + days[len(days) // 2]) / 2
            found.append([_("%(n)s days") % {"n": number_words(max(0.0, middle))}, f"{words} (n = {len(days)})"])
    return found
