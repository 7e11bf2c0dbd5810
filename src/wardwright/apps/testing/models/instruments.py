"""Test instruments: what they measure, how well, and every calibration they went through."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Self

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from wardwright.apps.assets.models import Asset
from wardwright.apps.directory.models import Site
from wardwright.apps.testing.states import BEYOND, CalibrationResult, LineEnd
from wardwright.platform.access.scope import Scope, scope_q
from wardwright.platform.core.models import AuditedModel, AuditedQuerySet, VersionedModel


class InstrumentQuerySet(AuditedQuerySet):
    def visible_to(self, by: Any) -> InstrumentQuerySet:
        return self.filter(scope_q(by, "testing.view", site="site_id"))


class Instrument(VersionedModel):
    """A test instrument: an asset in its metrological role, where it is registered.

    Past its calibration date, or found out of tolerance, it must not be used to judge a device.
    """

    audit_subject = "asset_id"

    name = models.CharField(_("name"), max_length=120)
    serial = models.CharField(_("serial number"), max_length=80, blank=True)
    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="+", verbose_name=_("site"))
    asset = models.ForeignKey(Asset, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    interval_days = models.PositiveSmallIntegerField(_("calibrated every (days)"), null=True, blank=True)
    calibrated_on = models.DateField(_("calibrated"), null=True, blank=True)
    calibration_due_on = models.DateField(_("calibration due"), null=True, blank=True)
    certificate_missing = models.BooleanField(_("certificate missing"), default=False, editable=False)
    out_of_tolerance = models.BooleanField(_("left out of tolerance"), default=False, editable=False)
    is_active = models.BooleanField(_("in use"), default=True)
    objects = InstrumentQuerySet.as_manager()

    class Meta:
        db_table = "testing_instrument"
        ordering = ["name"]
        indexes = [models.Index(fields=["serial"], name="testing_instrument_serial")]
        constraints = [
            models.UniqueConstraint(
                fields=["asset"],
                name="testing_instrument_asset",
                condition=models.Q(asset__isnull=False),
                violation_error_message=_("This device is a test instrument already."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.serial}".strip()

    def scope(self) -> Scope:
        return Scope(site_id=self.site_id)


class OfInstrumentQuerySet(AuditedQuerySet):
    def visible_to(self, by: Any) -> Self:
        return self.filter(scope_q(by, "testing.view", site="instrument__site_id"))


class InstrumentFunction(AuditedModel):
    """One thing an instrument measures: its range, its resolution, and its accuracy as the maker writes it."""

    instrument = models.ForeignKey(Instrument, on_delete=models.PROTECT, related_name="+", db_index=False)
    quantity = models.CharField(_("quantity"), max_length=40)
    unit = models.CharField(_("unit"), max_length=20)
    low = models.DecimalField(_("from"), max_digits=18, decimal_places=6, null=True, blank=True)
    high = models.DecimalField(_("to"), max_digits=18, decimal_places=6, null=True, blank=True)
    resolution = models.DecimalField(_("resolution"), max_digits=18, decimal_places=6, null=True, blank=True)
    accuracy = models.CharField(
        _("accuracy"), max_length=120, blank=True, help_text=_("As the maker writes it: ±(1 % rdg + 2 counts).")
    )
    query = models.CharField(_("query"), max_length=80, blank=True, default="")
    answer_unit = models.CharField(_("answers in"), max_length=20, blank=True, default="")
    objects = OfInstrumentQuerySet.as_manager()

    class Meta:
        db_table = "testing_instrument_function"
        ordering = ["quantity", "low"]
        constraints = [
            models.UniqueConstraint(fields=["instrument", "quantity", "unit", "low"], name="testing_function_once")
        ]

    def __str__(self) -> str:
        return f"{self.quantity} ({self.unit})"

    @property
    def span(self) -> str:
        """Its range, in words."""
        low, high = (None if end is None else f"{end.normalize():f}" for end in (self.low, self.high))
        if low is None and high is None:
            return self.unit
        if low is None or high is None:
            words = _("up to %(end)s %(unit)s") if low is None else _("from %(end)s %(unit)s")
            return str(words) % {"end": high if low is None else low, "unit": self.unit}
        return _("%(low)s to %(high)s %(unit)s") % {"low": low, "high": high, "unit": self.unit}

    def holds(self, value: Decimal) -> bool:
        """Whether ``value``, in this function's unit, lies in its range."""
        return (self.low is None or value >= self.low) and (self.high is None or value <= self.high)


class InstrumentConnection(AuditedModel):
    """Where an instrument is reached, and who must answer there. What it is asked stands at its functions."""

    instrument = models.OneToOneField(Instrument, on_delete=models.PROTECT, related_name="+")
    resource = models.CharField(_("address"), max_length=200)
    line_end = models.CharField(_("end of a line"), max_length=4, choices=LineEnd.choices, default=LineEnd.LF)
    baud = models.PositiveIntegerField(_("baud rate"), default=9600)
    timeout_ms = models.PositiveSmallIntegerField(
        _("waits (ms)"), default=3000, validators=[MinValueValidator(100), MaxValueValidator(15_000)]
    )
    identity = models.CharField(_("answer to *IDN?"), max_length=200, blank=True)
    objects = OfInstrumentQuerySet.as_manager()

    class Meta:
        db_table = "testing_instrument_connection"

    def __str__(self) -> str:
        return self.resource


class CalibrationQuerySet(OfInstrumentQuerySet):
    def standing(self) -> Self:
        """Those that count: not withdrawn."""
        return self.filter(withdrawn_at=None)


class Calibration(AuditedModel):
    """One calibration of an instrument: how it was found, how it was left, and what that rests on.

    It is never deleted: one that was entered by mistake is withdrawn with a reason, and counts for nothing.
    """

    instrument = models.ForeignKey(Instrument, on_delete=models.PROTECT, related_name="+", db_index=False)
    calibrated_on = models.DateField(_("calibrated"))
    due_on = models.DateField(_("due again"))
    as_found = models.CharField(_("as found"), max_length=12, choices=CalibrationResult.choices)
    as_left = models.CharField(_("as left"), max_length=12, choices=CalibrationResult.choices)
    adjusted = models.BooleanField(_("adjusted"), default=False)
    laboratory = models.CharField(_("laboratory"), max_length=160, blank=True)
    accreditation = models.CharField(_("accreditation number"), max_length=80, blank=True)
    certificate_no = models.CharField(_("certificate number"), max_length=80, blank=True)
    traceability = models.CharField(_("traceable to"), max_length=200, blank=True)
    decision_rule = models.CharField(_("decision rule"), max_length=20, default="simple")
    coverage_factor = models.DecimalField(_("coverage factor k"), max_digits=5, decimal_places=3, default=Decimal(2))
    temperature_c = models.DecimalField(_("temperature (°C)"), max_digits=5, decimal_places=2, null=True, blank=True)
    humidity_percent = models.DecimalField(_("humidity (%)"), max_digits=5, decimal_places=2, null=True, blank=True)
    note = models.CharField(_("note"), max_length=300, blank=True)
    recorded_at = models.DateTimeField()
    recorded_by_name = models.CharField(max_length=120, blank=True)
    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True, blank=True)
    withdrawn_by_name = models.CharField(_("withdrawn by"), max_length=120, blank=True, default="")
    withdrawn_reason = models.CharField(_("why it was withdrawn"), max_length=300, blank=True, default="")
    objects = CalibrationQuerySet.as_manager()

    class Meta:
        db_table = "testing_calibration"
        ordering = ["-calibrated_on", "-id"]
        indexes = [models.Index(fields=["instrument", "-calibrated_on", "-id"], name="testing_calibration_of")]

    def __str__(self) -> str:
        return f"{self.calibrated_on}"

    def scope(self) -> Scope:
        return self.instrument.scope()

    def signed_content(self) -> dict[str, Any]:
        """What a signature covers: the instrument, every entry, every point and what it was compared with."""
        entries = {name: getattr(self, name) for name in SIGNED}
        points = CalibrationPoint.objects.filter(calibration=self).order_by("position")
        standards = CalibrationStandard.objects.filter(calibration=self).order_by("instrument_id")
        return {
            **{name: _plain(value) for name, value in entries.items()},
            "instrument": [self.instrument_id, self.instrument.name, self.instrument.serial],
            "points": [[_plain(getattr(point, name)) for name in SIGNED_OF_POINT] for point in points],
            "standards": list(standards.values_list("instrument_id", flat=True)),
        }


#: The entries of a calibration, and of each of its points, that a signature covers.
SIGNED = (
    "calibrated_on", "due_on", "as_found", "as_left", "adjusted", "laboratory", "accreditation", "certificate_no",
    "traceability", "decision_rule", "coverage_factor", "temperature_c", "humidity_percent", "note",
)  # fmt: skip
SIGNED_OF_POINT = (
    "quantity", "unit", "reference", "found", "left", "low", "high", "uncertainty", "found_verdict", "left_verdict",
)  # fmt: skip


def _plain(value: Any) -> Any:
    """The same text whether a number comes from the form or from its column."""
    return f"{value.normalize():f}" if isinstance(value, Decimal) else value


class OfCalibrationQuerySet(AuditedQuerySet):
    def visible_to(self, by: Any) -> OfCalibrationQuerySet:
        return self.filter(scope_q(by, "testing.view", site="calibration__instrument__site_id"))


class CalibrationStandard(AuditedModel):
    """A test instrument that a calibration of another was made with: an error of the one is inherited by the other."""

    calibration = models.ForeignKey(Calibration, on_delete=models.PROTECT, related_name="+", db_index=False)
    instrument = models.ForeignKey(Instrument, on_delete=models.PROTECT, related_name="+")
    objects = OfCalibrationQuerySet.as_manager()

    class Meta:
        db_table = "testing_calibration_standard"
        constraints = [models.UniqueConstraint(fields=["calibration", "instrument"], name="testing_standard_once")]


class CalibrationPoint(AuditedModel):
    """One point of a calibration: the reference value and what the instrument showed, before and after adjustment."""

    calibration = models.ForeignKey(Calibration, on_delete=models.PROTECT, related_name="+", db_index=False)
    position = models.PositiveSmallIntegerField()
    quantity = models.CharField(_("quantity"), max_length=40)
    unit = models.CharField(_("unit"), max_length=20)
    reference = models.DecimalField(_("reference value"), max_digits=18, decimal_places=6)
    found = models.DecimalField(_("as found"), max_digits=18, decimal_places=6, null=True, blank=True)
    left = models.DecimalField(_("as left"), max_digits=18, decimal_places=6, null=True, blank=True)
    low = models.DecimalField(_("not below"), max_digits=18, decimal_places=6)
    high = models.DecimalField(_("not above"), max_digits=18, decimal_places=6)
    uncertainty = models.DecimalField(_("uncertainty U"), max_digits=18, decimal_places=6, null=True, blank=True)
    found_verdict = models.CharField(max_length=12, blank=True)
    left_verdict = models.CharField(max_length=12, blank=True)
    objects = OfCalibrationQuerySet.as_manager()

    class Meta:
        db_table = "testing_calibration_point"
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["calibration", "position"], name="testing_point_position")]

    @property
    def found_out(self) -> bool:
        """Whether it was found beyond its limits."""
        return self.found_verdict in BEYOND
