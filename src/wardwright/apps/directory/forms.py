"""Forms of places, departments, companies, people and access."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from wardwright.platform.access.models import Role, ScopeKind, User
from wardwright.platform.access.permissions import PERMISSIONS
from wardwright.platform.access.scope import allowed
from wardwright.platform.core.words import home_words
from wardwright.platform.signon.models import Provider
from wardwright.web.row_forms import RowForm
from wardwright.web.views import OnceForm

from .models import Absence, Building, Company, CompanyRelation, Department, Floor, Person, Room, Site
from .queries import companies_in_use, roles_visible_to

NEW_PASSWORD = forms.PasswordInput(attrs={"autocomplete": "new-password"})
PASSWORD_HELP = gettext_lazy(
    "At least 12 characters. A few words that make no sense together are easy to keep in mind."
)


class SiteForm(RowForm):
    model = Site
    columns = ("name", "code", "country", "currency")


class BuildingForm(RowForm):
    model = Building
    columns = ("name",)


class FloorForm(RowForm):
    model = Floor
    columns = ("name", "level")


class RoomForm(RowForm):
    model = Room
    columns = ("name", "floor", "is_store")

    def __init__(self, by: Any, site: Site, *args: Any, **kwargs: Any):
        self.site = site
        super().__init__(by, *args, **kwargs)

    def choices_for(self, name: str, visible: Any) -> Any:
        return visible.filter(site=self.site).select_related("building").order_by("building__name", "level")


class DepartmentForm(RowForm):
    model = Department
    columns = ("name", "parent", "code", "cost_centre", "phone", "use_window")

    def __init__(self, by: Any, site: Site, *args: Any, **kwargs: Any):
        self.site = site
        super().__init__(by, *args, **kwargs)

    def choices_for(self, name: str, visible: Any) -> Any:
        others = visible.filter(site=self.site)
        return others.exclude(pk=self.row.pk) if self.row is not None else others


class CompanyForm(RowForm):
    model = Company
    columns = (
        "name", "is_maker", "is_supplier", "is_provider", "country", "address", "email", "phone", "website",
    )  # fmt: skip


class SpellingForm(OnceForm):
    spelling = forms.CharField(label=gettext_lazy("Another spelling"), max_length=160)


class RelationForm(OnceForm):
    kind = forms.ChoiceField(label=gettext_lazy("This company"), choices=CompanyRelation.Kind.choices)
    other = forms.ModelChoiceField(
        Company._default_manager.none(), label=gettext_lazy("the other one"), empty_label=None
    )
    note = forms.CharField(label=gettext_lazy("Note"), required=False, max_length=200)

    def __init__(self, by: Any, company: Company, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["other"].queryset = companies_in_use(by).exclude(pk=company.pk)


class PersonForm(RowForm):
    model = Person
    columns = (
        "name",
        "job_title",
        "tier",
        "site",
        "department",
        "employer",
        "email",
        "phone",
        "hours_per_week",
        "user",
    )
    hourly_rate = forms.DecimalField(
        label=gettext_lazy("Hourly rate"), required=False, min_value=0, max_digits=8, decimal_places=2,
        help_text=gettext_lazy("In the site's currency; for the cost of labour."),
    )  # fmt: skip

    def choices_for(self, name: str, visible: Any) -> Any:
        if name == "department":
            return visible.select_related("site").order_by("site__name", "name")
        if name == "employer":
            return visible.filter(merged_into=None)
        if name == "user":
            own = self.row.user_id if self.row is not None else None
            taken = Person.objects.visible_to(self.by).exclude(user=None).exclude(user_id=own).values("user_id")
            return visible.exclude(pk__in=taken)
        return visible

    def initial_of(self, row: Any) -> dict[str, Any]:
        return {**super().initial_of(row), "hourly_rate": Decimal(row.hourly_rate_cents) / 100}

    def values(self, names: Any = None) -> dict[str, Any]:
        rate = self.cleaned_data.get("hourly_rate")
        return {**super().values(names), "hourly_rate_cents": int((rate or Decimal(0)) * 100)}


class AskAbsenceForm(RowForm):
    """Days off for oneself."""

    model = Absence
    columns: ClassVar[tuple[str, ...]] = ("kind", "first_on", "last_on", "note")
    labels: ClassVar[dict[str, Any]] = {"note": gettext_lazy("Note, if one is needed")}


class EnterAbsenceForm(AskAbsenceForm):
    columns = ("person", *AskAbsenceForm.columns)

    def choices_for(self, name: str, visible: Any) -> Any:
        return visible.filter(is_active=True)


class DecideForm(OnceForm):
    expected_version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    agreed = forms.TypedChoiceField(
        label=gettext_lazy("Can they be away?"),
        coerce=lambda value: value == "yes",
        choices=[("yes", gettext_lazy("Yes")), ("no", gettext_lazy("No"))],
        widget=forms.RadioSelect,
    )
    answer = forms.CharField(
        label=gettext_lazy("What to tell them"), max_length=200, required=False,
        help_text=gettext_lazy("Needed for a no."),
    )  # fmt: skip


# Access ---------------------------------------------------------------------------------------------------------


class UserForm(RowForm):
    """A log-in; with a password when it is new."""

    model = User
    columns = ("username", "name", "email")
    password = forms.CharField(
        label=gettext_lazy("First password"), strip=False, max_length=200, widget=NEW_PASSWORD, help_text=PASSWORD_HELP
    )

    def __init__(self, by: Any, *args: Any, **kwargs: Any):
        super().__init__(by, *args, **kwargs)
        if self.row is not None:
            del self.fields["password"]


class PasswordForm(OnceForm):
    password = forms.CharField(
        label=gettext_lazy("New password"), strip=False, max_length=200, widget=NEW_PASSWORD, help_text=PASSWORD_HELP
    )
    again = forms.CharField(label=gettext_lazy("New password again"), strip=False, max_length=200, widget=NEW_PASSWORD)

    def clean_again(self) -> str:
        again = self.cleaned_data["again"]
        if self.cleaned_data.get("password") not in (None, again):
            raise forms.ValidationError(_("The two passwords differ. Type them again."))
        return again


class OwnPasswordForm(PasswordForm):
    current = forms.CharField(
        label=gettext_lazy("Present password"), strip=False, max_length=200,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )  # fmt: skip
    field_order = ("current", "password", "again")


class ReasonForm(OnceForm):
    reason = forms.CharField(label=gettext_lazy("Why"), max_length=300, widget=forms.Textarea(attrs={"rows": 3}))


class TokenForm(OnceForm):
    label = forms.CharField(
        label=gettext_lazy("What it is for"), max_length=80, help_text=gettext_lazy("For example: label printer.")
    )
    days = forms.IntegerField(label=gettext_lazy("Valid for (days)"), min_value=1, max_value=1095, initial=365)
    read_only = forms.BooleanField(
        label=gettext_lazy("It may only read"),
        required=False,
        initial=True,
        help_text=gettext_lazy("Take the tick away only for a program that changes something."),
    )
    permissions = forms.MultipleChoiceField(
        label=gettext_lazy("Only for some of what you may do"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("Choose what the program needs. None chosen: all that you may do."),
    )

    def __init__(self, by: Any, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        mine = [(code, one.label) for code, one in PERMISSIONS.items() if allowed(by, code)]
        self.fields["permissions"].choices = sorted(mine, key=lambda one: str(one[1]))


class GrantForm(OnceForm):
    """A role and where it holds."""

    role = forms.ModelChoiceField(Role._default_manager.none(), label=gettext_lazy("Role"), empty_label=None)
    where = forms.ChoiceField(label=gettext_lazy("Where"))
    expires_on = forms.DateField(
        label=gettext_lazy("Until"), required=False, widget=forms.DateInput(attrs={"type": "date"}),
        help_text=gettext_lazy("Empty: until it is taken back."),
    )  # fmt: skip

    def __init__(self, by: Any, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["role"].queryset = roles_visible_to(by).order_by("name")
        self.fields["where"].choices = _places(by)

    def scope(self) -> dict[str, Any]:
        kind, _sign, pk = self.cleaned_data["where"].partition(":")
        return {"scope_kind": kind, "scope_id": int(pk) if pk else None}

    def refuse(self, error: Any) -> None:
        error.fields = {{"scope_id": "where"}.get(name, name): words for name, words in error.fields.items()}
        super().refuse(error)


def _places(by: Any) -> list[Any]:
    sites = Site.objects.visible_to(by).values_list("pk", "name")
    departments = Department.objects.visible_to(by).select_related("site").order_by("site__name", "name")
    companies = companies_in_use(by).filter(is_provider=True).values_list("pk", "name")
    return [
        (ScopeKind.EVERYTHING.value, _("everywhere")),
        (_("One site"), [(f"site:{pk}", name) for pk, name in sites]),
        (_("One department"), [(f"department:{d.pk}", f"{d.site.name} · {d.name}") for d in departments]),
        (_("Devices that a company maintains"), [(f"vendor:{pk}", name) for pk, name in companies]),
    ]


EVERY_SITE = "all"


class WorkAtForm(OnceForm):
    """One site, or all."""

    site = forms.ChoiceField(label=gettext_lazy("Site"), widget=forms.RadioSelect)
    next = forms.CharField(widget=forms.HiddenInput, required=False, max_length=300)

    def __init__(self, by: Any, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        sites = Site.objects.visible_to(by).order_by("name").values_list("pk", "name")
        self.fields["site"].choices = [(EVERY_SITE, _("All sites")), *sites]


class RoleForm(RowForm):
    """A role's words and what it may do."""

    model = Role
    columns = ("name", "description", "second_factor", "second_factor_from")
    everything = forms.BooleanField(
        label=gettext_lazy("Everything, also what comes with later versions"), required=False
    )
    permissions = forms.MultipleChoiceField(
        label=gettext_lazy("May"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, by: Any, *args: Any, **kwargs: Any):
        super().__init__(by, *args, **kwargs)
        groups: dict[str, list[tuple[str, str]]] = defaultdict(list)
        for one in PERMISSIONS.values():
            groups[home_words(one.home)].append((one.code, str(one.label)))
        self.fields["permissions"].choices = sorted((name, sorted(found)) for name, found in groups.items())

    def initial_of(self, row: Any) -> dict[str, Any]:
        return {**super().initial_of(row), "permissions": row.permissions, "everything": "*" in row.permissions}

    def visible_rows(self) -> Any:
        return roles_visible_to(self.by)

    def codes(self) -> list[str]:
        return ["*"] if self.cleaned_data["everything"] else self.cleaned_data["permissions"]


# Coming in ------------------------------------------------------------------------------------------------------


def _own_password(**more: Any) -> forms.CharField:
    """The password again; beside it a passkey may take its place."""
    return forms.CharField(
        label=gettext_lazy("Your password"), strip=False, max_length=200,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}), **more,
    )  # fmt: skip


class ConfirmForm(OnceForm):
    """The password before a step; whoever has none comes by single sign-on alone."""

    password = _own_password()

    def __init__(self, user: Any, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        if not user.has_usable_password():
            self.fields["password"].required = False
            self.fields["password"].help_text = _("You have none: use a passkey, if you have one.")


class AuthenticatorForm(ConfirmForm):
    code = forms.CharField(
        label=gettext_lazy("Code that the app shows now"), max_length=12,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"}),
    )  # fmt: skip
    field_order = ("code", "password")


class PasskeyForm(ConfirmForm):
    name = forms.CharField(
        label=gettext_lazy("What you call it"), max_length=60, help_text=gettext_lazy("For example: my phone.")
    )
    response = forms.CharField(widget=forms.HiddenInput, max_length=20_000, required=False)
    field_order = ("name", "password")


class NameForm(OnceForm):
    name = forms.CharField(label=gettext_lazy("Name"), max_length=60)


class ProviderForm(RowForm):
    model = Provider
    columns = (
        "name", "code", "issuer", "client_id", "scopes", "groups_claim", "provisions", "links_by_email",
        "checks_second_factor", "is_active",
    )  # fmt: skip

    def __init__(self, by: Any, *args: Any, **kwargs: Any):
        super().__init__(by, *args, **kwargs)
        if self.row is not None:
            del self.fields["code"]


class GroupRoleForm(GrantForm):
    """A group of the hospital's directory and the role that everybody in it has."""

    group = forms.CharField(
        label=gettext_lazy("Group"), max_length=200,
        help_text=gettext_lazy("As the directory writes it, letter by letter."),
    )  # fmt: skip
    field_order = ("group", "role", "where")

    def __init__(self, by: Any, *args: Any, **kwargs: Any):
        super().__init__(by, *args, **kwargs)
        del self.fields["expires_on"]
