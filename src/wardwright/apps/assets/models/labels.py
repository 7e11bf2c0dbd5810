"""The sheets and single labels that a house prints on."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from wardwright.kernel.labels import Sheet
from wardwright.platform.core.models import VersionedModel

from .catalogue import CatalogueQuerySet


def _mm(label: Any, least: str = "0", most: str = "500", **options: Any) -> models.DecimalField:
    checks = [MinValueValidator(Decimal(least)), MaxValueValidator(Decimal(most))]
    return models.DecimalField(label, max_digits=6, decimal_places=2, validators=checks, **options)


class LabelFormat(VersionedModel):
    """A sheet of labels, or a single label of a roll: its sizes in millimetres. Shared by all sites."""

    code = models.SlugField(_("short name"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=120)
    page_width_mm = _mm(_("page width (mm)"), "10")
    page_height_mm = _mm(_("page height (mm)"), "8")
    columns = models.PositiveSmallIntegerField(
        _("labels across"), default=1, validators=[MinValueValidator(1), MaxValueValidator(20)]
    )
    rows = models.PositiveSmallIntegerField(
        _("labels down"), default=1, validators=[MinValueValidator(1), MaxValueValidator(50)]
    )
    width_mm = _mm(_("label width (mm)"), "10")
    height_mm = _mm(_("label height (mm)"), "8")
    left_mm = _mm(_("left margin (mm)"), default=0)
    top_mm = _mm(_("top margin (mm)"), default=0)
    pitch_x_mm = _mm(_("from label to label across (mm)"), default=0)
    pitch_y_mm = _mm(_("from label to label down (mm)"), default=0)
    halves = models.PositiveSmallIntegerField(
        _("times the content is repeated"),
        default=1,
        validators=[MinValueValidator(1), MaxValueValidator(4)],
        help_text=_("2 for a flag that folds around a cable and is read from both sides."),
    )
    order = models.PositiveSmallIntegerField(_("place in the list"), default=50)
    is_active = models.BooleanField(_("offered"), default=True)
    objects = CatalogueQuerySet.as_manager()

    class Meta:
        db_table = "assets_label_format"
        ordering = ["order", "name"]

    def __str__(self) -> str:
        return self.name

    @property
    def is_sheet(self) -> bool:
        return self.columns * self.rows > 1

    def sheet(self) -> Sheet:
        """The same as the kernel knows it."""
        return Sheet(
            float(self.page_width_mm),
            float(self.page_height_mm),
            self.columns,
            self.rows,
            float(self.width_mm),
            float(self.height_mm),
            float(self.left_mm),
            float(self.top_mm),
            float(self.pitch_x_mm),
            float(self.pitch_y_mm),
            self.halves,
        )
