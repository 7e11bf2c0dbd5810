"""Whatever registers itself by import keeps its promise: operations, tasks, events, permissions, the rail, panels."""

import inspect
import json
import sys

import pytest
from django.urls import NoReverseMatch, get_resolver, reverse
from django.utils.module_loading import import_string
from django_tasks.base import Task

from wardwright.config.setup import ROLES
from wardwright.platform.access.guardrails import GUARDRAILS
from wardwright.platform.access.models import GuardrailLevel
from wardwright.platform.access.permissions import PERMISSIONS
from wardwright.platform.audit.operation import OPERATIONS
from wardwright.platform.events.registry import EVENTS, SUBSCRIBERS, _handlers
from wardwright.platform.jobs.recurring import RECURRING
from wardwright.web.nav import ENTRIES
from wardwright.web.slots import PANELS
from wardwright.web.views import PAGES

# Operations outside a module of operations: the house's own set-up, and the machinery that runs an import.
ELSEWHERE = ("wardwright.config.setup", "wardwright.demo", "wardwright.platform.exchange.")
PRIMITIVE = {"int", "str", "bool", "float", "None", "dict", "list", "Any", "date", "datetime"}


@pytest.fixture(scope="module", autouse=True)
def everything_is_imported():
    """The resolver imports every page, and with them everything that registers itself."""
    assert get_resolver().url_patterns
    import wardwright.config.cli  # noqa: F401


def ours(registered: dict) -> dict:
    return {name: value for name, value in registered.items() if value.__module__.startswith("wardwright.")}


def tasks() -> dict[str, Task]:
    """Every task of our own modules that are imported."""
    mine = [module for name, module in sorted(sys.modules.items()) if name.startswith("wardwright.")]
    return {value.module_path: value for module in mine for value in vars(module).values() if isinstance(value, Task)}


class TestOperations:
    def test_arguments_are_keyword_only_and_name_who_acts(self):
        for name, run in ours(OPERATIONS).items():
            parameters = inspect.signature(run).parameters
            assert "by" in parameters, name
            assert {p.kind for p in parameters.values()} <= {
                inspect.Parameter.KEYWORD_ONLY,
                inspect.Parameter.VAR_KEYWORD,
            }, name

    def test_they_live_in_a_module_of_operations(self):
        elsewhere = [
            f"{name} in {run.__module__}"
            for name, run in ours(OPERATIONS).items()
            if "operations" not in run.__module__.split(".") and not run.__module__.startswith(ELSEWHERE)
        ]
        assert elsewhere == []

    def test_they_are_named_by_a_verb_in_small_letters(self):
        assert [name for name in ours(OPERATIONS) if not name.replace(".", "_").replace("_", "").islower()] == []


class TestTasks:
    def test_there_are_tasks(self):
        assert "wardwright.platform.jobs.builtin.seal_audit_trail" in tasks()

    def test_each_is_found_under_the_path_it_is_stored_by(self):
        assert [path for path in tasks() if not isinstance(import_string(path), Task)] == []

    def test_arguments_are_primitive(self):
        """They are stored as JSON: ids, words and dates as text, never rows."""
        wrong = []
        for path, task in tasks().items():
            for parameter in inspect.signature(task.func).parameters.values():
                words = set(
                    str(parameter.annotation)
                    .replace("|", " ")
                    .replace("[", " ")
                    .replace("]", " ")
                    .replace(",", " ")
                    .split()
                )
                if not words <= PRIMITIVE:
                    wrong.append(f"{path}({parameter})")
        assert wrong == []

    def test_recurring_tasks_need_no_argument(self):
        for path in RECURRING:
            required = [
                p.name for p in inspect.signature(import_string(path).func).parameters.values() if p.default is p.empty
            ]
            assert required == [], path


class TestEvents:
    def test_they_are_frozen_and_hold_primitive_values(self):
        for name, cls in ours(EVENTS).items():
            for field in cls.__dataclass_fields__.values():
                words = set(
                    str(field.type).replace("|", " ").replace("[", " ").replace("]", " ").replace(",", " ").split()
                )
                assert words <= PRIMITIVE | {"tuple", "..."}, f"{name}.{field.name}: {field.type}"

    def test_every_subscriber_listens_to_an_event_that_exists(self):
        assert set(SUBSCRIBERS) <= set(EVENTS)
        assert {name for names in SUBSCRIBERS.values() for name in names} <= set(_handlers)


class TestPermissions:
    def test_roles_name_permissions_that_exist(self):
        roles = json.loads(ROLES.read_text())
        unknown = [
            (role["code"], code)
            for role in roles
            for code in role["permissions"]
            if code != "*" and code not in PERMISSIONS
        ]
        assert unknown == []

    def test_every_permission_is_in_some_role_besides_the_administrators(self):
        roles = json.loads(ROLES.read_text())
        given = {code for role in roles for code in role["permissions"]}
        declared = {code for code in PERMISSIONS if "-test." not in code}
        assert declared - given == set()

    def test_pages_the_rail_and_panels_ask_for_permissions_that_exist(self):
        asked = (
            [view.permission for view in PAGES.values()]
            + [e.permission for e in ENTRIES]
            + [p.permission for p in PANELS]
        )
        assert {str(p) for p in asked if p is not None} <= set(PERMISSIONS)

    def test_guardrails_have_a_level_and_words(self):
        for rule in GUARDRAILS.values():
            assert rule.default in GuardrailLevel.values, rule.code
            assert str(rule.label)[:1].isupper(), rule.code


class TestTheRail:
    def test_every_entry_leads_somewhere(self):
        lost = []
        for entry in ENTRIES:
            try:
                reverse(entry.url_name)
            except NoReverseMatch:
                lost.append(entry.url_name)
        assert lost == []

    def test_an_entry_is_shown_to_those_who_may_open_its_page(self):
        by_url = {f"{view.__module__}.{view.__qualname__}": view for view in PAGES.values()}
        wrong = []
        for entry in ENTRIES:
            found = get_resolver().resolve(reverse(entry.url_name)).func
            view = by_url.get(f"{found.__module__}.{found.__qualname__}")
            if view is not None and view.permission is not None and str(view.permission) != str(entry.permission):
                wrong.append(f"{entry.url_name}: the page asks for {view.permission}, the rail for {entry.permission}")
        assert wrong == []

    def test_no_two_entries_share_a_key(self):
        keys = [entry.key for entry in ENTRIES if entry.key]
        assert len(keys) == len(set(keys))

    def test_every_panel_leads_somewhere(self):
        assert [panel.url_name for panel in PANELS if not reverse(panel.url_name, args=[1])] == []
