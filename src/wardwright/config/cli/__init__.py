"""The command ``wardwright``. Commands answer in words, or with ``--json`` in one JSON object on standard output."""

from __future__ import annotations

import os

import click

from wardwright import __version__


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="wardwright")
def main() -> None:
    """The open system a clinical-engineering department runs on.

    The house (database, keys, files) lies in WARDWRIGHT_HOME. See docs/reference/cli.md.
    """
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "wardwright.config.settings")


from . import (  # noqa: E402
    audit,
    demo,
    files,
    house,
    imaging,
    importing,
    instrument,
    labels,
    limits,
    lookback,
    metrology,
    moving,
    notice_files,
    notice_search,
    notices,
    plan,
    report,
    results,
    token,
    udi,
)

for module in (
    house,
    demo,
    importing,
    labels,
    plan,
    moving,
    files,
    audit,
    udi,
    limits,
    metrology,
    lookback,
    instrument,
    imaging,
    results,
    notices,
    notice_files,
    notice_search,
    report,
    token,
):
    for command in module.COMMANDS:
        main.add_command(command)
