"""``wardwright files verify``: what is missing, changed or named by no row is told by its name."""

import json

import pytest
from click.testing import CliRunner
from django.conf import settings

from tests.factories import make_asset
from tests.world import make_document
from wardwright.config.cli import main
from wardwright.platform.attachments.store import put
from wardwright.platform.attachments.verify import verify_files
from wardwright.platform.core.change import System
from wardwright.platform.exchange.operations import start_session

pytestmark = pytest.mark.django_db
REGISTER = b"Asset number;Serial number;Manufacturer;Model;Type\nA1;S1;Maker;One;Infusion pump\n"


@pytest.fixture
def home(settings, tmp_path):
    settings.WARDWRIGHT_HOME = tmp_path
    return tmp_path


@pytest.fixture
def document(home):
    return make_document(row=make_asset())


def path_of(home, sha256):
    return home / "files" / sha256[:2] / sha256


def test_a_sound_store_is_said_to_be_so(document):
    start_session(by=System(), target="assets", file_name="register.csv", data=REGISTER)
    report = verify_files()
    assert (report.ok, report.files, report.rows) == (True, 2, 2)
    assert (report.missing, report.changed, report.orphaned) == ([], [], [])


def test_a_missing_file_is_named_with_its_row(home, document):
    path_of(home, document.sha256).unlink()
    report = verify_files()
    said = {"sha256": document.sha256, "row": "document", "id": document.pk, "name": "plate.png"}
    assert (report.ok, report.missing) == (False, [said])


def test_a_changed_file_is_named_with_every_row_that_trusts_it(home, document):
    path_of(home, document.sha256).write_bytes(b"something else")
    report = verify_files()
    (found,) = report.changed
    assert (report.ok, found["sha256"], [row["id"] for row in found["rows"]]) == (False, document.sha256, [document.pk])
    assert report.missing == []


def test_a_file_that_no_row_names_is_told_and_is_no_fault(document):
    orphan = put(b"refused meanwhile")
    report = verify_files()
    assert (report.ok, report.orphaned) == (True, [{"sha256": orphan, "bytes": 17}])


def test_a_missing_import_is_named_too(home):
    session = start_session(by=System(), target="assets", file_name="register.csv", data=REGISTER)
    path_of(home, session.sha256).unlink()
    assert [found["row"] for found in verify_files().missing] == ["import"]


def test_the_command_answers_in_words_in_json_and_by_its_exit_code(document, home, monkeypatch):
    monkeypatch.setitem(settings.DATABASES["default"], "NAME", str(home))  # a house must be there: so it is

    def run(*arguments):
        done = CliRunner().invoke(main, ["files", "verify", *arguments])
        return done.exit_code, done.output

    assert run()[1] == "1 files, 17 bytes, 1 rows: every file is as it was stored.\n"
    path_of(home, document.sha256).write_bytes(b"not what it was")
    (code, told), (same_code, data) = run(), run("--json")
    assert (code, same_code, json.loads(data)["ok"]) == (1, 1, False)
    assert f"Changed: {document.sha256}: plate.png of document {document.pk}" in told
    assert "restore the files named above" in told
