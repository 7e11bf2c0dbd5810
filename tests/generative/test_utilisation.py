"""Use of a shared fleet against counting it hour by hour."""

from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from wardwright.kernel.utilisation import Span, device_hours, earliest_free, level_covering, levels, most_at_once

DAY = datetime(2026, 3, 2)
some_spans = st.lists(
    st.tuples(st.integers(-10, 60), st.one_of(st.none(), st.integers(-10, 60)), st.integers(1, 4)), max_size=12
)


def at(hour: float) -> datetime:
    return DAY + timedelta(hours=hour)


def spans(given_spans: list[tuple]) -> list[Span]:
    return [Span(at(start), None if end is None else at(end), count) for start, end, count in given_spans]


def out_in_hour(out: list[Span], hour: int) -> int:
    """The naive count: who is out in this hour?"""
    return sum(span.count for span in out if span.start <= at(hour) and (span.end is None or at(hour) < span.end))


@given(some_spans)
def test_levels_hours_and_the_most(given_spans):
    out = spans(given_spans)
    naive = [out_in_hour(out, hour) for hour in range(48)]
    found = levels(out, at(0), at(48))
    assert [level.count for level in found for _hour in range(round(level.hours))] == naive
    assert device_hours(out, at(0), at(48)) == sum(naive)
    assert most_at_once(out, at(0), at(48)) == max(naive)
    for share in (0.1, 0.5, 0.9, 0.95, 1):
        enough = level_covering(found, share)
        assert enough == min(n for n in range(max(naive) + 1) if sum(some <= n for some in naive) >= share * 48)


@given(some_spans, st.integers(1, 6), st.integers(1, 12))
def test_earliest_free(given_spans, wanted, hours):
    out = spans(given_spans)
    found = earliest_free(6, out, wanted, timedelta(hours=hours), at(0))
    fits = [h for h in range(61) if all(wanted + out_in_hour(out, h + n) <= 6 for n in range(hours))]
    assert found == (at(fits[0]) if fits else None)
