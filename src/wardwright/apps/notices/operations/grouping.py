"""Which notices speak of one action: by the event of their source, or by a number that two sources share."""

from __future__ import annotations

import re
from collections.abc import Iterable

from wardwright.apps.notices.models import Case, Notice, SharedNumber, Source
from wardwright.kernel.bulletins import Bulletin, action_number

from .common import lock_cases


class Groups:
    """The cases that new notices of a batch may belong to, looked up once for the batch and locked with those of the
    notices that are there already (``known_ids``): one object for each case, whoever changes it."""

    def __init__(self, source: Source, bulletins: Iterable[Bulletin], known_ids: Iterable[int]) -> None:
        some = list(bulletins)
        self._events: dict[str, int] = {}
        self._numbers: dict[str, int] = {}
        events = {one.event[:120] for one in some if one.event}
        for row in Notice.objects.filter(source=source, event__in=events).select_related("case__merged_into"):
            self._events[row.event] = _standing(row.case).pk
        wanted = {number for one in some for number in _numbers(one)}
        if wanted:
            for name in SharedNumber.objects.filter(number__in=wanted).select_related("case__merged_into"):
                self._numbers.setdefault(name.number, _standing(name.case).pk)
        wanted_ids = {*known_ids, *self._events.values(), *self._numbers.values()}
        self.cases = lock_cases(wanted_ids)

    def are_apart(self) -> bool:
        """Whether none of the cases was joined to another one before it was locked."""
        return all(case.merged_into_id is None for case in self.cases.values())

    def case_of(self, bulletin: Bulletin) -> Case | None:
        """The case that is there already for what this notice speaks of."""
        found = self._events.get(bulletin.event[:120]) if bulletin.event else None
        if found is None:
            found = next((self._numbers[one] for one in _numbers(bulletin) if one in self._numbers), None)
        return self.cases[found] if found is not None else None

    def add(self, bulletin: Bulletin, case: Case) -> None:
        """A notice was entered: those after it may belong to the same case."""
        self.cases.setdefault(case.pk, case)
        if bulletin.event:
            self._events.setdefault(bulletin.event[:120], case.pk)
        fresh = [one for one in _numbers(bulletin) if one not in self._numbers]
        for number in fresh:
            self._numbers[number] = case.pk
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
