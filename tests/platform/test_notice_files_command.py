"""``wardwright notices import``: files and folders taken in from the command line, with what was refused."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.platform.test_feeds import document
from tests.spec.test_bulletins import RECALL, REPORT, answer
from wardwright.apps.notices import operations
from wardwright.apps.notices.models import Notice
from wardwright.config.cli import main
from wardwright.platform.core.change import System

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def house(monkeypatch):
    monkeypatch.setattr("wardwright.config.cli.answer._require_house", lambda: None)


def told(*arguments: object) -> tuple[int, dict]:
    done = CliRunner().invoke(main, ["notices", "import", *map(str, arguments), "--json"])
    return done.exit_code, json.loads(done.stdout)


def test_files_and_folders(tmp_path: Path) -> None:
    operations.load_sources(by=System("test"))
    folder = tmp_path / "csaf"
    folder.mkdir()
    for number in (1, 2):
        (folder / f"icsma-24-00{number}-01.json").write_bytes(document(number))
    (folder / "README.md").write_text("not a notice")
    (tmp_path / "recall.json").write_bytes(answer(RECALL))
    (tmp_path / "enforcement.json").write_bytes(answer(REPORT))
    code, found = told(folder, tmp_path / "recall.json", tmp_path / "enforcement.json")
    assert (code, found["ok"], found["files"]) == (0, True, 4)
    assert {one["source"]: one["new"] for one in found["runs"]} == {
        "Files": 0, "CISA medical advisories": 2, "openFDA device recalls": 1, "openFDA enforcement reports": 1,
    }  # fmt: skip
    code, found = told(folder)
    assert sum(one["unchanged"] for one in found["runs"]) == 2


def test_a_list_with_a_mapping_and_what_is_refused(tmp_path: Path) -> None:
    (tmp_path / "list.csv").write_text("Nummer,Was\n7,Dropline\n,Warmline\n")
    (tmp_path / "columns.txt").write_text("ref = Nummer\ndescription = Was\nissuer: Office\n")
    code, found = told(tmp_path / "list.csv", "--mapping", tmp_path / "columns.txt")
    assert (code, [one["new"] for one in found["runs"]]) == (9, [1])
    assert found["refused"][0]["where"] == "list.csv, row 3"
    assert Notice.objects.get().issuer == "Office"


def test_in_words(tmp_path: Path) -> None:
    (tmp_path / "recall.json").write_bytes(answer(RECALL))
    done = CliRunner().invoke(main, ["notices", "import", str(tmp_path / "recall.json")])
    assert (done.exit_code, done.stdout) == (0, "Files: 1 new, 0 changed, 0 unchanged, 0 refused\n")


@pytest.mark.parametrize("arguments", [["none.json"], ["--source", "No such"], ["--mapping", "none.txt"]])
def test_what_is_not_there(tmp_path: Path, arguments: list[str]) -> None:
    (tmp_path / "recall.json").write_bytes(answer(RECALL))
    given = [tmp_path / "recall.json", *arguments] if arguments[0].startswith("--") else [tmp_path / arguments[0]]
    code, found = told(*given)
    assert (code, found["ok"], Notice.objects.count()) == (3, False, 0)
