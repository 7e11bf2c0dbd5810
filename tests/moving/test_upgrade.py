"""A house of version 0.1.0 becomes one of today, with a way back."""

import shutil
import sqlite3

import pytest

from .houses import SERVER, new_house

COUNT = """
import django; django.setup()
from wardwright.apps.assets.models import Asset, DeviceType
from wardwright.apps.assets.queries import search_assets
tags = search_assets(Asset.objects.all(), "pump").values_list("tag", flat=True)
print(sorted(tags), DeviceType.objects.get().holds_data)
"""
FOUND = "['OLD-0', 'OLD-1', 'OLD-2'] unknown\n"


@pytest.fixture(scope="module")
def old(tmp_path_factory):
    house = new_house(tmp_path_factory.mktemp("old") / "home")
    done = house.python("-m", "tests.moving.old_house")
    assert done.returncode == 0, done.stderr
    return house


def test_an_export_of_the_older_version_is_taken_in_and_brought_to_today(old, tmp_path):
    old.must("export", tmp_path / "out", "--with-keys")
    other = new_house(tmp_path / "home")
    answer = other.must("restore", tmp_path / "out")
    assert (answer["upgraded"], answer["audit"]["problems"], other.verified()) == (True, [], [])
    assert other.python("-c", COUNT).stdout == FOUND


@pytest.mark.skipif(bool(SERVER), reason="PostgreSQL keeps its data elsewhere: see below")
def test_an_upgrade_keeps_a_copy_and_the_copy_is_the_way_back(old, tmp_path):
    house = new_house(tmp_path / "home")
    shutil.copytree(old.home, house.home)
    assert house.must("upgrade")["done"][1:] == ["tables", "static files and reference data"]
    assert (house.verified(), house.python("-c", COUNT).stdout) == ([], FOUND)
    assert "tables" not in house.must("upgrade")["done"]

    (copy,) = (house.home / "before-upgrade").iterdir()
    back = new_house(tmp_path / "back")
    shutil.copytree(copy, back.home)  # what the documentation says: database and journal, and the keys
    shutil.copytree(house.home / "keys", back.home / "keys")
    with sqlite3.connect(back.home / "wardwright.sqlite3") as database:
        newest = database.execute("SELECT max(name) FROM django_migrations WHERE app = 'assets'").fetchone()
        tags = database.execute("SELECT tag FROM assets_asset ORDER BY tag").fetchall()
    assert (newest, tags) == (("0002_register_indexes",), [("OLD-0",), ("OLD-1",), ("OLD-2",)])
    back.must("upgrade")
    assert (back.verified(), back.python("-c", COUNT).stdout) == ([], FOUND)


@pytest.mark.skipif(not SERVER, reason="needs a PostgreSQL server")
def test_on_postgresql_somebody_has_to_say_that_there_is_a_backup(old, tmp_path):
    for words in (["init"], ["upgrade"]):
        code, answer = old.run(*words)
        assert (code, "--i-have-a-backup" in answer["error"]["way_forward"]) == (5, True)
    old.must("backup", tmp_path / "backup", "--with-keys")
    assert "tables" in old.must("upgrade", "--i-have-a-backup")["done"]
    assert (old.verified(), old.python("-c", COUNT).stdout) == ([], FOUND)
    back = new_house(tmp_path / "back")
    assert back.must("restore", tmp_path / "backup")["audit"]["problems"] == []
    assert back.python("-c", COUNT).stdout == FOUND
