"""Pages of instruments and calibrations: rows typed without scripts, told cell by cell, nothing lost, one tap."""

from datetime import UTC, date, timedelta
from decimal import Decimal
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pypdf import PdfReader
from tests import factories

from wardwright.apps.assets.operations import load_label_formats
from wardwright.apps.testing.models import Calibration, CalibrationPoint, Instrument, InstrumentFunction
from wardwright.apps.testing.operations import record_calibration, set_functions
from wardwright.platform.attachments.models import Attachment
from wardwright.platform.core.change import System
from wardwright.platform.core.words import day_words
from wardwright.platform.signatures.models import Signature

pytestmark = pytest.mark.django_db
BACKEND = "wardwright.platform.access.login.PasswordBackend"
TODAY = timezone.localdate()
PDF = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"


@pytest.fixture
def keeper():
    return factories.make_user(permissions=["testing.view", "testing.instruments", "directory.view", "assets.view"])


@pytest.fixture
def client(keeper):
    client = Client()
    client.force_login(keeper, backend=BACKEND)
    return client


def cells(prefix, rows):
    """The rows as a browser sends them: {1: {...}, 2: {...}}."""
    sent = {"row": list(rows)}
    for n, values in rows.items():
        sent |= {f"{prefix}{n}-{name}": value for name, value in values.items()}
    return sent


def point(reference="100", found="100,4", **more):
    return {"quantity": "leakage", "unit": "µA", "reference": reference, "found": found, "low": str(int(reference) - 2),
            "high": str(int(reference) + 2), **more}  # fmt: skip


def send(client, row, rows=None, **more):
    """With ``press=None`` it is saved; else that button of the grid is pressed."""
    sent = {"calibrated_on": TODAY, "due_on": TODAY + timedelta(days=365), **cells("p", rows or {}), **more}
    return client.post(reverse("record-calibration", args=[row.pk]), sent)


def calibrate(by, row, on, found="100", **given):
    return record_calibration(
        by=by, instrument_id=row.pk, calibrated_on=on, due_on=on + timedelta(days=365), points=[point(found=found)],
        **given,
    )  # fmt: skip


# The grid -------------------------------------------------------------------------------------------------------


def test_rows_are_added_and_removed_without_saving_and_nothing_typed_is_lost(client):
    row = factories.make_instrument()
    answer = send(client, row, {1: point(found="98,7")}, press="add", laboratory="Lab 7")
    page = answer.content.decode()
    assert answer.status_code == 200
    assert [n for n, _form in answer.context["form"].grid.numbered()] == [1, 2]
    assert 'value="98,7"' in page and 'value="Lab 7"' in page
    assert [form["unit"].value() for _n, form in answer.context["form"].grid.numbered()] == ["µA", "µA"]
    answer = send(client, row, {1: point(), 2: point("500", "501")}, press="remove-1")
    assert [form["reference"].value() for _n, form in answer.context["form"].grid.numbered()] == ["500"]
    assert not Calibration.objects.exists()


def test_the_results_are_shown_before_anything_is_kept(client):
    row = factories.make_instrument()
    answer = send(client, row, {1: point(), 2: point("500", "510", left="500"), 3: {}}, press="look", adjusted="on")
    said = [str(form.said) for _n, form in answer.context["form"].grid.numbered()]
    assert ["pill-ok" in words for words in said] == [True, True, False]
    assert ["pill-late" in words for words in said] == [False, True, False]
    wrong = send(client, row, {1: point(low="abc")}, press="look").content.decode()
    assert "cell-wrong" in wrong and not Calibration.objects.exists()


def test_wrong_cells_are_told_beside_them_and_the_file_need_not_be_chosen_again(client):
    row = factories.make_instrument()
    rows = {1: point(), 2: point("500", "")}
    answer = send(
        client, row, rows, certificate=SimpleUploadedFile("c.pdf", PDF, "application/pdf"), humidity_percent="x"
    )
    form = answer.context["form"]
    assert (answer.status_code, sorted(form.errors)) == (422, ["humidity_percent"])
    mark = form.kept_mark
    refused = send(client, row, rows, kept=mark)
    assert refused.status_code == 422
    assert [sorted(one.errors) for _n, one in refused.context["form"].grid.numbered()] == [[], ["found"]]
    assert refused.context["form"].kept_mark and "c.pdf has arrived" in refused.content.decode()
    assert not Calibration.objects.exists()
    rows[2]["found"] = "501"
    saved = send(client, row, rows, kept=refused.context["form"].kept_mark)
    made = Calibration.objects.get()
    assert saved["Location"] == reverse("calibration", args=[made.pk])
    document = Attachment.objects.get()
    assert (document.name, document.dated_on, document.kind) == ("c.pdf", TODAY, "calibration")
    row.refresh_from_db()
    assert row.certificate_missing is False
    forged = send(client, row, rows, kept="abc:def:ghi")
    assert forged.status_code == 302 and Attachment.objects.count() == 1


def test_proposed_rows_that_nobody_touched_are_left_out(client, keeper):
    row = factories.make_instrument()
    set_functions(by=keeper, instrument_id=row.pk, functions=[
        {"quantity": "leakage", "unit": "µA", "low": 0, "high": 1000, "resolution": "0.1",
         "accuracy": "±(1 % rdg + 2 counts)"}])  # fmt: skip
    shown = client.get(reverse("record-calibration", args=[row.pk])).context["form"].grid
    entries = [{name: form[name].value() for name in ("reference", "low", "high")} for _n, form in shown.numbered()]
    assert entries == [
        {"reference": "100", "low": "98.8", "high": "101.2"},
        {"reference": "500", "low": "494.8", "high": "505.2"},
        {"reference": "900", "low": "890.8", "high": "909.2"},
    ]
    untouched = {n: {"quantity": "leakage", "unit": "µA", **entry} for n, entry in enumerate(entries, 1)}
    untouched |= {2: {**untouched[2], "found": "500"}, 4: {"quantity": "leakage", "unit": "µA"}}
    assert send(client, row, untouched).status_code == 302
    kept = CalibrationPoint.objects.get()
    assert (kept.position, kept.reference, kept.low, kept.found_verdict) == (1, 500, Decimal("494.8"), "pass")
    again = client.get(reverse("record-calibration", args=[row.pk])).context["form"].grid
    assert [(form["reference"].value(), form["found"].value()) for _n, form in again.numbered()] == [("500", None)]


def test_the_due_date_is_counted_from_the_interval(client):
    row = factories.make_instrument(interval_days=90)
    first = client.get(reverse("record-calibration", args=[row.pk])).context["form"]
    assert first["due_on"].value() == TODAY + timedelta(days=90)
    pressed = send(client, row, press="due", calibrated_on="2026-01-01").context["form"]
    assert pressed["due_on"].value() == date(2026, 4, 1)
    send(client, row, calibrated_on="2026-01-01", due_on="")
    assert Calibration.objects.get().due_on == date(2026, 4, 1)


def test_functions_are_written_down_row_by_row(client):
    row = factories.make_instrument()
    url = reverse("instrument-functions", args=[row.pk])
    good = {1: {"quantity": "leakage", "unit": "µA", "low": "0", "high": "10000", "accuracy": "±1 % rdg"}, 2: {}}
    assert client.post(url, cells("f", good) | {"expected_version": 1})["Location"] == reverse(
        "instrument", args=[row.pk]
    )
    assert InstrumentFunction.objects.get().high == 10000
    wrong = {1: {}, 2: {"quantity": "v", "unit": "V", "low": "5", "high": "1,5"}}
    answer = client.post(url, cells("f", wrong))
    grid = answer.context["form"].grid
    assert answer.status_code == 422 and 'value="1,5"' in answer.content.decode()
    assert [(n, cell.name) for n, cell, _words in grid.wrong()] == [(2, "high")]
    stale = client.post(url, cells("f", good) | {"expected_version": 1})
    assert stale.status_code == 409
    client.post(url, {"save": "1"})
    assert not InstrumentFunction.objects.exists()


# The record -----------------------------------------------------------------------------------------------------


def test_an_instrument_shows_its_history_and_takes_over_the_interval_it_suggests(client, keeper):
    row = factories.make_instrument()
    for years in (3, 2, 1):
        calibrate(keeper, row, TODAY - timedelta(days=365 * years))
    calibrate(keeper, row, TODAY, found="110", adjusted=False)
    factories.make_measurement(instrument=row, asset=factories.make_asset(site=row.site))
    answer = client.get(reverse("instrument", args=[row.pk]))
    page = answer.content.decode()
    assert answer.context["proposal"].days == 201  # simple response: 365 × 0.55
    assert "must not" not in page and "unverified" in page.lower() and "1 found out of tolerance" in page
    assert answer.context["readings"] == 1
    client.post(reverse("take-interval", args=[row.pk]))
    row.refresh_from_db()
    assert row.interval_days == 201
    assert client.get(reverse("instrument", args=[row.pk])).context["takes_over"] is False


def test_a_device_becomes_a_test_instrument_and_shows_its_calibration(client):
    asset = factories.make_asset(serial="SN-9")
    menu = client.get(reverse("asset", args=[asset.pk])).content.decode()
    assert reverse("use-as-instrument", args=[asset.pk]) in menu and "panel-instrument" not in menu
    made = client.post(reverse("use-as-instrument", args=[asset.pk]), {"once": "1"})
    row = Instrument.objects.get(asset=asset)
    assert (row.serial, row.site_id, made["Location"]) == ("SN-9", asset.site_id, reverse("instrument", args=[row.pk]))
    assert "Not calibrated" in client.get(reverse("asset", args=[asset.pk])).content.decode()
    again = client.post(reverse("use-as-instrument", args=[asset.pk]))
    assert (again["Location"], Instrument.objects.count()) == (made["Location"], 1)


def test_a_calibration_is_signed_once_and_a_change_would_show(client, keeper):
    calibrate(keeper, factories.make_instrument(), TODAY, laboratory="Lab")
    made = Calibration.objects.get()
    url = reverse("sign-calibration", args=[made.pk])
    assert client.post(url, {"password": "wrong"}).status_code == 422
    assert client.post(url, {"password": factories.PASSWORD}).status_code == 302
    assert client.post(url, {"password": factories.PASSWORD}).status_code == 409
    page = client.get(reverse("calibration", args=[made.pk]))
    assert [one.superseded for one in page.context["signatures"]] == [False]
    factories.writes(lambda: Calibration.objects.filter(pk=made.pk).update(laboratory="Another"))()
    page = client.get(reverse("calibration", args=[made.pk]))
    assert [one.superseded for one in page.context["signatures"]] == [True] and page.context["may_sign"]


def test_what_was_found_out_of_tolerance_stands_in_the_list(client, keeper):
    calibrate(keeper, factories.make_instrument(name="Good"), TODAY)
    calibrate(keeper, factories.make_instrument(name="Drifted"), TODAY, found="120")
    page = client.get(reverse("calibrations") + "?result=lately").content.decode()
    assert "Drifted" in page and "Good" not in page.split("<tbody")[1]


# On paper -------------------------------------------------------------------------------------------------------


def text_of(answer) -> list[str]:
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
    pages = PdfReader(BytesIO(answer.content)).pages
    return [" ".join(page.extract_text().split()) for page in pages]


def test_the_certificate_says_it_in_two_languages_and_who_signed(client, keeper):
    row = factories.make_instrument(name="Analyser", serial="SN-1")
    points = [point(str(reference), str(reference)) for reference in range(100, 160)]
    record_calibration(
        by=keeper, instrument_id=row.pk, calibrated_on=TODAY, due_on=TODAY + timedelta(days=365), adjusted=True,
        points=[point("90", "99", left="90"), *points],
    )  # fmt: skip
    made = Calibration.objects.get()
    url = reverse("calibration-certificate", args=[made.pk])
    first, *_rest, last = text_of(client.get(url))
    assert "Analyser SN-1 was found out of tolerance and left in tolerance" in first
    assert "fail → pass" in first and "Page 1 of 2" in first
    assert "Not signed" in last
    client.post(reverse("sign-calibration", args=[made.pk]), {"password": factories.PASSWORD})
    signed = text_of(client.get(url + "?second=fr"))[-1]
    signature = Signature.objects.get()
    moment = signature.signed_at.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
    assert f"{keeper.name} · approved / approuvé · {moment}" in signed
    assert signature.snapshot_hash in signed and f"/calibrations/{made.pk}/" in signed
    assert "approuvé" not in text_of(client.get(url + "?second=xx"))[-1]


def test_a_label_says_when_it_is_due_and_never_that_of_one_left_out_of_tolerance(client, keeper):
    load_label_formats(by=System("test"))
    calibrate(keeper, factories.make_instrument(), TODAY, laboratory="Lab 7")
    calibrate(keeper, factories.make_instrument(), TODAY, found="120")
    good, bad = Calibration.objects.order_by("pk")
    url = reverse("calibration-label", args=[good.pk])
    assert client.get(url).context["form"].formats.keys() >= {"single-62x29"}
    assert f"Due {day_words(good.due_on)}" in text_of(client.get(url + "?label_format=single-62x29"))[0]
    assert client.get(url + "?label_format=single-62x29&start=2").status_code == 422
    words = text_of(client.get(reverse("calibration-label", args=[bad.pk]) + "?label_format=single-62x29"))[0]
    assert "Do not use" in words and "Due" not in words
    text = client.get(url + "?label_format=single-62x29&dpi=300")
    assert text.headers["Content-Disposition"] == f'attachment; filename="calibration-label-{good.pk}-300dpi.zpl"'
    body = text.content.decode()
    assert (body.startswith("^XA"), f"Due {day_words(good.due_on)}" in body, "^PW744" in body) == (True, True, True)
    assert client.get(url + "?label_format=single-62x29&dpi=72").status_code == 422
