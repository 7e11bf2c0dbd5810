"""How a device's phantom is analysed: the set-up, the limits of each figure, and baselines from an analysis."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from wardwright.apps.assets.models import Asset
from wardwright.apps.testing.models import ImagingFigure, ImagingLimit, ImagingRun, ImagingSetup
from wardwright.apps.testing.permissions import BASELINES
from wardwright.apps.testing.states import ImagingState
from wardwright.kernel.imaging import ANALYSES, checked_options, customary
from wardwright.kernel.verification import Verification
from wardwright.platform.access.scope import authorize
from wardwright.platform.audit.operation import operation
from wardwright.platform.core.edits import apply_edit, create_or_edit, lock
from wardwright.platform.core.errors import Invalid, NotFound, NotNow
from wardwright.platform.core.values import cleaned, unique_or_invalid
from wardwright.platform.core.words import error_words

SETUP_FIELDS = ("name", "kind", "phantom", "options", "is_active")
LIMIT_FIELDS = ("baseline", "baseline_on", "tolerance", "is_percent", "low", "high", "source", "verified")


@operation()
def add_imaging_setup(*, by: Any, asset_id: int, **values: Any) -> ImagingSetup:
    """Set up how a device's phantom is analysed; ``values`` are named as in SETUP_FIELDS.

    The limits that are customary for its figures come with it, each with its source; without a baseline most wait.

    Raises:
        Invalid: with a message for each wrong entry. NotFound. Denied.
    """
    asset = Asset.objects.visible_to(by).filter(pk=asset_id).first()
    if asset is None:
        raise NotFound(_("There is no such device, or you may not see it."), _("Go back to the list."))
    authorize(by, BASELINES, asset)
    row = ImagingSetup(asset=asset)
    for name, value in _good(row, values).items():
        setattr(row, name, value)
    if not row.name:
        raise Invalid(_("The set-up needs a name."), fields={"name": _("Enter a name.")})
    with unique_or_invalid(row):
        row.save()
    for one in row.analysis.quantities:
        usual = customary().get(one.key)
        if usual is not None:
            ImagingLimit.objects.create(
                setup=row, quantity=one.key, tolerance=usual.tolerance, is_percent=usual.is_percent, low=usual.low,
                high=usual.high, source=usual.source, verified=usual.verified,
            )  # fmt: skip
    return row


@operation()
def change_imaging_setup(
    *, by: Any, imaging_setup_id: int, expected_version: int | None = None, **values: Any
) -> ImagingSetup:
    """Change a set-up; what was analysed keeps the phantom and options it was analysed with.

    Raises:
        Invalid: also for another kind of analysis, which is another set-up. StaleEdit. NotFound. Denied.
    """
    row = lock_setup(imaging_setup_id)
    authorize(by, BASELINES, row)
    good = _good(row, values)
    if good.get("kind", row.kind) != row.kind:
        words = _("Another kind of analysis is another set-up: add one.")
        raise Invalid(words, fields={"kind": words})
    with unique_or_invalid(row):
        apply_edit(row, good, expected_version=expected_version)
    return row


def lock_setup(imaging_setup_id: int) -> ImagingSetup:
    return lock(ImagingSetup.objects.select_related("asset"), imaging_setup_id)


def _good(row: ImagingSetup, values: Mapping[str, Any]) -> dict[str, Any]:
    good = cleaned(row, values, SETUP_FIELDS)
    kind = good.get("kind", row.kind)
    if kind not in ANALYSES:
        raise Invalid(_("There is no such analysis."), fields={"kind": _("Choose one from the list.")})
    known = ANALYSES[kind].phantoms
    good["phantom"] = good.get("phantom", row.phantom) or next(iter(known))
    if good["phantom"] not in known:
        words = _("This phantom belongs to another analysis. Choose one of: %(known)s.") % {"known": ", ".join(known)}
        raise Invalid(words, fields={"phantom": words})
    if "options" in good:
        if not isinstance(good["options"], dict):
            raise Invalid(_("Some entries need another look."), fields={"options": _("Enter names with values.")})
        try:
            good["options"] = checked_options(kind, good["options"])
        except ValueError as error:
            raise Invalid(error_words(error), fields={"options": error_words(error)}) from None
    return good


@operation(needs_reason=True)
def set_imaging_limit(
    *, by: Any, imaging_setup_id: int, quantity: str, reason: str, expected_version: int | None = None, **values: Any
) -> ImagingLimit:
    """Set what a figure may be, with the reason; ``values`` are named as in LIMIT_FIELDS. Judges what comes after.

    Raises:
        Invalid: limits that leave nothing, a tolerance below 0, no source. StaleEdit. NotFound. Denied.
    """
    setup = lock_setup(imaging_setup_id)
    authorize(by, BASELINES, setup)
    if quantity not in {one.key for one in setup.analysis.quantities}:
        words = _("This analysis has no such figure.")
        raise Invalid(words, fields={"quantity": words})
    row = ImagingLimit.objects.filter(setup=setup, quantity=quantity).first() or ImagingLimit(
        setup=setup, quantity=quantity
    )
    good = cleaned(row, values, LIMIT_FIELDS)
    if "baseline" in good and good["baseline"] != row.baseline:
        good.setdefault("baseline_on", localdate() if good["baseline"] is not None else None)
    _check_limit(row, good)
    return create_or_edit(row, good, expected_version=expected_version)


def _check_limit(row: ImagingLimit, good: Mapping[str, Any]) -> None:
    wanted = ImagingLimit(
        quantity=row.quantity, **{name: good.get(name, getattr(row, name)) for name in LIMIT_FIELDS}
    )  # fmt: skip
    faults = {}
    if wanted.tolerance is not None and wanted.tolerance < 0:
        faults["tolerance"] = _("Enter 0 or more.")
    if wanted.verified not in [one.value for one in Verification]:
        faults["verified"] = _("Choose one from the list.")
    figures = (wanted.tolerance, wanted.low, wanted.high)
    if any(one is not None for one in figures) and not wanted.source:
        faults["source"] = _("Say where these limits come from.")
    if not faults:
        try:
            _limits = wanted.limits
        except ValueError:
            faults["low"] = _("No value is within all of these limits.")
    if faults:
        raise Invalid(_("Some entries need another look."), fields=faults)


@operation(needs_reason=True)
def set_imaging_baseline(*, by: Any, imaging_run_id: int, reason: str) -> ImagingSetup:
    """Make every figure of an analysis the baseline of its set-up, with the reason: after acceptance, or a new tube.

    Raises:
        NotNow: when it is not analysed. NotFound. Denied.
    """
    run = lock(ImagingRun.objects.select_related("asset", "setup__asset"), imaging_run_id)
    authorize(by, BASELINES, run)
    if run.state != ImagingState.DONE:
        raise NotNow(_("This series is not analysed, so it has no figures."), _("Choose an analysis that has."))
    held = {row.quantity: row for row in ImagingLimit.objects.filter(setup=run.setup)}
    day: date = localdate(run.taken_at)
    for figure in ImagingFigure.objects.filter(run=run).select_related("measurement"):
        quantity, value = figure.measurement.quantity, figure.measurement.value
        row = held.get(quantity)
        if row is None:
            ImagingLimit.objects.create(setup=run.setup, quantity=quantity, baseline=value, baseline_on=day)
        else:
            apply_edit(row, {"baseline": value, "baseline_on": day})
    return run.setup
