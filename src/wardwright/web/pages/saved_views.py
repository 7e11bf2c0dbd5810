"""Saved views: lists and reports kept with their filters and columns, shared with a role, and sent by mail."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl, urlencode

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from wardwright.platform.access.builtin import MANAGE
from wardwright.platform.access.scope import allowed
from wardwright.platform.core.errors import NotFound
from wardwright.platform.notify.mail.outbox import is_on
from wardwright.platform.reports import operations, permissions
from wardwright.platform.reports.models import Attach, MailSchedule, Rhythm, SavedView
from wardwright.platform.reports.sources import source_for
from wardwright.web.errors import error_page
from wardwright.web.views import OnceForm, form_page, page, run_form, visible_or_404


@page(permissions.SAVE)
def saved_views(request: HttpRequest) -> HttpResponse:
    """One's own views and those shared with one's roles, and the mails one gets."""
    rows = SavedView.objects.visible_to(request.user).filter(is_active=True).select_related("owner", "role")
    mails = MailSchedule.objects.visible_to(request.user).filter(is_active=True).select_related("view", "user")
    return render(
        request,
        "web/pages/saved_views.html",
        {
            "views": [_line(request, view) for view in rows],
            "mails": [mail for mail in mails if mail.user_id == request.user.pk],
            "mail_is_on": is_on(),
            "rhythms": dict(Rhythm.choices),
        },
    )


@page(permissions.SAVE)
def saved_view(request: HttpRequest, view_id: int) -> HttpResponse:
    """One view: what it shows, with whom it is shared, who gets it."""
    view = visible_or_404(_views(request), view_id)
    mails = MailSchedule.objects.visible_to(request.user).filter(view=view, is_active=True).select_related("user")
    return render(
        request,
        "web/pages/saved_view.html",
        {
            "view": view,
            "line": _line(request, view),
            "entries": parse_qsl(view.query),
            "mails": mails,
            "is_own": view.owner_id == request.user.pk or allowed(request.user, MANAGE),
            "form": OnceForm(),
            "mail_is_on": is_on(),
        },
    )


def _views(request: HttpRequest) -> Any:
    return SavedView.objects.visible_to(request.user).filter(is_active=True).select_related("owner", "role")


def _line(request: HttpRequest, view: SavedView) -> dict[str, Any]:
    """What a view is of, and its address where the reader may open it."""
    try:
        source = source_for(view.source)
    except NotFound:
        return {"view": view, "title": _("a list that is no longer there"), "url": ""}
    return {"view": view, "title": source.title, "url": source.address(view.query) if source.may(request.user) else ""}


# Keeping --------------------------------------------------------------------------------------------------------


class ViewForm(OnceForm):
    name = forms.CharField(label=gettext_lazy("Name"), max_length=80)
    role_id = forms.TypedChoiceField(
        label=gettext_lazy("Share with everybody who has the role"), required=False, coerce=int, empty_value=None
    )

    def __init__(self, *args: Any, by: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        if allowed(by, permissions.SHARE):
            roles = [(role.pk, role.name) for role in operations.roles()]
            self.fields["role_id"].choices = [("", _("nobody: only I see it")), *roles]
        else:
            del self.fields["role_id"]


@page(permissions.SAVE)
def save_view(request: HttpRequest) -> HttpResponse:
    """Keep the list or report one comes from."""
    source, query = request.GET.get("source", ""), request.GET.get("query", "")
    found = source_for(source) if source else None
    if found is None or not found.may(request.user):
        return render(request, "web/pages/send_view.html", {"title": _("Save a view")})
    form = ViewForm(request.POST or None, by=request.user, initial={"name": str(found.title)[:80].capitalize()})

    def run(cleaned: dict[str, Any]) -> str:
        view = operations.save_view(by=request.user, source=source, query=query, **cleaned)
        return reverse("saved-view", args=[view.pk])

    return form_page(
        request,
        form,
        run,
        title=_("Save this view"),
        intro=_("Filters, columns, order and a period by name are kept; what it shows is read anew each time."),
        cancel_url=found.address(query),
    )


@page(permissions.SAVE)
def change_view(request: HttpRequest, view_id: int) -> HttpResponse:
    view = visible_or_404(_views(request), view_id)
    form = ViewForm(request.POST or None, by=request.user, initial={"name": view.name, "role_id": view.role_id})

    def run(cleaned: dict[str, Any]) -> str:
        kept = {"role_id": view.role_id, **cleaned}
        operations.change_view(by=request.user, view_id=view_id, **kept)
        return reverse("saved-view", args=[view_id])

    return form_page(request, form, run, title=_("Change this view"), cancel_url=reverse("saved-view", args=[view_id]))


@page(permissions.SAVE)
@require_POST
def remove_view(request: HttpRequest, view_id: int) -> HttpResponse:
    visible_or_404(_views(request), view_id)
    return _done(request, reverse("saved-views"), lambda: operations.remove_view(by=request.user, view_id=view_id))


# Sending --------------------------------------------------------------------------------------------------------


class SendForm(OnceForm):
    user_id = forms.TypedChoiceField(label=gettext_lazy("To"), coerce=int)
    rhythm = forms.ChoiceField(label=gettext_lazy("How often"), choices=Rhythm.choices, initial=Rhythm.WEEKLY)
    at_hour = forms.IntegerField(
        label=gettext_lazy("At which hour"),
        min_value=0,
        max_value=23,
        initial=6,
        widget=forms.NumberInput(attrs={"data-unit": gettext_lazy("o'clock")}),
    )
    attach = forms.ChoiceField(
        label=gettext_lazy("With the file"), required=False, choices=Attach.choices, initial="csv"
    )

    def __init__(self, *args: Any, by: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        myself = [(by.pk, _("myself"))]
        others = operations.recipients() if allowed(by, permissions.SHARE) else []
        self.fields["user_id"].choices = myself + [(user.pk, user.name) for user in others if user.pk != by.pk]
        self.initial.setdefault("user_id", by.pk)


@page(permissions.SAVE)
def send_view(request: HttpRequest, view_id: int) -> HttpResponse:
    """Have a view sent to oneself or, with the right to share, to others: each gets what they may see."""
    view = visible_or_404(_views(request), view_id)
    form = SendForm(request.POST or None, by=request.user)

    def run(cleaned: dict[str, Any]) -> str:
        operations.send_view(by=request.user, view_id=view_id, **cleaned)
        return reverse("saved-view", args=[view_id])

    intro = _("Each mail is computed when it is sent, as what its reader may see then: figures, first rows, a link.")
    off = _("This house sends no mail: WARDWRIGHT_MAIL_URL is not set on the server.")
    return form_page(
        request,
        form,
        run,
        title=_("Send “%(name)s” by mail") % {"name": view.name},
        intro=intro if is_on() else off,
        submit=_("Send regularly"),
        cancel_url=reverse("saved-view", args=[view_id]),
    )


@page(permissions.SAVE)
@require_POST
def stop_sending(request: HttpRequest, mail_schedule_id: int) -> HttpResponse:
    schedule = visible_or_404(MailSchedule.objects.visible_to(request.user), mail_schedule_id)
    return _done(
        request,
        reverse("saved-views"),
        lambda: operations.stop_sending(by=request.user, mail_schedule_id=schedule.pk),
    )


def _done(request: HttpRequest, url: str, run: Any) -> HttpResponse:
    """Run one operation by a button and go on; a refusal is a page of its own."""
    form = OnceForm(request.POST)

    def act(cleaned: dict[str, Any]) -> str:
        run()
        return url

    answer = run_form(request, form, act)
    if answer is not None:
        return answer
    return error_page(request, getattr(form, "status", 422), " ".join(str(one) for one in form.non_field_errors()))


# Columns --------------------------------------------------------------------------------------------------------


@page(permissions.SAVE)
def choose_columns(request: HttpRequest) -> HttpResponse:
    """Which columns a list shows: a form that goes back to the list with the choice in its address."""
    source, query = request.GET.get("source", ""), request.GET.get("query", "")
    if not source:
        return render(request, "web/pages/send_view.html", {"title": _("Columns")})
    found = source_for(source)
    if found.columns is None or not found.may(request.user):
        raise NotFound(_("There is no such list."), _("Open a list and choose its columns there."))
    entries = parse_qsl(query)
    chosen = [value for name, value in entries if name == "columns"]
    first, *others = found.columns()
    return render(
        request,
        "web/pages/choose_columns.html",
        {
            "first": first[1],
            "columns": [(key, label, not chosen or key in chosen) for key, label in others],
            "first_key": first[0],
            "kept": [(name, value) for name, value in entries if name != "columns"],
            "url": found.address(""),
            "back": found.address(query),
            "all_url": found.address(urlencode([entry for entry in entries if entry[0] != "columns"])),
        },
    )
