"""Mail about cases: to whoever was given one, and upwards when a clock ran out. In each reader's language."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from django.conf import settings
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from wardwright.platform.access.models import Grant, User
from wardwright.platform.notify.mail.outbox import is_on, queue_mail

from .models import Case
from .permissions import RESPOND
from .states import Clock


def tell_owner(case_id: int) -> None:
    """Whoever was given a case reads of it."""
    case = Case.objects.select_related("owner__user").filter(pk=case_id).first()
    if case is None or case.owner is None or case.owner.user is None:
        return

    def words() -> tuple[str, list[str]]:
        return _("%(number)s was given to you") % {"number": case.number}, _lines(case)

    _tell([case.owner.user], case, words)


def tell_escalated(case_id: int, clock: str, level: int) -> None:
    """The first time its owner reads of it, from then on everybody who answers for cases everywhere."""
    case = Case.objects.select_related("owner__user").filter(pk=case_id).first()
    if case is None:
        return
    readers = {case.owner.user} if case.owner is not None and case.owner.user is not None else set()
    if level > 1 or not readers:
        grants = Grant.objects.filter(scope_kind="all", user__is_active=True).exclude(expires_at__lt=timezone.now())
        readers |= {
            grant.user for grant in grants.select_related("user", "role")
            if {"*", RESPOND.code} & set(grant.role.permissions)
        }  # fmt: skip

    def words() -> tuple[str, list[str]]:
        late = _("Late: the time to %(clock)s is over.") % {"clock": Clock(clock).label}
        return f"{case.number}: {late}", _lines(case)

    _tell(readers, case, words)


def _lines(case: Case) -> list[str]:
    return [case.title, f"{case.maker} · {case.get_severity_display()}"]


def _tell(readers: Iterable[User], case: Case, words: Callable[[], tuple[str, list[str]]]) -> None:
    for reader in readers if is_on() else ():
        with translation.override(reader.language or settings.LANGUAGE_CODE):
            subject, lines = words()
            address = f"{settings.BASE_URL}{reverse('notice-case', args=[case.pk])}"
            try:
                queue_mail(to=reader.email, subject=subject, text="\n".join([*lines, "", address]))
            except ValidationError:
                continue  # a log-in without an address reads it on the page
