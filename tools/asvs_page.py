"""The page about OWASP ASVS 5.0, written from ``tools/asvs.csv``: what is asked, how it is met, which test shows it."""

from __future__ import annotations

import csv
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
APPS = ROOT / "src" / "wardwright" / "apps"
STATES = {"met": "met", "partly": "partly", "no": "not met", "n/a": "not applicable"}
CHAPTERS = (
    "Encoding and sanitization",
    "Validation and business logic",
    "Web front end",
    "API and web service",
    "Files",
    "Authentication",
    "Sessions",
    "Authorization",
    "Self-contained tokens",
    "OAuth and OIDC",
    "Cryptography",
    "Secure communication",
    "Configuration",
    "Data protection",
    "Coding and architecture",
    "Logging and errors",
    "WebRTC",
)
INTRODUCTION = """# OWASP ASVS 5.0, levels 1 and 2

<!-- Written by `python tools/build_docs.py --reference` from `tools/asvs.csv`; edit that instead. -->

Every requirement of the Application Security Verification Standard 5.0.0 at its levels 1 and 2, by number. What it asks
is said in a few words of our own; the standard's words count. We judged ourselves, nobody else has looked. That each
test named here exists is a test, too. Keys, algorithms, and what the program talks to: `SECURITY.md`.
"""


def page() -> str:
    found = rows()
    lines = [INTRODUCTION, "| state | requirements |", "|---|---|"]
    lines += [f"| {words} | {sum(row['state'] == state for row in found)} |" for state, words in STATES.items()]
    for number, name in enumerate(CHAPTERS, start=1):
        lines += [f"\n## V{number} {name}\n", "| no. | level | asks | state | how, or why not | seen by |"]
        lines += ["|---|---|---|---|---|---|"]
        lines += [_line(row) for row in found if row["number"].split(".")[0] == str(number)]
    return "\n".join([*lines, ""])


def rows() -> list[dict[str, str]]:
    with (ROOT / "tools" / "asvs.csv").open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file, delimiter="|"))


def tests_of(row: dict[str, str]) -> list[tuple[Path, str]]:
    """The file and the name (of a function or a class; empty: the whole file) of each test of a row."""
    found = []
    for shown in row["tests"].split():
        path, _, name = shown.partition("::")
        folder, file = path.split("/")
        of_app = APPS / folder / "tests"  # `assets/…` are the tests of that app
        found.append(((of_app if of_app.is_dir() else ROOT / "tests" / folder) / file, name))
    return found


def _line(row: dict[str, str]) -> str:
    seen = "<br>".join(f"`{path.name}::{name}`" if name else f"`{path.name}`" for path, name in tests_of(row))
    return f"| {row['number']} | {row['level']} | {row['asks']} | {STATES[row['state']]} | {row['how']} | {seen} |"
