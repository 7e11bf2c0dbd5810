"""The tiles of a device type."""

from __future__ import annotations

from django.db.models import Q

from wardwright.apps.helpdesk.models import Symptom


def symptoms_for(device_type_id: int) -> list[Symptom]:
    """Its own symptoms in their order, or the general ones where it has none."""
    rows = Symptom.objects.filter(Q(device_type_id=device_type_id) | Q(device_type=None), is_active=True)
    found = list(rows.select_related("problem"))
    own = [row for row in found if row.device_type_id is not None]
    return own or found
