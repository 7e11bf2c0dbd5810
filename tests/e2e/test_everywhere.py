"""What holds on every page: nothing typed is lost, a press has one effect, links outlive the log-in."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from wardwright.demo import PASSWORD

from .conftest import House
from .person import TIMEOUT_MS, Person, log_in

pytestmark = pytest.mark.e2e
Visit = Callable[..., Person]
NOTE = "Cover of the mains inlet replaced"
PRESS_TWICE = """() => { const button = document.querySelector('form.form .btn-primary');
  button.click(); button.click(); }"""


@pytest.fixture
def sam(visit: Visit, house: House) -> Person:
    return visit(house, "sam")


def first_device(person: Person) -> str:
    person.open("/devices/")
    return person.page.locator("[data-row] .row-link").first.get_attribute("href")


def test_a_stale_edit_names_the_other_and_keeps_what_was_typed(sam: Person, visit: Visit, house: House) -> None:
    address = first_device(sam)
    hanna = visit(house, "hanna")
    for person in (sam, hanna):
        person.open(f"{address}edit/")
    hanna.page.get_by_label("Software version").fill("4.1.7")
    hanna.press(hanna.page.locator("form.form .btn-primary"))
    sam.page.get_by_label("Notes").fill(NOTE)
    sam.page.get_by_label("Software version").fill("4.0.0")
    sam.press(sam.page.locator("form.form .btn-primary"))
    expect(sam.main).to_contain_text(re.compile("changed meanwhile by Hanna Keller"))
    assert sam.page.get_by_label("Notes").input_value() == NOTE
    row = sam.page.locator("table.diff tr", has_text="Software version")
    expect(row).to_contain_text("4.1.7")
    expect(row.locator("ins")).to_have_text("4.0.0")
    sam.press(sam.page.locator("form.form .btn-primary"))
    sam.sees(NOTE, "4.0.0")


def test_a_double_click_on_save_makes_one(sam: Person) -> None:
    sam.open("/companies/new/")
    sam.page.get_by_label("Name", exact=True).fill("Twice Pressed Instruments")
    with sam.page.expect_navigation(timeout=TIMEOUT_MS):
        sam.page.evaluate(PRESS_TWICE)
    sam.look()
    sam.open("/companies/?q=Twice+Pressed")
    expect(sam.page.locator("[data-row]")).to_have_count(1)


def test_a_session_that_ended_meanwhile_costs_nothing_that_was_typed(sam: Person) -> None:
    address = f"{first_device(sam)}edit/"
    sam.open(address)
    sam.page.get_by_label("Notes").fill("Typed before the session ended")
    sam.page.context.clear_cookies(name="sessionid")
    sam.press(sam.page.locator("form.form .btn-primary"))
    assert sam.path == "/login/"
    log_in(sam, "sam", PASSWORD)
    assert sam.path == address
    assert sam.page.get_by_label("Notes").input_value() == "Typed before the session ended"


def test_a_link_sent_to_somebody_signed_out_leads_there_after_the_log_in(visit: Visit, house: House) -> None:
    stranger = visit(house)
    stranger.open("/work/?state=unfinished&kind=corrective")
    assert stranger.path == "/login/"
    log_in(stranger, "hanna", PASSWORD)
    assert stranger.page.url == f"{house.url}/work/?state=unfinished&kind=corrective"


def test_the_dark_theme_stays(sam: Person) -> None:
    for theme in ("dark", "light"):
        sam.page.locator(".user-menu summary").click()
        sam.page.locator("[data-theme-toggle]").click()
        sam.open("/devices/")
        assert sam.page.evaluate("document.documentElement.dataset.bsTheme") == theme
        sam.open("/")


def test_the_register_is_worked_by_keyboard_alone(sam: Person) -> None:
    keyboard = sam.page.keyboard
    sam.open("/devices/")
    second = sam.page.locator("[data-row]").nth(1).get_attribute("data-href")
    keyboard.press("/")
    expect(sam.page.locator("#search")).to_be_focused()
    keyboard.press("Shift+Tab")
    for key in "jjj":
        keyboard.press(key, delay=0)
        sam.page.wait_for_timeout(250)
    keyboard.press("k")
    sam.page.wait_for_timeout(250)
    expect(sam.page.locator("[data-row].at")).to_have_attribute("data-href", second)
    with sam.page.expect_navigation():
        keyboard.press("Enter")
    sam.look()
    assert sam.path == second
