"""What the steps of the library share: locking, the transition table, numbers, who may."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from wardwright.apps.assets.models import Asset
from wardwright.platform.access.scope import allowed, authorize
from wardwright.platform.core.edits import lock
from wardwright.platform.core.errors import Invalid, NotFound, NotNow
from wardwright.platform.numbering.numbers import take_numbers

from ..models import Holding, LoanRequest
from ..permissions import ASK, HANDLE
from ..states import REQUEST_TRANSITIONS, TRANSITIONS, Custody, RequestState

MANY = 200


def new_number(now: datetime) -> str:
    year = timezone.localdate(now).year
    return f"LN-{year}-{take_numbers(f'loan-{year}')[0]:06d}"


def lock_holdings(by: Any, asset_ids: Iterable[int], permission: Any = HANDLE) -> list[Holding]:
    """The library's rows of these devices, locked in the order of their ids; refused where one is not held.

    Raises:
        Invalid: none, or too many. NotFound: a device that is in no library.
    """
    ids = sorted({int(pk) for pk in asset_ids})
    if not ids:
        raise Invalid(_("Choose at least one device."), _("Scan it, or tick it in the list."))
    if len(ids) > MANY:
        raise Invalid(_("That is too many at once."), _("Take up to %(n)s devices.") % {"n": MANY})
    rows = list(
        Holding.objects.select_for_update(of=("self",))
        .filter(asset_id__in=ids, left_at=None)
        .select_related("asset__device_type", "pool")
        .order_by("asset_id")
    )
    for row in rows:
        authorize(by, permission, row)
    if len(rows) != len(ids):
        missing = set(ids) - {row.asset_id for row in rows}
        tags = ", ".join(Asset.objects.visible_to(by).filter(pk__in=missing).values_list("tag", flat=True)[:5])
        raise NotFound(
            ngettext(
                "%(tags)s is not in the equipment library.", "%(tags)s are not in the equipment library.", len(missing)
            )
            % {"tags": tags or _("One of these devices")},
            _("Check the number, or add the device to the library first."),
        )
    return rows


def move_on(rows: list[Holding], after: Custody, now: datetime, **more: Any) -> None:
    """Put devices into the next state of their round, all or none.

    Raises:
        NotNow: when the transition table does not have the step for one of them.
    """
    for row in rows:
        if after not in TRANSITIONS[Custody(row.custody)]:
            raise NotNow(
                _("%(tag)s is %(state)s.") % {"tag": row.asset.tag, "state": row.custody_label},
                _("It cannot become %(after)s from there. Reload the page to see what happened meanwhile.")
                % {"after": after.label},
            )
    Holding.objects.filter(pk__in=[row.pk for row in rows]).update(
        custody=after, since_at=now, version=F("version") + 1, updated_at=now, **more
    )
    for row in rows:
        row.custody = after


def lock_request(by: Any, loan_request_id: int, permission: Any = HANDLE) -> LoanRequest:
    row = lock(LoanRequest.objects.select_related("pool", "device_type", "kit", "department"), loan_request_id)
    authorize(by, permission, row)
    return row


def end_request(row: LoanRequest, after: RequestState, by: Any, reason: str, now: datetime) -> None:
    step_request(row, after)
    row.ended_at, row.ended_by_name, row.end_reason = now, str(by)[:120], reason.strip()[:200]


def step_request(row: LoanRequest, after: RequestState) -> None:
    if after not in REQUEST_TRANSITIONS[RequestState(row.state)]:
        raise NotNow(
            _("%(number)s is %(state)s.") % {"number": row.number, "state": row.state_label},
            _("Reload the page; for something else, make a new request."),
        )
    row.state = after


def ask_or_handle(by: Any, row: Any) -> None:
    """A step that the ward takes as well as the library."""
    authorize(by, HANDLE if allowed(by, HANDLE, row) else ASK, row)


def texts(values: Any, field: str, longest: int = 120) -> list[str]:
    """A list of short texts without blanks and doubles.

    Raises:
        Invalid: when it is none.
    """
    if not isinstance(values, list | tuple) or not all(isinstance(one, str) for one in values) or len(values) > 50:
        words = _("Give a list of up to 50 short texts.")
        raise Invalid(words, fields={field: words})
    return list(dict.fromkeys(one.replace("\x00", "").strip()[:longest] for one in values if one.strip()))


def checked_period(from_at: datetime, until_at: datetime | None) -> None:
    if until_at is not None and until_at <= from_at:
        words = _("The end must be later than the beginning.")
        raise Invalid(words, _("Choose a later end, or none."), fields={"until_at": words})


def missing_words(wrong: Mapping[str, Any]) -> Invalid:
    return Invalid(_("Some entries are missing."), " ".join(str(words) for words in wrong.values()), fields=wrong)
