"""What the house itself offers over the API, below every app: background jobs and guardrails."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from ninja import Router

from wardwright.platform.access.builtin import MANAGE
from wardwright.platform.access.guardrails import rules_in_force
from wardwright.platform.audit.operations import set_guardrail_level
from wardwright.platform.jobs import operations as jobs
from wardwright.platform.jobs import permissions
from wardwright.platform.jobs.models import Job

from .lists import In, Out, may
from .operating import ROUTED, operate
from .registers import register, rows_of
from .rows import row_of

router = Router(tags=["house"])
JobOut = row_of(Job, without=("args", "kwargs", "worker", "key"), name="JobOut")


class GuardrailOut(Out):
    """A rule against a classic mistake, and how strict it is."""

    rule: str
    label: str
    level: str


class Guardrails(Out):
    """Every guardrail of the house."""

    guardrails: list[GuardrailOut]


class Level(In):
    """How strict a guardrail shall be: off, warn or refuse."""

    level_wanted: str
    reason: str


register(router, "/jobs", "job", row=JobOut, permission=permissions.VIEW, rows=rows_of(Job), order="-id")
operate(router, "/jobs/{job_id}/retry", jobs.retry_job, key="job_id", rows=rows_of(Job), out=JobOut)
operate(router, "/audit/verification", jobs.verify_trail, rows=rows_of(Job), out=JobOut)


def _guardrails() -> Guardrails:
    rules = rules_in_force()
    return Guardrails(
        guardrails=[GuardrailOut(rule=one.rule.code, label=str(one.rule.label), level=one.level) for one in rules]
    )


@router.get("/guardrails", response=Guardrails, operation_id="list_guardrails", summary="List guardrails")
def get_guardrails(request: HttpRequest) -> Any:
    """Every rule with the level in force."""
    may(request, MANAGE)
    return _guardrails()


@router.post(
    "/guardrails/{rule}",
    response=Guardrails,
    operation_id="set_guardrail_level",
    summary="Set how strict a guardrail is",
)
def post_guardrail(request: HttpRequest, rule: str, payload: Level) -> Any:
    """Let a guardrail be off, warn or refuse from now on."""
    set_guardrail_level(by=request.user, rule=rule, **payload.model_dump())
    return _guardrails()


ROUTED.add(set_guardrail_level)
