"""Images of phantoms with known values, drawn by ourselves: what an analysis has to find is planted here.

They have the geometry that each phantom's maker publishes, at a low resolution, and no patient. Nothing here was ever
in a scanner: such a test proves the way from a file to a figure, not an analysis on real images.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import numpy as np
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import ExplicitVRLittleEndian, generate_uid

CT_IMAGE = "1.2.840.10008.5.1.4.1.1.2"
MR_IMAGE = "1.2.840.10008.5.1.4.1.1.4"
DX_IMAGE = "1.2.840.10008.5.1.4.1.1.1.1"
PATIENT = {"PatientName": "Doe^Jane", "PatientID": "4711", "PatientBirthDate": "19700101", "InstitutionName": "St. X"}


class Slice:
    """One image in the making, in millimetres from the phantom's centre; y grows downwards."""

    def __init__(self, pixels: int, mm: float, ground: float):
        self.mm = mm
        self.values = np.full((pixels, pixels), float(ground))
        middle = (pixels - 1) / 2
        rows, columns = np.mgrid[:pixels, :pixels]
        self.x, self.y = (columns - middle) * mm, (rows - middle) * mm

    def disk(self, radius: float, value: float, *, at: tuple[float, float] = (0.0, 0.0)) -> None:
        self.values[(self.x - at[0]) ** 2 + (self.y - at[1]) ** 2 <= radius**2] = value

    def box(self, width: float, height: float, value: float, *, at: tuple[float, float] = (0.0, 0.0)) -> None:
        self.values[(abs(self.x - at[0]) <= width / 2) & (abs(self.y - at[1]) <= height / 2)] = value

    def stripes(self, side: float, mean: float, swing: float, *, at: tuple[float, float]) -> None:
        """Bars two pixels wide that swing by ``swing`` around ``mean``."""
        inside = (abs(self.x - at[0]) <= side / 2) & (abs(self.y - at[1]) <= side / 2)
        high = np.indices(self.values.shape)[1] // 2 % 2 == 0
        self.values[inside & high], self.values[inside & ~high] = mean + swing, mean - swing


def polar(degrees: float, distance: float) -> tuple[float, float]:
    return distance * float(np.cos(np.deg2rad(degrees))), distance * float(np.sin(np.deg2rad(degrees)))


# Files -----------------------------------------------------------------------------------------------------------


def image(sop_class: str, modality: str, values: np.ndarray, mm: float, **given: Any) -> Dataset:
    """A DICOM image of ``values``, which are whole numbers once ``RescaleIntercept`` is taken off."""
    row = Dataset()
    row.file_meta = FileMetaDataset()
    row.file_meta.MediaStorageSOPClassUID = row.SOPClassUID = sop_class
    row.file_meta.MediaStorageSOPInstanceUID = row.SOPInstanceUID = generate_uid()
    row.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    row.is_little_endian, row.is_implicit_VR = True, False
    row.Modality, row.Manufacturer, row.ManufacturerModelName = modality, "Example Imaging", "Drawn 1"
    row.StationName, row.DeviceSerialNumber = "ROOM1", "SN-1"
    row.StudyInstanceUID, row.SeriesInstanceUID = given.pop("study", "1.2.3.1"), given.pop("series", "1.2.3.1.1")
    row.FrameOfReferenceUID = "1.2.3.9"
    row.StudyDate, row.StudyTime = "20261103", "081500"
    row.AcquisitionDate, row.AcquisitionTime = "20261103", "081530"
    intercept = given.pop("intercept", 0)
    row.RescaleIntercept, row.RescaleSlope = intercept, 1
    row.PixelSpacing = [mm, mm]
    row.SamplesPerPixel, row.PhotometricInterpretation = 1, "MONOCHROME2"
    row.BitsAllocated, row.BitsStored, row.HighBit, row.PixelRepresentation = 16, 16, 15, 0
    row.Rows, row.Columns = values.shape
    row.PixelData = np.clip(np.rint(values - intercept), 0, 65535).astype("<u2").tobytes()
    for name, value in given.items():
        setattr(row, name, value)
    return row


def write(folder: Path, images: Iterable[Dataset], **given: Any) -> list[Path]:
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for number, row in enumerate(images, 1):
        for name, value in given.items():
            setattr(row, name, value)
        paths.append(folder / f"{number:04d}.dcm")
        row.save_as(paths[-1], write_like_original=False)
    return paths


def stack(
    sop_class: str,
    modality: str,
    draw: Callable[[float], Slice],
    places: Iterable[float],
    thickness: float,
    **given: Any,
) -> list[Dataset]:
    """One image for each place (mm along the table), numbered in their order."""
    images = []
    for number, z in enumerate(places, 1):
        drawn = draw(z)
        half = drawn.mm * drawn.values.shape[0] / 2
        images.append(
            image(
                sop_class,
                modality,
                drawn.values,
                drawn.mm,
                SliceThickness=thickness,
                SpacingBetweenSlices=thickness,
                InstanceNumber=number,
                ImagePositionPatient=[-half, -half, z],
                ImageOrientationPatient=[1, 0, 0, 0, 1, 0],
                SliceLocation=z,
                **given,
            )
        )
    return images


# ACR CT 464: four modules of 40 mm ---------------------------------------------------------------------------------

ACR_CT_HU = {"Air": -987.0, "Poly": -94.0, "Acrylic": 121.0, "Bone": 955.0, "Water": 2.0}
ACR_CT_AT = {"Air": 45, "Poly": 225, "Acrylic": 135, "Bone": -45, "Water": 180}
ACR_CT_LINES = {-135: 0.4, -180: 0.5, 135: 0.6, 90: 0.7, 45: 0.8, 0: 0.9, -45: 1.0, -90: 1.2}
#: Swing of the bars at each number of line pairs: the one at 0.8 lp/mm is half of the first.
ACR_CT_SWING = {0.4: 400.0, 0.5: 360.0, 0.6: 300.0, 0.7: 250.0, 0.8: 200.0, 0.9: 150.0, 1.0: 100.0, 1.2: 50.0}


def acr_ct(
    *, hu: dict[str, float] | None = None, uniform: float = 3.0, noise: float = 4.0, contrast: float = 12.0,
    spacing: float = 5.0, pixels: int = 256, mm: float = 1.0,
) -> list[Dataset]:  # fmt: skip
    """A series of the whole phantom, from before the first module to behind the last."""
    inserts, random = {**ACR_CT_HU, **(hu or {})}, np.random.default_rng(464)

    def draw(z: float) -> Slice:
        drawn = Slice(pixels, mm, -1000)
        if -20 <= z < 20:
            drawn.disk(100, 0)
            for name, value in inserts.items():
                drawn.disk(12.5, value, at=polar(ACR_CT_AT[name], 63))
        elif 20 <= z < 50:
            drawn.disk(100, 90)
            drawn.disk(12.5, 90 + contrast, at=polar(-90, 60))
        elif 50 <= z < 85:
            drawn.disk(100, uniform)
            if 65 <= z <= 75:  # two beads 100 mm apart
                for at in (polar(-45, 20), polar(135, 80)):
                    drawn.disk(1.2, 800, at=at)
        elif z <= 120:
            drawn.disk(100, 90)
            for degrees, pairs in ACR_CT_LINES.items():
                drawn.stripes(16, 1000, ACR_CT_SWING[pairs], at=polar(degrees, 70))
        inside = drawn.x**2 + drawn.y**2 <= 100**2
        quiet = z >= 85  # the planted contrast of the bars is exact
        drawn.values[inside] += 0 if quiet else random.normal(0, noise, int(inside.sum()))
        return drawn

    return stack(
        CT_IMAGE, "CT", draw, np.arange(-20 - 2 * spacing, 120 + spacing, spacing), spacing, intercept=-1024, KVP=120
    )


# CatPhan 604: four modules ------------------------------------------------------------------------------------------

CATPHAN_HU = {
    "Air": -998.0, "PMP": -193.0, "50% Bone": 721.0, "LDPE": -101.0, "Poly": -45.0, "Acrylic": 118.0,
    "20% Bone": 240.0, "Delrin": 369.0, "Teflon": 985.0,
}  # fmt: skip
CATPHAN_AT = {
    "Air": -90, "PMP": -120, "50% Bone": -150, "LDPE": 180, "Poly": 120, "Acrylic": 60, "20% Bone": 30, "Delrin": 0,
    "Teflon": -60,
}  # fmt: skip
#: Where each group of line pairs begins and ends, as shares of the circle, and how many bars it has.
CATPHAN_LINES = ((0, 0.107, 2), (0.107, 0.173, 3), (0.173, 0.236, 4), (0.236, 0.286, 4), (0.286, 0.335, 4),
                 (0.335, 0.387, 5), (0.387, 0.434, 5), (0.434, 0.479, 5))  # fmt: skip
CATPHAN_SWING = (1.0, 0.95, 0.9, 0.8, 0.7, 0.5, 0.3, 0.15)
WIRE_RATIO = 0.42  # a wire under 23 degrees looks so much longer than the slice is thick


def catphan_604(
    *, hu: dict[str, float] | None = None, uniform: float = 4.0, noise: float = 5.0, thickness: float = 2.5,
    nodes_mm: float = 50.0, pixels: int = 400, mm: float = 0.55,
) -> list[Dataset]:  # fmt: skip
    """A series of the whole phantom; the plane of the inserts is at 0."""
    inserts, random = {**CATPHAN_HU, **(hu or {})}, np.random.default_rng(604)

    def inserted(drawn: Slice, z: float) -> None:
        drawn.disk(100, 90)
        for name, value in inserts.items():
            drawn.disk(6.5, value, at=polar(CATPHAN_AT[name], 58.7))
        drawn.disk(6.5, inserts["Air"], at=polar(90, 58.7))  # the second of air, by which the roll is found
        half = nodes_mm / 2
        for at, value in (((-half, -half), -998), ((half, -half), 985), ((-half, half), -998), ((half, half), -998)):
            drawn.disk(2.2, value, at=at)
        along, length = z / WIRE_RATIO, thickness / WIRE_RATIO
        for side in (-38, 38):
            drawn.box(2 * mm, length, 700, at=(side, along))
            drawn.box(length, 2 * mm, 700, at=(along, side))

    def lined(drawn: Slice) -> None:
        drawn.disk(100, 90)
        turn = ((np.pi - np.arctan2(drawn.y, drawn.x)) % (2 * np.pi)) / (2 * np.pi)
        ring = abs(np.hypot(drawn.x, drawn.y) - 47) < 4
        for (begins, ends, bars), swing in zip(CATPHAN_LINES, CATPHAN_SWING, strict=True):
            margin = (ends - begins) * 0.12
            share = (turn - begins - margin) / (ends - begins - 2 * margin)
            wave = (1 - np.cos(2 * np.pi * bars * share)) / 2
            inside = ring & (share >= 0) & (share <= 1)
            middle = (share > 0.5 / bars) & (share < 1 - 0.5 / bars)
            low = np.where(middle, (1 - swing) / (1 + swing), 0)
            drawn.values[inside] = (90 + 1500 * (low + (1 - low) * wave))[inside]

    def draw(z: float) -> Slice:
        drawn = Slice(pixels, mm, -1000)
        if -12 <= z <= 12:
            inserted(drawn, z)
        elif 30 <= z <= 50:
            lined(drawn)
        elif -50 <= z <= -30:
            drawn.disk(100, 50)
            for degrees, radius in zip(
                (-87.4, -69.1, -52.7, -38.5, -25.1, -12.9), (7.5, 4.5, 4, 3.5, 3, 2.5), strict=True
            ):
                drawn.disk(radius, 60, at=polar(degrees, 50))
        else:
            drawn.disk(100, uniform)
        inside = drawn.x**2 + drawn.y**2 <= 100**2
        drawn.values[inside] += random.normal(0, noise, int(inside.sum()))
        return drawn

    places = np.arange(-95, 60, thickness)
    return stack(CT_IMAGE, "CT", draw, places, thickness, intercept=-1024, KVP=120)


# ACR MRI, large -----------------------------------------------------------------------------------------------------


def acr_mri(
    *, slope_percent: float = 6.0, diameter: float = 190.0, pixels: int = 256, mm: float = 1.0
) -> list[Dataset]:
    """Eleven slices 10 mm apart; the signal falls by ``slope_percent`` from left to right."""
    random = np.random.default_rng(11)

    def draw(z: float) -> Slice:
        drawn = Slice(pixels, mm, 20)
        radius = diameter / 2
        drawn.disk(radius, 1000)
        number = round(z / 10) + 1
        if number == 1:
            drawn.disk(22, 100, at=polar(-135, 60))  # the ring by which the roll is found
            drawn.disk(20, 1000, at=polar(-135, 60))
            drawn.box(110, 12, 300)  # the block with the two ramps
            drawn.box(50, 3, 700, at=(0, -3))
            drawn.box(50, 3, 700, at=(0, 3))
            for degrees, distance, side in (
                (116, 40, 8),
                (104, 44, 8),
                (81, 36, 8),
                (74, 44, 8),
                (52, 46, 6),
                (51, 55, 6),
            ):
                drawn.stripes(side, 600, 350, at=polar(degrees, distance))
        if number in (1, 11):
            for side, down in ((-3, 0.0), (3, 0.0)):
                drawn.box(4, 20 + down, 100, at=(side, -radius + 25 + down / 2))
        if number == 7:
            drawn.values[drawn.x**2 + drawn.y**2 <= radius**2] *= 1 - slope_percent / 100 * (
                drawn.x[drawn.x**2 + drawn.y**2 <= radius**2] / 160 + 0.5
            )
        if number >= 8:
            ring = abs(np.hypot(drawn.x, drawn.y) - 42) < 2
            drawn.values[ring] = 100
            start = 9 * (number - 8)
            for spoke in range(10):
                size = (7.0, 6.4, 5.8, 5.2, 4.6, 3.9, 3.3, 2.7, 2.1, 1.5)[spoke]
                for distance in (12.75, 25.5, 38.25):
                    drawn.disk(size / 2, 1000 + 12 * (number - 6), at=polar(-90 + 36 * spoke + start, distance))
        drawn.values += abs(random.normal(0, 3, drawn.values.shape))
        return drawn

    return stack(
        MR_IMAGE, "MR", draw, np.arange(0, 101, 10.0), 5.0, MagneticFieldStrength=1.5, EchoNumbers=1, EchoTime=20
    )


# Planar: QC-3 -------------------------------------------------------------------------------------------------------

QC_SWING = (400.0, 320.0, 240.0, 160.0, 80.0)
QC_LINES = (0.1, 0.2, 0.25, 0.45, 0.76)


def qc_3(*, swing: tuple[float, ...] = QC_SWING, contrast: float = 0.04, pixels: int = 512, mm: float = 0.5) -> Dataset:
    """One image of the plate with five groups of bars; it stands on its corner, as the phantom's stand holds it."""
    drawn = Slice(pixels, mm, 200)
    unit = 168 * 0.0896  # the maker's drawing in units of this many millimetres
    turned_x, turned_y = (drawn.x + drawn.y) / np.sqrt(2), (drawn.y - drawn.x) / np.sqrt(2)
    drawn.values[(abs(turned_x) <= 66) & (abs(turned_y) <= 52.8)] = 1000
    for distance, high in zip((2.8, -2.8, 1.45, -1.45, 0), swing, strict=True):
        drawn.stripes(1.1 * unit, 1000, high, at=polar(45, distance * unit))
    for step, (degrees, distance) in enumerate(((-90, 2), (55, 2.4), (-55, 2.4), (128, 2.4), (-128, 2.4))):
        drawn.disk(0.55 * unit, 1000 * (1 + contrast * (step + 1)), at=polar(45 + degrees, distance * unit))
    drawn.values += np.random.default_rng(3).normal(0, 2, drawn.values.shape)
    return image(
        DX_IMAGE, "DX", drawn.values, mm, ImagerPixelSpacing=[mm, mm], DistanceSourceToDetector=1000,
        DistanceSourceToPatient=1000, KVP=70, InstanceNumber=1,
    )  # fmt: skip
