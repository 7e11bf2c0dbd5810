"""The head of department on Monday morning: every figure opens its rows, and every decision is signed for."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from playwright.sync_api import expect

from wardwright.demo import PASSWORD

from .conftest import TABLET, House
from .person import Person

pytestmark = pytest.mark.e2e
Visit = Callable[..., Person]


@pytest.fixture
def hanna(visit: Visit, house: House) -> Person:
    return visit(house, "hanna")


def test_every_line_of_monday_opens_the_list_it_counted(hanna: Person) -> None:
    found = [
        (
            line.get_attribute("href"),
            line.locator(".lines-words").inner_text(),
            line.locator(".lines-figure").inner_text(),
        )
        for line in hanna.page.locator("ul.lines a").all()
    ]
    assert len(found) >= 8
    counts = {}
    for address, words, figure in found:
        hanna.open(address)
        counts[words.split("\n")[0]] = (int(figure), listed(hanna))
    assert {words: both for words, both in counts.items() if both[0] != both[1]} == {}
    assert counts["Life-support devices past their date"][0] > 0, "the demo begins with late life support"


def listed(person: Person) -> int:
    """How many the list says it holds: in the merge queue its tab, on the library's round what is listed to clean,
    elsewhere the heading."""
    if person.path == "/merge-queue/":
        return int(person.page.locator(".tabs .count").first.inner_text())
    if person.path.startswith("/library/round/"):
        return person.page.locator("section", has=person.page.locator("#clean")).locator("li").count()
    if person.page.locator("#rows .empty, main > .empty").count():
        return 0
    rows = person.page.locator("[data-row]").count()
    said = person.figures(person.heading)
    assert said, f"{person.path}: {person.heading!r} does not say how many"
    assert rows == min(said[0], 50)
    return said[0]


def test_compliance_shows_both_numbers_and_opens_to_formula_and_rows(hanna: Person) -> None:
    hanna.follow("Compliance")
    figures = hanna.page.locator(".figures section")
    assert figures.locator("h2").all_inner_texts() == ["On schedule", "Actually inspected", "Never seen"]
    on, inspected, never = figures.all()
    for figure in (on, inspected):
        done, of = hanna.figures(figure.locator(".figure-big small").inner_text())
        figure.locator("summary").click()
        expect(figure.locator("details")).to_contain_text(f"{done} ÷ {of} = ")
    count = hanna.figures(never.locator(".figure-big").inner_text())[0]
    unseen = hanna.page.locator("section.panel", has_text=re.compile("never been seen"))
    assert hanna.figures(unseen.locator("h2").inner_text())[0] == count
    row = on.locator("details li a").first
    behind = hanna.figures(row.inner_text())[0]
    hanna.follow(row)
    assert hanna.figures(hanna.heading)[0] == behind
    expect(hanna.page.locator("tbody tr").first).to_be_visible()


def test_an_unassigned_request_is_given_to_somebody(hanna: Person) -> None:
    hanna.open("/work/?kind=corrective&state=unfinished&person=none")
    before = hanna.figures(hanna.heading)[0]
    hanna.follow(hanna.page.locator("[data-row] .row-link").first)
    hanna.follow("Assign")
    choice = hanna.page.get_by_label("Who does it")
    value = choice.locator("option", has_text="Tina Brandt").get_attribute("value")
    choice.select_option(value)
    hanna.press(hanna.page.locator("form.form .btn-primary"))
    expect(hanna.page.locator("dl.facts > div", has_text="Assigned to")).to_contain_text("Tina Brandt")
    hanna.open("/work/?kind=corrective&state=unfinished&person=none")
    assert (hanna.figures(hanna.heading) or [0])[0] == before - 1


def test_a_verified_repair_returns_the_device_to_service(hanna: Person) -> None:
    hanna.follow("Repairs to verify")
    hanna.follow(hanna.page.locator("[data-row] .row-link").first)
    tag = hanna.page.locator(".device-tag").inner_text()
    hanna.follow("Verify the repair")
    hanna.page.get_by_text("Yes, return it to service").click()
    hanna.page.get_by_label("What you checked").fill("Electrical safety and function")
    hanna.page.get_by_label("Your password").fill(PASSWORD)
    hanna.press(hanna.page.locator("form.form .btn-primary"))
    hanna.sees("Signatures", "Hanna Keller")
    hanna.scan(tag)
    expect(hanna.page.locator(".lead .pill").first).to_have_text(re.compile("in service", re.I))


def test_a_procedure_is_approved_by_signature_and_its_work_closes_in_three_taps(
    hanna: Person, visit: Visit, house: House
) -> None:
    tina = visit(house, "tina", TABLET)
    tina.open("/devices/")
    tag = tina.page.locator("[data-row]", has_text="in service").last.locator(".code").first.inner_text()
    write_procedure(hanna)
    sign(hanna, "wrong-password")
    expect(hanna.page.locator("[data-error-summary]")).to_contain_text(re.compile("password", re.I))
    sign(hanna, PASSWORD)
    expect(hanna.page.locator("section.panel", has_text="Signatures")).to_contain_text("Hanna Keller")
    order = plan_and_generate(hanna, tag)
    tina.open("/")
    tina.open(f"{order}perform/")
    expect(tina.page.locator(".device-tag")).to_have_text(tag)
    tina.tap("All visual checks pass")
    tina.press("Close the work order")
    tina.sees("is done: pass", "The device is due again on")


def write_procedure(hanna: Person) -> None:
    """A procedure of two checks, written step by step, up to the page that asks for the signature."""
    hanna.open("/procedures/new/")
    hanna.page.get_by_label("Code").fill("CHECK-TROLLEY")
    hanna.page.get_by_label("Title").fill("Check of the trolley")
    hanna.press(hanna.page.locator("form .btn-primary"))
    if hanna.page.locator("#steps").count() == 0:
        hanna.press("Write the steps")
    rows = hanna.page.locator(".step-row")
    for number, text in enumerate(("Castors turn and brake", "Shelf and basket are tight")):
        if rows.count() <= number:
            hanna.tap(hanna.page.locator("#add-step"))
            expect(rows).to_have_count(number + 1)
        rows.nth(number).get_by_label("What to do or to check").fill(text)
    hanna.press(hanna.page.get_by_role("button", name="Save the draft").last)
    hanna.follow("Approve")


def sign(hanna: Person, password: str) -> None:
    hanna.page.get_by_label("Your password").fill(password)
    hanna.press("Sign and approve")


def plan_and_generate(hanna: Person, tag: str) -> str:
    """A plan for one device by the new procedure, put in force, and its work made; returns the order's address."""
    hanna.open("/plans/new/")
    hanna.page.get_by_label("Name", exact=True).fill("Trolley of the ward")
    hanna.page.locator("input[name=applies_to][value=asset]").check()
    hanna.page.get_by_label("Asset number").fill(tag)
    choice = hanna.page.get_by_label("Procedure", exact=False).first
    choice.select_option(choice.locator("option", has_text="Check of the trolley").get_attribute("value"))
    hanna.press(hanna.page.locator("form .btn-primary"))
    hanna.press("Put in force")
    plan = hanna.path
    hanna.follow("Make due work")
    hanna.page.get_by_label("Until").fill((date.today() + timedelta(days=730)).isoformat())
    hanna.press("Make the work")
    hanna.follow("Trolley of the ward")
    assert hanna.path == plan
    return hanna.page.locator("td[data-label='Next work'] a").first.get_attribute("href")


def test_a_rule_is_copied_tried_out_and_put_in_force(hanna: Person) -> None:
    hanna.open("/plans/rules/")
    hanna.follow(hanna.page.locator("[data-row]", has_text="Preset B").locator(".row-link"))
    hanna.press("Copy to edit")
    formula, effect = hanna.page.get_by_label("Formula", exact=True), hanna.page.locator("#rule-effect")
    formula.fill("function + colour")
    expect(effect).to_contain_text("At character 12: 'colour' is not known here")
    formula.fill("function + physical_risk + 2 * maintenance")
    expect(effect).to_contain_text("would change against the rule in force")
    hanna.look()
    hanna.press("Save the draft")
    hanna.follow("Put in force")
    hanna.page.get_by_label("Why").fill("Maintenance counts twice with us")
    hanna.press("Approve and put in force")
    hanna.sees("House rule after Preset B, version 1 decides what is proposed", "Maintenance counts twice with us")


def test_criteria_are_chosen_and_the_number_of_devices_follows(hanna: Person) -> None:
    hanna.open("/plans/new/")
    hanna.page.locator("input[name=applies_to][value=filter]").check()
    reach = hanna.page.locator("#plan-reach")
    hanna.page.get_by_label("Infusion pump", exact=True).check()
    expect(reach).to_contain_text("fit")
    many = hanna.figures(reach.inner_text())[0]
    hanna.page.get_by_label("in store", exact=True).check()
    expect(reach).not_to_contain_text(f"{many} devices fit")
    hanna.look()


def test_a_name_is_decided_the_same_and_another_related(hanna: Person) -> None:
    hanna.open("/merge-queue/?kind=company")
    before = int(hanna.page.locator(".tabs .count").first.inner_text())
    hanna.press(hanna.main.get_by_role("button", name=re.compile("^The same, keep")).first)
    hanna.open("/merge-queue/?kind=company")
    assert int(hanna.page.locator(".tabs .count").first.inner_text()) == before - 1
    hanna.page.get_by_label("Note").fill("One group, two makers on the labels")
    hanna.press(hanna.main.get_by_role("button", name=re.compile("^Related, but two")))
    hanna.open("/merge-queue/")
    assert int(hanna.page.locator(".tabs .count").first.inner_text()) == before - 2
