"""Measurement decisions from outside, without a house: a reading, the risks of a rule, an uncertainty budget."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields
from decimal import Decimal
from functools import wraps
from typing import Any

import click

from wardwright.platform.core.errors import Invalid

from .answer import command, emit, json_option


@click.group()
def metrology() -> None:
    """Decision rules, guard bands, risks and uncertainty."""


def _in_words(func: Callable[..., int | None]) -> Callable[..., int | None]:
    """What the kernel refuses is a refusal of the command: words and exit code 2."""

    @wraps(func)
    def run(*args: Any, **kwargs: Any) -> int | None:
        from wardwright.kernel.metrology import MetrologyError

        try:
            return func(*args, **kwargs)
        except MetrologyError as error:
            raise Invalid(str(error), "See `wardwright metrology --help`.") from error

    return run


def _number(option: str, text: str | None) -> Decimal | None:
    from wardwright.kernel.limits import NumberError, parse_number

    if not text:
        return None
    try:
        return parse_number(text.strip().removesuffix("%"))
    except NumberError as error:
        raise Invalid(f"{option}: {error}") from error


def _needed(option: str, text: str | None, what: str) -> Decimal:
    found = _number(option, text)
    if found is None:
        raise Invalid(f"{option} is missing: {what}.", "See --help for what there is.")
    return found


@metrology.command("decide")
@click.option("--value", help="The reading.")
@click.option("--lower", help="The lower tolerance limit; leave it out where that side is open.")
@click.option("--upper", help="The upper tolerance limit; leave it out where that side is open.")
@click.option("--nominal", help="Instead of limits: the nominal value,")
@click.option("--tolerance", "plus_minus", help="and how much it may deviate to either side.")
@click.option("--uncertainty", help="The expanded uncertainty U (95 %) of the reading; 0 takes it as exact.")
@click.option("--k", default="2", show_default=True, help="The coverage factor of U.")
@click.option(
    "--rule",
    default="simple",
    show_default=True,
    help="simple, u (w = U), iso14253 (0.83 U), 3sigma, 6sigma, rss, method6, uncritical.",
)
@json_option
@command
@_in_words
def decide_on(
    value: str | None,
    lower: str | None,
    upper: str | None,
    nominal: str | None,
    plus_minus: str | None,
    uncertainty: str | None,
    k: str,
    rule: str,
    as_json: bool,
) -> None:
    """Accept a reading or not, under a decision rule, with its risk."""
    from wardwright.kernel.metrology import decide, rule_named, tolerance

    chosen = rule_named(rule)
    decision = decide(
        _needed("--value", value, "the reading"),
        tolerance(
            _number("--lower", lower),
            _number("--upper", upper),
            nominal=_number("--nominal", nominal),
            plus_minus=_number("--tolerance", plus_minus),
        ),
        _needed("--uncertainty", uncertainty, "the expanded uncertainty U of the reading, or 0"),
        k=_needed("--k", k, "the coverage factor"),
        rule=chosen,
    )
    _answer(
        {
            "ok": True,
            "verdict": decision.verdict,
            "four_way": decision.four_way,
            "because": decision.because,
            **({"note": decision.note} if decision.note else {}),
            "value": _plain(decision.value),
            "lower": _plain(decision.tolerance.low),
            "upper": _plain(decision.tolerance.high),
            "acceptance_lower": _plain(decision.acceptance.low),
            "acceptance_upper": _plain(decision.acceptance.high),
            "guard_band": _plain(decision.guard_band),
            "standard_uncertainty": _plain(decision.standard_uncertainty),
            "tur": decision.tur,
            "conformance_probability": decision.conformance_probability,
            "false_accept_risk": decision.false_accept_risk,
            "specific_risk": decision.specific_risk,
            "worst_specific_risk": decision.worst_specific_risk,
            "rule": chosen,
            **_provenance(decision.rule),
        },
        as_json,
    )


@metrology.command("risk")
@click.option("--tur", help="The test uncertainty ratio: width of the tolerance / 2U.")
@click.option("--itp", help="How much of what is measured is in tolerance: 0.95 or 95.")
@click.option("--sigma", help="Instead of --itp: the standard deviation of the population / half the tolerance.")
@click.option("--rule", default="simple", show_default=True, help="As for decide.")
@click.option("--acceptance-limit", help="Instead of a rule: the acceptance limit / the tolerance limit.")
@json_option
@command
@_in_words
def risk_of(
    tur: str | None, itp: str | None, sigma: str | None, rule: str, acceptance_limit: str | None, as_json: bool
) -> None:
    """Of all items, how many are accepted wrongly (PFA) and rejected wrongly (PFR)."""
    from wardwright.kernel.metrology import risk, rule_named

    if (itp is None) == (sigma is None):
        raise Invalid("Give one of --itp (the share in tolerance) and --sigma.", "For example --itp 0.95.")
    chosen = rule_named(rule)
    found = risk(
        float(_needed("--tur", tur, "the test uncertainty ratio")),
        in_tolerance=_float("--itp", itp),
        sigma_p=_float("--sigma", sigma),
        rule=chosen,
        acceptance_limit=_float("--acceptance-limit", acceptance_limit),
    )
    _answer(
        {
            "ok": True,
            "pfa": found.pfa,
            "pfr": found.pfr,
            "pfa_percent": 100 * found.pfa,
            "pfr_percent": 100 * found.pfr,
            "tur": found.tur,
            "itp": found.in_tolerance,
            "sigma": found.sigma_p,
            "acceptance_limit": found.acceptance_limit,
            "z540_3_pfa_at_most_2_percent": found.meets_z540_3,
            **({"rule": chosen, **_provenance(found.rule)} if found.rule else {"rule": None}),
        },
        as_json,
    )


@metrology.command("budget")
@click.option(
    "-c",
    "--contribution",
    "lines",
    multiple=True,
    help="NAME:DISTRIBUTION:AMOUNT, then if need be :k=2 :sensitivity=1 :freedom=50. Distributions: standard, normal, "
    "rectangular, triangular, u_shaped (amount: the half width), resolution (amount: the step).",
)
@json_option
@command
@_in_words
def budget_of(lines: tuple[str, ...], as_json: bool) -> None:
    """Combine contributions to an expanded uncertainty after the GUM."""
    from wardwright.kernel.metrology import budget

    found = budget([_contribution(line) for line in lines])
    _answer(
        {
            "ok": True,
            "combined": found.combined,
            "freedom": found.freedom if found.freedom != float("inf") else None,
            "coverage": found.coverage,
            "k": found.k,
            "expanded": found.expanded,
            "contributions": [
                {"name": one.name, "standard_uncertainty": one.standard_uncertainty, "share": share}
                for one, share in zip(found.contributions, found.shares, strict=True)
            ],
        },
        as_json,
    )


def _contribution(line: str) -> Any:
    from wardwright.kernel.metrology import Contribution, Distribution

    name, distribution, amount, *more = (part.strip() for part in [*line.split(":"), "", ""])
    if distribution not in Distribution.__members__.values():
        raise Invalid(
            f"There is no distribution {distribution!r} in {line!r}.", f"There are: {', '.join(Distribution)}."
        )
    given = {key: text for key, _, text in (part.partition("=") for part in more if part)}
    known = {field.name for field in fields(Contribution)} & {"k", "sensitivity", "freedom"}
    if given.keys() - known:
        raise Invalid(f"{line!r} has what is not known.", f"There are: {', '.join(sorted(known))}.")
    numbers = {key: float(_needed(key, text, f"in {line!r}")) for key, text in given.items()}
    return Contribution(name, float(_needed("amount", amount, f"in {line!r}")), Distribution(distribution), **numbers)


def _float(option: str, text: str | None) -> float | None:
    number = _number(option, text)
    return None if number is None else float(number)


def _plain(number: Decimal | None) -> float | None:
    return None if number is None else float(number)


def _provenance(figure: Any) -> dict[str, str]:
    return {
        "standard": f"{figure.standard} {figure.edition}".strip(),
        "source": figure.source,
        "verified": str(figure.verified),
        "verification": str(figure.verified.words),
    }


def _answer(data: dict[str, Any], as_json: bool) -> None:
    if as_json:
        return emit(data)
    for name, value in data.items():
        if name == "ok" or value is None:
            continue
        if isinstance(value, list):
            for line in value:
                click.echo(f"{line['name']:<24} u = {line['standard_uncertainty']:.6g}   {100 * line['share']:.1f} %")
            continue
        shown = f"{value:.6g}" if isinstance(value, float) else str(value)
        click.echo(f"{name.replace('_', ' '):<24} {shown}")


COMMANDS = [metrology]
