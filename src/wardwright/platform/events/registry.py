"""Typed events: a frozen dataclass in the past tense with primitive fields; subscribers run as durable jobs.

``publish`` is called inside an operation; each subscriber becomes one job row in the same transaction, so an event
exists exactly if the change committed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import asdict, is_dataclass
from typing import Any

from wardwright.platform.core.change import require_change

EVENTS: dict[str, type] = {}
SUBSCRIBERS: dict[str, list[str]] = {}
_handlers: dict[str, Callable[[Any], None]] = {}
_deliver: Callable[[str, str, list[dict[str, Any]]], None] | None = None
_taps: list[Callable[[str, list[dict[str, Any]]], None]] = []


def event(cls: type) -> type:
    """Register a frozen dataclass as an event under ``app.ClassName``."""
    if not is_dataclass(cls) or not cls.__dataclass_params__.frozen:  # type: ignore[attr-defined]
        raise TypeError(f"{cls.__name__} must be a frozen dataclass.")
    EVENTS[event_name(cls)] = cls
    return cls


def event_name(cls: type) -> str:
    return f"{cls.__module__.split('.')[-2]}.{cls.__name__}"


def subscribe(cls: type) -> Callable[[Callable[[Any], None]], Callable[[Any], None]]:
    """Run the decorated function as a job for every event of this type; it must be idempotent."""

    def mark(handler: Callable[[Any], None]) -> Callable[[Any], None]:
        name = f"{handler.__module__.split('.')[-2]}.{handler.__name__}"
        _handlers[name] = handler
        SUBSCRIBERS.setdefault(event_name(cls), []).append(name)
        return handler

    return mark


def set_delivery(deliver: Callable[[str, str, list[dict[str, Any]]], None]) -> None:
    """Called once by the jobs package: how (event, subscriber, payloads) become durable jobs, one for each payload."""
    global _deliver
    _deliver = deliver


def add_tap(tap: Callable[[str, list[dict[str, Any]]], None]) -> None:
    """Give ``tap`` the name and payloads of everything that is published, within the change that publishes it."""
    _taps.append(tap)


def publish(happened: Any) -> None:
    """Publish an event in the open change."""
    publish_all([happened])


def publish_all(happened: Iterable[Any]) -> None:
    """Publish many events in the open change; one insert per kind of event and subscriber, however many there are."""
    require_change()
    payloads: dict[str, list[dict[str, Any]]] = {}
    for one in happened:
        name = event_name(type(one))
        if name not in EVENTS:
            raise TypeError(f"{name} is not registered with @event.")
        payloads.setdefault(name, []).append(asdict(one))
    for name, some in payloads.items():
        for subscriber in SUBSCRIBERS.get(name, []):
            assert _deliver is not None, "the jobs package is not installed"
            _deliver(name, subscriber, some)
        for tap in _taps:
            tap(name, some)


def handle(name: str, subscriber: str, payload: dict[str, Any]) -> None:
    """Run one subscriber for one event (called by the worker)."""
    _handlers[subscriber](EVENTS[name](**payload))
