"""Schemathesis over the whole document of the API: no fault, answers as described, nothing of another site.

Some requests per route in every run; ``WARDWRIGHT_FUZZ=200`` tries that many of each.
"""

from __future__ import annotations

import json
import os
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections, transaction
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests import factories, world
from wardwright.apps.directory.operations import create_api_token
from wardwright.config.api import api

pytestmark = pytest.mark.django_db
EXAMPLES = int(os.environ.get("WARDWRIGHT_FUZZ", "2"))
CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
DOCUMENT = json.loads(json.dumps(api.get_openapi_schema(path_prefix="/api/v1/"), default=str))
SCHEMA = schemathesis.openapi.from_dict(DOCUMENT)
SCHEMA.app = get_wsgi_application()
OPERATIONS = {one.ok().definition.raw["operationId"]: one.ok() for one in SCHEMA.get_all_operations()}
#: Plans are shared by all sites, also those of one site; not one that is about a single device.
SHARED = {"list_plans", "get_plan", "propose_plans"}


@pytest.fixture(scope="module")
def built(django_db_setup, django_db_blocker):
    signals = (request_started, request_finished)
    for signal in signals:  # as Django's own client does: a real server would close the connection of this transaction
        signal.disconnect(close_old_connections)
    with django_db_blocker.unblock(), transaction.atomic():
        yield world.build()
        transaction.set_rollback(True)
    for signal in signals:
        signal.connect(close_old_connections)


def bearer(**given: Any) -> dict[str, str]:
    made = create_api_token(by=factories.make_user(**given), label="fuzz")
    return {"Authorization": f"Bearer {made.secret}"}


def ids_of(case: Any, values: dict[str, Any]) -> None:
    """Half of the requests are about rows that exist: what is only about numbers that do not is no test."""
    for name in case.path_parameters or {}:
        if name in values and str(case.path_parameters[name])[-1:] in "02468":
            case.path_parameters[name] = values[name]


def of_the_other_site(found: Any, place: world.Place) -> list[str]:
    """Whatever in an answer belongs to ``place``: a row that names its site, or the rows of it by their kind."""
    if isinstance(found, list):
        return [words for one in found for words in of_the_other_site(one, place)]
    if not isinstance(found, dict):
        return []
    named = [f"{name}={found[name]}" for name in ("site_id", "asset_id") if found.get(name) == place.values[name]]
    return named + [words for one in found.values() for words in of_the_other_site(one, place)]


@pytest.mark.parametrize("name", OPERATIONS)
def test_any_request_is_answered_as_described_and_shows_nothing_of_another_site(built, name):
    """Each request is made twice: by somebody who may do everything, and by somebody who may at another site."""
    everywhere = bearer()
    elsewhere = bearer(permissions=["*"], scope=("site", built.there.site_id))

    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        derandomize=EXAMPLES < 10,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=OPERATIONS[name].as_strategy())
    def run(case: Any) -> None:
        ids_of(case, built.here.values)
        for headers in (everywhere, elsewhere):
            save = transaction.savepoint()
            response = case.call(headers=headers)
            transaction.savepoint_rollback(save)
            case.validate_response(response, checks=CHECKS)
            if headers is elsewhere and response.status_code in (200, 201):
                found = of_the_other_site(_json(response), built.here)
                assert [one for one in found if not (name in SHARED and one.startswith("site_id="))] == []

    run()


def _json(response: Any) -> Any:
    return response.json() if "json" in response.headers.get("content-type", [""])[0] else None


def test_every_route_is_tried():
    assert len(OPERATIONS) == sum(len(methods) for methods in DOCUMENT["paths"].values())
