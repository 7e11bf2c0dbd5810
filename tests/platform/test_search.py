"""Word search: both databases find the same rows, by whole words and by words half typed, whatever is typed."""

import random

import pytest
from django.db import connection
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from tests import factories
from wardwright.apps.assets.models import Asset
from wardwright.apps.directory.models import Company
from wardwright.platform.audit.operation import open_change
from wardwright.platform.core.change import System
from wardwright.platform.core.keyset import capped_count, keyset_page
from wardwright.platform.search import matching
from wardwright.platform.search.matching import match
from wardwright.platform.search.names import NamedBy
from wardwright.platform.search.text import fold, normalise, words_of


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("Dräger  Evita-4", "drager evita 4"),
        ("STRASSE Straße", "strasse strasse"),
        ("Łódź Ørsted œuvre", "lodz orsted oeuvre"),
        ("ﬁlter µA ½", "filter μa 1 2"),
        ("a_b.c/d", "a b c d"),
        ("𝋠0 Ⅷ m²", "0 viii m2"),
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
        """How it is asked depends on how many there are; the answer does not."""
        monkeypatch.setattr(matching, "FEW", request.param)
        monkeypatch.setattr(matching, "SORTED", request.param)

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


WORDS = ["infusion", "pump", "syringe", "ventilator", "v500", "drager", "dragerwerk", "0012", "00123", "ward", "b"]


@pytest.mark.django_db
class TestAgainstLookingAtEveryRow:
    """Random registers: every page of every order is what looking at each visible row gives, however it is asked."""

    @pytest.fixture(autouse=True, params=[(3, 2), (1000, 64)], ids=["all is many", "all is few"])
    def thresholds(self, request, monkeypatch):
        few, sample = request.param
        monkeypatch.setattr(matching, "FEW", few)
        monkeypatch.setattr(matching, "SORTED", few)
        monkeypatch.setattr(matching, "SAMPLE", sample)
        monkeypatch.setattr(matching, "_counted", {})

    @pytest.fixture(params=[1, 2])
    def draw(self, request):
        return random.Random(request.param)

    @pytest.fixture
    def register(self, draw):
        """Some words nearly every device has, some few; in one part of the register other words than in the rest."""
        sites = [factories.make_site(), factories.make_site()]
        departments = [factories.make_department(site=draw.choice(sites)) for _ in range(6)]
        for number in range(150):
            department = draw.choice(departments)
            often = WORDS[:6] if number < 60 else WORDS[4:]
            said = ["ward"] * (draw.random() < 0.9) + draw.sample(often, draw.randrange(4))
            factories.make_asset(
                tag=f"T{draw.randrange(10**6)}-{number}",
                site=department.site,
                department=department,
                status=draw.choice(["in_service", "in_store"]),
                search_text=" ".join(said),
            )
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
        return sites, departments

    @pytest.fixture
    def readers(self, register):
        sites, departments = register
        limits = [(), ("site", sites[0].pk), ("department", departments[0].pk), ("site", 0)]
        return [factories.make_user(permissions=["assets.view"], **({"scope": at} if at else {})) for at in limits]

    def test_all_pages_of_all_orders(self, draw, readers):
        rows = list(Asset.objects.all())
        everything = [row.search_text.split() for row in rows]
        for _ in range(8):
            words = draw.sample(WORDS, draw.choice([1, 1, 2, 3]))
            query = " ".join(word[: draw.choice([2, 3, 4, 9, 9, 9])] for word in words)
            for reader in readers:
                seen = set(Asset.objects.visible_to(reader).values_list("pk", flat=True))
                meant = [row for row in rows if row.pk in seen and _has_all(row, query, everything)]
                for order in ("id", "-id", "tag", "-tag", "status"):
                    key = lambda row, field=order.lstrip("-"): (getattr(row, field), row.pk)
                    expected = [row.pk for row in sorted(meant, key=key, reverse=order.startswith("-"))]
                    assert _all_pages(reader, query, order) == expected, (query, order)
                found = match(Asset.objects.visible_to(reader), query)
                assert capped_count(found, 10) == (min(len(meant), 10), len(meant) > 10)
                in_service = {row.pk for row in meant if row.status == "in_service"}
                assert set(found.filter(status="in_service").values_list("pk", flat=True)) == in_service


@pytest.mark.django_db
def test_little_waits_to_be_sorted_into_the_index():
    """Every search reads through what waits, so it must not grow to what PostgreSQL takes for enough (4 MB)."""
    if connection.vendor != "postgresql":
        pytest.skip("FTS5 sorts in at once")
    asset, draw = factories.make_asset(), random.Random(1)
    for _ in range(150):
        text = " ".join(f"{draw.randrange(16**8):08x}" for _ in range(100))
        with open_change("test.change", System()):
            Asset.objects.filter(pk=asset.pk).update(search_text=text)
    with connection.cursor() as cursor:
        cursor.execute("SELECT gin_clean_pending_list('assets_asset_words')")
        assert cursor.fetchone()[0] <= 10  # pages of 8 kB


def _has_all(row, query, everything):
    words = row.search_text.split()
    return all(
        word in words if any(word in other for other in everything) else any(w.startswith(word) for w in words)
        for word in words_of(query)
    )


def _all_pages(reader, query, order):
    found, cursor = [], ""
    while True:
        rows = match(Asset.objects.visible_to(reader).with_names(), query)
        page = keyset_page(rows, order, cursor=cursor, size=7, columns={"id", order.lstrip("-")})
        found += [row["id"] for row in page.rows]
        cursor = page.next_cursor
        if not cursor:
            return found


@pytest.mark.django_db
class TestNames:
    NAMES = (
        "Dräger",
        "DRAGER UK",
        "Øresund Ærø GmbH",
        "Łódź medical",
        "B. Braun",
        "100% Care_it",
        "",
        "Straße",
        "Côte",
    )

    @pytest.fixture(autouse=True)
    def companies(self):
        for number, name in enumerate(self.NAMES):
            factories.make_company(name=name, country=self.NAMES[-number], key=f"key {number}")

    @pytest.mark.parametrize(
        "text",
        ["drager", "DRÄ", "ager uk", "oresund", "aero", "lodz", "lódz MED", "b braun", "100", "care it", "%", "_",
         "strasse", "straße", "cote", "côte", "uk drager", "e", "", "zzz", "'; DROP"],
    )  # fmt: skip
    def test_as_folding_every_name_in_python_would_find_them(self, text):
        rows = Company.objects.filter(key__startswith="key ")
        words = words_of(text)
        for columns in (("name",), ("name", "country")):
            said = {row.name: fold(" ".join(getattr(row, column) for column in columns)) for row in rows}
            meant = {name for name, words_there in said.items() if words and all(w in words_there for w in words)}
            assert {row.name for row in NamedBy(*columns)(rows, text)} == meant
            begins = [fold(row.name).startswith(fold(text)) for row in NamedBy(*columns).best_first(rows, text)]
            assert begins == sorted(begins, reverse=True)


class TestAnyText(TestCase):
    @settings(max_examples=40, deadline=None)
    @given(text=st.text(max_size=40), junk=st.text(max_size=30))
    def test_what_was_written_is_found_by_each_of_its_words_and_no_query_breaks(self, text, junk):
        asset = factories.make_asset(search_text=normalise(text))
        for word in normalise(text).split():
            assert asset in match(Asset.objects.all(), word), word
            assert asset in match(Asset.objects.all(), word[: max(1, len(word) // 2)]), word
        list(match(Asset.objects.all(), junk))
