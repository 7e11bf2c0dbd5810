"""Problem, cause and action codes: one list, and the forms that add and rename them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from wardwright.apps.maintenance import operations, permissions
from wardwright.apps.maintenance.forms import CodeForm, RenameCodeForm
from wardwright.apps.maintenance.models import FailureCode
from wardwright.apps.maintenance.tables import CODES
from wardwright.platform.access.scope import Scope, allowed
from wardwright.web.tables import list_page
from wardwright.web.views import form_page, go, page, visible_or_404


@page(permissions.VIEW)
def failure_codes(request: HttpRequest) -> HttpResponse:
    """The list; its rows open for those who may change them."""
    may_edit = allowed(request.user, permissions.PLAN, Scope())
    return list_page(request, CODES if may_edit else replace(CODES, row_url=lambda row: ""))


def _code(request: HttpRequest, code_id: int) -> FailureCode:
    return visible_or_404(FailureCode.objects.visible_to(request.user), code_id)


@page(permissions.PLAN)
def new_code(request: HttpRequest) -> HttpResponse:
    form = CodeForm(request.user, request.POST or None)

    def run(cleaned: dict[str, Any]) -> str:
        operations.add_code(by=request.user, **form.values())
        return reverse("failure-codes")

    return form_page(request, form, run, title=_("Add a code"), submit=_("Add it"), cancel_url=reverse("failure-codes"))


@page(permissions.PLAN)
def edit_code(request: HttpRequest, code_id: int) -> HttpResponse:
    row = _code(request, code_id)
    form = RenameCodeForm(request.user, request.POST or None, row=row)

    def run(cleaned: dict[str, Any]) -> str:
        operations.rename_code(
            by=request.user, code_id=row.pk, expected_version=cleaned["expected_version"], **form.values()
        )
        return reverse("failure-codes")

    return form_page(
        request,
        form,
        run,
        title=_("Change the code %(code)s") % {"code": row.code},
        template="maintenance/code_form.html",
        cancel_url=reverse("failure-codes"),
        intro=_("Finished work that names it shows the new words. Its letters stay."),
        row=row,
    )


@require_POST
@page(permissions.PLAN)
def retire_code(request: HttpRequest, code_id: int) -> HttpResponse:
    row = _code(request, code_id)
    operations.retire_code(by=request.user, code_id=row.pk)
    return go(request, reverse("failure-codes"))


@require_POST
@page(permissions.PLAN)
def restore_code(request: HttpRequest, code_id: int) -> HttpResponse:
    row = _code(request, code_id)
    operations.restore_code(by=request.user, code_id=row.pk)
    return go(request, reverse("failure-codes"))
