"""``wardwright notices match`` and ``explain``: what the pages say, from the command line."""

import json

import pytest
from click.testing import CliRunner

from tests.factories import make_asset, make_company, make_model, make_notice, make_source, make_type
from wardwright.apps.assets.models import Asset
from wardwright.apps.notices import operations
from wardwright.apps.notices.models import Exposure, Search
from wardwright.config.cli import main
from wardwright.platform.core.change import System

pytestmark = pytest.mark.django_db
BY = System("test")
OTHER = {"maker": "Acme", "text": "Model W1: all units"}


@pytest.fixture(autouse=True)
def house(monkeypatch):
    monkeypatch.setattr("wardwright.config.cli.answer._require_house", lambda: None)


@pytest.fixture
def pumps():
    maker = make_company(name="CareFusion", key="carefusion", is_maker=True)
    model = make_model(maker=maker, name="Alaris 8100", device_type=make_type(name="Infusion pump"))
    return [make_asset(device_model=model, serial=serial, tag=f"P{n}") for n, serial in enumerate(("1001", "1251", ""))]


def run(*arguments):
    done = CliRunner().invoke(main, ["notices", *arguments])
    return done.exit_code, done.output


def told(*arguments):
    code, output = run(*arguments, "--json")
    return code, json.loads(output)


def notice(ref="Z-1234-2020", **given):
    return make_notice(ref=ref, **given)


def test_all_are_searched_for_and_what_differs_is_named(pumps):
    notice()
    notice("Z-2000-2020", **OTHER)
    code, said = told("match")
    assert (code, said["notices"], said["devices"], said["differences"]) == (0, 2, 3, 0)
    assert {name: said[name] for name in ("confirmed", "model_only", "review", "excluded")} == {
        "confirmed": 1, "model_only": 1, "review": 0, "excluded": 1,
    }  # fmt: skip
    from tests.factories import writes

    writes(lambda: Asset.objects.filter(tag="P1").update(serial="1250"))()
    code, said = told("match", "Z-1234-2020")
    (search,) = said["searches"]
    assert search["changes"] == [{"thing": "P1", "before": "excluded", "after": "confirmed"}]
    assert (said["confirmed"], search["ref"]) == (2, "Z-1234-2020")
    kept = Search.objects.get(pk=search["search_id"])
    assert (kept.cause, kept.by_name) == ("asked", "command line")


def test_in_words(pumps):
    notice()
    code, words = run("match", "z-1234-20")
    assert code == 0
    assert words == (
        "1 notice searched for among 3 devices, 0 lots, 0 patients' devices: 1 confirmed, 1 model only, 0 review, 1 "
        "excluded.\nZ-1234-2020: 1 is affected; 1 to be looked at.\n0 differ from the search before.\n"
    )


def test_nothing_to_search_for():
    assert told("match")[1]["notices"] == 0


@pytest.mark.parametrize(
    ("tag", "standing", "text"), [("P0", "confirmed", "1001-1250"), ("P1", "excluded", "1001-1250")]
)
def test_why_a_device_is_meant_or_not(pumps, tag, standing, text):
    row = notice()
    code, said = told("explain", "Z-1234-2020", tag)
    kept = Exposure.objects.get(asset__tag=tag)
    assert (code, said["standing"], said["span"]["text"]) == (0, standing, text)
    assert row.text[said["span"]["start"] : said["span"]["end"]] == text
    assert (said["reason"], said["score"], said["rung"]) == (str(kept.reason), kept.score, kept.rung)
    assert said["exposure"] == {"standing": standing, "decision": "open", "outcome": ""}
    words = run("explain", "Z-1234-2020", tag)[1]
    assert f"Z-1234-2020 ({row.source.name}): {standing}, found by" in words and str(kept.reason) in words


def test_a_device_without_its_serial_number(pumps):
    notice()
    assert told("explain", "Z-1234-2020", "P2")[1]["standing"] == "model_only"


def test_why_a_device_is_not_among_them(pumps):
    notice("Z-2000-2020", **OTHER)
    code, said = told("explain", "Z-2000-2020", "P0")
    assert (code, said["standing"], said["exposure"], said["span"]) == (0, "no_match", None, None)
    assert said["reason"] and said["rungs"]
    assert said["reason"] in run("explain", "Z-2000-2020", "P0")[1]


def test_of_several_sources_the_gravest_comes_first(pumps):
    notice(source=make_source(name="One"), text="Model 8100: serial numbers 5000-6000")
    notice(source=make_source(name="Two"))
    said = told("explain", "Z-1234-2020", "P0")[1]
    assert (said["source"], said["standing"]) == ("Two", "confirmed")
    assert [(one["source"], one["standing"]) for one in said["others"]] == [("One", "excluded")]


def test_what_a_person_decided_is_told(pumps):
    row = notice()
    exposure = Exposure.objects.get(asset=pumps[0])
    operations.decide_exposures(by=BY, exposure_ids=[exposure.pk], decision="cleared", reason="Other plate")
    assert told("explain", row.ref, "P0")[1]["exposure"]["decision"] == "cleared"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["match", "Z-9999-2020"], "There is no notice Z-9999-2020."),
        (["explain", "Z-9999-2020", "P0"], "There is no notice Z-9999-2020."),
        (["explain", "Z-1234-2020", "P9"], "There is no device P9."),
    ],
)
def test_what_is_not_known(pumps, arguments, words):
    notice()
    before = Search.objects.count()
    code, said = told(*arguments)
    assert (code, said["ok"], said["error"]["message"]) == (3, False, words)
    assert said["error"]["way_forward"] != ""
    assert Search.objects.count() == before
