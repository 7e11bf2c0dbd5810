"""The stores: the same promises by a folder and by a real server that speaks S3 (moto, a process on loopback)."""

import hashlib
import os
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from wardwright.platform.attachments import store, stores
from wardwright.platform.core.errors import Invalid, NotFound

DATA = b"%PDF-1.7 the manual " * 200_000  # 4 MB, more than one chunk
SHA = hashlib.sha256(DATA).hexdigest()
CREDENTIALS = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_DEFAULT_REGION": "eu-central-1"}


def in_chunks(data, size=65_536):
    yield from (data[at : at + size] for at in range(0, len(data), size))


@pytest.fixture(scope="module")
def s3_server():
    """moto's server in its own process; its bucket is made by the plain client."""
    import boto3

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        for _ in range(200):
            try:
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
                break
            except OSError:
                time.sleep(0.05)
        endpoint = f"http://127.0.0.1:{port}"
        keys = {"aws_access_key_id": "test", "aws_secret_access_key": "test", "region_name": "eu-central-1"}
        client = boto3.client("s3", endpoint_url=endpoint, **keys)
        client.create_bucket(Bucket="ward", CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})
        yield endpoint, client
    finally:
        process.terminate()
        process.wait(timeout=10)


@pytest.fixture(params=["folder", "s3"])
def kept_in(request, settings, tmp_path, monkeypatch):
    """The store under test; gives a function that spoils what lies under a hash."""
    settings.WARDWRIGHT_HOME = tmp_path
    if request.param == "folder":

        def spoil(sha256):
            path = tmp_path / "files" / sha256[:2] / sha256
            path.write_bytes(b"X" + path.read_bytes()[1:])
    else:
        endpoint, client = request.getfixturevalue("s3_server")
        for name, value in CREDENTIALS.items():
            monkeypatch.setenv(name, value)
        settings.FILES_URL, settings.FILES_ENDPOINT = f"s3://ward/{tmp_path.name}", endpoint

        def spoil(sha256):
            client.put_object(Bucket="ward", Key=f"{tmp_path.name}/{sha256[:2]}/{sha256}", Body=b"spoilt")

    return spoil


def test_what_is_kept_comes_back_as_it_was(kept_in):
    kept = store.keep(in_chunks(DATA))
    assert kept == store.Stored(SHA, "application/pdf", len(DATA))
    assert (store.exists(SHA), store.read(SHA), store.stored(SHA)) == (True, DATA, kept)
    assert list(stores.current().hashes()) == [SHA]
    assert not store.exists("0" * 64)


def test_the_same_content_is_kept_once_and_nothing_is_left_in_the_way_in(kept_in):
    assert {store.put(DATA), store.put(DATA)} == {SHA}
    assert list(stores.current().hashes()) == [SHA]
    assert list((Path(settings.WARDWRIGHT_HOME) / "files" / "incoming").iterdir()) == []


def test_what_has_changed_in_the_store_is_not_given_out(kept_in):
    store.put(DATA)
    kept_in(SHA)
    with pytest.raises(store.Damaged):
        store.read(SHA)


def test_what_is_not_there_is_said_in_words(kept_in):
    with pytest.raises(NotFound, match="no longer in the store"):
        store.open_checked("0" * 64)
    with pytest.raises(NotFound):
        store.stored("0" * 64)


def test_too_much_is_refused_while_it_comes_and_leaves_nothing(kept_in):
    def endless():
        while True:
            yield b"x" * 1_000_000

    with pytest.raises(Invalid, match="larger than 3 MB"):
        store.keep(endless(), max_bytes=3_000_000)
    assert list(stores.current().hashes()) == []
    assert list((Path(settings.WARDWRIGHT_HOME) / "files" / "incoming").iterdir()) == []


@pytest.mark.parametrize("wrong", ["", "../../etc/passwd", "0" * 63, "G" * 64, "0" * 64 + "/"])
def test_only_a_hash_makes_a_path(wrong):
    with pytest.raises(ValueError, match="not a SHA-256"):
        store.exists(wrong)


def test_a_server_that_does_not_answer_is_said_in_words_and_nothing_is_lost(settings, tmp_path, monkeypatch):
    for name, value in CREDENTIALS.items():
        monkeypatch.setenv(name, value)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        settings.FILES_ENDPOINT = f"http://127.0.0.1:{probe.getsockname()[1]}"
    settings.WARDWRIGHT_HOME, settings.FILES_URL = tmp_path, "s3://ward/none"
    with pytest.raises(Invalid, match="could not be stored"):
        store.put(b"data")


def test_left_overs_of_a_killed_upload_are_removed_after_a_day(settings, tmp_path):
    settings.WARDWRIGHT_HOME = tmp_path
    folder = tmp_path / "files" / "incoming"
    folder.mkdir(parents=True)
    old, fresh = folder / "old", folder / "fresh"
    old.write_bytes(b"x")
    fresh.write_bytes(b"x")
    os.utime(old, (1, 1))
    store.put(b"data")
    assert [path.name for path in folder.iterdir()] == ["fresh"]


@pytest.mark.parametrize("url", ["s3:", "s3://", "https://bucket/prefix", "bucket", "s3://bucket/x?y=1"])
def test_a_wrong_setting_is_refused_at_the_start(url):
    with pytest.raises(ImproperlyConfigured, match="s3://bucket/prefix"):
        stores.parse(url)


def test_without_the_library_the_setting_says_what_to_install():
    """In a process of its own, in which boto3 cannot be found."""
    home = tempfile.mkdtemp(prefix="wardwright-test-")
    code = (
        "import importlib.util as u; found = u.find_spec\n"
        "u.find_spec = lambda name, *a: None if name == 'boto3' else found(name, *a)\n"
        "from wardwright.config.cli import main; main()"
    )
    environment = {**os.environ, "WARDWRIGHT_FILES": "s3://bucket", "WARDWRIGHT_HOME": home}
    environment.pop("DJANGO_SETTINGS_MODULE", None)
    done = subprocess.run(
        [sys.executable, "-c", code, "init"], env=environment, capture_output=True, text=True, check=False
    )
    assert (done.returncode != 0, "install wardwright[s3]" in done.stderr, "Traceback" in done.stderr) == (
        True,
        True,
        False,
    ), done.stderr
