"""Readings as analysers would have given them."""

from __future__ import annotations

from functools import cache
from random import Random

from .facts import StepFacts

# One device in so many wears so much faster than the others.
WORN_EVERY, WEAR = 30, 5


def hash_of(text: str) -> int:
    """A small number that is the same in every process."""
    return sum(map(ord, text))


def plain(value: str | None) -> str | None:
    """A value as a signature writes it: without needless zeros."""
    if value is None or "." not in value:
        return value
    return value.rstrip("0").rstrip(".")


@cache
def lean(name: str) -> float:
    """How far what a person or an instrument reads lies off, in standard deviations: a little, and always the same."""
    return Random(name).gauss(0, 0.16)


def reading(rng: Random, step: StepFacts, device: int, years: float, failed: bool, taken_by: str = "") -> str:
    """One measured value as text: the device's own offset, a slow drift, how whoever took it reads, and the noise of
    the day; inside the limits unless the step failed."""
    seed = device * 31 + hash_of(step.key)
    own = Random(seed).gauss(0, 1)
    drift = 0.09 * years * (1 if own > 0 else -1) * (WEAR if seed % WORN_EVERY == 0 else 1)
    value = step.mean + step.spread * (0.7 * own + drift + lean(taken_by) + 0.45 * rng.gauss(0, 1))
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
