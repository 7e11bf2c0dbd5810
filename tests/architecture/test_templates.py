"""What the content-security policy would refuse in a browser, and classes without a style, are found here first."""

from __future__ import annotations

import re
from pathlib import Path

import wardwright

PACKAGE = Path(wardwright.__file__).parent
TEMPLATES = sorted(PACKAGE.rglob("templates/**/*.html"))
STYLE_SHEETS = sorted(PACKAGE.rglob("static/**/*.css"))

#: Pages for paper carry their style with them: they are made into PDF, not opened under the policy.
FOR_PAPER = {"paper", "labels"}


#: Classes that only the script or a test looks for.
HOOKS = {"error-words", "user-menu"}


def on_screen() -> list[Path]:
    return [path for path in TEMPLATES if not FOR_PAPER & set(path.parts)]


def name(path: Path) -> str:
    return str(path.relative_to(PACKAGE))


def used_classes(text: str) -> set[str]:
    """The classes that are written out in full; those put together by a variable are not judged."""
    found: set[str] = set()
    for value in re.findall(r'\sclass="((?:[^"{]|\{\{.*?\}\}|\{%.*?%\})*)"', text):
        value = re.sub(r"[\w-]+-\{%\s*if.*?endif\s*%\}", " ", value)
        plain = re.sub(r"[\w-]*\{\{.*?\}\}[\w-]*", " ", re.sub(r"\{%.*?%\}", " ", value))
        found.update(word for word in plain.split() if re.fullmatch(r"[a-zA-Z][\w-]*[\w]", word))
    return found


def test_no_template_has_inline_scripts_handlers_or_styles() -> None:
    wrong = {
        f"{name(path)}: {found}"
        for path in on_screen()
        for found in re.findall(r"<script(?![^>]*\ssrc=)[^>]*>|<style\b|\sstyle=|\son\w+=\"", path.read_text())
    }
    assert wrong == set()


def test_every_class_has_a_style() -> None:
    styled = set(re.findall(r"\.([a-zA-Z][\w-]*)", "\n".join(sheet.read_text() for sheet in STYLE_SHEETS)))
    unknown = {
        f"{name(path)}: {word}" for path in on_screen() for word in used_classes(path.read_text()) - styled - HOOKS
    }
    assert unknown == set(), "see docs/reference/components.md for the classes there are"


def test_every_template_that_speaks_loads_translation() -> None:
    """A tag used without its library fails only when the page is opened; here it fails at once."""
    wrong = set()
    for path in TEMPLATES:
        text = path.read_text()
        for tag, library in (("translate|blocktranslate", "i18n"), ("icon|pill|due|ago|money|abbr|field", "ui")):
            if re.search(r"\{%\s*(?:" + tag + r")\s", text) and not re.search(
                r"\{%\s*load[^%]*\b" + library + r"\b", text
            ):
                wrong.add(f"{name(path)}: {library}")
    assert wrong == set()
