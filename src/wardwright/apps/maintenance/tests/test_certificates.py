"""Certificates that work must leave: due at closing, chased on a list and on My day, settled by the document itself."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from tests.factories import (
    make_asset,
    make_company,
    make_instrument,
    make_procedure,
    make_site,
    make_user,
    make_work_order,
    writes,
)

from wardwright.apps.maintenance import operations as ops
from wardwright.apps.maintenance.models import WorkOrder
from wardwright.apps.testing import operations as testing_ops
from wardwright.apps.testing.models import Instrument, ProcedureVersion
from wardwright.platform.attachments.models import Attachment
from wardwright.platform.attachments.operations import add_documents, withdraw_document
from wardwright.platform.attachments.store import put
from wardwright.platform.audit.models import AuditChange, AuditRecord
from wardwright.platform.core.change import System
from wardwright.platform.core.errors import Denied, Invalid, NotFound, NotNow

pytestmark = pytest.mark.django_db
BACKEND = "wardwright.platform.access.login.PasswordBackend"
BY = System("test")
PDF = b"%PDF-1.7\n"


def client_of(user):
    client = Client()
    client.force_login(user, backend=BACKEND)
    return client


def closed(order, verdict="pass"):
    return ops.close_work(by=BY, work_order_id=order.pk, verdict=verdict, work_done="Done")


def attach(order, kind="certificate", by=BY, data=PDF):
    files = [{"sha256": put(data), "name": "c.pdf"}]
    return add_documents(by=by, owner="work-order", owner_id=order.pk, files=files, kind=kind)[0]


def certificate(order):
    order.refresh_from_db()
    return order.certificate


@writes
def with_certificate(version):
    ProcedureVersion.objects.filter(pk=version.pk).update(needs_certificate=True)
    return version


def by_procedure(**given):
    version = with_certificate(version=make_procedure(steps=[]))
    return make_work_order(procedure_version=version, **given)


@pytest.mark.parametrize(
    ("make", "verdict", "expected"),
    [
        (lambda: make_work_order(), "pass", ""),
        (lambda: make_work_order(provider=make_company()), "pass", "missing"),
        (lambda: make_work_order(provider=make_company()), "fail_safe", "missing"),
        (lambda: make_work_order(provider=make_company()), "not_done", ""),
        (lambda: by_procedure(), "pass", "missing"),
        (lambda: make_work_order(asset=make_instrument(asset=make_asset()).asset), "pass", "missing"),
        (lambda: make_work_order(asset=make_instrument(asset=make_asset()).asset, kind="corrective"), "repaired", ""),
        (lambda: make_work_order(kind="corrective", provider=make_company()), "repaired", "missing"),
    ],
)
def test_which_work_must_leave_a_certificate(make, verdict, expected):
    assert closed(make(), verdict).certificate == expected


def test_a_verified_repair_by_a_company_is_asked_for_its_certificate_when_it_closes():
    order = make_work_order(kind="corrective", provider=make_company(), needs_verification=True)
    assert closed(order, "repaired").certificate == ""
    assert ops.verify_repair(by=BY, work_order_id=order.pk, passed=True).certificate == "missing"


def test_a_certificate_that_was_there_before_closing_is_not_asked_for_again():
    order = make_work_order(provider=make_company())
    attach(order)
    assert closed(order).certificate == "kept"


def test_a_certificate_that_comes_later_settles_it_and_one_withdrawn_opens_it_again():
    order = closed(make_work_order(provider=make_company()))
    attach(order, kind="report")
    assert certificate(order) == "missing"
    version = order.version
    document = attach(order)
    assert (certificate(order), order.version) == ("kept", version + 1)
    with_it = AuditRecord.objects.filter(table_name="attachments_attachment", row_id=document.pk).get().change_id
    touched = AuditRecord.objects.filter(change_id=with_it).values_list("table_name", flat=True)
    assert sorted(touched) == ["attachments_attachment", "maintenance_work_order"]
    withdraw_document(by=BY, attachment_id=document.pk, reason="Of another device")
    assert certificate(order) == "missing"


def test_a_certificate_that_will_not_come_is_given_up_with_a_reason():
    order = closed(make_work_order(provider=make_company()))
    with pytest.raises(Invalid):
        ops.waive_certificate(by=BY, work_order_id=order.pk, reason=" ")
    assert certificate(order) == "missing"
    ops.waive_certificate(by=BY, work_order_id=order.pk, reason="Only batteries were changed")
    assert certificate(order) == "waived"
    assert AuditChange.objects.get(operation="maintenance.waive_certificate").reason == "Only batteries were changed"
    attach(order)
    assert certificate(order) == "waived"
    with pytest.raises(NotNow):
        ops.waive_certificate(by=BY, work_order_id=order.pk, reason="Again")


def test_the_list_shows_the_oldest_first_by_company_and_my_day_counts_it():
    first, second = make_company(), make_company()
    orders = [closed(make_work_order(provider=company)) for company in (first, second, first)]
    closed(make_work_order())
    head = client_of(make_user())
    url = reverse("certificates-missing")
    assert head.get(url).context["table"].ids == [order.pk for order in orders]
    assert head.get(url, {"company": first.pk}).context["table"].ids == [orders[0].pk, orders[2].pk]
    assert head.get(url, {"company": "none"}).context["table"].ids == []
    lines = {line["url"]: line["count"] for line in head.get(reverse("home")).context["lines"]}
    assert lines[f"{url}?site="] == 3
    page = head.get(reverse("work-order", args=[orders[0].pk])).content.decode()
    assert ("Certificate missing" in page, reverse("waive-certificate", args=[orders[0].pk]) in page) == (True, True)


def test_the_company_attaches_its_own_certificate_and_sees_no_other():
    company = make_company()
    mine, other = (closed(make_work_order(provider=one)) for one in (company, make_company()))
    vendor = make_user(
        permissions=["assets.view", "maintenance.view", "maintenance.perform"], scope=("vendor", company.pk)
    )
    page = client_of(vendor)
    sent = {"files": [SimpleUploadedFile("c.pdf", PDF)], "kind": "certificate"}
    assert page.post(reverse("add-work-order-documents", args=[mine.pk]), sent).status_code == 302
    assert certificate(mine) == "kept"
    with pytest.raises(NotFound):
        attach(other, by=vendor)
    with pytest.raises(Denied):
        ops.waive_certificate(by=vendor, work_order_id=mine.pk, reason="x")
    document = attach(other)
    assert page.get(reverse("work-order-document", args=[document.pk])).status_code == 404
    assert page.get(reverse("certificates-missing")).context["table"].ids == []


def test_the_manuals_of_the_model_are_at_hand_where_the_work_is_done():
    order = make_work_order()
    files = [{"sha256": put(PDF), "name": "service.pdf"}]
    add_documents(by=BY, owner="device-model", owner_id=order.asset.device_model_id, files=files, kind="service_manual")
    (manual,) = Attachment.objects.all()
    page = client_of(make_user()).get(reverse("perform", args=[order.pk]))
    assert reverse("device-model-document", args=[manual.pk]) in page.content.decode()


# Test instruments -----------------------------------------------------------------------------------------------


def calibrate(instrument):
    today = timezone.localdate()
    return testing_ops.record_calibration(
        by=BY, instrument_id=instrument.pk, calibrated_on=today, due_on=today + timedelta(days=365)
    )


def add_to(instrument, **facts):
    files = [{"sha256": put(PDF + str(facts).encode()), "name": "c.pdf"}]
    return add_documents(by=BY, owner="instrument", owner_id=instrument.pk, files=files, kind="calibration", **facts)[0]


def missing(instrument):
    return Instrument.objects.get(pk=instrument.pk).certificate_missing


def test_a_calibration_asks_for_its_own_certificate_not_for_last_years():
    instrument = make_instrument(site=make_site())
    add_to(instrument, dated_on=timezone.localdate() - timedelta(days=365))
    assert not missing(instrument)
    calibrate(instrument)
    assert missing(instrument)
    page = client_of(make_user()).get(reverse("certificates-missing"))
    assert str(instrument) in page.content.decode()
    assert page.context["table"].save_url, "the list is kept as a view like any other"
    document = add_to(instrument, dated_on=timezone.localdate())
    assert Attachment.objects.in_force().count() == 2 and not missing(instrument)
    withdraw_document(by=BY, attachment_id=document.pk, reason="Wrong one")
    assert missing(instrument)


def test_a_procedure_says_that_its_work_leaves_a_certificate_and_its_signature_covers_that():
    version = make_procedure()
    plain = version.signed_content()
    draft = testing_ops.draft_version(by=BY, procedure_id=version.procedure_id)
    testing_ops.change_draft(by=BY, version_id=draft.pk, needs_certificate=True)
    draft.refresh_from_db()
    assert ("needs_certificate" in plain, draft.signed_content()["needs_certificate"]) == (False, True)
    assert WorkOrder.objects.count() == 0
