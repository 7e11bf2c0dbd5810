"""A value straight from the chosen instrument into a step: filled in, judged as typed ones are, known as read."""

from datetime import timedelta
from decimal import Decimal
from ipaddress import IPv4Network

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from tests.factories import make_instrument, make_procedure, make_user, make_work_order
from tests.scpi_peer import ScpiPeer

from wardwright.apps.maintenance.models import StepResult, WorkOrder
from wardwright.apps.testing.models import Instrument, Measurement
from wardwright.apps.testing.operations import connect_instrument, set_functions
from wardwright.platform.core.change import System

pytestmark = pytest.mark.django_db
BACKEND = "wardwright.platform.access.login.PasswordBackend"
BY = System("test")
TECHNICIAN = ["directory.view", "assets.view", "testing.view", "maintenance.view", "maintenance.perform",
              "maintenance.close"]  # fmt: skip
EARTH = {"key": "earth", "section": "safety", "kind": "reading", "text": "Protective earth", "unit": "Ω", "high": "0.3",
         "needs_instrument": True}  # fmt: skip
LEAK = {**EARTH, "key": "leak", "text": "Leakage", "unit": "µA", "high": "500"}
OHMS = {"quantity": "resistance", "unit": "mΩ", "low": "0", "high": "2000", "query": "MEAS:RES?"}


@pytest.fixture
def client():
    client = Client()
    client.force_login(make_user(permissions=TECHNICIAN), backend=BACKEND)
    return client


@pytest.fixture
def peer(settings):
    settings.INSTRUMENT_HOSTS = [IPv4Network("127.0.0.1/32")]
    made = ScpiPeer({"MEAS:RES?": "+1.2340E+02"})
    yield made
    made.close()


@pytest.fixture
def order() -> WorkOrder:
    return make_work_order(procedure_version=make_procedure(steps=[EARTH, LEAK]), state="open")


@pytest.fixture
def meter(order, peer) -> Instrument:
    until = timezone.localdate() + timedelta(days=90)
    row = make_instrument(site=order.site, serial="SN-77", calibrated_on=timezone.localdate(), calibration_due_on=until)
    connect_instrument(by=BY, instrument_id=row.pk, resource=peer.resource, timeout_ms=500)
    set_functions(by=BY, instrument_id=row.pk, functions=[OHMS])
    return row


def read(client, order, instrument, key="earth"):
    return client.post(reverse("read-step", args=[order.pk, key]), {"instrument": instrument.pk if instrument else ""})


def save(client, order, instrument, value, mark, seen="||||", **given):
    sent = {"w-earth": seen, "a-earth": value, "v-earth": mark, "instrument": instrument.pk, **given}
    return client.post(reverse("save-results", args=[order.pk]), sent).json()


def kept():
    return list(Measurement.objects.values_list("value", "unit", "source", "identity", "instrument_id", "verdict"))


def test_a_value_is_read_converted_judged_and_known_as_read(client, order, meter):
    got = read(client, order, meter).json()
    assert (got["typed"], got["words"]) == ("0.1234", f"{meter} shows 123.4 mΩ")
    assert Measurement.objects.count() == 0
    assert save(client, order, meter, got["typed"], got["mark"])["notes"]["earth"] == [
        "read from ACME,DMM-1,SN-77,1.0"]  # fmt: skip
    assert kept() == [(Decimal("0.1234"), "Ω", "live", "ACME,DMM-1,SN-77,1.0", meter.pk, "pass")]


def test_one_beyond_the_limit_fails(client, order, meter, peer):
    peer.answers["MEAS:RES?"] = "450"
    got = read(client, order, meter).json()
    save(client, order, meter, got["typed"], got["mark"])
    assert StepResult.objects.get().outcome == "fail"
    assert kept() == [(Decimal("0.45"), "Ω", "live", "ACME,DMM-1,SN-77,1.0", meter.pk, "fail")]


def test_what_a_person_changed_or_took_from_elsewhere_is_typed(client, order, meter):
    mark = read(client, order, meter).json()["mark"]
    other = make_instrument(site=order.site, calibration_due_on=timezone.localdate() + timedelta(days=9))
    for instrument, value in ((meter, "0.1235"), (other, "0.1234")):
        token = next((row.outcome and f"pass|{row.value.normalize():f}|||" for row in StepResult.objects.all()), "||||")
        save(client, order, instrument, value, mark, seen=token)
        assert kept() == [(Decimal(value), "Ω", "step", "", instrument.pk, "pass")]


def test_a_mark_of_another_order_is_worth_nothing(client, order, meter):
    mark = read(client, order, meter).json()["mark"]
    second = make_work_order(
        procedure_version=make_procedure(steps=[EARTH]), state="open", asset=order.asset, site=order.site
    )
    save(client, second, meter, "0.1234", mark)
    assert kept() == [(Decimal("0.1234"), "Ω", "step", "", meter.pk, "pass")]


def test_a_typed_value_becomes_a_read_one_and_a_note_leaves_it_so(client, order, meter):
    save(client, order, meter, "0.1234", "")
    assert kept()[0][2] == "step"
    mark = read(client, order, meter).json()["mark"]
    save(client, order, meter, "0.1234", mark, seen="pass|0.1234|||")
    assert kept()[0][2:4] == ("live", "ACME,DMM-1,SN-77,1.0")
    save(client, order, meter, "0.1234", "", seen="pass|0.1234|||", **{"n-earth": "after cleaning"})
    assert (StepResult.objects.get().reason, kept()[0][2]) == ("after cleaning", "live")


def test_what_goes_wrong_is_told_in_words_and_nothing_is_filled_in(client, order, meter, peer):
    peer.answers["MEAS:RES?"] = "+9.9E37"
    told = read(client, order, meter)
    assert (told.status_code, told.json()) == (409, {
        "words": "The instrument shows an overload: what it measures lies beyond its range. Choose a larger range and "
                 "read again. If it is on its largest, enter > 2000 mΩ."})  # fmt: skip
    assert "no query for a value in µA" in read(client, order, meter, "leak").json()["words"]
    assert read(client, order, None).json()["words"].startswith("Choose the test instrument first.")
    assert "no such step" in read(client, order, meter, "none").json()["words"]
    elsewhere = make_instrument(calibration_due_on=timezone.localdate() + timedelta(days=9))
    assert read(client, order, elsewhere).json()["words"].startswith("Choose the test instrument first.")


def test_the_page_offers_it_where_the_instrument_can(client, order, meter):
    page = client.get(reverse("perform", args=[order.pk])).content.decode()
    assert page.count('name="read"') == 1 and 'name="read" value="earth"' in page
    assert f'data-reads="[&quot;earth&quot;]">{meter}' in page


def test_without_a_connection_there_is_no_button(client, order, settings, meter):
    settings.LIVE_INSTRUMENTS = False
    assert 'name="read"' not in client.get(reverse("perform", args=[order.pk])).content.decode()


def test_without_scripts_the_page_comes_back_with_the_value(client, order, meter, peer):
    sent = {
        "w-earth": "||||",
        "a-earth": "not a number",
        "w-leak": "||||",
        "n-leak": "no probe",
        "instrument": meter.pk,
    }
    page = client.post(reverse("perform", args=[order.pk]), {**sent, "read": "earth"})
    rows = {row.key: row for row in page.context["sheet"].rows}
    assert (page.status_code, rows["earth"].typed, rows["leak"].note, StepResult.objects.count()) == (
        200, "0.1234", "no probe", 0)  # fmt: skip
    sent |= {"a-earth": rows["earth"].typed, "v-earth": rows["earth"].live, "later": "1"}
    assert client.post(reverse("perform", args=[order.pk]), sent).status_code == 302
    sources = dict(Measurement.objects.values_list("quantity", "source"))
    assert sources == {"earth": "live"}
    peer.answers["*IDN?"] = "ACME,DMM-1,SN-78,1.0"
    wrong = client.post(reverse("perform", args=[order.pk]), {**sent, "read": "earth"})
    assert (wrong.status_code, "SN-78 answers, and SN-77 is registered" in wrong.content.decode()) == (409, True)


def test_who_may_not_do_the_work_cannot_read_for_it(order, meter, peer):
    looker = Client()
    looker.force_login(make_user(permissions=[p for p in TECHNICIAN if p != "maintenance.perform"]), backend=BACKEND)
    assert (read(looker, order, meter).status_code, peer.asked) == (403, [])
