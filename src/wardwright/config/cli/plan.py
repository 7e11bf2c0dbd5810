"""Proposing plans and making the work that is due."""

from __future__ import annotations

from datetime import date, datetime

import click

from .answer import command, django_ready, emit, json_option, progress


@click.group()
def plan() -> None:
    """Maintenance plans."""


@plan.command("propose")
@click.option("--activate", is_flag=True, help="Activate what is proposed at once.")
@json_option
@command
def propose(activate: bool, as_json: bool) -> int:
    """Propose a plan for each device type that has devices and no plan, from its risk score."""
    django_ready()
    from wardwright.apps.maintenance import operations
    from wardwright.platform.core.change import System

    by = System("command line")
    plans = operations.propose_plans(by=by)
    if activate:
        for proposed in plans:
            operations.activate_plan(by=by, plan_id=proposed.pk)
    if as_json:
        emit(
            {
                "ok": True,
                "proposed": len(plans),
                "activated": len(plans) if activate else 0,
                "plans": [
                    {
                        "id": p.pk,
                        "name": p.name,
                        "interval": p.interval,
                        "unit": p.interval_kind,
                        "strategy": p.strategy,
                        "risk_score": p.risk_score,
                        "why": p.why,
                    }
                    for p in plans
                ],
            }
        )
    else:
        for proposed in plans:
            click.echo(f"{proposed.name}: {proposed.why}")
        rest = " and activated" if activate else "; activate them on the Plans page or with --activate"
        click.echo(f"{len(plans)} plans proposed{rest}.")
    return 0


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


COMMANDS = [plan]
