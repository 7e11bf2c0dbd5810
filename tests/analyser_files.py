"""Files of analysers for tests: a table of safety tests as a program exports it, and what it is about."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from wardwright.apps.testing.models import Instrument, ResultFile
from wardwright.apps.testing.operations import read_result_file, record_calibration
from wardwright.platform.attachments.store import put
from wardwright.platform.core.change import System

from . import factories

HEADINGS = (
    "Asset number", "Serial number", "Date", "Tester", "Analyser serial", "Visual inspection",
    "Protective earth (Ω)", "Insulation (MΩ)", "Equipment leakage direct (µA)",
)  # fmt: skip
ANALYSER = "A-77"
STEPS: list[dict[str, Any]] = [
    {"key": "visual", "section": "visual", "kind": "check", "text": "Case, cable and plug are whole"},
    {"key": "earth", "section": "safety", "kind": "reading", "text": "Protective earth", "unit": "Ω",
     "limit": {"standard": "IEC 62353", "test": "protective_earth"}, "needs_instrument": True},
    {"key": "leakage", "section": "safety", "kind": "reading", "text": "Equipment leakage", "unit": "µA",
     "limit": {"standard": "IEC 62353", "test": "equipment_leakage", "method": "direct"}, "needs_instrument": True},
]  # fmt: skip
GOOD = {"visual": "Pass", "earth": "0.12", "insulation": "200", "leakage": "80"}


def line(asset: Any, on: date, **given: str) -> list[str]:
    """One row: a good one unless something else is given."""
    cells = GOOD | {"tag": asset.tag if asset else "", "serial": asset.serial if asset else ""} | given
    return [
        cells["tag"], cells["serial"], cells.get("date", f"{on.isoformat()} 10:30"), "T. Lang",
        cells.get("analyser", ANALYSER), cells["visual"], cells["earth"], cells["insulation"], cells["leakage"],
    ]  # fmt: skip


def table(lines: Iterable[list[str]], headings: Iterable[str] = HEADINGS) -> bytes:
    return "\n".join(",".join(cells) for cells in (list(headings), *lines)).encode()


def send(by: Any, site: Any, data: bytes, name: str = "round.csv", **given: Any) -> ResultFile:
    return read_result_file(by=by, site_id=site.pk, files=[{"sha256": put(data), "name": name}], **given)


def make_class_one(site: Any, **given: Any) -> Any:
    """A device of protection class I without applied parts."""
    model = factories.make_model(electrical_class="I", applied_parts="none")
    return factories.make_asset(device_model=model, site=site, **given)


def make_analyser(site: Any, today: date, serial: str = ANALYSER, days: int = 90) -> Instrument:
    """The analyser, calibrated ``days`` ago for a year."""
    row = factories.make_instrument(site=site, serial=serial)
    made = today - timedelta(days=days)
    record_calibration(
        by=System("test"), instrument_id=row.pk, calibrated_on=made, due_on=made + timedelta(days=365),
        as_found="in_tolerance", as_left="in_tolerance",
    )  # fmt: skip
    return row
