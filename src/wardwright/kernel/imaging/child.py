"""The process in which image files are read: ``python -m wardwright.kernel.imaging.child`` with its order on stdin."""

from __future__ import annotations

import json
import resource
import sys
from pathlib import Path
from typing import Any

from wardwright.kernel.said import to_plain

from .isolated import ANSWER, ImagingRefused, refusal


def confine(memory_mb: int, seconds: int) -> None:
    """Set the limits of this process, for good."""
    memory = memory_mb * 1_000_000
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 5))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (512, 512))


def act(order: dict[str, Any]) -> dict[str, Any]:
    folder, request = Path(order["folder"]), order["request"]
    if order["action"] == "analyse":
        from .phantoms import analyse

        return analyse(folder, **request)
    from .taking_in import Most, doses, take_in

    most = Most(order["files"], order["unpacked_mb"] * 1_000_000)
    return (take_in if order["action"] == "take_in" else doses)(folder, most, **request)


def main() -> None:
    order = json.load(sys.stdin)
    confine(order["memory_mb"], order["seconds"])
    try:
        answer = act(order)
    except ImagingRefused as error:
        answer = {"refused": refusal(error)}
    (Path(order["folder"]) / ANSWER).write_text(json.dumps(to_plain(answer)), "utf-8")


if __name__ == "__main__":
    main()
