"""How statements go to PostgreSQL: values apart from the text, and plans kept only where every value has the same."""

from __future__ import annotations

import re
from typing import Any

from django.db.backends.postgresql.base import ServerBindingCursor

#: A list reads its own table in order and looks names up in six others. Weighing every order of those joins takes
#: PostgreSQL ten times as long as the list itself; weighed are the first few, where the filters are.
PLANNER = "-c join_collapse_limit=4"

#: An insert, or one row found by its own number: one plan fits all values.
_ONE_PLAN = re.compile(
    r'INSERT |(?!.* OR ).*"(?:id|session_key)" = %s\)*(?: ORDER BY [^%]*?)?(?: LIMIT \d+)?(?: FOR UPDATE[^=]*)?$',
    re.DOTALL,
)


class PlannedCursor(ServerBindingCursor):
    """Prepares what is asked again and again by number; planning one of those takes longer than running it.

    A list is planned anew each time, with its values: a plan kept for a common status or word walks the whole register
    for a rare one.
    """

    def execute(self, query: Any, params: Any = None, *, prepare: bool | None = None, **more: Any) -> Any:
        if prepare is None:
            prepare = isinstance(query, str) and _ONE_PLAN.match(query) is not None
        return super().execute(query, params, prepare=prepare, **more)  # type: ignore[misc]  # Django types no cursor
