"""``wardwright instrument read`` reads what the page reads."""

import json
from datetime import timedelta
from ipaddress import IPv4Network

import pytest
from click.testing import CliRunner
from django.utils import timezone

from tests.factories import make_instrument
from tests.scpi_peer import ScpiPeer
from wardwright.apps.testing.operations import connect_instrument, set_functions
from wardwright.config.cli import main
from wardwright.platform.core.change import System

pytestmark = pytest.mark.django_db


def run(*arguments):
    done = CliRunner().invoke(main, ["instrument", "read", *map(str, arguments)])
    return done.exit_code, done.output


def test_a_value_is_told_in_words_and_as_json(monkeypatch, settings):
    monkeypatch.setattr("wardwright.config.cli.answer._require_house", lambda: None)
    settings.INSTRUMENT_HOSTS = [IPv4Network("127.0.0.1/32")]
    peer, today, by = ScpiPeer({"MEAS:RES?": "+1.2345E+03"}), timezone.localdate(), System("test")
    row = make_instrument(serial="SN-77", calibrated_on=today, calibration_due_on=today + timedelta(days=99))
    connect_instrument(by=by, instrument_id=row.pk, resource=peer.resource)
    function = {"quantity": "resistance", "unit": "Ω", "query": "MEAS:RES?"}
    set_functions(by=by, instrument_id=row.pk, functions=[function])

    code, told = run(row.pk, "--quantity", "resistance", "--json")
    told = json.loads(told)
    assert told.pop("ms") >= 0
    assert (code, told) == (0, {
        "ok": True, "instrument_id": row.pk, "instrument": str(row), "quantity": "resistance", "value": "1234.5",
        "unit": "Ω", "shown": "1234.5", "shown_unit": "Ω", "identity": "ACME,DMM-1,SN-77,1.0"})  # fmt: skip
    code, told = run(row.pk, "--quantity", "resistance", "--unit", "kΩ")
    assert (code, told.startswith("1.2345 kΩ  resistance, ACME DMM-1 SN-77, ")) == (0, True)

    peer.answers["MEAS:RES?"] = "+9.9E37"
    code, told = run(row.pk, "--quantity", "resistance", "--json")
    assert (code, "overload" in json.loads(told)["error"]["message"]) == (5, True)
    code, told = run(row.pk + 1, "--json")
    assert (code, json.loads(told)["error"]["code"]) == (3, "not-found")
    peer.close()
