"""Dose reports: trees built as the standard has them, figures out of them, and nobody named."""

from __future__ import annotations

import json
from decimal import Decimal as D
from pathlib import Path
from typing import Any

import pytest

from tests.drawn import phantoms
from tests.drawn.dose_reports import ct_event, ct_report, projection_event, projection_report
from wardwright.kernel.imaging import SENT, ImagingRefused, work

SHARED_DICOM = Path(__file__).resolve().parents[3] / "shared" / "data" / "06_dicom"


def read(folder: Path, *reports: Any) -> dict[str, Any]:
    phantoms.write(folder / SENT, reports)
    return work("doses", folder, {})


def figures(report: dict[str, Any]) -> dict[tuple[str, str], D]:
    return {(one["protocol"], one["quantity"]): D(one["value"]) for one in report["figures"]}


def test_a_ct_report(tmp_path: Path) -> None:
    """CTDIvol of a protocol is the greatest of its irradiations, the dose-length product their sum; no localisers."""
    answer = read(
        tmp_path,
        ct_report(
            ct_event("Head routine", "0.12", "3.1", number_of="1.1", spiral=False),
            ct_event("Head routine", "52.4", "890.5", number_of="1.2"),
            ct_event("Head routine", "48.0", "100", number_of="1.3"),
            ct_event("Neck", "12.25", "310", number_of="1.4"),
            total="1303.6",
        ),
    )
    assert answer["problems"] == []
    (report,) = answer["reports"]
    assert figures(report) == {
        ("Head routine", "dose.ctdi_vol"): D("52.4"),
        ("Head routine", "dose.dlp"): D("990.5"),
        ("Neck", "dose.ctdi_vol"): D("12.25"),
        ("Neck", "dose.dlp"): D("310"),
        ("", "dose.dlp"): D("1303.6"),
    }
    assert report["events"] == 3 and report["kind"] == "ct" and report["taken_at"] == "2026-11-04T10:15:00"
    assert (report["station"], report["serial"]) == ("ROOM1", "SN-1")
    assert report["figures"][0]["phantom"] == "IEC Head Dosimetry Phantom"


def test_nobody_is_named(tmp_path: Path) -> None:
    made = ct_report(ct_event("Head", "50", "800", number_of="1.2.77.1"), total="800")
    text = json.dumps(read(tmp_path, made))
    for trace in ("Doe", "4711", "1970", "1.2.77.1", str(made.SOPInstanceUID), str(made.StudyInstanceUID), '"77"'):
        assert trace not in text


def test_a_projection_report(tmp_path: Path) -> None:
    """0.0012 Gy·m² is 12 Gy·cm²; 0.25 Gy at the reference point is 250 mGy."""
    answer = read(
        tmp_path,
        projection_report(
            projection_event("Cardiac low", "0.0002", "0.05", number_of="2.1"),
            projection_event("Cardiac low", "0.0004", "0.1", number_of="2.2"),
            projection_event("Cine 15", "0.0006", "0.1", number_of="2.3"),
            product="0.0012", at_reference="0.25", seconds="421.5",
        ),
    )  # fmt: skip
    (report,) = answer["reports"]
    assert figures(report) == {
        ("Cardiac low", "dose.area_product"): D(6),
        ("Cardiac low", "dose.reference_point"): D(150),
        ("Cine 15", "dose.area_product"): D(6),
        ("Cine 15", "dose.reference_point"): D(100),
        ("", "dose.area_product"): D(12),
        ("", "dose.reference_point"): D(250),
        ("", "dose.fluoro_time"): D("421.5"),
    }
    assert report["kind"] == "projection"


def test_a_report_that_comes_twice_is_known_again(tmp_path: Path) -> None:
    """By its irradiations, also when the archive gave it another number; another examination is another."""
    events = [ct_event("Head", "50", "800", number_of=f"3.{n}") for n in (1, 2)]
    answer = read(tmp_path, ct_report(*events), ct_report(*reversed(events)), ct_report(events[0]))
    first, again, other = (report["digest"] for report in answer["reports"])
    assert first == again != other


def test_units_that_are_not_known_are_no_figures(tmp_path: Path) -> None:
    answer = read(tmp_path, ct_report(ct_event("Head", "50", "800", number_of="4.1", unit="rad"), total="800"))
    (report,) = answer["reports"]
    assert ("Head", "dose.ctdi_vol") not in figures(report) and figures(report)["Head", "dose.dlp"] == 800
    assert report["problems"] == ["dose.ctdi_vol is in 'rad', which is not read."]


@pytest.mark.parametrize("text", ["1E400", "-5"])
def test_numbers_that_cannot_be_are_no_figures(tmp_path: Path, text: str) -> None:
    answer = read(tmp_path, ct_report(ct_event("Head", text, "800", number_of="5.1")))
    assert ("Head", "dose.ctdi_vol") not in figures(answer["reports"][0])


def test_images_are_no_reports(tmp_path: Path) -> None:
    with pytest.raises(ImagingRefused) as refused:
        read(tmp_path, phantoms.qc_3())
    assert "modality DX is not a radiation dose report" in refused.value.message


def test_structured_reports_of_others_are_no_dose_reports(tmp_path: Path) -> None:
    """Real files of other kinds (measurement reports, a report of a video): refused, each in words."""
    if not SHARED_DICOM.is_dir():
        pytest.skip(f"real data not present at {SHARED_DICOM}")
    (tmp_path / SENT).mkdir()
    real = [SHARED_DICOM / "highdicom" / "sr_document.dcm", SHARED_DICOM / "pydicom" / "test-SR.dcm"]
    for number, path in enumerate(real):
        (tmp_path / SENT / str(number)).write_bytes(path.read_bytes())
    with pytest.raises(ImagingRefused, match="No radiation dose report"):
        work("doses", tmp_path, {})


def test_real_images_of_others_are_taken_in_without_their_patients(tmp_path: Path) -> None:
    """Real CT, MR and X-ray images of public test sets: the first things said of them, and nobody's name left."""
    if not SHARED_DICOM.is_dir():
        pytest.skip(f"real data not present at {SHARED_DICOM}")
    (tmp_path / SENT).mkdir()
    (tmp_path / SENT / "0").write_bytes((SHARED_DICOM / "highdicom" / "dx_image.dcm").read_bytes())
    facts = work("take_in", tmp_path, {"kind": "planar"})
    assert facts["modality"] == "DX" and facts["images"] == 1
    with pytest.raises(ImagingRefused, match="did not find the phantom"):
        work("analyse", tmp_path, {"kind": "planar", "phantom": "StandardImagingQC3", "options": {}})
