"""What the environment says: the database, and how cookies are set behind TLS."""

import ast
import os
import subprocess
import sys

import pytest
from django.core.exceptions import ImproperlyConfigured

from wardwright.config.settings import database


@pytest.fixture
def named(monkeypatch):
    def read(url, **more):
        monkeypatch.setenv("WARDWRIGHT_DATABASE_URL", url)
        for name, value in more.items():
            monkeypatch.setenv(name, value)
        return database()

    return read


def test_no_address_means_sqlite_in_the_house(named):
    assert named("")["ENGINE"] == "django.db.backends.sqlite3"


def test_an_address_is_read_in_full(named):
    found = named("postgresql://ward:p%40ss@db.example.org:5433/house?sslmode=verify-full")
    assert (found["USER"], found["PASSWORD"], found["HOST"], found["PORT"], found["NAME"]) == (
        "ward",
        "p@ss",
        "db.example.org",
        "5433",
        "house",
    )
    assert found["OPTIONS"]["sslmode"] == "verify-full"


def test_a_socket_folder_may_stand_behind_the_question_mark(named):
    found = named("postgresql:///house?host=/run/postgresql")
    assert (found["HOST"], "host" in found["OPTIONS"]) == ("/run/postgresql", False)


def test_behind_a_pooler_nothing_is_prepared(named):
    assert named("postgresql://a@b/c", WARDWRIGHT_POOLED="1")["OPTIONS"]["prepare_threshold"] is None


def test_another_kind_of_database_is_refused(named):
    with pytest.raises(ImproperlyConfigured):
        named("mysql://a@b/c")


def test_a_pooler_is_sent_no_options(named):
    assert "options" in named("postgresql://a@b/c")["OPTIONS"]
    assert "options" not in named("postgresql://a@b/c", WARDWRIGHT_POOLED="1")["OPTIONS"]


def test_behind_tls_cookies_belong_to_this_host_alone(tmp_path):
    """The settings as a house with TLS loads them, in a process of its own."""
    asked = (
        "from wardwright.config import settings as s; print([s.SESSION_COOKIE_NAME, s.CSRF_COOKIE_NAME, "
        "s.LANGUAGE_COOKIE_NAME, s.SESSION_COOKIE_SECURE, s.CSRF_COOKIE_SECURE, s.LANGUAGE_COOKIE_SECURE, "
        "s.SESSION_COOKIE_HTTPONLY, s.SESSION_COOKIE_SAMESITE, s.CSRF_COOKIE_SAMESITE, s.SECURE_HSTS_SECONDS])"
    )
    environment = {**os.environ, "WARDWRIGHT_HOME": str(tmp_path), "WARDWRIGHT_TLS": "1"}
    done = subprocess.run([sys.executable, "-c", asked], env=environment, capture_output=True, text=True, check=True)
    names = ["__Host-sessionid", "__Host-csrftoken", "__Host-language"]
    assert ast.literal_eval(done.stdout) == [*names, True, True, True, True, "Lax", "Lax", 31536000]
