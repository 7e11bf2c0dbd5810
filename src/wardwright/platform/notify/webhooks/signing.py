"""How a receiver knows that a message is ours: HMAC-SHA256 over its time and body, with a secret of the webhook."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets

from django.conf import settings

HEADER = "Wardwright-Signature"


def new_salt() -> str:
    return secrets.token_hex(16)


def secret_of(webhook_id: int, salt: str) -> str:
    """The secret of a webhook, derived from the house's key, so that no table, trail or backup holds it."""
    made = hmac.new(settings.SECRET_KEY.encode(), f"webhook/{webhook_id}/{salt}".encode(), hashlib.sha256).digest()
    return "whsec_" + base64.urlsafe_b64encode(made).decode().rstrip("=")


def signature(secret: str, body: bytes, at: int) -> str:
    """The header of a message sent at ``at`` (seconds since 1970): ``t=…,v1=…``; signed is ``<t>.<body>``."""
    made = hmac.new(secret.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={at},v1={made}"
