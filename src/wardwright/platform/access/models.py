"""Who may do what, where: users, roles, and grants of a role within a scope."""

from __future__ import annotations

from typing import Any, cast

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.hashers import check_password
from django.db import models
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from wardwright.platform.core.models import AuditedModel, AuditedQuerySet, VersionedModel

from .scope import Reach, allowed


class UserQuerySet(AuditedQuerySet):
    def get_by_natural_key(self, username: str) -> User:
        return cast("User", self.get(username=username))

    def visible_to(self, by: Any) -> UserQuerySet:
        """Users are visible to those who administer access; everybody sees themselves."""
        return self if allowed(by, "access.manage") else self.filter(pk=by.id)


class User(AbstractBaseUser, VersionedModel):
    """A person who can log in. The password and nothing else is kept out of the audit trail."""

    audit_exclude = ("password",)
    last_login = None
    is_system = False
    token_id: int | None = None  # of somebody who comes with an API token
    link_id: int | None = None  # of a visitor who comes by a read-only link: no row of this table
    read_only = False
    _reaches: dict[str, Reach]  # kept by ``scope.reaches`` once it was asked

    username = models.CharField(_("user name"), max_length=80, unique=True)
    name = models.CharField(_("printed name"), max_length=120)
    email = models.EmailField(_("e-mail"), blank=True)
    language = models.CharField(_("language"), max_length=10, blank=True)
    is_active = models.BooleanField(_("active"), default=True)

    objects = UserQuerySet.as_manager()
    USERNAME_FIELD = "username"
    REQUIRED_FIELDS = ["name"]

    class Meta:
        db_table = "access_user"
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name or self.username

    def grants(self) -> list[tuple[str, int | None, list[str]]]:
        """(scope kind, scope id, permission codes) of each grant that has not expired."""
        current = Grant.objects.filter(user_id=self.pk).exclude(expires_at__lt=timezone.now())
        return list(current.values_list("scope_kind", "scope_id", "role__permissions"))

    def check_password(self, raw_password: str | None) -> bool:
        """Compare without the silent re-hash that Django would save outside an operation."""
        return check_password(raw_password, self.password)


class SecondFactor(models.TextChoices):
    OFF = "off", _("not asked for")
    ASKED = "asked", _("asked for, can be put off")
    REQUIRED = "required", _("required")


class Role(VersionedModel):
    """A named set of permissions, such as Technician, and whether its people need a second factor to log in.

    A second factor that is required is only asked for until ``second_factor_from`` (empty: required at once).
    """

    code = models.SlugField(max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=80)
    description = models.CharField(_("description"), max_length=240, blank=True)
    permissions = models.JSONField(default=list, blank=True)
    second_factor = models.CharField(
        _("second factor"), max_length=8, choices=SecondFactor.choices, default=SecondFactor.OFF
    )
    second_factor_from = models.DateField(
        _("required from"), null=True, blank=True, help_text=_("Until then it is only asked for. Empty: at once.")
    )

    class Meta:
        db_table = "access_role"
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class ScopeKind(models.TextChoices):
    EVERYTHING = "all", _("everything")
    SITE = "site", _("site")
    DEPARTMENT = "department", _("department")
    VENDOR = "vendor", _("vendor")


class Grant(AuditedModel):
    """A role given to a user within a scope; ``scope_id`` is the site, department or company it is limited to.

    ``source`` is "groups" for what a directory's groups gave: it goes when the group goes.
    """

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    role = models.ForeignKey(Role, on_delete=models.PROTECT, related_name="+")
    scope_kind = models.CharField(max_length=12, choices=ScopeKind.choices, default=ScopeKind.EVERYTHING)
    scope_id = models.BigIntegerField(null=True, blank=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    source = models.CharField(max_length=12, blank=True)

    class Meta:
        db_table = "access_grant"
        constraints = [
            models.UniqueConstraint(
                models.F("user"),
                models.F("role"),
                models.F("scope_kind"),
                Coalesce("scope_id", 0),
                name="access_grant_once",
                violation_error_message=_("This role is given there already."),
            ),
            models.CheckConstraint(
                condition=models.Q(scope_kind="all", scope_id__isnull=True)
                | (~models.Q(scope_kind="all") & models.Q(scope_id__isnull=False)),
                name="access_grant_scope_complete",
            ),
        ]


class GuardrailLevel(models.TextChoices):
    OFF = "off", _("off")
    WARN = "warn", _("warn")
    REFUSE = "refuse", _("refuse")


class GuardrailPolicy(AuditedModel):
    """The level a hospital sets for one guardrail; without a row the rule's own default holds."""

    rule = models.CharField(max_length=80, unique=True)
    level = models.CharField(max_length=8, choices=GuardrailLevel.choices)

    class Meta:
        db_table = "access_guardrail_policy"


class ApiTokenQuerySet(AuditedQuerySet):
    def visible_to(self, by: Any) -> ApiTokenQuerySet:
        """One's own tokens; whoever manages access sees everybody's."""
        return self if allowed(by, "access.manage") else self.filter(user_id=by.id)


class ApiToken(VersionedModel):
    """A hashed bearer token of a user for the API; the token itself is shown once and never stored.

    It acts as its user, at most: ``permissions`` narrows it to some of theirs (empty: all of them), ``read_only`` to
    reading.
    """

    audit_exclude = ("digest",)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    label = models.CharField(max_length=80)
    digest = models.CharField(max_length=64, unique=True)
    permissions = models.JSONField(default=list, blank=True)
    read_only = models.BooleanField(default=False)
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    objects = ApiTokenQuerySet.as_manager()

    class Meta:
        db_table = "access_api_token"

    def __str__(self) -> str:
        return self.label


class TokenUse(models.Model):
    """The day a token was last used. Beside the token, since reading is no change that the trail keeps."""

    token = models.OneToOneField(ApiToken, primary_key=True, on_delete=models.CASCADE, related_name="+")
    used_on = models.DateField()

    class Meta:
        db_table = "access_token_use"

    def __str__(self) -> str:
        return f"{self.token_id} {self.used_on}"


class Bucket(models.Model):
    """How many requests a caller has left: ``level`` at the moment ``at`` (seconds since 1970), see ``limits``."""

    caller = models.CharField(max_length=80, primary_key=True)
    level = models.FloatField()
    at = models.FloatField(db_index=True)

    class Meta:
        db_table = "access_bucket"

    def __str__(self) -> str:
        return self.caller


class Ticket(models.Model):
    """What a passkey proved a moment ago: stands in for the password of one step, once, for two minutes."""

    digest = models.CharField(max_length=64, primary_key=True)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    expires_at = models.DateTimeField(db_index=True)

    class Meta:
        db_table = "access_ticket"

    def __str__(self) -> str:
        return f"{self.user_id} {self.expires_at}"
