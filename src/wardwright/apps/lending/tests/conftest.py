"""A small library: a store with four pumps, a ward, and the people around it."""

from dataclasses import dataclass

import pytest
from tests.factories import (
    make_asset,
    make_company,
    make_department,
    make_model,
    make_pool,
    make_room,
    make_site,
    make_type,
    make_user,
)

from wardwright.apps.lending import operations as ops
from wardwright.platform.events import registry

ASSISTANT = ["directory.view", "assets.view", "assets.move", "lending.view", "lending.ask", "lending.handle"]


@dataclass
class Library:
    site: object
    pool: object
    kind: object
    ward: object
    room: object
    pumps: list
    keeper: object  # everything
    assistant: object
    nurse: object  # of the ward

    @property
    def ids(self):
        return [pump.pk for pump in self.pumps]

    def ask(self, quantity=1, by=None, **more):
        given = {"pool_id": self.pool.pk, "department_id": self.ward.pk, "device_type_id": self.kind.pk}
        return ops.ask_for_equipment(by=by or self.nurse, quantity=quantity, **{**given, **more})

    def lend(self, *assets, **more):
        """These devices are on the ward; returns the request."""
        row = self.ask(len(assets), **more)
        ops.pick_devices(by=self.assistant, loan_request_id=row.pk, asset_ids=[one.pk for one in assets])
        return ops.deliver_request(by=self.assistant, loan_request_id=row.pk)

    def bring_back(self, *assets):
        """Collected, checked and clean again."""
        from wardwright.apps.lending.models import Loan

        ids = [one.pk for one in assets]
        ops.collect_devices(by=self.assistant, asset_ids=ids)
        for loan in Loan.objects.filter(asset_id__in=ids, checked_at=None, collected_at__isnull=False):
            ops.check_return(by=self.assistant, loan_id=loan.pk)
        ops.finish_cleaning(by=self.assistant, asset_ids=ids)


@pytest.fixture
def library(db):
    site = make_site()
    ward = make_department(site=site, name="ICU")
    kind = make_type(name="Infusion pump")
    model = make_model(device_type=kind, maker=make_company(name="Pumps Ltd"))
    pool = make_pool(site=site, name="Pump library")
    pumps = [
        make_asset(
            site=site, tag=f"P{n}", device_model=model, device_type=kind, department=pool.department, room=pool.room
        )
        for n in range(1, 5)
    ]
    keeper = make_user(name="Kim Keeper")
    ops.add_devices(by=keeper, pool_id=pool.pk, asset_ids=[pump.pk for pump in pumps])
    return Library(
        site=site,
        pool=pool,
        kind=kind,
        ward=ward,
        room=make_room(site=site, name="ICU 4"),
        pumps=pumps,
        keeper=keeper,
        assistant=make_user(name="Ada Assistant", permissions=ASSISTANT, scope=("site", site.pk)),
        nurse=make_user(
            name="Nora Nurse",
            permissions=["assets.view", "lending.view", "lending.ask"],
            scope=("department", ward.pk),
        ),
    )


@pytest.fixture
def heard(monkeypatch):
    """Every event published, by name."""
    events = []

    def deliver(name, subscriber, payloads):
        events.extend((name.partition(".")[2], payload) for payload in payloads)

    monkeypatch.setattr(registry, "_deliver", deliver)
    monkeypatch.setattr(registry, "SUBSCRIBERS", {name: ["test.listen"] for name in registry.EVENTS})
    return events
