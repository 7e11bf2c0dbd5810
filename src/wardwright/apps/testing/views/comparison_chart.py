"""Charts and words of comparisons: devices of a model, people and instruments, an instrument over its calibrations."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from wardwright.apps.testing.queries import quantity_words
from wardwright.apps.testing.queries.comparing import Compared, FoundError, ModelReadings
from wardwright.kernel.metrology import GageStudy, Group, compare, compare_on_items, crossed_part, drift, gage_study
from wardwright.platform.core.words import day_words
from wardwright.platform.reports.chart import Drawn
from wardwright.platform.reports.plots import (
    Level,
    Mark,
    Row,
    RowPlot,
    Run,
    TimePlot,
    drawn,
    rows_svg,
    spark_svg,
    time_svg,
)

from .reading_words import as_read, figure
from .readings import chart_url

DEVICES_DRAWN = 20
GROUPS_DRAWN = 15
#: From this many devices on that both have measured, the comparison is made on them.
FEWEST_SHARED = 3
#: A difference below this share (percent) of what the limit allows is told to be small: the old rule of ten to one.
SMALL_PERCENT = 10
#: AIAG's limits for the share of the gage in the variation of a study, in percent.
GAGE_GOOD, GAGE_FAIR = 10, 30


# The devices of a model -----------------------------------------------------------------------------------------


def model_chart(found: ModelReadings) -> Drawn | None:
    """A row for each of the devices furthest from the middle: its last readings as a range, the latest as a dot."""
    if len(found.devices) < 2:
        return None
    rows = []
    for one in found.devices[:DEVICES_DRAWN]:
        values = [float(reading.value) for reading in one.series.readings]
        newest = one.series.newest
        bad = one.is_far_out or newest.verdict.endswith("fail")
        url = chart_url(newest.asset_id, one.series.quantity)
        words = as_read(newest.value, "", found.unit)
        rows.append(Row(one.tag, values[-1], min(values), max(values), words, bad, url))
    middle = found.spread
    levels = [Level(middle.median, _("middle %(value)s") % {"value": figure(middle.median)}, "mean")]
    for limit, words in ((found.newest.low, _("at least %(value)s")), (found.newest.high, _("at most %(value)s"))):
        if limit is not None:
            levels.append(Level(float(limit), words % {"value": as_read(limit)}))
    title = _("Which devices read differently from the others of their model?")
    plot = RowPlot(title, rows, levels, (middle.lower, middle.upper))
    parts = [_("n = %(n)s devices") % {"n": len(found.devices)}]
    if len(found.devices) > DEVICES_DRAWN:
        parts.append(_("the %(n)s furthest from the middle") % {"n": DEVICES_DRAWN})
    parts.append(_("line: the last readings of the device; dot: its latest; grey band: half of the devices"))
    if middle.low is not None:
        parts.append(_("red: beyond 1.5 times the width of the band from it, or failed"))
    if found.newest.limit_source:
        parts.append(_("limit: %(limit)s") % {"limit": found.newest.limit_source})
    return drawn(title, " · ".join(parts), lambda width: rows_svg(plot, width))


# People and instruments -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class ComparedLine:
    """One person or instrument: all its readings, and those on devices that others have measured too."""

    name: str
    whole: Group
    same: Group | None
    unit: str
    allowed: float | None
    is_person: bool

    @property
    def shared(self) -> int:
        """On how many devices others have measured too."""
        return self.same.count if self.same else 0

    @property
    def basis(self) -> Group:
        """What the difference is taken from: the same devices where there are enough, else all readings."""
        return self.same if self.same is not None and self.same.count >= FEWEST_SHARED else self.whole

    @property
    def is_paired(self) -> bool:
        return self.basis is self.same

    @property
    def percent(self) -> float | None:
        """The difference in percent of what the limit allows."""
        if self.basis.difference is None or not self.allowed:
            return None
        return 100 * abs(self.basis.difference) / self.allowed

    @property
    def matters(self) -> bool:
        """More than chance, on the same devices, and not small beside the limit."""
        small = self.percent is not None and self.percent < SMALL_PERCENT
        return self.basis.stands_out and self.is_paired and not small

    @property
    def words(self) -> str:
        basis = self.basis
        if basis.difference is None or basis.low is None:
            return _("Too few readings to say anything.")
        said = {
            "name": self.name,
            "difference": f"{figure(abs(basis.difference))} {self.unit}".strip(),
            "n": basis.count,
            "percent": figure(self.percent or 0, 2),
        }
        if not basis.stands_out:
            return _("No difference beyond chance.")
        higher = basis.difference > 0
        if self.is_person:
            main = (
                _("Readings taken by %(name)s are on average %(difference)s higher")
                if higher
                else _("Readings taken by %(name)s are on average %(difference)s lower")
            )
        else:
            main = (
                _("%(name)s reads on average %(difference)s higher")
                if higher
                else _("%(name)s reads on average %(difference)s lower")
            )
        main %= said
        if not self.is_paired:
            return _("%(what)s, but on other devices: that may be the whole reason.") % {"what": main}
        main = _("%(what)s than others on the same %(n)s devices; that is more than chance") % {"what": main, **said}
        if self.percent is not None and self.percent < SMALL_PERCENT:
            return _("%(what)s, but only %(percent)s %% of what the limit allows.") % {"what": main, **said}
        return f"{main}."


@dataclass(frozen=True)
class Comparison:
    """Everybody (or every instrument) beside the others, and a gage study where the readings hold one."""

    compared: Compared
    is_people: bool
    lines: list[ComparedLine]
    study: GageStudy | None
    study_of: str
    tolerance: float | None

    @classmethod
    def of(cls, found: Compared, group: str) -> Comparison:
        readings = found.by(group)
        whole = compare({name: [v for own in items.values() for v in own] for name, items in readings.items()})
        same = {one.name: one for one in compare_on_items(readings)}
        newest = found.readings[-1]
        allowed = _allowed(newest)
        lines = [
            ComparedLine(one.name, one, same.get(one.name), found.unit, allowed, group == "by")
            for one in sorted(whole, key=lambda one: (-one.count, one.name))
        ]
        crossed = crossed_part(readings)
        of = ""
        if crossed:
            some = next(iter(crossed.values()))
            said = {"people": ", ".join(crossed), "n": len(some), "trials": len(next(iter(some.values())))}
            of = _("%(people)s: the same %(n)s devices, the last %(trials)s readings of each by everybody") % said
        width = None if newest.low is None or newest.high is None else float(newest.high - newest.low)
        return cls(found, group == "by", lines, gage_study(crossed) if crossed else None, of, width)

    @property
    def heading(self) -> str:
        return _("By who took them") if self.is_people else _("By instrument")

    @property
    def sentences(self) -> list[str]:
        """What stands out, in words."""
        if len(self.lines) < 2:
            one_person = _("One person took all of these readings: there is nothing to compare.")
            return [
                one_person
                if self.is_people
                else _("One instrument took all of these readings: there is nothing to compare.")
            ]
        return [line.words for line in self.lines if line.basis.stands_out] or [_("No difference is more than chance.")]

    @property
    def rows(self) -> list[dict[str, Any]]:
        """The lines of the table."""
        found = []
        for line in self.lines:
            basis = line.basis
            interval = "–"
            if basis.difference is not None and basis.low is not None and basis.high is not None:
                signed = f"{'+' if basis.difference > 0 else ''}{figure(basis.difference)}"
                interval = f"{signed} ({figure(basis.low)} … {figure(basis.high)})"
            deviation = line.whole.deviation
            found.append(
                {
                    "line": line,
                    "mean": figure(line.whole.mean, 4),
                    "spread": "–" if deviation is None else figure(deviation),
                    "difference": interval,
                }
            )
        return found

    @property
    def chart(self) -> Drawn | None:
        """The difference of each with its confidence, against none."""
        shown = [line for line in self.lines if line.basis.low is not None][:GROUPS_DRAWN]
        if len(shown) < 2:
            return None
        rows = [
            Row(
                line.name, line.basis.difference, line.basis.low, line.basis.high,
                f"{figure(line.basis.difference or 0)} {self.compared.unit}".strip(), line.matters,
            )
            for line in shown
        ]  # fmt: skip
        title = _("Who reads higher or lower than the others?") if self.is_people else _("Which instrument reads higher or lower than the others?")  # fmt: skip  # noqa: E501
        plot = RowPlot(title, rows, [Level(0, _("no difference"), "mean")])
        n, every = len(self.compared.readings), self.compared.count
        parts = [
            _("n = %(n)s readings") % {"n": n}
            if n == every
            else _("n = the newest %(n)s of %(all)s") % {"n": n, "all": every}
        ]
        parts.append(_("line: where the true difference lies with 95 % confidence for all together"))
        if any(not line.is_paired for line in shown):
            parts.append(_("some are compared over all readings, because too few devices were measured by others too"))
        return drawn(title, " · ".join(parts), lambda width: rows_svg(plot, width))

    @property
    def study_rows(self) -> list[tuple[str, str, str]]:
        """(kind of variation, standard deviation, share of the study's variation in percent)."""
        if self.study is None:
            return []
        kinds = (
            (_("Repeatability: the same hands again"), self.study.repeatability),
            (_("Reproducibility: other hands") if self.is_people else _("Reproducibility: another instrument"),
             self.study.reproducibility),
            (_("Both together"), self.study.gage),
            (_("The devices themselves"), self.study.part_to_part),
        )  # fmt: skip
        unit = self.compared.unit
        return [
            (words, f"{figure(value)} {unit}".strip(), figure(self.study.percent(value), 2)) for words, value in kinds
        ]

    @property
    def study_words(self) -> str:
        assert self.study is not None
        share = self.study.percent(self.study.gage)
        if share < GAGE_GOOD:
            return _("How it is measured hardly counts beside the differences between devices.")
        if share < GAGE_FAIR:
            return _("How it is measured counts a little; for most purposes that is good enough.")
        return _("How it is measured counts so much that devices can hardly be told apart by it.")


def _allowed(newest: Any) -> float | None:
    """What the limit allows: half its width, or the limit itself where there is but one."""
    if newest.low is not None and newest.high is not None:
        return float(newest.high - newest.low) / 2
    limit = newest.high if newest.high is not None else newest.low
    return abs(float(limit)) if limit is not None else None


# One instrument -------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class ErrorLine:
    """One point (quantity and reference) over the calibrations."""

    quantity: str
    reference: str
    error: str
    uncertainty: str
    share: float | None
    on: date
    count: int
    per_year: str
    leaves_on: date | None
    spark: str

    @property
    def is_out(self) -> bool:
        return self.share is not None and abs(self.share) > 100

    @property
    def percent(self) -> str:
        return "–" if self.share is None else figure(self.share, 2 if abs(self.share) < 100 else 3)


def error_plots(errors: list[FoundError]) -> tuple[Drawn | None, list[ErrorLine]]:
    """The worst error of each quantity at each calibration in percent of its tolerance, and a line for each point."""
    points: dict[tuple[str, str, str], list[FoundError]] = defaultdict(list)
    for one in errors:
        points[one.quantity, one.unit, as_read(one.reference)].append(one)
    lines = [_error_line(*key, own) for key, own in points.items()]
    lines.sort(key=lambda line: -abs(line.share or 0))
    worst: dict[str, dict[tuple[date, int], FoundError]] = defaultdict(dict)
    for one in errors:
        if one.share is not None:
            at = (one.at, one.calibration_id)
            before = worst[one.quantity].get(at)
            if before is None or before.share is None or abs(one.share) > abs(before.share):
                worst[one.quantity][at] = one
    calibrations = {one.calibration_id for one in errors if one.share is not None}
    if len(calibrations) < 2:
        return None, lines
    runs = [
        Run([_error_mark(one, shape) for _at, one in sorted(own.items())], quantity_words(quantity))
        for shape, (quantity, own) in enumerate(sorted(worst.items()))
    ]
    title = _("How far off was it found, and does it stay within its tolerance?")
    levels = [
        Level(100, _("end of the tolerance")),
        Level(-100, _("end of the tolerance")),
        Level(0, _("exact"), "mean"),
    ]
    plot = TimePlot(title, runs, lambda value: f"{figure(value)} %", levels)
    note = _("n = %(n)s calibrations") % {"n": len(calibrations)} + " · "
    note += _("the worst point of each quantity as found, in percent of what its tolerance allows")
    return drawn(title, note, lambda width: time_svg(plot, width)), lines


def _error_mark(one: FoundError, shape: int) -> Mark:
    share = one.share or 0.0
    words = f"{day_words(one.at)}: {as_read(one.error)} {one.unit} ({figure(share, 2)} %)"
    return Mark(one.at.toordinal(), share, words, shape, bad=abs(share) > 100)


def _error_line(quantity: str, unit: str, reference: str, own: list[FoundError]) -> ErrorLine:
    last = own[-1]
    shown = [(float(one.at.toordinal()), one.share) for one in own if one.share is not None]
    going = drift(shown, lower=-100.0, upper=100.0)
    per_year, leaves = "", None
    if going is not None and going.is_shown:
        per_year = f"{'+' if going.slope > 0 else ''}{figure(going.slope * 365.25, 2)}"
        at = going.crosses_at
        leaves = date.fromordinal(int(at)) if at is not None and at < date.max.toordinal() else None
    words, spark = f"{reference} {unit}".strip(), ""
    if len(shown) > 1:
        out = last.share is not None and abs(last.share) > 100
        spark = spark_svg([share for _at, share in shown], f"{quantity} {words}", low=-100, high=100, bad=out)
    return ErrorLine(
        quantity_words(quantity), words, as_read(last.error, "", unit),
        "" if last.uncertainty is None else as_read(last.uncertainty, "", unit), last.share, last.at, len(own),
        per_year, leaves, spark,
    )  # fmt: skip
