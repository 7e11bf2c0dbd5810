"""Lifetimes and availability: draws by inverse distribution function, repairable systems, and the basic ratios.

Times are in any one unit, the same throughout a call (hours, days); rates are per that unit. A draw takes the random
number `u` (0 <= u < 1) from its caller, so that a seed in the caller's hand decides everything.
"""

from math import exp, gamma, log1p, sqrt


def _check(**positive: float) -> None:
    for name, value in positive.items():
        if not 0 < value < float("inf"):
            raise ValueError(f"{name} is {value}; give a finite number above 0")


def _unit_exponential(u: float) -> float:
    """Return -ln(1 - u), the unit exponential of a uniform number."""
    if not 0 <= u < 1:
        raise ValueError(f"u is {u}; give a random number from 0 up to, but not including, 1")
    return -log1p(-u)


def exponential_draw(u: float, rate: float) -> float:
    """Return the time to an event of constant rate: -ln(1 - u) / rate. Raises ValueError outside the domain."""
    _check(rate=rate)
    return _unit_exponential(u) / rate


def weibull_draw(u: float, shape: float, scale: float) -> float:
    """Return a Weibull lifetime, scale * (-ln(1 - u))^(1/shape); with u = 0.1 it is the B10 life.

    Raises ValueError outside the domain.
    """
    _check(shape=shape, scale=scale)
    return scale * _unit_exponential(u) ** (1 / shape)


def weibull_survival(t: float, shape: float, scale: float) -> float:
    """Return the share that lives beyond t: exp(-(t/scale)^shape). Raises ValueError outside the domain."""
    _check(shape=shape, scale=scale)
    if t < 0:
        raise ValueError(f"t is {t}; give an age of 0 or more")
    return exp(-((t / scale) ** shape))


def weibull_mean(shape: float, scale: float) -> float:
    """Return the mean life: scale * gamma(1 + 1/shape). Raises ValueError outside the domain."""
    _check(shape=shape, scale=scale)
    return scale * gamma(1 + 1 / shape)


def weibull_standard_deviation(shape: float, scale: float) -> float:
    """Return scale * sqrt(gamma(1 + 2/shape) - gamma(1 + 1/shape)^2). Raises ValueError outside the domain."""
    _check(shape=shape, scale=scale)
    return scale * sqrt(gamma(1 + 2 / shape) - gamma(1 + 1 / shape) ** 2)


def weibull_remaining_draw(u: float, age: float, shape: float, scale: float) -> float:
    """Return how much longer a unit lives that has reached `age`: the Weibull law, given survival to that age."""
    _check(shape=shape, scale=scale)
    reached = (age / scale) ** shape
    # Rounding may land a hair before the age itself; nobody has negative life left.
    return max(0.0, scale * (reached + _unit_exponential(u)) ** (1 / shape) - age)


def homogeneous_next_event(u: float, now: float, rate: float) -> float:
    """Return the time of the next event of a homogeneous Poisson process after `now`: it has no memory."""
    return now + exponential_draw(u, rate)


def power_law_expected_events(t: float, intensity: float, shape: float) -> float:
    """Return M(t) = intensity * t^shape, the expected events of a power-law (Crow-AMSAA) process up to t."""
    _check(intensity=intensity, shape=shape)
    return intensity * t**shape


def power_law_mtbf(t: float, intensity: float, shape: float) -> float:
    """Return the instantaneous mean time between failures at t: 1 / (intensity * shape * t^(shape - 1))."""
    _check(t=t, intensity=intensity, shape=shape)
    return 1 / (intensity * shape * t ** (shape - 1))


def power_law_next_event(u: float, now: float, intensity: float, shape: float) -> float:
    """Return the next failure after `now` of a system under minimal repair, M(t) = intensity * t^shape.

    With shape above 1 it wears out, below 1 it improves, at 1 the process is homogeneous.
    """
    _check(intensity=intensity, shape=shape)
    if now < 0:
        raise ValueError(f"now is {now}; give a time of 0 or more since the process began")
    return max(now, (now**shape + _unit_exponential(u) / intensity) ** (1 / shape))


def mtbf(operating_time: float, failure_count: int) -> float | None:
    """Return the mean time between failures, operating time / failures; None before the first failure."""
    return operating_time / failure_count if failure_count else None


def mttr(active_repair_time: float, repair_count: int) -> float | None:
    """Return the mean time to repair, active repair time / repairs; None without a repair.

    Waiting for parts, people and papers is not active repair: for that, see `mean_down_time`.
    """
    return active_repair_time / repair_count if repair_count else None


def mean_down_time(down_time: float, outage_count: int) -> float | None:
    """Return the mean time out of service, waiting included; None without an outage."""
    return down_time / outage_count if outage_count else None


def inherent_availability(mtbf: float, mttr: float) -> float:
    """Return A_i = MTBF / (MTBF + MTTR): failures and active repair only."""
    return _share(mtbf, mttr)


def achieved_availability(mean_time_between_maintenance: float, mean_maintenance_time: float) -> float:
    """Return A_a = MTBM / (MTBM + M): planned maintenance counts too, waiting does not."""
    return _share(mean_time_between_maintenance, mean_maintenance_time)


def operational_availability(up_time: float, down_time: float) -> float:
    """Return A_o = uptime / (uptime + downtime): what the ward sees."""
    return _share(up_time, down_time)


def _share(up: float, down: float) -> float:
    if up < 0 or down < 0 or up + down == 0:
        raise ValueError(f"{up} up and {down} down: give times of 0 or more, not both 0")
    return up / (up + down)
