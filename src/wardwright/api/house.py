"""What the house itself offers over the API, below every app: background jobs, guardrails, webhooks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest
from ninja import Router
from pydantic import BaseModel

from wardwright.platform.access.builtin import MANAGE
from wardwright.platform.access.guardrails import rules_in_force
from wardwright.platform.audit.operations import set_guardrail_level
from wardwright.platform.jobs import operations as jobs
from wardwright.platform.jobs import permissions
from wardwright.platform.jobs.models import Job
from wardwright.platform.notify.webhooks import operations as notify
from wardwright.platform.notify.webhooks.models import Delivery, Webhook
from wardwright.platform.notify.webhooks.permissions import WEBHOOKS
from wardwright.platform.notify.webhooks.signing import secret_of

from .instance import only_reads
from .lists import In, Out, may
from .matching import missing
from .operating import ROUTED, operate
from .registers import register, rows_of
from .rows import row_of

router = Router(tags=["house"])
operation: Callable[..., Any]
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


# Webhooks -------------------------------------------------------------------------------------------------------


class OfWebhook(BaseModel):
    """Of one webhook only."""

    webhook_id: int | None = None
    state: str | None = None


class SecretOut(Out):
    """What the messages of a webhook are signed with."""

    secret: str


WebhookOut = row_of(Webhook, without=("salt",), name="WebhookOut")
DeliveryOut = row_of(Delivery, name="DeliveryOut")
register(router, "/webhooks", "webhook", row=WebhookOut, permission=WEBHOOKS, rows=rows_of(Webhook))
register(
    router,
    "/webhook-deliveries",
    "delivery",
    plural="webhook_deliveries",
    row=DeliveryOut,
    permission=WEBHOOKS,
    narrow=OfWebhook,
    rows=rows_of(Delivery),
    order="-id",
)
operate(router, "/webhooks", notify.create_webhook, rows=rows_of(Webhook), out=WebhookOut)
operate(
    router,
    "/webhooks/{webhook_id}",
    notify.change_webhook,
    key="webhook_id",
    rows=rows_of(Webhook),
    out=WebhookOut,
    method="PATCH",
)
for path, operation in (("secret", notify.renew_webhook_secret), ("try", notify.try_webhook)):
    operate(
        router, f"/webhooks/{{webhook_id}}/{path}", operation, key="webhook_id", rows=rows_of(Webhook), out=WebhookOut
    )
operate(
    router,
    "/webhook-deliveries/{delivery_id}/again",
    notify.send_again,
    key="delivery_id",
    rows=rows_of(Delivery),
    out=DeliveryOut,
)


@router.get(
    "/webhooks/{int:webhook_id}/secret",
    response=SecretOut,
    operation_id="get_webhook_secret",
    summary="A webhook's secret",
)
def get_secret(request: HttpRequest, webhook_id: int) -> Any:
    """What the messages of a webhook are signed with; not for a token that may only read."""
    if getattr(request.user, "read_only", False):
        raise only_reads()
    row = Webhook.objects.visible_to(may(request, WEBHOOKS)).filter(pk=webhook_id).first()
    if row is None:
        raise missing()
    return SecretOut(secret=secret_of(row.pk, row.salt))
