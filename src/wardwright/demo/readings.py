"""Readings as analysers would have given them."""

from __future__ import annotations

from random import Random

from .facts import StepFacts


def hash_of(text: str) -> int:
    """A small number that is the same in every process."""
    return sum(map(ord, text))


def plain(value: str | None) -> str | None:
    """A value as a signature writes it: without needless zeros."""
    if value is None or "." not in value:
        return value
    return value.rstrip("0").rstrip(".")


def reading(rng: Random, step: StepFacts, device: int, years: float, failed: bool) -> str:
    """One measured value as text: the device's own offset, a slow drift, and the noise of the day; inside the limits
    unless the step failed."""
    own = Random(device * 31 + hash_of(step.key)).gauss(0, 1)
    drift = 0.09 * years * (1 if own > 0 else -1)
    value = step.mean + step.spread * (0.7 * own + drift + 0.45 * rng.gauss(0, 1))
    low = float(step.low) if step.low is not None else None
    high = float(step.high) if step.high is not None else None
    if failed:
        value = high * rng.uniform(1.03, 1.3) if high is not None else (low or 1.0) * rng.uniform(0.6, 0.97)
        return f"{value:.{step.decimals}f}"
    span = (
        (high - low)
        if high is not None and low is not None
        else abs(step.mean - (high if high is not None else low or 0.0))
    )
    if high is not None:
        value = min(value, high - 0.03 * span)
    floor = low + 0.03 * span if low is not None else 0.1 * abs(step.mean)
    return f"{max(value, floor):.{step.decimals}f}"
