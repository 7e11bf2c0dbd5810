"""Every page of the house: some link or button leads to it, and it is in order at three widths, light and dark."""

from __future__ import annotations

import html
import re
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from django.urls import Resolver404, resolve

from tests.contracts.addresses import addresses

from .conftest import DESK, House
from .person import SERIOUS, Person

pytestmark = pytest.mark.e2e
Visit = Callable[..., Person]

#: How many addresses of one kind are looked into for links to others, from each start.
RECORDS_OF_A_KIND = 8
DESK_PX, TABLET_PX, PHONE_PX = 1280, 820, 390
ADDRESS = re.compile(r'="(/[^"#]*)["#]')
#: Where the walk begins: lists whose records have steps that others have not, and the first page.
STARTS = (
    "/work/?state=to_verify",
    "/work/?state=on_hold",
    "/procedures/?state=draft",
    "/companies/?q=MAQUET",
    "/work/?kind=planned&state=assigned",
    "/library/loans/?state=unchecked",
    "/",
)
#: Pages that no other page leads to, and why.
UNLINKED = {
    "alive": "for watchmen of the server",
    "health": "for watchmen of the server",
    "ready": "for watchmen of the server",
    "metrics": "for watchmen of the server",
    "asset-work-panel": "comes with the page of its device",
    "asset-library-panel": "comes with the page of its device",
    "asset-documents": "comes with the page of its device",
    "asset-readings-panel": "comes with the page of its device",
    "asset-instrument-panel": "comes with the page of its device",
    "asset-imaging-panel": "comes with the page of its device",
    "asset-notices-panel": "comes with the page of its device",
    "file-work": "comes with the page of its file",
    "record-work": "comes with the page of its record",
    "portal": "the code on a device",
    "portal-picture": "comes with the portal",
    "help": "a notice on a ward, and the portal",
    "ticket": "what the portal hands out",
    "shown": "a link that was handed to a visitor",
    "log-in-second": "logging in with a second factor",
    "log-in-passkey": "logging in with a passkey",
    "log-in-passkey-options": "logging in with a passkey",
    "oidc-start": "logging in with the hospital's own log-in",
    "oidc-return": "logging in with the hospital's own log-in",
    "oidc-ended": "logging in with the hospital's own log-in",
}
#: Pages that have their link only while something is the case that the demo does not have, and what that is.
PASSING = {
    "deliver-request": "a device that was picked and not delivered",
    "issue-kit": "a kit that is complete",
    "activate-plan": "a plan that is not in force",
    "edit-rule": "a rule that is not in force",
    "preview-rule": "a rule that is not in force",
    "generation": "work that was just made",
    "import-check": "an import whose rows were checked",
    "import-errors": "an import with refused rows",
    "import-progress": "an import that runs",
    "import-result": "an import that is done",
    "start-import": "an import whose rows were checked",
    "problem-reported": "a report by somebody who may not see the work",
    "restore-code": "a code that is not in use",
    "retry-job": "a job that failed",
    "resume-work": "work that waits",
    "last-results": "work on a device that had the same procedure before",
    "add-work-photo": "work whose procedure asks for a photo",
    "work-photo": "a photo that was taken",
    "asset-document": "a device with a document of its own",
    "withdraw-asset-document": "a device with a document of its own",
    "instrument-document": "an instrument with a document",
    "withdraw-instrument-document": "an instrument with a document",
    "exposure-document": "a device in a case with a document",
    "notice-source-off": "a source that is switched on",
    "confirm-scope": "a notice that nobody has settled",
    "quarantine-case": "a device of a case that is not in quarantine yet",
    "check-case": "a case that was closed",
    "reopen-case": "a case that was closed",
    "withdraw-exposure-document": "a device in a case with a document",
    "work-order-document": "work with a document",
    "withdraw-work-order-document": "work with a document",
    "withdraw-device-model-document": "a model with a document",
    "withdraw-device-type-document": "a type with a document",
    "waive-certificate": "work whose certificate has not come",
    "check-sanitising": "a device whose data somebody else removed",
    "labels-ready": "labels that were just chosen",
    "labels-file": "labels that were just chosen",
    "request-file": "a request with a photo",
    "reopen-request": "a request that was closed",
    "restore-symptom": "a symptom that is not in use",
    "absence": "somebody's absence",
    "decide-absence": "an absence that was asked for",
    "withdraw-absence": "an absence that is yet to come",
    "end-visitor-link": "a link that is in use",
    "disconnect": "a log-in of the hospital's own",
    "edit-provider": "a log-in of the hospital's own",
    "user-second-factor": "somebody with a second factor",
    "add-passkey": "a house with a name and TLS",
    "passkey-options": "a house with a name and TLS",
    "confirm-with-passkey": "a passkey",
    "rename-passkey": "a passkey",
    "remove-passkey": "a passkey",
    "recovery-codes": "an authenticator app",
    "remove-authenticator": "an authenticator app",
    "webhook": "a webhook",
    "edit-webhook": "a webhook",
    "webhook-deliveries": "a webhook",
    "webhook-delivery": "a message of a webhook",
    "webhook-secret": "a webhook",
    "webhook-send-again": "a message of a webhook",
    "webhook-step": "a webhook",
    "imaging-setup": "a scanner in service, which so small a house has not",
    "edit-imaging-setup": "a scanner in service, which so small a house has not",
    "imaging-limit": "a scanner in service, which so small a house has not",
    "send-series": "a scanner in service, which so small a house has not",
    "imaging-run": "images of a phantom",
    "imaging-baseline": "images of a phantom",
    "analyse-again": "images of a phantom",
    "imaging-run-document": "images of a phantom",
    "imaging-run-documents": "images of a phantom",
    "add-imaging-run-documents": "images of a phantom",
    "withdraw-imaging-run-document": "images of a phantom",
    "device-doses": "a dose report",
    "dose-reference": "a dose report",
    "try-connection": "an instrument that is connected",
    "confirm-identity": "an instrument that is connected",
    "disconnect-instrument": "an instrument that is connected",
    "read-step": "an instrument that is connected",
    "conclude-lookback": "a search whose readings are all decided",
    "look-at-record": "a record that was left out",
    "name-results-instrument": "a file that does not name its analyser",
    "override-record": "a record of an instrument out of date",
    "shift-results-clock": "a record of a clock that was off",
    "look-back": "an instrument found wrong that nobody looked back for",
    "safety-certificate": "work with a safety test that was closed since",
}
#: What is smaller than a finger, apart from links within a sentence.
SMALL = """() => [...document.querySelectorAll('a, button, input, select, textarea, summary')].filter(one => {
    const box = one.getBoundingClientRect(), inside = one.closest('label, .cell-check, dialog, .visually-hidden');
    return one.checkVisibility() && !inside && one.type !== 'hidden' && box.width > 2 && box.height < 44
      && !(one.tagName === 'A' && getComputedStyle(one).display === 'inline'); })
  .map(one => `${one.tagName} ${(one.innerText || one.name).slice(0, 30)}: ${one.getBoundingClientRect().height} px`)"""
#: The page has heard of its new width and is drawn again.
DRAWN = "() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"
#: What axe judges again on the open page: in the dark the colours, on small screens all but them.
DARK = {"runOnly": {"type": "rule", "values": ["color-contrast"]}}
TABLET = {"runOnly": {"type": "rule", "values": ["target-size", "scrollable-region-focusable"]}}
PHONE = {"rules": {"color-contrast": {"enabled": False}}}
RULES = """how => axe.run(how).then(found => found.violations
  .map(one => ({ id: one.id, impact: one.impact, node: one.nodes[0].html.slice(0, 200) })))"""


def names() -> set[str]:
    return {one.name for one in addresses()} - {"login", "logout"}


@dataclass
class Walk:
    """What was found by following every address from the first page on: kinds of pages, and one of each."""

    seen: set[str] = field(default_factory=set)
    pages: dict[str, str] = field(default_factory=dict)


@pytest.fixture(scope="module")
def walked() -> dict[str, Walk]:
    return {}


@pytest.fixture
def ida(visit: Visit, house: House) -> Person:
    return visit(house, "ida", DESK)


@pytest.fixture
def walk(ida: Person, walked: dict[str, Walk]) -> Walk:
    if "walk" not in walked:
        make_drafts(ida)
        walked["walk"] = walk_from(ida, STARTS, names() - UNLINKED.keys() - PASSING.keys())
    return walked["walk"]


def make_drafts(ida: Person) -> None:
    """What the demo has not: an import in the middle, a draft of a procedure, a token, a failed look-up."""
    ida.open("/imports/new/")
    sheet = "Asset number;Serial number;Manufacturer;Model;Type\nA1;S1;Maker;One;Infusion pump\n"
    file = {"name": "ward.csv", "mimeType": "text/csv", "buffer": sheet.encode()}
    ida.page.set_input_files("input[type=file]", files=[file])
    ida.press(ida.page.locator("main form .btn-primary"))
    ida.open("/account/tokens/new/")
    ida.page.get_by_label("What it is for").fill("Label printer")
    ida.press(ida.page.locator("main form .btn-primary"))
    ida.open("/procedures/")
    ida.follow(ida.page.locator("[data-row] .row-link").first)
    ida.press("Begin a new version")


def walk_from(person: Person, starts: tuple[str, ...], wanted: set[str]) -> Walk:
    """Follow every address, new kinds of pages first; several of a kind only until all that is wanted was seen."""
    found, of_a_kind = Walk(), Counter()
    waiting = deque((start, start) for start in starts)
    queued = set(starts)
    while waiting:
        address, start = waiting.popleft()
        kind = kind_of(address)
        of_a_kind[kind, start] += 1
        enough = kind in found.pages and wanted <= found.seen
        if address not in starts and (enough or of_a_kind[kind, start] > RECORDS_OF_A_KIND):
            continue
        answer = person.page.request.get(person.address + address)
        if answer.status != 200 or "text/html" not in answer.headers["content-type"]:
            continue
        text, arrived = answer.text(), answer.url.removeprefix(person.address)
        if "<html" in text:
            found.pages.setdefault(kind_of(arrived), arrived)
            found.seen.add(kind_of(arrived))
        for link in dict.fromkeys(html.unescape(one) for one in ADDRESS.findall(text)):
            kind = kind_of(link)
            if kind is not None and link not in queued:
                queued.add(link)
                later = address in starts or kind in found.seen  # all starts come first
                (waiting.append if later else waiting.appendleft)((link, start))
                found.seen.add(kind)
    return found


@cache
def kind_of(address: str) -> str | None:
    if "format=csv" in address or address.startswith(("/static/", "/api/", "/logout/")):
        return None
    try:
        return resolve(address.partition("?")[0]).url_name
    except Resolver404:
        return None


def test_some_link_or_button_leads_to_every_page(walk: Walk) -> None:
    missing = sorted(names() - walk.seen - PASSING.keys() - UNLINKED.keys())
    assert missing == [], " ".join(missing)
    assert UNLINKED.keys() & walk.seen == set()


@pytest.mark.once(because="how pages look, which the walk over all of them and axe in the journeys judge")
def test_every_page_is_in_order_at_three_widths_light_and_dark(walk: Walk, ida: Person) -> None:
    for address in walk.pages.values():
        look_at(ida, address)


def look_at(person: Person, address: str) -> None:
    """Loaded once; the width and the theme change on the open page, and axe judges again what depends on them."""
    page = person.page
    see(person, DESK_PX, "light")
    person.open(address)
    if not page.title().removesuffix(" · Wardwright").strip():
        person.troubles.append(f"{address} has no title")
    page.evaluate(AXE_SCRIPT)
    person.fits()
    see(person, DESK_PX, "dark")
    judge(person, DARK)
    for width, how in ((TABLET_PX, TABLET), (PHONE_PX, PHONE)):
        see(person, width, "light")
        person.fits()
        person.troubles += [f"{address} at {width} px: {one}" for one in page.evaluate(SMALL)]
        judge(person, how)


def see(person: Person, width: int, theme: str) -> None:
    person.page.emulate_media(color_scheme=theme, reduced_motion="reduce")
    person.page.set_viewport_size({"width": width, "height": 900})
    person.page.evaluate(DRAWN)


def judge(person: Person, how: dict[str, Any]) -> None:
    for rule in person.page.evaluate(RULES, how):
        if rule["impact"] in SERIOUS:
            words = f"axe {rule['id']} ({rule['impact']}): {rule['node']}"
            person.troubles.append(f"{person.page.url} at {person.page.viewport_size['width']} px: {words}")
