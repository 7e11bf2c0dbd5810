"""A disk that fills up in the middle of an import: a message, nothing half-written, and the same import works later."""

import json
import os
import resource
import signal
import subprocess
import sys

import pytest

from tests.served import ROOT

ROWS = 4000


def _run(home, *words, limit=None):
    """``wardwright`` in a process that may write no file beyond ``limit`` bytes: what a full disk answers, EFBIG."""

    def fill_up():
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

    return subprocess.run(
        [sys.executable, "-m", "wardwright.config.cli", *words],
        env={
            **os.environ,
            "WARDWRIGHT_HOME": str(home),
            "WARDWRIGHT_DATABASE_URL": "",
            "DJANGO_SETTINGS_MODULE": "wardwright.config.settings",
            "PYTHONPATH": str(ROOT / "src"),
        },
        preexec_fn=fill_up if limit else None,
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
    )


@pytest.mark.kill
@pytest.mark.skipif(
    bool(os.environ.get("WARDWRIGHT_TEST_DATABASE_URL")), reason="PostgreSQL's disk is its server's own"
)
def test_an_import_on_a_full_disk_leaves_nothing_behind(tmp_path):
    home, register = tmp_path / "house", tmp_path / "register.csv"
    assert _run(home, "init").returncode == 0
    lines = [f"T{n},Infusion pump,Fictiv,Flow {n % 9},S{n:06d},Ward {n % 7}" for n in range(ROWS)]
    register.write_text("Asset No,Equipment,Manufacturer,Model,Serial Number,Department\n" + "\n".join(lines))

    size = (home / "wardwright.sqlite3").stat().st_size
    full = _run(home, "import", "assets", str(register), "--json", limit=size + 500_000)
    assert full.returncode != 0
    assert "Traceback" not in full.stderr
    assert "disk" in full.stderr + full.stdout, full.stderr

    verdict = _run(home, "audit", "verify", "--state", "--json")
    assert (verdict.returncode, json.loads(verdict.stdout)["problems"]) == (0, []), verdict.stdout
    again = json.loads(_run(home, "import", "assets", str(register), "--json").stdout)
    assert (again["rows"], again["imported"]) == (ROWS, ROWS)
