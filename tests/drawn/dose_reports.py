"""Radiation dose structured reports, built node by node as DICOM PS3.16 has them (TID 10001 and TID 10011)."""

from __future__ import annotations

from typing import Any

from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.sequence import Sequence
from pydicom.uid import ExplicitVRLittleEndian, generate_uid

DOSE_SR = "1.2.840.10008.5.1.4.1.1.88.67"


def coded(value: str, meaning: str, scheme: str = "DCM") -> Sequence:
    row = Dataset()
    row.CodeValue, row.CodingSchemeDesignator, row.CodeMeaning = value, scheme, meaning
    return Sequence([row])


def node(kind: str, name: tuple[str, str], *children: Dataset, relation: str = "CONTAINS", **given: Any) -> Dataset:
    row = Dataset()
    row.RelationshipType, row.ValueType = relation, kind
    row.ConceptNameCodeSequence = coded(*name)
    for key, value in given.items():
        setattr(row, key, value)
    if kind == "CONTAINER":
        row.ContinuityOfContent = "SEPARATE"
    if children:
        row.ContentSequence = Sequence(children)
    return row


def box(name: tuple[str, str], *children: Dataset) -> Dataset:
    return node("CONTAINER", name, *children)


def number(name: tuple[str, str], value: str, unit: str) -> Dataset:
    measured = Dataset()
    measured.NumericValue = value
    measured.MeasurementUnitsCodeSequence = coded(unit, unit, "UCUM")
    return node("NUM", name, MeasuredValueSequence=Sequence([measured]))


def text(name: tuple[str, str], value: str) -> Dataset:
    return node("TEXT", name, TextValue=value)


def code(name: tuple[str, str], value: str, meaning: str) -> Dataset:
    return node("CODE", name, ConceptCodeSequence=coded(value, meaning))


def uid(name: tuple[str, str], value: str) -> Dataset:
    return node("UIDREF", name, UID=value)


def ct_event(protocol: str, ctdi: str, dlp: str, *, number_of: str, unit: str = "mGy", spiral: bool = True) -> Dataset:
    """A CT acquisition; one that is not spiral is a localiser."""
    kind = ("P5-08001", "Spiral Acquisition") if spiral else ("113805", "Constant Angle Acquisition")
    return box(
        ("113819", "CT Acquisition"),
        text(("125203", "Acquisition Protocol"), protocol),
        code(("123014", "Target Region"), "T-D1100", "Head"),
        code(("113820", "CT Acquisition Type"), *kind),
        uid(("113769", "Irradiation Event UID"), number_of),
        box(("113822", "CT Acquisition Parameters"), number(("113824", "Exposure Time"), "4.2", "s")),
        box(
            ("113829", "CT Dose"),
            number(("113830", "Mean CTDIvol"), ctdi, unit),
            code(("113835", "CTDIw Phantom Type"), "113690", "IEC Head Dosimetry Phantom"),
            number(("113838", "DLP"), dlp, "mGy.cm"),
        ),
    )


def ct_report(*events: Dataset, total: str = "0", **given: Any) -> Dataset:
    return report(
        "77477000",
        box(
            ("113811", "CT Accumulated Dose Data"), number(("113813", "CT Dose Length Product Total"), total, "mGy.cm")
        ),
        *events,
        **given,
    )


def projection_event(protocol: str, product: str, at_reference: str, *, number_of: str) -> Dataset:
    return box(
        ("113706", "Irradiation Event X-Ray Data"),
        text(("125203", "Acquisition Protocol"), protocol),
        uid(("113769", "Irradiation Event UID"), number_of),
        number(("122130", "Dose Area Product"), product, "Gy.m2"),
        number(("113738", "Dose (RP)"), at_reference, "Gy"),
    )


def projection_report(*events: Dataset, product: str, at_reference: str, seconds: str, **given: Any) -> Dataset:
    return report(
        "113704",
        box(
            ("113702", "Accumulated X-Ray Dose Data"),
            number(("113722", "Dose Area Product Total"), product, "Gy.m2"),
            number(("113725", "Dose (RP) Total"), at_reference, "Gy"),
            number(("113730", "Total Fluoro Time"), seconds, "s"),
        ),
        *events,
        **given,
    )


def report(procedure: str, *content: Dataset, **given: Any) -> Dataset:
    row = Dataset()
    row.file_meta = FileMetaDataset()
    row.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    row.file_meta.MediaStorageSOPClassUID = row.SOPClassUID = DOSE_SR
    row.file_meta.MediaStorageSOPInstanceUID = row.SOPInstanceUID = generate_uid()
    row.is_little_endian, row.is_implicit_VR = True, False
    row.Modality, row.ValueType, row.ContinuityOfContent = "SR", "CONTAINER", "SEPARATE"
    row.PatientName, row.PatientID, row.PatientBirthDate = "Doe^Jane", "4711", "19700101"
    row.StudyInstanceUID, row.SeriesInstanceUID, row.StudyID = generate_uid(), generate_uid(), "77"
    row.Manufacturer, row.ManufacturerModelName = "Example Imaging", "Drawn 1"
    row.StationName, row.DeviceSerialNumber = "ROOM1", "SN-1"
    row.StudyDate, row.StudyTime, row.ContentDate, row.ContentTime = "20261104", "101500", "20261104", "103000"
    row.ConceptNameCodeSequence = coded("113701", "X-Ray Radiation Dose Report")
    row.ContentSequence = Sequence([code(("121058", "Procedure reported"), procedure, "procedure"), *content])
    for name, value in given.items():
        setattr(row, name, value)
    return row
