"""A house carried out and in again is the same house, byte for byte, whichever database it came from."""

import csv
import io
import json

import pytest

from .houses import SERVER, contents, new_house, sign_again

ASK = """
import django; django.setup()
from wardwright.apps.assets.models import Asset
from wardwright.apps.assets.queries import search_assets
from wardwright.platform.access.models import User
from wardwright.platform.attachments import store
from wardwright.platform.attachments.models import Attachment
hard = Asset.objects.get(tag="HARD-1")
files = [len(store.read(row.sha256)) == row.size_bytes for row in Attachment.objects.all()]
print([hard.notes, str(hard.usage_hours), hard.purchase_cost_cents, hard.external_ids["a"]])
print(files != [] and all(files), User.objects.get(username="admin").check_password("a long enough password"))
print(sorted(search_assets(Asset.objects.all(), "SN000001").values_list("serial", flat=True)))
"""
WRITE = """
import django; django.setup()
from wardwright.apps.directory.models import Site
from wardwright.platform.audit.operation import open_change
from wardwright.platform.core.change import System
with open_change("test.write", System("test")):
    print(Site.objects.create(code="AFTER", name="After").pk)
"""


@pytest.mark.parametrize("server", [False, *([True] if SERVER else [])], ids=lambda s: "PostgreSQL" if s else "SQLite")
def test_a_restored_house_is_the_same_house(house, export, tmp_path, server):
    other = new_house(tmp_path / "home", server=server)
    manifest = json.loads((export / "manifest.json").read_text())
    answer = other.must("restore", export, "--key", manifest["key"])
    assert (answer["ok"], answer["new_key"], answer["upgraded"], answer["audit"]["problems"]) == (
        True,
        False,
        False,
        [],
    )

    other.must("export", tmp_path / "again", "--with-keys")
    assert contents(tmp_path / "again") == contents(export)

    assert other.verified() == []
    assert other.python("-c", ASK).stdout == house.python("-c", ASK).stdout
    assert "True True" in other.python("-c", ASK).stdout
    counted = manifest["tables"]["directory_site"]["last_id"]  # the newest site is gone: its number is not given again
    assert int(other.python("-c", WRITE).stdout) == counted + 1
    assert other.verified() == []


def test_it_is_not_restored_into_a_house_that_is_in_use(house, export):
    code, answer = house.run("restore", export)
    assert (code, answer["error"]["code"]) == (5, "not-now")
    assert "is not empty" in answer["error"]["message"]


def test_everybody_can_read_it(export):
    readme = (export / "README.md").read_text()
    manifest = json.loads((export / "manifest.json").read_text())
    for table, described in manifest["tables"].items():
        assert f"### tables/{table}.jsonl" in readme
        for text in (export / "tables" / f"{table}.jsonl").read_text().splitlines()[:1]:
            assert sorted(json.loads(text)) == list(json.loads(text)) == sorted(described["columns"])
    rows = list(csv.DictReader(io.StringIO((export / "registers" / "devices.csv").read_text("utf-8-sig"))))
    (hard,) = [row for row in rows if row["Asset number"] == "HARD-1"]
    assert (hard["Serial number"], hard["Hours of use"], hard["Purchased"]) == ('\'=cmd|"x"', "12345.6", "1999-12-31")
    assert oct(export.stat().st_mode)[-3:] == "700"
    assert {oct(path.stat().st_mode)[-3:] for path in export.rglob("*") if path.is_file()} == {"600"}


def test_without_the_private_keys_the_new_key_takes_over_and_the_trail_says_so(house, tmp_path):
    house.must("export", tmp_path / "out")
    assert not (tmp_path / "out" / "keys").exists()
    other = new_house(tmp_path / "home")
    answer = other.must("restore", tmp_path / "out")
    assert (answer["new_key"], answer["audit"]["problems"]) == (True, [])
    assert ["did not sign that change" in note for note in answer["audit"]["notes"]] == [True]
    old, new = house.must("audit", "key")["key"], other.must("audit", "key")["key"]
    assert old != new

    other.python("-c", WRITE.replace("AFTER", "LATER"))
    assert other.must("audit", "seal")["changes"] > 0
    assert other.verified() == []
    other.must("audit", "passport", "HARD-1", "-o", tmp_path / "passport.json")
    assert other.must("audit", "check-passport", tmp_path / "passport.json", "--key", new)["ok"]
    assert other.run("audit", "check-passport", tmp_path / "passport.json", "--key", "0" * 64)[0] == 1


def test_a_file_that_is_gone_is_named_and_the_rest_is_carried(house, tmp_path):
    stored = next(path for path in (house.home / "files").rglob("*") if path.is_file() and len(path.name) == 64)
    stored.rename(tmp_path / "aside")
    code, answer = house.run("export", tmp_path / "out")
    (tmp_path / "aside").rename(stored)
    assert (code, answer["missing"]) == (9, [stored.name])
    assert json.loads((tmp_path / "out" / "manifest.json").read_text())["missing"] == [stored.name]
    code, answer = house.run("export", tmp_path / "out")
    assert (code, "is not empty" in answer["error"]["message"]) == (2, True)


def test_an_export_of_a_newer_version_is_refused_before_anything_is_made(copy, tmp_path):
    def newer(manifest):
        manifest["migrations"]["assets"] = "0999_from_the_future"

    key = sign_again(copy, newer)
    other = new_house(tmp_path / "home")
    code, answer = other.run("restore", copy, "--key", key)
    assert (code, "0999_from_the_future" in answer["error"]["message"]) == (2, True)
    assert not (other.home / "files").exists() and not (other.home / "restoring").exists()


def test_what_is_written_meanwhile_is_in_it_whole_or_not_at_all(house, tmp_path):
    writer = house.write_meanwhile()
    folders = [tmp_path / "export", tmp_path / "backup"]
    house.must("export", folders[0], "--with-keys")
    house.must("backup", folders[1], "--with-keys")
    assert int(writer.communicate("stop")[0]) > 1
    assert house.verified() == []
    house.must("backup", folders[1], "--check")
    for folder in folders:
        other = new_house(tmp_path / f"{folder.name}-home")
        assert other.must("restore", folder)["audit"]["problems"] == []
        assert other.verified() == []
