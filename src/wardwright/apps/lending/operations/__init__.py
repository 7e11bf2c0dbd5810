"""Every write of the equipment library."""

from .guests import change_rental, receive_patient_device, release_patient_device, rent_device, return_rental
from .issuing import deliver_request, issue_batch, issue_kit, pick_devices, pick_proposed, put_back
from .kits import add_kit_part, keep_kit, remove_kit_part, swap_kit_part
from .pools import add_devices, change_pool_type, keep_pool, lend_type, remove_device, replace_type
from .reminding import remind_overdue
from .requests import ask_for_equipment, cancel_request, refuse_request, reserve_equipment
from .returning import check_return, collect_devices, finish_cleaning, say_ready, start_cleaning, still_needed

__all__ = [
    "add_devices",
    "add_kit_part",
    "ask_for_equipment",
    "cancel_request",
    "change_pool_type",
    "change_rental",
    "check_return",
    "collect_devices",
    "deliver_request",
    "finish_cleaning",
    "issue_batch",
    "issue_kit",
    "keep_kit",
    "keep_pool",
    "lend_type",
    "pick_devices",
    "pick_proposed",
    "put_back",
    "receive_patient_device",
    "refuse_request",
    "release_patient_device",
    "remind_overdue",
    "remove_device",
    "remove_kit_part",
    "rent_device",
    "replace_type",
    "reserve_equipment",
    "return_rental",
    "say_ready",
    "start_cleaning",
    "still_needed",
    "swap_kit_part",
]
