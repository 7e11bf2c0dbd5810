"""A folder that is not what its manifest says is refused, and a restore that cannot end leaves nothing behind."""

import json
import os

import pytest

from wardwright.platform.core.errors import Invalid
from wardwright.platform.moving.manifest import EXPORT, check_folder

from .houses import SERVER, contents, new_house, sign_again

ASSETS = "tables/assets_asset.jsonl"
#: The whole restore, but this process is killed just before the table is loaded.
KILLED = """
import os, signal
import django; django.setup()
from pathlib import Path
from wardwright.platform.moving import restore
load = restore._load_table
def load_or_die(export, model):
    if model._meta.db_table == "maintenance_work_order":
        os.kill(os.getpid(), signal.SIGKILL)
    return load(export, model)
restore._load_table = load_or_die
restore.restore_house(Path(%r))
"""


def change_a_byte(folder):
    data = bytearray((folder / ASSETS).read_bytes())
    data[len(data) // 2] ^= 1
    (folder / ASSETS).write_bytes(data)


def cut_a_line(folder):
    (folder / ASSETS).write_bytes((folder / ASSETS).read_bytes()[:-40])


def lose_a_file(folder):
    next(path for path in (folder / "files").rglob("*") if path.is_file()).unlink()


def add_a_file(folder):
    (folder / "tables" / "extra.jsonl").write_text("{}\n")


def edit_manifest(folder, edit=lambda manifest: manifest["tables"].pop("assets_asset")):
    manifest = json.loads((folder / "manifest.json").read_text())
    edit(manifest)
    (folder / "manifest.json").write_text(json.dumps(manifest))


def newer_format(folder):
    edit_manifest(folder, lambda manifest: manifest.update(version=2))


def name_outside(folder):
    edit_manifest(folder, lambda m: m["files"].update({"files/../../etc/passwd": {"bytes": 1, "sha256": "0" * 64}}))


def absolute_name(folder):
    edit_manifest(folder, lambda m: m["files"].update({"/etc/passwd": {"bytes": 1, "sha256": "0" * 64}}))


def link_a_file(folder):
    (folder / ASSETS).rename(folder.parent / "elsewhere")
    (folder / ASSETS).symlink_to(folder.parent / "elsewhere")


def link_a_folder(folder):
    (folder / "tables").rename(folder.parent / "elsewhere")
    (folder / "tables").symlink_to(folder.parent / "elsewhere")


def lose_manifest(folder):
    (folder / "manifest.json").unlink()


def interrupted(folder):
    lose_manifest(folder)
    (folder / "UNFINISHED").touch()


def no_json(folder):
    (folder / "manifest.json").write_bytes(b"\xff\x00{")


def other_json(folder):
    (folder / "manifest.json").write_text("[[]]")


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        (change_a_byte, "tables/assets_asset.jsonl: its content is not what the manifest says"),
        (cut_a_line, "tables/assets_asset.jsonl: its size is not what the manifest says"),
        (lose_a_file, "it is missing"),
        (add_a_file, "tables/extra.jsonl: it is there although the manifest does not name it"),
        (edit_manifest, "manifest.json: it was edited"),
        (newer_format, "manifest.json: format 2 is newer than 1"),
        (name_outside, "is no name of a file in an export"),
        (absolute_name, "is no name of a file in an export"),
        (link_a_file, "it is a link"),
        (link_a_folder, "it is a link"),
        (lose_manifest, "there is none"),
        (interrupted, "the run that wrote this folder did not end"),
        (no_json, "manifest.json: it cannot be read"),
        (other_json, "manifest.json: it cannot be read"),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_damage_is_named(copy, damage, words):
    check_folder(copy, kind=EXPORT)
    damage(copy)
    with pytest.raises(Invalid) as refused:
        check_folder(copy, kind=EXPORT)
    assert words in str(refused.value.message)


def test_a_folder_signed_by_somebody_else_is_refused_when_the_key_is_given(copy):
    ours = json.loads((copy / "manifest.json").read_text())["key"]
    theirs = sign_again(copy)
    check_folder(copy, kind=EXPORT, trusted_key=theirs)
    with pytest.raises(Invalid, match="signed with another key"):
        check_folder(copy, kind=EXPORT, trusted_key=ours)


def _leaves_nothing(house):
    assert [path.name for path in house.home.rglob("*") if path.is_file()] in ([], ["secret.key"])
    code, answer = house.run("audit", "verify")
    assert (code, "There is no house" in answer["error"]["message"]) == (3, True)


def test_a_row_that_the_database_refuses_leaves_nothing_behind(copy, tmp_path):
    rows = (copy / ASSETS).read_text().splitlines(keepends=True)
    row = json.loads(rows[0])
    rows[0] = json.dumps(row | {"site_id": 999_999}, sort_keys=True) + "\n"
    (copy / ASSETS).write_text("".join(rows))
    sign_again(copy)
    other = new_house(tmp_path / "home")
    code, answer = other.run("restore", copy)
    assert (code, answer["error"]["code"]) == (2, "invalid")
    assert "site_id" in answer["error"]["message"]
    _leaves_nothing(other)


def test_a_kill_in_the_middle_keeps_everybody_out_until_it_is_restored_again(export, tmp_path):
    other = new_house(tmp_path / "home")
    assert other.python("-c", KILLED % str(export)).returncode == -9
    for words in (["init"], ["export", tmp_path / "out"]):
        done = other.python("-m", "wardwright.config.cli", *map(str, words))
        assert (done.returncode, "was interrupted" in done.stdout + done.stderr) == (5, True), words
    assert other.must("restore", export)["audit"]["problems"] == []
    other.must("export", tmp_path / "again", "--with-keys")
    assert contents(tmp_path / "again") == contents(export)


@pytest.mark.skipif(bool(SERVER), reason="PostgreSQL's disk is its server's own")
def test_a_full_disk_leaves_nothing_behind_and_it_works_with_room(house, export, tmp_path):
    other = new_house(tmp_path / "home")
    code, answer = other.run("restore", export, limit=1_500_000)
    assert (code, answer["ok"]) != (0, True)
    assert "disk" in json.dumps(answer) or "too large" in json.dumps(answer)
    _leaves_nothing(other)
    code, answer = house.run("export", tmp_path / "out", limit=100_000)
    assert (code, os.path.exists(tmp_path / "out")) == (8, False), answer
