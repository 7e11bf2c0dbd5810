"""Refusals: what was wrong, where, and what to do. Every edge puts them its own way (page, problem+json, exit code)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _


class Refused(Exception):
    """An operation was refused and nothing was written.

    ``message`` says what is wrong, ``way_forward`` what to do, ``fields`` which entry is wrong (name → message).
    """

    status = 400
    code = "refused"
    exit_code = 1

    def __init__(self, message: Any, way_forward: Any = "", *, fields: Mapping[str, Any] | None = None):
        self.message = message
        self.way_forward = way_forward
        self.fields = dict(fields or {})
        super().__init__(message)

    def __str__(self) -> str:
        return " ".join(str(part) for part in (self.message, self.way_forward) if part)


class Invalid(Refused):
    """An entry is missing or wrong; ``fields`` names each."""

    status, code, exit_code = 422, "invalid", 2


class NotFound(Refused):
    """There is no such row, or the reader may not see it: the two are answered alike."""

    status, code, exit_code = 404, "not-found", 3


class Denied(Refused):
    """The actor lacks the permission within this scope."""

    status, code, exit_code = 403, "denied", 4


class NotNow(Refused):
    """The state of the row does not allow this step."""

    status, code, exit_code = 409, "not-now", 5


class StaleEdit(Refused):
    """Somebody changed the row since it was read; nothing typed is lost, the edge shows both."""

    status, code, exit_code = 409, "stale-edit", 6


class Guarded(Refused):
    """A guardrail refuses the step; ``rule`` names it. With permission and a reason it can be overridden."""

    status, code, exit_code = 409, "guardrail", 7

    def __init__(self, rule: str, message: Any, way_forward: Any = ""):
        super().__init__(message, way_forward)
        self.rule = rule


class TooOften(Refused):
    """It was tried too often lately, such as with wrong passwords; the way forward says when it is open again."""

    status, code, exit_code = 429, "too-often", 8

    def __init__(self, message: Any, way_forward: Any = "", *, wait_seconds: int = 900):
        super().__init__(message, way_forward)
        self.wait_seconds = wait_seconds


class Repeated(Refused):
    """The same submission arrived twice; ``result`` is the answer the first one got."""

    status, code, exit_code = 409, "repeated", 0

    def __init__(self, result: str):
        super().__init__(_("This was already submitted."))
        self.result = result


class WriteOutsideOperation(RuntimeError):
    """A programming error: an audited table was written outside an operation. The database refuses it too."""
