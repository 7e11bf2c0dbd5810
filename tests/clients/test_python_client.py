"""The client for Python against a served house: its README runs, and what arrives often has one effect."""

from __future__ import annotations

import importlib.util
import re
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from types import ModuleType

import httpx
import pytest

from tests.served import ROOT, environment_of, own_database, serving, told

FOLDER = ROOT / "clients" / "python"


def _module() -> ModuleType:
    spec = importlib.util.spec_from_file_location("wardwright_client", FOLDER / "wardwright_client.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["wardwright_client"] = module
    spec.loader.exec_module(module)
    return module


wardwright_client = _module()
Client, Problem, is_ours = wardwright_client.Client, wardwright_client.Problem, wardwright_client.is_ours


class House:
    """A served house with one site, and a token of its administrator."""

    def __init__(self, url: str, token: str):
        self.url, self.token = url, token

    def client(self, **given) -> Client:
        return Client(self.url, token=self.token, **given)


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    environment = environment_of(tmp_path_factory.mktemp("house"), own_database("client"))
    assert told(environment, "init")[0] == 0
    token = told(environment, "token", "create", "admin", "--label", "test")[1]["token"]
    with serving(environment, "--no-worker") as (_server, port):
        found = House(f"http://127.0.0.1:{port}", token)
        with found.client() as client:
            client.create("sites", code="MAIN", name="Main hospital")
        yield found


def test_the_examples_of_the_readme_run_one_after_the_other(house, capsys):
    examples = re.findall(r"^```python\n(.*?)^```", (FOLDER / "README.md").read_text(), re.MULTILINE | re.DOTALL)
    names = {"ADDRESS": house.url, "TOKEN": house.token}
    for example in examples:
        exec(compile(example, "README.md", "exec"), names)
    said = capsys.readouterr().out
    assert re.search(r"^\S+ in_progress$", said, re.MULTILINE)
    assert re.search(r"^412 This was changed meanwhile by Administrator", said, re.MULTILINE)
    assert "invalid A new device cannot begin with this status." in said
    assert "not from Wardwright" in said


def device(client: Client, **values: str):
    site = next(client.list("sites"))
    return client.create("assets", site_id=site["id"], maker="M", model="One", device_type="Pump", values=values)


def test_pages_are_followed(house):
    with house.client() as client:
        made = {device(client, serial=f"PAGE-{n}")["id"] for n in range(5)}
        assert made <= {row["id"] for row in client.list("assets", limit=2)}


def test_a_key_that_arrives_eight_times_at_once_has_one_effect(house):
    with house.client() as client:
        asset = device(client, serial="ONCE")
    headers = {"Authorization": f"Bearer {house.token}", "Idempotency-Key": "eight"}
    body = {"asset_id": asset["id"], "title": "No alarm tone"}

    def send(_: int) -> httpx.Response:
        return httpx.post(f"{house.url}/api/v1/work-orders/problem", json=body, headers=headers, timeout=60)

    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(send, range(8)))
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.content for answer in answers}) == 1
    with house.client() as client:
        assert len(list(client.list("work-orders", asset_id=asset["id"]))) == 1


def test_of_eight_writers_over_the_same_state_one_wins(house):
    with house.client() as client:
        asset = device(client, serial="RACE")

        def edit(number: int) -> int:
            try:
                client.change("assets", asset, values={"notes": f"writer {number}"})
            except Problem as problem:
                return problem.status
            return 200

        with ThreadPoolExecutor(8) as threads:
            outcomes = sorted(threads.map(edit, range(8)))
        assert outcomes == [200] + [412] * 7
        assert client.get("assets", asset["id"])["version"] == asset["version"] + 1


class Losing(httpx.HTTPTransport):
    """A network that loses the first answers after the server has acted."""

    def __init__(self, times: int):
        super().__init__()
        self.times = times

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        answer = super().handle_request(request)
        if self.times:
            self.times -= 1
            answer.read()
            answer.close()
            raise httpx.ReadError("the connection was lost")
        return answer


def test_a_write_whose_answer_was_lost_is_sent_again_and_done_once(house, monkeypatch):
    monkeypatch.setattr(wardwright_client.time, "sleep", lambda seconds: None)
    with house.client() as client:
        asset = device(client, serial="LOST")
    with house.client(transport=Losing(2)) as client:
        client.call("work-orders", None, "problem", asset_id=asset["id"], title="No alarm tone")
    with house.client() as client:
        assert len(list(client.list("work-orders", asset_id=asset["id"]))) == 1


def test_a_refusal_is_a_problem(house):
    with house.client() as client, pytest.raises(Problem) as refused:
        client.get("assets", 10**9)
    assert (refused.value.status, refused.value.kind) == (404, "not-found")
    with Client(house.url, token="ww_wrong") as client, pytest.raises(Problem, match="Log in first"):
        next(client.list("assets"))


def test_signatures_of_webhooks():
    from wardwright.platform.notify.webhooks.signing import signature

    body, now = b'{"id": "evt_1"}', 1_800_000_000
    header = signature("whsec_x", body, now)
    assert is_ours("whsec_x", header, body, now=now + 10)
    assert not is_ours("whsec_x", header, body, now=now + 301)
    assert not is_ours("whsec_y", header, body, now=now)
    assert not is_ours("whsec_x", header, body + b" ", now=now)
    for wrong in ("", "t=x,v1=y", "v1=1", f"t={now}"):
        assert not is_ours("whsec_x", wrong, body, now=now)
