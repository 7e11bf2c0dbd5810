"""What the bench has under way: readings of an instrument found wrong, a limit of the house, a phantom of a scanner."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from wardwright.apps.assets.models import Asset
from wardwright.apps.testing.models import Calibration
from wardwright.apps.testing.operations import add_imaging_setup, look_back, set_own_limit
from wardwright.apps.testing.states import CalibrationResult
from wardwright.platform.access.scope import authorize
from wardwright.platform.audit.operation import operation

SCANNER = "Computed tomography scanner"


@operation()
def set_the_bench(*, by: Any, today: date) -> None:
    """Look back from the newest calibration that found an instrument wrong; nobody has decided on its readings yet."""
    authorize(by, "access.manage")
    wrong = Calibration.objects.filter(as_found=CalibrationResult.OUT).order_by("calibrated_on", "pk").last()
    if wrong is not None:
        look_back(by=by, calibration_id=wrong.pk)
    set_own_limit(
        by=by, standard="IEC 62353", edition="2014", test="equipment_leakage", equipment_class="I", method="direct",
        high=Decimal(400), unit="µA", valid_from=today - timedelta(days=200), source=_("Committee for medical devices"),
    )  # fmt: skip
    scanner = Asset.objects.filter(device_type__name=SCANNER, status="in_service").order_by("pk").first()
    if scanner is not None:
        add_imaging_setup(
            by=by, asset_id=scanner.pk, kind="catphan", phantom="CatPhan604", name=_("Monthly constancy test")
        )
