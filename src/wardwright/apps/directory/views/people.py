"""People who do the work or ask for it."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from wardwright.platform.access.builtin import MANAGE
from wardwright.platform.access.scope import allowed
from wardwright.web.row_forms import edit_page
from wardwright.web.tables import list_page
from wardwright.web.views import form_page, page, visible_or_404

from .. import operations, permissions
from ..forms import PersonForm, ReasonForm
from ..models import Absence, Person
from ..queries import grant_lines
from ..tables import PEOPLE


@page(permissions.VIEW)
def people(request: HttpRequest) -> HttpResponse:
    return list_page(request, PEOPLE)


def _person(request: HttpRequest, person_id: int) -> Person:
    rows = Person.objects.visible_to(request.user).select_related("site", "department", "employer", "user")
    return visible_or_404(rows, person_id)


@page(permissions.VIEW)
def person(request: HttpRequest, person_id: int) -> HttpResponse:
    row = _person(request, person_id)
    manages = allowed(request.user, MANAGE)
    coming = Absence.objects.visible_to(request.user).filter(person=row, last_on__gte=timezone.localdate())
    context = {
        "row": row,
        "sees_absences": row.user_id == request.user.pk or allowed(request.user, permissions.ABSENCES, row),
        "absences": coming.count(),
        "grants": grant_lines(request.user, user_id=row.user_id) if row.user_id and manages else [],
        "manages": manages,
        "may_edit": allowed(request.user, permissions.CHANGE, row),
        "currency": row.site.currency if row.site else "EUR",
    }
    return render(request, "directory/person.html", context)


@page(permissions.CHANGE)
def new_person(request: HttpRequest) -> HttpResponse:
    form = PersonForm(request.user, request.POST or None)

    def run(cleaned: dict[str, Any]) -> str:
        given = form.values()
        made = operations.create_person(by=request.user, name=given.pop("name"), values=given)
        return reverse("person", args=[made.pk])

    return form_page(request, form, run, title=_("New person"), cancel_url=reverse("people"))


@page(permissions.CHANGE)
def edit_person(request: HttpRequest, person_id: int) -> HttpResponse:
    row = _person(request, person_id)
    form = PersonForm(request.user, request.POST or None, row=row)
    back = reverse("person", args=[row.pk])

    title = _("Change %(name)s") % {"name": row.name}
    return edit_page(request, form, operations.change_person, "person_id", back, title)


@page(permissions.CHANGE)
def person_active(request: HttpRequest, person_id: int) -> HttpResponse:
    """Somebody leaves, or comes back."""
    row = _person(request, person_id)
    back = reverse("person", args=[row.pk])

    def run(cleaned: dict[str, Any]) -> str:
        operations.set_person_active(
            by=request.user, person_id=row.pk, is_active=not row.is_active, reason=cleaned["reason"]
        )
        return back

    title = _("Why does %(name)s leave?") if row.is_active else _("Why is %(name)s back?")
    return form_page(
        request, ReasonForm(request.POST or None), run, title=title % {"name": row.name}, cancel_url=back,
        submit=_("Leaves") if row.is_active else _("Is back"), dangerous=row.is_active,
    )  # fmt: skip
