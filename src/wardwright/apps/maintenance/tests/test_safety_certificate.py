"""The safety test on paper: the certificate in two languages, and the label."""

import pytest
from django.urls import reverse
from django.utils.translation import override
from tests.factories import make_asset, make_model, make_procedure, make_user, make_work_order

from wardwright.apps.assets.queries.labels import label_of, last_tests
from wardwright.apps.maintenance.models import WorkOrder
from wardwright.apps.maintenance.operations import close_work
from wardwright.apps.maintenance.safety_certificate import certificate_data, certificate_pdf
from wardwright.platform.core.change import System

pytestmark = pytest.mark.django_db
BY = System("test")


def step(key, section="safety", **given):
    return {"key": key, "section": section, "kind": "reading", "text": key.capitalize(), **given}


STEPS = [
    step("case", "visual", kind="check"),
    step("earth", unit="Ω", limit={"standard": "IEC 62353", "test": "protective_earth"}),
    step("leakage", unit="µA", limit={"standard": "IEC 62353", "test": "equipment_leakage", "method": "direct"}),
]


def finished(value="95", verdict="pass"):
    model = make_model(electrical_class="II", applied_parts="CF")
    order = make_work_order(asset=make_asset(device_model=model), procedure_version=make_procedure(steps=STEPS))
    answers = [{"key": "case", "outcome": "pass"}, {"key": "leakage", "value": value, "mains_volts": "240"}]
    close_work(by=BY, work_order_id=order.pk, verdict=verdict, results=answers)
    return WorkOrder.objects.select_related("asset__device_model__maker", "asset__device_type").get(pk=order.pk)


def test_the_certificate_names_what_was_read_and_by_which_limit():
    order = finished()
    data = certificate_data(BY, order, "en")
    earth, leakage = data["readings"]
    assert leakage == ["Leakage (direct)", "95 µA", "91.0417 µA", "≤ 100 µA", "IEC 62353:2014 5.3.3.2", ["pass"]]
    assert earth[5][0].startswith("not applicable. ")
    assert data["checks"] == [["Case", ["pass"], ""]]
    facts = {one["label"][0]: one["value"] for one in data["facts"]}
    assert (facts["Electrical class"], facts["Applied parts"], facts["Mains voltage"], facts["Standard"]) == (
        "class II", "CF", "240 V", "IEC 62353:2014")  # fmt: skip
    assert data["statement"] == [f"{order.asset.tag} {order.asset.device_model.maker} {order.asset.device_model}"
                                 " passed its safety test"]  # fmt: skip


def test_the_certificate_is_said_in_two_languages():
    with override("fr"):
        data = certificate_data(BY, finished(), "en")
    assert len(data["titles"]) == 2
    assert data["titles"][1] == "Safety test certificate"


def test_the_certificate_is_a_pdf_and_only_of_work_with_a_safety_test(client):
    order = finished()
    assert certificate_pdf(BY, order).startswith(b"%PDF-")
    client.force_login(make_user(permissions=["maintenance.view", "testing.view"]))
    answer = client.get(reverse("safety-certificate", args=[order.pk]))
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
    assert client.get(reverse("safety-certificate", args=[make_work_order().pk])).status_code == 404


@pytest.mark.parametrize(("value", "verdict", "words"), [
    ("95", "pass", ["PASSED", ""]), ("140", "fail_unsafe", ["FAILED", "Do not use"]),
])  # fmt: skip
def test_the_label_says_what_the_last_test_came_to(value, verdict, words):
    asset = finished(value, verdict).asset
    seen = last_tests(BY, [asset.pk])[asset.pk]
    label = label_of(asset, code="A1", wording="safety", symbols="qr", tested=seen)
    assert [line.text for line in label.lines[1:3]] == words


def test_a_device_without_a_test_says_so():
    asset = make_asset()
    assert last_tests(BY, [asset.pk]) == {}
    assert label_of(asset, code="A1", wording="safety", symbols="none").lines[1].text == "not tested"
