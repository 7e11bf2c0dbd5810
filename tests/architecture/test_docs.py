"""Documentation that can be wrong without anybody noticing: generated pages, links, and commands in examples."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import click
import pytest

from wardwright.config.cli import main

ROOT = Path(__file__).resolve().parents[2]
TOP = [
    ROOT / name
    for name in ("README.md", "AGENTS.md", "CHANGELOG.md", "SECURITY.md", "CONTRIBUTING.md", "deploy/README.md")
]
PAGES = [path for path in [*TOP, *sorted((ROOT / "docs").rglob("*.md"))] if path.exists()]
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
COMMAND = re.compile(r"(?:^\s*|/bin/|[;&(] |=\S+ )wardwright ([a-z][a-z-]*(?: [a-z][a-z-]*)?)", re.MULTILINE)
FENCED = re.compile(r"^```(?:sh)?\n(.*?)^```", re.MULTILINE | re.DOTALL)


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def text_of(path: Path) -> str:
    """The page without its code, where something like [a](b) is no link."""
    return re.sub(
        r"``.*?``|`[^`\n]*`", "", re.sub(r"^```.*?^```", "", path.read_text(), flags=re.MULTILINE | re.DOTALL)
    )


def anchors(path: Path) -> set[str]:
    """The anchors that headings of the page get."""
    found = set()
    for heading in re.findall(r"^#+ (.+)$", path.read_text(), re.MULTILINE):
        plain = re.sub(r"[^\w\s-]", "", heading.strip().lower())
        found.add(re.sub(r"[\s]+", "-", plain))
    return found


def test_generated_pages_are_fresh():
    done = subprocess.run(
        [sys.executable, "tools/build_docs.py", "--check"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (0, ""), done.stdout + done.stderr[-2000:]


@pytest.mark.parametrize("path", PAGES, ids=name)
def test_links_lead_somewhere(path: Path):
    broken = []
    for target in LINK.findall(text_of(path)):
        if "://" in target or target.startswith("mailto:"):
            continue
        file, _, anchor = target.partition("#")
        other = (path.parent / file).resolve() if file else path
        if not other.exists() or (anchor and anchor not in anchors(other)):
            broken.append(target)
    assert broken == []


def commands_in(path: Path) -> list[str]:
    """Every `wardwright …` of the page that stands in code."""
    text = path.read_text()
    code = "\n".join([*FENCED.findall(text), *re.findall(r"`([^`\n]+)`", text)])
    return sorted(set(COMMAND.findall(code)))


@pytest.mark.parametrize("path", PAGES, ids=name)
def test_commands_in_examples_exist(path: Path):
    unknown = []
    for words in commands_in(path):
        first, _, second = words.partition(" ")
        command = main.commands.get(first)
        if command is None or (isinstance(command, click.Group) and second and second not in command.commands):
            unknown.append(f"wardwright {words}")
    assert unknown == []


@pytest.mark.parametrize("path", PAGES, ids=name)
def test_make_targets_in_examples_exist(path: Path):
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    text = path.read_text()
    code = "\n".join([*FENCED.findall(text), *re.findall(r"`([^`\n]+)`", text)])
    assert sorted(set(re.findall(r"\bmake ([a-z]+)", code)) - targets) == []


def test_every_requirement_of_the_asvs_is_answered_and_its_tests_exist():
    """Levels 1 and 2 of 5.0.0 have 70 and 183 requirements."""
    sys.path.insert(0, str(ROOT / "tools"))
    import asvs_page

    rows = asvs_page.rows()
    numbers = [tuple(map(int, row["number"].split("."))) for row in rows]
    assert (sorted(set(numbers)), {row["state"] for row in rows} - asvs_page.STATES.keys()) == (numbers, set())
    assert [sum(row["level"] == level for row in rows) for level in "12"] == [70, 183]
    missing = [
        f"{row['number']}: {path.relative_to(ROOT)}::{name}"
        for row in rows
        for path, name in asvs_page.tests_of(row)
        if not path.exists() or (name and not re.search(rf"^ *(?:def|class) {name}\b", path.read_text(), re.MULTILINE))
    ]
    silent = [row["number"] for row in rows if row["state"] != "met" and not row["how"]]
    assert missing + silent == []
