"""Which notices speak of one action: by the event of their source, or by a number that two sources share."""

from __future__ import annotations

import re
from collections.abc import Iterable

from wardwright.apps.notices.models import Case, Notice, SharedNumber, Source
from wardwright.kernel.bulletins import Bulletin, action_number


class Groups:
    """The cases that new notices of a batch may belong to, looked up once for the batch."""

    def __init__(self, source: Source, bulletins: Iterable[Bulletin]) -> None:
        some = list(bulletins)
        self._events: dict[str, Case] = {}
        self._numbers: dict[str, Case] = {}
        events = {one.event[:120] for one in some if one.event}
        for row in Notice.objects.filter(source=source, event__in=events).select_related("case__merged_into"):
            self._events[row.event] = _standing(row.case)
        wanted = {number for one in some for number in _numbers(one)}
        if wanted:
            for name in SharedNumber.objects.filter(number__in=wanted).select_related("case__merged_into"):
                self._numbers.setdefault(name.number, _standing(name.case))

    def case_of(self, bulletin: Bulletin) -> Case | None:
        """The case that is there already for what this notice speaks of."""
        if bulletin.event and bulletin.event[:120] in self._events:
            return self._events[bulletin.event[:120]]
        return next((self._numbers[one] for one in _numbers(bulletin) if one in self._numbers), None)

    def add(self, bulletin: Bulletin, case: Case) -> None:
        """A notice was entered: those after it may belong to the same case."""
        if bulletin.event:
            self._events.setdefault(bulletin.event[:120], case)
        fresh = [one for one in _numbers(bulletin) if one not in self._numbers]
        for number in fresh:
            self._numbers[number] = case
        SharedNumber.objects.bulk_create(
            [SharedNumber(number=number, case=case) for number in fresh], ignore_conflicts=True
        )


#: A row's number in somebody's list ("17") is no number of an action.
_TELLING = re.compile(r"(?=.*\d)(?=.*[A-Za-z]).{5,}")


def _numbers(bulletin: Bulletin) -> list[str]:
    own = action_number(bulletin.ref)
    return [one[:120] for one in dict.fromkeys((own, *bulletin.also_known_as)) if _TELLING.search(one)]


def _standing(case: Case) -> Case:
    """The case itself, or the one it was joined to."""
    seen = case
    while seen.merged_into is not None:
        seen = seen.merged_into
    return seen
