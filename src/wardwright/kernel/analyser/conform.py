"""Whether JSON keeps the shipped schema, said in words and with the place. The schema is the one source; of JSON
Schema exactly what it uses is understood (the tests hold this equal to a full validator)."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from decimal import Decimal
from functools import cache
from importlib import resources
from typing import Any

from rapidfuzz import process

from wardwright.kernel.said import say

#: What no text holds: control characters other than tab and line ends, and halves of a character.
_NONE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_KINDS = {
    "object": lambda value: isinstance(value, dict),
    "array": lambda value: isinstance(value, list),
    "string": lambda value: isinstance(value, str),
    "number": lambda value: isinstance(value, int | Decimal) and not isinstance(value, bool),
    "integer": lambda value: (
        not isinstance(value, bool)
        and (isinstance(value, int) or (isinstance(value, Decimal) and value == value.to_integral_value()))
    ),
}


@cache
def schema() -> dict[str, Any]:
    """The JSON Schema of wardwright-results, version 1."""
    return json.loads(resources.files("wardwright.kernel").joinpath("data/results.schema.json").read_text("utf-8"))


def departures(value: Any, rule: dict[str, Any], path: str = "") -> Iterator[tuple[str, str]]:
    """(place, what is wrong) for everything in ``value`` that the rule does not allow."""
    if "$ref" in rule:
        yield from departures(value, schema()["$defs"][rule["$ref"].rsplit("/", 1)[-1]], path)
        return
    if "const" in rule and value != rule["const"]:
        yield path, say("must be {wanted}", wanted=json.dumps(rule["const"]))
        return
    kinds = [rule["type"]] if isinstance(rule.get("type"), str) else rule.get("type", [])
    if kinds and not any(_KINDS[kind](value) for kind in kinds):
        yield path, _wrong_kind(kinds)
        return
    if isinstance(value, str):
        yield from _text(value, rule, path)
    elif isinstance(value, int | Decimal) and not isinstance(value, bool):
        if not rule.get("minimum", value) <= value <= rule.get("maximum", value):
            yield path, say("must be from {low} to {high}", low=rule["minimum"], high=rule["maximum"])
    elif isinstance(value, list):
        for place, item in enumerate(value):
            yield from departures(item, rule.get("items", {}), f"{path}/{place}")
    elif isinstance(value, dict):
        yield from _object(value, rule, path)


def _wrong_kind(kinds: list[str]) -> str:
    if kinds == ["object"]:
        return say("must be an object: {…}")
    if kinds == ["array"]:
        return say("must be a list: […]")
    if kinds == ["integer"]:
        return say("must be a whole number")
    return say("must be a number") if "number" in kinds else say("must be text")


def _text(value: str, rule: dict[str, Any], path: str) -> Iterator[tuple[str, str]]:
    yield from _characters(value, path)
    if "enum" in rule and value not in rule["enum"]:
        yield path, say("must be one of: {choices}", choices=", ".join(rule["enum"]))
    if "pattern" in rule and not re.search(rule["pattern"].replace("\\d", "[0-9]").removesuffix("$") + r"\Z", value):
        if rule["pattern"].startswith("^-"):
            yield path, say("must be a number")
        else:
            yield path, say("must be a date such as 2026-03-01, with a time such as T14:05 where one is allowed")
    if len(value) > rule.get("maxLength", len(value)):
        yield path, say("has {n:,} characters; up to {most:,} are allowed", n=len(value), most=rule["maxLength"])


def _characters(text: str, path: str) -> Iterator[tuple[str, str]]:
    if none := _NONE.search(text):
        yield path, say("holds a character that is none: {code}", code=_code(none))


def _code(none: re.Match[str]) -> str:
    return f"\\u{ord(none[0]):04x}"


def _object(value: dict[str, Any], rule: dict[str, Any], path: str) -> Iterator[tuple[str, str]]:
    known, other = rule.get("properties", {}), rule.get("additionalProperties", {})
    for name in rule.get("required", ()):
        if name not in value:
            yield f"{path}/{name}", say("is missing")
    if len(value) < rule.get("minProperties", 0):
        yield path, say("must say something: {names}", names=", ".join(known))
    for name, item in value.items():
        if _NONE.search(name):
            yield from _characters(name, f"{path}/{_escaped(name)}")
        elif name in known:
            yield from departures(item, known[name], f"{path}/{_escaped(name)}")
        elif other is False:
            near = process.extractOne(name, list(known), score_cutoff=70)
            yield (
                f"{path}/{_escaped(name)}",
                say("is not known; did you mean “{name}”?", name=near[0])
                if near
                else say("is not known; put it into “extra”, or leave it out"),
            )
        else:
            yield from departures(item, other, f"{path}/{_escaped(name)}")


def _escaped(name: str) -> str:
    return _NONE.sub(_code, name.replace("~", "~0").replace("/", "~1"))
