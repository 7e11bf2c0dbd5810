"""What is done about a case as a whole: taken, put aside, joined, answered, closed and checked."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from wardwright.apps.notices.events import CaseClosed, CaseOpened, NoticesMerged
from wardwright.apps.notices.models import Case, Exposure, Notice, ResponseTime, SharedNumber
from wardwright.apps.notices.permissions import ALL_SETTLED, RESPOND, REVIEW
from wardwright.apps.notices.queries import counts_of, people_who_answer
from wardwright.apps.notices.states import ASIDE, CaseState, CheckResult, Severity
from wardwright.platform.access.guardrails import enforce
from wardwright.platform.access.scope import authorize_everywhere
from wardwright.platform.audit.operation import operation
from wardwright.platform.core.change import System
from wardwright.platform.core.edits import apply_edit, check_version
from wardwright.platform.core.errors import Invalid, NotNow
from wardwright.platform.core.values import cleaned, reachable
from wardwright.platform.events.registry import publish
from wardwright.platform.signatures.models import Meaning
from wardwright.platform.signatures.signing import sign

from .carrying import take_over
from .common import back_on_desk, move, recount, save, say_of, set_clocks, set_severity, take_case
from .searching import search_notices

CASE_FIELDS = ("plan", "loaner_plan", "answer_by_on", "locate_by_at", "close_by_at")


@operation()
def open_case(
    *,
    by: Any,
    case_id: int,
    owner_id: int,
    severity: str = "",
    plan: str = "",
    answer_by_on: date | None = None,
    expected_version: int | None = None,
) -> Case:
    """Triage: the case has an owner from now on, its clocks run. ``severity`` where the source did not give the class.

    Raises:
        Invalid: for nobody, or a class there is not. NotNow: when it is not to be decided any more.
    """
    case = take_case(by, case_id, RESPOND, expected_version)
    owner = reachable(people_who_answer(by), owner_id, "owner_id")
    if owner is None:
        raise Invalid(_("Say who looks after it."), fields={"owner_id": _("Choose somebody from the list.")})
    if severity and severity not in Severity.values:
        raise Invalid(_("There is no such class."), fields={"severity": _("Choose one from the list.")})
    move(case, CaseState.OPEN)
    case.owner, case.plan, case.reason = owner, plan.strip(), ""
    case.answer_by_on = answer_by_on or case.answer_by_on
    if severity and severity != case.severity:
        case.severity_by_hand = severity
        set_severity(case, [])
        say_of(case, by, _("The class was set to “%(name)s” by hand.") % {"name": case.get_severity_display()})
    case.triaged_at, case.triaged_by_name = timezone.now(), str(by)[:120]
    case.closed_at = None
    case.locate_by_at = case.close_by_at = None
    set_clocks(case)
    say_of(case, by, _("Given to %(name)s.") % {"name": owner})
    publish(CaseOpened(case_id=case.pk, severity=case.severity))
    return save(case)


@operation()
def change_case(*, by: Any, case_id: int, expected_version: int | None = None, **values: Any) -> Case:
    """Change the plan, the plan for replacements, or a day that was set; ``owner_id`` gives it to somebody else."""
    case = take_case(by, case_id, RESPOND)
    given = dict(values)
    if "owner_id" in given:
        owner = reachable(people_who_answer(by), given.pop("owner_id"), "owner_id")
        if owner is None:
            raise Invalid(_("Say who looks after it."), fields={"owner_id": _("Choose somebody from the list.")})
        if owner.pk != case.owner_id:
            case.owner = owner
            Case.objects.filter(pk=case.pk).update(owner=owner)
            say_of(case, by, _("Given to %(name)s.") % {"name": owner})
    apply_edit(case, cleaned(case, given, CASE_FIELDS), expected_version=expected_version)
    return case


@operation()
def note_case(*, by: Any, case_id: int, text: str) -> Case:
    """Write something into the case's diary: a call with the maker, an answer, a remark."""
    case = take_case(by, case_id, RESPOND)
    if not text.strip():
        raise Invalid(_("Write what is to be noted."), fields={"text": _("Enter the note.")})
    say_of(case, by, text.strip())
    return case


@operation(needs_reason=True)
def dismiss_case(*, by: Any, case_id: int, reason: str, expected_version: int | None = None) -> Case:
    """Put a case aside: it is not for us, and says why. Affected devices stand in the way."""
    case = take_case(by, case_id, REVIEW, expected_version)
    _check_nothing_open(case)
    move(case, CaseState.DISMISSED)
    return _end(by, case, reason)


@operation(needs_reason=True)
def file_none_owned(*, by: Any, case_id: int, reason: str, expected_version: int | None = None) -> Case:
    """A person read the notice and says that we own none of it; ``reason`` says how they know.

    Raises:
        NotNow: while devices are affected, or somebody has to look at them.
    """
    case = take_case(by, case_id, REVIEW, expected_version)
    _check_nothing_open(case)
    move(case, CaseState.NONE_OWNED)
    return _end(by, case, reason)


@operation(needs_reason=True)
def file_many(*, by: Any, case_ids: list[int], reason: str) -> list[Case]:
    """The same for several notices that were read, all of them or none."""
    authorize_everywhere(by, REVIEW)
    return [file_none_owned(by=by, case_id=case_id, reason=reason) for case_id in sorted(set(case_ids))]


def _check_nothing_open(case: Case) -> None:
    counts = counts_of(Exposure.objects.filter(case=case))
    if counts["affected"]:
        raise NotNow(
            _("Devices of ours are affected: %(n)s.") % {"n": counts["affected"]},
            _("Give the case to somebody, or say of each device why it is not affected."),
        )
    if counts["undecided"]:
        raise NotNow(
            _("Devices of this case are not decided yet: %(n)s.") % {"n": counts["undecided"]},
            _("Say of each whether it is affected first."),
        )


def _end(by: Any, case: Case, reason: str) -> Case:
    case.closed_at, case.closed_by_name, case.reason = timezone.now(), str(by)[:120], reason.strip()[:500]
    say_of(case, by, f"{case.get_state_display()}: {case.reason}")
    publish(CaseClosed(case_id=case.pk, state=case.state))
    return save(case)


@operation(needs_reason=True)
def take_up_case(*, by: Any, case_id: int, reason: str, expected_version: int | None = None) -> Case:
    """A case that was put aside is to be decided again."""
    case = take_case(by, case_id, REVIEW, expected_version)
    move(case, CaseState.NEW)
    back_on_desk(case)
    say_of(case, by, _("To be decided again: %(reason)s") % {"reason": reason.strip()})
    return save(case)


@operation()
def merge_cases(*, by: Any, case_id: int, into_id: int) -> Case:
    """Two cases are one action: everything of ``case_id`` goes to ``into_id``, which is searched for again.

    Raises:
        Invalid: into itself, or into one that was joined to another.
    """
    first, second = sorted((case_id, into_id))
    one = {first: take_case(by, first, REVIEW)}
    if second != first:
        one[second] = take_case(by, second, REVIEW)
    case, into = one[case_id], one[into_id]
    if case.pk == into.pk or into.state == CaseState.MERGED:
        raise Invalid(
            _("%(one)s cannot be joined to %(other)s.") % {"one": case, "other": into},
            _("Choose another case that stands by itself."),
            fields={"into_id": _("Choose another case.")},
        )
    move(case, CaseState.MERGED)
    case.merged_into, case.closed_at = into, timezone.now()
    case.reason = _("Joined to %(number)s.") % {"number": into.number}
    Notice.objects.filter(case=case).update(case=into)
    SharedNumber.objects.filter(case=case).update(case=into)
    _carry_exposures(case, into)
    set_severity(into, {case.severity, into.severity})
    set_clocks(into, again=into.state != CaseState.CLOSED)
    if into.state in ASIDE:
        back_on_desk(into)
    say_of(into, by, _("%(number)s was joined to it: %(title)s") % {"number": case.number, "title": case.title})
    save(case)
    save(into)
    recount([case])
    notices = Notice.objects.filter(case=into).order_by("pk").values_list("pk", flat=True)
    search_notices(by=System(str(by)), notice_ids=list(notices), cause="asked")
    publish(NoticesMerged(kept_id=into.pk, lost_id=case.pk))
    return Case.objects.get(pk=into.pk)


def _carry_exposures(case: Case, into: Case) -> None:
    """What was decided and done about a device counts on; of two the one that says more is kept."""
    there = {(e.asset_id, e.supply_id, e.patient_device_id): e for e in Exposure.objects.filter(case=into)}
    for exposure in Exposure.objects.filter(case=case):
        other = there.get((exposure.asset_id, exposure.supply_id, exposure.patient_device_id))
        if other is None:
            Exposure.objects.filter(pk=exposure.pk).update(case=into)
        elif take_over(other, exposure):
            other.set_rank()
            other.version += 1
            other.save()


@operation()
def answer_maker(*, by: Any, case_id: int, answered_on: date, note: str = "") -> Case:
    """The maker's response form went out on this day; ``note``: by which way, to whom."""
    case = take_case(by, case_id, RESPOND)
    if answered_on > timezone.localdate():
        raise Invalid(
            _("The form cannot have been sent in the future."), fields={"answered_on": _("Enter a day up to today.")}
        )
    case.answered_on, case.answered_by_name, case.answer_note = answered_on, str(by)[:120], note.strip()[:300]
    say_of(case, by, _("The maker's form was sent. %(note)s") % {"note": case.answer_note})
    return save(case)


@operation()
def close_case(
    *,
    by: Any,
    case_id: int,
    conclusion: str,
    password: str = "",
    override_reason: str = "",
    expected_version: int | None = None,
) -> Case:
    """Close a case: every affected device is settled, and what came of it is written down, signed with the password.

    Raises:
        Guarded: while devices are not settled. Invalid: without a conclusion.
    """
    case = take_case(by, case_id, RESPOND, expected_version)
    if not conclusion.strip():
        raise Invalid(_("Say what came of it."), fields={"conclusion": _("Enter the conclusion.")})
    left = Exposure.objects.filter(case=case).unsettled().count()
    if left:
        enforce(
            by,
            ALL_SETTLED,
            _("Devices of this case are not settled yet: %(n)s.") % {"n": left},
            _("Record for each what was done, or why it is not affected."),
            override_reason=override_reason,
        )
    if case.needs_reading:
        enforce(
            by,
            ALL_SETTLED,
            _("A part of this case's notices was not understood, or changed since somebody read it."),
            _("Read it on the notice's page and settle which devices are meant."),
            override_reason=override_reason,
        )
    move(case, CaseState.CLOSED)
    case.conclusion = conclusion.strip()
    case.closed_at, case.closed_by_name = timezone.now(), str(by)[:120]
    times = ResponseTime.objects.filter(severity=case.severity).first()
    case.check_on = timezone.localdate() + timedelta(days=times.check_days if times else 60)
    case.check_result, case.check_note, case.checked_at = CheckResult.NONE, "", None
    say_of(case, by, _("Closed. %(words)s") % {"words": case.conclusion})
    case.closing = [[str(value) for value in row] for row in _closing_rows(case)]
    save(case)
    if password:
        sign(case, by=by, meaning=Meaning.APPROVED, password=password)
    publish(CaseClosed(case_id=case.pk, state=case.state))
    return case


def _closing_rows(case: Case) -> Any:
    columns = ("asset_id", "supply_id", "patient_device_id", "standing", "decision", "outcome", "order_number")
    return Exposure.objects.filter(case=case).order_by("pk").values_list(*columns)


@operation(needs_reason=True)
def reopen_case(*, by: Any, case_id: int, reason: str, expected_version: int | None = None) -> Case:
    """Work on a closed case goes on."""
    case = take_case(by, case_id, RESPOND, expected_version)
    if case.state != CaseState.CLOSED:
        raise NotNow(_("%(number)s is not closed.") % {"number": case.number}, _("Reload the page."))
    move(case, CaseState.OPEN)
    case.closed_at, case.check_on = None, None
    say_of(case, by, _("Opened again: %(reason)s") % {"reason": reason.strip()})
    return save(case)


@operation()
def check_effectiveness(*, by: Any, case_id: int, result: str, note: str, expected_version: int | None = None) -> Case:
    """Some time after closing: did what was done help? If not, the case is opened again.

    Raises:
        NotNow: before it is closed. Invalid: without saying what was looked at.
    """
    case = take_case(by, case_id, RESPOND)
    check_version(case, expected_version)
    if case.state != CaseState.CLOSED:
        raise NotNow(_("%(number)s is not closed.") % {"number": case.number}, _("Close the case first."))
    if result not in (CheckResult.EFFECTIVE, CheckResult.NOT_EFFECTIVE):
        raise Invalid(_("Say whether it helped."), fields={"result": _("Choose one from the list.")})
    if not note.strip():
        raise Invalid(_("Say what was looked at."), fields={"note": _("Enter what the check found.")})
    case.check_result, case.check_note = result, note.strip()[:500]
    case.checked_at, case.checked_by_name = timezone.now(), str(by)[:120]
    say_of(case, by, f"{CheckResult(result).label}: {case.check_note}")
    if result == CheckResult.NOT_EFFECTIVE:
        move(case, CaseState.OPEN)
        case.closed_at = None
    return save(case)
