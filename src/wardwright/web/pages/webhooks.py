"""Webhooks: which other systems are told what, whether it arrives, and sending again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import orjson
from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST

from wardwright.platform.core.words import event_words
from wardwright.platform.events.registry import EVENTS
from wardwright.platform.notify.webhooks import operations
from wardwright.platform.notify.webhooks.feeding import EVERY_EVENT
from wardwright.platform.notify.webhooks.jobs import body_of
from wardwright.platform.notify.webhooks.models import Delivery, DeliveryState, Webhook
from wardwright.platform.notify.webhooks.permissions import WEBHOOKS
from wardwright.platform.notify.webhooks.signing import secret_of
from wardwright.web.errors import error_page
from wardwright.web.row_forms import RowForm
from wardwright.web.tables import Action, Column, Filter, Table, by_id, list_page, one_of
from wardwright.web.templatetags import ui
from wardwright.web.views import OnceForm, form_page, page, run_form, visible_or_404

MEANING = {DeliveryState.WAITING: "due", DeliveryState.DELIVERED: "ok", DeliveryState.FAILED: "late"}


class WebhookForm(RowForm):
    """The form of a webhook; without a row it makes one."""

    model = Webhook
    columns = ("name", "address")
    everything = forms.BooleanField(
        label=gettext_lazy("Everything, also what comes with later versions"), required=False
    )
    events = forms.MultipleChoiceField(
        label=gettext_lazy("What it is told"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, by: Any, *args: Any, **kwargs: Any):
        super().__init__(by, *args, **kwargs)
        self.fields["name"].help_text = _("Which system it is, for example: asset tracking.")
        self.fields["address"].help_text = _("It begins with https:// and lies outside the hospital's network.")
        chosen = [(name, event_words(name)) for name in EVENTS if EVENTS[name].__module__.startswith("wardwright.")]
        self.fields["events"].choices = sorted(chosen, key=lambda one: one[1])

    def initial_of(self, row: Any) -> dict[str, Any]:
        return {**super().initial_of(row), "events": row.events, "everything": EVERY_EVENT in row.events}

    def chosen(self) -> list[str]:
        return [EVERY_EVENT] if self.cleaned_data["everything"] else self.cleaned_data["events"]


def state_of(row: Webhook) -> Any:
    if row.is_active:
        return ui.pill("ok", _("active"))
    return ui.pill("late", _("stopped")) if row.stopped_at else ui.pill("out", _("not active"))


def told(row: Webhook) -> str:
    if EVERY_EVENT in row.events:
        return _("everything")
    return ngettext("%(n)d kind of event", "%(n)d kinds of events", len(row.events)) % {"n": len(row.events)}


def _sentence(count: str, request: HttpRequest) -> str:
    stopped = Webhook.objects.visible_to(request.user).exclude(stopped_at=None).count()
    if stopped:
        return _("%(count)s, %(n)d stopped because nothing was taken there") % {"count": count, "n": stopped}
    return _("%(count)s told what happens here") % {"count": count}


HOOKS = Table(
    key="webhooks",
    rows=lambda by: Webhook.objects.visible_to(by),
    columns=[
        Column("name", gettext_lazy("System"), lambda r: r.name, order="name"),
        Column("state", gettext_lazy("State"), state_of, text=lambda r: "active" if r.is_active else "stopped"),
        Column("address", gettext_lazy("Address"), lambda r: format_html('<span class="code">{}</span>', r.address)),
        Column("told", gettext_lazy("Is told"), told),
    ],
    row_url=lambda r: reverse("webhook", args=[r.pk]),
    sentence=_sentence,
    order="name",
    empty=(
        gettext_lazy("No other system is told anything"),
        gettext_lazy("Add one: it then hears within seconds when a device moves or a work order is closed."),
    ),
    noun=(gettext_lazy("system"), gettext_lazy("systems")),
    actions=lambda by: [Action(_("Add a webhook"), reverse("new-webhook"), WEBHOOKS, "plus", True)],
)


def _state_of_delivery(row: Delivery) -> Any:
    words = row.get_state_display()
    if row.state == DeliveryState.WAITING and row.attempts:
        words = _("waiting to try again")
    return ui.pill(MEANING[DeliveryState(row.state)], words)


def _answer(row: Delivery) -> Any:
    status = row.status or "–"
    return format_html('{}<span class="cell-2">{}</span>', status, row.answer[:80]) if row.answer else status


DELIVERIES = Table(
    key="webhook-deliveries",
    rows=lambda by: Delivery.objects.visible_to(by).select_related("webhook"),
    columns=[
        Column(
            "event",
            gettext_lazy("Message"),
            lambda r: format_html('{}<span class="cell-2">{}</span>', event_words(r.event), r.key),
            text=lambda r: r.event,
        ),
        Column("system", gettext_lazy("System"), lambda r: r.webhook.name),
        Column("state", gettext_lazy("State"), _state_of_delivery, text=lambda r: r.state),
        Column("answer", gettext_lazy("Answer"), _answer, text=lambda r: f"{r.status or ''} {r.answer}"),
        Column("attempts", gettext_lazy("Attempts"), lambda r: r.attempts, numeric=True),
        Column("made", gettext_lazy("Happened"), lambda r: ui.date(r.made_at), text=lambda r: r.made_at.isoformat()),
    ],
    row_url=lambda r: reverse("webhook-delivery", args=[r.pk]),
    sentence=lambda count, request: _("%(count)s of the last 30 days, newest first") % {"count": count},
    order="-id",
    filters=[
        Filter(
            "system",
            gettext_lazy("System"),
            by_id("webhook_id"),
            lambda by: Webhook.objects.visible_to(by).values_list("pk", "name"),
        ),
        one_of("state", gettext_lazy("State"), DeliveryState),
    ],
    empty=(gettext_lazy("No message fits"), gettext_lazy("Messages appear here as soon as something happens.")),
    noun=(gettext_lazy("message"), gettext_lazy("messages")),
)


@page(WEBHOOKS)
def webhook_list(request: HttpRequest) -> HttpResponse:
    return list_page(request, HOOKS)


@page(WEBHOOKS)
def delivery_list(request: HttpRequest) -> HttpResponse:
    return list_page(request, DELIVERIES)


def _hook(request: HttpRequest, webhook_id: int) -> Webhook:
    return visible_or_404(Webhook.objects.visible_to(request.user), webhook_id)


@page(WEBHOOKS)
def webhook(request: HttpRequest, webhook_id: int) -> HttpResponse:
    return _webhook(request, _hook(request, webhook_id))


def _webhook(request: HttpRequest, row: Webhook, secret: str = "") -> HttpResponse:
    newest = Delivery.objects.visible_to(request.user).filter(webhook=row).order_by("-id")[:10]
    context = {
        "row": row,
        "pill": state_of(row),
        "secret": secret,
        "events": [_("everything")] if EVERY_EVENT in row.events else [event_words(name) for name in row.events],
        "deliveries": [(one, _state_of_delivery(one), event_words(one.event)) for one in newest],
        "form": OnceForm(),
    }
    return render(request, "web/pages/webhook.html", context)


@page(WEBHOOKS)
def new_webhook(request: HttpRequest) -> HttpResponse:
    form = WebhookForm(request.user, request.POST or None)

    def run(cleaned: dict[str, Any]) -> str:
        made = operations.create_webhook(
            by=request.user, name=cleaned["name"], address=cleaned["address"], events=form.chosen()
        )
        return reverse("webhook", args=[made.pk])

    intro = _("A system that is told within seconds what happens here: numbers and codes, no names and no texts.")
    return form_page(
        request, form, run, title=_("New webhook"), submit=_("Add it"), cancel_url=reverse("webhooks"), intro=intro
    )


@page(WEBHOOKS)
def edit_webhook(request: HttpRequest, webhook_id: int) -> HttpResponse:
    row = _hook(request, webhook_id)
    form = WebhookForm(request.user, request.POST or None, row=row)
    back = reverse("webhook", args=[row.pk])

    def run(cleaned: dict[str, Any]) -> str:
        operations.change_webhook(
            by=request.user,
            webhook_id=row.pk,
            values=form.values(),
            events=form.chosen(),
            expected_version=cleaned["expected_version"],
        )
        return back

    title = _("Change the webhook to %(name)s") % {"name": row.name}
    return form_page(request, form, run, title=title, template="web/edit_row.html", cancel_url=back)


@page(WEBHOOKS)
@require_POST
def show_secret(request: HttpRequest, webhook_id: int) -> HttpResponse:
    """The secret, in the answer to this request only."""
    row = _hook(request, webhook_id)
    return _webhook(request, row, secret_of(row.pk, row.salt))


@page(WEBHOOKS)
@require_POST
def webhook_step(request: HttpRequest, webhook_id: int, step: str) -> HttpResponse:
    """One of the buttons of a webhook: try it, stop it, let it go on, renew its secret."""
    row = _hook(request, webhook_id)
    steps: dict[str, Callable[[], Any]] = {
        "try": lambda: operations.try_webhook(by=request.user, webhook_id=row.pk),
        "renew": lambda: operations.renew_webhook_secret(by=request.user, webhook_id=row.pk),
        "stop": lambda: operations.change_webhook(by=request.user, webhook_id=row.pk, values={"is_active": False}),
        "go-on": lambda: operations.change_webhook(by=request.user, webhook_id=row.pk, values={"is_active": True}),
    }
    if step not in steps:
        return error_page(request, 404, _("There is no such step."))
    return _press(request, steps[step], reverse("webhook", args=[row.pk]))


@page(WEBHOOKS)
def delivery_page(request: HttpRequest, delivery_id: int) -> HttpResponse:
    rows = Delivery.objects.visible_to(request.user).select_related("webhook")
    row = visible_or_404(rows, delivery_id)
    context = {
        "row": row,
        "words": event_words(row.event),
        "pill": _state_of_delivery(row),
        "body": orjson.dumps(orjson.loads(body_of(row)), option=orjson.OPT_INDENT_2).decode(),
        "form": OnceForm(),
    }
    return render(request, "web/pages/webhook_delivery.html", context)


@page(WEBHOOKS)
@require_POST
def send_again(request: HttpRequest, delivery_id: int) -> HttpResponse:
    row = visible_or_404(Delivery.objects.visible_to(request.user), delivery_id)
    back = reverse("webhook-delivery", args=[row.pk])
    return _press(request, lambda: operations.send_again(by=request.user, delivery_id=row.pk), back)


def _press(request: HttpRequest, run: Callable[[], Any], back: str) -> HttpResponse:
    """A button that is one operation; a refusal is a page in words."""
    form = OnceForm(request.POST)

    def once(cleaned: dict[str, Any]) -> str:
        run()
        return back

    answer = run_form(request, form, once)
    if answer is not None:
        return answer
    words = " ".join(str(error) for error in form.non_field_errors())
    return error_page(request, getattr(form, "status", 422), words)
