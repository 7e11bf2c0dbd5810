"""A worker that is killed in the middle of a feed: what came stays, and the next goes on there."""

import json
import os
import subprocess
import sys
import threading

import pytest

from tests.platform.test_feeds import recalls
from tests.replay import openfda, source
from tests.served import ROOT

pytestmark = [
    pytest.mark.kill,
    pytest.mark.skipif(bool(os.environ.get("WARDWRIGHT_TEST_DATABASE_URL")), reason="its own house, on SQLite"),
]


def start(home, url):
    kept = {name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")}
    return subprocess.Popen(
        [sys.executable, "-m", "tests.kill.fetch_feed", url],
        env={
            **kept,
            "WARDWRIGHT_HOME": str(home),
            "WARDWRIGHT_DATABASE_URL": "",
            "WARDWRIGHT_FETCH_HOSTS": "127.0.0.1",
            "DJANGO_SETTINGS_MODULE": "wardwright.config.settings",
            "PYTHONPATH": f"{ROOT / 'src'}:{ROOT}",
        },
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    )


def test_killed_between_two_pages_it_goes_on_behind_the_last(tmp_path):
    bad = {"cfres_id": "", "res_event_number": "1", "product_description": "x"}
    asked, go_on = threading.Event(), threading.Event()
    with source() as served:
        answered = openfda([*recalls(4), bad, *recalls(9)[4:]], page=3)

        def waits(server, path, headers):
            if "search_after=6" in path and not go_on.is_set():
                asked.set()
                go_on.wait(60)
            return answered(server, path, headers)

        served.at["/device/recall.json"] = waits
        first = start(tmp_path / "house", f"{served.url}/device/recall.json")
        assert asked.wait(120)
        first.kill()
        assert first.wait() == -9
        go_on.set()
        served.asked.clear()
        second = start(tmp_path / "house", f"{served.url}/device/recall.json")
        told = json.loads(second.communicate(timeout=120)[0])
        assert [path.count("search_after=") for path in served.asked] == [1, 1]
    assert told["runs"] == [{"state": "done", "new": 9, "changed": 0, "unchanged": 0, "refused": 1}]
    assert told["refs"] == [f"Z-{n:04}-2024" for n in range(1, 10)]
    assert told["refusals"] == 1
