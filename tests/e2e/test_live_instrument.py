"""A value straight from an instrument on the network into a step: asked, converted, and never from another one."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import suppress

import pytest
from playwright.sync_api import expect

from tests.scpi_peer import ScpiPeer

from .conftest import DESK, TABLET, House
from .person import READING, Person
from .test_bench import order_round

pytestmark = pytest.mark.e2e
Visit = Callable[..., Person]
LEAKAGE = f'{READING}[data-unit="µA"]:not([data-high=""])'


class Meter:
    """What the steps of the journey hand on to each other."""

    instrument_id = serial = order = ""


@pytest.fixture(scope="module")
def peer() -> Iterator[ScpiPeer]:
    """The analyser: it shows leakage in milliampere."""
    made = ScpiPeer({"MEAS:LEAK?": "+4.2000E-02"})
    yield made
    with suppress(OSError):  # the last test has switched it off
        made.close()


@pytest.fixture
def tina(visit: Visit, house: House) -> Person:
    return visit(house, "tina", TABLET)


def test_the_analyser_is_connected_and_told_what_to_answer(visit: Visit, house: House, peer: ScpiPeer) -> None:
    hanna = visit(house, "hanna", DESK)
    Meter.order = order_round(house, 1)[0]
    hanna.open(f"{Meter.order}perform/")
    option = hanna.page.locator("#instrument option:not([disabled])", has_text="safety analyser").first
    Meter.instrument_id = option.get_attribute("value") or ""
    hanna.open(f"/instruments/{Meter.instrument_id}/")
    Meter.serial = hanna.page.locator(".facts .code").first.inner_text()
    hanna.open(f"/instruments/{Meter.instrument_id}/connection/")
    hanna.page.get_by_label("Address").fill(peer.resource)
    hanna.press(hanna.main.get_by_role("button", name="Save").last)
    hanna.open(f"/instruments/{Meter.instrument_id}/functions/")
    leakage = hanna.page.locator("#grid tbody tr", has=hanna.page.locator('[name$="-unit"][value="µA"]')).first
    leakage.locator('[name$="-query"]').fill("MEAS:LEAK?")
    leakage.locator('[name$="-answer_unit"]').fill("mA")
    hanna.press(hanna.main.get_by_role("button", name="Save").last)
    peer.answers["*IDN?"] = f"ACME,ESA,{Meter.serial},1.0"
    hanna.press("Test the connection")
    hanna.sees("answers", "0.042 mA")
    hanna.press("This is the instrument")
    hanna.sees("is read.")


def test_the_technician_reads_it_into_the_step_in_the_unit_of_the_limit(tina: Person, peer: ScpiPeer) -> None:
    tina.open(f"{Meter.order}perform/")
    button = tina.page.locator("button.read-live").first
    tina.page.locator("#instrument").select_option("")  # whatever she measured with last
    expect(button).to_be_hidden()
    tina.page.locator("#instrument").select_option(Meter.instrument_id)
    step = tina.page.locator("li.step", has=tina.page.locator(LEAKAGE)).first
    step.locator("button.read-live").click()
    expect(step.locator(READING)).to_have_value("42")
    expect(step).to_have_class(re.compile("is-within"))
    expect(step.locator("[data-noted]")).to_contain_text("read from ACME,ESA")
    tina.fits()
    tina.page.reload()
    again = tina.page.locator("li.step", has=tina.page.locator(LEAKAGE)).first
    expect(again.locator(READING)).to_have_value("42")
    expect(again.locator("[data-noted]")).to_contain_text("read from ACME,ESA")


def test_a_value_beyond_the_limit_is_red_as_soon_as_it_is_read(tina: Person, peer: ScpiPeer) -> None:
    peer.answers["MEAS:LEAK?"] = "+4.2000E+00"
    tina.open(f"{Meter.order}perform/")
    step = tina.page.locator("li.step", has=tina.page.locator(LEAKAGE)).first
    step.locator("button.read-live").click()
    expect(step.locator(READING)).to_have_value("4200")
    expect(step).to_have_class(re.compile("is-beyond"))
    expect(step.locator("[data-noted]")).to_contain_text("read from ACME,ESA")


def test_another_instrument_at_the_same_address_is_not_read(tina: Person, peer: ScpiPeer) -> None:
    peer.answers["*IDN?"] = "ACME,ESA,SN-OTHER,1.0"
    tina.open(f"{Meter.order}perform/")
    step = tina.page.locator("li.step", has=tina.page.locator(LEAKAGE)).first
    step.locator("button.read-live").click()
    expect(step).to_contain_text("SN-OTHER answers")
    expect(step.locator(READING)).to_have_value("4200")
    assert peer.asked[-1] == "*IDN?"  # it was not asked for a value
    tina.troubles[:] = [trouble for trouble in tina.troubles if "409" not in trouble]


def test_one_that_is_switched_off_is_told_and_the_value_can_be_typed(tina: Person, peer: ScpiPeer) -> None:
    peer.close()
    tina.open(f"{Meter.order}perform/")
    step = tina.page.locator("li.step", has=tina.page.locator(LEAKAGE)).first
    step.locator("button.read-live").click()
    expect(step).to_contain_text("There is no connection to")
    step.locator(READING).fill("40")
    step.locator(READING).press("Tab")
    expect(step).to_have_class(re.compile("is-within"))
    expect(step.locator("[data-noted]")).not_to_contain_text("read from")
