"""Houses in processes of their own, since they commit, crash and run out of room."""

from __future__ import annotations

import hashlib
import json
import os
import resource
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import orjson
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from wardwright.platform.moving.manifest import digest_of

ROOT = Path(__file__).resolve().parents[2]
SERVER = os.environ.get("WARDWRIGHT_TEST_DATABASE_URL", "")


@dataclass
class House:
    """A house in a folder, on SQLite or in a database of the test's PostgreSQL server."""

    home: Path
    url: str = ""

    @property
    def environment(self) -> dict[str, str]:
        return {
            **{name: value for name, value in os.environ.items() if not name.startswith("WARDWRIGHT_")},
            "WARDWRIGHT_HOME": str(self.home),
            "WARDWRIGHT_DATABASE_URL": self.url,
            "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}",
            "DJANGO_SETTINGS_MODULE": "wardwright.config.settings",
        }

    def python(self, *words: str, limit: int = 0, **more: str) -> subprocess.CompletedProcess:
        def fill_up() -> None:  # what a full disk answers, EFBIG
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

        done = subprocess.run(
            [sys.executable, *words],
            env={**self.environment, **more},
            preexec_fn=fill_up if limit else None,
            capture_output=True,
            text=True,
            check=False,
            cwd=ROOT,
        )
        assert "Traceback" not in done.stderr, done.stderr[-3000:]
        return done

    def run(self, *words: str, **more) -> tuple[int, dict]:
        """``wardwright … --json``: its exit code and its answer."""
        done = self.python("-m", "wardwright.config.cli", *map(str, words), "--json", **more)
        return done.returncode, json.loads(done.stdout or "{}")

    def must(self, *words: str, **more) -> dict:
        code, answer = self.run(*words, **more)
        assert code == 0, answer
        return answer

    def write_meanwhile(self) -> subprocess.Popen:
        writer = subprocess.Popen(
            [sys.executable, "-m", "tests.moving.writer"],
            env=self.environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT,
        )  # fmt: skip
        assert writer.stdout.readline() == "writing\n"
        return writer

    def verified(self) -> list:
        return self.run("audit", "verify", "--state")[1]["problems"]


def new_house(home: Path, *, server: bool = bool(SERVER)) -> House:
    """An empty house; with ``server`` in a database of its own on the PostgreSQL server of the test run."""
    if not server:
        return House(home)
    import psycopg

    name = f"moving_{os.getpid()}_{hashlib.sha256(str(home).encode()).hexdigest()[:12]}"
    with psycopg.connect(SERVER, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    return House(home, urlsplit(SERVER)._replace(path=f"/{name}").geturl())


def contents(folder: Path) -> dict[str, str]:
    """Every file and the hash of its content."""
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def sign_again(folder: Path, edit=lambda manifest: None) -> str:
    """What somebody with a key of their own can do: edit files and manifest, and sign it. Returns that key."""
    manifest = orjson.loads((folder / "manifest.json").read_bytes())
    for name in manifest["files"]:
        data = (folder / name).read_bytes()
        manifest["files"][name] |= {"bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}
    edit(manifest)
    key = Ed25519PrivateKey.generate()
    manifest["key"] = key.public_key().public_bytes_raw().hex()
    manifest["hash"] = digest_of(manifest)
    manifest["signature"] = key.sign(bytes.fromhex(manifest["hash"])).hex()
    (folder / "manifest.json").write_bytes(orjson.dumps(manifest))
    return manifest["key"]
