"""The technician's round with a tablet: what is late, the work itself, what goes wrong with it, and scanning."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, expect

from .conftest import TABLET, House
from .person import READING, Person

pytestmark = pytest.mark.e2e
Visit = Callable[..., Person]
UNKNOWN_GTIN = "09506000134352"
taken: set[str] = set()


@pytest.fixture
def tina(visit: Visit, house: House) -> Person:
    return visit(house, "tina", TABLET)


def planned_order(person: Person) -> str:
    """The address of planned work that no other test has taken, of a device in service."""
    for state in ("open", "assigned"):
        person.open(f"/work/?kind=planned&state={state}")
        links = person.page.locator("[data-row] .row-link")
        for address in [links.nth(n).get_attribute("href") for n in range(links.count())]:
            person.open(address)
            if address not in taken and person.page.locator(".device-strip .pill").count() == 0:
                taken.add(address)
                return address
    raise AssertionError("the demo hospital has no planned work left for this test")


def answer_steps(person: Person) -> None:
    """All checks pass and every reading lies within its limits, as a careful person would enter them."""
    for section in person.page.locator("section.step-group", has=person.page.locator("[data-pass-all]")).all():
        if section.locator('input[value="pass"]:not([name=verdict]):checked').count() == 0:
            section.locator("[data-pass-all]").click()
    for reading in person.page.locator(READING).all():
        reading.fill(good_value(reading))


def good_value(reading: Locator) -> str:
    low, high = (reading.get_attribute(f"data-{name}") or "" for name in ("low", "high"))
    if low and high:
        return f"{(float(low) + float(high)) / 2:g}"
    return f"{float(high) / 2:g}" if high else f"{float(low) + 1:g}" if low else "1"


def bad_value(reading: Locator) -> str:
    high = reading.get_attribute("data-high") or ""
    return f"{float(high) * 2 + 1:g}" if high else f"{float(reading.get_attribute('data-low')) - 1:g}"


def choose_instrument(person: Person) -> None:
    """The first, which measures most of the steps, and with it the others of the trolley."""
    choice = person.page.locator("#instrument")
    if choice.count():
        choice.select_option(choice.locator("option:not([disabled])").nth(1).get_attribute("value"))
        person.page.locator("details.also").evaluate("others => { others.open = true; }")
        for other in person.page.locator("details.also input").all():
            other.check()


def test_the_day_shows_what_is_late_by_ward_and_the_gear_to_carry(tina: Person) -> None:
    late = tina.page.locator("section.day-group", has=tina.page.locator("#group-late"))
    assert re.fullmatch(r"(No|\d+) devices? (is|are) planned for this week, (none is|\d+ (is|are)) late", tina.heading)
    expect(late.locator(".stop h3").first).to_be_visible()
    expect(late.locator(".job-tag").first).to_have_text(re.compile(r"^EQ-\d{6}$"))
    gear = tina.page.locator("aside .panel", has_text="Test instruments")
    expect(gear).to_contain_text("Do not use")
    expect(gear).to_contain_text("Calibrated")
    tina.fits()


def test_a_late_order_is_done_and_only_a_calibrated_instrument_may_judge(tina: Person) -> None:
    job = tina.page.locator("section.day-group", has=tina.page.locator("#group-late")).locator(".jobs a").first
    tag = job.locator(".job-tag").inner_text()
    taken.add(job.get_attribute("href").replace("perform/", ""))
    tina.follow(job)
    expect(tina.page.locator(".device-tag")).to_have_text(tag)
    expect(tina.page.locator(".device-name")).to_contain_text("serial")
    tina.tap("All visual checks pass")
    answer_steps(tina)
    judge_one_reading(tina)
    ended = tina.page.locator("#instrument option[disabled]").first
    expect(ended).to_contain_text("its calibration was due on")
    # As on a page that was opened before the calibration ended.
    value = ended.get_attribute("value")
    ended.evaluate("option => { option.disabled = false; }")
    tina.page.select_option("#instrument", value)
    tina.press("Close the work order")
    tina.sees("calibration")
    expect(tina.page.locator("[data-error-summary]")).to_be_visible()
    choose_instrument(tina)
    tina.press("Close the work order")
    tina.sees(f"of {tag} is done: pass", "The device is due again on")
    due = re.search(r"due again on (\d+ \w+ \d{4})", tina.main.inner_text()).group(1)
    tina.scan(tag)
    assert tag in tina.main.inner_text()
    expect(tina.page.locator("#panel-work")).to_contain_text(due)


def judge_one_reading(person: Person) -> None:
    """Green within the limit, red beyond it, as it is typed."""
    reading = person.page.locator(f'{READING}:not([data-high=""])').first
    step = person.page.locator("li.step", has=person.page.locator(f"#{reading.get_attribute('id')}"))
    good = reading.input_value()
    reading.fill(bad_value(reading))
    expect(step).to_have_class(re.compile("is-beyond"))
    expect(step.locator(".verdict")).to_contain_text("Above the limit of")
    reading.fill(good)
    expect(step).to_have_class(re.compile("is-within"))
    expect(step.locator(".verdict")).to_contain_text("Within the limit")


def test_an_unsafe_reading_opens_one_repair_and_takes_the_device_out(tina: Person) -> None:
    order = planned_order(tina)
    tag = tina.page.locator(".device-tag").inner_text()
    tina.follow("Do the work")
    choose_instrument(tina)
    answer_steps(tina)
    reading = tina.page.locator(f'{READING}:not([data-high=""])').first
    reading.fill(bad_value(reading))
    tina.sees("A step failed. Say whether the device is still safe to use")
    tina.page.locator("label", has_text="Failed and unsafe").click()
    tina.press("Close the work order")
    tina.sees("A repair order was opened and linked:")
    repair = tina.main.get_by_role("link", name=re.compile(r"^WO-")).last.inner_text()
    tina.open(order)
    linked = tina.page.locator("section.panel", has_text="Linked work")
    assert linked.get_by_role("link").all_inner_texts() == [repair]
    tina.scan(tag)
    tina.sees("out of service", "Do not use it on a patient.")


def test_a_device_in_use_is_tried_again_tomorrow(tina: Person) -> None:
    order = planned_order(tina)
    tina.follow("Do the work")
    tina.follow("In use")
    expect(tina.page.get_by_label("In use", exact=False).first).to_be_checked()
    tina.press(tina.page.locator("form.form .btn-primary"))
    tina.open(order)
    tina.sees("1 attempt could not be done", "in use", "Next try")
    assert re.search(r"\d+ \w{3} 20\d\d", tina.page.locator("td[data-label='Next try']").inner_text())


def test_a_device_that_cannot_be_found_is_looked_for_again(tina: Person) -> None:
    order = planned_order(tina)
    tina.follow("Do the work")
    tina.follow("Not located")
    tina.page.get_by_label("Note").fill("Not on the ward, not in the store")
    tina.press(tina.page.locator("form.form .btn-primary"))
    tina.open(order)
    tina.sees("1 attempt could not be done", "not located", "Not on the ward, not in the store")


def test_a_scan_of_a_tag_lands_on_the_device(tina: Person) -> None:
    tina.page.locator("#search").click()
    tina.scan("EQ-000056")
    assert re.fullmatch(r"/devices/\d+/", tina.path)
    tina.sees("EQ-000056", "Identity")


def test_a_scan_of_a_label_finds_the_device(tina: Person) -> None:
    tina.open("/devices/")
    udi = ""
    links = tina.page.locator("[data-row] .row-link")
    for address in [links.nth(n).get_attribute("href") for n in range(links.count())]:
        tina.page.goto(tina.address + address)
        fact = tina.page.locator("dl.facts > div", has=tina.page.locator("dt", has_text=re.compile("^UDI$")))
        if fact.count():
            udi, tag = fact.locator("dd").inner_text(), tina.page.locator("dl.facts dd .code, .lead").first
            break
    assert udi, "no device of the demo has a label"
    there, tag = tina.path, tina.heading
    tina.open("/")
    tina.scan(udi)
    assert (tina.path, tina.heading) == (there, tag)


def test_a_label_that_is_new_offers_to_register_it_filled_in(tina: Person, visit: Visit, house: House) -> None:
    sam = visit(house, "sam", TABLET)
    sam.scan(f"(01){UNKNOWN_GTIN}(11)250301(21)SN-778812")
    sam.sees("This label is not in the register yet", UNKNOWN_GTIN, "SN-778812")
    sam.follow("Register it")
    assert sam.page.get_by_label("Serial number").input_value() == "SN-778812"
    assert sam.page.get_by_label("Made", exact=False).first.input_value() == "2025-03-01"
