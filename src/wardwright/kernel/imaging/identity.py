"""Who and what DICOM files name: the device, which is wanted, and patients, of whom nothing is kept."""

from __future__ import annotations

import hashlib
import io
import json
from collections import Counter
from importlib.resources import files
from typing import Any

from wardwright.kernel.said import Said, say

_SHIPPED = json.loads((files("wardwright.kernel") / "data" / "dicom_kept.json").read_text("utf-8"))
#: What an image keeps. Everything else goes: also what a maker hides in private elements, and free text.
KEPT = frozenset(_SHIPPED["kept"])
#: Replaced by a number made of them: images still belong together, and cannot be found again in an archive.
RENUMBERED = frozenset(_SHIPPED["renumbered"])
#: A value here may be a person's: it is told, so that somebody asks why a phantom was scanned under it.
IDENTITY: tuple[str, ...] = tuple(_SHIPPED["identity"])


def device(row: Any) -> dict[str, str]:
    """By what a file says which device it is of."""
    names = {"manufacturer": "Manufacturer", "model": "ManufacturerModelName", "station": "StationName"}
    return {**{ours: text(row, theirs) for ours, theirs in names.items()}, "serial": text(row, "DeviceSerialNumber")}


def moment(row: Any, names: tuple[str, ...]) -> str:
    """When it was taken, as the scanner's clock said, without a zone; "" where nothing is said."""
    for name in names:
        day, time = str(row.get(f"{name}Date") or ""), str(row.get(f"{name}Time") or "")
        if len(day) == 8 and day.isdigit():
            digits = "".join(c for c in time.split(".")[0] if c.isdigit()).ljust(6, "0")[:6]
            return f"{day[:4]}-{day[4:6]}-{day[6:]}T{digits[:2]}:{digits[2:4]}:{digits[4:]}"
    return ""


def text(row: Any, name: str) -> str:
    return " ".join(str(row.get(name) or "").split())[:80]


def anonymous(image: Any, removed: Counter[str]) -> bytes:
    """The image with nothing but what is kept."""
    from pydicom.dataset import FileDataset, FileMetaDataset

    bare = FileDataset("", {}, preamble=b"\0" * 128)
    for element in image:
        if element.keyword in RENUMBERED:
            setattr(bare, element.keyword, _renumbered(str(element.value)))
        elif element.keyword in KEPT and not element.tag.is_private:
            bare.add(element)
        else:
            removed[element.keyword or "private"] += 1
    bare.PatientIdentityRemoved = "YES"
    bare.DeidentificationMethod = "Wardwright: only a fixed list of elements is kept"
    meta = FileMetaDataset()
    meta.TransferSyntaxUID = image.file_meta.TransferSyntaxUID
    meta.MediaStorageSOPClassUID, meta.MediaStorageSOPInstanceUID = bare.SOPClassUID, bare.SOPInstanceUID
    bare.file_meta = meta
    bare.is_little_endian, bare.is_implicit_VR = image.is_little_endian, image.is_implicit_VR
    out = io.BytesIO()
    bare.save_as(out, write_like_original=False)
    return out.getvalue()


def _renumbered(uid: str) -> str:
    return f"2.25.{int.from_bytes(hashlib.sha256(uid.encode()).digest()[:16], 'big')}"


def warnings_of(facts: dict[str, Any], serial: str) -> list[Said]:
    """What a person ought to look into before relying on the series; ``serial`` is the registered device's."""
    said = []
    if facts["identity"]:
        said.append(
            say(
                "The images carried patient data ({names}). It was removed before anything was stored; ask why a"
                " phantom was scanned under it.",
                names=", ".join(facts["identity"]),
            )
        )
    if facts["burned_in"]:
        said.append(say("The scanner says that writing is burned into the pictures: check that it names nobody."))
    if not same_serial(serial, facts["serial"]):
        said.append(
            say(
                "The images say serial number {theirs}, the device has {ours}: is it another scanner?",
                theirs=facts["serial"], ours=serial,
            )
        )  # fmt: skip
    return said


def same_serial(one: str, other: str) -> bool:
    """Whether two spellings may be of one device; True where one of them is not known."""
    return not one or not other or _plain(one) == _plain(other)


def _plain(serial: str) -> str:
    return "".join(c for c in serial.upper() if c.isalnum()).lstrip("0")
