"""The search box while one types: by keyboard, by touch on a phone, and what it does with a slip of the finger."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, expect

from .conftest import PHONE, House
from .person import Person

pytestmark = pytest.mark.e2e
Visit = Callable[..., Person]


def box(person: Person) -> Locator:
    return person.page.locator("#search")


def found(person: Person) -> Locator:
    return person.page.locator("#found")


def option(person: Person, name: str) -> Locator:
    return found(person).get_by_role("option", name=name)


def test_the_box_is_worked_by_keyboard_alone(visit: Visit, house: House) -> None:
    hanna = visit(house, "hanna")
    keyboard = hanna.page.keyboard
    hanna.open("/people/")
    keyboard.press("Control+k")
    expect(box(hanna)).to_be_focused()
    expect(option(hanna, "Register a device")).to_be_visible()
    expect(box(hanna)).to_have_attribute("aria-expanded", "true")
    keyboard.type("infusion pu")
    expect(option(hanna, "Infusion pump").first).to_be_visible()
    hanna.look()
    keyboard.press("ArrowDown")
    keyboard.press("ArrowDown")
    keyboard.press("ArrowUp")
    chosen = found(hanna).locator('[aria-selected="true"]')
    expect(chosen).to_have_count(1)
    expect(box(hanna)).to_have_attribute("aria-activedescendant", chosen.get_attribute("id"))
    address = chosen.get_attribute("href")
    keyboard.press("Escape")
    expect(found(hanna)).to_be_hidden()
    expect(box(hanna)).to_have_value("infusion pu")
    keyboard.press("ArrowDown")
    keyboard.press("ArrowDown")
    with hanna.page.expect_navigation():
        keyboard.press("Enter")
    hanna.look()
    assert hanna.path == address


def test_a_step_is_taken_from_the_box(visit: Visit, house: House) -> None:
    hanna = visit(house, "hanna")
    hanna.page.keyboard.press("/")
    expect(box(hanna)).to_be_focused()
    hanna.page.keyboard.type("register a dev")
    hanna.page.keyboard.press("ArrowDown")
    expect(option(hanna, "Register a device")).to_have_attribute("aria-selected", "true")
    with hanna.page.expect_navigation():
        hanna.page.keyboard.press("Enter")
    hanna.look()
    assert hanna.path == "/devices/register/"


def test_a_slip_of_the_finger_is_understood(visit: Visit, house: House) -> None:
    hanna = visit(house, "hanna")
    box(hanna).click()
    hanna.page.keyboard.type("infusoin")
    expect(found(hanna)).to_contain_text(re.compile("Showing results for “infusion”", re.IGNORECASE))
    expect(option(hanna, "Infusion pump").first).to_be_visible()
    with hanna.page.expect_navigation():
        hanna.page.keyboard.press("Enter")
    hanna.look()
    assert hanna.path == "/search/"
    hanna.sees("Nothing has the words “infusoin”.", "Infusion pump")


def test_a_thumb_finds_and_opens_on_a_phone(visit: Visit, house: House) -> None:
    tina = visit(house, "tina", PHONE)
    box(tina).tap()
    box(tina).press_sequentially("ventil")
    expect(found(tina)).to_have_attribute("data-text", "ventil")
    first = option(tina, "ventilator").first
    expect(first).to_be_visible()
    tina.look()
    tina.fits()
    assert first.bounding_box()["height"] >= 44
    address = first.get_attribute("href")
    with tina.page.expect_navigation():
        first.tap()
    tina.look()
    assert tina.path == address


def test_a_tap_elsewhere_closes_it_and_the_page_is_as_it_was(visit: Visit, house: House) -> None:
    tina = visit(house, "tina", PHONE)
    box(tina).tap()
    expect(found(tina)).to_be_visible()
    tina.page.touchscreen.tap(195, 790)
    expect(found(tina)).to_be_hidden()


def test_without_script_the_box_leads_to_the_same_results(visit: Visit, house: House) -> None:
    hanna = visit(house, "hanna", java_script_enabled=False)
    box(hanna).fill("infusion pump")
    box(hanna).press("Enter")
    hanna.page.wait_for_url("**/search/?q=infusion+pump")
    expect(hanna.main).to_contain_text("Infusion pump")
    for kind in ("Devices", "Work", "Device types", "Plans"):
        expect(hanna.main.get_by_role("heading", name=kind, exact=True)).to_be_visible()
