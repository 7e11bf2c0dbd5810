"""The shell in a real browser, on sample pages: accessible in every size and theme, and nothing typed is lost.

The pages come from `tools/styleguide.py`, served from loopback under the policy that the real settings send.
"""

from __future__ import annotations

import http.server
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

pytestmark = pytest.mark.e2e
ROOT = Path(__file__).resolve().parents[2]
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'"
)
PAGES = ["index", "list", "wrong", "perform", "stranger"]
TOO_SMALL = """() => [...document.querySelectorAll('.bottom-item, .btn, .seg span, .topbar-item')]
  .filter(e => e.offsetParent && !e.closest('dialog'))
  .map(e => Math.round(e.getBoundingClientRect().height)).filter(height => height < 48)"""
CLICK_THRICE = """() => { const button = document.querySelector('form[data-draft] .btn-primary');
  button.click(); button.click(); button.click(); }"""
#: As quick as a scanner, however busy this machine is.
SCAN = """text => { for (const key of [...text, 'Enter'])
  document.body.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true })); }"""
ADD_PART = """() => { const button = document.createElement('button'); button.id = 'part';
  button.setAttribute('hx-post', '/answer/403'); document.querySelector('main').append(button);
  htmx.process(button); }"""


class _Server(http.server.SimpleHTTPRequestHandler):
    """Static pages; a POST is answered with the list, or with the status that its path names."""

    def end_headers(self) -> None:
        self.send_header("Content-Security-Policy", POLICY)
        super().end_headers()

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        status = self.path.rpartition("/")[2]
        self.send_response(int(status) if status.isdigit() else 303)
        self.send_header("Location", "/list.html")
        self.end_headers()

    def log_message(self, *arguments: object) -> None:
        pass


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("shell")
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src"), "DJANGO_SETTINGS_MODULE": ""}
    subprocess.run([sys.executable, ROOT / "tools" / "styleguide.py", folder], check=True, env=environment)
    handler = type("Handler", (_Server,), {"directory": str(folder)})
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), lambda *a: handler(*a, directory=str(folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    context.set_default_timeout(5000)
    page = context.new_page()
    page.on("dialog", lambda dialog: dialog.accept())
    yield page
    context.close()


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 820, 390])
def test_pages_are_accessible_fit_the_screen_and_obey_the_policy(
    browser: Browser, address: str, width: int, theme: str
) -> None:
    context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=theme, has_touch=width < 900)
    page = context.new_page()
    found: list[str] = []
    page.on("pageerror", lambda error: found.append(f"script: {error}"))
    page.on("console", lambda line: found.append(f"console: {line.text}") if line.type == "error" else None)
    for name in PAGES:
        page.goto(f"{address}/{name}.html")
        for rule in Axe().run(page).response["violations"]:
            found.append(f"{name}: {rule['id']}: {rule['nodes'][0]['html'][:160]}")
        if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            found.append(f"{name}: wider than the screen")
        if width < 900 and page.evaluate(TOO_SMALL):
            found.append(f"{name}: targets under 48 px: {page.evaluate(TOO_SMALL)}")
    context.close()
    assert found == []


def test_a_list_with_all_that_it_loads_stays_far_below_the_page_budget(page: Page, address: str) -> None:
    weight: list[int] = []
    page.on("response", lambda response: weight.append(len(response.body())))
    page.goto(f"{address}/list.html")
    page.wait_for_load_state("networkidle")
    assert 0 < sum(weight) < 250_000, "before compression; gzip makes about a quarter of it"


def test_keys_move_select_and_open_rows(page: Page, address: str) -> None:
    page.goto(f"{address}/list.html")
    for key in "jjx":
        page.keyboard.press(key)
        page.wait_for_timeout(250)
    assert page.locator("[data-row].at").count() == 1
    assert page.locator("[data-row].at input").input_value() == "1"
    assert page.locator("[data-selected-words]").inner_text() == "1 selected"
    page.keyboard.press("Enter")
    page.wait_for_url("**#row")


def test_slash_and_control_k_go_to_the_search(page: Page, address: str) -> None:
    page.goto(f"{address}/list.html")
    page.keyboard.press("/")
    expect(page.locator("#search")).to_be_focused()
    assert page.input_value("#search") == ""
    page.locator("h1").click()
    page.keyboard.press("Control+k")
    assert page.evaluate("document.activeElement.id") == "search"


def test_a_scanner_works_anywhere_on_the_page(page: Page, address: str) -> None:
    page.goto(f"{address}/list.html")
    page.evaluate(SCAN, "xBME-004417")
    page.wait_for_url("**/search/?q=xBME-004417")


def test_typing_at_human_speed_is_not_a_scan(page: Page, address: str) -> None:
    page.goto(f"{address}/list.html")
    page.keyboard.type("jjkj", delay=150)
    page.keyboard.press("Enter")
    page.wait_for_url("**#row")


def test_the_theme_is_kept_on_the_device(page: Page, address: str) -> None:
    page.goto(f"{address}/list.html")
    page.locator(".user-menu summary").click()
    page.locator("[data-theme-toggle]").click()
    page.goto(f"{address}/form.html")
    assert page.evaluate("document.documentElement.dataset.bsTheme") == "dark"


@pytest.mark.parametrize(
    ("typed", "verdict"),
    [
        ("499.9", "Within the limit"),
        ("500", "Within the limit"),
        ("500.1", "Above the limit of 500\u00a0µA"),
        ("85,5", "Within the limit, read as 85.5\u00a0µA"),
        ("85 uA", "Not a number. Enter it like 85 or 0.5"),
        ("", ""),
    ],
)
def test_a_reading_is_judged_as_it_is_typed(page: Page, address: str, typed: str, verdict: str) -> None:
    page.goto(f"{address}/perform.html")
    page.fill("#r2", typed)
    assert page.locator("#o2").inner_text().strip() == verdict


@pytest.mark.parametrize(
    ("low", "high", "typed", "verdict"),
    [
        ("", "", "612", ""),
        ("", "0,3", "0.31", "Above the limit of 0.3\u00a0µA"),
        ("", "about 5", "4", ""),
        ("0", "", "-1", "Below the limit of 0\u00a0µA"),
    ],
)
def test_nothing_is_called_good_without_a_limit_that_can_be_read(
    page: Page, address: str, low: str, high: str, typed: str, verdict: str
) -> None:
    page.goto(f"{address}/perform.html")
    page.evaluate("limits => Object.assign(document.getElementById('r2').dataset, limits)", {"low": low, "high": high})
    page.fill("#r2", typed)
    assert page.locator("#o2").inner_text().strip() == verdict


def test_the_closing_bar_says_what_is_missing_and_goes_there(page: Page, address: str) -> None:
    page.goto(f"{address}/perform.html")
    missing = page.locator("[data-missing]")
    first = "4 steps are missing: Mains cable and plug, Housing and feet, Display and keys and 1 more"
    assert missing.inner_text() == first
    page.locator("[data-pass-all]").click()
    assert missing.inner_text() == "1 step is missing: Occlusion pressure"
    page.locator("[data-close]").click()
    assert (page.evaluate("document.activeElement.id"), urlsplit(page.url).path) == ("r3", "/perform.html")
    page.fill("#r3", "55")
    assert missing.inner_text() == "Nothing is missing."
    page.locator("[data-pass-all]").click()
    assert missing.inner_text().startswith("3 steps are missing")


def test_what_was_typed_survives_reload_and_leaving_but_not_saving(page: Page, address: str) -> None:
    page.goto(f"{address}/form.html")
    page.fill("[name=device]", "BME-004417")
    page.reload()
    assert page.input_value("[name=device]") == "BME-004417"
    page.goto(f"{address}/list.html")
    page.goto(f"{address}/form.html")
    assert page.input_value("[name=device]") == "BME-004417"
    page.locator("form[data-draft] .btn-primary").click()
    page.wait_for_url("**/list.html")
    page.goto(f"{address}/form.html")
    assert page.input_value("[name=device]") == ""


def test_leaving_by_cancel_and_signing_out_forget_the_draft(page: Page, address: str) -> None:
    for leave in (".form-actions [data-discard]", "[data-forget-drafts] button"):
        page.goto(f"{address}/form.html")
        page.fill("[name=device]", "BME-004417")
        if "forget" in leave:
            page.locator(".user-menu summary").click()
        page.locator(leave).click()
        page.goto(f"{address}/form.html")
        assert page.input_value("[name=device]") == ""


def test_a_form_is_sent_once(page: Page, address: str) -> None:
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url) if request.method == "POST" else None)
    page.goto(f"{address}/form.html")
    page.evaluate(CLICK_THRICE)
    page.wait_for_url("**/list.html")
    assert len(sent) == 1


def test_a_refused_part_of_a_page_says_so_and_changes_nothing(page: Page, address: str) -> None:
    page.goto(f"{address}/list.html")
    page.evaluate(ADD_PART)
    page.locator("#part").click()
    shown = page.locator("#messages [role=alert] p")
    assert shown.inner_text() == "You may not do this, so nothing was changed. Ask the person who manages access."
    assert page.locator("#part").count() == 1


def test_a_filter_changes_the_rows_and_the_address(page: Page, address: str) -> None:
    page.goto(f"{address}/list.html")
    page.select_option("[name=department]", "3b")
    page.wait_for_url("**department=3b**")
    assert (page.locator("#rows").count(), page.locator("#page-title").count()) == (1, 1)
    page.go_back()
    page.wait_for_url("**/list.html")
    page.wait_for_selector("#rows tr[data-row]")
    assert page.locator("[name=department]").input_value() == ""
