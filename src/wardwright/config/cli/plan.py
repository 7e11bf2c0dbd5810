"""Proposing plans and making the work that is due."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date, datetime

import click

from .answer import command, django_ready, emit, json_option, progress


@click.group()
def plan() -> None:
    """Maintenance plans."""


@plan.command("propose")
@click.option("--rule", default="", help="An inclusion rule by name, or a preset by its letter.")
@click.option("--activate", is_flag=True, help="Activate what is proposed at once, also what was waiting before.")
@json_option
@command
def propose(rule: str, activate: bool, as_json: bool) -> int:
    """Propose a plan for each device type that has devices and no plan, by the inclusion rule in force."""
    django_ready()
    from wardwright.apps.maintenance import operations
    from wardwright.platform.core.change import System

    by = System("command line")
    plans = operations.propose_plans(by=by, rule=rule)
    done = operations.activate_waiting(by=by) if activate else operations.Activated([], [])
    unjudged = sorted(p.device_type.name for p in plans if p.device_type and p.judged.get("score") is None)
    if as_json:
        emit(
            {
                "ok": not done.refused,
                "proposed": len(plans),
                "unjudged_types": unjudged,
                "activated": len(done.plans),
                "refused": [{"id": p.pk, "name": p.name, "why": why} for p, why in done.refused],
                "plans": [
                    {
                        "id": p.pk,
                        "name": p.name,
                        "interval": p.interval,
                        "unit": p.interval_kind,
                        "strategy": p.strategy,
                        "risk_score": p.risk_score,
                        "rule": p.judged,
                        "why": p.why,
                    }
                    for p in plans
                ],
            }
        )
        return 1 if done.refused else 0
    for proposed in plans:
        click.echo(f"{proposed.name}: {proposed.why}")
    for refused, why in done.refused:
        click.echo(f"Not activated: {refused.name}: {why}", err=True)
    if unjudged:
        click.echo(
            f"Nobody has judged these types; they get a yearly visit until their risk is set: {'; '.join(unjudged)}"
        )
    rest = f"{len(done.plans)} activated" if activate else "activate them on the Plans page or with --activate"
    click.echo(f"{len(plans)} plans proposed; {rest}.")
    return 1 if done.refused else 0


@plan.command("generate")
@click.option("--until", type=click.DateTime(["%Y-%m-%d"]), required=True, help="The last due date to make work for.")
@click.option("--today", type=click.DateTime(["%Y-%m-%d"]), default=None, help="Count from this day instead of today.")
@json_option
@command
def generate(until: datetime, today: datetime | None, as_json: bool) -> int:
    """Make the work orders due until a date. Running it again makes nothing twice."""
    django_ready()
    from wardwright.apps.maintenance import operations
    from wardwright.platform.core.change import System

    with progress("Work orders", quiet=as_json) as report:
        made = operations.generate_due_work(
            by=System("command line"),
            until=until.date(),
            today=today.date() if today else date.today(),
            progress=report,
        )
    answer = made._asdict() if hasattr(made, "_asdict") else dict(vars(made))
    if as_json:
        emit({"ok": True, **answer})
    else:
        click.echo(f"{made.created} work orders made, {made.existing} were there already.")
    return 0


@plan.command("forecast")
@json_option
@command
def forecast(as_json: bool) -> int:
    """Four weeks of planned work and expected repairs against the hours of the people there are."""
    django_ready()
    from wardwright.apps.maintenance import queries
    from wardwright.platform.core.change import System

    found = queries.forecast(System("command line"), date.today())
    if as_json:
        emit({"ok": True, **asdict(found)})
        return 0
    for week in found.weeks:
        repairs = f", repairs about {week.expected_hours} h" if week.repairs else ""
        percent = "" if week.percent is None else f", {week.percent} %"
        click.echo(
            f"Week {week.number}: {week.jobs} jobs, {week.hours} h planned{repairs},"
            f" of {week.capacity_hours} h{percent}"
        )
    click.echo(f"Left over: {found.before.jobs} jobs. For no day yet: {found.no_day.jobs} jobs.")
    return 0


@plan.command("level")
@click.option("--apply", "apply_them", is_flag=True, help="Make the moves, as one change.")
@json_option
@command
def level(apply_them: bool, as_json: bool) -> int:
    """Say which planned jobs to move within their windows so that four weeks are evenly full."""
    django_ready()
    from wardwright.apps.maintenance import operations, queries
    from wardwright.platform.core.change import System

    by = System("command line")
    found = queries.levelling(by, date.today())
    moves = [
        {"work_order_id": one.order.pk, "planned_on": one.to_on.isoformat(), "version": one.order.version}
        for one in found.moves
    ]
    if apply_them and moves:
        operations.level_work(by=by, moves=moves)
    if as_json:
        emit({"ok": True, "applied": apply_them, "moves": moves, "weeks": [asdict(week) for week in found.weeks]})
        return 0
    for one in found.moves:
        click.echo(f"{one.order.number}: {one.from_on} -> {one.to_on}")
    for week in found.weeks:
        before, after = (
            "-" if percent is None else f"{percent} %" for percent in (week.percent_before, week.percent_after)
        )
        click.echo(f"Week {week.number}: {before}, afterwards {after}")
    done = "made" if apply_them else "proposed; make them with --apply"
    click.echo(f"{len(moves)} moves {done}.")
    return 0


COMMANDS = [plan]
