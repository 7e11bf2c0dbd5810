"""`wardwright imaging`: figures and doses from files at hand, without a house, also what it says without them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from tests.drawn import phantoms
from tests.drawn.dose_reports import ct_event, ct_report


def run(home: Path, *arguments: str, without: str = "") -> tuple[int, str, str]:
    """The command in a process of its own; ``without`` a library as if it were not installed."""
    start = "import sys; from wardwright.config.cli import main; "
    hide = f"sys.modules[{without!r}] = None; " if without else ""
    done = subprocess.run(
        [sys.executable, "-c", f"{start}{hide}main()", "imaging", *arguments],
        env={**os.environ, "WARDWRIGHT_HOME": str(home / "nowhere")}, capture_output=True, text=True, timeout=240,
    )  # fmt: skip
    return done.returncode, done.stdout, done.stderr


def test_a_planar_image(tmp_path: Path) -> None:
    (path,) = phantoms.write(tmp_path / "in", [phantoms.qc_3()])
    picture = tmp_path / "result.png"
    code, out, _err = run(tmp_path, "analyse", "planar", str(path), "--picture", str(picture), "--json")
    answer = json.loads(out)
    assert code == 0 and answer["ok"] and answer["phantom"] == "StandardImagingQC3"
    assert answer["series"]["serial"] == "SN-1"
    assert "planar.mtf_50" in {one["quantity"] for one in answer["figures"]}
    assert picture.read_bytes().startswith(b"\x89PNG")
    assert not (tmp_path / "nowhere").exists()


def test_doses_of_several_examinations(tmp_path: Path) -> None:
    reports = [
        ct_report(ct_event("Head", ctdi, "900", number_of=f"1.{n}"), total="900")
        for n, ctdi in enumerate(("50", "54", "60", "60"))
    ]
    phantoms.write(tmp_path / "in", [*reports, reports[0]])
    code, out, _err = run(tmp_path, "dose", str(tmp_path / "in"), "--json")
    rows = {(row["protocol"], row["quantity"]): row for row in json.loads(out)["protocols"]}
    head = rows["Head", "dose.ctdi_vol"]
    assert code == 0 and (head["count"], head["median"], head["low"], head["high"]) == (4, 57.0, 53.0, 60.0)
    assert "Doe" not in out


def test_refusals(tmp_path: Path) -> None:
    phantoms.write(tmp_path / "in", [phantoms.qc_3()])
    code, out, _err = run(tmp_path, "dose", str(tmp_path / "in"), "--json")
    assert code == 2 and json.loads(out)["error"]["code"] == "refused"
    code, _out, err = run(tmp_path, "analyse", "planar", str(tmp_path / "in"), "--phantom", "Nonsense")
    assert code == 2 and "LeedsTOR" in err
    code, _out, err = run(tmp_path, "analyse", "planar", str(tmp_path / "in"), "--option", "angle_adjustment=90")
    assert code == 2 and "between -45 and 45" in err


def test_without_its_libraries_it_says_what_to_install(tmp_path: Path) -> None:
    phantoms.write(tmp_path / "in", [phantoms.qc_3()])
    for action in (("analyse", "planar"), ("dose",)):
        code, _out, err = run(tmp_path, *action, str(tmp_path / "in"), without="pylinac")
        assert code == 2 and "pip install 'wardwright[imaging]'" in err
