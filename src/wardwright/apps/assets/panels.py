"""Boxes on the pages of the directory."""

from __future__ import annotations

from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from wardwright.apps.directory.models import Company, Department
from wardwright.web.views import page, visible_or_404

from . import permissions
from .models import Asset
from .queries import models_in_use
from .tables import GONE

SHOWN = 200


@page(permissions.VIEW)
def company_models(request: HttpRequest, company_id: int) -> HttpResponse:
    """The models a company makes, with how many devices of each are within reach."""
    company = visible_or_404(Company.objects.visible_to(request.user), company_id)
    models = list(models_in_use(request.user).filter(maker=company).order_by("name")[:SHOWN])
    devices = Asset.objects.visible_to(request.user).filter(device_model__in=models).exclude(status__in=GONE).order_by()
    counts = dict(devices.values_list("device_model_id").annotate(n=Count("pk")))
    rows = [{"model": model, "count": counts.get(model.pk, 0)} for model in models]
    return render(
        request, "assets/_company_models.html", {"rows": rows, "list_url": f"{reverse('devices')}?maker={company_id}"}
    )


@page(permissions.VIEW)
def department_devices(request: HttpRequest, department_id: int) -> HttpResponse:
    """How many devices of which type a department has."""
    department = visible_or_404(Department.objects.visible_to(request.user), department_id)
    devices = Asset.objects.visible_to(request.user).filter(department=department).exclude(status__in=GONE).order_by()
    rows = (
        devices.values("device_type_id", "device_type__name")
        .annotate(n=Count("pk"))
        .order_by("-n", "device_type__name")
    )
    context = {"rows": list(rows[:SHOWN]), "list_url": f"{reverse('devices')}?department={department_id}"}
    return render(request, "assets/_department_devices.html", context)
