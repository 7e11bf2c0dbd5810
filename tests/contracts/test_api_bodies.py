"""Whatever a caller puts into the body of an operation, the answer is a refusal in words and never a fault.

Each entry of each body is replaced by values of every wrong kind, also one level down; the other entries stay right.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction
from django.test import Client

from tests import factories
from wardwright.apps.assets.operations.fields import EDITABLE
from wardwright.apps.maintenance.models import WorkOrder
from wardwright.apps.testing.operations import FUNCTION_FIELDS, POINT_FIELDS
from wardwright.platform.audit.models import AuditChange
from wardwright.platform.audit.operation import open_change
from wardwright.platform.core.change import System

from .test_api import BACKEND, ROUTES, SCHEMA, Route, _entry, is_problem, named

pytestmark = pytest.mark.django_db
HUGE = 10**30
WRONG: dict[str, str] = {
    "null": "null",
    "true": "true",
    "text": '"x"',
    "empty text": '""',
    "number": "-1",
    "huge number": str(HUGE),
    "fraction": "0.5",
    "huge fraction": "1e400",
    "not a number": "NaN",
    "list": "[]",
    "list of lists": "[[1], {}, null]",
    "dict": '{"x": [1]}',
    "deep list": "[" * 900 + "]" * 900,
    "NUL": '"\\u0000"',
    "half a character": '"\\ud800"',
    "long text": json.dumps("x" * 1_000_000),
}
COMPOSED = ("list of lists", "dict")
# What the entries of a body without a fixed form are called: they reach the operation as they came.
FREE: dict[str, tuple[str, ...]] = {
    "results": ("key", "value", "outcome", "text", "reason", "instrument_id", "attachment_id"),
    "values": (*EDITABLE, "device_model_id"),
    "steps": ("key", "section", "kind", "text", "unit", "low", "high", "choices", "required", "help"),
    "points": POINT_FIELDS,
    "functions": FUNCTION_FIELDS,
    "bands": ("measure", "low", "months"),
    "moves": ("work_order_id", "planned_on", "version"),
    "mapping": ("columns", "rules", "checks", "constants", "key", "date_order", "decimal_mark"),
    "options": ("without_uniformity", "origin_slice"),
    "filter": ("type_ids", "model_ids", "site_ids", "department_ids", "min_risk", "life_support", "ownership"),
}
STEPS = {
    "visual": {"key": "visual", "kind": "check", "text": "Look"},
    "leak": {"key": "leak", "kind": "reading", "text": "Leak", "unit": "µA", "high": "500"},
    "colour": {"key": "colour", "kind": "choice", "text": "Colour", "choices": ["green", "!red"]},
}
# Files come as multipart; what is wrong with those is tried in tests/platform/test_documents_api.py.
WRITES = [route for route in ROUTES if "application/json" in route.about.get("requestBody", {}).get("content", {})]


def schema_of(route: Route) -> dict[str, Any]:
    schema = route.about["requestBody"]["content"]["application/json"]["schema"]
    return SCHEMA["components"]["schemas"][schema["$ref"].rsplit("/", 1)[-1]]


def takes(about: dict[str, Any]) -> set[str]:
    return {option.get("type", "any") for option in about.get("anyOf", [about])}


def bodies(route: Route, values: dict[str, Any]) -> Iterator[tuple[str, bool, str]]:
    """What is wrong, whether it must be refused, and the body as text: callers send NaN, which JSON does not know."""
    schema = schema_of(route)
    right = {
        name: _entry(name, about, values)
        for name, about in schema["properties"].items()
        if name in schema.get("required", [])
    }
    for name, about in schema["properties"].items():
        for kind, wrong in WRONG.items():
            single = not takes(about) & {"array", "object", "any"}
            yield f"{name}: {kind}", single and kind in COMPOSED, with_entry(right, name, wrong)
            if "array" in takes(about):
                yield f"{name}[0]: {kind}", False, with_entry(right, name, f"[{wrong}]")
        for inner in FREE.get(name, ()):
            for kind, wrong in WRONG.items():
                for key in STEPS if name in ("results", "steps") else {"": {}}:
                    given = {**({"key": key, "kind": STEPS[key]["kind"], "text": "x"} if key else {}), inner: "%"}
                    text = json.dumps(given).replace('"%"', wrong)
                    what = f"{name}.{inner} {key}: {kind}"
                    single = name == "values" and inner != "external_ids"
                    yield (
                        what,
                        single and kind in COMPOSED,
                        with_entry(right, name, f"[{text}]" if "array" in takes(about) else text),
                    )
    for kind, wrong in WRONG.items():
        yield f"whole body: {kind}", True, wrong


def with_entry(right: dict[str, Any], name: str, text: str) -> str:
    others = {key: value for key, value in right.items() if key != name}
    return json.dumps({**others, name: "%%"}).replace('"%%"', text)


@pytest.mark.parametrize("route", WRITES, ids=named)
def test_no_body_breaks_an_operation(built, route):
    client = Client(raise_request_exception=False)
    client.force_login(factories.make_user(), backend=BACKEND)
    with open_change("test.steps", System("test")):
        WorkOrder.objects.filter(pk=built.here.values["work_order_id"]).update(steps=list(STEPS.values()))
    broken = []
    for what, must_refuse, body in bodies(route, built.here.values):
        save = transaction.savepoint()
        answer = getattr(client, route.method)(route.url(built.here.values), body, content_type="application/json")
        transaction.savepoint_rollback(save)
        refused = 400 <= answer.status_code < 500 and is_problem(answer)
        if not refused and (must_refuse or answer.status_code >= 400):
            broken.append(f"{what}: {answer.status_code}")
    assert broken == [], broken


def test_every_body_without_a_fixed_form_is_tried_by_its_entries():
    free = {
        name
        for route in WRITES
        for name, about in schema_of(route)["properties"].items()
        if '"additionalProperties": true' in json.dumps(about)
    }
    assert free - FREE.keys() == set()


@pytest.mark.parametrize("route", [route for route in ROUTES if route.lists], ids=named)
def test_no_query_breaks_a_list(built, route):
    client = Client(raise_request_exception=False)
    client.force_login(factories.make_user(), backend=BACKEND)
    broken = []
    for name in [parameter["name"] for parameter in route.about.get("parameters", [])]:
        for wrong in (
            "",
            "x",
            "-1",
            str(HUGE),
            "1e400",
            "NaN",
            "\x00",
            "\ufffe",
            "%",
            "__all__",
            "-",
            "[]",
            "x" * 9000,
        ):
            answer = client.get(route.url({}), {name: wrong})
            if answer.status_code != 200 and not (answer.status_code < 500 and is_problem(answer)):
                broken.append(f"{name}={wrong[:20]!r}: {answer.status_code}")
    assert broken == [], broken


def elsewhere(route: Route, here: dict[str, Any], there: dict[str, Any], of_a_site: frozenset[str]) -> Iterator[Any]:
    """(entry, body) for each id in the body that may name a row of a site, naming one at another site."""
    schema = schema_of(route)
    right = {name: _entry(name, schema["properties"][name], here) for name in schema.get("required", [])}
    for name in schema["properties"].keys() & of_a_site:
        yield name, {**right, name: there[name]}
    for name in [name for name in schema["properties"] if name.endswith("_ids") and name[:-1] in of_a_site]:
        yield name, {**right, name: [there[name[:-1]]]}
    if "results" in schema["properties"]:
        for name in ("instrument_id", "attachment_id"):
            answer = {"key": "leak", "value": "1", name: there[name]}
            yield f"results.{name}", {**right, "results": [answer]}


@pytest.mark.parametrize("who", ["site", "department", "vendor"])
def test_ids_in_a_body_reach_no_further_than_the_caller(built, who):
    here, there = built.here, built.there
    scope_id = {"site": here.site_id, "department": here.department_id, "vendor": here.vendor_id}[who]
    client = Client()
    client.force_login(factories.make_user(permissions=["*"], scope=(who, scope_id)), backend=BACKEND)
    with open_change("test.steps", System("test")):
        WorkOrder.objects.filter(pk=here.values["work_order_id"]).update(steps=list(STEPS.values()))
    changes, wrong, tried = AuditChange.objects.count(), [], set()
    for route in WRITES:
        for name, body in elsewhere(route, here.values, there.values, built.of_a_site):
            answer = getattr(client, route.method)(route.url(here.values), body, content_type="application/json")
            tried.add(f"{route.name}.{name}")
            if answer.status_code not in (403, 404, 422) or AuditChange.objects.count() != changes:
                wrong.append(f"{route.name}.{name}: {answer.status_code} {answer.content[:300]!r}")
                changes = AuditChange.objects.count()
    assert wrong == [], "\n".join(wrong)
    assert {"move_asset.room_id", "assign_work.person_id", "record_results.results.attachment_id"} <= tried
