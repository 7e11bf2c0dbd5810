"""The symptoms of the portal: one list, and the forms that add and change them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from wardwright.apps.helpdesk import operations, permissions
from wardwright.apps.helpdesk.forms import SymptomForm
from wardwright.apps.helpdesk.models import Symptom
from wardwright.apps.helpdesk.tables import SYMPTOMS
from wardwright.platform.access.scope import Scope, allowed
from wardwright.web.tables import list_page
from wardwright.web.views import form_page, go, page, visible_or_404


@page(permissions.VIEW)
def symptom_list(request: HttpRequest) -> HttpResponse:
    """The list; its rows open for those who may change them."""
    may_edit = allowed(request.user, permissions.TILES, Scope())
    return list_page(request, SYMPTOMS if may_edit else replace(SYMPTOMS, row_url=lambda row: ""))


def _symptom(request: HttpRequest, symptom_id: int) -> Symptom:
    return visible_or_404(Symptom.objects.visible_to(request.user).select_related("device_type"), symptom_id)


@page(permissions.TILES)
def new_symptom(request: HttpRequest) -> HttpResponse:
    form = SymptomForm(request.user, request.POST or None)

    def run(cleaned: dict[str, Any]) -> str:
        operations.add_symptom(by=request.user, icon=cleaned["icon"], **form.values(_columns(form)))
        return reverse("symptoms")

    return form_page(request, form, run, title=_("Add a symptom"), submit=_("Add it"), cancel_url=reverse("symptoms"),
                     template="helpdesk/symptom_form.html")  # fmt: skip


def _columns(form: SymptomForm) -> list[str]:
    return [name for name in form.columns if name != "icon"]


@page(permissions.TILES)
def edit_symptom(request: HttpRequest, symptom_id: int) -> HttpResponse:
    row = _symptom(request, symptom_id)
    form = SymptomForm(request.user, request.POST or None, row=row)

    def run(cleaned: dict[str, Any]) -> str:
        operations.change_symptom(
            by=request.user,
            symptom_id=row.pk,
            expected_version=cleaned["expected_version"],
            icon=cleaned["icon"],
            **form.values(_columns(form)),
        )
        return reverse("symptoms")

    return form_page(
        request, form, run, title=_("Change “%(label)s”") % {"label": row.label},
        template="helpdesk/symptom_form.html", cancel_url=reverse("symptoms"), row=row,
    )  # fmt: skip


@require_POST
@page(permissions.TILES)
def retire_symptom(request: HttpRequest, symptom_id: int) -> HttpResponse:
    row = _symptom(request, symptom_id)
    operations.retire_symptom(by=request.user, symptom_id=row.pk)
    return go(request, reverse("symptoms"))


@require_POST
@page(permissions.TILES)
def restore_symptom(request: HttpRequest, symptom_id: int) -> HttpResponse:
    row = _symptom(request, symptom_id)
    operations.restore_symptom(by=request.user, symptom_id=row.pk)
    return go(request, reverse("symptoms"))
