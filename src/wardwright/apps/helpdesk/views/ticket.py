"""The page of a ticket: how far it is, a question to answer, and afterwards whether it helped."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt

from wardwright.apps.helpdesk import operations, queries
from wardwright.apps.helpdesk.models import Request
from wardwright.apps.helpdesk.operations.receiving import FINISHED
from wardwright.apps.helpdesk.states import STAGE_MEANING, Answer, Stage
from wardwright.platform.access.limits import Limit
from wardwright.platform.core.errors import Invalid, Refused, Repeated
from wardwright.platform.core.submission import submission

from . import gate
from .portal import PORTAL

TALK = Limit(20, 3600)  # of one ticket
STEPS = (Stage.RECEIVED, Stage.TAKEN, Stage.DONE)
#: How many of the steps are behind a stage.
PASSED = {Stage.RECEIVED: 1, Stage.ASKED: 1, Stage.DONE: 3, Stage.CLOSED: 3}


@csrf_exempt
@gate.guarded
def ticket(request: HttpRequest, ticket_code: str) -> HttpResponse:
    """Whoever has the code reads how far it is, and nothing from inside the department."""
    gate.check_guesses(request)
    found = queries.request_of_ticket(ticket_code)
    if found is None:
        return gate.wrong_code(request)
    words = ""
    if request.method == "POST":
        if gate.too_large(request):
            return gate.nothing_here(request)
        try:
            return HttpResponseRedirect(reverse("ticket", args=[_talk(request, found).code]))
        except Repeated as repeated:
            return HttpResponseRedirect(reverse("ticket", args=[repeated.result or found.code]))
        except Refused as error:
            words = str(error)
    return _page(request, found, words)


def _talk(request: HttpRequest, found: Request) -> Request:
    """An answer to the desk's question, or feedback."""
    gate.check_honeypot(request)
    gate.count_or_refuse(f"ticket {found.pk}", TALK, _("You wrote a lot within the hour. This was not sent."))
    sent = request.POST
    with submission(f"ticket:{found.pk}:{sent.get('k', '')[:40]}" if sent.get("k") else ""):
        if "text" in sent:
            return operations.reply_request(by=PORTAL, request_id=found.pk, text=sent["text"])
        if sent.get("solved") not in ("yes", "no"):
            raise Invalid(_("Say whether it is solved."), _("Press Yes or No."))
        return operations.give_feedback(
            by=PORTAL, request_id=found.pk, solved=sent["solved"] == "yes", words=sent.get("words", "")
        )


def _page(request: HttpRequest, found: Request, words: str) -> HttpResponse:
    stage = queries.stage_of(found)
    asset = found.asset
    is_finished, typed = stage in FINISHED, request.POST
    question = queries.open_question(found) if stage == Stage.ASKED else None
    has_form = question or (is_finished and found.feedback_at is None)
    return gate.public_page(
        request,
        "helpdesk/ticket.html",
        409 if words else 200,
        found=found,
        asset=asset,
        stage=stage,
        meaning=STAGE_MEANING[stage],
        steps=_steps(stage),
        is_new="sent" in request.GET,
        is_finished=is_finished,
        harmed=found.harm == Answer.YES,
        question=question,
        typed=typed,
        unsent="" if has_form else typed.get("text") or typed.get("words"),
        spares=queries.spares_near(asset) if asset is not None and not is_finished else [],
        on_call=queries.is_on_call(found.site_id, found.department_id, timezone.now()),
        words=words,
        key=gate.new_key(found.pk)[:20],
    )


def _steps(stage: Stage) -> list[dict[str, Any]]:
    passed = PASSED.get(stage, 2)
    return [{"label": step.label, "done": number <= passed} for number, step in enumerate(STEPS, 1)]
