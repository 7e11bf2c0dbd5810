"""A technician takes a round in from the analyser's export: columns named, one wrong serial, one device that fails."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import expect

from tests.served import told

from .conftest import DESK, House
from .person import Person

pytestmark = pytest.mark.e2e
Visit = Callable[..., Person]
HEADINGS = (
    "Asset number,Serial number,Date,Tester,Analyser serial,Visual inspection,"
    "Protective earth (Ω),Insulation (MΩ),Equipment leakage direct (µA)"
)


def caller(house: House, username: str) -> httpx.Client:
    code, token = told(house.environment, "token", "create", username, "--label", "Results")
    assert code == 0, token
    return httpx.Client(base_url=house.url, headers={"Authorization": f"Bearer {token['token']}"}, timeout=30)


def rows(client: httpx.Client, path: str, **params: object) -> list[dict]:
    answer = client.get(path, params={"limit": 100, **params})
    assert answer.status_code == 200, answer.text
    return answer.json()["items"]


def test_a_round_is_taken_in(visit: Visit, house: House, tmp_path: Path) -> None:
    api = caller(house, "hanna")
    instrument = next(
        one
        for one in rows(api, "/api/v1/instruments")
        if one["name"] == "Electrical safety analyser" and one["calibration_due_on"] > time.strftime("%Y-%m-%d")
    )
    models = {one["id"] for one in rows(api, "/api/v1/device-models") if one["electrical_class"] == "I"}
    assets = rows(api, "/api/v1/assets", status="in_service", site_id=instrument["site_id"])
    round_of = [one for one in assets if one["device_model_id"] in models and one["serial"]][:5]
    assert len(round_of) == 5
    today = time.strftime("%Y-%m-%d")
    lines = [HEADINGS]
    for n, one in enumerate(round_of):
        serial, leakage = ("NO-SUCH" if n == 3 else one["serial"]), ("9000" if n == 4 else "40")
        lines.append(f"{one['tag']},{serial},{today} 00:0{n},T. Lang,{instrument['serial']},Pass,0.1,200,{leakage}")
    path = tmp_path / f"round-{time.time_ns()}.csv"
    path.write_text("\n".join(lines), encoding="utf-8")

    tina = visit(house, "tina", DESK)
    tina.open("/results/")
    tina.follow("Send a file")
    tina.page.set_input_files("input[type=file]", str(path))
    tina.press("Read it")
    if "/columns/" in tina.page.url:
        tina.press("Read the file by it")
    expect(tina.main.get_by_role("heading", level=1)).to_have_text("4 of 5 records can be taken in as they are")
    expect(tina.main.get_by_role("row").filter(has_text="NO-SUCH")).to_have_count(1)
    tina.press("Take only the 4 good ones in")
    expect(tina.main.get_by_role("heading", level=1)).to_have_text("0 of 1 record can be taken in as it is")
    for _ in range(60):  # a worker settles what was taken in
        opened = [
            one
            for one in rows(api, "/api/v1/work-orders", asset_id=round_of[4]["id"], kind="corrective")
            if one["title"].startswith("Failed:")
        ]
        if opened:
            break
        time.sleep(1)
    assert len([one for one in opened if "leakage" in one["title"].casefold()]) == 1

    tina.open("/results/send/")
    tina.page.set_input_files("input[type=file]", str(path))
    tina.press("Read it")
    expect(tina.main).to_contain_text("This very file came in before")
    assert re.search(r"/results/\d+/\?again=1", tina.page.url)
