"""The head of department plans the week: from Monday's figures to the calendar, by drag, by keyboard, with a reason."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from playwright.sync_api import Locator, expect

from .conftest import PHONE, House
from .person import Person

pytestmark = pytest.mark.e2e
Visit = Callable[..., Person]
WIDE = {"viewport": {"width": 1600, "height": 1000}}


@pytest.fixture
def hanna(visit: Visit, house: House) -> Person:
    return visit(house, "hanna", WIDE)


def test_each_week_of_monday_and_of_the_forecast_opens_the_work_it_counted(hanna: Person) -> None:
    for address in ("/", "/work/forecast/"):
        hanna.open(address)
        links = hanna.page.locator(".weeks a, .weeks + p a").all()
        found = [(link.get_attribute("href"), hanna.figures(link.inner_text())[0]) for link in links]
        assert len(found) == 6
        for url, count in found:
            hanna.open(url)
            rows = hanna.page.locator("[data-row]").count()
            assert rows == min(count, 50), url
            assert not count or hanna.figures(hanna.heading)[0] == count


def week_ahead(weeks: int = 1) -> date:
    today = date.today()
    return today - timedelta(days=today.weekday()) + timedelta(7 * weeks)


def first_card(person: Person, tray: str) -> Locator:
    """A card of what stands on no day to come, with its window."""
    box = person.page.locator("details.cal-tray", has_text=tray)
    box.locator("summary").first.click()
    return box.locator("[data-card]").first


def day(person: Person, lane: str, on: date) -> Locator:
    row = person.page.locator("section.cal-lane", has=person.page.locator("h3", has_text=lane))
    return row.locator(f'[data-day="{on.isoformat()}"]')


def test_a_late_order_is_dragged_to_somebody_and_the_reason_is_kept(hanna: Person) -> None:
    on = week_ahead()
    hanna.open(f"/work/calendar/?on={on.isoformat()}")
    card = first_card(hanna, "Left over from days gone by")
    number = card.get_attribute("data-card")
    cell = day(hanna, "Tina Brandt", on)
    with hanna.page.expect_navigation():
        card.drag_to(cell)
    hanna.look()
    hanna.sees("Before you plan it like this:")
    hanna.press("Plan")
    expect(hanna.page.locator("[data-error-summary]")).to_contain_text("Say why it is planned outside its window")
    hanna.page.get_by_label("Why").fill("The theatre gives it free on that day")
    hanna.press("Plan")
    expect(day(hanna, "Tina Brandt", on).locator(f'[data-card="{number}"]')).to_be_visible()
    hanna.open(f"/work/{number}/")
    hanna.sees("The theatre gives it free on that day", "Tina Brandt")


def test_by_keyboard_an_order_goes_a_day_on(hanna: Person) -> None:
    on = week_ahead()
    hanna.open(f"/work/calendar/?on={on.isoformat()}")
    card = first_card(hanna, "For no day yet")
    number = card.get_attribute("data-card")
    card.locator("summary").focus()
    keyboard = hanna.page.keyboard
    keyboard.press("Enter")
    keyboard.press("Tab")
    keyboard.press("Tab")
    with hanna.page.expect_navigation():
        keyboard.press("Enter")
    hanna.look()
    if hanna.page.get_by_text("Before you plan it like this:").count():  # its promise may end before that day
        hanna.page.get_by_label("Why").fill("Nobody can come before")
        hanna.press("Plan")
    planned = date.today() + timedelta(7)
    hanna.open(f"/work/calendar/?on={planned.isoformat()}&lanes=none")
    expect(hanna.page.locator(f'[data-day="{planned.isoformat()}"] [data-card="{number}"]')).to_be_visible()


def test_several_ticked_orders_are_planned_at_once(hanna: Person) -> None:
    on = week_ahead(2)
    hanna.open(f"/work/calendar/?on={on.isoformat()}")
    hanna.page.locator("details.cal-tray", has_text="For no day yet").locator("summary").first.click()
    boxes = hanna.page.locator('details.cal-tray[open] input[name="selected"]')
    numbers = [boxes.nth(n).get_attribute("value") for n in range(2)]
    for n in range(2):
        boxes.nth(n).check()
    hanna.press(hanna.page.locator("#bulk button", has_text="Plan"))
    hanna.page.locator('[name="planned_on"]').fill(on.isoformat())
    hanna.page.get_by_label("Why").fill("With the others of that ward")
    hanna.press("Plan")
    if hanna.page.get_by_text("Before you plan it like this:").count():
        hanna.press("Plan")
    for number in numbers:
        expect(hanna.page.locator(f'[data-day="{on.isoformat()}"] [data-card="{number}"]')).to_be_visible()


def test_the_calendar_on_a_phone_is_a_list(visit: Visit, house: House) -> None:
    hanna = visit(house, "hanna", PHONE)
    for address in (
        "/work/calendar/",
        "/work/calendar/?view=month",
        "/work/forecast/",
        "/work/level/",
        "/people/absences/",
    ):
        hanna.open(address)
        assert hanna.page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_somebody_asks_for_days_off_and_the_head_agrees(visit: Visit, house: House) -> None:
    tina, hanna = visit(house, "tina"), visit(house, "hanna")
    tina.open("/people/absences/")
    tina.follow("Ask for days off")
    first = week_ahead(30)
    tina.page.get_by_label("First day").fill(first.isoformat())
    tina.page.get_by_label("Last day").fill((first + timedelta(4)).isoformat())
    tina.press("Ask")
    asked = tina.path
    hanna.open(asked)
    hanna.follow("Decide")
    hanna.page.get_by_label("Yes").check()
    hanna.press(hanna.page.locator("form.form .btn-primary"))
    tina.open(asked)
    expect(tina.page.locator(".lead .pill")).to_have_text("Agreed")
    hanna.open(f"/work/calendar/?on={first.isoformat()}")
    expect(day(hanna, "Tina Brandt", first)).to_contain_text("Away")
