"""Reference data that comes with notices: how long a hospital gives itself, until it says otherwise."""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files
from typing import Any


@cache
def reference() -> dict[str, Any]:
    """The shipped file as it is. The times are our own proposal; no standard sets them."""
    return json.loads((files(__name__) / "reference.json").read_text(encoding="utf-8"))
