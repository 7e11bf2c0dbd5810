"""Notices as a hospital has them on its desk: one of class I under way, some to decide, one closed, many for others.

All of them are invented, and say so: nothing in them was ever published by anybody about these products.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from django.utils.translation import gettext as _

from wardwright.apps.assets.models import Asset
from wardwright.apps.assets.states import Status
from wardwright.apps.directory.models import Department, Person
from wardwright.apps.notices import operations
from wardwright.apps.notices.models import Case, Exposure, Notice
from wardwright.apps.notices.operations.background import search_inventory
from wardwright.apps.notices.states import Outcome
from wardwright.platform.access.scope import authorize
from wardwright.platform.audit.operation import operation

#: Lot, quantity, and whether it is with a patient at home.
LOTS = (("24K117", 60, False), ("24K118", 40, False), ("24K117", 2, True))
ELSEWHERE = ("Model QX-7 cryostat: all serial numbers", "Model ZR-12: lots 771, 772", "REF 4471-B: lot 19")
INVENTED = "This is an example. No such notice was ever published."


@operation()
def make_notices(*, by: Any, today: date) -> None:
    """Lots in stock and at home, then the notices, each through the steps that a person takes."""
    authorize(by, "access.manage")
    owner = Person.objects.filter(user__username="rosa").first()
    if owner is None:
        return
    _lots(by, today)
    _class_one(by, owner, today)
    _version(by)
    _half_read(by)
    _lot(by)
    _closed(by, owner, today)
    _none_owned(by)
    search_inventory.func()


def _of_type(name: str) -> list[Asset]:
    """The devices of the most frequent model of a type that are in use, in the order of their serial numbers."""
    rows = Asset.objects.filter(device_type__name=name, status=Status.IN_SERVICE).exclude(serial="")
    found: dict[int, list[Asset]] = {}
    for row in rows.select_related("device_model__maker").order_by("serial"):
        found.setdefault(row.device_model_id, []).append(row)
    return max(found.values(), key=len, default=[])


def _letter(by: Any, devices: Sequence[Asset], text: str, **given: Any) -> Notice:
    model = devices[0].device_model
    whole = f"Model {model.name}: {text}\n{INVENTED}"
    row = operations.type_letter(by=by, text=whole, maker=model.maker.name, **given)
    return operations.confirm_scope(by=by, notice_id=row.pk, nothing_unread=True)


def _class_one(by: Any, owner: Person, today: date) -> None:
    """Taken four days ago, its devices quarantined and ordered; half of them are found, a third is done."""
    pumps = _of_type("Infusion pump")
    meant = pumps[:9]
    if len(meant) < 4:
        return
    notice = _letter(
        by, pumps, f"serial numbers {', '.join(row.serial for row in meant)}",
        title=_("Example: the battery may fail without an alarm"), reference="EX-2026-101", severity="I",
        published_on=today - timedelta(days=6),
    )  # fmt: skip
    case = operations.open_case(
        by=by, case_id=notice.case_id, owner_id=owner.pk, answer_by_on=today + timedelta(days=10),
        plan=_("Quarantine at once. Exchange the battery, note its lot, tell the wards what they get instead."),
    )  # fmt: skip
    operations.change_case(
        by=by, case_id=case.pk, loaner_plan=_("Pumps of the equipment library go to intensive care first.")
    )
    operations.quarantine_exposed(by=by, case_id=case.pk)
    operations.order_work(by=by, case_id=case.pk, title=_("Exchange the battery"), description=case.plan, priority=2)
    rows = list(Exposure.objects.filter(case=case).affected().order_by("pk").values_list("pk", flat=True))
    operations.locate_exposures(by=by, exposure_ids=rows[: len(rows) * 2 // 3])
    operations.settle_exposures(
        by=by, exposure_ids=rows[: max(1, len(rows) // 3)], outcome=Outcome.CORRECTED,
        evidence=_("Battery exchanged, new lot read off and noted."),
    )  # fmt: skip


def _version(by: Any) -> None:
    """The register does not know the software version of most devices: they have to be looked at."""
    monitors = _of_type("Patient monitor")
    if monitors:
        _letter(
            by, monitors, "software versions before C.01.20",
            title=_("Example: alarm settings may be changed over the network"), reference="EX-2026-104",
            severity="high", kind="security_advisory",
        )  # fmt: skip


def _half_read(by: Any) -> None:
    """A part of the text is prose that no program understands: somebody has to read it."""
    pumps = _of_type("Syringe pump")
    if len(pumps) >= 8:
        model = pumps[0].device_model
        text = f"Model {model.name}: serial numbers {pumps[2].serial}, {pumps[5].serial}, {pumps[7].serial}\n"
        text += "Pumps that came back from our workshop in the spring should be looked at as well.\n"
        operations.type_letter(
            by=by, text=text + INVENTED, maker=model.maker.name, reference="EX-2026-107", severity="II",
            title=_("Example: the drive may slip at low rates"),
        )  # fmt: skip


def _lots(by: Any, today: date) -> None:
    ward = Department.objects.select_related("site").order_by("pk").first()
    if ward is None:
        return
    for number, (lot, quantity, at_home) in enumerate(LOTS):
        operations.add_supply(
            by=by, site_id=ward.site_id, department_id=ward.pk, name="Example infusion set IS-20", lot=lot,
            maker="Example Medical", catalogue_no="IS-20", quantity=quantity, expires_on=today + timedelta(days=400),
            at_home=at_home, holder=f"H-{number}" if at_home else "",
        )  # fmt: skip


def _lot(by: Any) -> None:
    """A consumable: the stock of a ward and what a patient has at home."""
    row = operations.type_letter(
        by=by, text=f"REF IS-20, lot 24K117\n{INVENTED}", maker="Example Medical", reference="EX-2026-109",
        severity="II", title=_("Example: the roller clamp may leak"),
    )  # fmt: skip
    operations.confirm_scope(by=by, notice_id=row.pk, nothing_unread=True)


def _closed(by: Any, owner: Person, today: date) -> None:
    """Everything is done; whether it helped is asked in some weeks."""
    devices = _of_type("Spot-check monitor")
    if len(devices) < 3:
        return
    notice = _letter(
        by, devices, f"serial numbers {devices[0].serial}, {devices[1].serial}",
        title=_("Example: a cuff connector may break"), reference="EX-2026-088", severity="III",
        published_on=today - timedelta(days=60),
    )  # fmt: skip
    case: Case = operations.open_case(
        by=by, case_id=notice.case_id, owner_id=owner.pk, plan=_("Look at the connector; exchange it where cracked.")
    )
    rows = list(Exposure.objects.filter(case=case).affected().values_list("pk", flat=True))
    operations.settle_exposures(
        by=by, exposure_ids=rows, outcome=Outcome.CORRECTED, evidence=_("Connector exchanged as a precaution.")
    )
    operations.answer_maker(by=by, case_id=case.pk, answered_on=today, note=_("by mail"))
    operations.close_case(by=by, case_id=case.pk, conclusion=_("Both connectors were exchanged; none was cracked."))


def _none_owned(by: Any) -> None:
    """What most notices are: not for us, with the search that shows it."""
    for number, what in enumerate(ELSEWHERE):
        row = operations.type_letter(
            by=by, text=f"{what}\n{INVENTED}", maker="Nowhere Instruments", reference=f"EX-2026-12{number}",
            severity="II", title=_("Example: not among our devices (%(n)s)") % {"n": number + 1},
        )  # fmt: skip
        operations.confirm_scope(by=by, notice_id=row.pk, nothing_unread=True)
