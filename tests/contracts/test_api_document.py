"""The OpenAPI document: kept beside the code (tests/architecture compares the page), complete for every route."""

import json
from pathlib import Path

from django.test import Client

from wardwright.config.api import api

DOCUMENT = api.get_openapi_schema(path_prefix="/api/v1/")
ROUTES = [
    (f"{method} {path}", route) for path, methods in DOCUMENT["paths"].items() for method, route in methods.items()
]
KEPT = Path(__file__).resolve().parents[2] / "docs" / "reference" / "openapi.json"


def test_the_document_is_the_one_that_is_kept():
    kept = json.loads(KEPT.read_text())
    served = json.loads(json.dumps(DOCUMENT, default=str))
    assert served == kept, "run python tools/build_docs.py --reference and look at what changed"


def test_the_document_is_served():
    assert Client().get("/api/v1/openapi.json").json() == json.loads(KEPT.read_text())


def test_every_route_says_what_it_does():
    assert [name for name, route in ROUTES if not route.get("summary") or not route.get("description")] == []


def test_every_route_names_its_log_in_and_its_errors():
    assert [name for name, route in ROUTES if not route.get("security")] == []
    lacking = [name for name, route in ROUTES if not {"401", "403", "422", "429", "503"} <= route["responses"].keys()]
    assert lacking == []


def test_writes_take_a_key_and_single_records_a_tag():
    def headers(route):
        return {p["name"] for p in route["parameters"] if p["in"] == "header"}

    assert [n for n, r in ROUTES if not n.startswith("get") and "Idempotency-Key" not in headers(r)] == []
    assert [n for n, r in ROUTES if n.startswith("get") and "{" in n and "If-None-Match" not in headers(r)] == []


def test_every_entry_of_a_problem_is_described():
    assert set(DOCUMENT["components"]["securitySchemes"]) == {"TokenAuth", "CookieAuth"}
    assert {"type", "title", "status", "detail"} == set(DOCUMENT["components"]["schemas"]["Problem"]["required"])
