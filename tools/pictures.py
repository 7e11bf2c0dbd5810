"""Takes the pictures of README and docs from a real, running demo house: ``make pictures``.

It makes the demo hospital in a temporary folder, serves it on a free port, logs in through the browser as the demo's
people, and writes ``docs/pictures/NAME.png``. With names as arguments only those are taken. Needs Chromium
(``WARDWRIGHT_CHROMIUM`` or /usr/bin/chromium).
"""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).resolve().parents[1]
PICTURES = ROOT / "docs" / "pictures"
CHROMIUM = os.environ.get("WARDWRIGHT_CHROMIUM", "/usr/bin/chromium")
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--lang=en-GB"]
LARGEST = 150_000
DESK, PHONE = {"width": 1280, "height": 640}, {"width": 390, "height": 844}


# What a ward's list looks like: a title above the headings, another language, two spellings of a maker, a sub-total.
REGISTER = """Geräteliste Station 4;;;;;;
;;;;;;
Inventarnr.;Gerät;Hersteller;Typ;Seriennummer;Station;Letzte Wartung
M-4001;Infusionspumpe;B.Braun;Infusomat Space;118822;Innere 4;13.01.2026
M-4002;Infusionspumpe;B. Braun Melsungen AG;Infusomat Space;118823;Innere 4;13.01.2026
M-4003;Patientenmonitor;Philips;IntelliVue MX450;DE4412907;Innere 4;02.03.2026
M-4004;Defibrillator;ZOLL;R Series;AF18K042;Innere 4;k.A.
Summe;4;;;;;
"""


@dataclass(frozen=True)
class Picture:
    """One picture: who looks (nobody: without a log-in), where; ``follow`` is a pattern of the first link to go on to
    from there, with ``upload`` a file is given to the form there, ``press`` is a button to press then."""

    name: str
    who: str
    address: str
    follow: str = ""
    phone: bool = False
    dark: bool = False
    upload: bool = False
    press: str = ""


SHOWN = (
    Picture("my-day", "tina", "/"),
    Picture("my-day-phone", "tina", "/", phone=True),
    Picture("my-day-head", "hanna", "/"),
    Picture("devices", "sam", "/devices/"),
    Picture("devices-dark", "sam", "/devices/", dark=True),
    Picture("devices-phone", "sam", "/devices/", phone=True),
    Picture("device", "sam", "/devices/?q=ventilator&status=in_service", r"^/devices/\d+/$"),
    Picture("device-phone", "sam", "/devices/?q=ventilator&status=in_service", r"^/devices/\d+/$", phone=True),
    Picture("work", "sam", "/work/"),
    Picture("calendar", "hanna", "/work/calendar/"),
    Picture("perform", "tina", "/", r"^/work/\d+/(perform/)?$"),
    Picture("perform-phone", "tina", "/", r"^/work/\d+/(perform/)?$", phone=True),
    Picture("import", "sam", "/imports/new/", upload=True),
    Picture("import-check", "sam", "/imports/new/", upload=True, press="form .btn-primary"),
    Picture("plans", "sam", "/plans/"),
    Picture("merge-queue", "sam", "/merge-queue/"),
    Picture("compliance", "hanna", "/compliance/"),
    Picture("compliance-phone", "hanna", "/compliance/", phone=True),
    Picture("audit", "hanna", "/audit/"),
    Picture("portal-phone", "", "/help?tag=EQ-000001", phone=True),
    Picture("desk", "hanna", "/requests/"),
    Picture("notice", "rosa", "/notices/?state=open", follow=r"/notices/cases/\d+/"),
    Picture("scope", "rosa", "/notices/texts/1/"),
    Picture("report", "hanna", "/reports/repair-times/"),
    Picture("lookback", "hanna", "/lookbacks/", r"^/lookbacks/\d+/$"),
    Picture("analyser-file", "tina", "/results/", r"^/results/\d+/$"),
    Picture("count-phone", "tina", "/counts/", r"^/counts/\d+/$", phone=True),
)


@contextmanager
def demo_house() -> Iterator[tuple[str, str]]:
    """A demo hospital of its own, served; gives its address and the password of its people."""
    home = Path(tempfile.mkdtemp(prefix="wardwright-pictures-"))
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {**os.environ, "WARDWRIGHT_HOME": str(home), "WARDWRIGHT_DATABASE_URL": ""}
    wardwright = [sys.executable, "-m", "wardwright.config.cli"]
    server = None
    try:
        demo = [*wardwright, "demo", "--seed", "1", "--assets", "1500"]
        told = subprocess.run(demo, env=environment, check=True, stdout=subprocess.PIPE, text=True).stdout
        password = told.rpartition("The password of each is ")[2].strip()
        server = subprocess.Popen(
            [*wardwright, "serve", "--processes", "1", "--port", str(port)], env=environment, stdout=subprocess.DEVNULL
        )
        address = f"http://127.0.0.1:{port}"
        wait_for(f"{address}/alive", server)
        yield address, password
    finally:
        if server is not None:
            server.terminate()
            server.wait(30)
        shutil.rmtree(home, ignore_errors=True)


def wait_for(address: str, server: subprocess.Popen, seconds: int = 120) -> None:
    for _ in range(seconds * 4):
        if server.poll() is not None:
            raise SystemExit("The server ended before it answered.")
        try:
            urllib.request.urlopen(address, timeout=5).close()  # noqa: S310 - our own server
            return
        except (urllib.error.URLError, OSError):
            time.sleep(0.25)
    raise SystemExit(f"{address} did not answer within {seconds} seconds.")


def log_in(browser: Browser, address: str, password: str, picture: Picture) -> Page:
    """A page in a window of its own, logged in if somebody is named."""
    context = browser.new_context(
        base_url=address,
        viewport=PHONE if picture.phone else DESK,
        has_touch=picture.phone,
        is_mobile=picture.phone,
        color_scheme="dark" if picture.dark else "light",
        locale="en-GB",
        timezone_id="UTC",
        reduced_motion="reduce",
    )
    page = context.new_page()
    if not picture.who:
        return page
    page.goto("/login/")
    page.fill("[name=username]", picture.who)
    page.fill("[name=password]", password)
    page.click("form button[type=submit], form .btn-primary")
    page.wait_for_load_state("networkidle")
    return page


def take(browser: Browser, address: str, password: str, picture: Picture) -> str:
    """Take one picture; returns what was wrong, or nothing."""
    page = log_in(browser, address, password, picture)
    faults: list[str] = []
    page.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: faults.append(str(error)))
    try:
        answer = page.goto(picture.address)
        if picture.follow:
            target = first_link(page, picture.follow)
            if target is None:
                return f"no link like {picture.follow} on {picture.address}"
            answer = page.goto(target)
        if picture.upload:
            file = {"name": "geraete-station-4.csv", "mimeType": "text/csv", "buffer": REGISTER.encode("cp1252")}
            page.set_input_files("input[type=file]", files=[file])
            submit(page, "form .btn-primary")
        if picture.press:
            submit(page, picture.press)
        page.wait_for_load_state("networkidle")
        if answer is None or answer.status != 200:
            return f"{page.url} answered {answer and answer.status}"
        if page.evaluate("document.documentElement.scrollWidth > window.innerWidth + 1"):
            faults.append("the page is wider than its window")
        data = page.screenshot(path=PICTURES / f"{picture.name}.png")
        if len(data) > LARGEST:
            faults.append(f"{len(data) // 1000} kB, more than {LARGEST // 1000}")
        return "; ".join(faults)
    finally:
        page.context.close()


def submit(page: Page, button: str) -> None:
    """Press a button that leads to another page, and wait for it."""
    before = page.url
    page.click(f"main {button}")
    page.wait_for_url(lambda url: url != before)


def first_link(page: Page, pattern: str) -> str | None:
    links = page.eval_on_selector_all("main a[href]", "links => links.map(link => link.getAttribute('href'))")
    return next((link for link in links if re.search(pattern, link.split("?")[0])), None)


def main() -> int:
    wanted = [picture for picture in SHOWN if not sys.argv[1:] or picture.name in sys.argv[1:]]
    if not wanted:
        print(f"No such picture; there are: {', '.join(picture.name for picture in SHOWN)}")
        return 2
    if not Path(CHROMIUM).exists():
        print(f"There is no browser at {CHROMIUM}: install Chromium, or set WARDWRIGHT_CHROMIUM.")
        return 1
    PICTURES.mkdir(parents=True, exist_ok=True)
    wrong = 0
    with demo_house() as (address, password), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        for picture in wanted:
            problem = take(browser, address, password, picture)
            wrong += bool(problem)
            print(f"{picture.name}: {problem or 'taken'}", flush=True)
        browser.close()
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
