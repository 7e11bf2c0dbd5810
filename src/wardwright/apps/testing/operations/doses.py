"""Dose reports of a device: figures by protocol, and the reference levels their medians are compared with."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from wardwright.apps.assets.models import Asset
from wardwright.apps.testing.models import DoseFigure, DoseReference, DoseReport, Measurement
from wardwright.apps.testing.permissions import BASELINES, IMAGING
from wardwright.apps.testing.states import Graded, MeasurementSource
from wardwright.kernel.imaging import DOSES, ImagingRefused, quantity, same_serial, work
from wardwright.kernel.said import Said, say
from wardwright.kernel.verification import Verification
from wardwright.platform.access.scope import allowed, authorize
from wardwright.platform.audit.operation import operation
from wardwright.platform.core.edits import create_or_edit, lock
from wardwright.platform.core.errors import Invalid, NotFound
from wardwright.platform.core.values import cleaned

from .imaging_runs import bounds, moment_of, refused, workplace
from .measuring import keep_measurements

REFERENCE_FIELDS = ("level", "source", "verified")
MOST_FIGURES = 20_000


def receive_doses(by: Any, asset: Asset, files: Iterable[Any]) -> dict[str, Any]:
    """What ``keep_doses`` takes: the reports among the files, without patients, and in words what was not read.

    Raises:
        Invalid: in words, where no report is among them. Nothing of the files is stored.
    """
    if not allowed(by, IMAGING, asset):
        return {"reports": [], "problems": []}
    with workplace(files) as folder:
        try:
            found = work("doses", folder, {}, bounds())
        except ImagingRefused as error:
            raise refused(error) from None
    strange = [one for one in found["reports"] if not same_serial(asset.serial, one["serial"])]
    problems = [*found["problems"], *(words for one in found["reports"] for words in one["problems"])]
    return {"reports": found["reports"], "problems": [*_of_others(asset, strange), *problems]}


def _of_others(asset: Asset, strange: list[dict[str, Any]]) -> list[Said]:
    serials = ", ".join(sorted({one["serial"] for one in strange}))
    if not strange:
        return []
    return [
        say(
            "{n} of the reports are of a device with serial number {theirs}; this one has {ours}.",
            n=len(strange), theirs=serials, ours=asset.serial,
        )
    ]  # fmt: skip


@operation()
def keep_doses(*, by: Any, asset_id: int, reports: list[dict[str, Any]]) -> list[DoseReport]:
    """Keep what reports of a device say (``receive_doses``); one that is known is left alone. Returns the new ones.

    Raises:
        Invalid: no report, or too many figures at once. NotFound. Denied.
    """
    asset = Asset.objects.visible_to(by).filter(pk=asset_id).first()
    if asset is None:
        raise NotFound(_("There is no such device, or you may not see it."), _("Go back to the list."))
    authorize(by, IMAGING, asset)
    if not reports or sum(len(one["figures"]) for one in reports) > MOST_FIGURES:
        raise Invalid(_("There are no reports, or too many at once."), _("Send them in portions."))
    known = set(
        DoseReport.objects.filter(asset=asset, digest__in=[one["digest"] for one in reports]).values_list(
            "digest", flat=True
        )
    )
    new = list({one["digest"]: one for one in reports if one["digest"] not in known}.values())
    now = timezone.now()
    rows = [
        DoseReport(
            asset=asset, digest=one["digest"], kind=one["kind"], events=one["events"], taken_at=moment_of(one, now),
            read_at=now, read_by_name=str(by)[:120],
        )
        for one in new
    ]  # fmt: skip
    DoseReport.objects.bulk_create(rows)
    figures = [
        DoseFigure(report=row, measurement=_measurement(asset, row, one), protocol=one["protocol"],
                   phantom=one["phantom"])
        for row, report in zip(rows, new, strict=True)
        for one in report["figures"]
    ]  # fmt: skip
    keep_measurements(one.measurement for one in figures)
    for one in figures:
        one.measurement_id = one.measurement.pk
    DoseFigure.objects.bulk_create(figures, batch_size=500)
    return rows


def _measurement(asset: Asset, row: DoseReport, figure: Mapping[str, Any]) -> Measurement:
    """A reading without a limit: a reference level is for medians, not for one patient."""
    about = quantity(figure["quantity"])
    return Measurement(
        asset=asset, site_id=asset.site_id, source=MeasurementSource.IMAGING, quantity=figure["quantity"],
        name=figure["protocol"], value=Decimal(figure["value"]), unit=about.unit if about else "",
        verdict=Graded.NO_LIMIT, taken_at=row.taken_at, taken_by_name=row.read_by_name,
    )  # fmt: skip


@operation(needs_reason=True)
def set_dose_reference(
    *, by: Any, asset_id: int, protocol: str, quantity: str, reason: str, expected_version: int | None = None,
    **values: Any,
) -> DoseReference:  # fmt: skip
    """Set the level that the median of a protocol is compared with; ``values`` are named as in REFERENCE_FIELDS.

    Raises:
        Invalid: no level above 0, no source, no such figure. StaleEdit. NotFound. Denied.
    """
    asset = lock(Asset.objects.visible_to(by), asset_id)
    authorize(by, BASELINES, asset)
    row = DoseReference.objects.filter(asset=asset, protocol=protocol, quantity=quantity).first() or DoseReference(
        asset=asset, protocol=protocol, quantity=quantity
    )
    good = cleaned(row, values, REFERENCE_FIELDS)
    level, source = good.get("level", row.level), good.get("source", row.source)
    faults = {}
    if quantity not in {one.key for one in DOSES}:
        faults["quantity"] = _("Choose one from the list.")
    if len(protocol) > 120:
        faults["protocol"] = _("Enter at most 120 characters.")
    if level is None or level <= 0:
        faults["level"] = _("Enter a level above 0.")
    if not source:
        faults["source"] = _("Say where this level comes from.")
    if good.get("verified", row.verified) not in [one.value for one in Verification]:
        faults["verified"] = _("Choose one from the list.")
    if faults:
        raise Invalid(_("Some entries need another look."), fields=faults)
    return create_or_edit(row, good, expected_version=expected_version)
