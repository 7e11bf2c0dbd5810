"""How a table's columns become records: data that is proposed, corrected by a person, and saved for the next file."""

from __future__ import annotations

from collections.abc import Mapping as AnyMapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any, get_args

from wardwright.kernel.said import say
from wardwright.kernel.tabular.dates import Order
from wardwright.kernel.tabular.vocabulary import heading_key

from .records import TESTS

FIELDS = (
    *("asset_tag", "serial", "maker", "model", "description", "location"),
    *("tested_at", "time", "tester", "reason", "procedure"),
    *("analyser_maker", "analyser_model", "analyser_serial", "calibrated_on", "calibration_due"),
    *("mains_v", "temperature_c", "humidity_percent", "protection_class", "applied_part", "verdict", "note"),
)
"""What a column can say of a record."""
LONG_FIELDS = ("test", "value", "unit", "low", "high", "reading_verdict", "method", "condition", "polarity")
"""What a column can say of one reading, where each row is a reading."""


class MappingError(ValueError):
    """A mapping that cannot be used; the message says what to change."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A column that holds values. ``when``: only in rows of these tests or quantities (long form). The names of the
    columns with its limits and its verdict stand beside it (wide form). ``test`` or ``quantity`` say what it is; both
    empty: what the row's test says."""

    column: str
    when: tuple[str, ...] = ()
    test: str = ""
    quantity: str = ""
    name: str = ""
    method: str = ""
    condition: str = ""
    fault: str = ""
    polarity: str = ""
    current: str = ""
    unit: str = ""
    unit_column: str = ""
    low: str = ""
    high: str = ""
    verdict: str = ""


@dataclass(frozen=True, slots=True)
class Mapping:
    """Columns by their headings. ``key``: the column that says which rows are one record, and joins two tables.
    ``assumed``: what was guessed and a person should look at."""

    columns: AnyMapping[str, str]
    rules: tuple[Rule, ...] = ()
    checks: tuple[str, ...] = ()
    constants: AnyMapping[str, str] = field(default_factory=dict)
    key: str = ""
    date_order: Order | None = None
    decimal_mark: str | None = None
    assumed: tuple[str, ...] = ()

    @property
    def is_long(self) -> bool:
        """Whether each row is one reading, its test named in a column."""
        return "test" in self.columns

    def plain(self) -> dict[str, Any]:
        """As JSON, for saving; what was assumed is not kept, because saving it is agreeing to it."""
        rules = [{name: value for name, value in asdict(rule).items() if value} for rule in self.rules]
        return {
            "mapping": "wardwright-results-mapping",
            "version": 1,
            "columns": dict(self.columns),
            "rules": rules,
            "checks": list(self.checks),
            "constants": dict(self.constants),
            "key": self.key,
            "date_order": self.date_order,
            "decimal_mark": self.decimal_mark,
        }


def load_mapping(plain: Any) -> Mapping:
    """A saved mapping. Raises MappingError saying what is wrong with it."""
    if not isinstance(plain, dict) or plain.get("mapping") != "wardwright-results-mapping" or plain.get("version") != 1:
        raise MappingError(say("This is no mapping of version 1."))
    columns, constants = plain.get("columns") or {}, plain.get("constants") or {}
    if not isinstance(columns, dict) or not isinstance(constants, dict):
        raise MappingError(say("“columns” and “constants” are objects: the name of a field, and its column or value."))
    for name in columns:
        if name not in (*FIELDS, *LONG_FIELDS):
            raise MappingError(
                say(
                    "No field is called “{name}”; there are {fields}.",
                    name=name,
                    fields=", ".join((*FIELDS, *LONG_FIELDS)),
                )
            )
    for name in constants:
        if name not in FIELDS:
            raise MappingError(
                say("No field is called “{name}”; there are {fields}.", name=name, fields=", ".join(FIELDS))
            )
    if plain.get("date_order") not in (*get_args(Order), None) or plain.get("decimal_mark") not in (".", ",", None):
        raise MappingError(say("“date_order” is day-first or month-first, “decimal_mark” a point or a comma."))
    texts = [*columns.values(), *constants.values(), *(plain.get("checks") or []), plain.get("key") or ""]
    if not all(isinstance(text, str) for text in texts):
        raise MappingError(say("Columns, values, checks and the key are given as text."))
    return Mapping(
        columns=dict(columns),
        rules=tuple(map(_rule, plain.get("rules") or ())),
        checks=tuple(plain.get("checks") or ()),
        constants=dict(constants),
        key=plain.get("key") or "",
        date_order=plain.get("date_order"),
        decimal_mark=plain.get("decimal_mark"),
    )


def _rule(plain: Any) -> Rule:
    names = [one.name for one in fields(Rule)]
    if not isinstance(plain, dict) or "column" not in plain or set(plain) - set(names):
        raise MappingError(say("A rule names its “column”; it may hold {names}.", names=", ".join(names[1:])))
    if plain.get("test", "") not in ("", *TESTS):
        raise MappingError(
            say("No test is called “{name}”; there are {tests}.", name=plain["test"], tests=", ".join(TESTS))
        )
    when = plain.get("when", ())
    if not isinstance(when, list | tuple) or not all(
        isinstance(value, str) for key, value in plain.items() if key != "when"
    ):
        raise MappingError(say("“when” is a list of tests; everything else in a rule is text."))
    return Rule(**{**plain, "when": tuple(when)})


def fits(mapping: Mapping, headings: tuple[str, ...]) -> bool:
    """Whether a table has the columns that the mapping's values come from."""
    have = {heading_key(heading) for heading in headings}
    wanted = {heading_key(rule.column) for rule in mapping.rules} | {
        heading_key(mapping.columns[name]) for name in ("test", "value") if name in mapping.columns
    }
    return bool(wanted) and wanted <= have
