"""``wardwright results import`` tells of every file, also when one of them cannot be read."""

import json
from datetime import timedelta

import pytest
from click.testing import CliRunner
from django.utils import timezone

from tests.analyser_files import ANALYSER, make_analyser, make_class_one
from tests.factories import make_site
from wardwright.apps.testing.models import ResultFile
from wardwright.config.cli import main
from wardwright.kernel.analyser import record_from, write

pytestmark = pytest.mark.django_db


def run(*arguments):
    done = CliRunner().invoke(main, ["results", "import", *map(str, arguments)])
    return done.exit_code, done.output


def good_file(path):
    today, site = timezone.localdate(), make_site()
    make_analyser(site, today)
    device = make_class_one(site, accepted_on=today - timedelta(days=900))
    plain = {"device": {"asset_tag": device.tag}, "tested_at": f"{today - timedelta(days=1)}T09:00",
             "analyser": {"serial": ANALYSER},
             "readings": [{"name": "Earth", "test": "protective_earth", "value": 0.1, "unit": "Ω"}]}  # fmt: skip
    path.write_bytes(write([record_from(plain)]))
    return path


def test_a_file_that_is_refused_does_not_keep_the_others_out(monkeypatch, tmp_path):
    monkeypatch.setattr("wardwright.config.cli.answer._require_house", lambda: None)
    bad, missing, good = tmp_path / "bad.json", tmp_path / "missing.csv", good_file(tmp_path / "good.json")
    bad.write_bytes(b'{"schema": "wardwright-results", "version": 9}')
    code, told = run(bad, missing, good, "--json")
    told = json.loads(told)
    assert (code, told["ok"], [(one["ok"], one["name"]) for one in told["files"]]) == (
        2, False, [(False, "bad.json"), (False, "missing.csv"), (True, "good.json")])  # fmt: skip
    assert [(one["error"]["code"], bool(one["error"]["message"])) for one in told["files"][:2]] == [
        ("invalid", True), ("no-file", True)]  # fmt: skip
    assert (told["files"][2]["id"], told["files"][2]["records"]) == (ResultFile.objects.get().pk, {"good": 1})

    code, told = run(good, "--json")
    told = json.loads(told)
    assert (code, told["ok"], told["files"][0]["error"]["code"]) == (5, False, "not-now")
    assert ResultFile.objects.count() == 1


def test_what_was_refused_is_told_in_words(monkeypatch, tmp_path):
    monkeypatch.setattr("wardwright.config.cli.answer._require_house", lambda: None)
    bad, good = tmp_path / "bad.json", good_file(tmp_path / "good.json")
    bad.write_bytes(b"")
    code, words = run(bad, good)
    assert (code, words.splitlines()) == (2, [
        "bad.json: refused. The file is empty. Export the register again and check that it has rows.",
        f"good.json (number {ResultFile.objects.get().pk}): review", "       1 good"])  # fmt: skip
    other = good_file(tmp_path / "other.json")
    code, told = run(other, "--json")
    assert (code, json.loads(told)["ok"]) == (0, True)
