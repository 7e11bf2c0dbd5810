"""The notices that wait, one case with everything of it, and the steps of its life."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from wardwright.apps.assets.states import TRANSITIONS, Status
from wardwright.apps.lending import permissions as lending
from wardwright.apps.notices import operations, permissions
from wardwright.apps.notices.forms import (
    AnswerForm,
    CheckForm,
    CloseForm,
    LetterForm,
    MergeForm,
    NoteForm,
    PlanForm,
    QuarantineForm,
    ReasonForm,
    TakeForm,
    WorkForm,
)
from wardwright.apps.notices.models import Case, CaseNote, Exposure, Notice
from wardwright.apps.notices.queries import alike_cases, board_counts, stand_ins
from wardwright.apps.notices.states import CASE_MEANING, RUNNING, SEVERITY_MEANING, CaseState, Severity
from wardwright.apps.notices.tables import CASES, clock_of, devices_of, is_elsewhere
from wardwright.platform.access.scope import Scope, allowed
from wardwright.platform.core.values import as_id
from wardwright.platform.core.words import number_words
from wardwright.platform.signatures.signing import signatures_of
from wardwright.web.tables import Action, list_page
from wardwright.web.views import form_page, go, page, visible_or_404


@page(permissions.VIEW)
def case_list(request: HttpRequest) -> HttpResponse:
    return list_page(request, CASES)


@page(permissions.REVIEW)
def type_letter(request: HttpRequest) -> HttpResponse:
    form = LetterForm(request.POST or None)

    def run(cleaned: dict[str, Any]) -> str:
        return reverse("notice", args=[operations.type_letter(by=request.user, **cleaned).pk])

    return form_page(
        request, form, run, title=_("A letter that came"), submit=_("Read it"), cancel_url=reverse("notices"),
        intro=_("It is kept word for word. Next you see which devices it means, as far as it was understood."),
    )  # fmt: skip


def case_or_404(request: HttpRequest, case_id: int) -> Case:
    return visible_or_404(Case.objects.visible_to(request.user).select_related("owner", "merged_into"), case_id)


@page(permissions.VIEW)
def case_page(request: HttpRequest, case_id: int) -> HttpResponse:
    """One case: what it says, what of ours it means, and what is done about it."""
    case = case_or_404(request, case_id)
    counts = board_counts(request.user, [case.pk]).get(case.pk, {})
    clock, rights = clock_of(case), _rights(request.user, case)
    notices = list(Notice.objects.visible_to(request.user).filter(case=case).select_related("source").order_by("pk"))
    return list_page(
        request,
        devices_of(case, lambda count, shown: _heading(case, counts, notices), _bulk(request.user, case)),
        template="notices/case.html",
        case=case,
        counts=counts,
        notices=notices,
        unread=[row for row in notices if row.understood != "wholly"],
        reason=next((row.reason for row in notices if row.reason), ""),
        action=next((row.action for row in notices if row.action), ""),
        diary=CaseNote.objects.visible_to(request.user).filter(case=case).order_by("-pk")[:40],
        clock=clock,
        clock_late=clock is not None and clock[1] < timezone.now(),
        state_meaning=CASE_MEANING[CaseState(case.state)],
        severity_meaning=SEVERITY_MEANING[Severity(case.severity)],
        signatures=signatures_of(case),
        share=_share(counts),
        alike=alike_cases(case) if rights["may_merge"] else [],
        stand_ins=stand_ins(request.user, case) if case.state in RUNNING and counts.get("affected") else [],
        may_reserve=allowed(request.user, lending.HANDLE),
        may_quarantine=_not_quarantined(request, case),
        **rights,
    )


def _heading(case: Case, counts: dict[str, int], notices: list[Notice]) -> str:
    affected, undecided, done = (counts.get(name, 0) for name in ("affected", "undecided", "done"))
    if case.state == CaseState.MERGED:
        return _("Joined to %(number)s") % {"number": case.merged_into}
    if affected and done == affected and not undecided:
        words = ngettext("%(n)s affected device, settled", "%(n)s affected devices, all settled", affected)
        return words % {"n": number_words(affected)}
    if affected:
        words = ngettext("%(n)s device is affected", "%(n)s devices are affected", affected)
        said = words % {"n": number_words(affected)}
        if not undecided:
            return said
        return _("%(said)s, %(n)s to be looked at") % {"said": said, "n": number_words(undecided)}
    if undecided:
        words = ngettext("%(n)s device may be affected", "%(n)s devices may be affected", undecided)
        return words % {"n": number_words(undecided)}
    if case.needs_reading:
        return _("A notice to be read")
    if any(row.searched_at is None for row in notices):
        return _("A notice to be searched for")
    return _("Nothing of it is at the sites that you see") if is_elsewhere(case, counts) else _("We own none of it")


def _share(counts: dict[str, int]) -> dict[str, int]:
    """The bar of a case: located and done, of what is affected."""
    return {name: counts.get(name, 0) for name in ("affected", "located", "done")}


def _rights(by: Any, case: Case) -> dict[str, Any]:
    respond = allowed(by, permissions.RESPOND, Scope())
    review = allowed(by, permissions.REVIEW, Scope())
    is_open = case.state == CaseState.OPEN
    return {
        "may_take": respond and case.state in (CaseState.NEW, CaseState.NONE_OWNED),
        "may_work": respond and is_open,
        "may_end": review and case.state in (CaseState.NEW,),
        "may_take_up": review and case.state in (CaseState.NONE_OWNED, CaseState.DISMISSED),
        "may_merge": review and case.state in (CaseState.NEW, CaseState.OPEN, CaseState.NONE_OWNED),
        "may_close": respond and is_open,
        "may_reopen": respond and case.state == CaseState.CLOSED,
        "may_check": respond and case.state == CaseState.CLOSED and not case.check_result,
        "may_answer": respond or review,
        "may_note": respond and case.state != CaseState.MERGED,
    }


def _bulk(by: Any, case: Case) -> list[Action]:
    if case.state in (CaseState.CLOSED, CaseState.MERGED):
        return []
    found = []
    if allowed(by, permissions.REVIEW):
        found.append(Action(_("Affected or not?"), reverse("decide-exposures", args=[case.pk]), icon="help"))
    if allowed(by, permissions.HANDLE):
        found.append(Action(_("Located"), reverse("locate-exposures", args=[case.pk]), icon="map-pin"))
        found.append(Action(_("Record what was done"), reverse("settle-exposures", args=[case.pk]), icon="check"))
    return found


# Steps ------------------------------------------------------------------------------------------------------------


def _step(
    request: HttpRequest,
    case_id: int,
    make: Callable[[Case], forms.Form],
    run: Callable[[Case, dict[str, Any]], Any],
    *,
    title: Callable[[Case], Any],
    submit: Any,
    **context: Any,
) -> HttpResponse:
    """A form that calls one operation on a case and goes back to it."""
    case = case_or_404(request, case_id)
    back = reverse("notice-case", args=[case.pk])

    def done(cleaned: dict[str, Any]) -> str:
        run(case, cleaned)
        return back

    return form_page(
        request, make(case), done, title=title(case), submit=submit, cancel_url=back, **context
    )  # fmt: skip


@page(permissions.RESPOND)
def take_case(request: HttpRequest, case_id: int) -> HttpResponse:
    """Triage: who looks after it, by when, and what is to be done."""
    return _step(
        request, case_id,
        lambda case: TakeForm(request.user, case, request.POST or None, initial={"expected_version": case.version}),
        lambda case, given: operations.open_case(by=request.user, case_id=case.pk, **given),
        title=lambda case: _("Who deals with %(number)s?") % {"number": case.number}, submit=_("Give it to them"),
    )  # fmt: skip


@page(permissions.RESPOND)
def plan_case(request: HttpRequest, case_id: int) -> HttpResponse:
    return _step(
        request, case_id, lambda case: PlanForm(request.user, case, request.POST or None),
        lambda case, given: operations.change_case(by=request.user, case_id=case.pk, **given),
        title=lambda case: _("The plan for %(number)s") % {"number": case.number}, submit=_("Save"),
    )  # fmt: skip


@page(permissions.RESPOND)
def note_case(request: HttpRequest, case_id: int) -> HttpResponse:
    return _step(
        request, case_id, lambda case: NoteForm(request.POST or None),
        lambda case, given: operations.note_case(by=request.user, case_id=case.pk, **given),
        title=lambda case: _("A note on %(number)s") % {"number": case.number}, submit=_("Write it down"),
    )  # fmt: skip


def _with_reason(
    request: HttpRequest, case_id: int, run: Callable[..., Any], title: Callable[[Case], Any], submit: Any
) -> HttpResponse:
    return _step(
        request, case_id,
        lambda case: ReasonForm(request.POST or None, initial={"expected_version": case.version}),
        lambda case, given: run(by=request.user, case_id=case.pk, **given),
        title=title, submit=submit,
    )  # fmt: skip


@page(permissions.REVIEW)
def dismiss_case(request: HttpRequest, case_id: int) -> HttpResponse:
    return _with_reason(
        request, case_id, operations.dismiss_case,
        lambda case: _("Why is %(number)s not for us?") % {"number": case.number}, _("Put it aside"),
    )  # fmt: skip


@page(permissions.REVIEW)
def none_owned(request: HttpRequest, case_id: int) -> HttpResponse:
    return _with_reason(
        request, case_id, operations.file_none_owned,
        lambda case: _("How do you know that we own none of %(number)s?") % {"number": case.number}, _("None owned"),
    )  # fmt: skip


@page(permissions.REVIEW)
def take_up_case(request: HttpRequest, case_id: int) -> HttpResponse:
    return _with_reason(
        request, case_id, operations.take_up_case,
        lambda case: _("Why is %(number)s to be decided again?") % {"number": case.number}, _("Decide it again"),
    )  # fmt: skip


@page(permissions.RESPOND)
def reopen_case(request: HttpRequest, case_id: int) -> HttpResponse:
    return _with_reason(
        request, case_id, operations.reopen_case,
        lambda case: _("Why is %(number)s opened again?") % {"number": case.number}, _("Open it again"),
    )  # fmt: skip


@page(permissions.REVIEW)
def merge_case(request: HttpRequest, case_id: int) -> HttpResponse:
    case = case_or_404(request, case_id)
    form = MergeForm(request.user, request.POST or None, initial={"into_id": request.GET.get("into", "")[:20]})

    def run(cleaned: dict[str, Any]) -> str:
        into = operations.merge_cases(by=request.user, case_id=case.pk, into_id=cleaned["into_id"])
        return reverse("notice-case", args=[into.pk])

    return form_page(
        request, form, run, title=_("Which case is %(number)s the same as?") % {"number": case.number},
        submit=_("Join them"), cancel_url=reverse("notice-case", args=[case.pk]),
    )  # fmt: skip


@page(permissions.RESPOND)
def quarantine(request: HttpRequest, case_id: int) -> HttpResponse:
    return _step(
        request, case_id, lambda case: QuarantineForm(request.POST or None),
        lambda case, given: operations.quarantine_exposed(by=request.user, case_id=case.pk, **given),
        title=lambda case: _waiting_words(request, case), submit=_("Quarantine them"), dangerous=True,
        intro=_("Each device that is or may be affected is taken out of use and kept as it is; its page says why."),
    )  # fmt: skip


def _not_quarantined(request: HttpRequest, case: Case) -> int:
    rows = Exposure.objects.visible_to(request.user).filter(case=case, asset__isnull=False).unsettled()
    return rows.filter(asset__status__in=[one for one in Status if Status.QUARANTINED in TRANSITIONS[one]]).count()


def _waiting_words(request: HttpRequest, case: Case) -> str:
    n = _not_quarantined(request, case)
    return ngettext("Quarantine %(n)s device?", "Quarantine %(n)s devices?", n) % {"n": number_words(n)}


@page(permissions.RESPOND)
def order_work(request: HttpRequest, case_id: int) -> HttpResponse:
    def initial(case: Case) -> dict[str, Any]:
        due = timezone.localtime(case.close_by_at).date() if case.close_by_at else None
        return {"title": case.title[:200], "description": case.plan, "due_on": due}

    return _step(
        request, case_id, lambda case: WorkForm(request.POST or None, initial=initial(case)),
        lambda case, given: operations.order_work(by=request.user, case_id=case.pk, **given),
        title=lambda case: _("Order the work for %(number)s") % {"number": case.number}, submit=_("Order it"),
        intro=_("One order for each affected device that has none yet, in one step."),
    )  # fmt: skip


@page(permissions.RESPOND)
def answer_maker(request: HttpRequest, case_id: int) -> HttpResponse:
    return _step(
        request, case_id,
        lambda case: AnswerForm(request.POST or None, initial={"answered_on": timezone.localdate()}),
        lambda case, given: operations.answer_maker(by=request.user, case_id=case.pk, **given),
        title=lambda case: _("The maker's form of %(number)s was sent") % {"number": case.number}, submit=_("Save"),
    )  # fmt: skip


@sensitive_post_parameters("password")
@page(permissions.RESPOND)
def close_case(request: HttpRequest, case_id: int) -> HttpResponse:
    return _step(
        request, case_id, lambda case: CloseForm(request.POST or None, initial={"expected_version": case.version}),
        lambda case, given: operations.close_case(by=request.user, case_id=case.pk, **given),
        title=lambda case: _("Close %(number)s?") % {"number": case.number}, submit=_("Close it"),
        intro=_("When every affected device is settled. Some time from now you are asked whether it helped."),
    )  # fmt: skip


@page(permissions.RESPOND)
def check_case(request: HttpRequest, case_id: int) -> HttpResponse:
    return _step(
        request, case_id, lambda case: CheckForm(request.POST or None, initial={"expected_version": case.version}),
        lambda case, given: operations.check_effectiveness(by=request.user, case_id=case.pk, **given),
        title=lambda case: _("Did it help? %(number)s") % {"number": case.number}, submit=_("Record the check"),
    )  # fmt: skip


@require_POST
@page(permissions.REVIEW)
def many_none_owned(request: HttpRequest) -> HttpResponse:
    """The notices that were chosen in the list: one reason for all."""
    given = [part for value in request.POST.getlist("selected") for part in value.split(",")]
    ids = [pk for part in given[:500] if (pk := as_id(part)) is not None]
    cases = list(Case.objects.visible_to(request.user).filter(pk__in=ids).order_by("pk"))
    if not cases:
        return go(request, reverse("notices"))
    chosen = ",".join(str(case.pk) for case in cases)
    form = ReasonForm(request.POST if "once" in request.POST else None)
    form.fields["selected"] = forms.CharField(widget=forms.HiddenInput, initial=chosen)

    def run(cleaned: dict[str, Any]) -> str:
        operations.file_many(by=request.user, case_ids=[case.pk for case in cases], reason=cleaned["reason"])
        return reverse("notices")

    words = ngettext(
        "How do you know that we own none of %(n)s notice?", "How do you know that we own none of %(n)s notices?",
        len(cases),
    )  # fmt: skip
    return form_page(
        request, form, run, title=words % {"n": number_words(len(cases))}, submit=_("None owned"),
        cancel_url=reverse("notices"),
    )  # fmt: skip


@page(permissions.VIEW)
def board(request: HttpRequest) -> HttpResponse:
    """Every open case with how far it is, the one whose time runs out first on top."""
    rows = list(Case.objects.visible_to(request.user).running().select_related("owner").order_by("gravity", "pk")[:200])
    counts = board_counts(request.user, [case.pk for case in rows])
    now = timezone.now()
    lines = []
    for case in rows:
        clock = clock_of(case)
        lines.append(
            {
                "case": case,
                "counts": counts.get(case.pk, {}),
                "elsewhere": is_elsewhere(case, counts.get(case.pk, {})),
                "clock": clock,
                "late": clock is not None and clock[1] < now,
                "state_meaning": CASE_MEANING[CaseState(case.state)],
                "severity_meaning": SEVERITY_MEANING[Severity(case.severity)],
            }
        )
    lines.sort(key=lambda line: (line["clock"] is None, line["clock"][1] if line["clock"] else now))
    late = sum(1 for line in lines if line["late"])
    open_lines = [line for line in lines if line["case"].state == CaseState.OPEN]
    return render(
        request,
        "notices/board.html",
        {
            "title": _board_words(len(lines), late),
            "open_lines": open_lines,
            "new_lines": [line for line in lines if line["case"].state == CaseState.NEW],
            "checks": Case.objects.visible_to(request.user).filter(
                state=CaseState.CLOSED, check_result="", check_on__lte=timezone.localdate()
            ).order_by("check_on")[:50],
        },
    )  # fmt: skip


def _board_words(count: int, late: int) -> str:
    if not count:
        return _("No notice is open")
    words = ngettext("%(n)s notice is open", "%(n)s notices are open", count) % {"n": number_words(count)}
    tail = ngettext("%(n)s is late", "%(n)s are late", late) % {"n": number_words(late)} if late else _("none is late")
    return f"{words}, {tail}"
