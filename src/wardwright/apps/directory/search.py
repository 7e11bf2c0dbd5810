"""What the search box finds of the directory."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from wardwright.web.finding import Hit, named

from .models import Company, Department, Person, Room

named(
    "departments", _("Departments"), "sitemap", Department, ("name", "code"),
    lambda by: Department.objects.visible_to(by).select_related("site").only("name", "site__name"),
    lambda row: Hit(row.name, row.site.name, reverse("department", args=[row.pk])),
    order=60, list_name="departments",
)  # fmt: skip
named(
    "rooms", _("Rooms"), "door", Room, ("name",),
    lambda by: Room.objects.visible_to(by).select_related("site").only("name", "site__name"),
    lambda row: Hit(row.name, row.site.name, f"{reverse('site', args=[row.site_id])}#room-{row.pk}"),
    order=62,
)  # fmt: skip
named(
    "people", _("People"), "user", Person, ("name", "job_title", "email"),
    lambda by: Person.objects.visible_to(by).only("name", "job_title"),
    lambda row: Hit(row.name, row.job_title, reverse("person", args=[row.pk])),
    order=64, list_name="people",
)  # fmt: skip
named(
    "companies", _("Companies"), "briefcase", Company, ("name",),
    lambda by: Company.objects.visible_to(by).filter(merged_into=None).only("name", "country"),
    lambda row: Hit(row.name, row.country, reverse("company", args=[row.pk])),
    order=66, list_name="companies",
)  # fmt: skip
