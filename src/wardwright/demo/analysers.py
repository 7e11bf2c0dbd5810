"""One file of a safety analyser that waits to be looked at, so that the page about them is alive."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.utils.translation import gettext as _

from wardwright.apps.assets.models import Asset
from wardwright.apps.testing.models import Instrument
from wardwright.apps.testing.operations import map_result_file, read_result_file
from wardwright.platform.access.scope import authorize
from wardwright.platform.attachments.store import put
from wardwright.platform.audit.operation import operation

HEADINGS = (
    "Asset number", "Serial number", "Date", "Tester", "Analyser serial", "Visual inspection",
    "Protective earth (Ω)", "Insulation (MΩ)", "Equipment leakage direct (µA)",
)  # fmt: skip
ANALYSER = "Electrical safety analyser"
#: For each record its earth, insulation and leakage, and what stands for the serial number where it is wrong.
RECORDS = (
    ("0.09", "200", "61", ""), ("0.12", "200", "84", ""), ("0.11", "150", "48", "SN-7731"), ("0.10", "200", "612", ""),
    ("0.14", "180", "97", ""),
)  # fmt: skip


@operation()
def make_analyser_file(*, by: Any, today: date) -> None:
    """Yesterday's round with a safety analyser: three good devices, a wrong serial number, and one that fails."""
    authorize(by, "access.manage")
    instrument = (
        Instrument.objects.filter(
            name=ANALYSER, calibration_due_on__gt=today, calibrated_on__lt=today - timedelta(days=2)
        )
        .exclude(serial="")
        .order_by("pk")
        .first()
    )
    if instrument is None:
        return
    assets = Asset.objects.filter(
        site=instrument.site_id, status="in_service", device_model__electrical_class="I",
        accepted_on__lt=today - timedelta(days=30),
    ).order_by("pk")[: len(RECORDS)]  # fmt: skip
    day = (today - timedelta(days=1)).isoformat()
    lines = [",".join(HEADINGS)]
    for minute, (asset, (earth, insulation, leakage, wrong)) in enumerate(zip(assets, RECORDS, strict=False)):
        lines.append(
            ",".join(
                (asset.tag, wrong or asset.serial, f"{day} 09:{10 + 7 * minute}", "T. Lang", instrument.serial, "Pass",
                 earth, insulation, leakage)
            )
        )  # fmt: skip
    if len(lines) < 2:
        return
    kept = [{"name": f"round {day}.csv", "sha256": put("\n".join(lines).encode())}]
    file = read_result_file(by=by, site_id=instrument.site_id, files=kept)
    map_result_file(by=by, result_file_id=file.pk, mapping=file.mapping, save_as=_("Export of the safety analyser"))
