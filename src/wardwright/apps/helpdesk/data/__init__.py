"""Reference data that comes with the help desk: the general symptoms."""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files
from typing import Any


@cache
def reference() -> dict[str, Any]:
    """The shipped file as it is."""
    return json.loads((files(__name__) / "reference.json").read_text(encoding="utf-8"))
