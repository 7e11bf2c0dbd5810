"""Editable formulas, such as a hospital's own risk score, read and computed without ever running them as code.

The language: numbers, names, + - * / and parentheses, `min(...)` and `max(...)`, comparisons, `and` `or` `not`, and
`A if CONDITION else B`. All arithmetic is Decimal with 28 digits. A comparison is 1 or 0, and anything but 0 is true,
so `function + 3 * (failures > 2)` works. Python's own parser reads the text; every part of the tree must then be on
the list below, so there is no way to a call, an attribute or a power. Size is limited before anything is computed.
"""

import ast
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Context, Decimal, DecimalException, DivisionByZero, InvalidOperation, Overflow

from wardwright.kernel.said import say

MAX_CHARACTERS = 500
MAX_DEPTH = 40
MAX_PARTS = 250

Number = Decimal | int | float
_ARITHMETIC = Context(prec=28, Emax=999, Emin=-999, traps=[DivisionByZero, InvalidOperation, Overflow])

_OPERATORS: dict[type[ast.operator], Callable[[Decimal, Decimal], Decimal]] = {
    ast.Add: _ARITHMETIC.add,
    ast.Sub: _ARITHMETIC.subtract,
    ast.Mult: _ARITHMETIC.multiply,
    ast.Div: _ARITHMETIC.divide,
}
_COMPARISONS: dict[type[ast.cmpop], Callable[[Decimal, Decimal], bool]] = {
    ast.Lt: lambda a, b: a < b,
    ast.LtE: lambda a, b: a <= b,
    ast.Gt: lambda a, b: a > b,
    ast.GtE: lambda a, b: a >= b,
    ast.Eq: lambda a, b: a == b,
    ast.NotEq: lambda a, b: a != b,
}
_FUNCTIONS: dict[str, Callable[[Iterable[Decimal]], Decimal]] = {"min": min, "max": max}
_UNARY = (ast.UAdd, ast.USub, ast.Not)
_ADVICE: dict[type[ast.AST], str] = {
    ast.Tuple: say("a comma stands here; write decimals with a point, such as 0.85"),
    ast.Pow: say("powers are not available; multiply instead"),
    ast.BitXor: say("powers are not available; multiply instead"),
    ast.FloorDiv: say("use / to divide"),
    ast.Attribute: say("a point may stand only inside a number"),
    ast.NamedExpr: say("a formula cannot store values; use == to compare"),
}
_GENERAL_ADVICE = say(
    "use numbers, names, + - * /, parentheses, min, max, comparisons, and, or, not, and A if B else C"
)


class FormulaError(ValueError):
    """A formula that cannot be read or computed: `message` says what and what to do, `position` counts from 1."""

    def __init__(self, message: str, position: int) -> None:
        super().__init__(say("at character {position}: {message}", position=position, message=message))
        self.message = message
        self.position = position


class _Failed(ArithmeticError):
    """A part that could not be computed; `evaluate` turns it into a FormulaError with the position in the text."""

    def __init__(self, message: str, node: ast.AST) -> None:
        super().__init__(message)
        self.node = node


@dataclass(frozen=True, slots=True)
class Formula:
    """A formula that has been read and found safe. `names` are the values it asks for, in alphabetical order."""

    text: str
    names: tuple[str, ...]
    _tree: ast.expr = field(repr=False, compare=False)


def _position(text: str, node: ast.AST) -> int:
    """Return where a part begins, counting characters from 1 (the parser counts bytes from 0)."""
    before = text.encode()[: getattr(node, "col_offset", 0)]
    return len(before.decode(errors="ignore")) + 1


def _read_tree(text: str) -> ast.expr:
    try:
        return ast.parse(text, mode="eval").body
    except SyntaxError as error:
        at_end = not error.offset or (error.lineno or 1) > 1
        position = len(text) + 1 if at_end else error.offset or 1
        raise FormulaError(say("this cannot be read: {advice}", advice=_syntax_advice(text)), position) from None
    except (RecursionError, MemoryError):
        raise FormulaError(say("too deeply nested; split the formula"), 1) from None


def _syntax_advice(text: str) -> str:
    bare = text
    for comparison in ("==", "<=", ">=", "!="):
        bare = bare.replace(comparison, "")
    if "=" in bare:
        return say("use == to compare")
    if text.count("(") != text.count(")"):
        return say("the parentheses do not match")
    if " then " in text:
        return say("write A if CONDITION else B")
    return _GENERAL_ADVICE


def _parts(tree: ast.expr) -> Iterator[tuple[ast.AST, int]]:
    """Yield every part with its depth, without recursion: the text comes from outside."""
    waiting: list[tuple[ast.AST, int]] = [(tree, 1)]
    while waiting:
        node, depth = waiting.pop()
        yield node, depth
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            waiting.extend((child, depth + 1) for child in (*node.args, *node.keywords))
        else:
            waiting.extend((child, depth + 1) for child in ast.iter_child_nodes(node))


def _is_number(node: ast.Constant) -> bool:
    return type(node.value) is int or (type(node.value) is float and abs(node.value) != float("inf"))


def _refusal(node: ast.AST) -> str | None:
    """Return why a part is not allowed, or None if it is."""
    match node:
        case ast.Constant():
            return (
                None
                if _is_number(node)
                else say("{value} is not a number; put numbers and names only", value=repr(node.value))
            )
        case ast.Call(func=ast.Name(id=name)) if name in _FUNCTIONS:
            plain = node.args and not node.keywords and not any(isinstance(arg, ast.Starred) for arg in node.args)
            return None if plain else say("{name}(...) takes one or more values, separated by commas", name=name)
        case ast.Call():
            return say("only min(...) and max(...) can be called")
        case ast.Name(id=name) if name in _FUNCTIONS:
            return say("{name} needs values in parentheses, such as {name}(1, 2)", name=name)
        case ast.UnaryOp() if isinstance(node.op, _UNARY):
            return None
        case ast.BinOp() if type(node.op) not in _OPERATORS:
            return _ADVICE.get(type(node.op), _GENERAL_ADVICE)
        case ast.Compare() if not all(type(op) in _COMPARISONS for op in node.ops):
            return say("compare with < <= > >= == or !=")
        case ast.BinOp() | ast.Compare() | ast.BoolOp() | ast.IfExp() | ast.Name():
            return None
        case ast.operator() | ast.cmpop() | ast.boolop() | ast.unaryop() | ast.expr_context():
            return None
    return _ADVICE.get(type(node), say("this is not part of a formula; {advice}", advice=_GENERAL_ADVICE))


def _check(text: str, tree: ast.expr, allowed_names: frozenset[str] | None) -> Iterator[str]:
    """Yield the names used; raise FormulaError at the first part that is not allowed."""
    for number, (node, depth) in enumerate(_parts(tree), start=1):
        if depth > MAX_DEPTH or number > MAX_PARTS:
            raise FormulaError(say("the formula is too large; split it"), _position(text, node))
        refusal = _refusal(node)
        if refusal is not None:
            raise FormulaError(refusal, _position(text, node))
        if isinstance(node, ast.Name):
            if allowed_names is not None and node.id not in allowed_names:
                known = ", ".join(sorted(allowed_names))
                raise FormulaError(
                    say("{name} is not known here; known are: {known}", name=repr(node.id), known=known),
                    _position(text, node),
                )
            yield node.id


def parse(text: str, allowed_names: Iterable[str] | None = None) -> Formula:
    """Read a formula and check every part of it; with `allowed_names`, any other name is refused.

    Raises FormulaError with the position and what to do instead.
    """
    if len(text) > MAX_CHARACTERS:
        message = say(
            "the formula has {count} characters, at most {limit} are read; split it",
            count=len(text),
            limit=MAX_CHARACTERS,
        )
        raise FormulaError(message, MAX_CHARACTERS + 1)
    # Spaces instead of line breaks and control characters keep every character at its position.
    flat = "".join(character if character.isprintable() else " " for character in text)
    if not flat.strip():
        raise FormulaError(say("the formula is empty; write at least a number or a name"), 1)
    bare = flat.lstrip()
    try:
        tree = _read_tree(bare)
        allowed = None if allowed_names is None else frozenset(allowed_names)
        names = tuple(sorted(set(_check(bare, tree, allowed))))
    except FormulaError as error:
        raise FormulaError(error.message, error.position + len(flat) - len(bare)) from None
    return Formula(bare, names, tree)


def _decimal(name: str, value: Number) -> Decimal:
    number = value if isinstance(value, Decimal) else Decimal(str(value) if isinstance(value, float) else int(value))
    if not number.is_finite():
        raise FormulaError(
            say("the value of {name} is {number}; give a finite number", name=repr(name), number=number), 1
        )
    return number


def _truth(value: bool) -> Decimal:
    return Decimal(1) if value else Decimal(0)


def _compare(node: ast.Compare, values: Mapping[str, Decimal]) -> Decimal:
    left = _compute(node.left, values)
    for op, right_node in zip(node.ops, node.comparators, strict=True):
        right = _compute(right_node, values)
        if not _COMPARISONS[type(op)](left, right):
            return _truth(False)
        left = right
    return _truth(True)


def _bool(node: ast.BoolOp, values: Mapping[str, Decimal]) -> Decimal:
    quantifier = all if isinstance(node.op, ast.And) else any
    return _truth(quantifier(_compute(part, values) != 0 for part in node.values))


def _unary(node: ast.UnaryOp, values: Mapping[str, Decimal]) -> Decimal:
    value = _compute(node.operand, values)
    if isinstance(node.op, ast.Not):
        return _truth(value == 0)
    return _ARITHMETIC.minus(value) if isinstance(node.op, ast.USub) else _ARITHMETIC.plus(value)


def _arithmetic(node: ast.BinOp, values: Mapping[str, Decimal]) -> Decimal:
    left, right = _compute(node.left, values), _compute(node.right, values)
    try:
        return _OPERATORS[type(node.op)](left, right)
    except DecimalException:
        what = say("divided by zero") if isinstance(node.op, ast.Div) and right == 0 else say("the result is too large")
        raise _Failed(say("{what}; guard it with A if CONDITION else B", what=what), node) from None


def _compute(node: ast.expr, values: Mapping[str, Decimal]) -> Decimal:
    match node:
        case ast.Constant(value=value):
            return Decimal(str(value))
        case ast.Name(id=name):
            return values[name]
        case ast.BinOp():
            return _arithmetic(node, values)
        case ast.UnaryOp():
            return _unary(node, values)
        case ast.Compare():
            return _compare(node, values)
        case ast.BoolOp():
            return _bool(node, values)
        case ast.IfExp():
            return _compute(node.body if _compute(node.test, values) != 0 else node.orelse, values)
        case ast.Call(func=ast.Name(id=name)):
            return _FUNCTIONS[name](_compute(arg, values) for arg in node.args)
    raise AssertionError(f"{type(node).__name__} passed the check but cannot be computed")


def evaluate(formula: Formula, values: Mapping[str, Number]) -> Decimal:
    """Return the formula's value; names it does not ask for are ignored, True and False count as 1 and 0.

    Raises FormulaError for a missing or infinite value, a division by zero or a result beyond 10^999.
    """
    missing = [name for name in formula.names if name not in values]
    if missing:
        raise FormulaError(
            say("no value for {names}; fill it in or take it out of the formula", names=", ".join(missing)), 1
        )
    numbers = {name: _decimal(name, values[name]) for name in formula.names}
    try:
        return _compute(formula._tree, numbers)
    except _Failed as failed:
        raise FormulaError(failed.args[0], _position(formula.text, failed.node)) from None
