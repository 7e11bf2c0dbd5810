"""What stands around every page: bodies that are too large, and a database that is out of reach."""

import json

import click
import pytest
from click.testing import CliRunner
from django.db import DataError, InterfaceError, OperationalError
from django.test import RequestFactory
from django.utils.functional import SimpleLazyObject

from wardwright.api import instance
from wardwright.config.cli.answer import command, json_option
from wardwright.web import errors
from wardwright.web.middleware import MAX_BODY_BYTES, EdgeMiddleware


def out_of_reach():
    raise OperationalError("database or disk is full")


def never_called(request):
    raise AssertionError("the body would have been read")


@pytest.mark.parametrize("length", [str(MAX_BODY_BYTES + 1), "-1", "many", "²", "9" * 5000])
def test_a_body_that_no_page_takes_is_refused_before_it_is_read(length):
    request = RequestFactory().post("/login/", CONTENT_LENGTH=length)
    answer = EdgeMiddleware(never_called)(request)
    assert (answer.status_code, answer["Cache-Control"]) == (413, "no-store, private")
    assert "220 MB" in answer.content.decode()


@pytest.mark.parametrize("failure", [OperationalError("disk is full"), InterfaceError("connection is closed")])
def test_a_database_out_of_reach_is_told_in_words_even_if_nobody_can_be_looked_up(failure):
    request = RequestFactory().get("/")
    request.user = SimpleLazyObject(out_of_reach)
    answer = EdgeMiddleware(never_called).process_exception(request, failure)
    assert answer.status_code == 503
    assert "Nothing was saved by this step." in answer.content.decode()


def test_the_page_of_a_fault_needs_no_database():
    request = RequestFactory().get("/")
    request.user = SimpleLazyObject(out_of_reach)
    assert errors.broken(request).status_code == 500


@pytest.mark.parametrize(
    ("failure", "status"),
    [
        (OperationalError("full"), 503),
        (InterfaceError("closed"), 503),
        (OverflowError("too large"), 400),
        (DataError("NUL"), 400),
        (KeyError("x"), 500),
    ],
)
def test_the_api_tells_what_kind_of_failure_it_was(failure, status):
    answer = instance.api.on_exception(RequestFactory().get("/api/v1/assets"), failure)
    assert (answer.status_code, answer["Content-Type"]) == (status, "application/problem+json")


@click.command()
@json_option
@command
def on_a_full_disk(as_json):
    out_of_reach()


def test_a_command_on_a_full_disk_answers_in_words_and_with_a_code():
    words, answer = CliRunner().invoke(on_a_full_disk), CliRunner().invoke(on_a_full_disk, ["--json"])
    assert (words.exit_code, answer.exit_code) == (8, 8)
    assert "database or disk is full" in words.output
    assert json.loads(answer.stdout)["error"]["code"] == "system"


def test_a_fault_of_a_command_is_told_in_words_and_written_down(monkeypatch, tmp_path):
    """A script gets its one JSON object, a person a sentence and the file to report; nobody a stack trace."""
    monkeypatch.setenv("WARDWRIGHT_HOME", str(tmp_path))

    @click.command()
    @json_option
    @command
    def stumbles(as_json):
        return int("²")

    asked, plain = CliRunner().invoke(stumbles, ["--json"]), CliRunner().invoke(stumbles, [])
    assert (asked.exit_code, plain.exit_code) == (70, 70)
    assert json.loads(asked.stdout)["error"]["code"] == "fault"
    assert "fault of the program (ValueError)" in plain.stderr
    assert "Traceback" not in asked.output + plain.output
    kept = sorted((tmp_path / "faults").iterdir())
    assert len(kept) == 2
    assert str(kept[-1]) in plain.stderr.replace("\n", "") or str(kept[0]) in plain.stderr.replace("\n", "")
    assert all("Traceback" in file.read_text() and file.stat().st_mode & 0o077 == 0 for file in kept)


def test_a_wrong_call_of_a_command_stays_its_own():
    @click.command()
    @command
    def asks():
        raise click.UsageError("Give a number.")

    found = CliRunner().invoke(asks, [])
    assert (found.exit_code, "Give a number." in found.output) == (2, True)
