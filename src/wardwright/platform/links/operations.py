"""Opening, noting and ending links. Making one is up to the app that knows what it opens."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.contrib.auth.hashers import check_password, make_password
from django.utils import timezone
from django.utils.translation import gettext as _

from wardwright.platform.access.builtin import MANAGE
from wardwright.platform.access.models import User
from wardwright.platform.access.scope import allowed, authorize
from wardwright.platform.access.throttle import count_wrong, forget_wrong, refuse_after_too_many
from wardwright.platform.audit.operation import operation
from wardwright.platform.core.change import require_change
from wardwright.platform.core.edits import apply_edit, lock
from wardwright.platform.core.errors import Denied, Invalid
from wardwright.platform.core.values import cleaned

from .models import Link, LinkVisit
from .permissions import MAKE
from .visiting import link_digest, opens

MOST_DAYS = 30


@dataclass(frozen=True)
class MadeLink:
    """A new link: ``secret`` is shown now and never again."""

    link: Link
    secret: str


def write_link(by: Any, values: Mapping[str, Any], *, days: int, pin: str = "") -> MadeLink:
    """Within an operation that has authorized MAKE for what the link opens.

    Raises:
        Invalid: for more than 30 days, or a PIN that is not 4 to 12 digits.
    """
    if not 1 <= days <= MOST_DAYS:
        words = _("A link holds from 1 to %(days)s days.") % {"days": MOST_DAYS}
        raise Invalid(words, fields={"days": words})
    if pin and not (pin.isascii() and pin.isdigit() and 4 <= len(pin) <= 12):
        words = _("A PIN has 4 to 12 digits.")
        raise Invalid(words, fields={"pin": words})
    secret = secrets.token_urlsafe(32)
    row = Link(
        made_by=lock(User.objects, by.id),
        digest=link_digest(secret),
        pin=make_password(pin) if pin else "",
        expires_at=timezone.now() + timedelta(days=days),
    )
    for name, value in cleaned(row, values, ("visitor", "purpose", "opens", "scope_id", "start")).items():
        setattr(row, name, value)
    row.save(force_insert=True)
    return MadeLink(row, secret)


@operation()
def open_link(*, by: Any, link_id: int, pin: str = "", address: str = "") -> Link:
    """Somebody comes by a link.

    Raises:
        Invalid: for a wrong PIN. TooOften: after six wrong ones. Denied: when the link does not open any more.
    """
    authorize(by, MANAGE)  # only the system itself comes this way
    row = lock(Link.objects.select_related("made_by"), link_id)
    if not opens(row):
        raise Denied(_("This link does not open any more."), _("Ask whoever sent it for a new one."))
    name = f"link {row.pk}"
    if row.pin:
        refuse_after_too_many(name, _("Too many wrong PINs."))
        if not check_password(pin, row.pin):
            require_change().after_rollback.append(lambda: count_wrong(name))
            words = _("The PIN is not right.")
            raise Invalid(words, fields={"pin": words})
        forget_wrong(name)
    LinkVisit.objects.create(link=row, path=_("(opened)"), address=address[:45])
    return row


@operation()
def note_visit(*, by: Any, link_id: int, path: str, address: str = "") -> None:
    """A visitor opens a page."""
    authorize(by, MANAGE)  # the system itself notes it
    LinkVisit.objects.create(link_id=link_id, path=path[:300], address=address[:45])


@operation()
def revoke_link(*, by: Any, link_id: int) -> Link:
    """End a link now: one's own, or for those who manage access anybody's. Whoever looks is out at the next page."""
    row = lock(Link.objects, link_id)
    if row.made_by_id != by.id or not allowed(by, MAKE):
        authorize(by, MANAGE)
    require_change().authorized = True
    if row.revoked_at is None:
        apply_edit(row, {"revoked_at": timezone.now()})
    return row
