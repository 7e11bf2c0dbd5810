"""Sample procedures that come with the package; each limit names its source and whether it was verified."""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files
from typing import Any


@cache
def shipped_procedures() -> list[dict[str, Any]]:
    """Each procedure: code, title, the type names it fits, minutes, source, steps (the form of ``Step.as_data``)."""
    shipped = json.loads((files(__name__) / "procedures.json").read_text(encoding="utf-8"))
    common = shipped["common_steps"]
    for procedure in shipped["procedures"]:
        procedure["steps"] = [common[step] if isinstance(step, str) else step for step in procedure["steps"]]
    return shipped["procedures"]
