"""Who an API token stands for: its user with everything they may do, in one short query."""

from __future__ import annotations

import json

from django.db import connection
from django.utils import timezone

from .models import ApiToken, User
from .scope import reaches_from

_SQL = """
SELECT u.id, u.username, u.name, u.language, g.scope_kind, g.scope_id, r.permissions
FROM access_api_token t
JOIN access_user u ON u.id = t.user_id
LEFT JOIN access_grant g ON g.user_id = u.id AND (g.expires_at IS NULL OR g.expires_at > %s)
LEFT JOIN access_role r ON r.id = g.role_id
WHERE t.digest = %s AND t.expires_at > %s AND t.revoked_at IS NULL AND u.is_active
"""


def user_of_token(digest: str) -> User | None:
    """The active user of a valid token's SHA-256 (hexadecimal), or None."""
    now = connection.ops.adapt_datetimefield_value(timezone.now())
    with connection.cursor() as cursor:
        cursor.execute(_SQL, [now, digest, now])
        rows = cursor.fetchall()
    if not rows:
        return None
    user_id, username, name, language = rows[0][:4]
    user = User(id=user_id, username=username, name=name, language=language)
    user._state.adding = False
    granted = [(kind, scope_id, codes) for *_, kind, scope_id, codes in rows if kind is not None]
    user._reaches = reaches_from((kind, scope_id, _list(codes)) for kind, scope_id, codes in granted)
    return user


def revoke_tokens(user: User) -> None:
    """Within a change: no token acts as ``user`` any more."""
    ApiToken.objects.filter(user=user, revoked_at=None).update(revoked_at=timezone.now())


def _list(codes: str | list[str]) -> list[str]:
    return json.loads(codes) if isinstance(codes, str) else codes
