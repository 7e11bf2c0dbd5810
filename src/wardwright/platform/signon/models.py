"""How people come in: open sessions, second factors, providers of single sign-on with groups, and what happened."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from wardwright.platform.access.models import Role, ScopeKind, User
from wardwright.platform.access.scope import allowed
from wardwright.platform.core.models import AuditedModel, AuditedQuerySet, VersionedModel


class OpenSessionQuerySet(models.QuerySet):
    def visible_to(self, by: Any) -> OpenSessionQuerySet:
        """One's own; whoever manages access sees everybody's."""
        return self if allowed(by, "access.manage") else self.filter(user_id=by.id)


class OpenSession(models.Model):
    """One log-in of a browser, until it is ended. The cookie names Django's session, which names this row."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    method = models.CharField(max_length=40)
    address = models.CharField(max_length=45, blank=True)
    device = models.CharField(max_length=80, blank=True)
    started_at = models.DateTimeField(auto_now_add=True)
    seen_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    needs_factor = models.BooleanField(default=False)  # only the pages that add a second factor are open
    provider_id = models.BigIntegerField(null=True)
    subject = models.CharField(max_length=255, blank=True)
    provider_session = models.CharField(max_length=255, blank=True)
    objects = OpenSessionQuerySet.as_manager()

    class Meta:
        db_table = "signon_session"
        indexes = [models.Index(fields=["user", "ended_at"], name="signon_session_user")]

    def __str__(self) -> str:
        return f"{self.user_id} {self.method} {self.device}"


class Kind(models.TextChoices):
    """What the trail keeps about coming in."""

    SIGNED_IN = "in", _("signed in")
    SIGNED_OUT = "out", _("signed out")
    REFUSED = "refused", _("refused")
    LOCKED = "locked", _("refused: too many tries")
    ENDED = "ended", _("session ended")
    FACTOR_ADDED = "added", _("second factor added")
    FACTOR_REMOVED = "removed", _("second factor removed")
    RECOVERY = "recovery", _("recovery code used")
    LINKED = "linked", _("connected with single sign-on")
    UNLINKED = "unlinked", _("disconnected from single sign-on")


class OfUserQuerySet(AuditedQuerySet):
    def visible_to(self, by: Any) -> OfUserQuerySet:
        """One's own; whoever manages access sees everybody's."""
        return self if allowed(by, "access.manage") else self.filter(user_id=by.id)


class AccessEvent(AuditedModel):
    """One line of what happened at the door; ``user`` is empty where no such user name exists.

    What was typed as an unknown user name is not kept: it may be a password in the wrong box.
    """

    at = models.DateTimeField(auto_now_add=True)
    user = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    method = models.CharField(max_length=40, blank=True)
    address = models.CharField(max_length=45, blank=True)
    device = models.CharField(max_length=80, blank=True)
    detail = models.CharField(max_length=120, blank=True)
    objects = OfUserQuerySet.as_manager()

    class Meta:
        db_table = "signon_event"
        indexes = [models.Index(fields=["user", "-id"], name="signon_event_user")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.at:%Y-%m-%d %H:%M}"


# Second factors -------------------------------------------------------------------------------------------------


class Totp(AuditedModel):
    """An authenticator app (RFC 6238). The secret is encrypted; ``last_step`` is the newest code that was used."""

    audit_exclude = ("secret", "last_step")
    user = models.OneToOneField(User, on_delete=models.PROTECT, related_name="+")
    secret = models.BinaryField()
    last_step = models.BigIntegerField(default=0)
    made_at = models.DateTimeField(auto_now_add=True)
    objects = OfUserQuerySet.as_manager()

    class Meta:
        db_table = "signon_totp"

    def __str__(self) -> str:
        return f"authenticator app of {self.user_id}"


class RecoveryCode(AuditedModel):
    """One of ten codes on paper, each good for one log-in; kept as its SHA-256 (80 random bits need no slow hash)."""

    audit_exclude = ("digest",)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    digest = models.CharField(max_length=64)
    used_at = models.DateTimeField(null=True)
    objects = OfUserQuerySet.as_manager()

    class Meta:
        db_table = "signon_recovery_code"
        constraints = [models.UniqueConstraint(fields=["user", "digest"], name="signon_recovery_once")]

    def __str__(self) -> str:
        return f"recovery code of {self.user_id}"


class Passkey(AuditedModel):
    """A WebAuthn credential: its public key, how often it says it was used, and what its owner calls it."""

    audit_exclude = ("sign_count", "used_at")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(_("name"), max_length=60)
    credential = models.CharField(max_length=1400, unique=True)  # its id, base64url; at most 1,023 bytes
    public = models.BinaryField()  # attested credential data (WebAuthn section 6.5.1)
    sign_count = models.BigIntegerField(default=0)
    made_at = models.DateTimeField(auto_now_add=True)
    used_at = models.DateTimeField(null=True)
    objects = OfUserQuerySet.as_manager()

    class Meta:
        db_table = "signon_passkey"

    def __str__(self) -> str:
        return self.name


# Single sign-on -------------------------------------------------------------------------------------------------


class ManagedQuerySet(AuditedQuerySet):
    def visible_to(self, by: Any) -> ManagedQuerySet:
        """For those who manage access."""
        return self if allowed(by, "access.manage") else self.none()


class Provider(VersionedModel):
    """An OpenID provider of the hospital. Its secret is in the environment only: WARDWRIGHT_OIDC_SECRET_<CODE>."""

    code = models.SlugField(_("short name in addresses"), max_length=30, unique=True)
    name = models.CharField(
        _("name on the button"), max_length=60, help_text=_("What people call it, for example Hospital account.")
    )
    issuer = models.CharField(
        _("issuer"), max_length=300, help_text=_("As the provider writes it: https://login.hospital.example")
    )
    client_id = models.CharField(_("client ID"), max_length=200)
    scopes = models.CharField(_("scopes"), max_length=200, default="openid profile email")
    groups_claim = models.CharField(
        _("claim that names the groups"), max_length=60, blank=True, default="groups", help_text=_("Empty: no groups.")
    )
    provisions = models.BooleanField(
        _("make a log-in for whoever comes first"),
        default=False,
        help_text=_("Without any role, until a group or a person gives one."),
    )
    links_by_email = models.BooleanField(
        _("connect by an e-mail address that the provider has verified"),
        default=False,
        help_text=_("Only if nobody can choose their address at the provider."),
    )
    checks_second_factor = models.BooleanField(_("asks for the second factor itself"), default=True)
    is_active = models.BooleanField(_("in use"), default=True)
    objects = ManagedQuerySet.as_manager()

    class Meta:
        db_table = "signon_provider"
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Identity(AuditedModel):
    """Who a provider's subject is here. The subject never changes; names and addresses do."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    provider = models.ForeignKey(Provider, on_delete=models.PROTECT, related_name="+")
    subject = models.CharField(max_length=255)
    made_at = models.DateTimeField(auto_now_add=True)
    objects = OfUserQuerySet.as_manager()

    class Meta:
        db_table = "signon_identity"
        constraints = [
            models.UniqueConstraint(fields=["provider", "subject"], name="signon_identity_once"),
            models.UniqueConstraint(fields=["provider", "user"], name="signon_identity_user"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} at {self.provider_id}"


class Provisioned(AuditedModel):
    """A log-in that the hospital's directory keeps (SCIM), and what the directory calls it."""

    user = models.OneToOneField(User, on_delete=models.PROTECT, related_name="+")
    external_id = models.CharField(max_length=200, blank=True, db_index=True)
    objects = ManagedQuerySet.as_manager()

    class Meta:
        db_table = "signon_provisioned"

    def __str__(self) -> str:
        return f"{self.user_id} {self.external_id}"


class Group(VersionedModel):
    """A group of the hospital's own directory, known here because a role hangs on it or because it was provisioned."""

    name = models.CharField(_("group"), max_length=200, unique=True)
    external_id = models.CharField(max_length=200, blank=True)
    objects = ManagedQuerySet.as_manager()

    class Meta:
        db_table = "signon_group"
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class GroupMember(AuditedModel):
    """Who is in a group, as ``source`` said last: "scim", or the code of a provider."""

    group = models.ForeignKey(Group, on_delete=models.PROTECT, related_name="+")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    source = models.CharField(max_length=30)
    objects = ManagedQuerySet.as_manager()

    class Meta:
        db_table = "signon_group_member"
        constraints = [models.UniqueConstraint(fields=["group", "user", "source"], name="signon_group_member_once")]

    def __str__(self) -> str:
        return f"{self.user_id} in {self.group_id}"


class GroupRole(AuditedModel):
    """The role that everybody in a group has, and where."""

    group = models.ForeignKey(Group, on_delete=models.PROTECT, related_name="+")
    role = models.ForeignKey(Role, on_delete=models.PROTECT, related_name="+")
    scope_kind = models.CharField(max_length=12, choices=ScopeKind.choices, default=ScopeKind.EVERYTHING)
    scope_id = models.BigIntegerField(null=True, blank=True)
    objects = ManagedQuerySet.as_manager()

    class Meta:
        db_table = "signon_group_role"
        constraints = [
            models.UniqueConstraint(
                models.F("group"),
                models.F("role"),
                models.F("scope_kind"),
                models.functions.Coalesce("scope_id", 0),
                name="signon_group_role_once",
                violation_error_message=_("This group has this role there already."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.group_id} {self.role_id}"
