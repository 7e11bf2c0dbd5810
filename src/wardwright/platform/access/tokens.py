"""Who an API token stands for: its user with what they may do, less what the token leaves out, in one short query."""

from __future__ import annotations

import hashlib
import json
from datetime import date

from django.db import OperationalError, connection
from django.utils import timezone

from .limits import quick
from .models import ApiToken, TokenUse, User
from .scope import reaches_from

_SQL = """
SELECT u.id, u.username, u.name, u.language, t.id, t.permissions, t.read_only, g.scope_kind, g.scope_id, r.permissions
FROM access_api_token t
JOIN access_user u ON u.id = t.user_id
LEFT JOIN access_grant g ON g.user_id = u.id AND (g.expires_at IS NULL OR g.expires_at > %s)
LEFT JOIN access_role r ON r.id = g.role_id
WHERE t.digest = %s AND t.expires_at > %s AND t.revoked_at IS NULL AND u.is_active
"""
_seen: dict[int, date] = {}  # the day this process last noted of each token


def token_digest(secret: str) -> str:
    """What is stored of a token (SHA-256; the secret has 256 random bits, so that it needs no slow hash)."""
    return hashlib.sha256(secret.encode()).hexdigest()


def user_of_token(digest: str) -> User | None:
    """The active user of a valid token's SHA-256 (hexadecimal), or None."""
    now = connection.ops.adapt_datetimefield_value(timezone.now())
    with connection.cursor() as cursor:
        cursor.execute(_SQL, [now, digest, now])
        rows = cursor.fetchall()
    if not rows:
        return None
    user_id, username, name, language, token_id, narrowed, read_only = rows[0][:7]
    user = User(id=user_id, username=username, name=name, language=language)
    user._state.adding = False
    user.token_id, user.read_only = token_id, bool(read_only)
    granted = [(kind, scope_id, codes) for *_, kind, scope_id, codes in rows if kind is not None]
    user._reaches = reaches_from((kind, scope_id, _list(codes)) for kind, scope_id, codes in granted)
    kept = set(_list(narrowed))
    if kept:
        user._reaches = {code: reach for code, reach in user._reaches.items() if code in kept}
    return user


def note_use(token_id: int) -> None:
    """Remember the day a token was used: one write for each day and process, and none that waits."""
    today = timezone.localdate()
    if _seen.get(token_id) == today:
        return
    try:
        with quick():
            row = TokenUse(token_id=token_id, used_on=today)
            TokenUse.objects.bulk_create(
                [row], update_conflicts=True, unique_fields=["token"], update_fields=["used_on"]
            )
    except OperationalError:
        return  # the next request notes it
    if len(_seen) > 10_000:
        _seen.clear()
    _seen[token_id] = today


def days_used(token_ids: list[int]) -> dict[int, date]:
    """The day each of these tokens was last used; those that never were are left out."""
    return dict(TokenUse.objects.filter(pk__in=token_ids).values_list("token_id", "used_on"))


def revoke_tokens(user: User) -> None:
    """Within a change: no token acts as ``user`` any more."""
    ApiToken.objects.filter(user=user, revoked_at=None).update(revoked_at=timezone.now())


def _list(codes: str | list[str]) -> list[str]:
    return json.loads(codes) if isinstance(codes, str) else codes
