"""What people send is unpacked within limits, checked, and loses every trace of a patient before it is kept."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import Any

import pydicom
import pytest

from tests.drawn import phantoms
from wardwright.kernel.imaging import KEPT, RENUMBERED, SENT, SERIES, Bounds, ImagingRefused, warnings_of, work


def few(**given: Any) -> list[Any]:
    """Five small CT images."""
    drawn = phantoms.Slice(64, 3.0, -1000)
    drawn.disk(90, 0)
    return phantoms.stack(phantoms.CT_IMAGE, "CT", lambda z: drawn, range(0, 25, 5), 5, intercept=-1024, **given)


def taken_in(folder: Path, kind: str = "acr_ct", **bounds: int) -> dict[str, Any]:
    return work("take_in", folder, {"kind": kind}, Bounds(**bounds) if bounds else None)


def refused(folder: Path, kind: str = "acr_ct", **bounds: int) -> str:
    with pytest.raises(ImagingRefused) as error:
        taken_in(folder, kind, **bounds)
    assert not (folder / SERIES).exists() and error.value.way_forward
    return error.value.message


def kept(folder: Path) -> list[pydicom.Dataset]:
    with zipfile.ZipFile(folder / SERIES) as packed:
        return [pydicom.dcmread(io.BytesIO(packed.read(name))) for name in packed.namelist()]


def packed(folder: Path, *files: tuple[str, bytes]) -> Path:
    """The files in one archive, as sent."""
    (folder / SENT).mkdir(parents=True)
    with zipfile.ZipFile(folder / SENT / "0000", "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files:
            archive.writestr(name, data)
    return folder


def test_nothing_is_kept_that_could_name_a_patient(tmp_path: Path) -> None:
    images = few()
    for image in images:
        for name, value in phantoms.PATIENT.items():
            setattr(image, name, value)
        image.SeriesDescription, image.AccessionNumber = "for Mrs Doe", "A-77"
        image.add_new((0x0009, 0x0010), "LO", "MAKER")
        image.add_new((0x0009, 0x1001), "LO", "Doe^Jane")
    phantoms.write(tmp_path / SENT, images)
    facts = taken_in(tmp_path)
    after = kept(tmp_path)
    assert len(after) == facts["images"] == 5
    allowed = KEPT | {*RENUMBERED, "PatientIdentityRemoved", "DeidentificationMethod"}
    assert {element.keyword for image in after for element in image} <= allowed
    with zipfile.ZipFile(tmp_path / SERIES) as archive:
        everything = b"".join(archive.read(name) for name in archive.namelist())
    for trace in (b"Doe", b"4711", b"19700101", b"St. X", b"A-77", images[0].SOPInstanceUID.encode(), b"1.2.3.1"):
        assert trace not in everything
    assert facts["identity"] == ["PatientName", "PatientID", "PatientBirthDate", "AccessionNumber"]
    assert {"PatientName", "SeriesDescription", "private"} <= set(facts["removed"])
    assert (facts["serial"], facts["station"], facts["taken_at"]) == ("SN-1", "ROOM1", "2026-11-03T08:15:30")
    assert [int(image.pixel_array.max()) for image in after] == [1024] * 5  # the pictures are whole


def test_the_same_images_are_the_same_bytes(tmp_path: Path) -> None:
    images = few()
    for name in ("one", "two"):
        phantoms.write(tmp_path / name / SENT, images)
        taken_in(tmp_path / name)
    assert (tmp_path / "one" / SERIES).read_bytes() == (tmp_path / "two" / SERIES).read_bytes()


def test_an_archive_may_say_any_name(tmp_path: Path) -> None:
    """A name out of an archive is never a path: nothing appears outside."""
    images = phantoms.write(tmp_path / "made", few())
    files = [(f"../../../up/{number}.dcm", path.read_bytes()) for number, path in enumerate(images)]
    folder = packed(tmp_path / "in" / "deep", *files, ("/etc/notes.txt", b"hello"), ("DICOMDIR", b"x"))
    facts = taken_in(folder)
    assert facts["images"] == 5 and facts["left_out"] == ["notes.txt"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["in", "made"]
    assert [path.name for path in (tmp_path / "in").iterdir()] == ["deep"]


def test_a_bomb_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    folder = packed(tmp_path / "bomb", *((f"{n}.dcm", bytes(3_000_000)) for n in range(10)))
    assert (folder / SENT / "0000").stat().st_size < 100_000
    assert "larger than what is taken" in refused(folder, unpacked_mb=20)
    assert "more than 4 files" in refused(folder, files=4)


def test_what_is_no_series_for_this_analysis(tmp_path: Path) -> None:
    phantoms.write(tmp_path / "mr" / SENT, phantoms.acr_mri())
    assert "modality MR; this analysis is for CT" in refused(tmp_path / "mr")
    phantoms.write(tmp_path / "few" / SENT, few()[:2])
    assert "There are 2 images" in refused(tmp_path / "few")
    mixed = few()
    mixed[0].SeriesInstanceUID, mixed[0].SeriesNumber = "1.2.9", 7
    phantoms.write(tmp_path / "mixed" / SENT, mixed)
    assert "2 series" in refused(tmp_path / "mixed")
    twice = few()
    phantoms.write(tmp_path / "twice" / SENT, [*twice, twice[0]])
    assert "same image" in refused(tmp_path / "twice")
    packed(tmp_path / "none", ("readme.txt", b"nothing"))
    assert "No DICOM image" in refused(tmp_path / "none")
    bare = few()
    del bare[2].PixelData
    phantoms.write(tmp_path / "bare" / SENT, bare)
    assert "no picture" in refused(tmp_path / "bare")


def test_broken_files(tmp_path: Path) -> None:
    """Cut, overwritten and nonsensical files: left out or refused in words, whatever they are."""
    paths = phantoms.write(tmp_path / "cut" / SENT, few())
    whole = paths[0].read_bytes()
    for number, data in enumerate((whole[:200], whole[:132] + b"\xff" * 400, b"DICM", b"", b"PK\x03\x04rubbish"[:0])):
        (tmp_path / "cut" / SENT / f"x{number}").write_bytes(data)
    facts = taken_in(tmp_path / "cut")
    assert facts["images"] == 5
    (tmp_path / "zip" / SENT).mkdir(parents=True)
    (tmp_path / "zip" / SENT / "0").write_bytes(b"PK\x03\x04" + b"rubbish" * 40)
    assert "damaged" in refused(tmp_path / "zip")


def test_another_scanner_is_pointed_out(tmp_path: Path) -> None:
    phantoms.write(tmp_path / SENT, few(BurnedInAnnotation="YES"))
    facts = taken_in(tmp_path)
    assert len(warnings_of(facts, "sn 1")) == 1  # only the writing in the picture: a serial may be written otherwise
    said = warnings_of(facts, "SN-2")
    assert "serial number SN-1, the device has SN-2" in said[1]
