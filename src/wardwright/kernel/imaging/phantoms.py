"""Analysing phantom images with pylinac, and reading our figures off what it found. Only in a process of its own."""

from __future__ import annotations

import math
import warnings
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from wardwright.kernel.said import say

from .analyses import ANALYSES, PARTS
from .isolated import PICTURE, SERIES, ImagingRefused

Found = Iterator[tuple[str, float | None]]
_MATERIAL = {
    "50% Bone": "bone_50", "Bone 50%": "bone_50", "20% Bone": "bone_20", "Bone 20%": "bone_20",
    "Lung #7112": "lung", "Poly": "poly",
}  # fmt: skip


def analyse(folder: Path, kind: str, phantom: str, options: dict[str, Any]) -> dict[str, Any]:
    """Analyse the series in ``folder``; the picture of the result is written beside it.

    Raises:
        ImagingRefused: when it finds no such phantom.
    """
    import matplotlib.pyplot as plt
    import pylinac

    images = sorted(_unpacked(folder))
    maker = getattr(pylinac, phantom)
    with warnings.catch_warnings(record=True) as noticed:
        warnings.simplefilter("always")
        try:
            found = maker(images[0]) if kind == "planar" else maker([str(path) for path in images])
            left_out = {module for name, module in PARTS.items() if options.pop(name, False)}
            if left_out:
                found.modules = {one: where for one, where in found.modules.items() if one.__name__[:6] not in left_out}
            found.analyze(**options)
            data = found.results_data(as_dict=True)
            figures = dict(_FIGURES[kind](found, data))
        except MemoryError:
            raise
        except Exception as error:  # whatever it stumbles over, the images were not such a phantom
            raise ImagingRefused(
                say("The analysis did not find the phantom in the images: {why}", why=_why(error)),
                say("Check that it is the phantom of the set-up, scanned whole, straight and in the middle."),
            ) from error
        problems = _drawn(found, plt, folder / PICTURE)
    units = {one.key: one.unit for one in ANALYSES[kind].quantities}
    return {
        "figures": [
            {"quantity": key, "value": float(value), "unit": units[key]}
            for key, value in figures.items()
            if value is not None and math.isfinite(value)
        ],
        "not_found": [key for key, value in figures.items() if value is None or not math.isfinite(value)],
        "software": f"pylinac {pylinac.__version__}",
        "notices": [*_worth_saying(noticed), *problems],
    }


def _unpacked(folder: Path) -> Iterator[Path]:
    """The images of the series we packed ourselves: the names are ours."""
    with zipfile.ZipFile(folder / SERIES) as packed:
        for name in packed.namelist():
            path = folder / f"image-{Path(name).name}"
            path.write_bytes(packed.read(name))
            yield path


def _why(error: Exception) -> str:
    """What it says itself where it refuses; where it stumbled, nothing that would help anybody."""
    if type(error) in (ValueError, RuntimeError):
        return _first_line(error)
    return say("nothing in them looks like it.")


def _worth_saying(noticed: list[warnings.WarningMessage]) -> list[str]:
    """What it noticed about the images, each once; that a figure was not found is told by the figures."""
    said = dict.fromkeys(str(one.message) for one in noticed if one.category is UserWarning)
    return [words[:300] for words in said if "wasn't calculated" not in words][:10]


def _first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0][:200]


def _drawn(found: Any, plt: Any, path: Path) -> list[str]:
    """The picture; without one the figures still stand."""
    try:
        found.plot_analyzed_image(show=False)
        plt.gcf().set_size_inches(12, 7)
        plt.gcf().savefig(path, dpi=80)
    except MemoryError:
        raise
    except Exception as error:
        return [f"No picture: {_first_line(error)}"]
    return []


def _centre_difference(rois: dict[str, float]) -> float:
    """The difference from the centre that is the greatest, with its sign."""
    return max((value - rois["Center"] for name, value in rois.items() if name != "Center"), key=abs)


def _catphan(found: Any, data: dict[str, Any]) -> Found:
    inserts, uniform = data["ctp404"], data.get("ctp486")
    for name, roi in inserts["hu_rois"].items():
        yield f"ct.hu_{_MATERIAL.get(name, name.lower())}", roi["value"]
    if uniform:
        yield "ct.hu_water", uniform["rois"]["Center"]["value"]
        yield "ct.uniformity", _centre_difference({name: roi["value"] for name, roi in uniform["rois"].items()})
        yield "ct.uniformity_index", uniform["uniformity_index"]
        yield "ct.noise", uniform["rois"]["Center"]["stdev"]
    yield "ct.slice_thickness", inserts["measured_slice_thickness_mm"]
    if inserts["line_distances_mm"]:
        yield "ct.scaling", inserts["avg_line_distance_mm"]
    yield "ct.low_contrast_visibility", inserts["low_contrast_visibility"]
    if data.get("ctp515"):
        yield "ct.low_contrast_seen", data["ctp515"]["num_rois_seen"]
    if data.get("ctp528"):
        lines = {int(percent): value for percent, value in data["ctp528"]["mtf_lp_mm"].items()}
        for percent in (80, 50, 30):
            yield f"ct.mtf_{percent}", lines.get(percent)


def _acr_ct(found: Any, data: dict[str, Any]) -> Found:
    for name, value in data["ct_module"]["rois"].items():
        yield f"acr_ct.hu_{'polyethylene' if name == 'Poly' else name.lower()}", value
    uniform = data["uniformity_module"]
    yield "acr_ct.uniformity", _centre_difference(uniform["rois"])
    yield "acr_ct.uniformity_centre", uniform["rois"]["Center"]
    yield "acr_ct.noise", uniform["center_roi_stdev"]
    yield "acr_ct.scaling", uniform["bb_distance_mm"]
    yield "acr_ct.low_contrast_cnr", data["low_contrast_module"]["cnr"]
    yield "acr_ct.mtf_50", found.spatial_resolution_module.mtf.relative_resolution(50)


def _acr_mri(found: Any, data: dict[str, Any]) -> Found:
    first, even = data["slice1"], data["uniformity_module"]
    yield "acr_mri.slice_thickness", first["measured_slice_thickness_mm"]
    yield "acr_mri.position_slice_1", first["slice_shift_mm"]
    yield "acr_mri.position_slice_11", data["slice11"]["slice_shift_mm"]
    widths = data["geometric_distortion_module"]["profiles"]
    for theirs, ours in (
        ("horizontal", "horizontal"), ("vertical", "vertical"), ("negative diagonal", "diagonal_falling"),
        ("positive diagonal", "diagonal_rising"),
    ):  # fmt: skip
        yield f"acr_mri.width_{ours}", widths[theirs]["width (mm)"]
    yield "acr_mri.uniformity", even["piu"]
    yield "acr_mri.ghosting", even["psg"]
    yield "acr_mri.mtf_50_rows", first["row_mtf_50"]
    yield "acr_mri.mtf_50_columns", first["col_mtf_50"]
    yield "acr_mri.low_contrast", data["low_contrast_multi_slice_module"]["score"]


def _planar(found: Any, data: dict[str, Any]) -> Found:
    if found.mtf is not None:
        for percent in (80, 50, 30):
            yield f"planar.mtf_{percent}", found.mtf.relative_resolution(percent)
    yield "planar.contrast", data["median_contrast"]
    yield "planar.cnr", data["median_cnr"]
    yield "planar.low_contrast_seen", data["num_contrast_rois_seen"]
    yield "planar.uniformity", data["percent_integral_uniformity"]
    yield "planar.area", data["phantom_area"]


_FIGURES = {"catphan": _catphan, "acr_ct": _acr_ct, "acr_mri": _acr_mri, "planar": _planar}
