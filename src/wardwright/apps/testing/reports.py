"""The ready-made report about test instruments."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext_lazy as _

from wardwright.apps.directory.queries import site_choices
from wardwright.apps.testing import permissions
from wardwright.apps.testing.models import Instrument
from wardwright.platform.reports.declaration import (
    Asked,
    Audience,
    Case,
    Column,
    Figure,
    Frequency,
    Kind,
    Link,
    Parameter,
    Report,
    report,
)


def _instruments(by: Any, asked: Asked) -> Iterator[Case]:
    rows = asked.narrow(Instrument.objects.visible_to(by).filter(is_active=True), site="site")
    values = ("pk", "name", "serial", "site__name", "calibrated_on", "calibration_due_on")
    for row in rows.order_by("calibration_due_on", "name", "pk").values(*values).iterator():
        due = row["calibration_due_on"]
        yield Case(
            (
                Link(row["name"], "instrument", row["pk"]),
                row["serial"],
                row["site__name"],
                row["calibrated_on"],
                due,
                (due - asked.today).days if due else None,
            ),
            {"in_date": "no_date" if due is None else (float(due >= asked.today), 1)},
        )


report(
    Report(
        key="instruments-in-date",
        title=_("Which test instruments are due for calibration?"),
        goal=_("No reading is taken with an instrument past its date."),
        audience=Audience.QUALITY,
        frequency=Frequency.MONTHLY,
        permission=permissions.VIEW,
        parameters=(Parameter("site", _("Site"), site_choices),),
        columns=(
            Column("instrument", _("Instrument"), Kind.LINK),
            Column("serial", _("Serial number")),
            Column("site", _("Site"), group=True),
            Column("calibrated", _("Calibrated"), Kind.DATE),
            Column("due", _("Calibration due"), Kind.DATE),
            Column("days", _("From now"), Kind.NUMBER, _("days")),
        ),
        cases=_instruments,
        figures=(
            Figure(
                "in_date",
                _("in date"),
                _("Instruments in use whose calibration is not past its due date, of all in use with such a date."),
                "%",
                _("in date"),
                _("instruments"),
                {"no_date": _("no due date recorded")},
            ),
        ),
    )
)
