"""Looking back: an error curve, readings judged again, and which instruments are under suspicion.

The procedure is section 3 of STANDARDS ("reverse traceability"; ISO 13485 7.6 asks for the validity of previous
results): shift each reading by the error found, decide again, follow the standards recursively. Numbers by hand.
"""

from datetime import datetime, timedelta
from decimal import Decimal as D

import pytest

from wardwright.kernel.limits import Limits
from wardwright.kernel.metrology import (
    AsFound,
    CalibrationEvent,
    ErrorCurve,
    State,
    doubtful_bands,
    error_curves,
    last_known_good,
    rejudge,
    suspicions,
)

POINTS = [
    AsFound("voltage", D("0"), D("0.1")),
    AsFound("voltage", D("10"), D("10.3")),
    AsFound("voltage", D("20"), D("20.1")),
    AsFound("current", D("1"), D("1.00")),
]
CURVE = error_curves(POINTS)["voltage"]


def test_an_error_is_what_the_instrument_shows_too_much():
    assert error_curves(POINTS) == {
        "voltage": ErrorCurve((D("0.1"), D("10.3"), D("20.1")), (D("0.1"), D("0.3"), D("0.1"))),
        "current": ErrorCurve((D("1.00"),), (D("0.00"),)),
    }
    twice = error_curves([AsFound("v", D(1), D("1.5")), AsFound("v", D("1.1"), D("1.5"))])
    assert twice["v"] == ErrorCurve((D("1.5"),), (D("0.45"),))


@pytest.mark.parametrize(
    ("value", "error"),
    [
        ("-5", "0.1"),  # constant beyond the points
        ("0.1", "0.1"),
        ("5.2", "0.2"),  # half way
        ("10.3", "0.3"),
        ("15.2", "0.2"),
        ("20.1", "0.1"),
        ("99", "0.1"),
    ],
)
def test_the_error_is_straight_between_points_and_constant_beyond(value, error):
    assert CURVE.error_at(D(value)) == D(error)
    assert CURVE.correct(value) == D(value) - D(error)


@pytest.mark.parametrize(
    ("low", "high", "bounds"),
    [
        (None, None, ("0.1", "0.3")),
        ("0", "5.2", ("0.1", "0.2")),
        ("5.2", "15.2", ("0.2", "0.3")),
        ("30", "40", ("0.1", "0.1")),
        (None, "-1", ("0.1", "0.1")),
    ],
)
def test_bounds_of_the_error_over_readings(low, high, bounds):
    assert CURVE.bounds(low, high) == tuple(map(D, bounds))


def test_without_points_the_error_is_not_known():
    unknown = ErrorCurve()
    assert (unknown.is_known, unknown.correct(1), unknown.bounds()) == (False, None, None)
    assert rejudge(D(1), Limits(D(0), D(2)), unknown).change == "doubtful"


@pytest.mark.parametrize(
    ("value", "low", "high", "uncertainty", "before", "after", "change"),
    [
        ("10.3", None, "10.1", "0", "fail", "pass", "false_alarm"),
        ("10.3", None, "10.0", "0", "fail", "pass", "false_alarm"),  # 10.0 lies on the limit
        ("10.3", None, "9.9", "0", "fail", "fail", "unchanged"),
        ("10.3", "10.1", None, "0", "pass", "fail", "missed_fault"),
        ("10.3", "9", "11", "0", "pass", "pass", "unchanged"),
        ("10.3", "9", "10.5", "0.5", "pass", "pass", "doubtful"),  # corrected to 10.0, half a volt from the limit
        ("10.3", "9", "10.5", "0.49", "pass", "pass", "unchanged"),
        ("10.3", "10.1", "11", "0.5", "pass", "fail", "missed_fault"),  # a changed verdict comes before a doubt
        ("0.3", "0.2", None, "0", "pass", "pass", "unchanged"),  # 0.3 - 0.1 is 0.2 in decimals, less in floats
    ],
)
def test_judged_again(value, low, high, uncertainty, before, after, change):
    limits = Limits(None if low is None else D(low), None if high is None else D(high))
    curve = ErrorCurve((D("0.3"),), (D("0.1"),)) if value == "0.3" else CURVE
    found = rejudge(D(value), limits, curve, D(uncertainty))
    assert (found.before, found.after, found.change) == (before, after, change)


@pytest.mark.parametrize(
    ("low", "high", "errors", "uncertainty", "bands"),
    [
        ("0", "10", ("0.1", "0.3"), "0", [("0", "0.3"), ("10", "10.3")]),
        ("0", "10", ("-0.1", "0.3"), "0.2", [("-0.3", "0.5"), ("9.7", "10.5")]),
        ("0", "10", ("-6", "6"), "0", [("-6", "16")]),  # the two meet
        (None, "10", ("-0.2", "-0.1"), "0", [("9.8", "10")]),
        ("0", None, ("0", "0"), "0", [("0", "0")]),
    ],
)
def test_bands_outside_which_no_verdict_changes(low, high, errors, uncertainty, bands):
    limits = Limits(None if low is None else D(low), None if high is None else D(high))
    found = doubtful_bands(limits, (D(errors[0]), D(errors[1])), D(uncertainty))
    assert found == tuple((D(start), D(end)) for start, end in bands)


DAY = datetime(2026, 1, 1)
GOOD, OUT = {"v": State.IN_TOLERANCE}, {"v": State.OUT}


def on(day):
    return DAY + timedelta(days=day)


def calibrated(id, instrument, day, *standards, left=GOOD):
    return CalibrationEvent(id, instrument, on(day), left, standards)


def spans(calibrations, **more):
    found = suspicions(calibrations, "root", on(100), ["v"], **more)
    return [
        (one.instrument_id, one.start_at and (one.start_at - DAY).days, one.end_at and (one.end_at - DAY).days)
        for one in found
    ]


@pytest.mark.parametrize(
    ("calibrations", "since"),
    [
        ([calibrated(1, "root", 10), calibrated(2, "root", 50)], 50),
        ([calibrated(1, "root", 10), calibrated(2, "root", 50, left=OUT)], 10),
        ([calibrated(1, "root", 10), calibrated(2, "root", 50, left={"i": State.IN_TOLERANCE})], 10),
        ([calibrated(1, "root", 50, left={"v": State.UNKNOWN})], None),
        ([calibrated(1, "root", 100), calibrated(2, "other", 50)], None),  # not before it was found out; not its own
    ],
)
def test_last_known_good(calibrations, since):
    found = last_known_good(calibrations, "root", on(100), "v")
    assert found == (None if since is None else on(since))
    assert spans(calibrations, recursive=False) == [("root", since, 100)]


def test_each_quantity_of_the_root_has_its_own_beginning():
    calibrations = [
        CalibrationEvent(1, "root", on(10), {"v": State.IN_TOLERANCE, "i": State.IN_TOLERANCE}),
        CalibrationEvent(2, "root", on(40), {"v": State.IN_TOLERANCE, "i": State.OUT}),
    ]
    found = suspicions(calibrations, "root", on(100), ["v", "i"])
    assert [(one.start_at, one.quantities) for one in found] == [(on(10), {"i"}), (on(40), {"v"})]


def test_suspicion_is_passed_on_until_a_calibration_with_sound_standards():
    calibrations = [
        calibrated(1, "root", 10),
        calibrated(2, "meter", 5, "root"),  # before the span: sound
        calibrated(3, "meter", 20, "root"),
        calibrated(4, "tester", 30, "meter"),
        calibrated(5, "meter", 40, "reference"),  # sound again
        calibrated(6, "late", 50, "meter"),  # with the sound meter
        calibrated(7, "after", 100, "root"),  # at the moment it was found out, no more
        calibrated(8, "tester", 120, "meter"),
    ]
    assert spans(calibrations) == [("root", 10, 100), ("meter", 20, 40), ("tester", 30, 120)]
    assert [one.chain for one in suspicions(calibrations, "root", on(100), ["v"])] == [
        (("root", None),),
        (("root", None), ("meter", 3)),
        (("root", None), ("meter", 3), ("tester", 4)),
    ]


def test_two_calibrations_with_suspect_standards_are_two_spans():
    calibrations = [calibrated(1, "root", 10), calibrated(2, "m", 20, "root"), calibrated(3, "m", 30, "x", "root")]
    assert spans(calibrations) == [("root", 10, 100), ("m", 20, 30), ("m", 30, None)]
    assert suspicions(calibrations, "root", on(100), ["v"])[2].standard_ids == ("root",)


def test_circles_end_and_suspicion_outlives_the_root():
    """The meter was checked with the root, then the root with the meter, then the meter with the root once more."""
    calibrations = [
        calibrated(1, "root", 10),
        calibrated(2, "meter", 20, "root"),
        calibrated(3, "root", 100, "reference"),  # found out here, and put right
        calibrated(4, "root", 110, "meter"),  # checked with what it had spoilt
        calibrated(5, "meter", 120, "root"),
        calibrated(6, "self", 90, "self", "root"),
        calibrated(7, "self", 130, "self"),  # calibrated by itself
    ]
    assert spans(calibrations) == [
        ("root", 10, 100),
        ("meter", 20, 120),
        ("self", 90, 130),
        ("root", 110, None),
        ("meter", 120, None),
        ("self", 130, None),
    ]


def test_the_shortest_chain_is_told():
    calibrations = [
        calibrated(1, "root", 10),
        calibrated(2, "a", 20, "root"),
        calibrated(3, "b", 30, "a"),
        calibrated(4, "c", 40, "b", "root"),
    ]
    last = suspicions(calibrations, "root", on(100), ["v"])[-1]
    assert last.chain == (("root", None), ("c", 4))
    assert last.standard_ids == ("b", "root")


def test_an_instrument_never_known_to_be_good_is_suspect_ever_since():
    assert spans([calibrated(1, "meter", 1, "root")]) == [("root", None, 100), ("meter", 1, None)]
