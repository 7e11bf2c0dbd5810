"""A nurse with gloves on at three in the morning: scan, tap, send; the desk sends somebody; the ticket says so."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable

import pytest

from .conftest import DESK, PHONE, House
from .person import Person

pytestmark = pytest.mark.e2e
Visit = Callable[..., Person]
LABEL = """
import django; django.setup()
from wardwright.apps.assets.models import AssetCode
from wardwright.apps.helpdesk.queries import already_reported
pumps = AssetCode.objects.filter(asset__device_type__name__istartswith="infusion pump", is_active=True)
for row in pumps.filter(asset__status="in_service").select_related("asset").order_by("pk"):
    if already_reported(row.asset) is None:
        print((row.code, row.asset.tag))
        break
"""


def label_of_a_pump(house: House) -> tuple[str, str]:
    """The code and number on the label of a pump about which nothing is known."""
    command = [sys.executable, "-c", LABEL]
    done = subprocess.run(command, env=house.environment, capture_output=True, text=True, check=True)
    code, tag = re.findall(r"'([^']+)'", done.stdout)
    return code, tag


def test_from_the_label_to_the_feedback(visit: Visit, house: House) -> None:
    code, tag = label_of_a_pump(house)
    nurse, taps = visit(house, "", PHONE), 0
    nurse.open(f"/r/{code}")
    nurse.sees("Infusion pump", tag)
    nurse.fits()
    for words in ("Occlusion alarm", "No", "Yes, wiped down"):
        nurse.follow(words, exact=True)
        nurse.fits()
        taps += 1
    nurse.page.wait_for_timeout(300)
    nurse.press("Send")
    taps += 1
    assert taps <= 5
    nurse.sees("Thank you. We have it.", "Received")
    nurse.fits()
    address = nurse.path
    ticket = nurse.page.locator("h1 b").inner_text()

    desk = visit(house, "sam", DESK)
    desk.open("/requests/")
    row = desk.page.locator(".ask", has_text=ticket)
    desk.press(row.get_by_role("button", name=re.compile("^Give to ")))
    desk.sees_not(ticket)

    nurse.open(address)
    nurse.sees("Somebody is on it")
    desk.open("/requests/all/")
    desk.follow(desk.page.locator("[data-row]", has_text=ticket).locator(".row-link"))
    desk.follow(desk.page.get_by_role("link", name=re.compile(r"^WO-")))
    desk.follow("Cancel")
    desk.main.get_by_label("Why").fill("Exchanged for the one from the store")
    desk.press("Cancel the work")

    nurse.open(address)
    nurse.sees("Is it solved?")
    nurse.press("Yes", exact=True)
    nurse.sees("You told us how it went")
    desk.open("/requests/all/?solved=yes")
    desk.sees(ticket)


def test_a_second_nurse_is_told_that_it_is_known(visit: Visit, house: House) -> None:
    code, _tag = label_of_a_pump(house)
    first, second = visit(house, "", PHONE), visit(house, "", PHONE)
    first.open(f"/r/{code}")
    first.follow("Air in line", exact=True)
    first.follow("Yes", exact=True)
    first.sees("Do not switch it off")
    first.press("Send")
    second.open(f"/r/{code}")
    second.sees("Already reported", "Air in line")
    second.page.wait_for_timeout(1200)  # people read; what comes within a second is taken for a program
    second.press("Still broken")
    second.sees("Thank you. We have it.")
    assert first.path != second.path
    desk = visit(house, "sam", DESK)
    desk.open("/requests/")
    desk.sees("Patient involved")
    desk.fits()


def test_a_new_request_comes_to_the_open_desk_by_itself(visit: Visit, house: House) -> None:
    desk, nurse = visit(house, "sam", DESK), visit(house, "", PHONE)
    desk.open("/requests/")
    _code, tag = label_of_a_pump(house)
    nurse.open("/help")
    nurse.page.get_by_label("The number on the device").fill(tag)
    nurse.press("Go on")
    for words in ("Battery empty at once", "Not sure"):
        nurse.follow(words, exact=True)
    nurse.page.wait_for_timeout(800)
    nurse.press("Send")
    ticket = nurse.page.locator("h1 b").inner_text()
    desk.sees(ticket)
    desk.fits()
