"""Sites with their buildings, floors and rooms; and the tree of departments."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from wardwright.platform.access.scope import Scope, allowed
from wardwright.web.row_forms import edit_page
from wardwright.web.views import form_page, page, visible_or_404

from .. import operations, permissions
from ..forms import BuildingForm, DepartmentForm, FloorForm, RoomForm, SiteForm
from ..models import Building, Department, Floor, Person, Room, Site
from ..queries import Branch, department_tree, place_tree

FORM = "web/edit_row.html"


@page(permissions.VIEW)
def sites(request: HttpRequest) -> HttpResponse:
    rows = list(Site.objects.visible_to(request.user))
    title = ngettext("One site", "%(n)s sites", len(rows)) % {"n": len(rows)}
    may_add = allowed(request.user, permissions.CHANGE, Scope())
    return render(request, "directory/sites.html", {"sites": rows, "title": title, "may_add": may_add})


@page(permissions.VIEW)
def site(request: HttpRequest, site_id: int) -> HttpResponse:
    """The tree of one site on one page; rooms carry anchors (``#room-7``)."""
    row = visible_or_404(Site.objects.visible_to(request.user), site_id)
    buildings, loose = place_tree(request.user, row)
    context = {
        "site": row, "buildings": buildings, "loose": loose, "may_edit": allowed(request.user, permissions.CHANGE, row),
    }  # fmt: skip
    return render(request, "directory/site.html", context)


@page(permissions.CHANGE)
def new_site(request: HttpRequest) -> HttpResponse:
    form = SiteForm(request.user, request.POST or None)

    def run(cleaned: dict[str, Any]) -> str:
        return reverse("site", args=[operations.create_site(by=request.user, **form.values()).pk])

    return form_page(request, form, run, title=_("New site"), cancel_url=reverse("sites"))


@page(permissions.CHANGE)
def edit_site(request: HttpRequest, site_id: int) -> HttpResponse:
    row = visible_or_404(Site.objects.visible_to(request.user), site_id)
    form = SiteForm(request.user, request.POST or None, row=row)
    back = reverse("site", args=[row.pk])
    return edit_page(request, form, operations.change_site, "site_id", back, _("Change %(name)s") % {"name": row})


@page(permissions.CHANGE)
def new_building(request: HttpRequest, site_id: int) -> HttpResponse:
    row = visible_or_404(Site.objects.visible_to(request.user), site_id)
    form = BuildingForm(request.user, request.POST or None)
    back = reverse("site", args=[row.pk])

    def run(cleaned: dict[str, Any]) -> str:
        operations.create_building(by=request.user, site_id=row.pk, **form.values())
        return back

    return form_page(request, form, run, title=_("New building at %(name)s") % {"name": row}, cancel_url=back)


@page(permissions.CHANGE)
def edit_building(request: HttpRequest, building_id: int) -> HttpResponse:
    row = visible_or_404(Building.objects.visible_to(request.user), building_id)
    form = BuildingForm(request.user, request.POST or None, row=row)
    back = reverse("site", args=[row.site_id])
    return edit_page(
        request, form, operations.change_building, "building_id", back, _("Change %(name)s") % {"name": row}
    )


@page(permissions.CHANGE)
def new_floor(request: HttpRequest, building_id: int) -> HttpResponse:
    row = visible_or_404(Building.objects.visible_to(request.user), building_id)
    form = FloorForm(request.user, request.POST or None)
    back = reverse("site", args=[row.site_id])

    def run(cleaned: dict[str, Any]) -> str:
        operations.create_floor(by=request.user, building_id=row.pk, **form.values())
        return back

    return form_page(request, form, run, title=_("New floor of %(name)s") % {"name": row}, cancel_url=back)


@page(permissions.CHANGE)
def edit_floor(request: HttpRequest, floor_id: int) -> HttpResponse:
    row = visible_or_404(Floor.objects.visible_to(request.user), floor_id)
    form = FloorForm(request.user, request.POST or None, row=row)
    back = reverse("site", args=[row.site_id])
    return edit_page(request, form, operations.change_floor, "floor_id", back, _("Change %(name)s") % {"name": row})


@page(permissions.CHANGE)
def new_room(request: HttpRequest, site_id: int) -> HttpResponse:
    """A room of a site; ``?floor=`` chooses the floor."""
    row = visible_or_404(Site.objects.visible_to(request.user), site_id)
    form = RoomForm(request.user, row, request.POST or None, initial={"floor": request.GET.get("floor", "")})
    back = reverse("site", args=[row.pk])

    def run(cleaned: dict[str, Any]) -> str:
        room = operations.create_room(by=request.user, site_id=row.pk, **form.values())
        return f"{back}#room-{room.pk}"

    return form_page(request, form, run, title=_("New room at %(name)s") % {"name": row}, cancel_url=back)


@page(permissions.CHANGE)
def edit_room(request: HttpRequest, room_id: int) -> HttpResponse:
    row = visible_or_404(Room.objects.visible_to(request.user).select_related("site"), room_id)
    form = RoomForm(request.user, row.site, request.POST or None, row=row)
    back = f"{reverse('site', args=[row.site_id])}#room-{row.pk}"
    return edit_page(request, form, operations.change_room, "room_id", back, _("Change room %(name)s") % {"name": row})


# Departments ----------------------------------------------------------------------------------------------------


@page(permissions.VIEW)
def departments(request: HttpRequest) -> HttpResponse:
    tree = department_tree(request.user)
    count = sum(_size(branch) - 1 for branch in tree)
    title = ngettext("One department", "%(n)s departments", count) % {"n": count}
    rows = {row.pk: row for row in [*Site.objects.visible_to(request.user), *(branch.row for branch in tree)]}
    may_add = {pk for pk, row in rows.items() if allowed(request.user, permissions.CHANGE, row)}
    bare = [Branch(rows[pk]) for pk in may_add - {branch.row.pk for branch in tree}]
    tree = sorted([*tree, *bare], key=lambda branch: branch.row.name)
    return render(request, "directory/departments.html", {"tree": tree, "title": title, "may_add": may_add})


def _size(branch: Any) -> int:
    return 1 + sum(_size(child) for child in branch.children)


@page(permissions.VIEW)
def department(request: HttpRequest, department_id: int) -> HttpResponse:
    rows = Department.objects.visible_to(request.user).select_related("site", "parent")
    row = visible_or_404(rows, department_id)
    context = {
        "row": row,
        "parts": list(Department.objects.visible_to(request.user).filter(parent=row)),
        "people": list(Person.objects.visible_to(request.user).filter(department=row, is_active=True)),
        "may_edit": allowed(request.user, permissions.CHANGE, row),
    }
    return render(request, "directory/department.html", context)


@page(permissions.CHANGE)
def new_department(request: HttpRequest, site_id: int) -> HttpResponse:
    row = visible_or_404(Site.objects.visible_to(request.user), site_id)
    form = DepartmentForm(request.user, row, request.POST or None)

    def run(cleaned: dict[str, Any]) -> str:
        made = operations.create_department(by=request.user, site_id=row.pk, **form.values())
        return reverse("department", args=[made.pk])

    title = _("New department at %(name)s") % {"name": row}
    return form_page(request, form, run, title=title, cancel_url=reverse("departments"))


@page(permissions.CHANGE)
def edit_department(request: HttpRequest, department_id: int) -> HttpResponse:
    row = visible_or_404(Department.objects.visible_to(request.user).select_related("site"), department_id)
    form = DepartmentForm(request.user, row.site, request.POST or None, row=row)
    back = reverse("department", args=[row.pk])
    title = _("Change %(name)s") % {"name": row}
    return edit_page(request, form, operations.change_department, "department_id", back, title)
