"""Rules of the house that import-linter cannot see."""

import ast
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db.models import ForeignKey, OneToOneField

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "src" / "wardwright"
APPS = ("directory", "assets", "lending", "testing", "maintenance", "helpdesk", "notices")
SHARED_FILES = {"models", "states", "events", "permissions", "queries", "operations"}
EDGES = ("views", "api", "panels", "forms", "tables", "exchange", "search", "reports", "import_urls")


def modules(folder: Path):
    for path in sorted(folder.rglob("*.py")):
        if "migrations" not in path.parts and "tests" not in path.parts:
            yield path, ast.parse(path.read_text())


def test_imports_keep_to_the_floors():
    done = subprocess.run(
        [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-3000:]


def test_another_app_is_reached_only_through_its_shared_files():
    breaches = []
    for path, tree in modules(PACKAGE / "apps"):
        own = path.relative_to(PACKAGE / "apps").parts[0]
        for node in ast.walk(tree):
            names = []
            if isinstance(node, ast.ImportFrom) and node.module:
                names = [f"{node.module}.{alias.name}" for alias in node.names]
            elif isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            for name in names:
                parts = name.split(".")
                if (
                    parts[:2] == ["wardwright", "apps"]
                    and len(parts) > 3
                    and parts[2] != own
                    and parts[3] not in SHARED_FILES
                ):
                    breaches.append(f"{path.relative_to(ROOT)}:{node.lineno} {name}")
    assert breaches == []


def test_foreign_keys_point_down_and_have_no_way_back():
    breaches = []
    for model in apps.get_models(include_auto_created=True):
        if not model.__module__.startswith("wardwright."):
            continue
        for field in model._meta.local_fields:
            if isinstance(field, ForeignKey | OneToOneField):
                if field.remote_field.related_name != "+":
                    breaches.append(f"{field}: related_name must be '+'")
                own, other = model._meta.app_label, field.related_model._meta.app_label
                if own in APPS and other in APPS and APPS.index(other) > APPS.index(own):
                    breaches.append(f"{field} points up")
    assert breaches == []


def edge_files():
    for path, tree in modules(PACKAGE / "apps"):
        parts = path.relative_to(PACKAGE / "apps").parts
        stem = Path(parts[1]).stem if len(parts) > 1 else ""
        if stem in EDGES:
            yield path, tree
    for folder in ("web", "api"):
        yield from modules(PACKAGE / folder)


def test_no_unscoped_read_at_the_edges():
    """``X.objects`` at an edge is followed at once by ``.visible_to(…)``; tokens at log-in are the one exception."""
    breaches = []
    for path, tree in edge_files():
        parents = {child: parent for parent in ast.walk(tree) for child in ast.iter_child_nodes(parent)}
        for node in ast.walk(tree):
            if isinstance(node, ast.Attribute) and node.attr == "objects":
                parent = parents.get(node)
                scoped = isinstance(parent, ast.Attribute) and parent.attr == "visible_to"
                if not scoped and "ApiToken" not in ast.unparse(node):
                    breaches.append(f"{path.relative_to(ROOT)}:{node.lineno} {ast.unparse(node)}")
    assert breaches == []


def test_no_edge_opens_a_change_or_writes_by_itself():
    breaches = []
    for path, tree in edge_files():
        for node in ast.walk(tree):
            if isinstance(node, ast.Attribute) and node.attr in {"bulk_create", "bulk_update", "open_change"}:
                breaches.append(f"{path.relative_to(ROOT)}:{node.lineno} {ast.unparse(node)}")
    assert breaches == []


def test_no_signals_in_apps_and_no_vague_names():
    breaches = []
    for path, tree in modules(PACKAGE):
        source_folder = path.relative_to(PACKAGE).parts[0]
        for node in ast.walk(tree):
            if isinstance(node, ast.ClassDef) and node.name.endswith(("Manager", "Helper", "Utils", "Service")):
                breaches.append(f"{path.relative_to(ROOT)}:{node.lineno} class {node.name}")
            if (
                source_folder == "apps"
                and isinstance(node, ast.ImportFrom)
                and (node.module or "").startswith("django.db.models.signals")
            ):
                breaches.append(f"{path.relative_to(ROOT)}:{node.lineno} signals")
    assert breaches == []


def test_templates_keep_to_the_content_policy():
    """No inline script, handler or style: the policy would block them without a word."""
    bad = re.compile(r"<script(?![^>]*\bsrc=)|\son[a-z]+\s*=|\sstyle\s*=|javascript:", re.IGNORECASE)
    breaches = []
    for path in sorted(PACKAGE.rglob("*.html")):
        for number, line in enumerate(path.read_text().splitlines(), 1):
            if bad.search(line):
                breaches.append(f"{path.relative_to(ROOT)}:{number} {line.strip()[:80]}")
    assert breaches == []


@pytest.mark.django_db
def test_migrations_are_complete():
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


def committed_files() -> list[str]:
    """What git keeps; without git (an unpacked archive), every file that a build does not make."""
    made = {".venv", "var", "site", "build", "dist", "__pycache__", ".git", ".hypothesis", ".cache"}
    made |= {".mypy_cache", ".ruff_cache", ".pytest_cache", ".import_linter_cache"}
    if shutil.which("git"):
        command = ["git", "-c", f"safe.directory={ROOT}", "ls-files"]
        listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
        if listed.returncode == 0:
            return listed.stdout.splitlines()
    return [
        str(p.relative_to(ROOT)) for p in ROOT.rglob("*") if p.is_file() and not made & {*p.relative_to(ROOT).parts}
    ]


def test_no_registry_or_workplace_names_are_committed():
    files = committed_files()
    hosts = ["pypi" + ".org", "registry.npmjs" + ".org", "pythonhosted" + ".org", "/opt/" + "pypi"]
    found = []
    for name in files:
        path = ROOT / name
        if path.suffix in {".png", ".svg", ".ico", ".woff2"} or not path.is_file():
            continue
        text = path.read_text(errors="ignore")
        found += [f"{name}: {host}" for host in hosts if host in text]
    assert found == []


def written_formats():
    """Each place of the code that gives a format to an f-string or to ``strftime``, with the format."""
    for folder in ("platform", "web", "api", "apps"):
        for path, tree in modules(PACKAGE / folder):
            for node in ast.walk(tree):
                if isinstance(node, ast.FormattedValue) and node.format_spec is not None:
                    yield path, node, ast.unparse(node.format_spec)[2:-1]
                elif isinstance(node, ast.Call) and ast.unparse(node.func).endswith(".strftime"):
                    yield path, node, ast.unparse(node.args[0])[1:-1]


def test_numbers_for_reading_are_written_by_the_language():
    """``f"{n:,}"`` is English for everybody; ``platform.core.words`` asks the language. Drawings take bare numbers."""
    grouped = [(path, node) for path, node, spec in written_formats() if re.search(r",|g$", spec)]
    rounded = [(path, node) for path, node, spec in written_formats() if re.search(r"\.\d+f$", spec)]
    wrong = grouped + [(path, node) for path, node in rounded if "svg" not in path.read_text()]
    assert [f"{path.relative_to(ROOT)}:{node.lineno} {ast.unparse(node)}" for path, node in wrong] == []


def test_dates_for_reading_are_written_by_the_language():
    """``|date:"j M"`` is English for everybody; the named formats of ``config.formats`` are not."""
    named = re.compile(r"[A-Z_]+_FORMAT|[DlFNY]|c|U|Y-m-d(\\TH:i)?")
    asked = re.compile(r"""\|(?:date|time):["']([^"']*)["']|\{% now ["']([^"']*)["']""")
    english = re.compile(r"%[aAbBIpxXc]|%[dm][-./ ]%[mdyY]")
    breaches = [
        f"{path.relative_to(ROOT)} {match.group(0)}"
        for path in sorted(PACKAGE.rglob("*.html"))
        for match in asked.finditer(path.read_text())
        if not named.fullmatch(match.group(1) or match.group(2) or "")
    ]
    breaches += [
        f"{path.relative_to(ROOT)}:{node.lineno} {spec}"
        for path, node, spec in written_formats()
        if english.search(spec) and not spec.startswith("%Y-%m-%d")
    ]
    assert breaches == []
