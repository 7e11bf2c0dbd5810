"""Whether the steps of a draft make sense, before they are written."""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from wardwright.apps.testing.models import Step
from wardwright.apps.testing.queries import by_table, limit_title, normal_limit
from wardwright.apps.testing.states import Section, StepKind
from wardwright.kernel.metrology import Rule, rule_named
from wardwright.platform.core.errors import Invalid
from wardwright.platform.core.words import error_words

from .tolerances import tolerance_of

MOST_STEPS = 200
_KEY = re.compile(r"[a-z0-9][a-z0-9_-]*")
_TEXTS = ("text", "help", "unit", "limit_source", "quantity")


def checked_steps(steps: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The steps as columns of ``Step``; a step without a key gets one from its text.

    Raises:
        Invalid: ``fields`` names each wrong entry as ``steps.NUMBER.NAME``, counted from 1.
    """
    if len(steps) > MOST_STEPS:
        raise Invalid(
            _("A procedure has at most %(n)d steps.") % {"n": MOST_STEPS}, _("Divide it into two procedures.")
        )
    wrong: dict[str, Any] = {}
    good: list[dict[str, Any]] = []
    keys: set[str] = set()
    for number, step in enumerate(steps, 1):
        columns, faults = _checked(step, keys)
        wrong |= {f"steps.{number}.{name}": message for name, message in faults.items()}
        keys.add(columns["key"])
        good.append(columns)
    if wrong:
        words = " ".join(f"{name.removeprefix('steps.')}: {message}" for name, message in wrong.items())
        raise Invalid(_("Some steps need another look."), words, fields=wrong)
    return good


def _checked(step: dict[str, Any], keys: set[str]) -> tuple[dict[str, Any], dict[str, Any]]:
    """The columns of one step and what is wrong with it."""
    faults: dict[str, Any] = {}
    columns = _texts(step, faults)
    columns["kind"] = _member(StepKind, step.get("kind", StepKind.CHECK), "kind", faults)
    columns["section"] = _member(Section, step.get("section", Section.FUNCTION), "section", faults)
    columns["key"] = _key(str(step.get("key") or ""), columns["text"], keys, faults)
    columns["required"] = bool(step.get("required", True))
    columns["needs_instrument"] = bool(step.get("needs_instrument", False))
    columns["limit"], *sides = _tolerance(step, columns["kind"], faults)
    given = step if sides == [None, None] else {**step, "low": sides[0], "high": sides[1]}
    columns |= _limits(given, columns["kind"], faults)
    columns |= _of_table(step, columns, faults)
    columns["rule"] = _rule(step, columns, faults)
    columns["choices"] = _choices(step, columns["kind"], faults)
    if columns["needs_instrument"] and columns["kind"] != StepKind.READING:
        faults["needs_instrument"] = _("Only a reading is taken with an instrument.")
    return columns, faults


def _texts(step: dict[str, Any], faults: dict[str, Any]) -> dict[str, Any]:
    columns: dict[str, Any] = {}
    for name in _TEXTS:
        columns[name] = str(step.get(name) or "").strip()
        longest = Step._meta.get_field(name).max_length  # type: ignore[union-attr]
        if longest and len(columns[name]) > longest:
            faults[name] = _("This is too long: at most %(n)d characters.") % {"n": longest}
    if not columns["text"]:
        faults["text"] = _("Say what is to be done.")
    return columns


def _member(choices: Any, value: Any, name: str, faults: dict[str, Any]) -> str:
    if value not in choices.values:
        faults[name] = _("Choose one from the list.")
        return choices.values[0]
    return str(choices(value).value)


def _key(given: str, text: str, keys: set[str], faults: dict[str, Any]) -> str:
    """The given key, or a new one from the text that no other step of the draft has."""
    if given:
        if not _KEY.fullmatch(given) or len(given) > 40:
            faults["key"] = _("Use small letters, digits, - and _, at most 40.")
        elif given in keys:
            faults["key"] = _("Another step has this key.")
        return given
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    base = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:34] or "step"
    key, number = base, 2
    while key in keys:
        key, number = f"{base}-{number}", number + 1
    return key


def _tolerance(step: dict[str, Any], kind: str, faults: dict[str, Any]) -> tuple[Any, Any, Any]:
    given = step.get("limit") or {}
    if not isinstance(given, dict) or (given and kind != StepKind.READING):
        faults["limit"] = _("Only a reading has limits.")
        return {}, None, None
    return ({}, None, None) if by_table(step) else tolerance_of(given, faults)


def _limits(step: dict[str, Any], kind: str, faults: dict[str, Any]) -> dict[str, Decimal | None]:
    limits = {name: _number(step.get(name), name, faults) for name in ("low", "high")}
    low, high = limits["low"], limits["high"]
    if kind != StepKind.READING and (low is not None or high is not None):
        faults["low" if low is not None else "high"] = _("Only a reading has limits.")
    elif low is not None and high is not None and low > high:
        faults["low"] = _("The lower limit is above the upper one.")
    return limits


def _of_table(step: dict[str, Any], columns: dict[str, Any], faults: dict[str, Any]) -> dict[str, Any]:
    """The limit looked up in the table of limits: as the table spells it, with its unit and where it is read."""
    if "limit" in faults or not by_table(step):
        return {}
    if columns["low"] is not None or columns["high"] is not None:
        faults["limit"] = _("Enter figures, or choose from the table of limits, not both.")
        return {"limit": {}}
    try:
        spelt, row = normal_limit(step["limit"], timezone.localdate())
    except ValueError as error:
        faults["limit"] = error_words(error)
        return {"limit": {}}
    return {"limit": spelt, "unit": row.unit, "limit_source": limit_title(spelt)}


def _rule(step: dict[str, Any], columns: dict[str, Any], faults: dict[str, Any]) -> str:
    """The decision rule; "" for simple acceptance."""
    try:
        rule = rule_named(str(step.get("rule") or Rule.SIMPLE))
    except ValueError as error:
        faults["rule"] = error_words(error)
        return ""
    two_sided = columns["low"] is not None and columns["high"] is not None
    if columns["kind"] != StepKind.READING or rule is Rule.SIMPLE:
        return ""
    if rule is Rule.UNCRITICAL:
        faults["rule"] = _("This rule passes what is beyond its limit: it is for screening, not for devices in use.")
    elif rule in (Rule.RSS, Rule.METHOD_6) and not two_sided:
        faults["rule"] = _("This rule needs a lower and an upper limit.")
    return rule.value


def _number(value: Any, name: str, faults: dict[str, Any]) -> Decimal | None:
    if value is None or value == "":
        return None
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite() or abs(number) >= 10**10:
        faults[name] = _("Enter a number.")
        return None
    if number != round(number, 4):
        faults[name] = _("Enter at most 4 decimals.")
    return number


def _choices(step: dict[str, Any], kind: str, faults: dict[str, Any]) -> list[str]:
    if kind != StepKind.CHOICE:
        return []
    given = step.get("choices") or []
    if not isinstance(given, list | tuple):
        faults["choices"] = _("Enter the texts to choose from as a list.")
        return []
    choices = [str(choice).strip() for choice in given if str(choice).strip("! ")]
    plain = [choice.lstrip("!").strip() for choice in choices]
    if len(plain) < 2 or len(set(plain)) != len(plain):
        faults["choices"] = _("Enter at least two different texts to choose from.")
    elif all(choice.startswith("!") for choice in choices):
        faults["choices"] = _("At least one choice must pass; those starting with ! fail.")
    return choices
