"""What registers say about maintenance becomes schedules with their dates."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from wardwright.apps.maintenance.models import Plan, Schedule
from wardwright.apps.maintenance.operations.match import match_schedules
from wardwright.platform.core.change import System
from wardwright.platform.exchange.operations import import_file

pytestmark = pytest.mark.django_db

HEAD = "Tag,Type,Manufacturer,Model,PM interval,Last PM,Next PM\n"


def bring(text: str, name: str = "register.csv") -> dict[str, Any]:
    return import_file(by=System("test"), target="assets", data=text.encode(), file_name=name)


def dates(tag: str) -> tuple[Any, ...]:
    schedule = Schedule.objects.select_related("plan").get(asset__tag=tag, is_active=True)
    plan = schedule.plan
    return plan.interval_kind, plan.interval, schedule.anchor_on, schedule.last_done_on


def test_an_interval_with_a_last_and_a_next_service() -> None:
    bring(HEAD + "A-1,Ventilator,BD,V1,Annual,2026-03-15,\nA-2,Ventilator,BD,V1,6 months,2026-01-10,2026-07-20\n")
    assert dates("A-1") == ("months", 12, date(2026, 3, 15), date(2026, 3, 15))
    assert dates("A-2") == ("months", 6, date(2026, 1, 20), date(2026, 1, 10))
    assert Plan.objects.filter(state="active").count() == 2


def test_an_interval_that_says_none_gives_no_schedule() -> None:
    assert bring(HEAD + "A-1,Ventilator,BD,V1,None,2026-03-15,\n")["schedules"] == 0


def test_a_later_service_in_a_newer_register_is_taken_and_an_older_one_is_not() -> None:
    row = "A-1,Ventilator,BD,V1,Annual,{},\n"
    bring(HEAD + row.format("2026-03-15"))
    assert bring(HEAD + row.format("2025-03-15"))["unchanged"] == 1
    assert bring(HEAD + row.format("2026-09-01"))["updated"] == 1
    assert dates("A-1") == ("months", 12, date(2026, 9, 1), date(2026, 9, 1))


def test_another_interval_replaces_the_schedule() -> None:
    bring(HEAD + "A-1,Ventilator,BD,V1,Annual,2026-03-15,\n")
    assert bring(HEAD + "A-1,Ventilator,BD,V1,6 months,2026-03-15,\n")["updated"] == 1
    assert dates("A-1")[:2] == ("months", 6)
    assert Schedule.objects.filter(is_active=False).count() == 1


def test_marks_under_month_names_are_a_plan_of_fixed_months() -> None:
    months = "Jan,Feb,Mar,Apr,May,Jun,Jul,Aug,Sep,Oct,Nov,Dec"
    rows = "".join(f"A-{n},Ventilator,BD,V1,,,x,,,,,,x,,,\n" for n in range(4))
    bring(f"Tag,Type,Manufacturer,Model,{months}\n{rows}")
    plan = Plan.objects.get()
    assert (plan.interval_kind, plan.season_months, Schedule.objects.count()) == ("seasonal", [3, 9], 4)


def test_schedules_from_a_register_are_kept_when_plans_are_matched() -> None:
    bring(HEAD + "A-1,Ventilator,BD,V1,Annual,2026-03-15,\nA-2,Ventilator,BD,V1,,,\n")
    match_schedules(by=System("test"), today=date(2026, 11, 20))
    assert list(Schedule.objects.values_list("asset__tag", "is_active")) == [("A-1", True)]


def test_last_services_without_an_interval_make_no_schedule_and_say_so() -> None:
    answer = bring("Tag,Type,Model,Last PM\nA-1,Ventilator,V1,2026-03-15\n")
    assert (answer["schedules"], len(answer["notes"])) == (0, 1)
