"""What no single page shows: how the program is written, packed and set up (rows of ``docs/reference/asvs.md``)."""

import ast
import re
import string
import tomllib
from pathlib import Path

import pytest
from django.test import Client
from setuptools import find_packages

from tests import factories
from wardwright.config.home import secret_key
from wardwright.config.setup import load_reference_data
from wardwright.platform.access.models import User
from wardwright.platform.audit import keys
from wardwright.platform.core.change import System

ROOT = Path(__file__).resolve().parents[2]
SOURCES = [path for path in (ROOT / "src").rglob("*.py") if "tests" not in path.parts]


def calls():
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                yield path.relative_to(ROOT), node


def test_no_shell_is_run():
    wrong = [
        f"{path}:{call.lineno}"
        for path, call in calls()
        if ast.unparse(call.func) in {"os.system", "os.popen", "subprocess.getoutput", "subprocess.getstatusoutput"}
        or any(word.arg == "shell" for word in call.keywords)
    ]
    assert wrong == [], "\n".join(wrong)


def test_tests_are_no_part_of_what_is_installed():
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"]["packages"]["find"]
    packed = find_packages(str(ROOT / "src"), exclude=settings.get("exclude", ()))
    assert "wardwright.apps.assets" in packed
    assert [name for name in packed if "tests" in name.split(".")] == []


@pytest.mark.django_db
def test_a_new_house_has_nobody_who_could_log_in():
    load_reference_data(by=System("test"))
    assert not User.objects.exists()


def test_keys_are_for_their_owner_alone(tmp_path, monkeypatch):
    monkeypatch.delenv("WARDWRIGHT_SECRET_KEY", raising=False)
    monkeypatch.delenv("WARDWRIGHT_AUDIT_KEY", raising=False)
    monkeypatch.setattr(keys, "key_file", lambda: tmp_path / "house" / "keys" / "audit.key")
    secret_key(tmp_path / "house")
    keys.private_key.__wrapped__()  # as in a process that has not read it yet
    modes = {path.name: oct(path.stat().st_mode)[-3:] for path in (tmp_path / "house").rglob("*")}
    assert modes == {"keys": "700", "secret.key": "600", "audit.key": "600"}


@pytest.mark.django_db
def test_a_session_is_known_by_160_bits_of_chance():
    client = Client()
    client.force_login(factories.make_user(), backend="wardwright.platform.access.login.PasswordBackend")
    found = client.session.session_key
    assert re.fullmatch(f"[{string.ascii_lowercase}{string.digits}]{{32}}", found)  # 36 ** 32 > 2 ** 160


@pytest.mark.django_db
def test_password_managers_are_told_what_each_field_is(client):
    page = client.get("/login/", follow=True).content.decode()
    fields = re.findall(r"<input[^>]*>", page)
    (password,) = [field for field in fields if 'type="password"' in field]
    assert 'autocomplete="current-password"' in password
    assert any('autocomplete="username"' in field for field in fields)
    assert "onpaste" not in page


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/static/", "/static/web/", "/.git/config", "/.git/", "/static/../settings.py"])
def test_no_folder_is_listed_and_no_source_served(client, path):
    client.force_login(factories.make_user(), backend="wardwright.platform.access.login.PasswordBackend")
    assert client.get(path).status_code == 404
