"""The reference pages that are written from the code itself, so that they cannot disagree with it.

Each function returns the Markdown of one page. Nothing here looks at a database or a clock: the same code gives the
same text.
"""

from __future__ import annotations

import ast
import importlib
import importlib.util
import inspect
import json
import pkgutil
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "src" / "wardwright"
MADE = "<!-- Written by `python tools/build_docs.py --reference`; edit the code instead. -->\n\n"

SETTINGS = {
    "WARDWRIGHT_HOME": (
        "the folder of the house: database (SQLite), keys, files, audit journal",
        "`var` in a checkout, else `~/.wardwright`",
    ),
    "WARDWRIGHT_DATABASE_URL": (
        "`postgresql://user:password@host:5432/name`, with what libpq understands behind it (`?sslmode=verify-full`); "
        "the only other database is SQLite",
        "SQLite in the house",
    ),
    "WARDWRIGHT_POOLED": (
        "`1` when a pooler in transaction mode stands before PostgreSQL: no prepared statements, and workers "
        "ask once a second instead of being told",
        "off",
    ),
    "WARDWRIGHT_HOSTS": (
        "names under which browsers reach the house, separated by commas",
        "`localhost,127.0.0.1,[::1]`",
    ),
    "WARDWRIGHT_TRUSTED_ORIGINS": (
        "origins with their scheme (`https://devices.example.org`), separated by commas; needed behind a proxy that "
        "ends TLS",
        "none",
    ),
    "WARDWRIGHT_TLS": (
        "`1` when browsers come over HTTPS: secure cookies, HSTS, and the proxy's `X-Forwarded-Proto` is believed",
        "off",
    ),
    "WARDWRIGHT_TIME_ZONE": (
        "the time zone of the hospital, such as `Europe/Berlin`; what is stored is UTC in any case",
        "`UTC`",
    ),
    "WARDWRIGHT_SECRET_KEY": ("signs sessions and forms; the same on all hosts", "made once in `keys/secret.key`"),
    "WARDWRIGHT_AUDIT_KEY": (
        "the Ed25519 key that signs the audit trail, 32 bytes in hexadecimal; the same on all hosts",
        "made once in `keys/audit.key`",
    ),
    "WARDWRIGHT_AUDIT_KEY_NEW": (
        "for `wardwright audit new-key` where the key is given in the environment: the one that follows it",
        "one is made",
    ),
    "WARDWRIGHT_UPGRADE_COPIES": ("SQLite: how many copies of the house from before an upgrade are kept", "3"),
    "WARDWRIGHT_NAME": ("the hospital's name, printed on labels, reports and messages", "`Wardwright`"),
    "WARDWRIGHT_URL": (
        "the address under which people reach the house, such as `https://devices.example.org`: it is printed on labels"
        " and sent in messages",
        "`http://127.0.0.1:8000`",
    ),
    "WARDWRIGHT_GS1_PREFIX": (
        "the GS1 company prefix of the house: labels then carry a GIAI where a device has no UDI",
        "empty",
    ),
    "WARDWRIGHT_MAIL_URL": (
        "the mail server that sends: `smtp://user:password@host:587` (STARTTLS is required; `?tls=off` for a relay on"
        " the same machine) or `smtps://…`",
        "no mail is sent",
    ),
    "WARDWRIGHT_MAIL_FROM": (
        "the sender of mails, such as `Clinical engineering <devices@example.org>`",
        "the name of the house at localhost",
    ),
    "WARDWRIGHT_FILES": (
        "`s3://bucket/prefix`: documents and imported files lie in a bucket of a server that speaks S3; credentials and"
        " region by `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY`, `AWS_DEFAULT_REGION`",
        "the folder `files` of the house",
    ),
    "WARDWRIGHT_S3_ENDPOINT": ("the address of that server, such as `https://s3.example.org`", "Amazon's own"),
    "WARDWRIGHT_FILE_MB": ("the size of the largest document that is taken, in MB", "`50`"),
    "WARDWRIGHT_IMAGING_MEMORY_MB": ("the most memory that the analysis of one series may use, in MB", "`3000`"),
    "WARDWRIGHT_IMAGING_SECONDS": ("the longest time that it may take, in seconds", "`300`"),
    "WARDWRIGHT_IMAGING_UNPACKED_MB": ("what images or dose reports may come to when unpacked, in MB", "`1500`"),
    "WARDWRIGHT_MAINS_VOLTS": ("the nominal mains voltage, to which leakage currents are normalised", "`230`"),
    "WARDWRIGHT_PAPER": ("`letter` for paper of the United States", "`a4`"),
    "WARDWRIGHT_LOG": ("`json`: one JSON object in a line, and a line for every request", "words"),
    "WARDWRIGHT_WATCH_TOKEN": (
        "whoever sends it (`Authorization: Bearer …`) may read `/metrics` and the details of `/ready`",
        "nobody by token",
    ),
    "WARDWRIGHT_WATCH_FROM": (
        "addresses and networks that may do so without a token, separated by commas",
        "`127.0.0.0/8,::1`",
    ),
    "WARDWRIGHT_DISK_MB": ("with less free space in the folder of the house `/ready` says no", "`500`"),
    "WARDWRIGHT_IDLE_MINUTES": ("after how many minutes without a request a session ends", "`120`"),
    "WARDWRIGHT_SESSION_HOURS": ("after how many hours a session ends in any case", "`12`"),
    "WARDWRIGHT_API_RATE": (
        "how many requests one API token or log-in may send to the API in a minute, on all hosts together; `0` for no"
        " limit",
        "`1200`",
    ),
    "WARDWRIGHT_INSTRUMENTS": (
        "`off`: no test instrument is read over a wire, whatever its page says",
        "`on`",
    ),
    "WARDWRIGHT_INSTRUMENT_HOSTS": (
        "addresses or networks (`192.0.2.0/24,127.0.0.1`) of test instruments that are not in a private network;"
        " any other address outside, and this server itself, is refused",
        "none",
    ),
    "WARDWRIGHT_VISA": (
        "the VISA library that test instruments are read with: `@py` is pyvisa-py, `@ivi` an installed NI-VISA",
        "`@py`",
    ),
    "WARDWRIGHT_WEBHOOK_HOSTS": (
        "names of machines inside the hospital's network that webhooks may be sent to, also by plain HTTP, separated by"
        " commas; any other address inside is refused",
        "none",
    ),
    "WARDWRIGHT_FETCH_HOSTS": (
        "names of machines inside the hospital's network that notices may be fetched from, also by plain HTTP,"
        " separated by commas; any other address inside is refused",
        "none",
    ),
    "WARDWRIGHT_FETCH_CONTACT": (
        "a mail address that sources of notices are told, so that they can write before they shut somebody out",
        "none",
    ),
    "WARDWRIGHT_FETCH_MB": ("the most that one answer of a source of notices may have", "`256`"),
    "WARDWRIGHT_OPENFDA_KEY": (
        "a key of open.fda.gov: 120,000 instead of 1,000 requests a day; it is sent to api.fda.gov only",
        "none",
    ),
    "WARDWRIGHT_PORTAL": (
        "who may ask for help without a log-in: `on`, `codes` (only by the code of a label), `off`",
        "`on`",
    ),
    "WARDWRIGHT_HELP_PHONE": ("the number of clinical engineering, shown on the pages of the portal", "none is shown"),
    "WARDWRIGHT_MAIL_IN_URL": (
        "the mailbox whose mails become requests: `imaps://user:password@host/FOLDER`, special characters as `%40`",
        "no mail is read",
    ),
    "WARDWRIGHT_MAIL_IN_SITE": (
        "the code of the site whose desk sees mails that name no device",
        "only those who reach every site see them",
    ),
    "WARDWRIGHT_DEBUG": ("`1` shows faults in full in the browser; for developers, never in a hospital", "off"),
    "WARDWRIGHT_ADMIN_PASSWORD": (
        "read by `wardwright init`: password of the first administrator",
        "a random one, printed once",
    ),
    "WARDWRIGHT_PASSWORD": ("read by `wardwright user password`: the new password", "a random one, printed once"),
    "PORT": ("the port of `make run`, `wardwright run` and `wardwright serve`", "`8000`"),
}
INTERNAL = {
    "WARDWRIGHT_SUPERVISOR": "set by `serve` for its own processes; do not set it",
    "PROMETHEUS_MULTIPROC_DIR": "set by `serve`: the folder where its processes count together",
    "DJANGO_SETTINGS_MODULE": "set by the command line; do not set it",
    "WARDWRIGHT_TEST_DATABASE_URL": "the database of the test suite; set by `tools/postgres.py`",
}


def table(head: Iterable[str], rows: Iterable[Iterable[Any]]) -> str:
    """A Markdown table; bars and line breaks in cells are made harmless."""
    head = list(head)
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    for row in rows:
        lines.append("| " + " | ".join(_cell(value) for value in row) + " |")
    return "\n".join(lines) + "\n"


def _cell(value: Any) -> str:
    return " ".join(str(value).split()).replace("|", "\\|")


def code(text: Any) -> str:
    """Text set as code, also when it holds a backtick; empty text stays empty."""
    text = " ".join(str(text).split())
    if not text:
        return ""
    return f"`` {text} ``" if "`" in text else f"`{text}`"


def first_paragraph(text: str | None) -> str:
    return " ".join(inspect.cleandoc(text or "").split("\n\n")[0].split())


# Settings -------------------------------------------------------------------------------------------------------


def names_read_by_the_code() -> set[str]:
    """Every environment variable that the package reads or sets, found in its source."""
    found = set()
    for path in sorted(PACKAGE.rglob("*.py")):
        text = path.read_text()
        if "environ" not in text and "envvar" not in text:
            continue
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.Call) and ast.unparse(node.func) in (
                "os.environ.get",
                "os.environ.setdefault",
                "os.getenv",
            ):
                found.add(node.args[0])
            elif isinstance(node, ast.Subscript) and ast.unparse(node.value) == "os.environ":
                found.add(node.slice)
            elif isinstance(node, ast.keyword) and node.arg == "envvar":
                found.add(node.value)
    return {node.value for node in found if isinstance(node, ast.Constant)}


def settings_page() -> str:
    """Raises SystemExit when a name is read that is not described here, or described and no longer read."""
    read, described = names_read_by_the_code(), set(SETTINGS) | set(INTERNAL)
    if read != described:
        raise SystemExit(
            f"tools/reference_pages.py must describe every setting: not described {sorted(read - described)},"
            f" no longer read {sorted(described - read)}."
        )
    rows = [(code(name), words, default) for name, (words, default) in SETTINGS.items()]
    return (
        "# Settings\n\n"
        + MADE
        + "Everything a hospital sets comes from the environment. Nothing has to be set for a first try.\n\n"
        + table(("name", "what", "when it is not set"), rows)
        + "\n## Names that are not yours to set\n\n"
        + table(("name", "what"), ((code(n), w) for n, w in INTERNAL.items()))
    )


# Command line ---------------------------------------------------------------------------------------------------


def cli_page() -> str:
    import click

    from wardwright.config.cli import main
    from wardwright.platform.core import errors

    parts = ["# Command line\n\n", MADE]
    parts.append(
        "Every command that answers with data takes `--json`: one JSON object on standard output and nothing else. "
        "A failure is then\n"
        '`{"ok": false, "error": {"code", "message", "way_forward"}}`. Progress bars go to standard error, on a '
        "terminal only.\n\n"
    )
    kinds = sorted(
        {kind for kind in vars(errors).values() if _is_refusal(kind, errors.Refused)},
        key=lambda kind: (kind.exit_code, kind.code),
    )
    rows = [(0, "", "done")]
    rows += [(kind.exit_code, code(kind.code), first_paragraph(kind.__doc__)) for kind in kinds if kind.exit_code]
    rows += [
        (3, "`no-file`, `unreadable`", "A file cannot be found or opened."),
        (8, "`system`", "The machine refused: disk, network."),
    ]
    rows += [(9, "", "`import` only: it ran, and some rows were refused.")]
    parts.append(
        "## Exit codes\n\n" + table(("exit code", "error code", "meaning"), sorted(rows, key=lambda row: row[0]))
    )
    parts.append("\n`audit verify` and `audit check-passport` exit with 1 when something does not hold.\n")
    for path, command in _commands(main, "wardwright", click):
        with click.Context(command, info_name=path) as context:
            usage = command.get_usage(context).removeprefix("Usage: ")
            options = [record for param in command.params if (record := param.get_help_record(context))]
        parts.append(f"\n## {path}\n\n{first_paragraph(command.help)}\n\n```\n{' '.join(usage.split())}\n```\n")
        if options:
            parts.append("\n" + table(("option", "what"), ((code(name), words) for name, words in options)))
    return "".join(parts)


def _is_refusal(kind: Any, base: type) -> bool:
    return isinstance(kind, type) and issubclass(kind, base)


def _commands(group: Any, path: str, click: Any) -> Iterator[tuple[str, Any]]:
    for name in sorted(group.commands):
        command = group.commands[name]
        if isinstance(command, click.Group):
            yield from _commands(command, f"{path} {name}", click)
        else:
            yield f"{path} {name}", command


# Permissions ----------------------------------------------------------------------------------------------------


def permissions_page() -> str:
    from wardwright.platform.access.guardrails import GUARDRAILS
    from wardwright.platform.access.permissions import PERMISSIONS

    roles = json.loads((PACKAGE / "config" / "data" / "roles.json").read_text())
    parts = ["# Permissions, roles and guardrails\n\n", MADE]
    parts.append(
        "A role is a set of permissions. A person gets a role within a **scope**: everything, a site, a department, "
        "or (for a vendor) the\n"
        "devices their company maintains. See [add a role](../how-to/add-a-role.md).\n\n## Permissions\n\n"
    )
    holders = {name: [role["name"] for role in roles if name in role["permissions"]] for name in PERMISSIONS}
    parts.append(
        table(
            ("permission", "lets you", "shipped roles that have it"),
            ((code(name), PERMISSIONS[name].label, ", ".join(holders[name]) or "–") for name in sorted(PERMISSIONS)),
        )
    )
    parts.append("\nThe role Administrator has all of them.\n\n## Shipped roles\n\n")
    parts.append(table(("role", "code", "for"), ((r["name"], code(r["code"]), r["description"]) for r in roles)))
    parts.append(
        "\n## Guardrails\n\nRules against the classic mistakes. See [change a "
        "guardrail](../how-to/change-a-guardrail.md).\n\n"
    )
    parts.append(
        table(
            ("rule", "says", "unless you change it"),
            ((code(name), GUARDRAILS[name].label, str(GUARDRAILS[name].default)) for name in sorted(GUARDRAILS)),
        )
    )
    return "".join(parts)


# Operations and events ------------------------------------------------------------------------------------------


def import_declarations() -> None:
    """Load every module of the package that may declare operations, events, subscribers or permissions."""
    import wardwright

    wanted, never = (
        {"operations", "events", "subscribers", "jobs", "permissions", "setup", "demo"},
        {"tests", "migrations"},
    )
    for found in pkgutil.walk_packages(wardwright.__path__, "wardwright."):
        parts = set(found.name.split("."))
        if parts & wanted and not parts & never:
            importlib.import_module(found.name)


def operations_page() -> str:
    from wardwright.platform.audit.operation import OPERATIONS
    from wardwright.platform.events.registry import EVENTS, SUBSCRIBERS

    parts = ["# Operations and events\n\n", MADE]
    parts.append(
        "Every write is one of these. The name stands in the audit trail. All arguments are keywords; `by` is who "
        "acts. Names that begin with an\n"
        "underscore are steps of a larger job: you will meet them in the trail, and call the larger one. The last "
        "column names the permissions that the\n"
        "code refers to; which one is asked for can depend on the case.\n"
    )
    homes = defaultdict(list)
    for name in sorted(OPERATIONS):
        homes[name.split(".")[0]].append(name)
    for home, names in homes.items():
        parts.append(f"\n## {home}\n\n")
        parts.append(
            table(
                ("operation", "does", "takes", "permission"), (_operation_row(name, OPERATIONS[name]) for name in names)
            )
        )
    parts.append("\n## Events\n\nPublished with the change that caused them; each subscriber runs as a job.\n\n")
    parts.append(
        table(
            ("event", "says", "carries", "subscribers"),
            (
                (
                    code(name),
                    _said_of(EVENTS[name]),
                    ", ".join(code(f) for f in EVENTS[name].__dataclass_fields__),
                    ", ".join(code(s) for s in sorted(SUBSCRIBERS.get(name, []))) or "–",
                )
                for name in sorted(EVENTS)
            ),
        )
    )
    return "".join(parts)


def _said_of(event: type) -> str:
    """The event's own words, without the signature that Python writes for a dataclass that has none."""
    words = first_paragraph(event.__doc__)
    return "" if words.startswith(f"{event.__name__}(") else words


def _operation_row(name: str, func: Any) -> tuple[str, str, str, str]:
    inner = inspect.unwrap(func)
    taken = [p for p in inspect.signature(inner).parameters.values() if p.name != "by"]
    words = ", ".join(code(p.name if p.default is p.empty else f"{p.name}=…") for p in taken)
    return (
        code(name.split(".")[1]),
        first_paragraph(inner.__doc__),
        words or "–",
        ", ".join(code(p) for p in _permissions_in(inner)) or "–",
    )


def _permissions_in(func: Any, depth: int = 2) -> list[str]:
    """The permissions that the function names in its own body; where it names none, those of the functions it calls."""
    from wardwright.platform.access.permissions import PERMISSIONS, Permission

    names = func.__code__.co_names
    found = {value for value in func.__code__.co_consts if isinstance(value, str) and value in PERMISSIONS}
    called = []
    for name in names:
        value = func.__globals__.get(name)
        if isinstance(value, Permission):
            found.add(value.code)
        elif inspect.ismodule(value) and value.__name__.endswith("permissions"):
            found |= {p.code for other in names if isinstance(p := getattr(value, other, None), Permission)}
        elif (
            callable(value)
            and inspect.isfunction(inner := inspect.unwrap(value))
            and inner.__module__.startswith("wardwright.apps")
        ):
            called.append(inner)
    if not found and depth:
        found = {code for inner in called for code in _permissions_in(inner, depth - 1)}
    return sorted(found)


# States ---------------------------------------------------------------------------------------------------------


#: What has the states of a table, by app and the table's name.
STATES_OF = {
    ("directory", "ABSENCE_TRANSITIONS"): "Absence",
    ("assets", "TRANSITIONS"): "Device",
    ("lending", "TRANSITIONS"): "Device of the equipment library",
    ("lending", "REQUEST_TRANSITIONS"): "Request for a device of the library",
    ("testing", "VERSION_TRANSITIONS"): "Version of a procedure",
    ("testing", "LOOKBACK_TRANSITIONS"): "Look back at a wrong test instrument",
    ("testing", "IMAGING_TRANSITIONS"): "Analysis of phantom images",
    ("testing", "FILE_TRANSITIONS"): "File of an analyser",
    ("testing", "RECORD_TRANSITIONS"): "Record of an analyser's file",
    ("maintenance", "PLAN_TRANSITIONS"): "Plan",
    ("maintenance", "RULE_TRANSITIONS"): "Inclusion rule",
    ("maintenance", "WORK_TRANSITIONS"): "Work order",
    ("maintenance", "CERTIFICATE_TRANSITIONS"): "Certificate of a work order",
    ("helpdesk", "REQUEST_TRANSITIONS"): "Request for help",
    ("notices", "CASE_TRANSITIONS"): "Case of a recall or notice",
}


def states_page() -> str:
    """Raises SystemExit when an app has a table that is not named here, or one that is named is gone."""
    tables = _transition_tables()
    if set(tables) != set(STATES_OF):
        raise SystemExit(
            f"tools/reference_pages.py must name what has the states of every table: not named"
            f" {sorted(set(tables) - set(STATES_OF))}, no longer there {sorted(set(STATES_OF) - set(tables))}."
        )
    return (
        "# States\n\n"
        + MADE
        + "What may become what. Each table is the one dictionary that buttons and operations ask.\n"
        + "".join(_transitions(app, name, allowed) for (app, name), allowed in tables.items())
    )


def _transition_tables() -> dict[tuple[str, str], dict[Any, frozenset[Any]]]:
    """Every dictionary, in the ``states`` of any app, that says of each state which may follow: lowest app first."""
    from django.apps import apps

    homes = [config for config in apps.get_app_configs() if config.name.startswith("wardwright.apps.")]
    return {
        (config.label, name): value
        for config in homes
        if importlib.util.find_spec(f"{config.name}.states")
        for name, value in vars(importlib.import_module(f"{config.name}.states")).items()
        if isinstance(value, dict) and value and all(isinstance(after, frozenset) for after in value.values())
    }


def _transitions(app: str, name: str, allowed: dict[Any, frozenset[Any]]) -> str:
    states = list(type(next(iter(allowed))))
    rows = []
    for state in states:
        rows.append([f"**{state.label}**", *("●" if other in allowed[state] else "" for other in states)])
    last = ", ".join(str(state.label) for state in states if not allowed[state])
    ends = f"ends as *{last}*" if last else "never ends"
    start = states[0].label
    return (
        f"\n## {STATES_OF[app, name]}\n\n`apps/{app}/states.py: {name}`. Begins as *{start}*; {ends}. "
        f"Read a row from left to right: from → to.\n\n"
        + table(("from", *(str(state.label) for state in states)), rows)
    )


# Routes of the API ----------------------------------------------------------------------------------------------


def routes_page() -> str:
    from wardwright.config.api import api

    schema = api.get_openapi_schema(path_prefix="/api/v1/")
    rows = []
    for path in sorted(schema["paths"]):
        for method, route in sorted(schema["paths"][path].items()):
            names = [p["name"] for p in route.get("parameters", []) if p["in"] == "query"]
            words = route.get("description") or route.get("summary", "")
            rows.append(
                (code(f"{method.upper()} {path}"), first_paragraph(words), ", ".join(code(n) for n in names) or "–")
            )
    return (
        "# Routes of the API\n\n"
        + MADE
        + "How to log in, page and read errors: [API](api.md). The same as a document for programs: `GET "
        "/api/v1/openapi.json`.\n\n" + table(("route", "does", "parameters"), rows)
    )


def openapi_document() -> str:
    """The OpenAPI document as it is served, a line for each route and schema: what changes in it is seen in review."""
    from wardwright.config.api import api

    schema = json.loads(json.dumps(api.get_openapi_schema(path_prefix="/api/v1/"), default=str))
    parts = schema["components"].items()
    paths = ",\n".join(f"{_line(path)}: {_object(methods)}" for path, methods in schema.pop("paths").items())
    components = ",\n".join(f"{_line(kind)}: {_object(entries)}" for kind, entries in parts)
    del schema["components"]
    head = ",\n".join(f"{_line(name)}: {_line(value)}" for name, value in schema.items())
    return f'{{\n{head},\n"paths": {{\n{paths}\n}},\n"components": {{\n{components}\n}}\n}}\n'


def _object(entries: dict[str, Any]) -> str:
    return "{\n" + ",\n".join(f" {_line(name)}: {_line(entry)}" for name, entry in entries.items()) + "\n}"


def _line(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


# Figures --------------------------------------------------------------------------------------------------------


def _checked(verified: Any) -> str:
    return f"**{verified.words}**" if verified.is_unverified else str(verified.words)


def figures_page() -> str:
    from wardwright.kernel.risk import shipped_figures

    parts = ["# Reference figures\n\n", MADE]
    parts.append(
        "Figures of risk scoring, as they are shipped: data, not code. *Checked in* says how far we could verify "
        "each. Unverified ones are marked so on every page\n"
        "that shows them. The values stand here with their sources; the publications themselves are their owners'.\n"
    )
    groups = defaultdict(list)
    for figure in shipped_figures():
        groups[(figure.standard, figure.edition, figure.clause)].append(figure)
    for (standard, edition, clause), figures in groups.items():
        parts.append(f"\n## {standard}, {edition}: {clause}\n\n")
        parts.append(
            table(
                ("key", "means", "value", "from", "checked in", "source"),
                (
                    (
                        code(f.key),
                        f.label,
                        "none" if f.value is None else f"{f.value} {f.unit}",
                        "" if f.low is None else f.low,
                        _checked(f.verified),
                        f.source,
                    )
                    for f in figures
                ),
            )
        )
    return "".join(parts)


def safety_limits_page() -> str:
    from wardwright.kernel.limits import in_short, shipped_limits

    parts = ["# Limits of electrical safety\n\n", MADE]
    parts.append(
        "The limits as they are shipped: data, not code (`kernel/data/safety_limits.json`). *Checked in* says how far "
        "we could verify each; unverified\n"
        "ones come from memory and are marked wherever they are shown. The standards themselves are their owners' and "
        "are not repeated here; the clause says where\n"
        "to look. How to ask, and limits of your own: [judge a safety test](../how-to/judge-a-safety-test.md).\n\n"
        "A limit holds for the classes, applied parts, methods, conditions and kinds of equipment it names, and for "
        "all of what it does not name.\n"
    )
    groups = defaultdict(list)
    for row in shipped_limits():
        groups[row.title, row.valid_from, row.valid_until].append(row)
    for (title, first, last), rows in groups.items():
        parts.append(f"\n## {title}\n\nIn force from {first}{f' to {last}' if last else ''}.\n\n")
        cells = (
            (
                code(row.test),
                in_short(row),
                {"not_applicable": "not applicable", "no_figure": "no figure"}.get(row.absent, _checked(row.verified)),
                row.source,
                row.clause,
                row.note,
            )
            for row in rows
        )
        parts.append(table(("test", "limit", "checked in", "source", "clause", "note"), cells))
    return "".join(parts)
