"""Makers, suppliers and service providers."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from wardwright.platform.access.scope import Scope, allowed
from wardwright.web.row_forms import edit_page
from wardwright.web.tables import list_page
from wardwright.web.views import OnceForm, form_page, page, visible_or_404

from .. import operations, permissions
from ..forms import CompanyForm, RelationForm, SpellingForm
from ..models import Company, Person
from ..queries import relations_of, spellings_of
from ..tables import COMPANIES, roles_of


@page(permissions.VIEW)
def company_list(request: HttpRequest) -> HttpResponse:
    return list_page(request, COMPANIES)


def _company(request: HttpRequest, company_id: int) -> Company:
    return visible_or_404(Company.objects.visible_to(request.user).select_related("merged_into"), company_id)


@page(permissions.VIEW)
def company(request: HttpRequest, company_id: int) -> HttpResponse:
    row = _company(request, company_id)
    words = roles_of(row)
    context = {
        "row": row,
        "title": _("%(name)s %(roles)s") % {"name": row.name, "roles": words} if words else row.name,
        "spellings": list(spellings_of(request.user, row)),
        "relations": relations_of(request.user, row),
        "people": list(Person.objects.visible_to(request.user).filter(employer=row, is_active=True)[:50]),
        "may_edit": allowed(request.user, permissions.CHANGE, Scope()) and row.merged_into_id is None,
    }
    return render(request, "directory/company.html", context)


@page(permissions.CHANGE)
def new_company(request: HttpRequest) -> HttpResponse:
    form = CompanyForm(request.user, request.POST or None)

    def run(cleaned: dict[str, Any]) -> str:
        given = form.values()
        made = operations.create_company(by=request.user, name=given.pop("name"), values=given)
        return reverse("company", args=[made.pk])

    return form_page(request, form, run, title=_("New company"), cancel_url=reverse("companies"))


@page(permissions.CHANGE)
def edit_company(request: HttpRequest, company_id: int) -> HttpResponse:
    row = _company(request, company_id)
    form = CompanyForm(request.user, request.POST or None, row=row)
    back = reverse("company", args=[row.pk])

    title = _("Change %(name)s") % {"name": row.name}
    return edit_page(request, form, operations.change_company, "company_id", back, title)


@page(permissions.CHANGE)
def add_spelling(request: HttpRequest, company_id: int) -> HttpResponse:
    row = _company(request, company_id)
    back = reverse("company", args=[row.pk])

    def run(cleaned: dict[str, Any]) -> str:
        operations.add_company_alias(
            by=request.user, company_id=row.pk, spelling=cleaned["spelling"], source=_("by hand")
        )
        return back

    title = _("How else is %(name)s written?") % {"name": row.name}
    return form_page(request, SpellingForm(request.POST or None), run, title=title, submit=_("Add"), cancel_url=back)


@page(permissions.CHANGE)
def add_relation(request: HttpRequest, company_id: int) -> HttpResponse:
    row = _company(request, company_id)
    form = RelationForm(request.user, row, request.POST or None)
    back = reverse("company", args=[row.pk])

    def run(cleaned: dict[str, Any]) -> str:
        operations.relate_companies(
            by=request.user, company_id=row.pk, other_id=cleaned["other"].pk, kind=cleaned["kind"], note=cleaned["note"]
        )
        return back

    title = _("Which company belongs with %(name)s?") % {"name": row.name}
    return form_page(request, form, run, title=title, cancel_url=back)


@page(permissions.CHANGE)
def remove_relation(request: HttpRequest, company_id: int, other_id: int) -> HttpResponse:
    row, other = _company(request, company_id), _company(request, other_id)
    back = reverse("company", args=[row.pk])

    def run(cleaned: dict[str, Any]) -> str:
        operations.unrelate_companies(by=request.user, company_id=row.pk, other_id=other.pk)
        return back

    title = _("%(name)s and %(other)s have nothing to do with each other?") % {"name": row.name, "other": other.name}
    return form_page(
        request, OnceForm(request.POST or None), run, title=title, submit=_("Take it back"), cancel_url=back
    )
