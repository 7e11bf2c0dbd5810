"""``@operation``: the one write path. A change is opened, authorized, written, recorded, committed: or nothing is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from inspect import signature
from typing import Any, ParamSpec, TypeVar

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from wardwright.platform.core import change as core_change
from wardwright.platform.core.change import Change, current_change, new_change_id
from wardwright.platform.core.errors import Denied, Invalid
from wardwright.platform.core.once import take_once
from wardwright.platform.core.submission import pending_key

from . import journal
from .recording import close_change, direct

P = ParamSpec("P")
R = TypeVar("R")

OPERATIONS: dict[str, Callable[..., Any]] = {}


def operation(*, needs_reason: bool = False) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Mark a keyword-only function ``f(*, by, …)`` as an operation.

    Callers may pass ``reason``; with ``needs_reason`` it must not be empty. Called inside another operation it joins
    that change. An outermost operation that never called ``authorize`` is a programming error and rolls back.
    """

    def mark(func: Callable[P, R]) -> Callable[P, R]:
        parameters = signature(func).parameters
        if "by" not in parameters or any(p.kind not in (p.KEYWORD_ONLY, p.VAR_KEYWORD) for p in parameters.values()):
            raise TypeError(f"{func.__qualname__} must take keyword-only arguments, among them `by`.")
        name = f"{_home_of(func.__module__)}.{func.__name__}"
        takes_reason = "reason" in parameters

        @wraps(func)
        def run(*args: P.args, **kwargs: P.kwargs) -> R:
            reason = str(kwargs.get("reason") or "").strip()
            if needs_reason and not reason:
                raise Invalid(
                    _("Say why: this step is recorded with a reason."), fields={"reason": _("Enter a reason.")}
                )
            if not takes_reason:
                kwargs.pop("reason", None)
            with open_change(name, kwargs["by"], reason=reason) as change:
                result = func(*args, **kwargs)
                if not change.authorized:
                    raise RuntimeError(f"Operation {name} committed nothing: it never called authorize().")
                return result

        OPERATIONS[name] = run
        return run

    return mark


def _home_of(module: str) -> str:
    """``…apps.assets.operations`` and ``…apps.assets.operations.moving`` are both at home in ``assets``."""
    parts = module.split(".")
    return parts[parts.index("operations") - 1] if "operations" in parts[1:] else parts[-2]


@contextmanager
def open_change(name: str, by: Any, *, reason: str = "") -> Iterator[Change]:
    """Open a change, or join the one that is open. A failure inside a joined change fails the whole of it.

    Raises:
        Denied: for a visitor or a token that may only read, whatever the operation.
    """
    if getattr(by, "read_only", False):
        raise Denied(_("You may look, but not change anything."), _("Ask whoever let you look."))
    joined = current_change()
    if joined is not None:
        with transaction.atomic(savepoint=False):
            yield joined
        return
    change = Change(new_change_id(), name, by, timezone.now(), reason, core_change.current_source())
    inside_other_transaction = connection.in_atomic_block
    try:
        with transaction.atomic():
            token = core_change._current.set(change)
            try:
                _tell_database(str(change.id))
                if pending_key():
                    take_once(pending_key())
                yield change
                for step in change.before_commit:
                    step()
                row = close_change(change)
            finally:
                core_change._current.reset(token)
            if inside_other_transaction:
                _tell_database("")
            if row is not None:
                transaction.on_commit(lambda: journal.append(row))
    except BaseException:
        for step in change.after_rollback:
            step()
        raise


def _tell_database(change_id: str) -> None:
    if connection.vendor == "postgresql":
        direct("SELECT set_config('app.change_id', %s, true)", [change_id])
