"""The people: a log-in for each kind of user, and the staff who do the work."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import Any

from django.contrib.auth.hashers import make_password
from django.utils.translation import gettext as _

from wardwright.apps.directory.models import Company, Person
from wardwright.platform.access.models import Grant, Role, User
from wardwright.platform.access.scope import authorize
from wardwright.platform.audit.operation import operation
from wardwright.platform.core.errors import NotNow

from .facts import Site, Worker, data

PASSWORD = "wardwright-demo"  # noqa: S105 - meant to be known: it opens nothing but the demo
MAIL = "demo.wardwright.example"
VENDOR = "Meridian Medical Service"
DEVICES_PER_TECHNICIAN = 330
HOURS = {"junior": 14, "engineer": 12, "senior": 8, "lead": 2}  # a week, for maintenance and repair alone


@dataclass(frozen=True)
class Account:
    """One demo log-in; ``scope`` is where the role holds: everything, first or second site, a ward, a company."""

    username: str
    name: str
    role: str
    scope: str
    job: str
    tier: str = "none"
    rate_cents: int = 0
    words: str = ""


STAFF = (
    Account("tina", "Tina Brandt", "technician", "first", "Biomedical technician", "engineer", 5200,
            "technician at the general hospital: the day's round"),
    Account("tom", "Tom Okafor", "technician", "second", "Biomedical technician", "engineer", 5200,
            "technician at the children's and women's hospital"),
    Account("sam", "Sam Lindqvist", "senior-technician", "all", "Senior biomedical technician", "senior", 6400,
            "senior technician: plans, assigns, verifies repairs"),
    Account("hanna", "Hanna Keller", "head", "all", "Head of clinical engineering", "lead", 8200,
            "head of clinical engineering: figures, approvals"),
    Account("nora", "Nora Castillo", "nurse", "ward", "Charge nurse",
    words="charge nurse in intensive care: asks for help"),
    Account("lina", "Lina Fontaine", "library-assistant", "first", "Library assistant",
            words="library assistant: picks, delivers, collects and cleans"),
    Account("rosa", "Rosa Petrov", "recall-coordinator", "all", "Recall coordinator", words="recall coordinator"),
    Account("amir", "Amir Hassan", "security-analyst", "all", "Device-security analyst",
    words="device-security analyst"),
    Account("ines", "Ines Duarte", "investigator", "all", "Patient-safety officer", words="incident investigator"),
    Account("leo", "Leo Tanaka", "evaluator", "all", "Clinical engineer",
    words="clinical engineer: evaluates technology"),
    Account("eddy", "Eddy Jansen", "educator", "all", "Clinical educator", words="educator"),
    Account("sue", "Sue Abbott", "surveyor", "all", "Surveyor", words="surveyor: reads everything, changes nothing"),
    Account("ida", "Ida Novak", "administrator", "all", "Hospital IT", words="hospital IT: administrator"),
    Account("victor", "Victor Moreau", "vendor", "vendor", "Field service engineer",
            words="vendor: sees only devices his company maintains"),
)  # fmt: skip
ACCOUNTS: list[tuple[str, str]] = [(account.username, account.words) for account in STAFF]


@operation()
def make_people(*, by: Any, sites: list[Site], assets: int, seed: int) -> None:
    """Log-ins, their roles, and the staff of each site (put into ``site.staff``).

    Raises:
        NotNow: when the house has no roles yet.
    """
    authorize(by, "access.manage")
    roles = _roles()
    password = make_password(PASSWORD)
    for account in STAFF:
        _person(account, _user(account, password), roles[account.role], sites)
    rng = Random(f"{seed}:people")
    names = _names(rng)
    whole = sum(_size(site) for site in sites)
    for site in sites:
        _staff(rng, names, site, round(assets * _size(site) / whole / DEVICES_PER_TECHNICIAN))
    sam = next(worker for worker in sites[0].staff if worker.tier == "senior")
    sites[1].staff.append(sam)
    _clinicians(rng, names, sites)


def _roles() -> dict[str, Role]:
    roles = {role.code: role for role in Role.objects.all()}
    missing = {account.role for account in STAFF} - set(roles)
    if missing:
        raise NotNow(
            _("This house has no roles yet (%(roles)s).") % {"roles": ", ".join(sorted(missing))},
            _("Run `wardwright init` first."),
        )
    return roles


def _user(account: Account, password: str) -> User:
    return User.objects.create(
        username=account.username, name=account.name, email=f"{account.username}@{MAIL}", password=password
    )


def _person(account: Account, user: User, role: Role, sites: list[Site]) -> None:
    second = sites[1] if account.scope == "second" else sites[0]
    ward = sites[0].departments[0]
    vendor = Company.objects.get(name=VENDOR)
    scopes = {
        "all": ("all", None), "first": ("site", sites[0].id), "second": ("site", second.id),
        "ward": ("department", ward.id), "vendor": ("vendor", vendor.pk),
    }  # fmt: skip
    kind, scope_id = scopes[account.scope]
    Grant.objects.create(user=user, role=role, scope_kind=kind, scope_id=scope_id)
    outside = account.scope == "vendor"
    person = Person.objects.create(
        user=user,
        name=account.name,
        job_title=account.job,
        tier=account.tier,
        email=user.email,
        site_id=None if outside else second.id,
        department_id=ward.id if account.scope == "ward" else None,
        employer=vendor if outside else None,
        hourly_rate_cents=account.rate_cents,
        hours_per_week=HOURS.get(account.tier, 0),
    )
    if account.tier != "none":
        second.staff.append(Worker(person.pk, person.name, account.tier, account.rate_cents, user.pk))


def _names(rng: Random) -> list[str]:
    """Invented names in a shuffled order; taken from the end, they do not repeat."""
    hospital = data("hospital")
    taken = {account.name for account in STAFF}
    names = [f"{first} {last}" for first in hospital["first_names"] for last in hospital["last_names"]]
    names = [name for name in names if name not in taken]
    rng.shuffle(names)
    return names


def _size(site: Site) -> int:
    return sum(sum(ward.fleet.values()) for ward in site.departments)


def _staff(rng: Random, names: list[str], site: Site, count: int) -> None:
    """Two at least beside the lead."""
    grades = [("engineer", 5000), ("junior", 4100), ("engineer", 5300), ("senior", 6300)]
    there = sum(worker.tier != "lead" for worker in site.staff)
    for number in range(max(2, count) - there):
        tier, rate = grades[number % len(grades)]
        rate += rng.randrange(-3, 4) * 50
        person = Person.objects.create(
            name=names.pop(),
            job_title="Biomedical technician",
            tier=tier,
            site_id=site.id,
            hourly_rate_cents=rate,
            hours_per_week=HOURS[tier],
        )
        site.staff.append(Worker(person.pk, person.name, tier, rate, None))


def _clinicians(rng: Random, names: list[str], sites: list[Site]) -> None:
    Person.objects.bulk_create(
        Person(
            name=names.pop(),
            job_title=rng.choice(("Charge nurse", "Ward manager")),
            site_id=site.id,
            department_id=ward.id,
        )
        for site in sites[:2]
        for ward in site.departments
    )
