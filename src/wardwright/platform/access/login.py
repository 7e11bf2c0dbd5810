"""Checking a password: the one place where a user name and a password become a user."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.backends import BaseBackend
from django.contrib.auth.hashers import make_password

from wardwright.platform.core.kept import row_by_number

from .models import User


class PasswordBackend(BaseBackend):
    """Active users by user name; an unknown name costs as much time as a wrong password."""

    def authenticate(self, request: Any, username: str | None = None, password: str | None = None, **_: Any) -> Any:
        if not username or password is None:
            return None
        user = User.objects.filter(username__iexact=username).first()
        if user is None:
            make_password(password)
            return None
        return user if user.is_active and user.check_password(password) else None

    def get_user(self, user_id: int) -> User | None:
        return row_by_number(User.objects.filter(is_active=True), user_id)
