"""The equipment library over the API."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from ninja import Router
from pydantic import AliasPath, BaseModel, Field

from wardwright.api.lists import Out
from wardwright.api.operating import operate
from wardwright.api.registers import register, rows_of

from . import operations, permissions
from .models import Cleaning, Holding, Kit, KitPart, Loan, LoanRequest, PatientDevice, Pool, PoolType, Rental
from .tables import LOANS, PATIENT_DEVICES, POOLS, RENTALS, REQUESTS

router = Router(tags=["equipment library"])


class PoolOut(Out):
    """A store that lends devices."""

    id: int
    version: int
    name: str
    site_id: int
    department_id: int
    room_id: int
    email: str
    note: str
    is_active: bool


class PoolValues(BaseModel):
    """The entries of a store."""

    name: str | None = None
    site_id: int | None = None
    department_id: int | None = None
    room_id: int | None = None
    email: str | None = None
    note: str | None = None
    is_active: bool | None = None


class PoolTypeOut(Out):
    """A type that a store lends, with its stock levels and what is looked at on return."""

    id: int
    version: int
    pool_id: int
    device_type_id: int
    target: int
    par: int
    loan_days: int | None
    checks: list[str]
    accessories: list[str]
    method: str
    is_active: bool


class PoolTypeValues(BaseModel):
    """How a type is lent."""

    target: int | None = Field(None, ge=0, le=10_000)
    par: int | None = Field(None, ge=0, le=10_000)
    loan_days: int | None = Field(None, ge=1, le=3650)
    checks: list[str] | None = Field(None, max_length=50)
    accessories: list[str] | None = Field(None, max_length=50)
    method: str | None = None
    is_active: bool | None = None


class HoldingOut(Out):
    """A device of a library and where it is in its round."""

    id: int
    version: int
    asset_id: int
    tag: str = Field(validation_alias=AliasPath("asset", "tag"))
    device_type_id: int = Field(validation_alias=AliasPath("asset", "device_type_id"))
    pool_id: int
    custody: str
    since_at: datetime
    joined_at: datetime
    left_at: datetime | None
    last_used_at: datetime | None


class RequestOut(Out):
    """What a ward asked for."""

    id: int
    version: int
    number: str
    pool_id: int
    site_id: int
    department_id: int
    room_id: int | None
    device_type_id: int | None
    kit_id: int | None
    asset_id: int | None
    quantity: int
    issued: int
    delivered: int
    from_at: datetime
    until_at: datetime | None
    is_reserved: bool
    is_urgent: bool
    state: str
    note: str
    asked_at: datetime
    asked_by_name: str
    filled_at: datetime | None
    end_reason: str


class LoanOut(Out):
    """One device with one ward."""

    id: int
    version: int
    asset_id: int
    pool_id: int
    loan_request_id: int
    kit_id: int | None
    department_id: int
    room_id: int | None
    due_at: datetime | None
    picked_at: datetime
    put_back_at: datetime | None
    delivered_at: datetime | None
    taken_by_name: str
    ready_at: datetime | None
    collected_at: datetime | None
    checked_at: datetime | None
    failed_checks: list[str]
    missing: list[str]
    fault: str
    reminders: int


class CleaningOut(Out):
    """How a device was cleaned."""

    id: int
    asset_id: int
    method: str
    started_at: datetime
    done_at: datetime | None
    by_name: str


class KitOut(Out):
    """Devices and accessories that go out together."""

    id: int
    version: int
    pool_id: int
    name: str
    note: str
    is_active: bool


class KitValues(BaseModel):
    """The entries of a kit."""

    name: str | None = None
    note: str | None = None
    is_active: bool | None = None


class KitPartOut(Out):
    """One place of a kit."""

    id: int
    version: int
    kit_id: int
    name: str
    device_type_id: int | None
    asset_id: int | None
    is_there: bool
    is_required: bool


class RentalOut(Out):
    """A rented device."""

    id: int
    version: int
    asset_id: int
    company_id: int
    reference: str
    from_on: date
    until_on: date | None
    daily_price_cents: int
    currency: str
    returned_on: date | None
    note: str


class RentalValues(BaseModel):
    """What may change while a device is rented."""

    reference: str | None = None
    until_on: date | None = None
    daily_price_cents: int | None = Field(None, ge=0, le=2_000_000_000)
    currency: str | None = None
    note: str | None = None


class PatientDeviceOut(Out):
    """A device that a patient brought."""

    id: int
    version: int
    site_id: int
    department_id: int
    reference: str
    description: str
    maker: str
    model: str
    serial: str
    failed_checks: list[str]
    is_accepted: bool
    note: str
    came_at: datetime
    left_at: datetime | None


class OfPool(BaseModel):
    pool_id: int | None = None


class OfPoolAndState(BaseModel):
    pool_id: int | None = None
    custody: str | None = None
    asset_id: int | None = None


class OfKit(BaseModel):
    kit_id: int | None = None


class OfAsset(BaseModel):
    asset_id: int | None = None


VIEW = permissions.VIEW
_pools, _types, _holdings = rows_of(Pool), rows_of(PoolType), rows_of(Holding)
_requests, _loans, _kits, _parts = rows_of(LoanRequest), rows_of(Loan), rows_of(Kit), rows_of(KitPart)
_rentals, _brought = rows_of(Rental), rows_of(PatientDevice)

register(router, "/pools", "pool", row=PoolOut, permission=VIEW, rows=_pools, table=POOLS)
register(router, "/pool-types", "pool_type", row=PoolTypeOut, permission=VIEW, rows=_types, narrow=OfPool)
register(router, "/holdings", "holding", row=HoldingOut, permission=VIEW, rows=_holdings, narrow=OfPoolAndState)
register(
    router, "/loan-requests", "loan_request", row=RequestOut, permission=VIEW, rows=_requests, narrow=OfPool,
    table=REQUESTS,
)  # fmt: skip
register(router, "/loans", "loan", row=LoanOut, permission=VIEW, rows=_loans, narrow=OfAsset, table=LOANS)
register(router, "/cleanings", "cleaning", row=CleaningOut, permission=VIEW, rows=rows_of(Cleaning), narrow=OfAsset)
register(router, "/kits", "kit", row=KitOut, permission=VIEW, rows=_kits, narrow=OfPool)
register(router, "/kit-parts", "kit_part", row=KitPartOut, permission=VIEW, rows=_parts, narrow=OfKit)
register(router, "/rentals", "rental", row=RentalOut, permission=VIEW, rows=_rentals, table=RENTALS)
register(
    router, "/patient-devices", "patient_device", row=PatientDeviceOut, permission=VIEW, rows=_brought,
    table=PATIENT_DEVICES,
)  # fmt: skip


def _count(found: Any) -> dict[str, Any]:
    return {"count": len(found)}


class Counted(BaseModel):
    """How many rows a step on several changed."""

    count: int


# Stores and types
operate(
    router, "/pools", operations.keep_pool, rows=_pools, out=PoolOut, values=PoolValues, name="add_pool",
    without=("pool_id", "expected_version"),
)  # fmt: skip
operate(
    router, "/pools/{pool_id}", operations.keep_pool, key="pool_id", rows=_pools, out=PoolOut, values=PoolValues,
    method="PATCH",
)  # fmt: skip
operate(router, "/pools/{pool_id}/devices", operations.add_devices, key="pool_id", rows=_pools, out=PoolOut)
operate(router, "/pool-types", operations.lend_type, rows=_types, out=PoolTypeOut, values=PoolTypeValues)
operate(
    router, "/pool-types/{pool_type_id}", operations.change_pool_type, key="pool_type_id", rows=_types,
    out=PoolTypeOut, values=PoolTypeValues, method="PATCH",
)  # fmt: skip
operate(router, "/holdings/removal", operations.remove_device, rows=_holdings, out=HoldingOut)

# Asking and handing out
operate(router, "/loan-requests", operations.ask_for_equipment, rows=_requests, out=RequestOut)
operate(router, "/loan-requests/reservations", operations.reserve_equipment, rows=_requests, out=RequestOut)
for path, step in (
    ("picking", operations.pick_devices),
    ("picking/proposed", operations.pick_proposed),
    ("delivery", operations.deliver_request),
    ("cancellation", operations.cancel_request),
    ("refusal", operations.refuse_request),
):
    operate(
        router, f"/loan-requests/{{loan_request_id}}/{path}", step, key="loan_request_id", rows=_requests,
        out=RequestOut,
    )  # fmt: skip
operate(router, "/loan-requests/batch", operations.issue_batch, rows=_requests, out=RequestOut)
operate(router, "/loan-requests/kit", operations.issue_kit, rows=_requests, out=RequestOut)
operate(router, "/loans/{loan_id}/put-back", operations.put_back, key="loan_id", rows=_loans, out=LoanOut)
operate(router, "/loans/{loan_id}/extension", operations.still_needed, key="loan_id", rows=_loans, out=LoanOut)
operate(router, "/loans/{loan_id}/check", operations.check_return, key="loan_id", rows=_loans, out=LoanOut)
operate(router, "/loans/ready", operations.say_ready, rows=_loans, out=Counted, answer=_count)
operate(router, "/holdings/collection", operations.collect_devices, rows=_holdings, out=Counted, answer=_count)
operate(router, "/holdings/cleaning", operations.start_cleaning, rows=_holdings, out=Counted, answer=_count)
operate(router, "/holdings/clean", operations.finish_cleaning, rows=_holdings, out=Counted, answer=_count)

# Kits
operate(
    router, "/kits", operations.keep_kit, rows=_kits, out=KitOut, values=KitValues, name="add_kit",
    without=("kit_id", "expected_version"),
)  # fmt: skip
operate(
    router, "/kits/{kit_id}", operations.keep_kit, key="kit_id", rows=_kits, out=KitOut, values=KitValues,
    method="PATCH", without=("pool_id",),
)  # fmt: skip
operate(router, "/kits/{kit_id}/parts", operations.add_kit_part, key="kit_id", rows=_kits, out=KitOut)
operate(
    router, "/kit-parts/{kit_part_id}", operations.swap_kit_part, key="kit_part_id", rows=_parts, out=KitPartOut,
    method="PATCH",
)  # fmt: skip
operate(
    router, "/kit-parts/{kit_part_id}/removal", operations.remove_kit_part, key="kit_part_id", rows=_parts,
    out=KitPartOut,
)  # fmt: skip

# Not ours
operate(router, "/rentals", operations.rent_device, rows=_rentals, out=RentalOut)
operate(
    router, "/rentals/{rental_id}", operations.change_rental, key="rental_id", rows=_rentals, out=RentalOut,
    values=RentalValues, method="PATCH",
)  # fmt: skip
operate(router, "/rentals/{rental_id}/return", operations.return_rental, key="rental_id", rows=_rentals, out=RentalOut)
operate(router, "/patient-devices", operations.receive_patient_device, rows=_brought, out=PatientDeviceOut)
operate(
    router, "/patient-devices/{patient_device_id}/release", operations.release_patient_device,
    key="patient_device_id", rows=_brought, out=PatientDeviceOut,
)  # fmt: skip
