"""Requests with their notes, the symptoms to choose from, the rota of who is on call, and counts of tries."""

from .requests import Request, RequestNote
from .rota import Rota, Shift
from .symptoms import Symptom
from .tries import Tries

__all__ = ["Request", "RequestNote", "Rota", "Shift", "Symptom", "Tries"]
