"""Where an instrument is reached, tried and confirmed on its page, and over the API."""

from datetime import timedelta
from ipaddress import IPv4Network

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from tests.factories import make_instrument, make_user
from tests.scpi_peer import ScpiPeer

from wardwright.apps.testing.models import InstrumentConnection, InstrumentFunction
from wardwright.apps.testing.operations import connect_instrument, set_functions

pytestmark = pytest.mark.django_db
BACKEND = "wardwright.platform.access.login.PasswordBackend"
TODAY = timezone.localdate()


@pytest.fixture
def keeper(settings):
    settings.INSTRUMENT_HOSTS = [IPv4Network("127.0.0.1/32")]
    return make_user(permissions=["testing.view", "testing.instruments"])


@pytest.fixture
def client(keeper):
    client = Client()
    client.force_login(keeper, backend=BACKEND)
    return client


@pytest.fixture
def peer():
    made = ScpiPeer({"MEAS:RES?": "+1.2345E+03"})
    yield made
    made.close()


@pytest.fixture
def row():
    return make_instrument(
        name="Multimeter", serial="", calibrated_on=TODAY, calibration_due_on=TODAY + timedelta(days=99)
    )


def test_an_instrument_is_connected_tried_confirmed_and_asked(client, peer, row):
    assert "can be read" in client.get(reverse("instrument-connection", args=[row.pk])).content.decode()
    sent = {"resource": peer.resource, "line_end": "lf", "baud": 9600, "timeout_ms": 1000}
    wrong = client.post(reverse("connect-instrument", args=[row.pk]), {**sent, "resource": "10.0.0.7"})
    assert (wrong.status_code, "no address of an instrument" in wrong.content.decode()) == (422, True)
    assert client.post(reverse("connect-instrument", args=[row.pk]), sent).status_code == 302
    assert "Nothing says yet" in client.get(reverse("instrument-connection", args=[row.pk])).content.decode()

    functions = reverse("instrument-functions", args=[row.pk])
    asked = {"row": [1], "f1-quantity": "resistance", "f1-unit": "Ω", "f1-query": "MEAS:RES?", "f1-answer_unit": ""}
    assert client.post(functions, asked).status_code == 302
    assert InstrumentFunction.objects.get().query == "MEAS:RES?"

    unknown = client.post(reverse("try-connection", args=[row.pk])).content.decode()
    assert "nothing says whether it is the right one" in unknown and "SN-77" in unknown
    assert peer.asked == ["*IDN?"]
    confirmed = client.post(reverse("confirm-identity", args=[row.pk]), {"identity": "ACME,DMM-1,SN-77,1.0"})
    assert (confirmed.status_code, InstrumentConnection.objects.get().identity) == (302, "ACME,DMM-1,SN-77,1.0")
    known = client.post(reverse("try-connection", args=[row.pk])).content.decode()
    assert "Multimeter answers" in known and "1234.5 Ω" in known and "MEAS:RES?" in known
    assert (
        "Only ACME,DMM-1,SN-77,1.0 is read."
        in client.get(reverse("instrument-connection", args=[row.pk])).content.decode()
    )

    assert client.post(reverse("disconnect-instrument", args=[row.pk]), {"once": "1"}).status_code == 302
    assert InstrumentConnection.objects.count() == 0


def test_queries_are_asked_for_only_where_there_is_a_connection(client, peer, row, keeper):
    functions = reverse("instrument-functions", args=[row.pk])
    assert "query" not in client.get(functions).context["form"].grid.rows[1].fields
    connect_instrument(by=keeper, instrument_id=row.pk, resource=peer.resource)
    assert "query" in client.get(functions).context["form"].grid.rows[1].fields


def test_a_trial_that_fails_is_said_on_its_page(client, peer, row, keeper, settings):
    connect_instrument(by=keeper, instrument_id=row.pk, resource=peer.resource)
    settings.INSTRUMENT_HOSTS = []
    page = client.post(reverse("try-connection", args=[row.pk]))
    assert "is not a machine inside the hospital" in page.content.decode()
    settings.LIVE_INSTRUMENTS = False
    assert client.get(reverse("instrument-connection", args=[row.pk])).content == b""
    assert "switched off in this house" in client.post(reverse("try-connection", args=[row.pk])).content.decode()


def test_who_only_looks_cannot_make_the_server_ask(peer, row, keeper):
    connect_instrument(by=keeper, instrument_id=row.pk, resource=peer.resource)
    looker = Client()
    looker.force_login(make_user(permissions=["testing.view", "maintenance.perform"]), backend=BACKEND)
    for name in ("try-connection", "confirm-identity", "connect-instrument", "disconnect-instrument"):
        assert looker.post(reverse(name, args=[row.pk]), {}).status_code == 403
    read = f"/api/v1/instruments/{row.pk}/reading"
    assert looker.post(read, {"unit": "Ω"}, content_type="application/json").status_code == 403
    assert peer.asked == []


def connected(keeper, peer, row):
    row.serial = "SN-77"
    connect_instrument(by=keeper, instrument_id=row.pk, resource=peer.resource)
    set_functions(by=keeper, instrument_id=row.pk, functions=[
        {"quantity": "resistance", "unit": "Ω", "query": "MEAS:RES?"}])  # fmt: skip


def test_the_api_reads_a_value(client, peer, keeper):
    row = make_instrument(serial="SN-77", calibrated_on=TODAY, calibration_due_on=TODAY + timedelta(days=99))
    connected(keeper, peer, row)
    path = f"/api/v1/instruments/{row.pk}/reading"
    got = client.post(path, {"quantity": "resistance", "unit": "kΩ"}, content_type="application/json")
    assert got.status_code == 200
    answer = got.json()
    assert (answer.pop("ms") >= 0, answer) == (True, {
        "value": "1.2345", "unit": "kΩ", "shown": "1234.5", "shown_unit": "Ω", "quantity": "resistance",
        "identity": "ACME,DMM-1,SN-77,1.0"})  # fmt: skip
    wrong = client.post(path, {"unit": "V"}, content_type="application/json")
    assert (wrong.status_code, "no query for a value in V" in wrong.content.decode()) == (422, True)
