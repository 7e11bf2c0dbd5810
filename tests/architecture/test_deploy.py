"""The samples of ``deploy/``: every command, option, path, setting and address that they name is there."""

from __future__ import annotations

import json
import re
import shlex
import sys
from collections.abc import Iterator

import click
import pytest
import yaml
from django.urls import resolve

from tests.served import ROOT
from wardwright.config.cli import main

sys.path.insert(0, str(ROOT / "tools"))
import reference_pages

DEPLOY = ROOT / "deploy"
COMPOSE = yaml.safe_load((DEPLOY / "compose.yaml").read_text())
SERVICES = COMPOSE["services"]
OURS = {name: service for name, service in SERVICES.items() if service["image"] == "wardwright"}
SETTING = re.compile(r"\b(?:WARDWRIGHT|AWS|PORT)(?:_[A-Z0-9_]+)?\b(?==)")


def instructions() -> list[tuple[str, str]]:
    """The Containerfile as (instruction, the rest of its line)."""
    text = re.sub(r"\\\n", " ", re.sub(r"^#.*\n", "", (DEPLOY / "Containerfile").read_text(), flags=re.MULTILINE))
    return [tuple(line.split(maxsplit=1)) for line in text.splitlines() if line.strip()]


def commands() -> Iterator[tuple[str, list[str]]]:
    """(where, words) of every ``wardwright …`` that a sample starts."""
    yield "Containerfile", json.loads(dict(instructions())["CMD"])
    for name, service in OURS.items():
        yield f"compose.yaml: {name}", service["command"]
    for unit in sorted((DEPLOY / "systemd").glob("*.service")):
        started = re.search(r"^ExecStart=(.*)$", unit.read_text(), re.MULTILINE)
        assert started, unit.name
        line = re.sub(r'^/bin/sh -c "exec (.*)"$', r"\1", started[1])
        line = re.sub(r"\$\$\(.*?\)", "today", line)
        yield unit.name, shlex.split(re.sub(r"^\S*/wardwright ", "wardwright ", line))


@pytest.mark.parametrize(
    ("where", "words"), list(commands()), ids=lambda given: given if isinstance(given, str) else ""
)
def test_a_command_and_its_options_exist(where, words):
    program, *rest = words
    assert program == "wardwright"
    command: click.Command = main
    while isinstance(command, click.Group):
        name, *rest = rest
        assert name in command.commands, name
        command = command.commands[name]
    command.make_context(words[1], list(rest))  # refuses an option that it does not have


@pytest.mark.parametrize("path", sorted(DEPLOY.glob("*")), ids=lambda path: path.name)
def test_a_setting_exists(path):
    if path.is_file():
        named = set(SETTING.findall(path.read_text()))
        known = " ".join(f"{name} {words}" for name, words in reference_pages.SETTINGS.items())
        assert sorted(name for name in named if name not in known) == []


def test_what_the_image_copies_exists():
    for instruction, rest in instructions():
        if instruction == "COPY" and not rest.startswith("--from"):
            *sources, _target = rest.split()
            assert [source for source in sources if not (ROOT / source).exists()] == []


def test_the_image_may_write_where_the_house_and_its_files_are_mounted():
    """A volume takes over whose folder it is mounted on; one that the image does not have belongs to root."""
    ran = " ".join(rest for instruction, rest in instructions() if instruction == "RUN")
    made = re.search(r"install -d -o wardwright -g wardwright -m 700 ([^&]*)", ran)
    mounted = {volume.split(":")[1] for service in OURS.values() for volume in service["volumes"]}
    assert made
    assert mounted == set(made[1].split())


def test_who_is_waited_for_says_when_it_is_well():
    waited_for = {
        name
        for service in SERVICES.values()
        for name, how in service.get("depends_on", {}).items()
        if how["condition"] == "service_healthy"
    }
    assert [name for name in sorted(waited_for) if "test" not in SERVICES[name].get("healthcheck", {})] == []


def test_a_health_check_asks_an_address_that_is_there():
    asked = re.findall(r"http://127\.0\.0\.1:8000(/[a-z]*)", json.dumps(COMPOSE) + dict(instructions())["HEALTHCHECK"])
    assert [resolve(path).url_name for path in asked] == ["ready"] * len(asked)
    assert len(asked) == 3


def test_volumes_networks_and_secrets_are_declared():
    for kind, declared in (("volumes", COMPOSE["volumes"]), ("networks", COMPOSE["networks"])):
        named = {
            str(item).split(":")[0]
            for service in SERVICES.values()
            for item in service.get(kind, [])
            if not str(item).startswith((".", "/"))
        }
        assert named == set(declared)
    assert {secret for service in SERVICES.values() for secret in service.get("secrets", [])} == set(COMPOSE["secrets"])


def test_each_process_has_a_home_of_its_own_and_all_share_the_files():
    running = [service for name, service in OURS.items() if name != "init"]
    homes = [service["volumes"][0] for service in running]
    assert len(set(homes)) == len(homes) == 4
    assert {service["volumes"][1] for service in running} == {"files:/var/lib/wardwright/files"}
    for name in ("SECRET_KEY", "AUDIT_KEY"):
        assert re.search(rf"^WARDWRIGHT_{name}=", (DEPLOY / "compose.env.sample").read_text(), re.MULTILINE)
