"""API tokens from the server itself: for programs that are set up without anybody logging in."""

from __future__ import annotations

from typing import Any

import click

from .answer import command, django_ready, emit, json_option


@click.group()
def token() -> None:
    """API tokens."""


@token.command("create")
@click.argument("username")
@click.option("--label", required=True, help="What it is for.")
@click.option("--days", default=365, show_default=True, help="How long it holds.")
@click.option("--read-only", is_flag=True, help="It may only read.")
@click.option("--permission", "permissions", multiple=True, help="Only this of what its owner may do; may be repeated.")
@json_option
@command
def create(username: str, label: str, days: int, read_only: bool, permissions: tuple[str, ...], as_json: bool) -> int:
    """Make a token that acts as USERNAME; its secret is printed once."""
    django_ready()
    from wardwright.apps.directory import operations
    from wardwright.platform.core.change import System

    made = operations.create_api_token(
        by=System("command line"),
        user_id=_user(username).pk,
        label=label,
        days=days,
        read_only=read_only,
        permissions=permissions,
    )
    if as_json:
        emit({"ok": True, "id": made.token.pk, "token": made.secret, "expires_at": made.token.expires_at})
    else:
        click.echo(f"{made.secret}\nIt acts as {username} until {made.token.expires_at:%Y-%m-%d}; it is shown once.")
    return 0


@token.command("list")
@click.argument("username", required=False)
@json_option
@command
def list_tokens(username: str | None, as_json: bool) -> int:
    """List the tokens that hold, of everybody or of USERNAME, with the day each was last used."""
    django_ready()
    from django.utils import timezone

    from wardwright.apps.directory.queries import token_lines
    from wardwright.platform.access.models import ApiToken

    rows = ApiToken.objects.filter(revoked_at=None, expires_at__gt=timezone.now()).select_related("user").order_by("id")
    lines = token_lines(rows.filter(user=_user(username)) if username else rows)
    if as_json:
        found = [
            {
                "id": line.token.pk,
                "username": line.token.user.username,
                "label": line.token.label,
                "read_only": line.token.read_only,
                "permissions": line.token.permissions,
                "expires_at": line.token.expires_at,
                "used_on": line.used_on,
            }
            for line in lines
        ]
        emit({"ok": True, "tokens": found})
        return 0
    for line in lines:
        used = f"last used {line.used_on}" if line.used_on else "never used"
        until = f"until {line.token.expires_at:%Y-%m-%d}"
        click.echo(f"{line.token.pk:>6}  {line.token.user.username}: {line.token.label} ({line.may}), {until}, {used}")
    return 0


@token.command("revoke")
@click.argument("number", type=int)
@json_option
@command
def revoke(number: int, as_json: bool) -> int:
    """End the token NUMBER (see `token list`) now."""
    django_ready()
    from wardwright.apps.directory import operations
    from wardwright.platform.core.change import System

    row = operations.revoke_api_token(by=System("command line"), token_id=number)
    if as_json:
        emit({"ok": True, "id": row.pk, "revoked_at": row.revoked_at})
    else:
        click.echo(f"The token “{row.label}” has ended.")
    return 0


def _user(username: str) -> Any:
    from wardwright.platform.access.models import User
    from wardwright.platform.core.errors import NotFound

    row = User.objects.filter(username__iexact=username).first()
    if row is None:
        raise NotFound(f"There is no user {username}.", "Check the user name.")
    return row


COMMANDS = [token]
