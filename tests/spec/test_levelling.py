"""Flattening the weeks. Days count from a Monday; ten hours a week are two on each working day."""

import pytest

from wardwright.kernel.levelling import Job, level

TEN_HOURS = [120] * 5 + [0, 0]
TWO_WEEKS = {"site": TEN_HOURS * 2}


def job(number, minutes, day, first, last, groups=("site",)):
    return Job(number, minutes, day, first, last, groups)


@pytest.mark.parametrize(
    ("jobs", "moves", "why"),
    [
        ([job(1, 300, 0, 0, 13), job(2, 300, 1, 0, 13)], {1: 7}, "one of two equal jobs goes to the empty week"),
        ([job(1, 300, 0, 0, 6), job(2, 300, 1, 0, 6)], {}, "their windows end with the week"),
        ([job(1, 300, 0, 0, 6), job(2, 300, 1, 0, 9)], {2: 7}, "only one may go"),
        ([job(1, 300, 7, 0, 13), job(2, 300, 8, 8, 13)], {1: 0}, "earlier is as good as later"),
        ([job(1, 600, 0, 0, 13)], {}, "moving the only job would fill the other week as much"),
        ([job(1, 300, 0, 0, 12), job(2, 300, 0, 12, 13)], {1: 7}, "a weekend without hands is no day for work"),
        ([job(1, 300, 0, 13, 0), job(2, 300, 0, 13, 0)], {}, "a job without a window stays where it is"),
        ([job(1, 400, 0, 0, 13), job(2, 100, 0, 0, 13), job(3, 100, 0, 0, 13)], {1: 7}, "one large, not two small"),
    ],
)  # fmt: skip
def test_which_jobs_move_where(jobs, moves, why):
    assert {move.job.id: move.day for move in level(jobs, TWO_WEEKS)} == moves, why


def test_each_move_says_how_full_both_weeks_were():
    (move,) = level([job(1, 450, 0, 0, 13), job(2, 300, 1, 0, 13)], TWO_WEEKS)
    assert (move.job.id, move.fullness_from, move.fullness_to) == (1, 1.25, 0.0)


def test_a_week_without_hands_is_emptied_and_never_filled():
    capacity = {"site": [0] * 7 + TEN_HOURS}
    (move,) = level([job(1, 60, 2, 0, 13)], capacity)
    assert (move.day, move.fullness_from) == (7, None)
    assert level([job(1, 60, 9, 0, 13)], capacity) == []


def test_nobody_is_overloaded_to_flatten_the_site():
    capacity = {"site": [600] * 14, "ana": TEN_HOURS * 2}
    busy_then = [job(1, 300, 0, 0, 13, ("site", "ana")), job(2, 590, 7, 7, 7, ("site", "ana")), job(3, 5000, 0, 0, 0)]
    assert level(busy_then, capacity) == []


def test_no_more_moves_than_asked_for():
    jobs = [job(n, 60, 0, 0, 13) for n in range(10)]
    assert len(level(jobs, TWO_WEEKS, tolerance=0.25)) == 4  # 60 and 40 % full
    assert len(level(jobs, TWO_WEEKS, tolerance=0)) == 5
    assert len(level(jobs, TWO_WEEKS, most_moves=2)) == 2


@pytest.mark.parametrize(
    ("jobs", "capacity"),
    [
        ([job(1, 60, 14, 0, 13)], TWO_WEEKS),
        ([job(1, 60, 0, 0, 13, ("ward",))], TWO_WEEKS),
        ([job(1, 60, 0, 0, 13, ())], TWO_WEEKS),
        ([], {"site": [1] * 13}),
        ([], {"site": [1] * 14, "ana": [1] * 7}),
    ],
)
def test_what_has_no_place(jobs, capacity):
    with pytest.raises(ValueError, match=r"place|weeks"):
        level(jobs, capacity)
