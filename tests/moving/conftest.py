"""One house and one export of it for all tests of a process."""

import shutil

import pytest

from .houses import new_house


@pytest.fixture(scope="session")
def house(tmp_path_factory):
    made = new_house(tmp_path_factory.mktemp("house") / "home")
    done = made.python("-m", "tests.moving.prepare")
    assert done.returncode == 0, done.stderr
    return made


@pytest.fixture(scope="session")
def export(house, tmp_path_factory):
    folder = tmp_path_factory.mktemp("export") / "out"
    house.must("export", folder, "--with-keys")
    return folder


@pytest.fixture
def copy(export, tmp_path):
    """A copy of the export that a test may damage."""
    return shutil.copytree(export, tmp_path / "copy")
