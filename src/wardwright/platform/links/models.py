"""Links that let somebody look for some days, without a log-in and without changing anything."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from wardwright.platform.access.models import User
from wardwright.platform.access.scope import Scope, allowed
from wardwright.platform.core.models import AuditedModel, AuditedQuerySet, VersionedModel


class Opens(models.TextChoices):
    """What a link opens."""

    EVERYTHING = "all", _("the whole house")
    SITE = "site", _("one site")
    SUBJECT = "subject", _("one device")


class LinkQuerySet(AuditedQuerySet):
    def visible_to(self, by: Any) -> LinkQuerySet:
        """The links one made; whoever manages access sees all."""
        return self if allowed(by, "access.manage") else self.filter(made_by_id=by.id)


class Link(VersionedModel):
    """A link for one visitor. Its secret is kept as a hash and shown once; ``start`` is the page it begins with.

    What it opens is what the role Surveyor may read, there, and no more than ``made_by`` may read there today.
    """

    audit_exclude = ("digest", "pin")
    visitor = models.CharField(_("who looks"), max_length=80, help_text=_("For example: state surveyor, A. Keller."))
    purpose = models.CharField(_("what for"), max_length=160)
    opens = models.CharField(_("what it opens"), max_length=8, choices=Opens.choices)
    scope_id = models.BigIntegerField(null=True)
    start = models.CharField(max_length=200, default="/")
    digest = models.CharField(max_length=64, unique=True)
    pin = models.CharField(max_length=128, blank=True)
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    expires_at = models.DateTimeField(_("until"))
    revoked_at = models.DateTimeField(null=True)
    objects = LinkQuerySet.as_manager()

    class Meta:
        db_table = "links_link"
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.visitor

    @property
    def is_open(self) -> bool:
        return self.revoked_at is None and self.expires_at > timezone.now()

    def scope(self) -> Scope:
        return Scope(site_id=self.scope_id) if self.opens == Opens.SITE else Scope()


class VisitQuerySet(AuditedQuerySet):
    def visible_to(self, by: Any) -> VisitQuerySet:
        return self.filter(link__in=Link.objects.visible_to(by))


class LinkVisit(AuditedModel):
    """One page that was opened by a link, noted before it was answered."""

    link = models.ForeignKey(Link, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)
    path = models.CharField(max_length=300)
    address = models.CharField(max_length=45, blank=True)
    objects = VisitQuerySet.as_manager()

    class Meta:
        db_table = "links_visit"

    def __str__(self) -> str:
        return f"{self.link_id} {self.path}"
