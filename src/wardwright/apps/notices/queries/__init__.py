"""Reads of notices with a business meaning."""

from .alike import alike_cases
from .inventory import Sought, devices_of, guests, inventory_size, notices_about, products, subject_of, supplies
from .standing import board_counts, cases_found, counts_of, open_class_one, people_who_answer
from .standins import StandIn, stand_ins

__all__ = [
    "Sought",
    "StandIn",
    "alike_cases",
    "board_counts",
    "cases_found",
    "counts_of",
    "devices_of",
    "guests",
    "inventory_size",
    "notices_about",
    "open_class_one",
    "people_who_answer",
    "products",
    "stand_ins",
    "subject_of",
    "supplies",
]
