"""The columns the demo writes, table by table, in the order in which rows may point at each other."""

from __future__ import annotations

from wardwright.apps.assets.models import Asset, AssetMove, StatusPeriod
from wardwright.apps.maintenance.models import Attempt, Labour, Part, Schedule, StepResult, WorkOrder
from wardwright.apps.testing.models import Measurement
from wardwright.platform.signatures.models import Signature

SHAPE: dict[type, tuple[str, ...]] = {
    Asset: (
        "id", "tag", "serial", "device_type_id", "device_model_id", "site_id", "department_id", "room_id", "status",
        "status_since", "out_reason", "condition", "udi", "udi_di", "software_version", "ownership", "owner_id",
        "supplier_id", "provider_id", "purchased_on", "purchase_cost_cents", "currency", "installed_on", "accepted_on",
        "warranty_until", "manufactured_year", "manufactured_on", "expected_life_years", "country_of_origin",
        "parent_id",
        "part_kind", "risk_score", "usage_hours", "inventoried_on", "last_seen_at", "retired_on", "notes",
        "search_text",
    ),
    AssetMove: ("asset_id", "site_id", "department_id", "room_id", "moved_at", "moved_by_name", "note"),
    StatusPeriod: ("asset_id", "status", "out_reason", "from_at", "until_at", "by_name", "reason"),
    Schedule: (
        "id", "plan_id", "asset_id", "anchor_on", "anchor_from", "last_due_on", "last_done_on",
        "is_active",
    ),
    WorkOrder: (
        "id", "number", "kind", "title", "asset_id", "site_id", "department_id", "provider_id", "schedule_id",
        "plan_id",
        "procedure_version_id", "steps", "state", "hold_reason", "priority", "due_on", "window_opens_on",
        "window_end_on",
        "out_of_compliance_on", "why", "minutes_planned", "required_tier", "assigned_to_id", "reported_at",
        "reported_by_name", "respond_by_at", "finish_by_at", "responded_at", "held_since_at", "held_seconds",
        "started_at",
        "done_at", "closed_at", "returned_to_service_at", "done_by_id", "verdict", "problem_id", "cause_id",
        "action_id",
        "work_done", "parent_id", "needs_verification", "verified_at", "verified_by_id", "down_from_at",
        "down_until_at",
        "labour_minutes", "labour_cost_cents", "parts_cost_cents", "currency",
    ),
    Measurement: (
        "id", "asset_id", "site_id", "instrument_id", "calibration_id", "source", "quantity", "name", "value", "unit",
        "low", "high", "limit_source", "verdict", "taken_at", "taken_by_name",
    ),
    StepResult: (
        "work_order_id", "asset_id", "position", "key", "kind", "outcome", "value", "text", "unit", "low", "high",
        "reason",
        "instrument_id", "recorded_at", "recorded_by_name", "measurement_id",
    ),
    Attempt: ("work_order_id", "asset_id", "kind", "at", "by_name", "note", "next_try_on"),
    Labour: ("work_order_id", "asset_id", "person_id", "person_name", "on", "minutes", "rate_cents", "cost_cents"),
    Part: ("work_order_id", "asset_id", "name", "quantity", "unit_cost_cents", "cost_cents"),
    Signature: (
        "signed_table", "signed_id", "subject_id", "signer_id", "printed_name", "signed_at", "meaning", "snapshot",
        "snapshot_hash",
    ),
}  # fmt: skip
