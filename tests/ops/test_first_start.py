"""The first start of all: a demo hospital is made, and what is served from it works at once."""

import re
import time
from http.cookiejar import CookieJar
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, Request, build_opener

from tests.served import environment_of, free_port, kill, own_database, started, wait_until_alive
from wardwright.demo import PASSWORD


def test_paper_can_be_printed_right_after_the_demo_hospital_was_made(tmp_path):
    """The typesetter's threads do not outlive a fork: made in the process that serves, no sheet would ever come."""
    environment, port = environment_of(tmp_path, own_database("first_start")), free_port()
    server = started(environment, "run", "--port", str(port), "--assets", "30")
    try:
        while "is at http" not in (tmp_path / "said.txt").read_text():
            assert server.poll() is None, (tmp_path / "said.txt").read_text()[-2000:]
            time.sleep(0.2)
        wait_until_alive(server, port, environment)
        house, browser = f"http://127.0.0.1:{port}", build_opener(HTTPCookieProcessor(CookieJar()))
        page = browser.open(f"{house}/login/", timeout=30).read().decode()
        token = re.search(r'csrfmiddlewaretoken" value="([^"]+)"', page).group(1)
        given = urlencode({"csrfmiddlewaretoken": token, "username": "rosa", "password": PASSWORD}).encode()
        browser.open(Request(f"{house}/login/", given, {"Referer": f"{house}/login/"}), timeout=30)
        assert browser.open(f"{house}/notices/report/", timeout=60).read()[:5] == b"%PDF-"
    finally:
        kill(server)
