"""Nothing is left out of the API: every operation, every audited table of the apps, every list with its filters."""

import sys

import pytest
from django.apps import apps
from django.urls import get_resolver

from wardwright.api.operating import ROUTED
from wardwright.api.registers import REGISTERS
from wardwright.config.api import OPERATIONS_WITHOUT_ROUTE, TABLES_WITHOUT_REGISTER
from wardwright.platform.audit.operation import OPERATIONS
from wardwright.platform.core.change import System
from wardwright.platform.core.models import AuditedModel
from wardwright.web.tables import Table

from .test_api import ROUTES

pytestmark = pytest.mark.django_db
ELSEWHERE = ("wardwright.config.", "wardwright.demo.")  # the house's own set-up


@pytest.fixture(scope="module", autouse=True)
def everything_is_imported():
    assert get_resolver().url_patterns


def test_every_operation_has_a_route():
    ours = {
        name: run
        for name, run in OPERATIONS.items()
        if run.__module__.startswith("wardwright.") and not run.__module__.startswith(ELSEWHERE)
    }
    without = {name for name, run in ours.items() if run not in ROUTED}
    assert sorted(without - OPERATIONS_WITHOUT_ROUTE.keys()) == [], (
        "give it a route with api.operating.operate, or a reason in config/api.py"
    )
    assert sorted(OPERATIONS_WITHOUT_ROUTE.keys() - without) == [], "these have a route now: take them off the list"


def test_every_audited_table_of_the_apps_has_a_register():
    shown = {register.rows(System("test")).model for register in REGISTERS}
    ours = {
        model._meta.label
        for model in apps.get_models()
        if issubclass(model, AuditedModel) and model.__module__.startswith("wardwright.apps.")
    }
    without = ours - {model._meta.label for model in shown}
    assert sorted(without - TABLES_WITHOUT_REGISTER.keys()) == [], (
        "give it a list with api.registers.register, or a reason in config/api.py"
    )
    assert sorted(TABLES_WITHOUT_REGISTER.keys() - without) == [], "these have a register now: take them off the list"


def test_every_list_takes_the_filters_of_its_page():
    taken = {
        route.name: {p["name"] for p in route.about.get("parameters", []) if p["in"] == "query"} for route in ROUTES
    }
    lacking = []
    for register in REGISTERS:
        if register.table is not None:
            wanted = {item.key for item in register.table.filters} | ({"q"} if register.table.search else set())
            lacking += [f"{register.list_name}: {key}" for key in wanted - taken[register.list_name]]
    assert lacking == []


def test_every_list_of_an_app_is_one_over_the_api():
    declared = {
        id(value): f"{name}.{key}"
        for name, module in sorted(sys.modules.items())
        if name.startswith("wardwright.apps.") and (name.endswith(".tables") or ".tables." in name)
        for key, value in vars(module).items()
        if isinstance(value, Table)
    }
    shown = {id(register.table) for register in REGISTERS}
    assert [name for number, name in declared.items() if number not in shown] == []
