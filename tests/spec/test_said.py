"""Sentences of the kernel: a text like any other, and a template with its values."""

import json
import pickle
from collections import Counter

import pytest

from wardwright.kernel.said import Said, fill, from_plain, in_a_row, say, say_n, to_plain


def test_a_sentence_is_the_english_text():
    said = say("There is no day {day} in month {month}.", day=31, month=2)
    assert (said, f"{said}", json.dumps(said)) == (
        *["There is no day 31 in month 2."] * 2,
        '"There is no day 31 in month 2."',
    )
    assert (said.templates, said.values) == (("There is no day {day} in month {month}.",), {"day": 31, "month": 2})
    assert Counter([said, str(said), say("There is no day {day} in month {month}.", day=31, month=2)]) == {said: 3}


@pytest.mark.parametrize(("n", "words"), [(0, "0 rows."), (1, "1 row."), (1234, "1,234 rows.")])
def test_a_count_chooses_between_one_and_many(n, words):
    assert say_n("{n:,} row.", "{n:,} rows.", n=n) == words


def test_sentences_stand_one_after_the_other_without_the_empty_ones():
    one, two = say("One."), say("Two.")
    both = in_a_row(one, "", two)
    assert (both, list(both.values.values()), in_a_row("", "")) == ("One. Two.", [one, two], "")


@pytest.mark.parametrize(
    "again", [lambda said: pickle.loads(pickle.dumps(said)), lambda said: from_plain(plain_of(said))]
)
def test_a_sentence_survives_being_put_away(again):
    said = in_a_row(
        say("There is {what}.", what=say("a cell in column {name}", name="XFD")), say_n("One.", "{n}.", n=2)
    )
    back = again(said)
    assert (back, back.templates, dict(back.values)) == (said, said.templates, dict(said.values))
    assert isinstance(next(iter(back.values.values())), Said)


def plain_of(value):
    return json.loads(json.dumps(to_plain(value)))


def test_sentences_anywhere_in_json_come_back_as_sentences():
    whole = {
        "reasons": {say("The row is empty."): 2, "an old one": 1},
        "rows": [{"why": say("No."), "row": 7}],
        "n": None,
    }
    back = from_plain(plain_of(whole))
    assert back == whole
    assert [type(key) for key in back["reasons"]] == [Said, str]
    assert type(back["rows"][0]["why"]) is Said


@pytest.mark.parametrize(
    "old",
    [
        "The row is empty.",
        {"say": ["{n}"], "values": {"m": 1}},
        {"say": 1, "values": {}},
        {"said keys": [1]},
        [{"say": []}],
    ],
)
def test_what_was_no_sentence_stays_as_it_is(old):
    assert from_plain(old) == old


def test_a_template_out_of_a_database_can_do_nothing_but_name_its_values():
    template = "{n.__class__} {n:999999999} {n!r} {n}"
    assert fill(template, {"n": 1}) == "{n.__class__} {n:999999999} {n!r} 1"
