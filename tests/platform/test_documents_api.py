"""Documents over the API: multipart in, bytes out, scoped, refused in problem+json."""

import hashlib
import uuid

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tests.factories import make_asset, make_model, make_site, make_user, make_work_order
from wardwright.platform.attachments.models import Attachment
from wardwright.platform.attachments.store import exists, put
from wardwright.platform.audit.models import AuditChange

pytestmark = pytest.mark.django_db
BACKEND = "wardwright.platform.access.login.PasswordBackend"
PDF = b"%PDF-1.7\n1 0 obj\n"
API = "/api/v1"


def client_of(**given) -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(make_user(**given), backend=BACKEND)
    return client


def send(client, path, data=PDF, name="a.pdf", headers=None, **entries):
    body = {"files": [SimpleUploadedFile(name, data)], **entries} if data is not None else entries
    return client.post(f"{API}{path}", body, headers=headers or {})


@pytest.fixture
def client():
    return client_of(name="Lea Lead")


def test_a_document_goes_in_is_listed_and_comes_out_again(client):
    order = make_work_order()
    entries = {"kind": "certificate", "language": "fr", "dated_on": "2026-02-01", "revision": "B"}
    added = send(client, f"/work-orders/{order.pk}/documents", name="Prüfung.pdf", **entries)
    (pk,) = added.json()["ids"]
    assert added.status_code == 201
    listed = client.get(f"{API}/work-order-documents", {"owner_id": order.pk}).json()["items"]
    said = {name: listed[0][name] for name in ("id", "name", "kind", "language", "revision", "dated_on", "sha256")}
    assert said == {"id": pk, "name": "Prüfung.pdf", "sha256": hashlib.sha256(PDF).hexdigest(), **entries}
    answer = client.get(f"{API}/work-order-documents/{pk}/content")
    assert b"".join(answer.streaming_content) == PDF
    assert answer["Content-Disposition"].startswith("attachment;")


def test_withdrawing_needs_a_reason_and_is_done_once(client):
    asset = make_asset()
    (pk,) = send(client, f"/assets/{asset.pk}/documents").json()["ids"]
    url = f"{API}/asset-documents/{pk}/withdrawal"
    answers = [
        client.post(url, body, content_type="application/json") for body in ({"reason": " "}, {"reason": "Wrong"})
    ]
    assert [answer.status_code for answer in answers] == [422, 200]
    assert answers[1].json()["withdrawn_reason"] == "Wrong"
    assert client.post(url, {"reason": "Again"}, content_type="application/json").status_code == 409


def test_the_same_idempotency_key_adds_once_and_answers_the_same(client):
    asset = make_asset()
    key = {"Idempotency-Key": str(uuid.uuid4())}
    answers = [send(client, f"/assets/{asset.pk}/documents", headers=key) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [201, 201]
    assert (answers[0].json(), Attachment.objects.count()) == (answers[1].json(), 1)
    other = send(client, f"/assets/{asset.pk}/documents", data=PDF + b"other", headers=key)
    assert other.status_code == 422


def test_shared_rows_take_documents_only_from_those_who_may_everywhere():
    model = make_model()
    here = client_of(permissions=["*"], scope=("site", make_site().pk))
    answer = send(here, f"/device-models/{model.pk}/documents", kind="user_manual")
    assert (answer.status_code, answer["Content-Type"]) == (403, "application/problem+json")
    assert Attachment.objects.count() == 0


def test_who_may_not_add_leaves_no_file_behind():
    asset = make_asset()
    data = PDF + uuid.uuid4().bytes
    answer = send(client_of(permissions=["assets.view"]), f"/assets/{asset.pk}/documents", data=data)
    assert (answer.status_code, exists(hashlib.sha256(data).hexdigest())) == (403, False)


@pytest.mark.parametrize(
    ("entries", "data"),
    [
        ({"kind": "nonsense"}, PDF),
        ({"kind": "x" * 5000}, PDF),
        ({"kind": "\x00"}, PDF),
        ({"dated_on": "yesterday"}, PDF),
        ({"dated_on": "0000-00-00"}, PDF),
        ({"replaces_id": "99999999"}, PDF),
        ({"replaces_id": "9" * 40}, PDF),
        ({"language": "x" * 5000}, PDF),
        ({"kind": "photo"}, PDF),
        ({}, None),
        ({}, b""),
        ({}, b"<html><script>alert(1)</script>"),
        ({}, b"MZ\x90\x00\x03 a program"),
    ],
)
def test_what_is_wrong_is_refused_in_words_and_nothing_is_added(client, entries, data):
    asset = make_asset()
    changes = AuditChange.objects.count()
    answer = send(client, f"/assets/{asset.pk}/documents", data=data, **entries)
    assert (answer.status_code, answer["Content-Type"]) == (422, "application/problem+json"), answer.content
    assert (answer.json()["status"], AuditChange.objects.count()) == (422, changes)


def test_a_hash_of_somebody_elses_file_gives_no_way_to_it(client):
    """Only files that were sent are added: a form cannot name one that lies in the store."""
    asset, sha256 = make_asset(), put(PDF + b"secret")
    answer = send(client, f"/assets/{asset.pk}/documents", data=None, files=sha256, sha256=sha256)
    assert (answer.status_code, Attachment.objects.count()) == (422, 0)
