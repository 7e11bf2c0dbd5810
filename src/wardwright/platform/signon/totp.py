"""Codes of an authenticator app (RFC 6238: SHA-1, 6 digits, 30 seconds) and recovery codes on paper."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import time

import pyotp
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

STEP_SECONDS = 30
WINDOW = 1  # a code of the step before or after is taken: clocks differ
RECOVERY_CODES = 10
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # none that look alike


def new_secret() -> str:
    """160 random bits, base32, as apps take them."""
    return pyotp.random_base32(32)


def address_for_app(secret: str, username: str) -> str:
    """What the QR code says."""
    return pyotp.TOTP(secret).provisioning_uri(name=username, issuer_name=settings.HOUSE_NAME)


def step_of(secret: str, code: str, *, after: int = 0) -> int | None:
    """The time step whose code this is, if it is one of now and later than ``after``; None for a wrong or used one."""
    digits = "".join(code.split())
    if not (len(digits) == 6 and digits.isascii() and digits.isdigit()):
        return None
    now = int(time.time()) // STEP_SECONDS
    found = None
    for step in range(now - WINDOW, now + WINDOW + 1):
        if hmac.compare_digest(pyotp.TOTP(secret).generate_otp(step), digits):
            found = step
    return found if found is not None and found > after else None


def recovery_codes() -> list[str]:
    """Ten codes of 16 letters in groups of four (79 random bits each)."""
    return [
        "-".join("".join(secrets.choice(_LETTERS) for _ in range(4)) for _ in range(4)) for _ in range(RECOVERY_CODES)
    ]


def recovery_digest(code: str) -> str:
    """What is stored of a recovery code; how it is grouped and its case do not matter."""
    return hashlib.sha256("".join(c for c in code.lower() if c.isalnum()).encode()).hexdigest()


def encrypted(secret: str, user_id: int) -> bytes:
    """The secret as it lies in the database: a copy of the database alone makes no codes."""
    nonce = secrets.token_bytes(12)
    return nonce + AESGCM(_key()).encrypt(nonce, secret.encode(), str(user_id).encode())


def decrypted(data: bytes, user_id: int) -> str:
    """Raises cryptography's InvalidTag with another house's secret key."""
    data = bytes(data)
    return AESGCM(_key()).decrypt(data[:12], data[12:], str(user_id).encode()).decode()


def _key() -> bytes:
    return hashlib.sha256(b"wardwright totp\0" + settings.SECRET_KEY.encode()).digest()
