"""`wardwright limits`: one JSON object for a verdict, a refusal or the list, and exit codes; no house, no database."""

import json

import pytest
from click.testing import CliRunner

from wardwright.config.cli import main

SAFE = ["--standard", "IEC 62353", "--class", "I", "--test", "equipment_leakage", "--method", "direct"]


def run(*arguments: str) -> tuple[int, str]:
    done = CliRunner().invoke(main, ["limits", *arguments])
    return done.exit_code, done.output


def answer(*arguments: str) -> tuple[int, dict]:
    code, text = run(*arguments, "--json")
    return code, json.loads(text)


def test_a_verdict_in_full():
    asked = ("judge", "--standard", "iec 62353", "--edition", "2014", "--class", "i", "--applied-part", "none")
    more = (
        "--test",
        "equipment_leakage",
        "--method",
        "Direct",
        "--condition",
        "none",
        "--value",
        "0,51",
        "--unit",
        "mA",
    )
    assert answer(*asked, *more) == (
        0,
        {
            "ok": True,
            "verdict": "fail",
            "value": 510.0,
            "value_bound": "",
            "limit": 500.0,
            "unit": "µA",
            "bound": "high",
            "low": None,
            "high": 500.0,
            "inclusive": True,
            "margin": -10.0,
            "percent_of_limit": 102.0,
            "percent_used": 102.0,
            "because": "510 µA is above the limit of 500 µA.",
            "normalised": None,
            "standard": "IEC 62353",
            "edition": "2014",
            "clause": "5.3.3.2",
            "test": "equipment_leakage",
            "class": "I",
            "applied_part": "none",
            "method": "direct",
            "condition": "none",
            "equipment": "",
            "source": "four published summaries of IEC 62353",
            "verified": "V2",
            "verification": "two sources",
            "note": "",
            "valid_from": "2014-09-01",
            "valid_until": None,
            "unverified": False,
        },
    )


@pytest.mark.parametrize(
    ("value", "verdict", "number", "bound"),
    [
        (("500", "--unit", "µA"), "pass", 500.0, ""),
        (("500.1", "--unit", "uA"), "fail", 500.1, ""),
        (("<5", "--unit", "uA"), "pass", 5.0, "<"),
        (("> 600 µA",), "fail", 600.0, ">"),
        (("<0,6 mA", "--unit", "mA"), "undetermined", 600.0, "<"),
        (("0,0003", "--unit", "A"), "pass", 300.0, ""),
        (("1.000,5 µA", "--unit", "uA"), "fail", 1000.5, ""),
    ],
)
def test_readings_as_they_are_typed(value, verdict, number, bound):
    code, said = answer("judge", *SAFE, "--value", *value)
    assert (code, said["verdict"], said["value"], said["value_bound"]) == (0, verdict, number, bound)


def test_the_limit_of_insulation_is_a_low_one_and_of_nfpa_an_exclusive_one():
    insulation = ("judge", "--standard", "62353", "--class", "II", "--test", "insulation")
    said = answer(*insulation, "--value", ">200", "--unit", "MOhm")[1]
    assert [said[name] for name in ("verdict", "bound", "low", "high", "limit", "margin")] == [
        "pass", "low", 7.0, None, 7.0, 193.0]  # fmt: skip
    ground = ("judge", "--standard", "NFPA99", "--class", "I", "--test", "protective_earth", "--unit", "mOhm")
    assert [answer(*ground, "--value", value)[1]["verdict"] for value in ("499", "500")] == ["pass", "fail"]
    assert answer(*ground, "--value", "500")[1]["inclusive"] is False


def test_the_day_the_kind_and_the_mains_count():
    nfpa = ("judge", "--standard", "NFPA 99", "--class", "I", "--test", "touch_current", "--condition", "NC")
    years = [answer(*nfpa, "--value", "200 uA", "--on", day)[1]["edition"] for day in ("2011-12-31", "2012-01-01")]
    assert years == ["2005", "2012"]
    earth = ("judge", "--standard", "62353", "--class", "I", "--test", "protective_earth", "--value", "0.25 Ohm")
    kinds = [answer(*earth, "--equipment", kind)[1]["limit"] for kind in ("", "without_cord", "cord_alone")]
    assert kinds == [0.3, 0.2, 0.1]
    said = answer("judge", *SAFE, "--value", "520 uA", "--mains-volts", "239,2", "--nominal-volts", "230")[1]
    assert (said["value"], said["verdict"], said["unverified"], said["verified"]) == (500.0, "pass", True, "V2")
    assert said["normalised"] == {"measured": 520.0, "verified": "M"}


@pytest.mark.parametrize(
    ("more", "code", "words", "known"),
    [
        (("--condition", "NC", "--value", "5 uA"), "unknown-limit", "knows no normal and single-fault", 1),
        (("--edition", "1999", "--value", "5 uA"), "unknown-limit", "there are: 2007, 2014", 20),
        (("--class", "IP", "--value", "5 uA"), "not-applicable", "no mains part", 4),
        (("--class", "III", "--value", "5 uA"), "invalid", "is none of: I, II, IP", 0),
        (("--value", "five"), "invalid", "is not a reading", 0),
        (("--value", "1,234 mA"), "invalid", "can be 1234 or 1.2340", 0),
        (("--value", "5"), "invalid", "without a unit", 0),
        (("--value", "5", "--unit", "V"), "invalid", "the limit in", 0),
        (("--value", "5 mA", "--unit", "uA"), "invalid", "leave one out", 0),
        (("--value", "-5 uA"), "invalid", "without a sign", 0),
        (("--value", "5 uA", "--mains-volts", "230"), "invalid", "give both", 0),
    ],
)
def test_what_cannot_be_judged_is_refused_in_words(more, code, words, known):
    status, said = answer("judge", *SAFE, *more)
    assert (status, said["ok"], said["error"]["code"], len(said["known"])) == (2, False, code, known)
    assert words in said["error"]["message"] and said["error"]["way_forward"]


def test_in_words():
    code, text = run("judge", *SAFE, "--value", "0.3 mA")
    assert (code, text) == (
        0,
        "pass: 300 µA is not above the limit of 500 µA.\n"
        "IEC 62353:2014, 5.3.3.2. Checked in: two sources (four published summaries of IEC 62353).\n",
    )
    code, text = run("judge", *SAFE, "--class", "IP", "--value", "0.3 mA")
    assert code == 2 and text.endswith("test it by its class there. Mark the test as not applicable.\n")


def test_the_list():
    code, said = answer("list", "--standard", "IEC 62353", "--test", "equipment_leakage", "--class", "II")
    assert (code, said["count"]) == (0, 2)
    assert [(row["method"], row["limit"], row["verified"]) for row in said["limits"]] == [
        (["direct", "differential"], 100.0, "V2"),
        (["alternative"], 500.0, "V1"),
    ]
    assert answer("list")[1]["count"] == 97
    assert answer("list", "--standard", "IEC 1")[0] == 2
    assert run("list", "--standard", "es1", "--test", "touch_current")[1] == (
        "ANSI/AAMI ES1:1993   touch_current              I/II NC ≤ 100 µA  [unverified]\n"
        "ANSI/AAMI ES1:1993   touch_current              I/II SFC ≤ 500 µA  [unverified]\n"
    )
