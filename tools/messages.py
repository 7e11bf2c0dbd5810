"""The words of the program in other languages: ``python tools/messages.py [--check]``.

Collects every marked string of the code and the templates, brings ``locale/*/LC_MESSAGES/django.po`` up to date
(new strings are empty, those no longer used go), and compiles each to its ``.mo``. ``--check`` changes nothing
and fails when something is missing, stale or has other placeholders than the English. Needs no gettext programs.
"""

from __future__ import annotations

import ast
import io
import re
import sys
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

from wardwright.kernel import due, limits, metrology, risk
from wardwright.kernel.names.makers import makers

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "src" / "wardwright"
LANGUAGES = ("fr", "es")
KEYWORDS = {
    **dict.fromkeys(("_", "_n", "gettext", "gettext_lazy", "gettext_noop", "say")),
    **dict.fromkeys(("ngettext", "ngettext_lazy", "say_n"), (1, 2)),
    **dict.fromkeys(("pgettext", "pgettext_lazy"), ((1, "c"), 2)),
    **dict.fromkeys(("npgettext", "npgettext_lazy"), ((1, "c"), 2, 3)),
}
_PLACE = re.compile(r"%\((\w+)\)[a-z]|%[sd]|\{(\w*)(?::,)?\}")
_NOUN = re.compile(r'\bnoun=\(\s*(?:\w+\()?"([^"]+)"\)?,\s*(?:\w+\()?"([^"]+)"')  # what a list counts: web.tables.Table
_MADE = datetime(2026, 1, 1, tzinfo=UTC)  # a date of the day would change the files at each run


def template() -> Catalog:
    """Every marked string, with the files it is in."""
    catalog = _empty()
    for path, source in _sources():
        where = [(str(path.relative_to(ROOT)), 0)]
        for _line, message, _comments, context in extract("python", io.BytesIO(source.encode()), KEYWORDS):
            catalog.add(message, locations=where, context=context)
        for nouns in _NOUN.findall(source):
            catalog.add(nouns, locations=where)
        for name in _names(path, source) if path.suffix == ".py" else ():
            catalog.add(name, locations=where)
    for file, texts in _shipped():
        for text in texts:
            catalog.add(text, locations=[(f"src/wardwright/kernel/{file}", 0)])
    return catalog


def _shipped() -> Iterator[tuple[str, Iterable[str]]]:
    """Sentences of the kernel that stand in its tables; those in its code are arguments of ``say``."""
    yield "due/words.py", due.TEXTS.values()
    yield "limits/judge.py", limits.TEXTS.values()
    yield "data/safety_limits.json", (row.note for row in limits.shipped_limits() if row.note)
    yield "data/safety_limits.json", (row.source for row in limits.shipped_limits())
    yield "metrology/rules.py", (metrology.definition(rule).label for rule in metrology.Rule)
    yield "risk/words.py", risk.TEXTS.values()
    yield "names/data/makers.json", (why for maker in makers() for _name, why in maker.related)


def _names(path: Path, source: str) -> Iterator[str]:
    """What people read of the code's own names: `step_words`, `event_words` and `noun_words` of `platform.core`."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef):
            marks = {ast.unparse(mark).split("(")[0] for mark in node.decorator_list}
            if marks & {"operation", "task"}:
                yield node.name.replace("_", " ").strip().capitalize()
        elif isinstance(node, ast.ClassDef):
            bases = [ast.unparse(base) for base in node.bases]
            words = re.sub("(?<!^)[A-Z]", lambda sign: f" {sign[0].lower()}", node.name)
            if "event" in map(ast.unparse, node.decorator_list):
                yield words
            if any(base.endswith(("AuditedModel", "VersionedModel")) for base in bases):
                yield words.lower()
                yield from map(_noun_of, filter(_is_unnamed_column, node.body))


def _is_unnamed_column(node: ast.stmt) -> bool:
    """Whether it is a column of a table that nobody gave a name in words."""
    if not (isinstance(node, ast.Assign) and isinstance(node.value, ast.Call)):
        return False
    kind = re.fullmatch(r"models\.(\w+Field|ForeignKey)", ast.unparse(node.value.func))
    relates = kind is not None and kind[1] in {"ForeignKey", "OneToOneField"}  # whose first argument is the other table
    named = any(word.arg == "verbose_name" for word in node.value.keywords) or (node.value.args and not relates)
    return kind is not None and not named


def _noun_of(node: ast.stmt) -> str:
    return ast.unparse(node.targets[0]).replace("_", " ")


def _empty(language: str | None = None) -> Catalog:
    return Catalog(
        locale=language,
        header_comment="# The words of Wardwright. Copyright 2026 the Wardwright authors, Apache License 2.0.",
        project="Wardwright",
        version="1",
        msgid_bugs_address="none",
        last_translator="the Wardwright authors",
        language_team="the Wardwright authors",
        creation_date=_MADE,
        revision_date=_MADE,
        fuzzy=False,
    )


def _sources() -> Iterator[tuple[Path, str]]:
    for path in sorted(PACKAGE.rglob("*")):
        inside = path.relative_to(PACKAGE).parts
        if "tests" in inside or "migrations" in inside:
            continue
        if path.suffix == ".py":
            yield path, path.read_text()
        elif path.suffix in {".html", ".txt"} and "templates" in inside:
            yield path, templatize(path.read_text(), origin=str(path))


def updated(language: str, all_words: Catalog) -> Catalog:
    """The catalogue of ``language`` with exactly the strings of ``all_words``."""
    path = po_path(language)
    known = read_po(io.BytesIO(path.read_bytes()), locale=language) if path.exists() else Catalog(locale=language)
    catalog = _empty(language)
    for message in all_words:
        if message.id:
            old = known.get(message.id, message.context)
            same = old and isinstance(old.id, str) == isinstance(message.id, str)  # not one that has got a plural since
            catalog.add(message.id, old.string if same else "", message.locations, context=message.context)
    return catalog


def po_path(language: str) -> Path:
    return PACKAGE / "locale" / language / "LC_MESSAGES" / "django.po"


def po_text(catalog: Catalog) -> bytes:
    out = io.BytesIO()
    write_po(out, catalog, width=120, sort_output=True, include_lineno=False)
    return out.getvalue()


def mo_bytes(catalog: Catalog) -> bytes:
    """The compiled catalogue; what is not translated stays out of it, so that the English shows."""
    done = Catalog(locale=catalog.locale, creation_date=_MADE, revision_date=_MADE, fuzzy=False)
    for message in catalog:
        if message.id and all(message.string if isinstance(message.string, tuple) else (message.string,)):
            done.add(message.id, message.string, context=message.context)
    out = io.BytesIO()
    write_mo(out, done)
    return out.getvalue()


def places(text: str) -> list[str]:
    """The placeholders of a string, in no order."""
    return sorted(match.group(0) for match in _PLACE.finditer(text))


def faults(language: str, catalog: Catalog) -> Iterator[str]:
    """What is wrong with a catalogue, in words."""
    for message in catalog:
        if message.id:
            yield from (f"{language}: {fault}: {message.id!r}" for fault in _faults(message, catalog.num_plurals))


def _faults(message: Message, forms: int) -> Iterator[str]:
    ids = message.id if isinstance(message.id, tuple) else (message.id,)
    strings = message.string if isinstance(message.string, tuple) else (message.string,)
    if not all(strings) or len(strings) != (forms if len(ids) > 1 else 1):
        yield "not translated"
        return
    allowed = [places(text) for text in ids]
    if any(places(text) not in allowed for text in strings):
        yield "other placeholders"
    if ids[0][:1].isspace() != strings[0][:1].isspace() or ids[0][-1:].isspace() != strings[0][-1:].isspace():
        yield "other spaces at the ends"


def main() -> int:
    check = "--check" in sys.argv
    words, wrong = template(), []
    for language in LANGUAGES:
        catalog, path = updated(language, words), po_path(language)
        po, mo = po_text(catalog), mo_bytes(catalog)
        found = list(faults(language, catalog))
        print(f"{language}: {len(catalog)} strings, {len(found)} to look at")
        wrong += found
        if check:
            stale = [p.name for p, data in ((path, po), (path.with_suffix(".mo"), mo)) if not _has(p, data)]
            wrong += [f"{language}: {name} is out of date: run python tools/messages.py" for name in stale]
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(po)
            path.with_suffix(".mo").write_bytes(mo)
    print(*wrong[:20], sep="\n")
    return 1 if check and wrong else 0


def _has(path: Path, data: bytes) -> bool:
    return path.exists() and path.read_bytes() == data


if __name__ == "__main__":
    sys.exit(main())
