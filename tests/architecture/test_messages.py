"""The words in every language offered: complete, with the placeholders of the English, compiled."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_catalogues_are_complete_and_fresh():
    done = subprocess.run(
        [sys.executable, "tools/messages.py", "--check"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr[-2000:]


def unfit(tree: ast.AST) -> Iterator[str]:
    """Calls of ``say`` and ``say_n`` that ``tools/messages.py`` cannot read, or whose values are not those it names."""
    for call in ast.walk(tree):
        if not (isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in ("say", "say_n")):
            continue
        texts = [text.value for text in call.args if isinstance(text, ast.Constant) and isinstance(text.value, str)]
        named = {place for text in texts for place in re.findall(r"\{(\w+)(?::,)?\}", text)}
        given = {keyword.arg for keyword in call.keywords}
        if len(texts) != (1 if call.func.id == "say" else 2) or len(texts) != len(call.args):
            yield f"{call.lineno}: not written out"
        elif None not in given and named != given - ({"n"} - named):
            yield f"{call.lineno}: names {named}, is given {given}"


def test_every_sentence_of_the_kernel_is_written_out_where_it_is_said():
    package = ROOT / "src" / "wardwright"
    modules = [path for path in sorted(package.rglob("*.py")) if "tests" not in path.relative_to(package).parts]
    assert [f"{path}:{words}" for path in modules for words in unfit(ast.parse(path.read_text()))] == []
    wrong = ('say(f"Row {row}.")', "say(words)", 'say("Row {row}.")', 'say("Row.", row=1)', 'say_n("One.", n=1)')
    assert [one for one in wrong if list(unfit(ast.parse(one)))] == list(wrong)
