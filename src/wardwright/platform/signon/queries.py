"""What is read before anybody is signed in."""

from __future__ import annotations

from typing import Any

from wardwright.platform.access.models import User

from .models import Provider


def providers_in_use() -> list[Provider]:
    """The ways to sign in besides a password, by name."""
    return list(Provider.objects.filter(is_active=True).order_by("name"))


def provider_coded(code: str) -> Provider | None:
    """The provider in use with this short name."""
    return Provider.objects.filter(code=code, is_active=True).first()


def provider_numbered(pk: Any) -> Provider | None:
    return Provider.objects.filter(pk=pk).first()


def user_id_named(username: str) -> int | None:
    """The number of the log-in with this user name; case does not matter."""
    return User.objects.filter(username__iexact=username).values_list("pk", flat=True).first()


def open_log_in(pk: Any) -> User | None:
    """The user with this number, unless the log-in is closed."""
    return User.objects.filter(pk=pk, is_active=True).first()
