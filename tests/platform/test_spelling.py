"""A mistyped word is understood as the nearest word that some name has; what is right, half typed or a number stays."""

import random
import string

import pytest

from tests import factories
from wardwright.apps.directory.models import Company
from wardwright.platform.audit.operation import open_change
from wardwright.platform.core.change import System
from wardwright.platform.search.models import Word
from wardwright.platform.search.spelling import corrected, learn_words

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def names():
    for name in ("Infusion pump", "Syringe pump", "Ventilator", "Defibrillator", "Hospital bed"):
        factories.make_type(name=name)
    for name in ("Dräger", "Müller & Söhne", "B. Braun", "3M"):
        factories.make_company(name=name)
    learn_words()


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("pmup", "pump"),
        ("infusoin", "Infusion"),
        ("INFUSOIN pmup", "Infusion pump"),
        ("draeger", "Dräger"),
        ("drager", ""),
        ("muler", "Müller"),
        ("difebrillator", "Defibrillator"),
        ("defibrilator EQ-000434", "Defibrillator EQ-000434"),
        ("pump", ""),
        ("venti", ""),
        ("bde", ""),
        ("EQ-000434", ""),
        ("v5oo", ""),
        ("xylophone", ""),
        ("", ""),
        ("'; DROP %_", ""),
    ],
)
def test_the_nearest_word_is_meant(typed, meant):
    assert corrected(typed) == meant


def test_the_words_follow_the_names():
    assert Word.objects.filter(word="braun").exists()
    with open_change("test.change", System()):
        Company.objects.filter(name="B. Braun").update(name="Baxter")
    assert learn_words() == {"learned": 1, "forgotten": 1}
    assert learn_words() == {"learned": 0, "forgotten": 0}
    assert list(Word.objects.filter(word__startswith="b").values_list("spelling", "names")) == [("Baxter", 1)]
    assert (corrected("bruan"), corrected("batxer")) == ("", "Baxter")


def test_a_word_that_more_names_have_is_nearer():
    assert Word.objects.get(word="pump").names == 2
    factories.make_type(name="Damp")
    learn_words()
    assert corrected("dump") == "Damp"  # as near as pump, and it begins alike
    assert corrected("xump") == "pump"


def test_any_slip_in_a_long_word_is_mended():
    draw = random.Random(5)
    for _ in range(200):
        letters = list("ventilator")
        at = draw.randrange(1, len(letters) - 1)
        slip = draw.choice(["lose", "double", "swap", "other"])
        if slip == "lose":
            del letters[at]
        elif slip == "double":
            letters.insert(at, letters[at])
        elif slip == "swap":
            letters[at - 1], letters[at] = letters[at], letters[at - 1]
        else:
            letters[at] = draw.choice(string.ascii_lowercase)
        typed = "".join(letters)
        assert corrected(typed) == ("" if typed == "ventilator" else "Ventilator"), typed
