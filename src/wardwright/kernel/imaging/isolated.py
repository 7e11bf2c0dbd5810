"""Work on image files in a process of its own, with little memory, little time and no secrets: whatever a file does to
the libraries that read it, only that process dies. It also keeps their weight (seconds to load, hundreds of megabytes)
out of everything else, and their habit of keeping settings between two analyses."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from contextlib import suppress
from dataclasses import asdict, dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from wardwright.kernel.said import Said, from_plain, say

INSTALL = "pip install 'wardwright[imaging]'"
ANSWER, PICTURE, SERIES = "answer.json", "picture.png", "series.zip"


class ImagingRefused(ValueError):
    """What is wrong with the files, or why nothing came of them; ``way_forward`` says what to do."""

    def __init__(self, message: str, way_forward: str):
        super().__init__(message)
        self.message, self.way_forward = message, way_forward


@dataclass(frozen=True, slots=True)
class Bounds:
    """How much the process may use: memory in megabytes, seconds by the clock, and what a series may come to."""

    memory_mb: int = 3000
    seconds: int = 300
    files: int = 2000
    unpacked_mb: int = 1500


def available() -> bool:
    """Whether the libraries are installed (the optional part ``imaging``)."""
    return find_spec("pylinac") is not None and find_spec("pydicom") is not None


def missing() -> ImagingRefused:
    return ImagingRefused(
        say("Image analysis is not installed on this server."),
        say("Whoever looks after the server installs the optional part “imaging”, and starts Wardwright again."),
    )


def work(action: str, folder: Path, request: dict[str, Any], bounds: Bounds | None = None) -> dict[str, Any]:
    """Do ``action`` (take_in, analyse, doses) in a process of its own; files go in and out through ``folder``.

    Raises:
        ImagingRefused: in words; also when the process broke, took too long or too much memory.
    """
    if not available():
        raise missing()
    bounds = bounds or Bounds()
    order = json.dumps({"action": action, "folder": str(folder), "request": request, **asdict(bounds)})
    child = subprocess.Popen(
        [sys.executable, "-m", f"{__package__}.child"],
        stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
        cwd=folder, env=_environment(folder), start_new_session=True,
    )  # fmt: skip
    try:
        _out, said = child.communicate(order.encode(), timeout=bounds.seconds)
    except subprocess.TimeoutExpired:
        raise _too_long(bounds) from None
    finally:
        _end(child)
    return _answer(folder, child.returncode, said.decode("utf-8", "replace"), bounds)


def _environment(folder: Path) -> dict[str, str]:
    """Nothing of ours but where the code is: no database, no keys."""
    source = str(Path(__file__).parents[3])
    kept = {name: os.environ[name] for name in ("PATH", "LANG", "LC_ALL", "TZ") if name in os.environ}
    here = {"HOME": str(folder), "TMPDIR": str(folder), "MPLCONFIGDIR": str(folder / "fonts"), "MPLBACKEND": "Agg"}
    one = dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1")
    return {**kept, **here, **one, "PYTHONPATH": source, "PYTHONNOUSERSITE": "1"}


def _end(child: subprocess.Popen[bytes]) -> None:
    """Nothing it started outlives it."""
    with suppress(ProcessLookupError):
        os.killpg(child.pid, signal.SIGKILL)
    child.wait()


def _answer(folder: Path, code: int, said: str, bounds: Bounds) -> dict[str, Any]:
    path = folder / ANSWER
    if code == 0 and path.is_file():
        answer = from_plain(json.loads(path.read_text("utf-8")))
        if "refused" in answer:
            raise ImagingRefused(*answer["refused"])
        return answer
    if code == -signal.SIGXCPU:
        raise _too_long(bounds)
    if "MemoryError" in said or "Unable to allocate" in said or code == -signal.SIGKILL:
        raise ImagingRefused(
            say("The images need more memory than the {mb} MB that one analysis may use.", mb=bounds.memory_mb),
            say("Send fewer or smaller images, or have the limit raised (WARDWRIGHT_IMAGING_MEMORY_MB)."),
        )
    raise ImagingRefused(
        say("The program that reads the images broke: {why}", why=_last_line(said, code)),
        say("Send the images as the scanner wrote them. If it happens again, report it."),
    )


def _last_line(said: str, code: int) -> str:
    lines = [line for line in said.splitlines() if line.strip()]
    return lines[-1][:200] if lines else f"exit {code}"


def _too_long(bounds: Bounds) -> ImagingRefused:
    return ImagingRefused(
        say("The analysis was stopped after {seconds} seconds.", seconds=bounds.seconds),
        say("Send only the series of the phantom, or have the limit raised (WARDWRIGHT_IMAGING_SECONDS)."),
    )


def refusal(error: ImagingRefused) -> list[Said | str]:
    return [error.message, error.way_forward]
