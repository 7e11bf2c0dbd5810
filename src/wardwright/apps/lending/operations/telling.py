"""Mail to wards: what is reserved for them, what is on its way, what should come back. In each reader's language."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from wardwright.platform.access.models import Grant, User
from wardwright.platform.core.words import moment_words
from wardwright.platform.notify.mail.outbox import is_on, queue_mail

from ..models import Loan, LoanRequest
from ..permissions import ASK


def tell_reserved(row: LoanRequest, by: Any) -> None:
    """The ward reads what is promised to it, and for when."""

    def words() -> tuple[str, list[str]]:
        what, ward = _what(row), row.department.name
        when = _("From %(moment)s") % {"moment": moment_words(row.from_at)}
        if row.until_at:
            when += ", " + _("until %(moment)s") % {"moment": moment_words(row.until_at)}
        lines = [what, when, row.pool.name]
        return _("Reserved for %(ward)s: %(what)s") % {"ward": ward, "what": what}, lines

    for reader in _readers([row])[row.pk]:
        if reader.pk != by.id:
            _tell(reader, words)


def tell_on_its_way(row: LoanRequest, tags: Sequence[str]) -> None:
    """Whoever asked for the ward reads which devices were picked. Over the counter nobody needs a mail."""

    def words() -> tuple[str, list[str]]:
        lines = [f"{row.number}: {', '.join(tags)}", row.pool.name]
        return _("On its way to %(ward)s: %(what)s") % {"ward": row.department.name, "what": row.what}, lines

    if row.asked_by_id and is_on():
        for reader in _readers([row])[row.pk]:
            _tell(reader, words)


def tell_overdue(loans: Iterable[Loan]) -> int:
    """One mail to each reader with everything that is past its end; returns how many."""
    late: dict[int, tuple[User, list[Loan]]] = {}
    some = list(loans)
    readers = _readers([loan.loan_request for loan in some])
    for loan in some:
        for reader in readers[loan.loan_request_id]:
            late.setdefault(reader.pk, (reader, []))[1].append(loan)
    for reader, mine in late.values():
        _tell(reader, partial(_overdue_words, mine))
    return len(late)


def _overdue_words(loans: list[Loan]) -> tuple[str, list[str]]:
    line = _("%(tag)s %(type)s: with %(ward)s, back by %(day)s")
    return _("Please give back what you no longer need"), [
        _("These devices of the library are past the agreed end. Tell us on the page if you still need them."),
        *(
            line
            % {
                "tag": loan.asset.tag, "type": loan.asset.device_type.name, "ward": loan.department.name,
                "day": date_format(timezone.localtime(loan.due_at), "DATE_FORMAT"),
            }
            for loan in loans
        ),
    ]  # fmt: skip


def _what(row: LoanRequest) -> str:
    return f"{row.quantity} × {row.what}" if row.quantity > 1 else str(row.asset or row.what)


def _readers(rows: Sequence[LoanRequest]) -> dict[int, list[User]]:
    """Who reads about each request: whoever asked for the ward; where the library wrote it down itself, the log-ins
    whose role is given on that ward. Only people with an address."""
    found: dict[int, list[User]] = defaultdict(list)
    if not is_on():
        return found
    asked = {row.asked_by_id for row in rows if row.asked_by_id}
    people = User.objects.filter(pk__in=asked, is_active=True).in_bulk()
    of_ward = _log_ins_of({row.department_id for row in rows if row.asked_by_id is None})
    for row in rows:
        some = [people.get(row.asked_by_id)] if row.asked_by_id else of_ward[row.department_id]
        found[row.pk] = [one for one in some if one is not None and _is_address(one.email)]
    return found


def _log_ins_of(department_ids: set[int]) -> dict[int, list[User]]:
    grants = Grant.objects.filter(scope_kind="department", scope_id__in=department_ids, user__is_active=True)
    grants = grants.exclude(user__email="").exclude(expires_at__lt=timezone.now())
    found: dict[int, list[User]] = defaultdict(list)
    for grant in grants.select_related("user", "role").order_by("user_id"):
        some = found[grant.scope_id or 0]
        if {"*", ASK.code} & set(grant.role.permissions) and grant.user not in some:
            some.append(grant.user)
    return found


def _is_address(text: str) -> bool:
    """An address that came from elsewhere and is none must not keep a device from going out."""
    try:
        validate_email(text)
    except ValidationError:
        return False
    return True


def _tell(reader: User, words: Callable[[], tuple[str, list[str]]]) -> None:
    with translation.override(reader.language or settings.LANGUAGE_CODE):
        subject, lines = words()
        text = "\n".join([*lines, "", f"{settings.BASE_URL}{reverse('ward-equipment')}"])
        queue_mail(to=reader.email, subject=subject, text=text)
