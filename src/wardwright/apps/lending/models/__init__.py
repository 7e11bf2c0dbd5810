"""Pools and what they lend, requests and loans, cleaning, kits, rented and patient-owned devices."""

from .guests import PatientDevice, Rental
from .kits import Kit, KitPart
from .loans import Cleaning, Loan, LoanRequest
from .pools import Holding, Pool, PoolType

__all__ = [
    "Cleaning",
    "Holding",
    "Kit",
    "KitPart",
    "Loan",
    "LoanRequest",
    "PatientDevice",
    "Pool",
    "PoolType",
    "Rental",
]
