"""Image quality of a device: a series sent, analysed by a worker, judged by its limits; baselines; doses."""

import io
import zipfile
from datetime import datetime, timedelta
from decimal import Decimal as D

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from tests.drawn import phantoms
from tests.drawn.dose_reports import ct_event, ct_report
from tests.factories import make_asset, make_user
from tests.jobs import run_all

from wardwright.apps.testing.models import (
    DoseFigure,
    DoseReference,
    DoseReport,
    ImagingFigure,
    ImagingLimit,
    ImagingRun,
    Measurement,
)
from wardwright.apps.testing.operations import (
    add_imaging_setup,
    analyse_again,
    change_imaging_setup,
    keep_doses,
    receive_doses,
    receive_series,
    send_series,
    set_dose_reference,
    set_imaging_baseline,
    set_imaging_limit,
)
from wardwright.apps.testing.queries.imaging import doses_of
from wardwright.apps.testing.queries.readings import newest_of_asset
from wardwright.platform.attachments.models import Attachment
from wardwright.platform.attachments.store import read
from wardwright.platform.audit.models import AuditChange
from wardwright.platform.core.errors import Denied, Invalid, NotNow
from wardwright.platform.jobs.models import Job

pytestmark = pytest.mark.django_db
RIGHTS = ["assets.view", "testing.view", "testing.imaging", "testing.baselines"]


@pytest.fixture
def physicist():
    return make_user(permissions=RIGHTS)


@pytest.fixture
def scanner():
    return make_asset(serial="SN-1")


@pytest.fixture
def setup(physicist, scanner):
    made = add_imaging_setup(by=physicist, asset_id=scanner.pk, kind="planar", name="Monthly")
    return change_imaging_setup(by=physicist, imaging_setup_id=made.pk, phantom="StandardImagingQC3")


def client_of(user):
    client = Client()
    client.force_login(user)
    return client


def sent(*images, name="series.zip"):
    """The images as the browser sends them: one ZIP file."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for number, image in enumerate(images):
            file = io.BytesIO()
            image.save_as(file, write_like_original=False)
            archive.writestr(f"{number}.dcm", file.getvalue())
    return SimpleUploadedFile(name, packed.getvalue(), "application/zip")


def send(by, setup, *images):
    received = receive_series(by, setup, [sent(*images)])
    return send_series(by=by, imaging_setup_id=setup.pk, **received)


def analysed(by, setup, *images):
    run = send(by, setup, *images)
    run_all()
    run.refresh_from_db()
    return run


def figures(run):
    rows = ImagingFigure.objects.filter(run=run).select_related("measurement")
    return {row.measurement.quantity: row.measurement for row in rows}


def patient(image):
    for name, value in phantoms.PATIENT.items():
        setattr(image, name, value)
    return image


def test_a_series_becomes_measurements(physicist, scanner, setup):
    run = analysed(physicist, setup, patient(phantoms.qc_3()))
    assert (run.state, run.failed, run.problem) == ("done", 0, [])
    found = figures(run)
    reading = found["planar.mtf_50"]
    assert reading.value == pytest.approx(D("0.356"), abs=D("0.02"))
    assert (reading.asset, reading.source, reading.unit, reading.verdict) == (scanner, "imaging", "lp/mm", "none")
    assert reading.taken_at == timezone.make_aware(datetime(2026, 11, 3, 8, 15, 30))
    assert reading.taken_by_name == str(physicist)
    kinds = dict(Attachment.objects.of(ImagingRun._meta.db_table, run.pk).values_list("kind", "sha256"))
    assert set(kinds) == {"other", "picture"}
    assert read(kinds["picture"]).startswith(b"\x89PNG")
    with zipfile.ZipFile(io.BytesIO(read(kinds["other"]))) as kept:
        assert b"Doe" not in b"".join(kept.read(name) for name in kept.namelist())
    assert "patient data" in str(run.series["warnings"])


def test_the_same_series_is_the_same_run(physicist, setup):
    image = phantoms.qc_3()
    assert send(physicist, setup, image) == send(physicist, setup, image)
    assert Job.objects.filter(task__endswith="analyse_series").count() == 1


def test_figures_are_judged_by_baseline_and_tolerance(physicist, setup):
    first = analysed(physicist, setup, phantoms.qc_3())
    set_imaging_baseline(by=physicist, imaging_run_id=first.pk, reason="Acceptance test")
    held = ImagingLimit.objects.get(setup=setup, quantity="planar.mtf_50")
    assert held.baseline == figures(first)["planar.mtf_50"].value
    set_imaging_limit(
        by=physicist, imaging_setup_id=setup.pk, quantity="planar.mtf_50", tolerance="10", is_percent=True,
        source="House rule", verified="C", reason="Begin",
    )  # fmt: skip
    blurred = analysed(physicist, setup, phantoms.qc_3(swing=(400.0, 280.0, 180.0, 120.0, 60.0)))
    reading = figures(blurred)["planar.mtf_50"]
    assert (blurred.failed, reading.verdict, reading.limit_source) == (1, "fail", "House rule")
    assert reading.low == pytest.approx(held.baseline * D("0.9"), abs=D("0.000001"))
    assert figures(first)["planar.mtf_50"].verdict == "none"  # what was judged stays as it was judged


def test_what_cannot_be_analysed_says_why_and_can_be_tried_again(physicist, setup):
    empty = phantoms.Slice(64, 1.0, 100)
    run = analysed(physicist, setup, phantoms.image(phantoms.DX_IMAGE, "DX", empty.values, 1.0))
    assert run.state == "failed" and "did not find the phantom" in str(run.problem[0])
    assert not Measurement.objects.filter(asset=run.asset).exists()
    again = analyse_again(by=physicist, imaging_run_id=run.pk)
    assert again.state == "waiting"
    with pytest.raises(NotNow):
        analyse_again(by=physicist, imaging_run_id=run.pk)
    with pytest.raises(NotNow):
        set_imaging_baseline(by=physicist, imaging_run_id=run.pk, reason="No figures")


def test_files_that_are_no_series_leave_nothing_behind(physicist, setup):
    changes = AuditChange.objects.count()
    for files in ([], [SimpleUploadedFile("a.zip", b"PK\x03\x04nonsense")], [SimpleUploadedFile("a.txt", b"hello")]):
        with pytest.raises(Invalid):
            receive_series(physicist, setup, files)
    assert AuditChange.objects.count() == changes and not ImagingRun.objects.exists()


def test_customary_limits_come_with_a_set_up(physicist, scanner):
    row = add_imaging_setup(by=physicist, asset_id=scanner.pk, kind="acr_ct", name="Daily")
    water = ImagingLimit.objects.get(setup=row, quantity="acr_ct.hu_water")
    assert (water.low, water.high, water.verified) == (-7, 7, "M") and water.source
    assert (row.phantom, row.options) == ("ACRCT", {})


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"kind": "pet"}, "kind"),
        ({"phantom": "CatPhan604"}, "phantom"),
        ({"options": {"angle_adjustment": "400"}}, "options"),
        ({"options": {"nonsense": 1}}, "options"),
        ({"name": ""}, "name"),
    ],
)
def test_a_set_up_refuses_what_does_not_fit(physicist, scanner, values, field):
    with pytest.raises(Invalid) as refused:
        add_imaging_setup(by=physicist, asset_id=scanner.pk, **{"kind": "acr_ct", "name": "Daily", **values})
    assert field in refused.value.fields


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"tolerance": "-1", "source": "x"}, "tolerance"),
        ({"low": "5", "high": "4", "source": "x"}, "low"),
        ({"high": "4"}, "source"),
        ({"high": "4", "source": "x", "verified": "?"}, "verified"),
    ],
)
def test_a_limit_refuses_what_leaves_nothing(physicist, setup, values, field):
    with pytest.raises(Invalid) as refused:
        set_imaging_limit(by=physicist, imaging_setup_id=setup.pk, quantity="planar.cnr", reason="Because", **values)
    assert field in refused.value.fields
    assert not ImagingLimit.objects.filter(setup=setup).exists()


def test_it_needs_its_rights(setup):
    nobody = make_user(permissions=["assets.view", "testing.view"])
    received = receive_series(nobody, setup, [sent(phantoms.qc_3())])
    assert received["sha256"] == ""
    with pytest.raises(Denied):
        send_series(by=nobody, imaging_setup_id=setup.pk, **received)
    with pytest.raises(Denied):
        set_imaging_limit(by=nobody, imaging_setup_id=setup.pk, quantity="planar.cnr", reason="Because", low="1")


# Doses ------------------------------------------------------------------------------------------------------------


def reports(*ctdis, protocol="Head"):
    return [
        ct_report(ct_event(protocol, ctdi, "900", number_of=f"1.2.{len(protocol)}.{n}.{ctdi}"), total="900")
        for n, ctdi in enumerate(ctdis)
    ]


def test_doses_by_protocol_against_a_reference_level(physicist, scanner):
    received = receive_doses(physicist, scanner, [sent(*reports("50", "54", "70", "60"))])
    assert received["problems"] == []
    assert len(keep_doses(by=physicist, asset_id=scanner.pk, reports=received["reports"])) == 4
    assert keep_doses(by=physicist, asset_id=scanner.pk, reports=received["reports"]) == []
    assert (DoseReport.objects.count(), DoseFigure.objects.count()) == (4, 12)
    set_dose_reference(
        by=physicist, asset_id=scanner.pk, protocol="Head", quantity="dose.ctdi_vol", level="55",
        source="National reference levels", verified="V1", reason="Yearly review",
    )  # fmt: skip
    first, *others = doses_of(physicist, scanner.pk, None)
    assert (first.protocol, first.about.key, first.spread.count, first.spread.median) == (
        "Head", "dose.ctdi_vol", 4, D(57),
    )  # fmt: skip
    assert first.is_above and first.percent == pytest.approx(D("103.6"), abs=D("0.1"))
    assert {(one.protocol, one.about.key) for one in others} == {("Head", "dose.dlp"), ("", "dose.dlp")}
    assert Measurement.objects.filter(quantity="dose.ctdi_vol", verdict="none", name="Head").count() == 4
    assert newest_of_asset(physicist, scanner.pk) == []  # a patient's dose is no reading of the device
    assert doses_of(physicist, scanner.pk, timezone.now() + timedelta(days=1)) == []


def test_reports_of_another_device_are_pointed_out(physicist):
    received = receive_doses(physicist, make_asset(serial="SN-77"), [sent(*reports("50"))])
    assert received["problems"] == ["1 of the reports are of a device with serial number SN-1; this one has SN-77."]


def test_a_reference_level_needs_a_level_and_a_source(physicist, scanner):
    given = {"by": physicist, "asset_id": scanner.pk, "protocol": "Head", "quantity": "dose.dlp", "reason": "Review"}
    for values, field in (({"level": "0", "source": "x"}, "level"), ({"level": "5"}, "source")):
        with pytest.raises(Invalid) as refused:
            set_dose_reference(**given, **values)
        assert field in refused.value.fields
    with pytest.raises(Invalid):
        set_dose_reference(**{**given, "quantity": "ct.noise"}, level="5", source="x")
    assert not DoseReference.objects.exists()


# Pages and API ------------------------------------------------------------------------------------------------------


def test_from_the_page_to_the_figures(physicist, scanner, setup):
    client = client_of(physicist)
    url = reverse("send-series", args=[setup.pk])
    answer = client.post(url, {"files": [sent(phantoms.qc_3())]})
    run = ImagingRun.objects.get()
    assert answer.headers["Location"] == reverse("imaging-run", args=[run.pk])
    waiting = client.get(answer.headers["Location"]).content.decode()
    assert "being analysed" in waiting
    run_all()
    page = client.get(answer.headers["Location"]).content.decode()
    assert "Resolution at 50 % modulation" in page and "<img" in page
    assert "Image quality" in client.get(reverse("asset", args=[scanner.pk])).content.decode()
    refused = client.post(url, {"files": [SimpleUploadedFile("notes.txt", b"hello")]})
    assert refused.status_code == 422 and "No DICOM image is among the files." in refused.content.decode()


def test_the_page_of_doses_says_what_was_read(physicist, scanner):
    client = client_of(physicist)
    given = {"device": scanner.tag, "files": [sent(*reports("50"))]}
    answer = client.post(reverse("send-doses"), given, follow=True)
    assert "1 report was read." in answer.content.decode()
    assert "1 report was read." not in client.get(reverse("device-doses", args=[scanner.pk])).content.decode()


def test_over_the_api(physicist, scanner, setup):
    client = client_of(physicist)
    made = client.post(f"/api/v1/imaging-setups/{setup.pk}/series", {"files": [sent(phantoms.qc_3())]})
    assert (made.status_code, made.json()["state"]) == (201, "waiting")
    listed = client.get("/api/v1/imaging-runs", {"asset_id": scanner.pk, "outcome": "waiting"}).json()["items"]
    assert [run["id"] for run in listed] == [made.json()["id"]]
    doses = client.post(f"/api/v1/assets/{scanner.pk}/doses", {"files": [sent(*reports("50"))]})
    assert doses.status_code == 201 and doses.json()["known"] == 0 and len(doses.json()["ids"]) == 1
    assert client.post(f"/api/v1/assets/{scanner.pk}/doses").status_code == 422
