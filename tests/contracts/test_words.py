"""Every page in a language that nobody speaks: what is still English was never marked, or is not collected.

The catalogue is made on the fly from what ``tools/messages.py`` collects, each letter as its full-width twin, so that
“Save” is still read and no longer spelt the same. What stays in plain letters has to come from a row of the database,
to be marked as another language, or to be no word of a language: a code, an abbreviation, a unit, an address.
"""

from __future__ import annotations

import ast
import json
import re
import sys
from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import cache, partial
from html.parser import HTMLParser
from pathlib import Path

import django
import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po
from django.apps import apps
from django.conf import locale
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import models
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from tests import factories, world
from wardwright.apps.assets.models import AssetCode
from wardwright.apps.helpdesk.models import Request
from wardwright.apps.maintenance.models import Rule
from wardwright.apps.maintenance.operations import record_results, set_service_hours
from wardwright.apps.maintenance.operations.rules import check_rule
from wardwright.config import setup  # noqa: F401 - its steps are among the choices of the audit page, like the next one's
from wardwright.demo import load  # noqa: F401
from wardwright.kernel.risk import INPUTS, presets
from wardwright.platform.access.guardrails import GUARDRAILS
from wardwright.platform.access.models import ApiToken
from wardwright.platform.access.permissions import PERMISSIONS
from wardwright.platform.access.tokens import token_digest
from wardwright.platform.audit.operation import OPERATIONS, open_change
from wardwright.platform.core import errors
from wardwright.platform.core.change import System
from wardwright.platform.core.errors import Invalid, Refused
from wardwright.platform.core.words import home_words, step_words
from wardwright.platform.exchange.models import ImportSession
from wardwright.platform.jobs.worker import work
from wardwright.platform.reports.declaration import REPORTS

from .addresses import addresses
from .test_urls import client_of, named

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tools"))
import messages

pytestmark = pytest.mark.django_db
LANGUAGE = "xx"
WIDE = {ord(letter): ord(letter) + 0xFEE0 for letter in "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"}
KEPT = re.compile(r"%\(\w+\)\w|%\w|\{\w*(?::,)?\}|<[^>]*>|&#?\w+;")
#: Not of a language: products, symbols of units and of statistics, keys.
NO_WORDS = {"Wardwright", "SQLite", "PostgreSQL", "Debian", "mm", "min", "h", "kB", "dpi", "oz", "n"}
NO_WORDS |= {"Ctrl", "Esc", "Enter", "Shift"}
NO_WORDS |= {"en"}  # the code of the language of a heading
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
    for piece in dict.fromkeys(reader.pieces):
        words = words_of(piece, data)
        found += [f"{' '.join(words)}  in: {piece[:100]}"] if words else []
    return list(dict.fromkeys(found))


@cache
def words_of(piece: str, data: re.Pattern[str]) -> list[str]:
    """The words of one piece, most of which stand on every page. A piece without a small letter has none."""
    if not re.search("[a-z]", piece):
        return []
    return [word for word in PLAIN.findall(data.sub(" ", piece)) if word not in NO_WORDS]


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


# Sentences of the kernel, which are made where nobody reads --------------------------------------------------------

#: A title, a nameless column, a total, an empty row, dates that are none or read both ways, a device listed twice.
ODD_REGISTER = """Qvz 2026;;;;;;;;;;;
Asset no;Equipment;Make;Model;Serial;;Purchase date;Warranty end date;Cost;Interval;Qvzw;UDI
A-1;Infusion pump;B. Braun;Infusomat;S1;7;03/04/2025;31/02/2027;12 EUR;12;true;
A-2;Infusion pump;B. Braun;Infusomat;S2;7;05/04/2025;soon;qvz;6;true;(01)00614141000037
A-3;Infusion pump;B. Braun;Infusomat;S3;7;06/04/2025;03/04/2027;7;6;false;qvz
A-4;Infusion pump;B. Braun;Infusomat;S4;7;07/04/2025;04/04/2027;7;6;false;
A-2;Infusion pump;B. Braun;Infusomat;S5;7;05/04/2025;;7;6;false;
A-1;Infusion pump;B. Braun;Infusomat;S1;7;03/04/2025;31/02/2027;12 EUR;12;true;
;;;;;;;;;;;
Total;;;;;;;;26;;;
A-5;;;;;;;;;;;
A-6;Infusion pump;Northwind Medicl Systems;Qvzw 1;S6;7;08/04/2025;05/04/2027;7;6;false;
"""
REFUSED_FILES = {
    "empty.csv": b" ",
    "a.pdf": b"%PDF-1.7",
    "a.xlsx": b"PK\x03\x04",
    "a.xml": b"<?xml version='1.0'?><a/>",
    "a.html": b"<html><p>Qvz</p></html>",
    "headings.csv": b"Asset no;Serial\n",
    "binary.csv": bytes(range(256)) * 40,
    "quote.csv": b'Asset no;Serial\nA-1;"S1\n',
    "wide.csv": b";".join(b"Qvz%d" % n for n in range(1234)),
}
NO_UDIS = (
    "(01)00614141000037",
    "(01)0061414100003",
    "(99)1",
    "+A99912345/$$32509",
    "=/A99990000000",
    "https://a.b/01/00614141000037",
)
WRITTEN_IN_FILES = re.compile(
    r"(?<!\w)(?i:Asset no|Equipment|Make|Model|Serial|Purchase date|Warranty end date|Cost|Interval|EUR|soon|true"
    r"|[\w-]+\.(?:csv|x?html?)|Qvz\w*|Northwind Medicl Systems|Infus\w+(?: pump)?|B\. Braun|false|utf-8|'q')(?!\w)"
)


@pytest.fixture
def somebody(nobodys_language):
    factories.make_company(name="Northwind Medical", is_maker=True)
    client = client_of(factories.make_user(permissions=["*"], language=LANGUAGE))
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = LANGUAGE
    return client


def english_words(page) -> list[str]:
    return plain_words(page, re.compile(f"{WRITTEN_IN_FILES.pattern}|{typed_texts().pattern}"))


def upload(client: Client, name: str, data: bytes):
    form = {"file": SimpleUploadedFile(name, data), "once": name}
    return client.post(reverse("new-import"), form, follow=True)


def test_nothing_that_is_said_of_a_register_is_left_in_english(somebody):
    columns = upload(somebody, "odd.csv", ODD_REGISTER.encode())
    session = ImportSession.objects.latest("pk")
    form = columns.context["form"]
    sent = {name: form[name].value() for name in form.fields if form[name].value()}
    checked = somebody.post(reverse("import-columns", args=[session.pk]), {**sent, "once": "c"}, follow=True)
    shown = [key for key, _label, _n in checked.context["tabs"]]
    assert shown == ["refused", "skipped", "new", "warned", "merges"]
    pages = [columns, *(somebody.get(reverse("import-check", args=[session.pk]), {"show": key}) for key in shown)]
    somebody.post(reverse("start-import", args=[session.pk]), {"once": "s"})
    work(stop=lambda: False, once=True)
    pages += [somebody.get(reverse("import-result", args=[session.pk])), somebody.get(reverse("merge-queue"))]
    assert pages[-1].context["pair"].why
    assert "\n".join(words for page in pages for words in english_words(page)) == ""
    lines = somebody.get(reverse("import-errors", args=[session.pk])).content.decode()
    assert PLAIN.findall(WRITTEN_IN_FILES.sub(" ", lines)) == []


@pytest.mark.parametrize("name", REFUSED_FILES)
def test_no_refusal_of_a_file_is_left_in_english(somebody, name):
    page = upload(somebody, name, REFUSED_FILES[name])
    assert (page.status_code, english_words(page)) == (422, [])


@pytest.mark.parametrize("text", NO_UDIS)
def test_no_fault_of_a_label_is_left_in_english(somebody, text):
    hint = somebody.get(reverse("register-asset"), {"udi": text}).context["hint"]
    assert hint and [word for word in PLAIN.findall(re.sub(r"'[^']*'", " ", hint)) if word not in NO_WORDS] == []


FORMULAS = (
    "1 +",
    "a ** 2",
    "qvz",
    "min",
    "min()",
    "1,5",
    "function = 1",
    "len(1)",
    "'qvz'",
    " ",
    "(" * 60 + "1",
    "1+" * 300 + "1",
)
BANDS = ([], [("qvz", 1, 6)], [("score", 1, 0)], [("score", 1, 6)] * 2)
HOURS = ("25:99-26:99", "09:00-08:00", "08:00-10:00, 09:00-11:00", "qvz")
NUMBERS = ("qvz", "1.2.3,4", "1,234", "1 23", "5 qvz", "< 5")


def kernel_refusals() -> Iterator[Invalid]:
    bands = [[{"measure": measure, "low": low, "months": months} for measure, low, months in one] for one in BANDS]
    rules = [Rule(formula=one, bands=bands[3][:1]) for one in FORMULAS] + [
        Rule(formula="function", bands=b) for b in bands
    ]
    reading = {"key": "leakage", "kind": "reading", "label": "Leakage", "unit": "µA", "low": "3", "high": "500"}
    order = factories.make_work_order(state="in_progress", steps=[reading])
    steps: list[Callable[[], object]] = [partial(check_rule, rule) for rule in rules]
    steps += [partial(set_service_hours, by=System("test"), week=[one] + [""] * 6) for one in HOURS]
    for one in NUMBERS:
        given = [{"key": "leakage", "value": one}]
        steps.append(partial(record_results, by=System("test"), work_order_id=order.pk, results=given))
    for step in steps:
        with translation.override(LANGUAGE), pytest.raises(Invalid) as refused:
            step()
        yield refused.value


def test_no_fault_of_a_formula_hours_or_a_reading_is_left_in_english(nobodys_language):
    known = re.compile(
        r"'[^']*'|“[^”]*”|\b(?:if|else|and|or|not|min|max|A|B|CONDITION|score|leakage|" + "|".join(INPUTS) + r")\b"
    )
    texts = [(str(refused), *map(str, refused.fields.values())) for refused in kernel_refusals()]
    assert [word for told in texts for text in told for word in PLAIN.findall(known.sub(" ", text))] == []


# Refusals of the API --------------------------------------------------------------------------------------------

#: The title of what pydantic refuses; what it says of each entry is its own, and English.
WRONG_SHAPE = "The request has wrong or missing entries."


class Caller:
    """Somebody at the API who asks for the made-up language."""

    def __init__(self, user=None, **headers: str):
        self.client = client_of(user) if user else Client()
        self.headers = {"Accept-Language": LANGUAGE, **headers}

    def __call__(self, method: str, path: str, body=None, **headers: str):
        more = {name.replace("_", "-"): value for name, value in headers.items()}
        sent = b"" if body is None else json.dumps(body)
        return self.client.generic(method, f"/api/v1{path}", sent, "application/json", headers=self.headers | more)


def english_of(answer, data: re.Pattern[str]) -> list[str]:
    """The plain words of a problem."""
    problem = answer.json()
    texts = [problem["title"], problem["detail"]]
    if problem["title"] != wide(WRONG_SHAPE):
        texts += [error["message"] for error in problem.get("errors", ())]
    return [word for text in texts for word in PLAIN.findall(data.sub(" ", text)) if word not in NO_WORDS]


def refusals() -> Iterator[tuple[int, object]]:
    """Status and answer of a handful of refusals of each kind."""
    everything, reader = Caller(factories.make_user()), Caller(factories.make_user(permissions=["assets.view"]))
    asset, other = factories.make_asset(), factories.make_asset()
    retired = factories.make_asset(status="retired", device_type=factories.make_type(holds_data="yes"))
    order = factories.make_work_order(asset=asset, kind="corrective", state="closed")
    url, changed = f"/assets/{asset.pk}", {"values": {"notes": "x"}}
    yield 401, Caller()("GET", "/assets")
    yield 401, Caller(Authorization="Bearer unknown")("GET", "/assets")
    yield 403, reader("GET", "/work-orders")
    yield 403, reader("PATCH", url, changed)
    yield 403, Caller(Authorization=f"Bearer {read_only_token()}")("PATCH", url, changed)
    yield 404, everything("GET", "/assets/999999")
    yield 404, everything("PATCH", "/assets/999999", changed)
    yield 404, everything("POST", "/work-orders/999999/start", {})
    yield 404, everything("GET", "/reports/none-such")
    yield 409, everything("POST", f"/work-orders/{order.pk}/start", {})
    yield 409, everything("PATCH", url, {"expected_version": 9, **changed})
    yield 409, everything("POST", f"/assets/{retired.pk}/dispose", {"reason": "sold"})
    yield 412, everything("PATCH", url, changed, If_Match='"9-abc"')
    yield 422, everything("GET", "/assets?sort=colour")
    yield 422, everything("GET", "/schedules?q=x")
    yield 422, everything("GET", "/assets?after=junk")
    yield 422, everything("GET", "/reports/inventory?by=colour&site=x")
    yield 422, everything("POST", f"{url}/move", {"room_id": 999999})
    yield 422, everything("POST", "/work-orders/problem", {"asset_id": asset.pk, "title": " "})
    yield 422, everything("POST", f"{url}/move", {"site_id": "x"})
    yield 422, everything("PATCH", url, changed, Idempotency_Key="\t")
    everything("PATCH", url, changed, Idempotency_Key="one")
    yield 422, everything("PATCH", f"/assets/{other.pk}", changed, Idempotency_Key="one")


def read_only_token() -> str:
    with open_change("test.token", System("test")):
        ApiToken.objects.create(
            user=factories.make_user(),
            label="t",
            digest=token_digest("reads"),
            read_only=True,
            expires_at=timezone.now() + timedelta(days=1),
        )
    return "reads"


def test_no_refusal_of_the_api_is_left_in_english(nobodys_language):
    found = list(refusals())
    assert [answer.status_code for _status, answer in found] == [status for status, _answer in found]
    data = typed_texts()
    english = [words for _status, answer in found if (words := english_of(answer, data))]
    groups = [column.key for column in REPORTS["inventory"].groups]
    names = [*[["Authorization", "Bearer"]] * 2, ["id", "tag", "serial", "status"], ["by", *groups, *groups]]
    assert english == [[name for name in some if not data.fullmatch(name)] for some in names]  # of the API: no words


def test_asking_too_often_is_not_answered_in_english(nobodys_language, settings):
    settings.API_PER_MINUTE = 1
    everything = Caller(factories.make_user())
    answer = next(answer for _n in range(9) if (answer := everything("GET", "/assets")).status_code != 200)
    assert (answer.status_code, english_of(answer, typed_texts())) == (429, [])


# Refusals in the code -------------------------------------------------------------------------------------------


def kinds(kind: type) -> Iterator[type]:
    yield kind
    for below in kind.__subclasses__():
        yield from kinds(below)


def unmarked(path: Path, names: set[str]) -> Iterator[str]:
    """Plain texts that a module gives to a refusal: written there, or in a variable of the same function."""
    for function in ast.walk(ast.parse(path.read_text())):
        if not isinstance(function, ast.FunctionDef):
            continue
        plain = {
            ast.unparse(target)
            for node in ast.walk(function)
            if isinstance(node, ast.Assign) and is_text(node.value)
            for target in node.targets
        }
        for call in ast.walk(function):
            if isinstance(call, ast.Call) and (name := ast.unparse(call.func).split(".")[-1]) in names:
                words = given_words(call, skip=name == "Guarded")  # its first argument names the rule
                found = [word for word in words if is_text(word) or ast.unparse(word) in plain]
                yield from (f"{path}:{word.lineno}: {ast.unparse(word)}" for word in found)


def given_words(call: ast.Call, skip: bool) -> list[ast.expr]:
    given = [*call.args[skip:], *(word.value for word in call.keywords if word.arg in ("message", "way_forward"))]
    fields = [word.value for word in call.keywords if word.arg == "fields" and isinstance(word.value, ast.Dict)]
    return given + [value for field in fields for value in field.values]


def is_text(node: ast.expr) -> bool:
    parts = node.values if isinstance(node, ast.JoinedStr) else [node]
    return any(isinstance(part, ast.Constant) and re.search("[a-z]", str(part.value)) for part in parts)


def test_every_refusal_is_marked_for_translation():
    """But for the command line, and SCIM, whose reader is a program."""
    package = Path(errors.__file__).parents[2]
    modules = [
        path
        for path in sorted(package.rglob("*.py"))
        if not {"tests", "migrations", "config"} & set(path.relative_to(package).parts) and path.name != "scim.py"
    ]
    names = {kind.__name__ for kind in kinds(Refused)}
    assert [one for path in modules for one in unmarked(path, names)] == []
    assert len(list(unmarked(package / "config" / "cli" / "serving.py", names))) > 1  # it finds what is there
