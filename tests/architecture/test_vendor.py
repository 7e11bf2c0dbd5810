"""What we ship from other projects is byte for byte what `tools/vendor.py` checked; no network is needed to see it."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from pathlib import Path

import wardwright.web

WEB = Path(wardwright.web.__file__).parent
VENDOR = WEB / "static" / "vendor"


def lock_entries() -> list[dict]:
    lock = json.loads((VENDOR / "vendor.lock.json").read_text())
    return [file for package in lock for file in package["files"]]


def test_every_vendored_file_is_the_one_in_the_lock() -> None:
    found = {
        str(path.relative_to(VENDOR)): "sha384-" + base64.b64encode(hashlib.sha384(path.read_bytes()).digest()).decode()
        for path in VENDOR.rglob("*")
        if path.is_file() and path.name != "vendor.lock.json"
    }
    assert found == {entry["path"]: entry["sha384"] for entry in lock_entries()}


def test_sizes_in_the_lock_are_true() -> None:
    for entry in lock_entries():
        assert (VENDOR / entry["path"]).stat().st_size == entry["size"], entry["path"]


def test_every_package_carries_its_licence() -> None:
    packages = {path.name for path in VENDOR.iterdir() if path.is_dir()}
    assert {path.parent.name for path in VENDOR.glob("*/LICENSE")} == packages


def test_no_vendored_file_asks_for_a_source_map() -> None:
    asking = [entry["path"] for entry in lock_entries() if b"sourceMappingURL" in (VENDOR / entry["path"]).read_bytes()]
    assert asking == []


def test_every_icon_that_a_template_names_is_in_the_sprite() -> None:
    sprite = (VENDOR / "tabler-icons" / "icons.svg").read_text()
    shipped = set(re.findall(r'<symbol id="([\w-]+)"', sprite))
    templates = list(WEB.parent.rglob("templates/**/*.html"))
    assert templates
    missing = {
        f"{path.relative_to(WEB.parent)}: {name}"
        for path in templates
        for name in re.findall(r'{%\s*icon\s+"([\w-]+)"', path.read_text())
        if name not in shipped
    }
    assert missing == set()
