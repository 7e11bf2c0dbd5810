"""Who needs a second factor: what the roles ask for, and what somebody has."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.utils import timezone

from wardwright.platform.access.models import Grant, SecondFactor, User

from .models import Passkey, RecoveryCode, Totp


@dataclass(frozen=True)
class Factors:
    """What somebody has set up."""

    totp: bool
    passkeys: int
    recovery_codes: int

    @property
    def any(self) -> bool:
        return self.totp or self.passkeys > 0


def factors_of(user_id: Any) -> Factors:
    return Factors(
        Totp.objects.filter(user_id=user_id).exists(),
        Passkey.objects.filter(user_id=user_id).count(),
        RecoveryCode.objects.filter(user_id=user_id, used_at=None).count(),
    )


def wanted_of(user: User) -> str:
    """The strictest of what the roles of somebody ask for today."""
    now = timezone.now()
    in_force = Grant.objects.filter(Q(expires_at=None) | Q(expires_at__gt=now), user_id=user.pk)
    found = set()
    for wanted, since in in_force.values_list("role__second_factor", "role__second_factor_from"):
        put_off = wanted == SecondFactor.REQUIRED and since is not None and since > timezone.localdate()
        found.add(SecondFactor.ASKED if put_off else SecondFactor(wanted))
    return next((w for w in (SecondFactor.REQUIRED, SecondFactor.ASKED) if w in found), SecondFactor.OFF)
