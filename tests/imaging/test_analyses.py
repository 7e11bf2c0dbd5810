"""Each kind of analysis finds what was drawn into its phantom, all the way from files to figures.

The images are drawn by ourselves after the makers' drawings: no real phantom was scanned for these tests.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from tests.drawn import phantoms
from wardwright.kernel.imaging import ANALYSES, PICTURE, SENT, Bounds, ImagingRefused, available, work

assert available()


def analysed(folder: Path, images: Iterable[Any], kind: str, phantom: str = "", **options: Any) -> dict[str, float]:
    """The figures of a drawn series; the picture is there too."""
    answer = worked(folder, images, kind, phantom, **options)
    assert (folder / PICTURE).read_bytes().startswith(b"\x89PNG")
    known = {one.key: one.unit for one in ANALYSES[kind].quantities}
    assert {one["quantity"]: one["unit"] for one in answer["figures"]}.items() <= known.items()
    assert set(answer["not_found"]) <= set(known)
    return {one["quantity"]: one["value"] for one in answer["figures"]}


def worked(folder: Path, images: Iterable[Any], kind: str, phantom: str = "", **options: Any) -> dict[str, Any]:
    phantoms.write(folder / SENT, images)
    work("take_in", folder, {"kind": kind})
    phantom = phantom or next(iter(ANALYSES[kind].phantoms))
    return work("analyse", folder, {"kind": kind, "phantom": phantom, "options": options})


def test_the_acr_ct_phantom(tmp_path: Path) -> None:
    """CT numbers to 1 HU, water shifted to 9; a deviation of 4; bars of 0.8 lp/mm at half the swing of the first."""
    drawn = {**phantoms.ACR_CT_HU, "Water": 9.0}
    found = analysed(tmp_path, phantoms.acr_ct(hu=drawn), "acr_ct")
    for name, value in drawn.items():
        key = {"Poly": "polyethylene"}.get(name, name.lower())
        assert found[f"acr_ct.hu_{key}"] == pytest.approx(value, abs=1)
    assert found["acr_ct.uniformity_centre"] == pytest.approx(3, abs=1)
    assert abs(found["acr_ct.uniformity"]) < 1
    assert found["acr_ct.noise"] == pytest.approx(4, abs=0.5)
    assert found["acr_ct.scaling"] == pytest.approx(100, abs=1)  # a bead is one or two points wide
    assert found["acr_ct.low_contrast_cnr"] == pytest.approx(12 / 4, abs=0.8)
    assert found["acr_ct.mtf_50"] == pytest.approx(0.8, abs=0.01)
    assert set(found) == {one.key for one in ANALYSES["acr_ct"].quantities}


def test_the_catphan(tmp_path: Path) -> None:
    """CT numbers to 1.5 HU, thickness of 2.5 mm slices by the wires, marks 50 mm apart, six disks of low contrast."""
    found = analysed(tmp_path, phantoms.catphan_604(), "catphan")
    keys = {"50% Bone": "bone_50", "20% Bone": "bone_20"}
    for name, value in phantoms.CATPHAN_HU.items():
        assert found[f"ct.hu_{keys.get(name, name.lower())}"] == pytest.approx(value, abs=1.5)
    assert found["ct.hu_water"] == pytest.approx(4, abs=1)
    assert abs(found["ct.uniformity"]) <= 1
    assert found["ct.noise"] == pytest.approx(5, abs=0.5)
    assert found["ct.slice_thickness"] == pytest.approx(2.5, abs=0.2)
    assert found["ct.scaling"] == pytest.approx(50, abs=0.5)
    assert found["ct.low_contrast_seen"] == 6
    # Bars of 0.6 lp/mm were drawn with half the contrast of the first; points of 0.55 mm blur them somewhat.
    assert 0.45 < found["ct.mtf_50"] < 0.6
    assert found["ct.mtf_80"] < found["ct.mtf_50"] < found["ct.mtf_30"]


def test_the_acr_mri_phantom(tmp_path: Path) -> None:
    """Width 190 mm in four directions, ramps drawn for 5 mm, signal falling by 6 % across the evaluated circle."""
    answer = worked(tmp_path, phantoms.acr_mri(), "acr_mri")
    found = {one["quantity"]: one["value"] for one in answer["figures"]}
    for way in ("horizontal", "vertical", "diagonal_falling", "diagonal_rising"):
        assert found[f"acr_mri.width_{way}"] == pytest.approx(190, abs=1)
    assert found["acr_mri.slice_thickness"] == pytest.approx(5, abs=0.1)
    assert found["acr_mri.uniformity"] == pytest.approx(97, abs=0.5)  # 100 · (1 − 6 / 194), without the outermost 1 %
    assert found["acr_mri.ghosting"] < 0.1
    # The bars drawn are not those of the phantom: that they are not found is said, and is no figure.
    assert answer["not_found"] == ["acr_mri.mtf_50_rows", "acr_mri.mtf_50_columns"]


def test_a_planar_phantom(tmp_path: Path) -> None:
    """Swings of 100, 80, 60, 40 and 20 %: half of it lies between 0.25 and 0.45 lp/mm."""
    found = analysed(tmp_path, [phantoms.qc_3()], "planar", "StandardImagingQC3")
    assert found["planar.mtf_50"] == pytest.approx(0.35, abs=0.02)
    assert found["planar.mtf_80"] == pytest.approx(0.20, abs=0.02)
    assert found["planar.low_contrast_seen"] == 5
    assert found["planar.uniformity"] > 98
    # The middle one of five disks, 12 % brighter than the plate, whose ground of 200 is taken off first: Michelson.
    assert found["planar.contrast"] == pytest.approx((920 - 800) / (920 + 800), abs=0.005)


def test_what_is_no_phantom_is_refused_in_words(tmp_path: Path) -> None:
    empty = phantoms.Slice(128, 2.0, -1000)
    images = phantoms.stack(phantoms.CT_IMAGE, "CT", lambda z: empty, range(0, 200, 5), 5, intercept=-1024)
    with pytest.raises(ImagingRefused) as refused:
        worked(tmp_path, images, "acr_ct")
    assert "did not find the phantom" in refused.value.message
    assert not (tmp_path / PICTURE).exists()


def test_a_part_that_was_not_scanned_can_be_left_out(tmp_path: Path) -> None:
    """Half of the phantom, coarsely: without the option it is refused because of the scan's extent."""
    short = [one for one in phantoms.catphan_604(pixels=240, mm=0.92, thickness=2.5) if one.SliceLocation > -60]
    found = analysed(tmp_path, short, "catphan", without_uniformity=True, without_resolution=True)
    assert "ct.hu_water" not in found and found["ct.hu_delrin"] == pytest.approx(369, abs=1.5)


def test_too_much_memory_and_too_much_time_end_in_words(tmp_path: Path) -> None:
    phantoms.write(tmp_path / SENT, phantoms.acr_ct())
    work("take_in", tmp_path, {"kind": "acr_ct"})
    order = {"kind": "acr_ct", "phantom": "ACRCT", "options": {}}
    with pytest.raises(ImagingRefused) as little:
        work("analyse", tmp_path, order, Bounds(memory_mb=250))
    assert "250 MB" in little.value.message
    with pytest.raises(ImagingRefused) as hasty:
        work("analyse", tmp_path, order, Bounds(seconds=1))
    assert "after 1 seconds" in hasty.value.message


def test_the_process_learns_nothing_of_ours(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from wardwright.kernel.imaging import isolated

    monkeypatch.setenv("WARDWRIGHT_SECRET", "s3cret")
    assert not any("s3cret" in value for value in isolated._environment(tmp_path).values())
    shutil.rmtree(tmp_path)
