"""``wardwright lookback`` tells what the page tells."""

import json
from datetime import timedelta
from decimal import Decimal

import pytest
from click.testing import CliRunner
from django.utils import timezone

from tests.factories import make_instrument, make_measurement
from wardwright.apps.testing.models import Calibration
from wardwright.apps.testing.operations import record_calibration
from wardwright.config.cli import main
from wardwright.platform.core.change import System

pytestmark = pytest.mark.django_db


def run(*arguments):
    done = CliRunner().invoke(main, ["lookback", *arguments])
    return done.exit_code, done.output


def test_every_reading_in_doubt_is_told_in_words_and_as_json(monkeypatch):
    monkeypatch.setattr("wardwright.config.cli.answer._require_house", lambda: None)
    row, today = make_instrument(), timezone.localdate()
    missed = make_measurement(instrument=row, value=Decimal(490), high=500, taken_at=timezone.now() - timedelta(9))
    point = {"quantity": "leakage", "unit": "µA", "reference": 400, "found": 380, "left": 400, "low": 395, "high": 405}
    record_calibration(by=System("test"), instrument_id=row.pk, calibrated_on=today, due_on=today + timedelta(9),
                       adjusted=True, points=[point])  # fmt: skip
    number = str(Calibration.objects.get().pk)
    code, told = run(number, "--json")
    told = json.loads(told)
    assert (code, told["undecided"], told["counts"]["missed_fault"]) == (1, 1, 1)
    (reading,) = told["readings"]
    assert (reading["measurement_id"], reading["change"], Decimal(reading["corrected"])) == (
        missed.pk, "missed_fault", Decimal(510))  # fmt: skip
    words = run(number)[1]
    assert missed.asset.tag in words and "without the error 510" in words
    assert run("999")[0] == 3
