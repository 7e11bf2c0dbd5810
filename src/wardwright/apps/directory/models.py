"""Places, organisation, companies and people. Geography and organisation are separate trees."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from wardwright.platform.access.scope import Scope, reach, scope_q
from wardwright.platform.core.models import AuditedModel, AuditedQuerySet, VersionedModel

from .states import AbsenceKind, AbsenceState


def _places_q(by: Any, path: str) -> models.Q:
    """Places at the sites within reach and at those of one's departments: whoever works on a ward knows its rooms."""
    kept = scope_q(by, "directory.view", site=path)
    found = reach(by, "directory.view")
    if found is None or found.everything or not found.departments:
        return kept
    sites = Department._base_manager.filter(pk__in=sorted(found.departments)).values("site_id")
    return kept | models.Q(**{f"{path}__in": sites})


class SiteQuerySet(AuditedQuerySet):
    def visible_to(self, by: Any) -> SiteQuerySet:
        return self.filter(_places_q(by, "pk"))


class Site(VersionedModel):
    """A hospital or clinic: the widest place a role can be limited to."""

    code = models.CharField(_("code"), max_length=20, unique=True)
    name = models.CharField(_("name"), max_length=120)
    currency = models.CharField(_("currency"), max_length=3, default="EUR")
    country = models.CharField(_("country"), max_length=2, blank=True)
    objects = SiteQuerySet.as_manager()

    class Meta:
        db_table = "directory_site"
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    def scope(self) -> Scope:
        return Scope(site_id=self.pk)


class OfSiteQuerySet(AuditedQuerySet):
    def visible_to(self, by: Any) -> OfSiteQuerySet:
        return self.filter(_places_q(by, "site_id"))


class Building(VersionedModel):
    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="+", verbose_name=_("site"))
    name = models.CharField(_("name"), max_length=80)
    objects = OfSiteQuerySet.as_manager()

    class Meta:
        db_table = "directory_building"
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["site", "name"], name="directory_building_once")]

    def __str__(self) -> str:
        return self.name

    def scope(self) -> Scope:
        return Scope(site_id=self.site_id)


class Floor(VersionedModel):
    """A storey; ``level`` orders the floors of a building from the lowest."""

    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="+", verbose_name=_("site"))
    building = models.ForeignKey(Building, on_delete=models.PROTECT, related_name="+", verbose_name=_("building"))
    name = models.CharField(_("name"), max_length=40)
    level = models.SmallIntegerField(_("level"), default=0)
    objects = OfSiteQuerySet.as_manager()

    class Meta:
        db_table = "directory_floor"
        ordering = ["level", "name"]
        constraints = [models.UniqueConstraint(fields=["building", "name"], name="directory_floor_once")]

    def __str__(self) -> str:
        return self.name

    def scope(self) -> Scope:
        return Scope(site_id=self.site_id)


class Room(VersionedModel):
    """A room or store. An imported register may know a room without knowing its floor."""

    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="+", verbose_name=_("site"))
    floor = models.ForeignKey(
        Floor, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("floor")
    )
    name = models.CharField(_("name"), max_length=80)
    is_store = models.BooleanField(_("is a store"), default=False)
    objects = OfSiteQuerySet.as_manager()

    class Meta:
        db_table = "directory_room"
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                models.F("site"),
                Coalesce("floor", 0, output_field=models.BigIntegerField()),
                models.F("name"),
                name="directory_room_once",
                violation_error_message=_("A room of this name is there already."),
            )
        ]

    def __str__(self) -> str:
        return self.name

    def scope(self) -> Scope:
        return Scope(site_id=self.site_id)


class DepartmentQuerySet(AuditedQuerySet):
    def visible_to(self, by: Any) -> DepartmentQuerySet:
        return self.filter(scope_q(by, "directory.view", site="site_id", department="pk"))


class Department(VersionedModel):
    """A ward or unit in the organisation; ``parent`` makes the tree, ``cost_centre`` is who pays."""

    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="+", verbose_name=_("site"))
    parent = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("part of")
    )
    name = models.CharField(_("name"), max_length=120)
    code = models.CharField(_("code"), max_length=40, blank=True)
    cost_centre = models.CharField(_("cost centre"), max_length=40, blank=True)
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    use_window = models.CharField(
        _("best time to come"),
        max_length=80,
        blank=True,
        help_text=_("When devices are least in use, for example 13–15 h."),
    )
    objects = DepartmentQuerySet.as_manager()

    class Meta:
        db_table = "directory_department"
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["site", "name"], name="directory_department_once")]

    def __str__(self) -> str:
        return self.name

    def scope(self) -> Scope:
        return Scope(site_id=self.site_id, department_id=self.pk)


class SharedQuerySet(AuditedQuerySet):
    def visible_to(self, by: Any) -> SharedQuerySet:
        """Companies are shared by all sites: whoever may see the directory anywhere may see them."""
        from wardwright.platform.access.scope import allowed

        return self if allowed(by, "directory.view") else self.none()


class Company(VersionedModel):
    """A maker, supplier or service provider; one company may be all three."""

    name = models.CharField(_("name"), max_length=160, unique=True)
    key = models.CharField(max_length=160, db_index=True, editable=False)
    is_maker = models.BooleanField(_("makes devices"), default=False)
    is_supplier = models.BooleanField(_("sells devices"), default=False)
    is_provider = models.BooleanField(_("services devices"), default=False)
    address = models.TextField(_("address"), blank=True)
    country = models.CharField(_("country"), max_length=60, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    website = models.URLField(_("website"), blank=True)
    merged_into = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    objects = SharedQuerySet.as_manager()

    class Meta:
        db_table = "directory_company"
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    def scope(self) -> Scope:
        return Scope(vendor_id=self.pk)


class CompanyAlias(AuditedModel):
    """Another spelling of the same company's name; ``key`` is the spelling normalised by ``kernel.names``."""

    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="+")
    spelling = models.CharField(max_length=160)
    key = models.CharField(max_length=160, unique=True)
    source = models.CharField(max_length=80, blank=True)
    objects = SharedQuerySet.as_manager()

    class Meta:
        db_table = "directory_company_alias"
        ordering = ["spelling"]

    def __str__(self) -> str:
        return self.spelling


class CompanyRelation(AuditedModel):
    """Two companies that belong together without being one: owner, successor, brand."""

    class Kind(models.TextChoices):
        OWNED_BY = "owned_by", _("is owned by")
        SUCCEEDED_BY = "succeeded_by", _("was succeeded by")
        BRAND_OF = "brand_of", _("is a brand of")
        RELATED = "related", _("is related to")

    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="+")
    other = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=14, choices=Kind.choices, default=Kind.RELATED)
    note = models.CharField(max_length=200, blank=True)
    objects = SharedQuerySet.as_manager()

    class Meta:
        db_table = "directory_company_relation"
        constraints = [models.UniqueConstraint(fields=["company", "other"], name="directory_relation_once")]


class PersonQuerySet(AuditedQuerySet):
    def visible_to(self, by: Any) -> PersonQuerySet:
        return self.filter(
            scope_q(by, "directory.view", site="site_id", department="department_id", vendor="employer_id")
        )


class Person(VersionedModel):
    """Somebody who does or asks for work; most have a log-in."""

    class Tier(models.TextChoices):
        JUNIOR = "junior", _("junior")
        ENGINEER = "engineer", _("engineer")
        SENIOR = "senior", _("senior")
        LEAD = "lead", _("lead")
        NONE = "none", _("does not service devices")

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("log-in"),
    )
    name = models.CharField(_("name"), max_length=120)
    job_title = models.CharField(_("job title"), max_length=120, blank=True)
    tier = models.CharField(_("tier"), max_length=10, choices=Tier.choices, default=Tier.NONE)
    site = models.ForeignKey(
        Site, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("site")
    )
    department = models.ForeignKey(
        Department, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("department")
    )
    employer = models.ForeignKey(
        Company,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("employer, if outside"),
    )
    email = models.EmailField(_("e-mail"), blank=True)
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    hourly_rate_cents = models.PositiveIntegerField(_("hourly rate (cents)"), default=0)
    hours_per_week = models.PositiveSmallIntegerField(_("hours per week for maintenance"), default=0)
    is_active = models.BooleanField(_("active"), default=True)
    objects = PersonQuerySet.as_manager()

    class Meta:
        db_table = "directory_person"
        ordering = ["name"]
        indexes = [models.Index(fields=["name", "id"], name="directory_person_name")]

    def __str__(self) -> str:
        return self.name

    def scope(self) -> Scope:
        return Scope(site_id=self.site_id, department_id=self.department_id, vendor_id=self.employer_id)


class AbsenceQuerySet(AuditedQuerySet):
    def visible_to(self, by: Any) -> AbsenceQuerySet:
        """One's own, and those of the people one decides for: why somebody is away is nobody else's business."""
        near = scope_q(
            by,
            "directory.absences",
            site="person__site_id",
            department="person__department_id",
            vendor="person__employer_id",
        )
        return self.filter(near | models.Q(person__user_id=getattr(by, "id", None) or -1) if near else near)

    def counting(self) -> AbsenceQuerySet:
        """Those that take hours from the plan of work."""
        return self.filter(state=AbsenceState.AGREED)


class Absence(VersionedModel):
    """Whole days on which somebody is not there; both ends are included."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", verbose_name=_("who"))
    kind = models.CharField(_("why"), max_length=10, choices=AbsenceKind.choices, default=AbsenceKind.HOLIDAY)
    state = models.CharField(_("state"), max_length=10, choices=AbsenceState.choices, default=AbsenceState.ASKED)
    first_on = models.DateField(_("first day"))
    last_on = models.DateField(_("last day"))
    note = models.CharField(_("note"), max_length=200, blank=True)
    answer = models.CharField(_("answer"), max_length=200, blank=True)
    objects = AbsenceQuerySet.as_manager()

    class Meta:
        db_table = "directory_absence"
        constraints = [
            models.CheckConstraint(condition=models.Q(last_on__gte=models.F("first_on")), name="directory_absence_days")
        ]
        indexes = [
            models.Index(fields=["person", "last_on"], name="directory_absence_person"),
            models.Index(fields=["first_on", "id"], name="directory_absence_first"),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.first_on}"

    def scope(self) -> Scope:
        return self.person.scope()
