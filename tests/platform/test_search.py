"""Word search: both databases find the same rows, by whole words and by words half typed, whatever is typed."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from tests import factories
from wardwright.apps.assets.models import Asset
from wardwright.platform.audit.operation import open_change
from wardwright.platform.core.change import System
from wardwright.platform.search import text as word_search
from wardwright.platform.search.text import match, normalise, words_of


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("Dräger  Evita-4", "drager evita 4"),
        ("STRASSE Straße", "strasse strasse"),
        ("Łódź Ørsted œuvre", "lodz orsted oeuvre"),
        ("ﬁlter µA ½", "filter μa 1 2"),
        ("a_b.c/d", "a b c d"),
        ("", ""),
        ("\x00'\"; DROP", "drop"),
    ],
)
def test_text_is_folded_to_plain_words(text, plain):
    assert normalise(text) == plain


def test_normalising_twice_changes_nothing():
    assert normalise(normalise("Größe 12½ Ǆ İ ẞ")) == normalise("Größe 12½ Ǆ İ ẞ")


def test_a_query_has_eight_different_words_at_most():
    assert words_of("b a b") == ["b", "a"]
    assert len(words_of(" ".join(f"w{n}" for n in range(20)))) == 8


@pytest.mark.django_db
class TestMatch:
    @pytest.fixture(autouse=True)
    def devices(self):
        known = {"V1": "Dräger Evita V500 SN-42/7", "V2": "Draeger Babylog", "P1": "B. Braun Perfusor Space"}
        for tag, text in known.items():
            factories.make_asset(tag=tag, search_text=normalise(text))

    @pytest.fixture(autouse=True, params=[1, 1000], ids=["two are many", "a thousand are few"])
    def few(self, request, monkeypatch):
        """Which of two ways PostgreSQL answers depends on how many there are; the answer does not."""
        monkeypatch.setattr(word_search, "FEW", request.param)

    def tags(self, query: str) -> list[str]:
        return sorted(match(Asset.objects.all(), query).values_list("tag", flat=True))

    @pytest.mark.parametrize(
        ("query", "found"),
        [
            ("drager", ["V1"]),
            ("DRÄ", ["V1", "V2"]),
            ("dra", ["V1", "V2"]),
            ("evita drager", ["V1"]),
            ("vita", []),
            ("sn-42", ["V1"]),
            ("42/7", ["V1"]),
            ("v500", ["V1"]),
            ("b", ["P1"]),
            ("ba", ["V2"]),
            ("b space", ["P1"]),
            ("B. Braun", ["P1"]),
            ("", []),
            ("  -- ", []),
            ("'\"; DROP TABLE", []),
            ("evita:*", ["V1"]),
            ("evita braun", []),
            ("evita & !braun", []),
            ("NEAR(evita)", []),
        ],
    )
    def test_every_word_is_found_whole_if_it_exists_and_as_a_prefix_if_not(self, query, found):
        assert self.tags(query) == found

    def test_the_index_follows_a_change_and_a_removal(self):
        with open_change("test.change", System()):
            Asset.objects.filter(tag="V1").update(search_text="renamed")
            Asset.objects.filter(tag="V2").delete()
        assert (self.tags("drager"), self.tags("renamed"), self.tags("babylog")) == ([], ["V1"], [])

    def test_it_stays_within_what_the_reader_may_see(self):
        stranger = factories.make_user(permissions=["assets.view"], scope=("site", 0))
        assert list(match(Asset.objects.visible_to(stranger), "drager")) == []


class TestAnyText(TestCase):
    @settings(max_examples=40, deadline=None)
    @given(text=st.text(max_size=40), junk=st.text(max_size=30))
    def test_what_was_written_is_found_by_each_of_its_words_and_no_query_breaks(self, text, junk):
        asset = factories.make_asset(search_text=normalise(text))
        for word in normalise(text).split():
            assert asset in match(Asset.objects.all(), word), word
            assert asset in match(Asset.objects.all(), word[: max(1, len(word) // 2)]), word
        list(match(Asset.objects.all(), junk))
