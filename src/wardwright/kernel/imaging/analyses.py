"""The analyses of phantom images there are, and the figures each of them gives. What they mean is the maker's business;
that a figure keeps its key is ours: figures of one key are compared over the years."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from importlib.resources import files
from typing import Any

from wardwright.kernel.said import Said, say
from wardwright.kernel.verification import Verification


@dataclass(frozen=True, slots=True)
class Quantity:
    """One figure: its key never changes, readings of one key are compared."""

    key: str
    words: Said
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Option:
    """What a person may say about the scan; left out, the analysis finds it by itself."""

    key: str
    words: Said
    kind: type
    low: float = 0
    high: float = 0

    def read(self, value: object) -> object:
        """The value, checked. Raises ValueError in words."""
        if self.kind is bool:
            return value in (True, "true", "on", "1")
        try:
            number = self.kind(str(value))
        except ValueError:
            raise ValueError(say("{option}: enter a number.", option=self.words)) from None
        if not self.low <= number <= self.high:
            raise ValueError(
                say(
                    "{option}: between {low} and {high}.", option=self.words, low=f"{self.low:g}", high=f"{self.high:g}"
                )
            )
        return number


@dataclass(frozen=True, slots=True)
class Analysis:
    """One kind of analysis. ``phantoms``: the variants, each the name of the class that analyses it, the usual first.

    ``modalities`` of DICOM that it is for; ``least_images`` it cannot do without. ``proof``: what it was tried on.
    """

    key: str
    words: Said
    modalities: tuple[str, ...]
    phantoms: dict[str, Said]
    quantities: tuple[Quantity, ...]
    least_images: int
    proof: Said
    options: tuple[Option, ...]


_HU = "HU"
_MATERIALS = {
    "air": say("Air"),
    "pmp": say("PMP (polymethylpentene)"),
    "lung": say("Lung equivalent"),
    "ldpe": say("LDPE (polyethylene)"),
    "poly": say("Polystyrene"),
    "acrylic": say("Acrylic"),
    "bone_20": say("Bone 20 %"),
    "bone_50": say("Bone 50 %"),
    "bone": say("Bone equivalent"),
    "delrin": say("Delrin"),
    "teflon": say("Teflon"),
    "vial": say("Water vial"),
    "water": say("Water"),
    "polyethylene": say("Polyethylene"),
}


def _materials(prefix: str, *names: str) -> Iterator[Quantity]:
    for name in names:
        yield Quantity(f"{prefix}.hu_{name}", say("CT number of {material}", material=_MATERIALS[name]), _HU)


_MOVED = (
    Option("x_adjustment", say("Phantom lies further right by (mm)"), float, -50, 50),
    Option("y_adjustment", say("Phantom lies further down by (mm)"), float, -50, 50),
    Option("angle_adjustment", say("Phantom is turned further by (°)"), float, -45, 45),
)
_ORIGIN = Option("origin_slice", say("Number of the image through the inserts (from 0)"), int, 0, 5000)
#: Parts of a CatPhan that the scan may leave out, and the module that analyses each.
PARTS = {"without_uniformity": "CTP486", "without_resolution": "CTP528", "without_low_contrast": "CTP515"}
_LEFT_OUT = (
    Option("without_uniformity", say("The uniform part is not in the scan"), bool),
    Option("without_resolution", say("The line pairs are not in the scan"), bool),
    Option("without_low_contrast", say("The low-contrast part is not in the scan"), bool),
)

_DRAWN = say("tried on drawn images only, never on a scanned phantom")
_DRAWN_IN_PART = say("tried on drawn images only, and there not for resolution, slice position and low contrast")
_UNTRIED_VARIANTS = say("one variant tried on drawn images, the others not at all")

ANALYSES: dict[str, Analysis] = {
    one.key: one
    for one in (
        Analysis(
            "catphan",
            say("CT or cone-beam CT, CatPhan"),
            ("CT",),
            {
                "CatPhan604": say("CatPhan 604"),
                "CatPhan503": say("CatPhan 503"),
                "CatPhan504": say("CatPhan 504"),
                "CatPhan600": say("CatPhan 600"),
                "CatPhan700": say("CatPhan 700"),
            },
            (
                *_materials(
                    "ct",
                    "water",
                    "air",
                    "pmp",
                    "lung",
                    "ldpe",
                    "poly",
                    "acrylic",
                    "bone_20",
                    "delrin",
                    "bone_50",
                    "teflon",
                    "vial",
                ),
                Quantity("ct.uniformity", say("Uniformity: greatest difference from the centre"), _HU),
                Quantity("ct.uniformity_index", say("Uniformity index"), "%"),
                Quantity("ct.noise", say("Noise in the centre"), _HU),
                Quantity("ct.slice_thickness", say("Slice thickness"), "mm"),
                Quantity("ct.scaling", say("Distance of the marks (50 mm)"), "mm"),
                Quantity("ct.low_contrast_visibility", say("Low-contrast visibility")),
                Quantity("ct.low_contrast_seen", say("Low-contrast disks seen")),
                Quantity("ct.mtf_80", say("Resolution at 80 % modulation"), "lp/mm"),
                Quantity("ct.mtf_50", say("Resolution at 50 % modulation"), "lp/mm"),
                Quantity("ct.mtf_30", say("Resolution at 30 % modulation"), "lp/mm"),
            ),
            39,
            _UNTRIED_VARIANTS,
            (*_LEFT_OUT, _ORIGIN, *_MOVED),
        ),
        Analysis(
            "acr_ct",
            say("CT, ACR phantom"),
            ("CT",),
            {"ACRCT": say("ACR CT 464")},
            (
                *_materials("acr_ct", "water", "air", "polyethylene", "acrylic", "bone"),
                Quantity("acr_ct.uniformity", say("Uniformity: greatest difference from the centre"), _HU),
                Quantity("acr_ct.uniformity_centre", say("CT number in the centre of the uniform part"), _HU),
                Quantity("acr_ct.noise", say("Noise in the centre"), _HU),
                Quantity("acr_ct.scaling", say("Distance of the beads (100 mm)"), "mm"),
                Quantity("acr_ct.low_contrast_cnr", say("Low contrast: contrast-to-noise ratio")),
                Quantity("acr_ct.mtf_50", say("Resolution at 50 % modulation"), "lp/mm"),
            ),
            4,
            _DRAWN,
            (_ORIGIN, *_MOVED),
        ),
        Analysis(
            "acr_mri",
            say("MRI, ACR phantom"),
            ("MR",),
            {"ACRMRILarge": say("ACR MRI, large"), "ACRMRIMedium": say("ACR MRI, medium")},
            (
                Quantity("acr_mri.slice_thickness", say("Slice thickness"), "mm"),
                Quantity("acr_mri.position_slice_1", say("Slice position, slice 1"), "mm"),
                Quantity("acr_mri.position_slice_11", say("Slice position, slice 11"), "mm"),
                Quantity("acr_mri.width_horizontal", say("Width of the phantom, horizontal"), "mm"),
                Quantity("acr_mri.width_vertical", say("Width of the phantom, vertical"), "mm"),
                Quantity("acr_mri.width_diagonal_falling", say("Width of the phantom, falling diagonal"), "mm"),
                Quantity("acr_mri.width_diagonal_rising", say("Width of the phantom, rising diagonal"), "mm"),
                Quantity("acr_mri.uniformity", say("Image uniformity"), "%"),
                Quantity("acr_mri.ghosting", say("Signal ghosting"), "%"),
                Quantity("acr_mri.mtf_50_rows", say("Resolution at 50 % modulation, rows"), "lp/mm"),
                Quantity("acr_mri.mtf_50_columns", say("Resolution at 50 % modulation, columns"), "lp/mm"),
                Quantity("acr_mri.low_contrast", say("Low contrast: spokes seen")),
            ),
            4,
            _DRAWN_IN_PART,
            _MOVED,
        ),
        Analysis(
            "planar",
            say("Planar X-ray"),
            ("DX", "CR", "RF", "XA", "RTIMAGE", "MG", "OT"),
            {
                "StandardImagingQC3": say("Standard Imaging QC-3"),
                "StandardImagingQCkV": say("Standard Imaging QC-kV"),
                "LeedsTOR": say("Leeds TOR 18"),
                "LasVegas": say("Las Vegas"),
                "DoselabMC2kV": say("Doselab MC2, kV"),
                "DoselabMC2MV": say("Doselab MC2, MV"),
                "SNCkV": say("SNC kV"),
                "SNCMV": say("SNC MV"),
                "PTWEPIDQC": say("PTW EPID QC"),
                "IBAPrimusA": say("IBA Primus A"),
            },
            (
                Quantity("planar.mtf_80", say("Resolution at 80 % modulation"), "lp/mm"),
                Quantity("planar.mtf_50", say("Resolution at 50 % modulation"), "lp/mm"),
                Quantity("planar.mtf_30", say("Resolution at 30 % modulation"), "lp/mm"),
                Quantity("planar.contrast", say("Low contrast: median")),
                Quantity("planar.cnr", say("Low contrast: median contrast-to-noise ratio")),
                Quantity("planar.low_contrast_seen", say("Low-contrast disks seen")),
                Quantity("planar.uniformity", say("Integral uniformity"), "%"),
                Quantity("planar.area", say("Area of the phantom"), "mm²"),
            ),
            1,
            _UNTRIED_VARIANTS,
            (
                Option("invert", say("Black and white are exchanged"), bool),
                Option("ssd", say("Distance from the source to the phantom (mm)"), float, 100, 5000),
                *_MOVED,
            ),
        ),
    )
}

DOSES: tuple[Quantity, ...] = (
    Quantity("dose.ctdi_vol", say("CTDIvol"), "mGy"),
    Quantity("dose.dlp", say("Dose-length product"), "mGy·cm"),
    Quantity("dose.area_product", say("Dose-area product"), "Gy·cm²"),
    Quantity("dose.reference_point", say("Dose at the reference point"), "mGy"),
    Quantity("dose.fluoro_time", say("Fluoroscopy time"), "s"),
    Quantity("dose.glandular", say("Mean glandular dose"), "mGy"),
)


def checked_options(kind: str, given: Mapping[str, object]) -> dict[str, object]:
    """The options as the analysis takes them, without those that are not set. Raises ValueError in words."""
    known = {one.key: one for one in ANALYSES[kind].options}
    strange = sorted(set(given) - set(known))
    if strange:
        raise ValueError(
            say("There is no option {name} here; there are: {known}.", name=strange[0], known=", ".join(known))
        )
    read = {name: known[name].read(value) for name, value in given.items() if value not in (None, "")}
    return {name: value for name, value in read.items() if value is not False}


@dataclass(frozen=True, slots=True)
class Customary:
    """What is usually asked of a figure, to begin with: a tolerance around its baseline, limits, or both."""

    tolerance: Decimal | None
    is_percent: bool
    low: Decimal | None
    high: Decimal | None
    source: str
    verified: Verification


@cache
def customary() -> dict[str, Customary]:
    """By the key of the figure, as shipped."""
    shipped = json.loads((files("wardwright.kernel") / "data" / "imaging_tolerances.json").read_text("utf-8"))
    return {key: _customary(row) for key, row in shipped.items()}


def _customary(row: dict[str, Any]) -> Customary:
    tolerance, low, high = (Decimal(row[name]) if name in row else None for name in ("tolerance", "low", "high"))
    is_percent = bool(row.get("percent"))
    return Customary(tolerance, is_percent, low, high, row["source"], Verification(row["verified"]))


def quantity(key: str) -> Quantity | None:
    """The figure with this key, of whatever analysis."""
    return _BY_KEY.get(key)


_BY_KEY = {one.key: one for kind in ANALYSES.values() for one in kind.quantities} | {one.key: one for one in DOSES}
