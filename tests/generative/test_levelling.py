"""Levelling over made-up plans: nothing leaves its window, and no group's fullest week becomes fuller."""

from dataclasses import replace

from hypothesis import example, given
from hypothesis import strategies as st

from wardwright.kernel.levelling import WEEK, Job, level

DAYS = 4 * WEEK
GROUPS = (("north",), ("south",), ("north", "ana"), ("south", "bo"), ("north", "bo"))
some_days = st.lists(st.sampled_from((0, 60, 480)), min_size=DAYS, max_size=DAYS)
some_capacity = st.fixed_dictionaries(dict.fromkeys(("north", "south", "ana", "bo"), some_days))
some_day = st.integers(0, DAYS - 1)
some_edge = st.integers(-9, DAYS + 9)
some_jobs = st.lists(
    st.tuples(st.integers(0, 600), some_day, some_edge, some_edge, st.sampled_from(GROUPS)), max_size=25
).map(lambda rows: [Job(n, *row) for n, row in enumerate(rows)])


def fullness(jobs, capacity, group):
    """The naive count: load and hands of each week; without hands it is full with any load, the fuller the more."""
    found = []
    for week in range(4):
        days = range(week * WEEK, week * WEEK + WEEK)
        load = sum(job.minutes for job in jobs if job.day in days and group in job.groups)
        hands = sum(capacity[group][day] for day in days)
        found.append((load / hands, 0) if hands else (float("inf"), load) if load else (0.0, 0))
    return found


HANDS_LATER = dict.fromkeys(("north", "south", "ana", "bo"), [0] * WEEK + [60] * (DAYS - WEEK))


@example([Job(0, 1, 0, 0, 0, ("south",)), Job(1, 1, 0, 0, 20, ("south",))], HANDS_LATER)
@given(some_jobs, some_capacity)
def test_no_window_is_left_and_no_peak_is_raised(jobs, capacity):
    moves = level(jobs, capacity)
    assert len({move.job.id for move in moves}) == len(moves)
    for move in moves:
        assert move.job.first <= move.day <= move.job.last
        assert all(capacity[group][move.day] for group in move.job.groups)
        assert move.day // WEEK != move.job.day // WEEK
    moved = {move.job.id: move.day for move in moves}
    after = [replace(job, day=moved.get(job.id, job.day)) for job in jobs]
    for group in capacity:
        before_weeks, after_weeks = (sorted(fullness(plan, capacity, group), reverse=True) for plan in (jobs, after))
        assert after_weeks <= before_weeks  # the fullest first: none of the peaks has grown
        assert max(after_weeks) <= max(before_weeks)


@given(some_jobs, some_capacity)
def test_what_was_left_where_it_is_stays_there(jobs, capacity):
    """A second run that may move only what the first one left finds nothing more to do."""
    jobs = [replace(job, groups=("north",)) for job in jobs]
    moved = {move.job.id: move.day for move in level(jobs, capacity, most_moves=1000)}
    stays = {"first": 1, "last": 0}
    again = [replace(job, day=moved[job.id], **stays) if job.id in moved else job for job in jobs]
    assert level(again, capacity, most_moves=1000) == []
