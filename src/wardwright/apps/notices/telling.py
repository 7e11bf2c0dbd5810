"""Mail about cases: to whoever was given one, and upwards when a clock ran out. In each reader's language."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from django.conf import settings
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from wardwright.platform.access.models import Grant, User
from wardwright.platform.core.words import moment_words, said_words
from wardwright.platform.notify.mail.outbox import is_on, queue_mail

from .models import Case, Source
from .permissions import RESPOND, SOURCES
from .states import Clock


def tell_owner(case_id: int) -> None:
    """Whoever was given a case reads of it."""
    case = Case.objects.select_related("owner__user").filter(pk=case_id).first()
    if case is None or case.owner is None or case.owner.user is None:
        return

    def words() -> tuple[str, list[str]]:
        return _("%(number)s was given to you") % {"number": case.number}, _lines(case)

    _tell([case.owner.user], reverse("notice-case", args=[case.pk]), words)


def tell_escalated(case_id: int, clock: str, level: int) -> None:
    """The first time its owner reads of it, from then on everybody who answers for cases everywhere."""
    case = Case.objects.select_related("owner__user").filter(pk=case_id).first()
    if case is None:
        return
    readers = {case.owner.user} if case.owner is not None and case.owner.user is not None else set()
    if level > 1 or not readers:
        readers |= _everywhere(RESPOND.code)

    def words() -> tuple[str, list[str]]:
        late = _("Late: the time to %(clock)s is over.") % {"clock": Clock(clock).label}
        return f"{case.number}: {late}", _lines(case)

    _tell(readers, reverse("notice-case", args=[case.pk]), words)


def tell_failed(source_id: int, times: int) -> None:
    """Whoever keeps the sources reads that one could not be read for some time."""
    source = Source.objects.filter(pk=source_id).first()
    if source is None:
        return

    def words() -> tuple[str, list[str]]:
        subject = _("%(name)s could not be read %(n)s times running") % {"name": source, "n": times}
        good = moment_words(timezone.localtime(source.last_good_at)) if source.last_good_at else _("never")
        lines = [said_words(source.last_words), _("Last read to its end: %(when)s.") % {"when": good}]
        return subject, [*lines, _("What it brought until then still stands.")]

    _tell(_everywhere(SOURCES.code), reverse("notice-source", args=[source.pk]), words)


def _everywhere(code: str) -> set[User]:
    """Everybody who may do this at every site."""
    grants = Grant.objects.filter(scope_kind="all", user__is_active=True).exclude(expires_at__lt=timezone.now())
    some = grants.select_related("user", "role")
    return {grant.user for grant in some if {"*", code} & set(grant.role.permissions)}


def _lines(case: Case) -> list[str]:
    return [case.title, f"{case.maker} · {case.get_severity_display()}"]


def _tell(readers: Iterable[User], path: str, words: Callable[[], tuple[str, list[str]]]) -> None:
    for reader in readers if is_on() else ():
        with translation.override(reader.language or settings.LANGUAGE_CODE):
            subject, lines = words()
            try:
                queue_mail(to=reader.email, subject=subject, text="\n".join([*lines, "", f"{settings.BASE_URL}{path}"]))
            except ValidationError:
                continue  # a log-in without an address reads it on the page
