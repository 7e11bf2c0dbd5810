"""Where the bytes lie: a folder, or a bucket of an S3-compatible server. Each file is named by its SHA-256.

Both raise FileNotFoundError for what is not there and another OSError when the store itself fails.
"""

from __future__ import annotations

import errno
import os
import tempfile
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any, BinaryIO, Protocol
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

IN_MEMORY_BYTES = 2_500_000


class Store(Protocol):
    """What a store can do; the caller has checked that ``sha256`` is a hash."""

    def put(self, sha256: str, spooled: Path) -> None:
        """Keep the finished file ``spooled`` under its hash, whole or not at all; it may be moved away."""

    def open(self, sha256: str) -> BinaryIO:
        """The content, from its beginning."""

    def exists(self, sha256: str) -> bool:
        """Whether something is kept under this hash."""

    def hashes(self) -> Iterator[str]:
        """Every hash that something is kept under."""


def is_hash(text: str) -> bool:
    return len(text) == 64 and all(c in "0123456789abcdef" for c in text)


class FolderStore:
    """Files in a folder, in sub-folders by the first two characters of the hash."""

    def __init__(self, folder: Path):
        self.folder = folder

    def path(self, sha256: str) -> Path:
        return self.folder / sha256[:2] / sha256

    def put(self, sha256: str, spooled: Path) -> None:
        path = self.path(sha256)
        path.parent.mkdir(parents=True, exist_ok=True)
        os.replace(spooled, path)
        _sync_folder(path.parent)

    def open(self, sha256: str) -> BinaryIO:
        return self.path(sha256).open("rb")

    def exists(self, sha256: str) -> bool:
        return self.path(sha256).is_file()

    def hashes(self) -> Iterator[str]:
        for path in sorted(self.folder.glob("[0-9a-f][0-9a-f]/*")):
            if is_hash(path.name):
                yield path.name


def _sync_folder(folder: Path) -> None:
    """The new name itself on disk, so that a committed row never points to nothing after a power cut."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


class S3Store:
    """Objects in a bucket; credentials and region from the environment names every AWS client reads."""

    def __init__(self, bucket: str, prefix: str, endpoint: str):
        import boto3
        from botocore.config import Config

        # Checksums beyond the protocol's first version are refused by some servers that speak S3; ours is the hash.
        config = Config(
            connect_timeout=5,
            read_timeout=60,
            retries={"max_attempts": 3, "mode": "standard"},
            s3={"addressing_style": "path"} if endpoint else {},
            request_checksum_calculation="when_required",
            response_checksum_validation="when_required",
        )
        self.bucket, self.prefix = bucket, f"{prefix}/" if prefix else ""
        self.client: Any = boto3.client("s3", endpoint_url=endpoint or None, config=config)

    def key(self, sha256: str) -> str:
        return f"{self.prefix}{sha256[:2]}/{sha256}"

    def put(self, sha256: str, spooled: Path) -> None:
        with _as_oserror(sha256):
            self.client.upload_file(str(spooled), self.bucket, self.key(sha256))

    def open(self, sha256: str) -> BinaryIO:
        found = tempfile.SpooledTemporaryFile(IN_MEMORY_BYTES)  # noqa: SIM115 - handed to the caller, who closes it
        with _as_oserror(sha256):
            self.client.download_fileobj(self.bucket, self.key(sha256), found)
        found.seek(0)
        return found  # type: ignore[return-value]

    def exists(self, sha256: str) -> bool:
        try:
            with _as_oserror(sha256):
                self.client.head_object(Bucket=self.bucket, Key=self.key(sha256))
        except FileNotFoundError:
            return False
        return True

    def hashes(self) -> Iterator[str]:
        with _as_oserror(""):
            pages = self.client.get_paginator("list_objects_v2").paginate(Bucket=self.bucket, Prefix=self.prefix)
            for page in pages:
                for item in page.get("Contents", ()):
                    name = item["Key"].rsplit("/", 1)[-1]
                    if is_hash(name) and item["Key"] == self.key(name):
                        yield name


class _as_oserror:
    """Turns the client's errors into the ones a folder would raise."""

    def __init__(self, name: str):
        self.name = name

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: Any, error: Any, trace: Any) -> None:
        from boto3.exceptions import Boto3Error
        from botocore.exceptions import BotoCoreError, ClientError

        if isinstance(error, ClientError) and error.response["Error"]["Code"] in ("404", "NoSuchKey", "NotFound"):
            raise FileNotFoundError(errno.ENOENT, "not in the bucket", self.name) from error
        if isinstance(error, ClientError | BotoCoreError | Boto3Error):
            raise OSError(errno.EIO, f"the S3 store answered: {error}") from error


def parse(url: str) -> tuple[str, str] | None:
    """(bucket, prefix) of ``s3://bucket/prefix``; None for no setting, which means the folder.

    Raises:
        ImproperlyConfigured: for anything else, and where boto3 is not installed.
    """
    if not url:
        return None
    parts = urlsplit(url)
    if parts.scheme != "s3" or not parts.netloc or parts.query or parts.fragment:
        raise ImproperlyConfigured("WARDWRIGHT_FILES must read s3://bucket/prefix (or be unset for a folder).")
    from importlib.util import find_spec

    if find_spec("boto3") is None:
        raise ImproperlyConfigured(
            "WARDWRIGHT_FILES names an S3 store, but boto3 is not installed: install wardwright[s3], or unset it."
        )
    return parts.netloc, parts.path.strip("/")


def current() -> Store:
    """The store that the settings name."""
    return _store(settings.FILES_URL, settings.FILES_ENDPOINT, str(settings.WARDWRIGHT_HOME))


@lru_cache(maxsize=4)
def _store(url: str, endpoint: str, home: str) -> Store:
    found = parse(url)
    return S3Store(*found, endpoint) if found else FolderStore(Path(home) / "files")
