"""Taking in DICOM files that people send: unpacked within limits, checked, and rid of what could name a patient before
anything is kept. Only in a process of its own."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from wardwright.kernel.said import say

from .analyses import ANALYSES
from .identity import IDENTITY, anonymous, device, moment, text
from .isolated import SERIES, ImagingRefused
from .reports import NotAReport, read_report

SENT = "sent"
MOST_PIXELS = 6000 * 6000


@dataclass(frozen=True, slots=True)
class Most:
    files: int
    unpacked_bytes: int


def take_in(folder: Path, most: Most, kind: str) -> dict[str, Any]:
    """Make one series of the files in ``folder/sent``, without patient data, packed as ``series.zip``.

    Raises:
        ImagingRefused: not DICOM, of another modality, more than one series, too much.
    """
    images, others = _read(folder / SENT, most)
    wanted = ANALYSES[kind]
    if not images:
        raise ImagingRefused(
            say("No DICOM image is among the files."),
            say("Export the series from the scanner or the archive as DICOM, not as pictures."),
        )
    _check_series(images, wanted.modalities, wanted.least_images)
    images.sort(key=lambda one: (int(one.get("InstanceNumber") or 0), str(one.SOPInstanceUID)))
    facts = _facts(images)
    removed: Counter[str] = Counter()
    with zipfile.ZipFile(folder / SERIES, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as packed:
        for number, image in enumerate(images, 1):
            entry = zipfile.ZipInfo(f"{number:04d}.dcm", (1980, 1, 1, 0, 0, 0))  # the same images, the same bytes
            entry.compress_type = zipfile.ZIP_DEFLATED
            packed.writestr(entry, anonymous(image, removed))
    return {**facts, "removed": sorted(removed), "left_out": others[:50], "left_out_count": len(others)}


def doses(folder: Path, most: Most) -> dict[str, Any]:
    """Read the dose reports among the files in ``folder/sent``: figures per protocol, without patients."""
    files, others = _read(folder / SENT, most)
    reports, problems = [], [say("{name} is not a DICOM file.", name=name) for name in others[:50]]
    for row in files:
        try:
            reports.append(read_report(row))
        except NotAReport as error:
            problems.append(error.words)
    if not reports:
        raise ImagingRefused(
            problems[0] if len(problems) == 1 else say("No radiation dose report is among the files."),
            say("Export the dose reports (modality SR, “Radiation Dose SR”) from the scanner or the archive."),
        )
    return {"reports": reports, "problems": problems}


# Files -----------------------------------------------------------------------------------------------------------


def _read(sent: Path, most: Most) -> tuple[list[Any], list[str]]:
    """The DICOM files, also those in archives; and the names of what is none."""
    import pydicom
    from pydicom.errors import InvalidDicomError

    found, others = [], []
    for name, data in _contents(sent, most):
        if PurePosixPath(name).name.upper() == "DICOMDIR":
            continue
        try:
            row = pydicom.dcmread(io.BytesIO(data))
            _ = row.SOPClassUID, row.SOPInstanceUID
        except (InvalidDicomError, AttributeError, ValueError, EOFError, KeyError, NotImplementedError, OSError):
            others.append(PurePosixPath(name).name[:80])
            continue
        found.append(row)
    return found, others


def _contents(sent: Path, most: Most) -> Iterator[tuple[str, bytes]]:
    """Name and bytes of each file. A name is only ever shown: nothing is written under it."""
    count, size = 0, 0
    for path in sorted(sent.iterdir()):
        with path.open("rb") as file:
            archive = file.read(4) == b"PK\x03\x04"
        for name, data in _members(path, most.unpacked_bytes - size) if archive else [(path.name, path.read_bytes())]:
            count, size = count + 1, size + len(data)
            if count > most.files:
                raise ImagingRefused(
                    say("There are more than {most} files.", most=most.files),
                    say("Send only the series of the phantom."),
                )
            if size > most.unpacked_bytes:
                raise _too_large()
            yield name, data


def _members(path: Path, left: int) -> Iterator[tuple[str, bytes]]:
    try:
        with zipfile.ZipFile(path) as archive:
            for member in archive.infolist():
                if member.is_dir():
                    continue
                if member.flag_bits & 1:
                    raise ImagingRefused(
                        say("The archive is locked by a password."), say("Pack the files again without one.")
                    )
                with archive.open(member) as file:
                    data = file.read(left + 1)  # what it says of its size may be a lie
                left -= len(data)
                if left < 0:
                    raise _too_large()
                yield member.filename, data
    except (zipfile.BadZipFile, NotImplementedError, EOFError, zlib.error) as error:
        raise ImagingRefused(
            say("The archive is damaged and cannot be unpacked."), say("Pack the files again, as a plain ZIP.")
        ) from error


def _too_large() -> ImagingRefused:
    return ImagingRefused(
        say("Unpacked, the files are larger than what is taken."),
        say("Send only the series of the phantom, or have the limit raised (WARDWRIGHT_IMAGING_UNPACKED_MB)."),
    )


# The series --------------------------------------------------------------------------------------------------------


def _check_series(images: list[Any], modalities: tuple[str, ...], least: int) -> None:
    found = Counter(str(one.get("Modality", "")) or "?" for one in images)
    if set(found) - set(modalities):
        raise ImagingRefused(
            say(
                "These images are of the modality {found}; this analysis is for {wanted}.",
                found=", ".join(sorted(found)), wanted=", ".join(modalities),
            ),
            say("Choose the set-up of the other analysis, or send the images of this phantom."),
        )  # fmt: skip
    series = Counter((str(one.get("SeriesInstanceUID", "")), str(one.get("SeriesNumber", "") or "?")) for one in images)
    if len(series) > 1:
        rows = ", ".join(f"{number} ({count})" for (_uid, number), count in sorted(series.items()))
        raise ImagingRefused(
            say("The files hold {n} series, with these numbers (and images): {rows}.", n=len(series), rows=rows),
            say("Send one series."),
        )
    unique = {str(one.SOPInstanceUID) for one in images}
    if len(unique) < len(images):
        raise ImagingRefused(say("The same image is there more than once."), say("Send each image once."))
    if len(images) < least:
        raise ImagingRefused(
            say("There are {n} images; this phantom needs at least {least}.", n=len(images), least=least),
            say("Send the whole series."),
        )
    if any("PixelData" not in one for one in images):
        raise ImagingRefused(say("Some of the files have no picture in them."), say("Export the images themselves."))
    if any(int(one.get("NumberOfFrames") or 1) > 1 for one in images):
        raise ImagingRefused(
            say("The images are of the enhanced kind, many in one file, which is not read."),
            say("Export them as single images (“classic” CT or MR)."),
        )
    if any(int(one.get("Rows") or 0) * int(one.get("Columns") or 0) > MOST_PIXELS for one in images):
        raise ImagingRefused(say("An image is larger than 6000 × 6000 points."), say("Export it in its usual size."))


def _facts(images: list[Any]) -> dict[str, Any]:
    first = images[0]
    carried = [name for name in IDENTITY if any(str(one.get(name) or "").strip() for one in images)]
    burned = any(str(one.get("BurnedInAnnotation", "")).upper() == "YES" for one in images)
    return {
        "images": len(images),
        "modality": str(first.Modality),
        **device(first),
        "software": text(first, "SoftwareVersions"),
        "taken_at": moment(first, ("Acquisition", "Content", "Series", "Study")),
        "identity": carried,
        "burned_in": burned,
    }
