"""Where an instrument is reached, and trying whether it answers."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from wardwright.apps.testing import operations, permissions
from wardwright.apps.testing.forms import ConnectionForm
from wardwright.apps.testing.live.conversation import is_installed, not_installed
from wardwright.apps.testing.models import Instrument, InstrumentConnection
from wardwright.platform.access.scope import allowed
from wardwright.platform.core.errors import Refused
from wardwright.web.views import OnceForm, form_page, go, page, subject_or_404, visible_or_404


def _instrument(request: HttpRequest, instrument_id: int) -> Instrument:
    return visible_or_404(Instrument.objects.visible_to(request.user), instrument_id)


def _connection(request: HttpRequest, row: Instrument) -> InstrumentConnection | None:
    return InstrumentConnection.objects.visible_to(request.user).filter(instrument=row).first()


@page(permissions.VIEW)
def instrument_connection(request: HttpRequest, instrument_id: int) -> HttpResponse:
    """The box on an instrument's page: whether it is read over a wire."""
    row = subject_or_404(request, Instrument, instrument_id)
    may_keep = allowed(request.user, permissions.INSTRUMENTS, row)
    connection = _connection(request, row) if settings.LIVE_INSTRUMENTS else None
    if not settings.LIVE_INSTRUMENTS or (connection is None and not may_keep):
        return HttpResponse()
    return render(
        request,
        "testing/connection_panel.html",
        {"instrument": row, "connection": connection, "may_keep": may_keep,
         "missing": "" if is_installed() else not_installed()},
    )  # fmt: skip


@page(permissions.INSTRUMENTS)
def connect_instrument(request: HttpRequest, instrument_id: int) -> HttpResponse:
    row = _instrument(request, instrument_id)
    form = ConnectionForm(_connection(request, row), request.POST or None)
    back = reverse("instrument", args=[row.pk])

    def run(cleaned: dict[str, Any]) -> str:
        operations.connect_instrument(by=request.user, instrument_id=row.pk, **cleaned)
        return back

    return form_page(
        request, form, run, title=_("Where is %(name)s reached?") % {"name": row}, cancel_url=back,
        intro=_("Its values are then read straight into the steps of a work order. Only instruments inside the"
                " hospital's network are asked, and only if they are the right one."),
    )  # fmt: skip


@page(permissions.INSTRUMENTS)
def disconnect_instrument(request: HttpRequest, instrument_id: int) -> HttpResponse:
    row = _instrument(request, instrument_id)
    back = reverse("instrument", args=[row.pk])

    def run(cleaned: dict[str, Any]) -> str:
        operations.disconnect_instrument(by=request.user, instrument_id=row.pk)
        return back

    return form_page(
        request, OnceForm(request.POST or None), run, title=_("Forget the address of %(name)s?") % {"name": row},
        submit=_("Forget it"), cancel_url=back, intro=_("Its values are typed from then on."), dangerous=True,
    )  # fmt: skip


@require_POST
@page(permissions.INSTRUMENTS)
def try_connection(request: HttpRequest, instrument_id: int) -> HttpResponse:
    """Ask the instrument now: who it is, and every function. Nothing of it is recorded."""
    row = _instrument(request, instrument_id)
    operations.may_ask(request.user, permissions.INSTRUMENTS, row)
    shown: dict[str, Any] = {"instrument": row, "trial": None, "refusal": None}
    try:
        shown["trial"] = operations.try_connection(row)
    except Refused as error:
        shown["refusal"] = error
    return render(request, "testing/try_connection.html", shown)


@require_POST
@page(permissions.INSTRUMENTS)
def confirm_identity(request: HttpRequest, instrument_id: int) -> HttpResponse:
    row = _instrument(request, instrument_id)
    operations.confirm_identity(by=request.user, instrument_id=row.pk, identity=request.POST.get("identity", ""))
    return go(request, reverse("instrument", args=[row.pk]))
