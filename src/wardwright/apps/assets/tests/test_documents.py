"""Documents of devices, models and types: kept, shown, replaced, withdrawn; hostile ones refused or made harmless."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from tests.factories import make_asset, make_model, make_site, make_type, make_user

from wardwright.apps.assets.operations.merging import merge_models
from wardwright.apps.assets.queries import device_type_picture
from wardwright.platform.attachments.models import Attachment
from wardwright.platform.audit.models import AuditChange, AuditRecord
from wardwright.platform.audit.operation import open_change
from wardwright.platform.core.change import System

pytestmark = pytest.mark.django_db
BACKEND = "wardwright.platform.access.login.PasswordBackend"
PNG = b"\x89PNG\r\n\x1a\n" + b"a picture"
PDF = b"%PDF-1.7\n1 0 obj\n"


def client_of(user):
    client = Client()
    client.force_login(user, backend=BACKEND)
    return client


@pytest.fixture
def page():
    return client_of(make_user(name="Lea Lead"))


def sent(name, data, **entries):
    return {"files": [SimpleUploadedFile(name, data)], "kind": "other", **entries}


def add(client, asset, name="a.pdf", data=PDF, **entries):
    return client.post(reverse("add-asset-documents", args=[asset.pk]), sent(name, data, **entries))


def test_several_files_are_added_at_once_and_shown_with_what_is_known(page):
    asset = make_asset()
    files = [SimpleUploadedFile("report.pdf", PDF), SimpleUploadedFile("plate.png", PNG)]
    entries = {"kind": "report", "language": "fr", "revision": "2.1", "dated_on": "2026-03-01"}
    answer = page.post(reverse("add-asset-documents", args=[asset.pk]), {"files": files, **entries})
    assert answer["Location"] == f"{reverse('asset', args=[asset.pk])}#panel-documents"
    rows = list(Attachment.objects.order_by("pk").values_list("name", "media_type", "kind", "subject_id", "revision"))
    assert rows == [
        ("report.pdf", "application/pdf", "report", asset.pk, "2.1"),
        ("plate.png", "image/png", "report", asset.pk, "2.1"),
    ]
    assert AuditRecord.objects.filter(table_name="attachments_attachment", subject_id=asset.pk).count() == 2
    assert AuditChange.objects.filter(operation="attachments.add_documents").count() == 1
    shown = page.get(reverse("asset", args=[asset.pk])).content.decode()
    assert all(words in shown for words in ("report.pdf", "plate.png", "français", "2.1", "Lea Lead"))


def test_a_newer_document_replaces_an_older_one_which_stays_readable(page):
    asset = make_asset()
    add(page, asset, kind="certificate")
    old = Attachment.objects.get()
    add(page, asset, "b.pdf", PDF + b"2", kind="certificate", replaces_id=old.pk)
    new = Attachment.objects.exclude(pk=old.pk).get()
    old.refresh_from_db()
    assert (old.superseded_by, new.is_in_force) == (new, True)
    shown = page.get(reverse("asset-documents", args=[asset.pk]))
    assert [[line["document"].pk for line in shown.context[name]] for name in ("lines", "past")] == [[new.pk], [old.pk]]
    assert page.get(reverse("asset-document", args=[old.pk])).status_code == 200


def test_the_same_file_sent_twice_is_there_once(page):
    asset = make_asset()
    assert [add(page, asset).status_code for _ in range(2)] == [302, 302]
    assert Attachment.objects.count() == 1


def test_withdrawing_asks_why_and_keeps_the_file(page):
    asset = make_asset()
    add(page, asset)
    document = Attachment.objects.get()
    url = reverse("withdraw-asset-document", args=[document.pk])
    assert page.post(url, {"reason": ""}).status_code == 422
    page.post(url, {"reason": "Of another device"})
    document.refresh_from_db()
    assert (document.withdrawn_by_name, document.withdrawn_reason) == ("Lea Lead", "Of another device")
    assert AuditChange.objects.get(operation="attachments.withdraw_document").reason == "Of another device"
    assert "Of another device" in page.get(reverse("asset-documents", args=[asset.pk])).content.decode()
    assert b"".join(page.get(reverse("asset-document", args=[document.pk])).streaming_content) == PDF
    assert page.post(url, {"reason": "Again"}).status_code == 409


def test_the_manuals_of_the_model_are_on_the_page_of_each_device(page):
    asset = make_asset()
    url = reverse("add-device-model-documents", args=[asset.device_model_id])
    page.post(url, sent("service.pdf", PDF, kind="service_manual"))
    page.post(url, sent("front.png", PNG, kind="picture"))
    shown = page.get(reverse("asset-documents", args=[asset.pk]))
    assert [line["document"].name for line in shown.context["beside"]] == ["service.pdf"]


def test_the_picture_of_a_type_is_one_small_and_in_the_head_of_its_devices(page):
    asset = make_asset()
    url = reverse("add-device-type-documents", args=[asset.device_type_id])
    for number in (b"1", b"2"):
        page.post(url, sent("front.png", PNG + number, kind="picture"))
    picture = device_type_picture(asset.device_type_id)
    assert (Attachment.objects.in_force().get(), Attachment.objects.count()) == (picture, 2)
    assert reverse("device-type-document", args=[picture.pk]) in page.get(asset_url(asset)).content.decode()
    large = page.post(url, sent("front.png", PNG + b"x" * 300_000, kind="picture"))
    assert (large.status_code, "larger than 300 kB" in large.content.decode()) == (422, True)
    no_picture = page.post(url, sent("front.png", PDF, kind="picture"))
    assert "“front.png” is not a picture." in no_picture.content.decode()
    assert device_type_picture(make_type().pk) is None


def asset_url(asset):
    return reverse("asset", args=[asset.pk])


def test_documents_go_with_a_model_that_is_brought_together_with_another(page):
    kept, lost = make_model(), make_model()
    page.post(reverse("add-device-model-documents", args=[lost.pk]), sent("manual.pdf", PDF, kind="user_manual"))
    with open_change("test.merge", System("test")):
        merge_models(kept, lost)
    assert Attachment.objects.get().owner_id == kept.pk


def test_who_may_only_look_sees_no_form_and_adds_nothing():
    asset = make_asset()
    watcher = client_of(make_user(permissions=["assets.view"]))
    assert watcher.get(reverse("asset-documents", args=[asset.pk])).context["form"] is None
    assert (add(watcher, asset).status_code, Attachment.objects.count()) == (403, 0)


def test_a_refusal_keeps_what_was_typed(page):
    answer = add(page, make_asset(), "x.html", b"<html>", revision="7.1")
    assert (answer.status_code, 'value="7.1"' in answer.content.decode()) == (422, True)
    assert [len(errors) for errors in answer.context["form"].errors.values()] == [1]  # said once


# Hostile files --------------------------------------------------------------------------------------------------

REFUSED = {
    "a program": ("setup.pdf", b"MZ\x90\x00\x03\x00"),
    "HTML in a PDF's name": ("manual.pdf", b"<!doctype html><script>alert(1)</script>"),
    "a picture that is a page": ("x.gif", b"GIF89a/*<script>alert(1)</script>*/"),
    "script in SVG": ("logo.svg", b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>"),
    "SVG behind a prologue": ("logo.xml", b"<?xml version='1.0'?><svg onload='alert(1)'/>"),
    "nothing at all": ("empty.pdf", b""),
}


@pytest.mark.parametrize("what", REFUSED)
def test_what_could_harm_a_reader_is_refused_by_name(page, what):
    name, data = REFUSED[what]
    asset, changes = make_asset(), AuditChange.objects.count()
    answer = add(page, asset, name, data)
    assert (answer.status_code, f"“{name}”" in answer.content.decode()) == (422, True)
    assert (Attachment.objects.count(), AuditChange.objects.count()) == (0, changes)


def test_one_bad_file_among_several_and_nothing_is_added(page):
    files = [SimpleUploadedFile("a.pdf", PDF), SimpleUploadedFile("b.pdf", b"<html>")]
    answer = page.post(reverse("add-asset-documents", args=[make_asset().pk]), {"files": files, "kind": "other"})
    assert (answer.status_code, Attachment.objects.count()) == (422, 0)


def test_more_than_the_limit_is_refused(page, settings):
    settings.FILE_BYTES = 1_000_000
    answer = add(page, make_asset(), data=PDF + b"x" * 1_000_000)
    assert (answer.status_code, "larger than 1 MB" in answer.content.decode()) == (422, True)


HARMLESS = {
    "a double ending": ("report.pdf.exe", PDF, "report.pdf.exe.pdf", "inline"),
    "a path": ("../../etc/cron.d/x", b"* * * * * root x\n", "x.txt", "attachment"),
    "a script as text": ("run.bat", b"del *.*\r\n", "run.bat.txt", "attachment"),
    "a bomb": ("bomb.zip", b"PK\x03\x04" + b"\0" * 5_000, "bomb.zip", "attachment"),
    "XML": ("values.xml", b"<?xml version='1.0'?><r/>", "values.xml", "attachment"),
    "a picture": ("plate.png", PNG, "plate.png", "inline"),
}


@pytest.mark.parametrize("what", HARMLESS)
def test_what_is_kept_is_given_out_so_that_nothing_runs(page, what):
    name, data, shown, way = HARMLESS[what]
    add(page, make_asset(), name, data)
    document = Attachment.objects.get()
    answer = page.get(reverse("asset-document", args=[document.pk]))
    assert (document.name, b"".join(answer.streaming_content)) == (shown, data)
    assert answer["Content-Disposition"] == f'{way}; filename="{shown}"'
    assert answer["X-Content-Type-Options"] == "nosniff"
    policy = answer["Content-Security-Policy"].split("; ")
    assert ("default-src 'none'" in policy, "sandbox" in policy) == (True, True)
    inline = {"image/png", "application/pdf"} if way == "inline" else {"application/octet-stream"}
    assert answer["Content-Type"] in inline
    download = page.get(reverse("asset-document", args=[document.pk]) + "?download")
    assert download["Content-Disposition"].startswith("attachment;")


def test_a_document_of_another_site_does_not_exist(page):
    add(page, make_asset())
    document = Attachment.objects.get()
    stranger = client_of(make_user(permissions=["*"], scope=("site", make_site().pk)))
    for name in ("asset-document", "withdraw-asset-document"):
        assert stranger.get(reverse(name, args=[document.pk])).status_code == 404
    other_kind = reverse("device-model-document", args=[document.pk])
    assert page.get(other_kind).status_code == 404  # a number counts for its own kind of owner only


def test_a_file_that_was_changed_behind_the_systems_back_is_not_given_out(page, settings, tmp_path):
    settings.WARDWRIGHT_HOME = tmp_path
    add(page, make_asset())
    document = Attachment.objects.get()
    (tmp_path / "files" / document.sha256[:2] / document.sha256).write_bytes(b"another")
    answer = page.get(reverse("asset-document", args=[document.pk]))
    assert (answer.status_code, "has changed since it was stored" in answer.content.decode()) == (500, True)


def test_the_history_of_the_device_tells_of_its_documents(page):
    asset = make_asset()
    add(page, asset)
    page.post(reverse("withdraw-asset-document", args=[Attachment.objects.get().pk]), {"reason": "Of another device"})
    entries = page.get(reverse("asset-history", args=[asset.pk])).context["history"].entries
    told = [(str(entry.words), *entry.others, entry.reason) for entry in entries][:2]
    assert told == [
        ("Document withdrawn", "Document a.pdf changed", "Of another device"),
        ("Documents added", "Document a.pdf added", ""),
    ]
