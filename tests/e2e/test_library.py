"""The library assistant's round with a phone, and the nurse who asks and gives back."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from .conftest import DESK, PHONE, House
from .person import Person

pytestmark = pytest.mark.e2e
Visit = Callable[..., Person]
asked: dict[str, str] = {}


@pytest.fixture
def nora(visit: Visit, house: House) -> Person:
    return visit(house, "nora", PHONE)


@pytest.fixture
def lina(visit: Visit, house: House) -> Person:
    return visit(house, "lina", PHONE)


def scan(person: Person, tag: str) -> None:
    """Into the field of the round, as a hand-held scanner does."""
    person.open("/library/round/")
    person.page.locator("#scan-tag").fill(tag)
    with person.page.expect_navigation():
        person.page.keyboard.press("Enter")
    person.look()


def test_the_nurse_asks_in_three_taps(nora: Person) -> None:
    nora.open("/library/ask/")
    nora.page.locator(".tiles label", has_text="Syringe pump").click()
    nora.page.locator(".tiles-small label", has_text="1").click()
    nora.press("Ask for it")
    assert nora.heading.startswith("Syringe pump for Intensive Care Unit: waiting")
    asked["address"] = nora.path
    nora.fits()
    nora.open("/library/ward/")
    nora.sees("We wait for", "Syringe pump")
    nora.fits()


def test_the_assistant_picks_what_was_idle_longest_and_delivers_it(lina: Person) -> None:
    lina.open("/library/round/")
    lina.sees("Deliver", "Syringe pump", "Intensive Care Unit")
    lina.fits()
    lina.open(asked["address"])
    lina.sees("Idle the longest")
    asked["tag"] = lina.page.locator(".next-step .list .code").first.inner_text()
    lina.press("I took these")
    lina.sees(asked["tag"], "Picked")
    lina.follow("Delivered")
    lina.page.get_by_label("Who took it").fill("Sister Agnes")
    lina.press("Delivered")
    assert lina.heading.endswith("delivered")
    lina.sees("Sister Agnes")
    scan(lina, asked["tag"])
    lina.sees("Intensive Care Unit")
    lina.fits()


def test_the_nurse_says_that_it_may_be_collected(nora: Person) -> None:
    nora.open("/library/ward/")
    line = nora.page.locator(".ward-loans li", has_text=asked["tag"])
    line.locator("input[type=checkbox]").check()
    nora.press("No longer needed: please collect")
    expect(nora.page.locator(".ward-loans li", has_text=asked["tag"])).to_contain_text("To be collected")


def test_it_comes_back_is_checked_and_clean(lina: Person) -> None:
    scan(lina, asked["tag"])
    lina.press("I have it: collected")
    assert lina.heading == f"{asked['tag']} is to be cleaned"
    lina.follow("Check it")
    lina.page.get_by_label("Mains cable").check()
    lina.fits()
    lina.press("Checked")
    lina.sees("Mains cable")  # it is missing
    lina.press("It is clean")
    assert lina.heading == f"{asked['tag']} is clean and ready"
    lina.follow("The whole record")
    lina.sees("Medical Equipment Pool", "Equipment library")


def test_a_dirty_device_is_refused_in_words(lina: Person, nora: Person) -> None:
    scan(lina, asked["tag"])
    lina.press("It came back from a ward")
    nora.open("/library/ask/")
    nora.page.locator(".tiles label", has_text="Syringe pump").click()
    nora.press("Ask for it")
    lina.open(nora.path)
    lina.page.locator("#id_tag").fill(asked["tag"])
    lina.press("Pick", exact=True)
    lina.sees(f"{asked['tag']} is to be cleaned. Clean it first")


def test_a_fault_on_return_becomes_a_repair(lina: Person, visit: Visit, house: House) -> None:
    lina.open("/library/loans/?state=unchecked")
    lina.follow(lina.page.locator("[data-row] .row-link").first)
    tag = re.match(r"EQ-\d+", lina.heading).group()
    lina.follow("Check it")
    lina.page.get_by_label("Another fault").fill("Display is dark")
    lina.press("Checked")
    lina.sees("Out of service")
    tina = visit(house, "tina", DESK)
    for _try in range(40):
        tina.scan(tag)
        if "Display is dark" in tina.main.inner_text():
            return
        tina.page.wait_for_timeout(500)
    raise AssertionError("no repair order came of the fault")


def test_the_head_sees_whether_the_library_is_large_enough(visit: Visit, house: House) -> None:
    hanna = visit(house, "hanna", DESK)
    hanna.open("/library/")
    hanna.sees("Ready", "With wards", "Infusion pump")
    hanna.follow("Use", exact=True)
    hanna.sees("how many were needed at once?", "To be owned", "Waited")
    hanna.follow("Report, CSV and PDF")
    assert hanna.heading == "How many devices does the library really need?"


def test_on_a_phone_the_tab_that_is_open_is_in_sight(lina: Person) -> None:
    lina.open("/library/use/")
    expect(lina.page.locator(".tabs [aria-current]").first).to_be_in_viewport(ratio=1)
