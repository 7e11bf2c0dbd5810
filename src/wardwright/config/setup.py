"""Making a house and bringing it up to date: tables, triggers, static files, roles and reference data."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from wardwright import __version__
from wardwright.platform.access.models import Grant, Role, User
from wardwright.platform.access.scope import authorize
from wardwright.platform.access.throttle import forget_tries
from wardwright.platform.access.tokens import revoke_tokens
from wardwright.platform.audit.keys import private_key
from wardwright.platform.audit.operation import operation
from wardwright.platform.audit.succession import finish_key_change, refuse_other_key
from wardwright.platform.core.beside import one_host_at_a_time
from wardwright.platform.core.change import System
from wardwright.platform.core.errors import NotFound
from wardwright.platform.moving.restore import refuse_interrupted
from wardwright.platform.moving.tables import make_tables
from wardwright.platform.moving.upgrade import keep_before_upgrade
from wardwright.platform.signon.operations import forget_factors
from wardwright.platform.signon.sessions import end_sessions

ROLES = Path(__file__).parent / "data" / "roles.json"


@one_host_at_a_time()
def prepare_house(*, backed_up: bool = False) -> list[str]:
    """Do whatever is still to be done; returns the words of what was done. Quick when there is nothing.

    Before the tables of a house that is in use change, a copy is kept (SQLite); on PostgreSQL somebody has to say with
    ``backed_up`` that there is one.
    """
    done = []
    settings.WARDWRIGHT_HOME.mkdir(parents=True, exist_ok=True, mode=0o700)
    refuse_interrupted()
    private_key()
    stamp = settings.WARDWRIGHT_HOME / "prepared"
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        if executor.loader.applied_migrations:
            before = stamp.read_text().split(" ")[0] if stamp.exists() else "unknown"
            copy = keep_before_upgrade(before, backed_up=backed_up)
            done += [f"a copy to go back to, {copy}"] if copy else []
            call_command("migrate", verbosity=0, interactive=False)
        else:
            make_tables()
        done.append("tables")
    if finish_key_change():
        done.append("the new audit key")
    refuse_other_key()
    fingerprint = _fingerprint()
    if done or not stamp.exists() or stamp.read_text() != fingerprint:
        call_command("collectstatic", verbosity=0, interactive=False)
        load_reference_data(by=System("setup"))
        stamp.write_text(fingerprint)
        done.append("static files and reference data")
    return done


def _fingerprint() -> str:
    """Changes whenever the package's own data or static files do."""
    package = Path(__file__).resolve().parents[1]
    files = [p for pattern in ("**/static/**/*", "**/data/**/*.json") for p in package.glob(pattern) if p.is_file()]
    newest = max((p.stat().st_mtime_ns for p in files), default=0)
    return f"{__version__} {len(files)} {newest}"


@operation()
def load_reference_data(*, by: Any) -> None:
    """Put shipped roles and reference data in place; what a hospital changed is left as it is."""
    from wardwright.apps.assets import operations as assets
    from wardwright.apps.helpdesk import operations as helpdesk
    from wardwright.apps.maintenance import operations as maintenance
    from wardwright.apps.notices import operations as notices

    authorize(by, "access.manage")
    known = {role.code: role for role in Role.objects.all()}
    for shipped in json.loads(ROLES.read_text()):
        role = known.get(shipped["code"])
        if role is None:
            Role.objects.create(**shipped)
        elif role.version == 1 and any(getattr(role, name) != value for name, value in shipped.items()):
            # Nobody edited it here: what a new version of the program adds to it comes with the upgrade.
            Role.objects.filter(pk=role.pk).update(**shipped)
    maintenance.load_reference(by=by)
    helpdesk.load_reference(by=by)
    notices.load_reference(by=by)
    assets.load_label_formats(by=by)


def house_is_empty() -> bool:
    """No user yet: a first start."""
    return not User.objects.exists()


@operation()
def make_first_administrator(*, by: Any, username: str, password: str) -> User:
    """The first log-in of a new house."""
    authorize(by, "access.manage")
    user = User(username=username, name="Administrator")
    user.set_password(password)
    user.save()
    Grant.objects.create(user=user, role=Role.objects.get(code="administrator"), scope_kind="all")
    return user


@one_host_at_a_time()
def make_administrator(username: str, password: str) -> str | None:
    """Make the first administrator; returns the password, or None when the house already has users."""
    if not house_is_empty():
        return None
    make_first_administrator(by=System("setup"), username=username, password=password)
    return password


@operation()
def change_password(*, by: Any, username: str, password: str) -> None:
    """A new password set on the server itself; the user's sessions, API tokens and second factors end with the old."""
    authorize(by, "access.manage")
    user = User.objects.filter(username__iexact=username).first()
    if user is None:
        raise NotFound(f"There is no user {username}.", "Check the user name.")
    user.set_password(password)
    user.version += 1
    user.save()
    revoke_tokens(user)
    end_sessions(user.pk)
    forget_factors(user)
    forget_tries(user)


def set_password(username: str, password: str) -> str:
    change_password(by=System("command line"), username=username, password=password)
    return password
