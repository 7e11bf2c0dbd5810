"""Every page in a language that nobody speaks: what is still English was never marked, or is not collected.

The catalogue is made on the fly from what ``tools/messages.py`` collects, each letter as its full-width twin, so that
“Save” is still read and no longer spelt the same. What stays in plain letters has to come from a row of the database,
to be marked as another language, or to be no word of a language: a code, an abbreviation, a unit, an address.
"""

from __future__ import annotations

import re
import sys
from html.parser import HTMLParser
from pathlib import Path

import django
import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po
from django.apps import apps
from django.conf import locale
from django.db import models

from tests import factories, world
from wardwright.apps.assets.models import AssetCode
from wardwright.apps.helpdesk.models import Request
from wardwright.config import setup  # noqa: F401 - its steps are among the choices of the audit page, like the next one's
from wardwright.demo import load  # noqa: F401
from wardwright.kernel.risk import presets
from wardwright.platform.access.guardrails import GUARDRAILS
from wardwright.platform.access.permissions import PERMISSIONS
from wardwright.platform.audit.operation import OPERATIONS
from wardwright.platform.core.words import home_words, step_words

from .addresses import addresses
from .test_urls import client_of, named

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tools"))
import messages

pytestmark = pytest.mark.django_db
LANGUAGE = "xx"
WIDE = {ord(letter): ord(letter) + 0xFEE0 for letter in "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"}
KEPT = re.compile(r"%\(\w+\)\w|%\w|\{\w*\}|<[^>]*>|&#?\w+;")
#: Not of a language: products, symbols of units and of statistics, keys.
NO_WORDS = {"Wardwright", "SQLite", "PostgreSQL", "Debian", "mm", "min", "h", "kB", "dpi", "n"}
NO_WORDS |= {"Ctrl", "Esc", "Enter", "Shift"}
SHOWN_ATTRIBUTES = {"title", "placeholder", "aria-label", "alt", "data-tip", "data-label", "data-confirm-words"}
UNREAD = {"script", "style", "code", "kbd", "pre", "textarea"}
PLAIN = re.compile(r"(?<![\w./@:_-])[A-Za-z]*[a-z][A-Za-z]*(?![\w/@_=]|[.:-]\w)")


def wide(text: str) -> str:
    """``text`` in full-width letters; placeholders, tags and entities as they are."""
    parts, at = [], 0
    for kept in KEPT.finditer(text):
        parts += [text[at : kept.start()].translate(WIDE), kept.group(0)]
        at = kept.end()
    return "".join([*parts, text[at:].translate(WIDE)])


def catalogue() -> Catalog:
    """Our words and Django's own."""
    made = Catalog(locale="en")
    own = Path(django.__file__).parent.rglob("locale/en/LC_MESSAGES/django.po")
    for source in (messages.template(), *(read_po(path.open("rb"), locale="en") for path in own)):
        for message in source:
            if message.id:
                ids = message.id if isinstance(message.id, tuple) else (message.id,)
                words = tuple(map(wide, ids))
                made.add(message.id, words if len(words) > 1 else words[0], context=message.context)
    return made


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    made = tmp_path_factory.mktemp("locale")
    target = made / LANGUAGE / "LC_MESSAGES" / "django.mo"
    target.parent.mkdir(parents=True)
    target.write_bytes(messages.mo_bytes(catalogue()))
    return made


@pytest.fixture
def nobodys_language(settings, folder, monkeypatch):
    name = {"bidi": False, "code": LANGUAGE, "name": "xx", "name_local": "ｘｘ"}
    monkeypatch.setitem(locale.LANG_INFO, LANGUAGE, name)
    settings.LOCALE_PATHS = [folder]
    settings.LANGUAGES = [*settings.LANGUAGES, (LANGUAGE, "xx")]


class Reader(HTMLParser):
    """What a person can see or hear of a page, piece by piece."""

    def __init__(self) -> None:
        super().__init__()
        self.pieces: list[str] = []
        self.unread: list[str] = []

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        if tag in UNREAD or ("lang" in given and tag != "html") or "code" in (given.get("class") or "").split():
            self.unread.append(tag)
        self.pieces += [given[name] for name in SHOWN_ATTRIBUTES & given.keys() if given[name]]

    def handle_endtag(self, tag):
        if self.unread and self.unread[-1] == tag:
            self.unread.pop()

    def handle_data(self, data):
        if data.strip() and not self.unread:
            self.pieces.append(" ".join(data.split()))


def typed_texts() -> re.Pattern[str]:
    """What rows say: whole values of columns without fixed choices (those have words of their own), the imported file,
    the shipped names of the risk presets, languages in their own words, and what other tests declare.
    """
    found = declared_by_tests() | {info["name_local"] for info in locale.LANG_INFO.values() if "name_local" in info}
    found |= {f"Preset {code}" for code, _figure in presets()} | set(re.split(r"[;\n]", world.REGISTER.decode()))
    for model in apps.get_models():
        names = [
            field.name
            for field in model._meta.concrete_fields
            if isinstance(field, models.CharField | models.TextField) and not field.choices
        ]
        for row in model._default_manager.values_list(*names) if names else ():
            found |= {" ".join(str(value).split()) for value in row if value and re.search("[a-z]", str(value))}
    found |= {part.capitalize() for value in found for part in (value, value.split(".")[0])}
    longest_first = sorted(found - {""}, key=len, reverse=True)
    return re.compile("|".join(rf"(?<!\w){re.escape(one)}(?!\w)" for one in longest_first))


def declared_by_tests() -> set[str]:
    """Permissions, rules and operations of other tests of this process, which no catalogue knows."""
    found = {str(one.label) for one in (*PERMISSIONS.values(), *GUARDRAILS.values()) if "-test." in one.code}
    for name, run in OPERATIONS.items():
        if "tests" in run.__module__.split("."):
            found |= {step_words(name), home_words(name.split(".")[0])}
    return found


def plain_words(answer, data: re.Pattern[str]) -> list[str]:
    reader = Reader()
    reader.feed(answer.content.decode())
    found = []
    for piece in reader.pieces:
        words = [word for word in PLAIN.findall(data.sub(" ", piece)) if word not in NO_WORDS]
        found += [f"{' '.join(words)}  in: {piece[:100]}"] if words else []
    return list(dict.fromkeys(found))


@pytest.fixture(scope="module")
def house(built):
    """The values of the addresses, who reads, and what the rows say."""
    user = factories.make_user(permissions=["*"], language=LANGUAGE)
    codes = {
        "asset_code": AssetCode.objects.get(pk=built.here.values["asset_code_id"]).code,
        "ticket_code": Request.objects.get(pk=built.here.values["request_id"]).code,
    }
    return {**built.here.values, **codes, **world.whole_house(built)}, user, typed_texts()


@pytest.mark.parametrize("address", addresses(), ids=named)
def test_nothing_on_a_page_is_left_in_english(house, nobodys_language, address):
    values, user, data = house
    client = client_of(user)
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = LANGUAGE
    answers = [client.get(address.url(values), follow=True), client.post(address.url(values))]
    pages = [answer for answer in answers if answer.get("Content-Type", "").startswith("text/html")]
    assert "\n".join(words for page in pages for words in plain_words(page, data)) == ""
