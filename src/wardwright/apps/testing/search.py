"""What the search box finds of procedures and test instruments."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from wardwright.web.finding import Hit, named

from .models import Instrument, Procedure

named(
    "procedures", _("Procedures"), "list-check", Procedure, ("title", "code"),
    lambda by: Procedure.objects.visible_to(by).only("title", "code"),
    lambda row: Hit(row.title, row.code, reverse("procedure", args=[row.pk])),
    order=52, list_name="procedures",
)  # fmt: skip
named(
    "instruments", _("Test instruments"), "ruler-measure", Instrument, ("name", "serial"),
    lambda by: Instrument.objects.visible_to(by).only("name", "serial"),
    lambda row: Hit(row.name, row.serial, reverse("instrument", args=[row.pk])),
    order=54, list_name="instruments",
)  # fmt: skip
