"""Requests with their notes, the symptoms to choose from, and the rota of who is on call."""

from .requests import Request, RequestNote
from .rota import Rota, Shift
from .symptoms import Symptom

__all__ = ["Request", "RequestNote", "Rota", "Shift", "Symptom"]
