"""Reference data that comes with maintenance: failure codes and service levels."""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files
from typing import Any


@cache
def reference() -> dict[str, Any]:
    """The shipped file as it is: each entry with its source and whether it could be verified."""
    return json.loads((files(__name__) / "reference.json").read_text(encoding="utf-8"))
