"""Somebody at a browser: what they press and read, and a look at every page that they come past."""

from __future__ import annotations

import re
import time
from urllib.parse import urlsplit

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page, expect

SERIOUS = ("serious", "critical")
#: Chromium writes a line for every answer from 400 up; which of them are wrong is judged from the answers themselves.
ANSWER_LINE = "Failed to load resource"
REFUSALS = (401, 403, 404, 409, 422)
TIMEOUT_MS = 20_000
#: No request of HTMX is under way, and no part of the page still has to be fetched.
AT_REST = """() => !document.querySelector('.htmx-request')
  && ![...document.querySelectorAll('[hx-trigger="load"]')].some(part => part.textContent.trim() === 'Loading')"""
#: The words of marks that stick out of their cell into the next one.
OVER_THE_EDGE = """() => [...document.querySelectorAll('.table td .pill')].filter(mark => {
    const cell = mark.closest('td').getBoundingClientRect(), box = mark.getBoundingClientRect();
    return box.width && box.right > cell.right + 1; }).map(mark => mark.innerText)"""
#: The field of a reading, which a person types into; a value read from the instrument has a hidden one beside it.
READING = ".reading input[data-unit]"
expect.set_options(timeout=TIMEOUT_MS)


class Person:
    """One browser page with the words of its user; ``troubles`` gathers what no page may do."""

    seen: set[tuple[str, ...]] = set()
    #: Whether pages are looked at by axe: they look the same on every database, so once is enough.
    judges = True

    def __init__(self, page: Page, address: str) -> None:
        self.page, self.address = page, address
        self.troubles: list[str] = []
        page.on("dialog", lambda dialog: dialog.accept())
        page.on("pageerror", lambda error: self._note(f"script: {error}"))
        page.on("console", lambda line: self._note(f"console: {line.text}") if _is_trouble(line) else None)
        page.on("response", lambda answer: self._note(f"{answer.status}: {answer.url}") if _is_wrong(answer) else None)

    def _note(self, words: str) -> None:
        self.troubles.append(f"{self.page.url}: {words}")

    # Going ------------------------------------------------------------------------------------------------------

    def open(self, address: str) -> None:
        """Go to an address of the house, as from a bookmark."""
        self.page.goto(self.address + address if address.startswith("/") else address)
        self.look()

    def follow(self, link: str | Locator, *, exact: bool = False) -> None:
        """Click a link of the page (by its words) and wait for where it leads."""
        found = self.main.get_by_role("link", name=link, exact=exact).first if isinstance(link, str) else link
        self._go(found)

    def press(self, button: str | Locator, *, exact: bool = False) -> None:
        """Press a button that leads to another page."""
        found = self.main.get_by_role("button", name=button, exact=exact).first if isinstance(button, str) else button
        self._go(found)

    def _go(self, found: Locator) -> None:
        with self.page.expect_navigation(timeout=TIMEOUT_MS):
            found.click()
        self.look()

    def tap(self, button: str | Locator) -> None:
        """Press something that changes this page and leaves it open."""
        (self.main.get_by_role("button", name=button).first if isinstance(button, str) else button).click()

    def scan(self, text: str) -> None:
        """What a scanner does in the search box: it types quickly and ends with Enter."""
        self.page.locator("#search").fill("")
        with self.page.expect_navigation(timeout=TIMEOUT_MS):
            self.page.keyboard.type(text)
            self.page.keyboard.press("Enter")
        self.look()

    # Reading ----------------------------------------------------------------------------------------------------

    @property
    def main(self) -> Locator:
        return self.page.locator("main")

    @property
    def heading(self) -> str:
        return self.page.locator("h1").inner_text().strip()

    @property
    def path(self) -> str:
        return urlsplit(self.page.url).path

    def sees(self, *words: str) -> None:
        """The words stand on the page (or come within a moment)."""
        for one in words:
            expect(self.main).to_contain_text(one, use_inner_text=True)

    def sees_not(self, words: str) -> None:
        expect(self.main).not_to_contain_text(words, use_inner_text=True)

    def figures(self, text: str) -> list[int]:
        return [int(found.replace(",", "").replace("\u202f", "")) for found in re.findall(r"\d[\d,\u202f]*", text)]

    # Looking ----------------------------------------------------------------------------------------------------

    def look(self) -> None:
        """Let the page come to rest, then have it looked at by axe, once for each kind of page, width and theme."""
        self.page.wait_for_load_state("load")
        # Asked from here: a page under our policy may not evaluate a string, so it cannot ask itself.
        until = time.monotonic() + TIMEOUT_MS / 1000
        while not self.page.evaluate(AT_REST):
            assert time.monotonic() < until, f"{self.page.url} does not come to rest"
            self.page.wait_for_timeout(40)
        key = (
            re.sub(r"\d+", "N", self.path),
            re.sub(r"\d+", "N", self.heading)[:30],
            str(self.page.viewport_size["width"]),
            self.page.evaluate("document.documentElement.dataset.bsTheme || ''"),
        )
        if key in Person.seen or not Person.judges:
            return
        Person.seen.add(key)
        for rule in Axe().run(self.page).response["violations"]:
            if rule["impact"] in SERIOUS:
                self._note(f"axe {rule['id']} ({rule['impact']}): {rule['nodes'][0]['html'][:200]}")

    def fits(self) -> None:
        """The page is no wider than the screen."""
        wide, screen = self.page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
        if wide > screen:
            self._note(f"{wide} px wide on a screen of {screen} px")
        for words in self.page.evaluate(OVER_THE_EDGE):
            self._note(f"runs over the edge of its cell: {words}")


def _is_trouble(line) -> bool:
    return line.type == "error" and not line.text.startswith(ANSWER_LINE)


def _is_wrong(answer) -> bool:
    return answer.status >= 400 and (answer.status not in REFUSALS or "/static/" in answer.url)


def log_in(person: Person, username: str, password: str) -> None:
    """Through the form, from wherever the person was sent to it."""
    page = person.page
    if person.path != "/login/":
        person.open("/login/")
    page.get_by_label("User name").fill(username)
    page.get_by_label("Password").fill(password)
    with page.expect_navigation(timeout=TIMEOUT_MS):
        page.get_by_role("button", name="Sign in", exact=True).click()
    person.look()
