"""Every API route × anonymous, without permission, another site; lists cost the same with one row and with three."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tests import factories, world
from wardwright.config.api import api
from wardwright.platform.access.models import ApiToken
from wardwright.platform.audit.models import AuditChange
from wardwright.platform.audit.operation import open_change
from wardwright.platform.core.change import System

from .addresses import PARAMETER

pytestmark = pytest.mark.django_db
BACKEND = "wardwright.platform.access.login.PasswordBackend"
# Answers to whoever is logged in, whatever they may do: it says who they are.
EVERYBODY: set[str] = {"list_tokens", "get_token"}  # one's own


@dataclass(frozen=True)
class Route:
    """One method of one path, with its OpenAPI description."""

    name: str
    method: str
    path: str
    about: dict[str, Any]

    @property
    def parameters(self) -> list[str]:
        return [p["name"] for p in self.about.get("parameters", []) if p["in"] == "path"]

    @property
    def lists(self) -> bool:
        return self.method == "get" and not self.parameters

    def url(self, values: dict[str, Any]) -> str:
        path = self.path
        for name in self.parameters:
            assert name in values, f"{self.path} has the parameter “{name}”: add a row for it to tests/world.py."
            path = path.replace("{" + name + "}", str(values[name]))
        return path

    def call(self, client: Client, values: dict[str, Any]) -> Any:
        """The request with the smallest body its schema accepts."""
        body = self.about.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema")
        data = _example(body, values) if body else None
        return getattr(client, self.method)(self.url(values), data, content_type="application/json")


SCHEMA = api.get_openapi_schema()


def _example(schema: dict[str, Any], values: dict[str, Any]) -> Any:
    """The smallest answer to a schema; ids are those of rows that exist."""
    if "$ref" in schema:
        schema = SCHEMA["components"]["schemas"][schema["$ref"].rsplit("/", 1)[-1]]
    if "anyOf" in schema:
        return _example(schema["anyOf"][0], values)
    if "enum" in schema:
        return schema["enum"][0]
    kind = schema.get("type")
    if kind == "object":
        wanted = schema.get("required", [])
        return {name: _entry(name, schema["properties"][name], values) for name in wanted}
    example = {"integer": 1, "number": 1, "boolean": True, "array": [], "string": "x"}[kind or "string"]
    return {"date": "2026-01-15", "date-time": "2026-01-15T08:00:00Z"}.get(schema.get("format", ""), example)


def _entry(name: str, about: dict[str, Any], values: dict[str, Any]) -> Any:
    """The value of an entry by its name: that of the row it names, or a list of the one row that it names."""
    if name.endswith("_ids") and name[:-1] in values:
        return [values[name[:-1]]]
    return values.get(name) or _example(about, values)


ROUTES = [
    Route(about["operationId"], method, path, about)
    for path, methods in SCHEMA["paths"].items()
    for method, about in methods.items()
]


def named(route: Route) -> str:
    return route.name


def client_of(**given: Any) -> Client:
    client = Client()
    client.force_login(factories.make_user(**given), backend=BACKEND)
    return client


def is_problem(answer: Any) -> bool:
    return answer["Content-Type"] == "application/problem+json" and answer.json()["status"] == answer.status_code


def test_parameters_are_written_as_the_pages_write_them():
    assert [route.path for route in ROUTES if PARAMETER.search(route.path)] == []


def test_each_operation_has_a_name_of_its_own():
    names = [route.name for route in ROUTES]
    assert sorted({name for name in names if names.count(name) > 1}) == []


@pytest.mark.parametrize("route", ROUTES, ids=named)
def test_anonymous_is_told_to_log_in(built, route):
    answer = route.call(Client(), built.here.values)
    assert (answer.status_code, is_problem(answer), answer["WWW-Authenticate"]) == (401, True, "Bearer")


@pytest.mark.parametrize("route", [r for r in ROUTES if r.name not in EVERYBODY], ids=named)
def test_without_any_permission_nothing_is_answered_or_done(built, route):
    client = client_of(permissions=[])
    changes = AuditChange.objects.count()
    answer = route.call(client, built.here.values)
    expected = {403} if route.method == "get" else {403, 404}  # a row out of reach may look as if it did not exist
    assert (answer.status_code in expected, is_problem(answer)) == (True, True), answer.content
    assert AuditChange.objects.count() == changes


@pytest.mark.parametrize("route", [r for r in ROUTES if r.parameters], ids=named)
def test_rows_of_another_site_do_not_exist(built, route):
    if not set(route.parameters) & built.of_a_site:
        return
    for who, scope_id in (("site", built.here.site_id), ("vendor", built.here.vendor_id)):
        client = client_of(permissions=["*"], scope=(who, scope_id))
        changes = AuditChange.objects.count()
        answer = route.call(client, built.there.values)
        assert (answer.status_code, is_problem(answer)) == (404, True), answer.content
        assert AuditChange.objects.count() == changes


@pytest.mark.parametrize("route", [r for r in ROUTES if r.method == "get"], ids=named)
def test_whoever_may_do_everything_is_answered(built, route):
    answer = route.call(client_of(), built.here.values)
    assert answer.status_code == 200, answer.content


@pytest.mark.parametrize("route", [r for r in ROUTES if r.lists], ids=named)
def test_a_list_of_three_costs_no_more_queries_than_a_list_of_one(built, route):
    client = client_of()

    def look() -> tuple[int, int]:
        with CaptureQueriesContext(connection) as queries:
            answer = route.call(client, {})
        return len(answer.json().get("items", [])), len(queries)

    look()
    few, before = look()
    world.more()
    many, after = look()
    assert after == before
    assert many > few or "items" not in route.call(client, {}).json(), "tests/world.py makes no rows for this list"


@pytest.mark.parametrize("route", [r for r in ROUTES if r.lists], ids=named)
def test_a_list_shows_nothing_of_another_site(built, route):
    """What a reader at one site gets is part of what a reader everywhere gets, and grows not with other sites."""
    client = client_of(permissions=["*"], scope=("site", built.here.site_id))
    before = route.call(client, {}).content
    world._rows_of_a_site()
    after = route.call(client, {}).json()
    rows = [row for row in after.get("items", []) if isinstance(row, dict)]
    assert {row["site_id"] for row in rows if row.get("site_id")} <= {built.here.site_id}
    assert before


class TestTokens:
    URL = next(route.url({}) for route in ROUTES if route.lists)

    def call(self, secret: str) -> int:
        return Client().get(self.URL, headers={"Authorization": f"Bearer {secret}"}).status_code

    def token(self, **given: Any) -> str:
        secret = "secret " + str(given)
        user = given.pop("user", None) or factories.make_user()
        with open_change("test.token", System()):
            ApiToken.objects.create(
                **{
                    "user": user,
                    "label": "x",
                    "digest": hashlib.sha256(secret.encode()).hexdigest(),
                    "expires_at": timezone.now() + timedelta(days=1),
                    **given,
                }
            )
        return secret

    def test_a_valid_token_acts_as_its_user(self):
        assert self.call(self.token()) == 200
        assert self.call(self.token(user=factories.make_user(permissions=[]))) == 403

    def test_an_unknown_expired_or_revoked_token_does_nothing(self):
        now = timezone.now()
        secrets = ["unknown", self.token(expires_at=now - timedelta(seconds=1)), self.token(revoked_at=now)]
        assert [self.call(secret) for secret in secrets] == [401, 401, 401]

    def test_the_token_of_an_inactive_user_does_nothing(self):
        assert self.call(self.token(user=factories.make_user(is_active=False))) == 401
