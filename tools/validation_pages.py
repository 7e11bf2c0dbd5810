"""The validation pages: every spec test of the kernel with its cases, golden numbers and sources, read from code."""

from __future__ import annotations

import ast
import io
import tokenize
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from reference_pages import MADE, ROOT, code, first_paragraph, table

SPEC = ROOT / "tests" / "spec"
LONGEST = 160


def pages() -> dict[str, str]:
    """File name under ``docs/reference/validation`` → Markdown; ``index.md`` lists the others."""
    made, rows = {}, []
    for path in sorted(SPEC.glob("test_*.py")):
        name = path.stem.removeprefix("test_").replace("_", "-")
        source = path.read_text()
        tree = ast.parse(source)
        tests = [node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")]
        made[f"{name}.md"] = _page(name, path, source, tree, tests)
        cases = sum(len(_rows(_cases(test, tree))) or 1 for test in tests)
        rows.append(
            (f"[{name.replace('-', ' ')}]({name}.md)", first_paragraph(ast.get_docstring(tree)), len(tests), cases)
        )
    made["index.md"] = _index(rows)
    return made


def _index(rows: list[tuple]) -> str:
    return (
        "# Validation of the kernel\n\n"
        + MADE
        + "The kernel is the part of Wardwright that computes: due dates, risk scores, limits, identifiers, the "
        "reading of registers. It needs no database and\n"
        "no clock, so a hospital can validate it by itself. These pages are its spec tests: what goes in, what must "
        "come out, and where the number comes from.\n"
        "Beside them, `tests/generative/` tries made-up input without end against slow and obvious answers.\n\n"
        "Run them: `.venv/bin/pytest tests/spec tests/generative`.\n\n"
        "Numbers such as 1.1 or 15.9 in the sources are sections of the project's collection of facts. V2, V1, P, C "
        "and M say how a fact was checked: in two\n"
        "sources, in one, in the primary text, recomputed, or from memory only.\n\n"
        + table(("part", "about", "tests", "cases"), rows)
    )


def _page(name: str, path: Path, source: str, tree: ast.Module, tests: list[ast.FunctionDef]) -> str:
    comments = _comments(source)
    parts = [
        f"# Validation: {name.replace('-', ' ')}\n\n",
        MADE,
        (ast.get_docstring(tree) or "") + f"\n\nSource: `{path.relative_to(ROOT)}`\n",
    ]
    for test in tests:
        parts.append(f"\n## {test.name.removeprefix('test_').replace('_', ' ').capitalize()}\n\n")
        words = ast.get_docstring(test)
        if words:
            parts.append(words + "\n\n")
        shown = _shown(test, tree, source, comments)
        parts.append(shown or f"```python\n{_body(test, source)}\n```\n")
    return "".join(parts)


def _shown(test: ast.FunctionDef, tree: ast.Module, source: str, comments: dict[int, str]) -> str:
    """The cases as a table, with the comment beside each as its note."""
    cases = _cases(test, tree)
    if cases is None:
        return ""
    names, rows = _names(test), []
    for element in _rows(cases):
        cells = element.elts if isinstance(element, ast.Tuple) and len(names) > 1 else [element]
        notes = " ".join(
            comments[line] for line in range(element.lineno, (element.end_lineno or 0) + 1) if line in comments
        )
        rows.append([*(_short(cell, source) for cell in cells), notes])
    if not rows or any(len(row) != len(names) + 1 for row in rows):
        return ""
    if not any(row[-1] for row in rows):
        return table(names, (row[:-1] for row in rows))
    return table((*names, "note"), rows)


def _parametrize(test: ast.FunctionDef) -> Iterator[ast.Call]:
    for decorator in test.decorator_list:
        if isinstance(decorator, ast.Call) and ast.unparse(decorator.func) == "pytest.mark.parametrize":
            yield decorator


def _names(test: ast.FunctionDef) -> list[str]:
    names = ast.literal_eval(next(_parametrize(test)).args[0])
    return [part.strip() for part in names.split(",")] if isinstance(names, str) else list(names)


def _cases(test: ast.FunctionDef, tree: ast.Module) -> ast.expr | None:
    """The list of cases, also where it stands under a name of the module; None without exactly one readable list."""
    calls = list(_parametrize(test))
    if len(calls) != 1:
        return None
    cases = calls[0].args[1]
    if isinstance(cases, ast.Name):
        named = {
            t.id: n.value for n in tree.body if isinstance(n, ast.Assign) for t in n.targets if isinstance(t, ast.Name)
        }
        return named.get(cases.id)
    return cases


def _rows(cases: ast.expr | None) -> list[ast.expr]:
    return cases.elts if isinstance(cases, ast.List | ast.Tuple) else []


def _short(node: ast.expr, source: str) -> str:
    text = " ".join(_segment(source, node).split())
    return code(text if len(text) <= LONGEST else text[: LONGEST - 1] + "…")


@cache
def _lines(source: str) -> list[bytes]:
    return source.encode().splitlines(keepends=True)


def _segment(source: str, node: ast.expr) -> str:
    """The node's text as it stands (`ast.get_source_segment` splits the whole file each time)."""
    lines = _lines(source)[node.lineno - 1 : node.end_lineno]
    lines[-1] = lines[-1][: node.end_col_offset]
    lines[0] = lines[0][node.col_offset :]
    return b"".join(lines).decode()


def _comments(source: str) -> dict[int, str]:
    tokens = tokenize.generate_tokens(io.StringIO(source).readline)
    found = {token.start[0]: token.string.lstrip("# ") for token in tokens if token.type == tokenize.COMMENT}
    return {line: text for line, text in found.items() if not text.startswith(("noqa", "fmt:", "type:"))}


def _body(test: ast.FunctionDef, source: str) -> str:
    """The test's statements as they stand, without its docstring."""
    body = test.body[1:] if ast.get_docstring(test) is not None else test.body
    lines = source.splitlines()[body[0].lineno - 1 : test.end_lineno]
    return "\n".join(line.removeprefix("    ") for line in lines)
