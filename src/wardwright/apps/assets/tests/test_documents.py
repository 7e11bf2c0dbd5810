"""Documents of devices, models and types: kept, shown, replaced, withdrawn; hostile ones refused or made harmless."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from tests.factories import make_asset, make_model, make_site, make_type, make_user

from wardwright.apps.assets.queries import device_type_picture
from wardwright.platform.attachments.models import Attachment
from wardwright.platform.audit.models import AuditChange, AuditRecord

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
    assert AuditChange.objects.latest("id").operation == "attachments.add_documents"
    shown = page.get(reverse("asset", args=[asset.pk])).content.decode()
    assert all(words in shown for words in ("report.pdf", "plate.png", "français", "2.1", "Lea Lead"))
